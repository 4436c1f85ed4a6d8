"""The two parts of a pattern, what was read and what was not; in a cohort many patterns share either."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from pgx.calling.finding import Found
from pgx.calling.position_states import summarise
from pgx.domain.call import PositionStates
from pgx.domain.evidence import EvidenceState
from pgx.domain.gene import Gene
from pgx.domain.genotype import Genotype
from pgx.domain.parted import UnreadRows


@dataclass(frozen=True, slots=True)
class Unseen:
    """The rows of a pattern that were not read, and what follows from them alone.

    `rows` are those that define alleles, `positions` the same as a set; `states` are those of all positions where
    the others are plain.
    """

    entries: UnreadRows
    rows: tuple[int, ...]
    positions: int
    states: PositionStates


def read_unseen(gene: Gene, entries: UnreadRows = ()) -> Unseen:
    """Tell defining positions from extra ones, and count the states."""
    rows = tuple([row for row, _ in entries if row < len(gene.variants)])
    positions = 0
    for row in rows:
        positions |= 1 << row
    return Unseen(entries, rows, positions, summarise(gene, entries))


class Seen(Protocol):
    """The genotypes of a pattern that were read, as a calling mode sees them."""

    def find(self, unseen: Unseen) -> Found:
        """Return what follows where these rows, none of those read, were not read either.

        Findings that are equal are the same object as far as that costs nothing.
        """
        ...


class Genotypes(dict[int, Genotype]):
    """Genotypes by row; any other row has the base of GRCh38 on every strand."""

    def __init__(self, found: Iterable[tuple[int, Genotype]] = (), copies: int = 2) -> None:
        super().__init__(found)
        self._plain = Genotype(EvidenceState.CALLED, (0,) * copies)

    def __missing__(self, row: int) -> Genotype:
        return self._plain
