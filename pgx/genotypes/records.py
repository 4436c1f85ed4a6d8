"""One record of a variant file, whatever the format: the site, and each distinct sample entry once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from pgx.genotypes.options import ReadOptions

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Place = tuple[str, int, int]
"""Contig as the file names it, and the first and last position that a record touches, 1-based."""
Stretch = tuple[str, int, int, int, int]
"""The place of a record, and where it begins and ends in the uncompressed bytes of its file."""

MISSING = -1
NO_ALT = "."
STAR = "*"
NON_REFERENCE = frozenset({"<NON_REF>", "<*>", "<X>"})
DELETIONS = frozenset({"<DEL>", "<CN0>"})


@dataclass(frozen=True, slots=True)
class SampleCall:
    """What one sample's entry says. `alleles` are GT indices, MISSING for a dot; none where it says nothing at all.

    `depth` (MIN_DP, else DP) and `quality` (GQ) are None where the record has no such field, and 0 where it
    is a dot; `reads` is AD where it has one number an allele; `passed` is FORMAT/FT; `copy_number` is CN,
    None where it is absent or a dot. `certainty` is that of an imputed genotype; `doubt` says why the alleles of
    the entry cannot be told.
    """

    alleles: tuple[int, ...]
    phased: bool = False
    phase_set: str = ""
    depth: float | None = None
    quality: float | None = None
    reads: tuple[int, ...] = ()
    passed: bool = True
    copy_number: int | None = None
    certainty: float | None = None
    doubt: str = ""

    @property
    def is_heterozygous(self) -> bool:
        return len(set(self.alleles)) > 1

    @property
    def is_missing(self) -> bool:
        return all(allele == MISSING for allele in self.alleles)


@dataclass(frozen=True, slots=True)
class SampleCalls:
    """The entries of a record that differ, and for each sample of the file which of them it has, shape (samples,)."""

    distinct: tuple[SampleCall, ...]
    codes: NDArray[np.integer[Any]]


class ReadsDetail(Enum):
    """What of a heterozygous genotype's reads matters: their balance, the copies that they tell, or their numbers."""

    BALANCE = "balance"
    COPIES = "copies"
    EXACT = "exact"


@dataclass(frozen=True, slots=True)
class Detail:
    """How finely entries are to be told apart: those that are judged alike under the options may be taken as equal."""

    options: ReadOptions
    reads: ReadsDetail = ReadsDetail.BALANCE


@dataclass(frozen=True, slots=True)
class Record:
    """A site, 1-based, in upper case. `end` is that of a block, else of REF; `load` decodes the samples.

    Of entries that are judged alike, `load` may give one for all.
    """

    place: str
    contig: str
    position: int
    end: int
    ref: str
    alts: tuple[str, ...]
    passed: bool
    is_block: bool
    load: Callable[[Detail], SampleCalls]

    @property
    def has_non_reference(self) -> bool:
        """True where REF was weighed against any other allele (`<NON_REF>`, `<*>`)."""
        return any(alt in NON_REFERENCE for alt in self.alts)

    @property
    def is_reference_only(self) -> bool:
        """True where no alternative sequence is given."""
        return all(alt in NON_REFERENCE for alt in self.alts)

    @property
    def ref_end(self) -> int:
        return self.position + len(self.ref) - 1


def plain_alts(texts: list[str]) -> tuple[str, ...]:
    """Return ALT alleles in upper case; a lone dot is none at all, symbolic names keep their case."""
    alts = tuple(text if text.startswith("<") else text.upper() for text in texts)
    return () if alts in ((NO_ALT,), ("",)) else alts
