"""Contig names as they occur in files, and what names and lengths tell about the build."""

from __future__ import annotations

from pgx.domain.variant import Build

MITOCHONDRION = "chrM"
RCRS_LENGTH = 16569
_NUMBERED = [*(str(number) for number in range(1, 23)), "X", "Y"]
_REFSEQ_VERSIONS_38 = [11, 12, 12, 12, 10, 12, 14, 11, 12, 11, 10, 12, 11, 9, 10, 10, 11, 10, 10, 11, 9, 11, 11, 10]
_LENGTHS_38 = [
    248956422, 242193529, 198295559, 190214555, 181538259, 170805979, 159345973, 145138636, 138394717, 133797422,
    135086622, 133275309, 114364328, 107043718, 101991189, 90338345, 83257441, 80373285, 58617616, 64444167,
    46709983, 50818468, 156040895, 57227415,
]  # fmt: skip
_LENGTHS_37 = [
    249250621, 243199373, 198022430, 191154276, 180915260, 171115067, 159138663, 146364022, 141213431, 135534747,
    135006516, 133851895, 115169878, 107349540, 102531392, 90354753, 81195210, 78077248, 59128983, 63025520,
    48129895, 51304566, 155270560, 59373566,
]  # fmt: skip
_MITOCHONDRIAL_NAMES = ("M", "MT", "CHRM", "CHRMT", "NC_012920", "NC_012920.1", "J01415", "J01415.2", "26")


def _all_names() -> dict[str, tuple[str, Build | None]]:
    names: dict[str, tuple[str, Build | None]] = {name: (MITOCHONDRION, None) for name in _MITOCHONDRIAL_NAMES}
    for number, (label, version) in enumerate(zip(_NUMBERED, _REFSEQ_VERSIONS_38, strict=True), start=1):
        contig, refseq, genbank = f"chr{label}", f"NC_{number:06}", f"CM{662 + number:06}"
        names |= {alias: (contig, None) for alias in (label, f"CHR{label}", str(number), f"CHR{number}")}
        names[f"{refseq}.{version}"] = names[f"{genbank}.2"] = (contig, Build.GRCH38)
        names[f"{refseq}.{version - 1}"] = names[f"{genbank}.1"] = (contig, Build.GRCH37)
    return names


_NAMES = _all_names()
_BUILD_BY_LENGTH = {
    (f"chr{label}", length): build
    for build, lengths in ((Build.GRCH37, _LENGTHS_37), (Build.GRCH38, _LENGTHS_38))
    for label, length in zip(_NUMBERED, lengths, strict=True)
}


def contig_of(name: str) -> str | None:
    """Return the name used in gene tables, or None for contigs that are not assembled chromosomes.

    >>> contig_of("10"), contig_of("NC_000010.11"), contig_of("MT"), contig_of("chrUn_KI270302v1")
    ('chr10', 'chr10', 'chrM', None)
    """
    found = _NAMES.get(name.upper())
    return found[0] if found else None


def build_of_name(name: str) -> Build | None:
    """Return the build that an accession with version belongs to; `chr10` or `10` say nothing."""
    found = _NAMES.get(name.upper())
    return found[1] if found else None


def build_of_length(contig: str, length: int) -> Build | None:
    """Return the build in which `contig` (chr1 …) has this length."""
    return _BUILD_BY_LENGTH.get((contig, length))
