"""`pgx run` and `pgx call`: files in, results printed and written."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pgx.cli import options as opt
from pgx.cli.request import Request

Output = Annotated[Path | None, typer.Option("--output", "-o", metavar="DIR", help="Folder for the reports.")]
Formats = Annotated[list[str] | None, typer.Option("--format", help="json, tsv, html, … (separate by commas).")]
Populations = Annotated[
    list[str] | None, typer.Option("--population", help="Only advice for this population or indication.")
]


def run_command(
    files: opt.Files = None,
    output: Output = None,
    formats: Formats = None,
    gene: opt.Genes = None,
    drug: opt.Drugs = None,
    source: opt.Sources = None,
    population: Populations = None,
    min_level: opt.MinLevel = "",
    actionable: opt.Actionable = False,
    meds: opt.Medicines = None,
    sample: opt.Samples = None,
    build: opt.BuildName = "auto",
    sample_map: opt.SampleMap = None,
    sex: opt.SexFile = None,
    fasta: opt.FastaFile = None,
    outside: opt.Outside = None,
    prefer: opt.PreferName = "outside",
    copy_number: opt.CopyNumbers = None,
    assume_reference: opt.Assume = "none",
    min_gq: opt.MinGq = None,
    min_dp: opt.MinDp = None,
    min_balance: opt.MinBalance = None,
    min_certainty: opt.MinCertainty = 0.9,
    require_pass: opt.RequirePass = False,
    strict: opt.Strict = False,
    all_matches: opt.AllMatches = False,
    combinations: opt.Combinations = False,
    rules: opt.RulesFolder = None,
    quiet: opt.Quiet = False,
    as_json: opt.AsJson = False,
) -> None:
    """Call the genes of every sample and say what to do about which drug.

    Example: `pgx run sample.vcf.gz -o reports`
    """
    Request(**locals()).execute(advise=True)


def call_command(
    files: opt.Files = None,
    output: Output = None,
    formats: Formats = None,
    gene: opt.Genes = None,
    sample: opt.Samples = None,
    build: opt.BuildName = "auto",
    sample_map: opt.SampleMap = None,
    sex: opt.SexFile = None,
    fasta: opt.FastaFile = None,
    outside: opt.Outside = None,
    prefer: opt.PreferName = "outside",
    copy_number: opt.CopyNumbers = None,
    assume_reference: opt.Assume = "none",
    min_gq: opt.MinGq = None,
    min_dp: opt.MinDp = None,
    min_balance: opt.MinBalance = None,
    min_certainty: opt.MinCertainty = 0.9,
    require_pass: opt.RequirePass = False,
    strict: opt.Strict = False,
    all_matches: opt.AllMatches = False,
    combinations: opt.Combinations = False,
    rules: opt.RulesFolder = None,
    quiet: opt.Quiet = False,
    as_json: opt.AsJson = False,
) -> None:
    """Call the genes of every sample, without advice.

    Example: `pgx call sample.vcf.gz --json`
    """
    Request(**locals()).execute(advise=False)
