"""Over which of the diplotypes that the data allow an advice line holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import product

from pgx.domain.drug import AdviceRow, Severity
from pgx.domain.results import Agreement, GeneResult, Reading

Combination = tuple[Reading, ...]
RowOf = Callable[[Combination], AdviceRow | None]


def outcome(row: AdviceRow | None) -> object:
    """Return what must be equal for two results to be treated alike; no statement is an outcome too."""
    return None if row is None else row.outcome


def best_combinations(results: tuple[GeneResult, ...]) -> list[Combination]:
    """Every combination of the best readings of the genes."""
    return list(product(*(result.best for result in results)))


def judge(results: tuple[GeneResult, ...], row: AdviceRow | None, row_of: RowOf) -> tuple[Agreement, tuple[str, ...]]:
    """Return how far one outcome of the best readings holds, and the alleles that could change it.

    The best readings are known to lead here. Readings that need no unseen allele are asked first, then those
    that do, each gene's with all combinations of the others'.
    """
    wanted = outcome(row)
    known = [(*result.best, *result.seen) for result in results]
    if any(outcome(row_of(combination)) != wanted for combination in product(*known)):
        return Agreement.BEST_ONLY, ()
    changing = tuple(_changing(results, known, wanted, row_of))
    return (Agreement.UNSEEN, tuple(dict.fromkeys(changing))) if changing else (Agreement.SAME, ())


def _changing(
    results: tuple[GeneResult, ...], known: list[tuple[Reading, ...]], wanted: object, row_of: RowOf
) -> Iterator[str]:
    """Name the unseen alleles, or genes without a result, that lead elsewhere in some combination."""
    every = [
        (*mine, *(unseen.reading for unseen in result.unseen)) for result, mine in zip(results, known, strict=True)
    ]
    for number, result in enumerate(results):
        for unseen in result.unseen:
            choices = [*every[:number], (unseen.reading,), *every[number + 1 :]]
            if any(outcome(row_of(combination)) != wanted for combination in product(*choices)):
                yield from (
                    (f"{result.gene} {allele}" for allele in unseen.alleles) if unseen.alleles else (result.gene,)
                )


def worst_unseen(results: tuple[GeneResult, ...], row_of: RowOf) -> Severity:
    """Return the worst severity that genes without a result could lead to."""
    choices = [
        tuple(unseen.reading for unseen in result.unseen) or result.best if not result.gives_advice else result.best
        for result in results
    ]
    rows: Mapping[int, AdviceRow] = {id(row): row for row in map(row_of, product(*choices)) if row is not None}
    return max((row.severity for row in rows.values()), default=Severity.GREY)
