"""The positions of gene tables in the coordinates of one build."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from pgx.domain.gene import CallingMode, Gene
from pgx.domain.variant import Build, Variant
from pgx.genotypes.intervals import Intervals, merge_intervals


@dataclass(frozen=True, slots=True)
class Target:
    """One position of one gene, 1-based in the file's build.

    `window` is the reference sequence from `start` over everything an equivalent notation can touch;
    `reference` is the index of the build's REF among the variant's bases, `length` the length of that REF.
    """

    gene: int
    row: int
    variant: Variant
    start: int
    window: str
    reference: int
    length: int
    counts_copies: bool = False
    """True in genes called with copy numbers, where a symbolic deletion is a copy less and no missing base."""
    weighs_reads: bool = False
    """True in haploid genes, where a mixed genotype stands for shares of the reads."""

    @property
    def end(self) -> int:
        return self.start + len(self.window) - 1

    @property
    def ref_end(self) -> int:
        return self.start + self.length - 1


@dataclass(frozen=True, slots=True)
class Targets:
    """All positions of the chosen genes by contig, sorted by start."""

    build: Build
    by_contig: dict[str, tuple[Target, ...]]
    starts: dict[str, tuple[int, ...]]
    widest: int

    def near(self, contig: str, start: int, end: int) -> tuple[Target, ...]:
        """Return the targets whose window shares a base with start..end."""
        starts = self.starts.get(contig, ())
        first = bisect_left(starts, start - self.widest + 1)
        last = bisect_right(starts, end)
        return tuple(target for target in self.by_contig.get(contig, ())[first:last] if target.end >= start)

    def wanted(self) -> dict[str, Intervals]:
        """Return the windows, each with one base on either side for insertions that are anchored outside."""
        return {
            contig: merge_intervals((target.start - 1, target.end + 1) for target in targets)
            for contig, targets in self.by_contig.items()
        }


def place_targets(genes: Sequence[Gene], build: Build) -> Targets:
    """Lay out the positions of all genes in `build`; positions that the build lacks are left out."""
    by_contig: dict[str, list[Target]] = {}
    for number, gene in enumerate(genes):
        for row, variant in enumerate(gene.positions):
            start = variant.position(build)
            if start is not None:
                by_contig.setdefault(variant.contig, []).append(_target((number, row), gene, variant, start, build))
    ordered = {
        contig: tuple(sorted(found, key=lambda target: (target.start, target.gene, target.row)))
        for contig, found in by_contig.items()
    }
    starts = {contig: tuple(target.start for target in found) for contig, found in ordered.items()}
    widest = max((len(target.window) for found in ordered.values() for target in found), default=1)
    return Targets(build, ordered, starts, widest)


def _target(place: tuple[int, int], gene: Gene, variant: Variant, start: int, build: Build) -> Target:
    ref, window = variant.reference(build), variant.window(build).upper()
    return Target(
        *place,
        variant,
        start,
        window,
        variant.bases.index(ref),
        len(ref),
        gene.counts_copies,
        gene.calling is CallingMode.HAPLOID,
    )
