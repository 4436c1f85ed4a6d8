"""What differs between two rule sets: alleles, positions, phenotypes, guidelines and their advice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from pgx.domain.ruleset import RuleSet
from pgx.rules.table_parts import Facts, Part, drug_parts, gene_parts

Parts = Mapping[Part, Facts]


class What(StrEnum):
    """Kind of change."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two sets of tables.

    `part` is empty for the table as a whole. `lookups` are the combinations of gene results that a guideline's
    change holds for. `old` and `new` are what was and is said in `field`; of what was added or removed, the chief
    field.
    """

    table: str
    name: str
    what: What
    part: str = ""
    lookups: tuple[str, ...] = ()
    field: str = ""
    old: str = ""
    new: str = ""

    def __str__(self) -> str:
        place = ": ".join(filter(None, (f"{self.table} {self.name}", self.part, "; ".join(self.lookups))))
        if self.what is What.CHANGED:
            return f"{place}: {self.field}: {self.old or 'none'} -> {self.new or 'none'}"
        told = self.old or self.new
        return f"{place}: {self.what}" + (f" ({told})" if told else "")


def compare_rules(old: RuleSet, new: RuleSet) -> tuple[Change, ...]:
    """List every change, genes first, each kind of table by name."""
    genes = [{name: gene_parts(gene) for name, gene in rules.genes.items()} for rules in (old, new)]
    drugs = [{name: drug_parts(drug) for name, drug in rules.drugs.items()} for rules in (old, new)]
    return (*_compare_tables("gene", *genes), *_compare_tables("drug", *drugs))


def _compare_tables(kind: str, old: Mapping[str, Parts], new: Mapping[str, Parts]) -> Iterator[Change]:
    for name in sorted({*old, *new}):
        if name in old and name in new:
            yield from _put_together(_compare_parts(kind, name, old[name], new[name]))
        else:
            yield Change(kind, name, What.REMOVED if name in old else What.ADDED)


def _compare_parts(kind: str, name: str, old: Parts, new: Parts) -> Iterator[Change]:
    for part in dict.fromkeys((*old, *new)):
        thing, lookup = part
        lookups = (lookup,) if lookup else ()
        if part not in new:
            yield Change(kind, name, What.REMOVED, thing, lookups, old=_chief(old[part]))
        elif part not in old:
            yield Change(kind, name, What.ADDED, thing, lookups, new=_chief(new[part]))
        else:
            for field, was, now in _differing(old[part], new[part]):
                yield Change(kind, name, What.CHANGED, thing, lookups, field, was, now)


def _differing(old: Facts, new: Facts) -> Iterator[tuple[str, str, str]]:
    return ((field, old[field], new[field]) for field in old if old[field] != new[field])


def _chief(facts: Facts) -> str:
    return next(iter(facts.values()))


def _put_together(changes: Iterable[Change]) -> list[Change]:
    """Put changes of a guideline together that differ only in the combination of gene results."""
    alike: dict[object, list[Change]] = {}
    for change in changes:
        alike.setdefault((change.part, change.what, change.field, change.old, change.new), []).append(change)
    return [_joined(found) for found in alike.values()]


def _joined(changes: list[Change]) -> Change:
    first = changes[0]
    lookups = tuple(lookup for change in changes for lookup in change.lookups)
    return Change(first.table, first.name, first.what, first.part, lookups, first.field, first.old, first.new)
