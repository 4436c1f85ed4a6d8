"""Genotypes of one gene over many samples, and the distinct patterns among them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from pgx.domain.evidence import EvidenceState

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Sex(StrEnum):
    """Sex as it bears on the number of X chromosomes."""

    FEMALE = "female"
    MALE = "male"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Genotype:
    """What is known at one position of one sample.

    `alleles` index the position's `bases`, one entry a strand, and are empty unless the state gives alleles.
    Indices from the length of the variant's own bases on are undocumented bases. `phased` and `phase_set`
    are as in VCF (GT separator, PS); phase sets are numbered from 1 within gene and sample, 0 is "none given".
    `seen` holds alternative alleles that a half call showed.
    """

    state: EvidenceState
    alleles: tuple[int, ...] = ()
    phased: bool = False
    phase_set: int = 0
    seen: tuple[int, ...] = ()

    @property
    def is_heterozygous(self) -> bool:
        return len(set(self.alleles)) > 1


@dataclass(frozen=True, slots=True)
class Pattern:
    """The genotypes of one sample at all positions of a gene; samples with equal patterns share the answer."""

    genotypes: tuple[Genotype, ...]
    bases: tuple[tuple[str, ...], ...]
    sex: Sex = Sex.UNKNOWN
    copy_number: int | None = None


@dataclass(frozen=True, slots=True)
class GenotypeTable:
    """Genotypes of one gene: for each position (row) and sample (column) a code into that position's values.

    `codes` has shape (positions, samples); `values[p][codes[p, s]]` is the genotype. `bases[p]` are the
    variant's bases followed by undocumented ones met in the files. `copies` gives copy numbers where known.
    """

    gene: str
    samples: tuple[str, ...]
    bases: tuple[tuple[str, ...], ...]
    values: tuple[tuple[Genotype, ...], ...]
    codes: NDArray[np.unsignedinteger[Any]]
    sexes: tuple[Sex, ...] = ()
    copies: tuple[int | None, ...] = ()

    def pattern(self, sample: int) -> Pattern:
        """Return the pattern of the sample in this column."""
        return Pattern(
            tuple(values[code] for values, code in zip(self.values, self.codes[:, sample].tolist(), strict=True)),
            self.bases,
            self.sexes[sample] if self.sexes else Sex.UNKNOWN,
            self.copies[sample] if self.copies else None,
        )

    def patterns(self) -> tuple[tuple[Pattern, ...], NDArray[np.intp]]:
        """Return the distinct patterns, in order of first appearance, and each sample's pattern, shape (samples,)."""
        import numpy as np

        columns = np.ascontiguousarray(np.vstack([self.codes, *self._attributes()]).T)
        if columns.shape[1] == 0:
            columns = np.zeros((len(self.samples), 1), dtype=np.uint8)
        keys = columns.view(np.dtype((np.void, columns.dtype.itemsize * columns.shape[1]))).ravel()
        _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
        order = np.argsort(first, kind="stable")
        rank = np.empty_like(order)
        rank[order] = np.arange(len(order))
        return tuple(self.pattern(int(sample)) for sample in first[order]), rank[inverse]

    def _attributes(self) -> list[NDArray[np.unsignedinteger[Any]]]:
        """Rows for sex and copy number, coded by their order of appearance."""
        import numpy as np

        rows = []
        for attribute in (self.sexes, self.copies):
            if attribute:
                numbers = {value: number for number, value in enumerate(dict.fromkeys(attribute))}
                rows.append(np.array([[numbers[value] for value in attribute]], dtype=self.codes.dtype))
        return rows
