"""Diplotype tables -> phenotype rules: pairs of functions, or ranges of the activity score; never exceptions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, groupby
from typing import TypeVar

from pgx.domain.gene import INDETERMINATE, UNSPECIFIED_SCORE, ActivityValue, Allele, PhenotypeRule
from pgx.errors import InputError
from pgx.rules.importers.facts import DiplotypeRow

Pair = tuple[str, ...]
Outcome = tuple[str, str]
"""Phenotype and lookup key."""

Key = TypeVar("Key")


def compact(gene: str, rows: Sequence[DiplotypeRow], alleles: Mapping[str, Allele]) -> tuple[PhenotypeRule, ...]:
    """Return the fewest rules found that give every row's phenotype and lookup key.

    `alleles` gives the allele of each name in the rows. InputError where two rows with the same functions, or
    with the same score, differ, or where a score is not the sum of the alleles' activity values.
    """
    if any(row.score for row in rows):
        return _compact_scores(gene, rows, alleles)
    return _compact_functions(gene, rows, alleles)


def _compact_functions(
    gene: str, rows: Sequence[DiplotypeRow], alleles: Mapping[str, Allele]
) -> tuple[PhenotypeRule, ...]:
    functions = list(dict.fromkeys(allele.function for allele in alleles.values()))
    table: dict[Pair, Outcome] = {}
    for row in rows:
        pair = tuple(sorted((alleles[name].function for name in row.alleles), key=functions.index))
        _settle(table, pair, (row.phenotype, row.lookup), gene)
    outcomes = dict.fromkeys(table.values())
    return tuple(rule for outcome in outcomes for rule in _cover(outcome, table, functions))


def _settle(table: dict[Key, Outcome], key: Key, outcome: Outcome, gene: str) -> None:
    known = table.setdefault(key, outcome)
    if known != outcome:
        raise InputError(f"{gene}: {key} stands for both {known} and {outcome}; phenotype rules cannot express this")


def _cover(outcome: Outcome, table: Mapping[Pair, Outcome], functions: list[str]) -> Iterator[PhenotypeRule]:
    """Yield rules without overlap that hold exactly the combinations of functions with this outcome."""
    phenotype, lookup = outcome
    key = lookup if lookup != phenotype else None
    singles = tuple(pair[0] for pair, found in table.items() if found == outcome and len(pair) == 1)
    if singles:
        yield PhenotypeRule(phenotype, singles, lookup=key)
    open_pairs = {frozenset(pair) for pair, found in table.items() if found == outcome and len(pair) == 2}
    while open_pairs:
        first, second = _largest_block(open_pairs, functions)
        open_pairs -= _block(first, second)
        yield PhenotypeRule(phenotype, first, second, lookup=key)


def _largest_block(open_pairs: set[frozenset[str]], functions: list[str]) -> tuple[Pair, Pair]:
    """Return the two sets of functions whose combinations are all open and the most; the first of equals."""
    best: tuple[int, Pair, Pair] = (0, (), ())
    for first in _subsets(functions):
        second = tuple(two for two in functions if all(frozenset((one, two)) in open_pairs for one in first))
        size = len(_block(first, second))
        if size > best[0]:
            best = (size, first, second)
    return best[1], best[2]


def _subsets(functions: list[str]) -> Iterator[Pair]:
    for size in range(1, len(functions) + 1):
        yield from combinations(functions, size)


def _block(first: Pair, second: Pair) -> set[frozenset[str]]:
    return {frozenset((one, two)) for one in first for two in second}


def _compact_scores(
    gene: str, rows: Sequence[DiplotypeRow], alleles: Mapping[str, Allele]
) -> tuple[PhenotypeRule, ...]:
    table: dict[ActivityValue, Outcome] = {}
    for row in rows:
        score = _score(gene, row, alleles)
        if score is not None:
            _settle(table, score, (row.phenotype, ""), gene)
    ordered = sorted(table, key=lambda score: (score.value, score.at_least))
    runs = groupby(ordered, key=table.__getitem__)
    return tuple(_range_rule(phenotype, list(scores)) for (phenotype, _), scores in runs)


def _score(gene: str, row: DiplotypeRow, alleles: Mapping[str, Allele]) -> ActivityValue | None:
    """Return the row's score after checking it against the activity values of its alleles."""
    name = "/".join(row.alleles)
    score = None if row.score in (None, UNSPECIFIED_SCORE) else ActivityValue.parse(row.score or "")
    values = [alleles[allele].activity for allele in row.alleles]
    known = [value for value in values if value is not None]
    expected = known[0] + known[1] if len(known) == 2 else None
    if score != expected:
        raise InputError(f"{gene} {name}: score {row.score} is not the sum of the activity values ({expected})")
    if row.lookup != (row.score or UNSPECIFIED_SCORE) or (score is None and row.phenotype != INDETERMINATE):
        raise InputError(f"{gene} {name}: unexpected phenotype {row.phenotype} or lookup key {row.lookup}")
    return score


def _range_rule(phenotype: str, scores: list[ActivityValue]) -> PhenotypeRule:
    open_ended = any(score.at_least for score in scores)
    return PhenotypeRule(phenotype, minimum=scores[0].value, maximum=None if open_ended else scores[-1].value)
