"""Records in the exons of a gene that no position of its table explains."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pgx.domain.gene import Gene
from pgx.domain.variant import Build
from pgx.genotypes.intervals import Wanted, merge_intervals
from pgx.genotypes.options import ReadOptions
from pgx.genotypes.records import NON_REFERENCE, Detail, Record
from pgx.genotypes.report import Unexplained

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


Exons = dict[str, Wanted]
"""Per gene symbol the exons in the file's build."""


def find_exons(genes: Sequence[Gene], build: Build) -> Exons:
    """Return the exons of all genes that have them in their table."""
    exons: Exons = {}
    for gene in genes:
        regions = [region for name, found in gene.exons if name == build.value for region in found]
        if regions:
            exons[gene.symbol] = {gene.contig: merge_intervals((region.start, region.end) for region in regions)}
    return exons


def find_unexplained(
    record: Record, exons: Exons, samples: Sequence[str], columns: NDArray[np.intp] | None
) -> list[Unexplained]:
    """Return one entry for each gene in whose exons the record lies, if a sample carries one of its alleles."""
    alts = [number for number, alt in enumerate(record.alts, start=1) if alt not in NON_REFERENCE]
    touched = [gene for gene, regions in exons.items() if _lies_in(record, regions)] if alts else []
    carriers = tuple(_carriers(record, frozenset(alts), samples, columns)) if touched else ()
    if not carriers:
        return []
    shown = ",".join(record.alts[number - 1] for number in alts)
    return [Unexplained(gene, record.contig, record.position, record.ref, shown, carriers) for gene in touched]


def _lies_in(record: Record, regions: Wanted) -> bool:
    return record.contig in regions and regions[record.contig].touches(record.position, record.end)


def _carriers(
    record: Record, alts: frozenset[int], samples: Sequence[str], columns: NDArray[np.intp] | None
) -> Iterator[str]:
    import numpy as np

    calls = record.load(Detail(ReadOptions()))
    carrying = [code for code, call in enumerate(calls.distinct) if alts & set(call.alleles)]
    if not carrying:
        return
    for column in np.flatnonzero(np.isin(calls.codes, carrying)).tolist():
        yield samples[column if columns is None else int(columns[column])]
