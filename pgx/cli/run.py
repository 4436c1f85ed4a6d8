"""`pgx run` and `pgx call`: files in, results printed and written."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pgx.cli import options as opt
from pgx.cli.batch import run_as_batch
from pgx.cli.groups import AdviceChoices, CallChoices, FileChoices, KnownChoices, expand_groups
from pgx.cli.request import Output, Request

OutputFolder = Annotated[Path | None, typer.Option("--output", "-o", metavar="DIR", help="Folder for the reports.")]
Formats = Annotated[list[str] | None, typer.Option("--format", help="json, tsv, html, … (separate by commas).")]


@expand_groups
def run_command(
    *,
    files: opt.Files = None,
    output: OutputFolder = None,
    formats: Formats = None,
    advice: AdviceChoices,
    actionable: opt.Actionable = False,
    meds: opt.Medicines = None,
    call: CallChoices,
    read: FileChoices,
    known: KnownChoices,
    strict: opt.Strict = False,
    rules: opt.RulesFolder = None,
    quiet: opt.Quiet = False,
    as_json: opt.AsJson = False,
) -> None:
    """Call the genes of every sample and say what to do about which drug.

    Example: `pgx run sample.vcf.gz -o reports`
    """
    request = Request(files, read, known, call, rules, advice, strict=strict, actionable=actionable, meds=meds)
    shown = Output(output, opt.listed(formats), quiet=quiet, as_json=as_json)
    if not run_as_batch(request, shown, advise=True):
        request.execute(shown, advise=True)


@expand_groups
def call_command(
    *,
    files: opt.Files = None,
    output: OutputFolder = None,
    formats: Formats = None,
    call: CallChoices,
    read: FileChoices,
    known: KnownChoices,
    strict: opt.Strict = False,
    rules: opt.RulesFolder = None,
    quiet: opt.Quiet = False,
    as_json: opt.AsJson = False,
) -> None:
    """Call the genes of every sample, without advice.

    Example: `pgx call sample.vcf.gz --json`
    """
    request = Request(files, read, known, call, rules, strict=strict)
    shown = Output(output, opt.listed(formats), quiet=quiet, as_json=as_json)
    if not run_as_batch(request, shown, advise=False):
        request.execute(shown, advise=False)
