"""What a calling mode hands back, before evidence and status are added."""

from __future__ import annotations

from typing import NamedTuple

from pgx.domain.call import Consistent, Diplotype, Note, UnseenAlleles


class Finding(NamedTuple):
    """Diplotypes best first, how many share the best score, and everything the data allow.

    Which alleles unseen positions leave open stands beside it (`Found`), as that differs from pattern to pattern.
    """

    diplotypes: tuple[Diplotype, ...] = ()
    best: int = 0
    phased: bool = False
    consistent: Consistent = Consistent()
    notes: tuple[Note, ...] = ()
    needs_no_position: bool = False
    """True where the result follows from the number of copies alone."""
    fell_back: bool = False
    """True where no pair of alleles fits and the result rests on one position."""


Found = tuple[Finding, UnseenAlleles]
NONE_UNSEEN = UnseenAlleles()
