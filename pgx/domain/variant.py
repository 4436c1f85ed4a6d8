"""Defining positions: where they lie in both builds and which bases they can hold."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Build(StrEnum):
    """Human genome builds that positions are given in."""

    GRCH37 = "GRCh37"
    GRCH38 = "GRCh38"


@dataclass(frozen=True, slots=True)
class Variant:
    """A position that a gene table defines, 1-based, with VCF alleles (left-most, anchored).

    `bases` are all alleles in one order for both builds: the GRCh38 REF, then the ALTs. `ref37` is the
    GRCh37 REF; at a few positions it is one of the ALTs. `tract` counts the bases right of the anchor base
    over which an insertion or deletion can slide: between its left-most (VCF) and right-most (HGVS)
    placement the sequence is periodic, so it is known without a reference FASTA. It is 0 for substitutions.
    """

    name: str
    contig: str
    grch38: int
    grch37: int | None
    bases: tuple[str, ...]
    ref37: str
    tract: int = 0

    @property
    def ref(self) -> str:
        """REF on GRCh38."""
        return self.bases[0]

    @property
    def alts(self) -> tuple[str, ...]:
        return self.bases[1:]

    def position(self, build: Build) -> int | None:
        return self.grch38 if build is Build.GRCH38 else self.grch37

    def reference(self, build: Build) -> str:
        """REF of `build` at this position."""
        return self.ref if build is Build.GRCH38 else self.ref37

    @property
    def is_substitution(self) -> bool:
        """True where every allele has the length of REF."""
        return all(len(base) == len(self.bases[0]) for base in self.bases)

    @property
    def unit(self) -> str:
        """The inserted or deleted sequence whose repetition fills the tract; empty for substitutions."""
        if self.is_substitution:
            return ""
        return max((base[1:] for base in self.bases), key=len)

    def window(self, build: Build) -> str:
        """Reference sequence of `build` from `position` over REF and the whole tract."""
        if self.is_substitution:
            return self.reference(build)
        unit, length = self.unit, max(self.tract, len(self.ref) - 1)
        return self.ref[0] + (unit * (length // len(unit) + 1))[:length]
