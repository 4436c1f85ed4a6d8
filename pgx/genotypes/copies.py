"""Copies of whole genes: what structural records say of each sample, by symbolic alleles and by CN in FORMAT.

A record speaks of the gene's number of copies when it covers at least half of the exonic bases: breakpoints in
repeats are uncertain. Where the gene's table has an allele for partial deletions, it must cover all of them. CN stands
over GT; a GT gives one copy for REF, none for `<DEL>`, two for `<DUP>` and n for `<CNn>`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from pgx.domain.gene import Gene, Region
from pgx.domain.variant import Build
from pgx.genotypes.copy_statements import Extent, Statement, conclude_copies
from pgx.genotypes.intervals import Wanted, join_wanted, merge_intervals
from pgx.genotypes.judging import judge_quality
from pgx.genotypes.layers import merge_equal, pair_codes
from pgx.genotypes.options import ReadOptions
from pgx.genotypes.records import MISSING, Detail, Record, SampleCall

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pgx.domain.genotype import Structure

_NUMBERED = re.compile(r"<CN(\d+)>")
_DUPLICATIONS = ("<DUP>", "<DUP:TANDEM>")
_ENOUGH = 0.5


class _Copies(IntEnum):
    """Marks in the place of a number of copies."""

    AT_LEAST_TWO = -1
    ANY = -2


@dataclass(slots=True)
class GeneCopies:
    """What was said of one gene: the distinct sets of statements, and each sample's."""

    gene: Gene
    exons: tuple[Region, ...]
    values: tuple[tuple[Statement, ...], ...] = ((),)
    codes: NDArray[np.integer[Any]] | None = None

    def extent(self, record: Record) -> Extent:
        """Tell how much of the gene the record covers; a symbolic allele begins after its anchor base."""
        overlaps = [
            (max(0, min(exon.end, record.end) - max(exon.start, record.position + 1) + 1), exon.end - exon.start + 1)
            for exon in self.exons
        ]
        covered = sum(overlap for overlap, _ in overlaps)
        share = covered / sum(length for _, length in overlaps)
        enough = 1.0 if self.gene.deletions and self.gene.deletions.part else _ENOUGH
        if share >= enough:
            return Extent.WHOLE
        if enough == 1.0 and any(overlap == length for overlap, length in overlaps):
            return Extent.EXON
        return Extent.PART if covered else Extent.NONE


@dataclass(slots=True)
class CopyCounter:
    """Collects the records that speak of the copies of the genes whose tables count them."""

    genes: Sequence[Gene]
    build: Build
    options: ReadOptions
    samples: int
    several_files: bool = False
    found: dict[str, GeneCopies] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for gene in self.genes:
            exons = gene.exon_regions(self.build)
            if gene.counts_copies and exons:
                self.found[gene.symbol] = GeneCopies(gene, exons)

    def wanted(self) -> Wanted:
        """Return the exons of the genes."""
        return join_wanted(
            {one.gene.contig: merge_intervals((exon.start, exon.end) for exon in one.exons)}
            for one in self.found.values()
        )

    def add(self, record: Record, columns: NDArray[np.intp] | None) -> bool:
        """Take a record in; False where it says nothing of copies. `columns` are its samples' places."""
        copies = tuple(map(_copies_of, record.alts))
        if None in copies or not (copies or record.is_block):
            return False
        met = [(one, extent) for one in self._near(record) if (extent := one.extent(record)) is not Extent.NONE]
        return any([self._state(one, extent, record, columns) for one, extent in met])

    def _near(self, record: Record) -> list[GeneCopies]:
        return [one for one in self.found.values() if one.gene.contig == record.contig]

    def _state(self, one: GeneCopies, extent: Extent, record: Record, columns: NDArray[np.intp] | None) -> bool:
        import numpy as np

        calls = record.load(Detail(self.options))
        said = [self._statement(call, record, extent) for call in calls.distinct]
        if not any(said):
            return False
        codes = calls.codes if columns is None else np.full(self.samples, len(said), dtype=np.int32)
        if columns is not None:
            codes[columns] = calls.codes
        new = (*((statement,) if statement else () for statement in said), ())
        before = np.zeros(self.samples, dtype=np.uint8) if one.codes is None else one.codes
        pairs, joint = pair_codes(before, codes, (len(one.values), len(new)))
        joined = [tuple(dict.fromkeys((*one.values[first], *new[second]))) for first, second in pairs]
        one.values, one.codes = merge_equal(joined, joint)
        return True

    def _statement(self, call: SampleCall, record: Record, extent: Extent) -> Statement | None:
        _, reason = judge_quality(call, record, self.options)
        if reason and not (reason == "no genotype" and call.copy_number is not None):
            return None
        strands = _strands(call, record.alts)
        if call.copy_number is None and not strands:
            return None
        if MISSING in call.alleles or (call.copy_number is not None and sum(strands) != call.copy_number):
            strands = ()
        phased = call.phased and not call.phase_set and not self.several_files
        total = sum(strands) if call.copy_number is None else call.copy_number
        ordered = strands if phased else tuple(sorted(strands))
        alts = record.alts if call.copy_number is None else ()
        return Statement(alts, total, ordered, phased and bool(strands), extent)

    def conclude(self, gene: Gene) -> tuple[tuple[int | None, ...], tuple[Structure, ...]]:
        """Return each sample's number of copies and what else is known; nothing where nothing was said."""
        one, told = self.found.get(gene.symbol), self.options.copies.get(gene.symbol)
        if one is None or (one.codes is None and told is None):
            return (), ()
        results = [conclude_copies(statements, told) for statements in one.values]
        codes = [0] * self.samples if one.codes is None else one.codes.tolist()
        return tuple(results[code][0] for code in codes), tuple(results[code][1] for code in codes)


def _copies_of(alt: str) -> int | None:
    """Return the copies that an ALT stands for; None where it is no allele of copy number."""
    numbered = _NUMBERED.fullmatch(alt)
    if numbered:
        return int(numbered[1])
    known: Mapping[str, int] = {"<DEL>": 0, "<CNV>": _Copies.ANY, **dict.fromkeys(_DUPLICATIONS, _Copies.AT_LEAST_TWO)}
    return known.get(alt)


def _strands(call: SampleCall, alts: tuple[str, ...]) -> tuple[int, ...]:
    """Return the copies on each of two strands; none where GT does not tell."""
    if len(call.alleles) != 2 or MISSING in call.alleles:
        return ()
    counts = [1 if allele == 0 else (_copies_of(alts[allele - 1]) or 0) for allele in call.alleles]
    return _filled(counts, call.copy_number)


def _filled(counts: list[int], total: int | None) -> tuple[int, ...]:
    """Put numbers in the place of marks: what the others leave of the total, else two for a duplication."""
    marked = [number for number, count in enumerate(counts) if count < 0]
    if marked and total is not None:
        share, rest = divmod(total - sum(count for count in counts if count >= 0), len(marked))
        if share < 0 or rest:
            return ()
        return tuple(share if count < 0 else count for count in counts)
    if _Copies.ANY in counts:
        return ()
    return tuple(2 if count < 0 else count for count in counts)
