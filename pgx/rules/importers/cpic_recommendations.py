"""Compare a download of CPIC's recommendation tables with our drug tables.

A changed recommendation needs a reader: its actions are typed by reading and its words are our own. So nothing is
written; what was added, removed or changed in population, strength or flags is listed, for someone to read.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pgx.domain.drug import AdviceRow, Drug, Guideline
from pgx.domain.gene import INDETERMINATE, UNSPECIFIED_SCORE
from pgx.errors import InputError

SOURCE = "CPIC"
NO_STRENGTH = "n/a"
FLAG_COLUMNS = {
    "dosing": "dosinginformation",
    "alternate": "alternatedrugavailable",
    "other": "otherprescribingguidance",
}

Lookup = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One recommendation as CPIC lists it: one combination of lookup keys in one population of one drug."""

    number: int
    drug: str
    population: str
    lookup: Lookup
    strength: str
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One difference; `what` starts with added, removed, or the name of what changed."""

    drug: str
    population: str
    lookup: Lookup
    what: str

    def __str__(self) -> str:
        keys = ", ".join(f"{gene} {key}" for gene, key in self.lookup)
        place = f"{self.drug} ({self.population})" if self.population else self.drug
        return f"{place}: {keys}: {self.what}" if keys else f"{place}: {self.what}"


def read_recommendations(folder: Path, populations: Mapping[str, str]) -> tuple[SourceRow, ...]:
    """Read `recommendation.json` and `drug.json` of a download; populations are renamed to ours.

    Raises InputError where a file is missing or broken, or a population is not in the list.
    """
    try:
        drugs = {drug["drugid"]: str(drug["name"]) for drug in _read(folder / "drug.json")}
        return tuple(_source_row(row, drugs, populations, folder) for row in _read(folder / "recommendation.json"))
    except KeyError as error:
        raise InputError(
            f"{folder}: the tables lack {error}; are they CPIC's recommendation and drug tables?"
        ) from None


def _read(path: Path) -> list[dict[str, str]]:
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; download CPIC's recommendation and drug tables") from None
    except ValueError as error:
        raise InputError(f"{path}: not JSON: {error}") from None
    return list(rows)


def _source_row(row: dict[str, str], drugs: dict[str, str], populations: Mapping[str, str], place: Path) -> SourceRow:
    population = str(row["population"]).strip()
    if population not in populations:
        raise InputError(f"{place}: row {row['id']} has the unknown population '{population}'; give it a name first")
    keys: Mapping[str, str] = row["lookupkey"]  # type: ignore[assignment]  # the one column that is a mapping
    return SourceRow(
        number=int(row["id"]),
        drug=drugs[row["drugid"]],
        population=populations.get(f"{drugs[row['drugid']]} {population}", populations[population]),
        lookup=tuple(sorted((gene, _key(key)) for gene, key in keys.items())),
        strength="" if row["classification"] == NO_STRENGTH else row["classification"],
        flags=tuple(name for name, column in FLAG_COLUMNS.items() if row[column]),
    )


def _key(key: str) -> str:
    return INDETERMINATE if key == UNSPECIFIED_SCORE else key


def compare_recommendations(rows: Iterable[SourceRow], drugs: Iterable[Drug]) -> tuple[Change, ...]:
    """List what the download has and our tables do not, what differs, and what only our tables have."""
    ours = {drug.name: [g for g in drug.guidelines if g.source == SOURCE] for drug in drugs}
    theirs: dict[str, list[SourceRow]] = {}
    for row in rows:
        theirs.setdefault(row.drug, []).append(row)
    changes = [change for row in itertools.chain(*theirs.values()) for change in _changes(row, ours.get(row.drug, []))]
    for name, guidelines in ours.items():
        changes += _removed(name, guidelines, theirs.get(name, []))
    return tuple(changes)


def matching_rows(guidelines: Iterable[Guideline], population: str, lookup: Lookup) -> tuple[AdviceRow, ...]:
    """Return our rows that ask about just these genes and accept all of these keys."""
    keys = dict(lookup)
    return tuple(
        row
        for guideline in guidelines
        for row in guideline.rows
        if row.population == population
        and {need.gene for need in row.when} == keys.keys()
        and all(need.accepts(keys[need.gene]) for need in row.when)
    )


def _changes(row: SourceRow, guidelines: list[Guideline]) -> Iterator[Change]:
    found = matching_rows(guidelines, row.population, row.lookup)
    if len(found) != 1:
        what = f"added as row {row.number}" if not found else f"found by {len(found)} of our rows"
        yield Change(row.drug, row.population, row.lookup, what)
        return
    if found[0].strength != row.strength:
        yield Change(row.drug, row.population, row.lookup, f"strength: {found[0].strength} -> {row.strength}")
    if found[0].flags != row.flags:
        yield Change(row.drug, row.population, row.lookup, f"flags: {found[0].flags} -> {row.flags}")


def _removed(name: str, guidelines: list[Guideline], rows: list[SourceRow]) -> Iterator[Change]:
    """Yield the combinations that only our tables have, over the keys that the download uses for each gene."""
    if guidelines and not rows:
        yield Change(name, "", (), "removed: the download has no row for this drug")
        return
    listed = {(row.population, row.lookup) for row in rows}
    keys: dict[str, set[str]] = {}
    for gene, key in itertools.chain.from_iterable(row.lookup for row in rows):
        keys.setdefault(gene, set()).add(key)
    for row in itertools.chain.from_iterable(guideline.rows for guideline in guidelines):
        for lookup in _combinations(row, keys):
            if (row.population, lookup) not in listed:
                yield Change(name, row.population, lookup, "removed")


def _combinations(row: AdviceRow, keys: Mapping[str, set[str]]) -> Iterator[Lookup]:
    choices = [
        [(need.gene, key) for key in sorted({*keys.get(need.gene, set()), *_texts(need.values)}) if need.accepts(key)]
        for need in sorted(row.when, key=lambda need: need.gene)
    ]
    yield from itertools.product(*choices)


def _texts(values: tuple[str, ...]) -> tuple[str, ...]:
    """The values that are keys themselves, not ranges."""
    return tuple(value for value in values if not value.startswith(">=") and ".." not in value)
