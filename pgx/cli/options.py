"""Option types that several commands share, and how texts become values."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pgx.errors import UsageError

if TYPE_CHECKING:
    from pgx.domain.variant import Build
    from pgx.outside import Prefer

Files = Annotated[
    list[Path] | None, typer.Argument(metavar="FILE...", help="VCF, gVCF or BCF files; joined on sample name.")
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
MinGq = Annotated[float | None, typer.Option("--min-gq", help="Genotype quality below this is no call.")]
MinDp = Annotated[float | None, typer.Option("--min-dp", help="Read depth below this is no call.")]
RequirePass = Annotated[bool, typer.Option("--require-pass", help="Do not use records that fail FILTER.")]
Strict = Annotated[bool, typer.Option("--strict", help="Any discarded record is an error.")]
AllMatches = Annotated[bool, typer.Option("--all-matches", help="List every diplotype that fits, not only the best.")]
RulesFolder = Annotated[Path | None, typer.Option("--rules", help="Folder of rule tables instead of the shipped ones.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
Outside = Annotated[list[Path] | None, typer.Option("--outside", help="Results of other callers.")]
PreferName = Annotated[str, typer.Option("--prefer", help="Where both exist: outside, vcf or report-both.")]


def listed(values: list[str] | None) -> tuple[str, ...]:
    """Split repeated and comma-separated options into single values."""
    return tuple(part.strip() for value in values or () for part in value.split(",") if part.strip())


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
