"""Genotypes of one gene over many samples, and the distinct patterns among them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, overload

from pgx.domain.call import Note
from pgx.domain.evidence import EvidenceState

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


_AT_ONCE = 4096
"""Patterns whose differences are looked up together."""


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
    `seen` holds alternative alleles that a half call showed. `copies` runs parallel to `alleles`: how many copies
    of the gene have each, where there are three or more and the reads tell.
    """

    state: EvidenceState
    alleles: tuple[int, ...] = ()
    phased: bool = False
    phase_set: int = 0
    seen: tuple[int, ...] = ()
    copies: tuple[int, ...] = ()
    fraction: float | None = None
    """Share of the reads that show the alternative allele, where the file says; asked for in haploid genes only."""

    @property
    def is_heterozygous(self) -> bool:
        return len(set(self.alleles)) > 1

    @property
    def is_plain(self) -> bool:
        """True where it was called and every strand has the first base, the REF of GRCh38."""
        usual = self.state is EvidenceState.CALLED and not any(self.alleles) and bool(self.alleles)
        return usual and not self.copies and self.fraction is None


@dataclass(frozen=True, slots=True)
class Structure:
    """What records of copy number say of a gene besides the number.

    `strands` gives the copies on each strand, in the order of phased genotypes without phase set if `phased`, else
    in rising order; it is empty where only their sum is known. `partial` counts strands without part of the gene.
    """

    strands: tuple[int, ...] = ()
    phased: bool = False
    partial: int = 0
    notes: tuple[Note, ...] = ()


PLAIN = Structure()


@dataclass(frozen=True, slots=True)
class Remarkable:
    """What of a pattern is not plain: the rows, and on how many strands the plain ones were read.

    It holds for these very `genotypes`, so that a pattern with others put in does not go by it.
    """

    genotypes: tuple[Genotype, ...]
    rows: tuple[int, ...]
    strands: frozenset[int]


@dataclass(frozen=True, slots=True)
class Pattern:
    """The genotypes of one sample at all positions of a gene; samples with equal patterns share the answer."""

    genotypes: tuple[Genotype, ...]
    bases: tuple[tuple[str, ...], ...]
    sex: Sex = Sex.UNKNOWN
    copy_number: int | None = None
    structure: Structure = PLAIN
    remarkable: Remarkable | None = field(default=None, compare=False, repr=False)

    @property
    def notable(self) -> tuple[int, ...]:
        """Rows whose genotype is anything but plain; most work need only be done for these."""
        known = self.remarkable
        if known is not None and known.genotypes is self.genotypes:
            return known.rows
        return tuple(row for row, genotype in enumerate(self.genotypes) if not genotype.is_plain)

    @property
    def plain_strands(self) -> frozenset[int]:
        """On how many strands the plain genotypes were read."""
        known = self.remarkable
        if known is not None and known.genotypes is self.genotypes:
            return known.strands
        return frozenset(len(genotype.alleles) for genotype in self.genotypes if genotype.is_plain)


@dataclass(frozen=True, slots=True)
class GenotypeTable:
    """Genotypes of one gene: for each position (row) and sample (column) a code into that position's values.

    `codes` has shape (positions, samples); `values[p][codes[p, s]]` is the genotype. `bases[p]` are the
    variant's bases followed by undocumented ones met in the files. `copies` gives copy numbers where known,
    `structures` what else is known of them. `by_marker` is true for samples of files that list what was tested, so
    that what they lack was not; it is empty where there is no such file.
    """

    gene: str
    samples: tuple[str, ...]
    bases: tuple[tuple[str, ...], ...]
    values: tuple[tuple[Genotype, ...], ...]
    codes: NDArray[np.unsignedinteger[Any]]
    sexes: tuple[Sex, ...] = ()
    copies: tuple[int | None, ...] = ()
    structures: tuple[Structure, ...] = ()
    by_marker: tuple[bool, ...] = ()

    def pattern(self, sample: int) -> Pattern:
        """Return the pattern of the sample in this column."""
        return Pattern(
            tuple(values[code] for values, code in zip(self.values, self.codes[:, sample].tolist(), strict=True)),
            self.bases,
            self.sexes[sample] if self.sexes else Sex.UNKNOWN,
            self.copies[sample] if self.copies else None,
            self.structures[sample] if self.structures else PLAIN,
        )

    def patterns(self) -> tuple[Patterns, NDArray[np.int32]]:
        """Return the distinct patterns, in order of first appearance, and each sample's pattern, shape (samples,).

        Patterns are made as they are asked for.
        """
        from pgx.domain.patterns import distinct_columns

        first, index = distinct_columns((*self.codes, *(row[0] for row in self.attributes())), len(self.samples))
        return Patterns(self, first), index

    def attributes(self) -> list[NDArray[np.unsignedinteger[Any]]]:
        """Return rows for sex, copy number, structure and kind of file, coded as they appear, shape (1, samples)."""
        import numpy as np

        rows = []
        for attribute in (self.sexes, self.copies, self.structures, self.by_marker):
            if attribute:
                numbers = {value: number for number, value in enumerate(dict.fromkeys(attribute))}
                rows.append(np.array([[numbers[value] for value in attribute]], dtype=self.codes.dtype))
        return rows


