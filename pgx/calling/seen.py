"""The part of a pattern that was read, which many patterns share; they differ in what was not read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from pgx.calling.finding import Finding
from pgx.domain.evidence import EvidenceState
from pgx.domain.genotype import Genotype


class Seen(Protocol):
    """The genotypes of a pattern that were read, as a calling mode sees them."""

    def find(self, missing: Sequence[int]) -> Finding:
        """Return what follows where these rows, none of those read, were not read either."""
        ...


class Genotypes(dict[int, Genotype]):
    """Genotypes by row; any other row has the base of GRCh38 on every strand."""

    def __init__(self, found: Iterable[tuple[int, Genotype]] = (), copies: int = 2) -> None:
        super().__init__(found)
        self._plain = Genotype(EvidenceState.CALLED, (0,) * copies)

    def __missing__(self, row: int) -> Genotype:
        return self._plain
