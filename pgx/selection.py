"""What a run is limited to and whom it is for: names as given against the names in the rule tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from pgx.domain.call import Note
from pgx.domain.results import Restriction
from pgx.errors import UsageError
from pgx.guidance import Context, find_scale

if TYPE_CHECKING:
    from pathlib import Path

    from pgx.domain.drug import Drug
    from pgx.domain.gene import Gene
    from pgx.domain.ruleset import RuleSet
    from pgx.genotypes import ReadOptions
    from pgx.outside import Prefer

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What a run is asked for, besides its files. Empty tuples mean everything.

    `medicines` are the patient's own drugs, by name or RxNorm code; they are shown first and limit nothing.
    """

    genes: tuple[str, ...] = ()
    drugs: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    populations: tuple[str, ...] = ()
    min_level: str = ""
    actionable: bool = False
    medicines: tuple[str, ...] = ()
    outside: tuple[Path, ...] = ()
    prefer: Prefer = "outside"
    all_matches: bool = False
    combinations: bool = False
    advise: bool = True
    read: ReadOptions | None = None
    printed: Mapping[str, str] = field(default_factory=dict)
    """Options that deserve a place in the report, as given."""


def select(rules: RuleSet, options: RunOptions) -> tuple[tuple[Gene, ...], Restriction]:
    """Return the genes to call and what the run is restricted to, names spelt as in the tables.

    Raises UsageError for names and levels that are not there.
    """
    drugs, symbols = known_drugs(rules, options.drugs), known_genes(rules, options.genes)
    known_sources(rules, options.sources)
    if options.min_level:
        find_scale(options.min_level)
    needed = symbols or tuple(symbol for name in drugs for symbol in rules.drugs[name].genes)
    limits = Restriction(symbols, drugs, options.sources, options.min_level, options.actionable)
    return rules.genes_for(dict.fromkeys(needed)), limits


def context_of(options: RunOptions, rules: RuleSet) -> Context:
    """Return what guidance has to know of the patient and the run; raises UsageError for unknown populations."""
    guidelines = (guideline for drug in rules.drugs.values() for guideline in drug.guidelines)
    known = {population: None for guideline in guidelines for population in guideline.populations}
    populations = tuple(_known(name, known, "population", "drug") for name in options.populations)
    medicines, _ = find_medicines(rules, options.medicines)
    return Context(options.sources, populations, options.min_level, options.actionable, medicines, rules.carriers)


def known_drugs(rules: RuleSet, names: Iterable[str]) -> tuple[str, ...]:
    """Return the drugs meant, spelt as in the tables. Raises UsageError for an unknown one."""
    return tuple(_known(name, rules.drugs, "drug") for name in names)


def known_genes(rules: RuleSet, names: Iterable[str]) -> tuple[str, ...]:
    """Return the genes meant, spelt as in the tables. Raises UsageError for an unknown one."""
    return tuple(_known(name, rules.genes, "gene") for name in names)


def known_sources(rules: RuleSet, names: Iterable[str]) -> tuple[str, ...]:
    """Return every source that one of the names begins. Raises UsageError for a name that begins none."""
    found = (source for name in names for source in _sources_of(name, rules.sources))
    return tuple(dict.fromkeys(found))


def drugs_of(rules: RuleSet, restriction: Restriction) -> tuple[Drug, ...]:
    """Return the drugs a run asks about: those named, else those that depend on a gene of the run."""
    named = tuple(rules.drugs[name] for name in restriction.drugs)
    chosen = {gene.symbol for gene in rules.genes_for(restriction.genes)}
    return named or tuple(drug for drug in rules.drugs.values() if not restriction.genes or chosen & {*drug.genes})


def _known(name: str, table: Mapping[str, Value], kind: str, listing: str = "") -> str:
    by_lower = {known.lower(): known for known in table}
    if name.lower() in by_lower:
        return by_lower[name.lower()]
    from difflib import get_close_matches

    near = get_close_matches(name.lower(), by_lower, n=3, cutoff=0.6)
    lists = f"`pgx {listing or kind}s` lists them"
    hint = f"did you mean {' or '.join(by_lower[n] for n in near)}?" if near else lists
    raise UsageError(f"no {kind} '{name}' in the rules; {hint}")


def _sources_of(name: str, sources: tuple[str, ...]) -> list[str]:
    found = [source for source in sources if source.lower().startswith(name.lower())]
    if not found:
        raise UsageError(f"no source '{name}' in the rules; they have {', '.join(sources)}")
    return found


def find_medicines(rules: RuleSet, names: Iterable[str]) -> tuple[tuple[str, ...], tuple[Note, ...]]:
    """Return the patient's drugs, spelt as in the tables where these have them, and a remark on each other one."""
    found = {name: rules.find_drug(name) for name in names}
    text = "'{}' is among the patient's medicines, but no drug table has this name or RxNorm code."
    notes = (Note("unknown-medicine", text.format(name)) for name, drug in found.items() if drug is None)
    return tuple(dict.fromkeys(drug.name if drug else name for name, drug in found.items())), tuple(notes)