class Patterns(Sequence[Pattern]):
    """The patterns of some samples of a table; each is made when it is asked for."""

    def __init__(self, table: GenotypeTable, samples: NDArray[np.intp]) -> None:
        self._table, self.samples = table, samples

    def __len__(self) -> int:
        return len(self.samples)

    def __iter__(self) -> Iterator[Pattern]:
        """Make one after the other from the genotypes usual in the table and what differs from them.

        Where many differ at most rows, as men do on the X chromosome, these have usual genotypes of their own.
        """
        import numpy as np

        bases = _find_usual(self._table, self.samples)
        usual = np.array([base.codes for base in bases], dtype=self._table.codes.dtype)
        for start in range(0, len(self), _AT_ONCE):
            samples = self.samples[start : start + _AT_ONCE]
            codes = self._table.codes[:, samples]
            apart = [(codes != one[:, np.newaxis]).sum(axis=0) for one in usual]
            nearest = np.argmin(apart, axis=0)
            columns, rows = np.nonzero((codes != usual[nearest].T).T)
            ends = np.cumsum(np.bincount(columns, minlength=len(samples))).tolist()
            found, places, first = codes[rows, columns].tolist(), rows.tolist(), 0
            for sample, base, end in zip(samples.tolist(), nearest.tolist(), ends, strict=True):
                yield bases[base].pattern(sample, places[first:end], found[first:end])
                first = end

    @overload
    def __getitem__(self, number: int) -> Pattern: ...
    @overload
    def __getitem__(self, number: slice) -> Patterns: ...
    def __getitem__(self, number: int | slice) -> Pattern | Patterns:
        if isinstance(number, slice):
            return Patterns(self._table, self.samples[number])
        return self._table.pattern(int(self.samples[number]))


def _find_usual(table: GenotypeTable, samples: NDArray[np.intp]) -> list[_Usual]:
    """Return what is usual among some samples and, if need be, among those that are unlike it."""
    import numpy as np

    from pgx.domain.patterns import usual_code

    chosen = table.codes[:, samples[:_AT_ONCE]]
    usual = [usual_code(row) for row in chosen]
    unlike = (chosen != np.array(usual, dtype=chosen.dtype)[:, np.newaxis]).sum(axis=0) * 2 > len(usual)
    other = [usual_code(row) for row in chosen[:, unlike]] if unlike.any() else usual
    return [_Usual(table, usual)] if other == usual else [_Usual(table, usual), _Usual(table, other)]


class _Usual:
    """The usual genotype of each row of a table, and patterns as what differs from them."""

    def __init__(self, table: GenotypeTable, codes: list[int]) -> None:
        self._table, self.codes = table, codes
        self._genotypes = [values[code] for values, code in zip(table.values, codes, strict=True)]
        self._plain = [[value.is_plain for value in values] for values in table.values]
        self._notable = tuple(row for row, genotype in enumerate(self._genotypes) if not genotype.is_plain)
        self._strands = [len(genotype.alleles) if genotype.is_plain else 0 for genotype in self._genotypes]
        self._alike = frozenset(self._strands) - {0}

    def pattern(self, sample: int, rows: list[int], codes: list[int]) -> Pattern:
        table, values, plain = self._table, self._table.values, self._plain
        genotypes = self._genotypes.copy()
        for row, code in zip(rows, codes, strict=True):
            genotypes[row] = values[row][code]
        notable = [row for row, code in zip(rows, codes, strict=True) if not plain[row][code]]
        if self._notable:
            notable = sorted(
                {*notable, *self._notable}.difference(r for r, c in zip(rows, codes, strict=True) if plain[r][c])
            )
        every = tuple(genotypes)
        return Pattern(
            every,
            table.bases,
            table.sexes[sample] if table.sexes else Sex.UNKNOWN,
            table.copies[sample] if table.copies else None,
            table.structures[sample] if table.structures else PLAIN,
            Remarkable(every, tuple(notable), self._plain_strands(rows, codes)),
        )

    def _plain_strands(self, rows: list[int], codes: list[int]) -> frozenset[int]:
        """Return on how many strands plain genotypes were read."""
        others = {len(self._table.values[r][c].alleles) for r, c in zip(rows, codes, strict=True) if self._plain[r][c]}
        if len(self._alike) < 2 and len(rows) + len(self._notable) < len(self.codes):
            return self._alike | others if others else self._alike
        changed = set(rows)
        return frozenset(others.union(n for row, n in enumerate(self._strands) if n and row not in changed))
