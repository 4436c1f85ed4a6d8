"""What a calling mode hands back, before evidence and status are added."""

from __future__ import annotations

from dataclasses import dataclass, field

from pgx.domain.call import Consistent, Diplotype, Note


@dataclass(frozen=True, slots=True)
class Finding:
    """Diplotypes best first, how many share the best score, and everything the data allow."""

    diplotypes: tuple[Diplotype, ...] = ()
    best: int = 0
    phased: bool = False
    consistent: Consistent = field(default_factory=Consistent)
    not_excluded: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    needs_no_position: bool = False
    """True where the result follows from the number of copies alone."""
    fell_back: bool = False
    """True where no pair of alleles fits and the result rests on one position."""
