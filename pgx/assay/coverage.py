"""Which defining positions a file gives alleles at, or the regions of an assay hold."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pgx.domain.gene import Gene

if TYPE_CHECKING:
    from pgx.domain.genotype import GenotypeTable
    from pgx.domain.variant import Build, Variant

ENOUGH = 0.5
"""Share of samples that must have alleles at a position for it to count as seen."""

Region = tuple[str, int, int]
"""Contig as in gene tables, start and end, 1-based and inclusive."""


@dataclass(frozen=True, slots=True)
class GeneCoverage:
    """Each position of a gene, in the table's order, and the share of samples that have alleles there.

    For regions the share is 1 or 0.
    """

    gene: str
    shares: tuple[tuple[str, float], ...]

    @property
    def seen(self) -> frozenset[str]:
        """Names of the positions with alleles in at least half of the samples."""
        return frozenset(name for name, share in self.shares if share >= ENOUGH)

    @property
    def patchy(self) -> tuple[tuple[str, float], ...]:
        """Positions where some of the samples have no alleles, and the share that has."""
        return tuple((name, share) for name, share in self.shares if 0 < share < 1)


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was looked at: file or regions, build, samples (0 for regions), and the coverage of every gene."""

    build: str | None
    genes: tuple[GeneCoverage, ...] = field(default=())
    samples: int = 0


def cover_tables(
    build: Build | None, genes: Iterable[tuple[Gene, GenotypeTable]], foreign: Collection[str] = ()
) -> Coverage:
    """Return the coverage by files that were read. Contigs in `foreign` are other sequences than the tables'."""
    found, samples = [], 0
    for gene, table in genes:
        samples = len(table.samples)
        shares = [0.0] * len(gene.positions) if gene.contig in foreign else _shares(table)
        found.append(_coverage(gene, shares))
    return Coverage(build, tuple(found), samples)


def _shares(table: GenotypeTable) -> list[float]:
    import numpy as np

    shares = []
    for values, codes in zip(table.values, table.codes, strict=True):
        gives = np.array([value.state.gives_alleles for value in values], dtype=bool)
        shares.append(float(gives[codes].mean()) if codes.size else 0.0)
    return shares


def cover_regions(build: Build, genes: Iterable[Gene], regions: Sequence[Region]) -> Coverage:
    """Return the coverage by an assay that reads these regions, given in coordinates of `build`.

    A position counts when one stretch of regions holds all of its reference bases; for insertions and
    deletions also the whole repeat along which they can slide, since reads that end within cannot place them.
    """
    joined = _joined(regions)
    return Coverage(build, tuple(_coverage(gene, [_held(v, build, joined) for v in gene.positions]) for gene in genes))


def _coverage(gene: Gene, shares: Iterable[float]) -> GeneCoverage:
    return GeneCoverage(
        gene.symbol, tuple((variant.name, share) for variant, share in zip(gene.positions, shares, strict=True))
    )


def _joined(regions: Sequence[Region]) -> dict[str, list[tuple[int, int]]]:
    """Regions by contig, those that overlap or touch made one."""
    joined: dict[str, list[tuple[int, int]]] = {}
    for contig, start, end in sorted(regions):
        stretches = joined.setdefault(contig, [])
        if stretches and start <= stretches[-1][1] + 1:
            stretches[-1] = (stretches[-1][0], max(end, stretches[-1][1]))
        else:
            stretches.append((start, end))
    return joined


def _held(variant: Variant, build: Build, joined: dict[str, list[tuple[int, int]]]) -> float:
    start = variant.position(build)
    if start is None:
        return 0.0
    end = start + len(variant.window(build)) - 1
    return float(any(first <= start and end <= last for first, last in joined.get(variant.contig, ())))
