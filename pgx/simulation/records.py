"""The text of a VCF: header, one record for a site, reference blocks between the records of a gVCF."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pgx.domain.variant import Build
from pgx.simulation.contigs import LENGTHS, NAMES, printed_contig
from pgx.simulation.sites import Site

NON_REF = "<NON_REF>"
DEPTH, LEAST_DEPTH, QUALITY = 32, 28, 99
"""Reads over a position, over the worst position of a block, and genotype quality; one strand has half the reads."""
BLOCK_GAP = 1000
"""Positions this far apart share a reference block."""

_FORMATS = (
    '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">',
    '##FORMAT=<ID=DP,Number=1,Type=Integer,Description="Reads over the position">',
    '##FORMAT=<ID=GQ,Number=1,Type=Integer,Description="Genotype quality">',
)
_BLOCK_LINES = (
    '##FORMAT=<ID=MIN_DP,Number=1,Type=Integer,Description="Fewest reads over a position of the block">',
    '##INFO=<ID=END,Number=1,Type=Integer,Description="Last position of the block">',
    f'##ALT=<ID={NON_REF[1:-1]},Description="Any other base">',
)


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is written: its build, with or without phase, and as gVCF or not."""

    build: Build
    phased: bool
    gvcf: bool


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch where all samples are known to be reference; `copies` are their strands."""

    contig: str
    start: int
    end: int
    ref: str
    copies: tuple[int, ...]


def header_lines(samples: Sequence[str], layout: Layout) -> Iterator[str]:
    """Yield the header with the contig lengths of the build."""
    yield "##fileformat=VCFv4.3"
    yield "##source=pgx simulate"
    yield f"##reference={layout.build}"
    yield '##FILTER=<ID=PASS,Description="All filters passed">'
    for contig, length in zip(NAMES, LENGTHS[layout.build], strict=True):
        yield f"##contig=<ID={printed_contig(contig, layout.build)},length={length},assembly={layout.build}>"
    yield from _BLOCK_LINES if layout.gvcf else ()
    yield from _FORMATS
    yield "\t".join(("#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT", *samples))


def site_line(site: Site, layout: Layout) -> str:
    """Return the record of one site."""
    alts = (*site.alts, NON_REF) if layout.gvcf else site.alts
    codes = {base: str(code) for code, base in enumerate((site.ref, *alts))}
    cells = {bases: _cell([codes[base] for base in bases], layout.phased) for bases in set(site.carried)}
    identifier = "." if ":" in site.variant.name else site.variant.name
    contig = printed_contig(site.variant.contig, layout.build)
    fixed = (contig, str(site.position), identifier, site.ref, ",".join(alts), ".", "PASS", ".", "GT:DP:GQ")
    return "\t".join((*fixed, *(cells[bases] for bases in site.carried)))


def _cell(codes: list[str], phased: bool) -> str:
    joined = "|".join(codes) if phased else "/".join(sorted(codes))
    return f"{joined}:{_share(DEPTH, len(codes))}:{QUALITY}"


def _share(reads: int, copies: int) -> int:
    return reads * copies // 2


def block_line(block: Block, layout: Layout) -> str:
    """Return the record of one reference block."""
    cells = (f"{_cell(['0'] * copies, layout.phased)}:{_share(LEAST_DEPTH, copies)}" for copies in block.copies)
    contig, info = printed_contig(block.contig, layout.build), f"END={block.end}"
    fixed = (contig, str(block.start), ".", block.ref, NON_REF, ".", "PASS", info, "GT:DP:GQ:MIN_DP")
    return "\t".join((*fixed, *cells))


def reference_blocks(sites: Sequence[Site], build: Build) -> Iterator[Block]:
    """Yield the blocks that cover what the records of sites that vary leave open, for the sites of one contig.

    A block starts at a base that the table tells, so no reference sequence is needed; for an insertion or
    deletion it reaches over the whole tract in which that can lie.
    """
    taken = {position for site in sites if recorded(site) for position in range(site.position, site.end + 1)}
    known = _known_bases(sites, build)
    for run in _runs([position for position in sorted(known) if position not in taken], taken):
        base, copies = known[run[0]]
        yield Block(sites[0].variant.contig, run[0], run[-1], base, copies)


def recorded(site: Site) -> bool:
    """True where a gVCF needs a record of its own for the site."""
    return any(base != site.ref for bases in site.carried for base in bases)


def _known_bases(sites: Iterable[Site], build: Build) -> dict[int, tuple[str, tuple[int, ...]]]:
    """Map positions to their reference base and the samples' strands."""
    return {
        site.position + offset: (base, tuple(len(bases) for bases in site.carried))
        for site in sites
        for offset, base in enumerate(site.variant.window(build))
    }


def _runs(positions: Iterable[int], taken: set[int]) -> Iterator[list[int]]:
    """Cut sorted positions where a record lies between two of them or the gap is too wide."""
    run: list[int] = []
    for position in positions:
        if run and (position - run[-1] > BLOCK_GAP or not taken.isdisjoint(range(run[-1] + 1, position))):
            yield run
            run = []
        run.append(position)
    if run:
        yield run
