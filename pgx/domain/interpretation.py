"""What a gene call means, apart from the names of alleles that unseen positions leave open."""

from __future__ import annotations

from dataclasses import dataclass

from pgx.domain.call import AllelesByClass, GeneCall
from pgx.domain.phenotype import Phenotype
from pgx.domain.results import GeneResult, Reading, UnseenReading

Representatives = tuple[tuple[Reading, tuple[str, ...]], ...]
"""Readings that only unseen alleles would give, with the alleles that stand for those behind each."""


@dataclass(frozen=True, slots=True)
class Interpretation:
    """What calls with the same diplotypes share; `call` keeps those alive by whose identity it is found."""

    call: GeneCall
    phenotypes: tuple[Phenotype, ...]
    best: tuple[Reading, ...]
    seen: tuple[Reading, ...]
    representatives: Representatives = ()
    possible: tuple[UnseenReading, ...] = ()

    def result_of(self, call: GeneCall, names: AllelesByClass) -> GeneResult:
        """Return a call that this was said of as a result; `names` are those of alleles that could not be excluded."""
        return GeneResult(call, self.phenotypes, self.best, self.seen, self.unseen(names))

    def unseen(self, names: AllelesByClass) -> tuple[UnseenReading, ...]:
        """Return the readings that need unseen alleles, with the names of those that could not be excluded."""
        if not self.representatives:
            return self.possible
        alleles = self.unseen_names(names)
        return tuple(
            [UnseenReading(reading, mine) for (reading, _), mine in zip(self.representatives, alleles, strict=True)]
        )

    def unseen_names(self, names: AllelesByClass) -> tuple[tuple[str, ...], ...]:
        """Return those names for each of the readings."""
        if not self.representatives:
            return ((),) * len(self.possible)
        known = dict(names)
        return tuple([_joined([known.get(one, ()) for one in pairs]) for _, pairs in self.representatives])


def _joined(lists: list[tuple[str, ...]]) -> tuple[str, ...]:
    """Return every name once; a single list with any has each once already."""
    filled = [names for names in lists if names]
    if len(filled) < 2:
        return filled[0] if filled else ()
    return tuple(dict.fromkeys(name for names in filled for name in names))
