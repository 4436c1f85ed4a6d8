"""Option types that several commands share, and how texts become values."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pgx.errors import InputError, UsageError

if TYPE_CHECKING:
    from pgx.domain.variant import Build
    from pgx.outside import Prefer

Files = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="FILE...",
        help="VCF, gVCF or BCF files, joined on sample name; text of a consumer array, or a table of genotypes; "
        "a folder, a list of files (@files.txt), or - for standard input.",
    ),
]
Genes = Annotated[list[str] | None, typer.Option("--gene", help="Only these genes (repeat, or separate by commas).")]
Drugs = Annotated[list[str] | None, typer.Option("--drug", help="Only these drugs (repeat, or separate by commas).")]
Sources = Annotated[list[str] | None, typer.Option("--source", help="Only these sources: CPIC, DPWG, FDA.")]
Samples = Annotated[list[str] | None, typer.Option("--sample", help="Only these samples.")]
BuildName = Annotated[str, typer.Option("--build", help="auto, GRCh37 or GRCh38.")]
SexFile = Annotated[Path | None, typer.Option("--sex", help="Table of sample and sex (male or female).")]
Assume = Annotated[
    str,
    typer.Option("--assume-reference", help="Take absent positions as reference: all, genes, or a BED file."),
]
CopyNumbers = Annotated[
    list[str] | None,
    typer.Option("--copy-number", metavar="GENE=N", help="Copies of a gene, known from elsewhere, in every sample."),
]
MinGq = Annotated[float | None, typer.Option("--min-gq", help="Genotype quality below this is no call.")]
MinDp = Annotated[float | None, typer.Option("--min-dp", help="Read depth below this is no call.")]
MinBalance = Annotated[
    float | None,
    typer.Option("--min-balance", help="Heterozygous with a smaller share of reads for one allele is no call."),
]
MinCertainty = Annotated[
    float, typer.Option("--min-certainty", help="Imputed genotypes (GP, HDS, DS) less certain than this are no call.")
]
SampleMap = Annotated[
    Path | None, typer.Option("--sample-map", help="Table of sample names in the files and the names to use.")
]
FastaFile = Annotated[
    Path | None, typer.Option("--fasta", help="Reference FASTA to check REF with; nothing else needs it.")
]
RequirePass = Annotated[bool, typer.Option("--require-pass", help="Do not use records that fail FILTER.")]
Strict = Annotated[bool, typer.Option("--strict", help="Any discarded record is an error.")]
Combinations = Annotated[
    bool, typer.Option("--combinations", help="Where no pair of alleles fits, name combinations and parts of alleles.")
]
AllMatches = Annotated[bool, typer.Option("--all-matches", help="List every diplotype that fits, not only the best.")]
RulesFolder = Annotated[
    Path | None, typer.Option("--rules", metavar="DIR", help="Your own tables, alone or over the shipped ones.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
MinLevel = Annotated[
    str,
    typer.Option(
        "--min-level", metavar="LEVEL", help="Only guidance rated this or better: A to D (CPIC) or 1A to 4 (ClinPGx)."
    ),
]
Actionable = Annotated[bool, typer.Option("--actionable", help="Only advice that asks for something.")]
Medicines = Annotated[
    Path | None,
    typer.Option("--meds", metavar="FILE", help="The patient's own drugs, a name or RxNorm code a line; shown first."),
]
Populations = Annotated[
    list[str] | None, typer.Option("--population", help="Only advice for this population or indication.")
]
Outside = Annotated[list[Path] | None, typer.Option("--outside", help="Results of other callers.")]
PreferName = Annotated[str, typer.Option("--prefer", help="Where both exist: outside, vcf or report-both.")]


def listed(values: list[str] | None) -> tuple[str, ...]:
    """Split repeated and comma-separated options into single values."""
    return tuple(part.strip() for value in values or () for part in value.split(",") if part.strip())


def read_medicines(path: Path) -> tuple[str, ...]:
    """Read a list of drugs, one a line; empty lines and those that begin with `#` are left out. Raises InputError."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"--meds {path}: cannot be read as text: {error}") from None
    return tuple(dict.fromkeys(line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")))


def read_build(text: str) -> Build | None:
    """Return the build that a name stands for; None for `auto`. Raises `UsageError`."""
    from pgx.domain.variant import Build

    names = {"auto": None, "grch37": Build.GRCH37, "hg19": Build.GRCH37, "grch38": Build.GRCH38, "hg38": Build.GRCH38}
    if text.lower() not in names:
        raise UsageError(f"--build: '{text}' is unknown; give auto, GRCh37 or GRCh38")
    return names[text.lower()]


def read_prefer(text: str) -> Prefer:
    """Return the preference that a word stands for. Raises `UsageError`."""
    names: dict[str, Prefer] = {"outside": "outside", "vcf": "vcf", "report-both": "report-both"}
    if text not in names:
        raise UsageError(f"--prefer: '{text}' is unknown; give {', '.join(names)}")
    return names[text]
