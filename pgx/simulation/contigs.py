"""Names, order and lengths of the contigs in the header of a made-up file."""

from __future__ import annotations

from pgx.domain.variant import Build

NAMES = (*(f"chr{number}" for number in range(1, 23)), "chrX", "chrY", "chrM")

LENGTHS = {
    Build.GRCH38: (
        248956422, 242193529, 198295559, 190214555, 181538259, 170805979, 159345973, 145138636, 138394717, 133797422,
        135086622, 133275309, 114364328, 107043718, 101991189, 90338345, 83257441, 80373285, 58617616, 64444167,
        46709983, 50818468, 156040895, 57227415, 16569,
    ),
    Build.GRCH37: (
        249250621, 243199373, 198022430, 191154276, 180915260, 171115067, 159138663, 146364022, 141213431, 135534747,
        135006516, 133851895, 115169878, 107349540, 102531392, 90354753, 81195210, 78077248, 59128983, 63025520,
        48129895, 51304566, 155270560, 59373566, 16569,
    ),
}  # fmt: skip


def printed_contig(contig: str, build: Build) -> str:
    """Return the name that files of this build mostly have: `chr10` and `chrM`, or `10` and `MT` on GRCh37.

    >>> printed_contig("chrM", Build.GRCH37), printed_contig("chrM", Build.GRCH38)
    ('MT', 'chrM')
    """
    if build is Build.GRCH38:
        return contig
    return "MT" if contig == NAMES[-1] else contig.removeprefix("chr")


def contig_rank(contig: str) -> tuple[int, str]:
    """Return a sort key: chromosomes in their order, other contigs after them by name."""
    return (NAMES.index(contig) if contig in NAMES else len(NAMES), contig)
