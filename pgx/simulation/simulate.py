"""From wanted diplotypes to the text of a VCF that shows them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import groupby

from pgx.domain.gene import Gene
from pgx.domain.genotype import Sex
from pgx.domain.variant import Build
from pgx.errors import UsageError
from pgx.simulation.contigs import contig_rank
from pgx.simulation.records import Layout, block_line, header_lines, recorded, reference_blocks, site_line
from pgx.simulation.sites import Site, all_sites

Wanted = Mapping[str, Mapping[str, tuple[str, ...]]]
"""For each sample the strands that are wanted of each gene, one or two of them."""


class Positions(StrEnum):
    """Which positions get a record: all, so that nothing is absent, or those where a sample is not REF."""

    ALL = "all"
    VARIANTS = "variants"


def simulate(
    genes: Mapping[str, Gene],
    wanted: Wanted,
    build: Build,
    *,
    phased: bool = False,
    gvcf: bool = False,
    positions: Positions = Positions.ALL,
    sex: Mapping[str, Sex] | None = None,
) -> str:
    """Return the text of a VCF 4.3 (or, with `gvcf`, a gVCF with reference blocks) that shows the wanted diplotypes.

    Every defining and extra position of `genes` that the build has is a record, sorted; genes of which nothing
    is wanted have the reference allele. On sex-linked genes men have one strand, samples of unknown sex as many
    as are wanted. Where a deletion takes away another position's base the genotype has `*` there. Raises
    UsageError for genes and alleles that the tables have not, with the names that come near.
    """
    if gvcf and positions is Positions.VARIANTS:
        raise UsageError("a gVCF covers every position; leave out either gVCF or variant sites only")
    _check_samples(tuple(wanted))
    layout = Layout(build, phased, gvcf)
    sites = sorted(all_sites(genes, wanted, build, sex or {}), key=_place)
    if positions is Positions.VARIANTS:
        sites = [site for site in sites if site.varies]
    lines = gvcf_lines(sites, layout) if gvcf else (site_line(site, layout) for site in sites)
    return "".join(f"{line}\n" for line in (*header_lines(tuple(wanted), layout), *lines))


def gvcf_lines(sites: Sequence[Site], layout: Layout) -> Iterator[str]:
    """Yield records of varying sites and the blocks between them, in file order."""
    for _, group in groupby(sites, key=lambda site: site.variant.contig):
        members = tuple(group)
        lines = [(block.start, block_line(block, layout)) for block in reference_blocks(members, layout.build)]
        lines += [(site.position, site_line(site, layout)) for site in members if recorded(site)]
        yield from (line for _, line in sorted(lines, key=lambda entry: entry[0]))


def _place(site: Site) -> tuple[tuple[int, str], int, str]:
    return (contig_rank(site.variant.contig), site.position, site.ref)


def _check_samples(samples: tuple[str, ...]) -> None:
    if not samples:
        raise UsageError("no sample is wanted; give at least one")
    for sample in samples:
        if not sample.isprintable() or not sample.strip():
            raise UsageError(f"{sample!r} cannot be a sample's name; use letters, digits and signs, no tabs")
