"""`pgx batch`: many samples and files into tables, in parts, to be resumed and shared out."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pgx.cli import options as opt
from pgx.cli.request import Request
from pgx.errors import UsageError

if TYPE_CHECKING:
    from pgx.cohort.finish import BatchOptions, Outcome

SOME_FAILED = 3
TABLE_FORMATS = ("parquet", "tsv")

Inputs = Annotated[
    list[Path],
    typer.Argument(metavar="INPUT...", help="Variant files, folders of them, or lists of paths (.txt, .list, .fofn)."),
]
Output = Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Folder for the tables; new, or --resume.")]
TableFormat = Annotated[str, typer.Option("--format", help="parquet or tsv.")]
Reports = Annotated[
    list[str] | None, typer.Option("--reports", help="Also write these for every sample: html, json, …")
]
Jobs = Annotated[int, typer.Option("--jobs", "-j", min=0, help="Processes; 0 is one for each processor.")]
Resume = Annotated[bool, typer.Option("--resume", help="Go on with what is in the folder.")]
AllAdvice = Annotated[bool, typer.Option("--all-advice", help="Also link advice that asks for nothing.")]
NoEvidence = Annotated[bool, typer.Option("--no-evidence", help="Do not list positions that are not plainly called.")]
CallsOnly = Annotated[bool, typer.Option("--calls-only", help="Call genes without giving advice.")]
PartSize = Annotated[int, typer.Option("--part-size", min=1, help="Samples worked on at a time; memory grows with it.")]
Shard = Annotated[str, typer.Option("--shard", metavar="I/N", help="Do only every N-th part; the last one finishes.")]
EngineName = Annotated[str, typer.Option("--engine", help="local, or dask (needs pgx[dask] and --scheduler).")]
Scheduler = Annotated[str | None, typer.Option("--scheduler", metavar="ADDRESS", help="Dask scheduler, tcp://….")]


def batch_command(
    inputs: Inputs,
    output: Output,
    table_format: TableFormat = "parquet",
    reports: Reports = None,
    jobs: Jobs = 0,
    resume: Resume = False,
    all_advice: AllAdvice = False,
    no_evidence: NoEvidence = False,
    calls_only: CallsOnly = False,
    part_size: PartSize = 500_000,
    shard: Shard = "1/1",
    engine: EngineName = "local",
    scheduler: Scheduler = None,
    gene: opt.Genes = None,
    drug: opt.Drugs = None,
    source: opt.Sources = None,
    sample: opt.Samples = None,
    build: opt.BuildName = "auto",
    sample_map: opt.SampleMap = None,
    sex: opt.SexFile = None,
    outside: opt.Outside = None,
    prefer: opt.PreferName = "outside",
    assume_reference: opt.Assume = "none",
    min_gq: opt.MinGq = None,
    min_dp: opt.MinDp = None,
    require_pass: opt.RequirePass = False,
    all_matches: opt.AllMatches = False,
    rules: opt.RulesFolder = None,
    quiet: opt.Quiet = False,
) -> None:
    """Call and advise many samples in one pass, into Parquet tables.

    Example: `pgx batch cohort.bcf -o tables`
    """
    given = locals()
    own = ("inputs", "output", "table_format", "reports", "jobs", "resume", "all_advice", "no_evidence", "calls_only")
    plain = {name: value for name, value in given.items() if name not in (*own, *_BATCH_ONLY)}
    _run(Request(files=inputs, **plain), output, _batch_options(given), opt.listed(reports), advise=not calls_only)


_BATCH_ONLY = ("part_size", "shard", "engine", "scheduler")


def _batch_options(given: dict[str, Any]) -> BatchOptions:
    from pgx.cohort.finish import BatchOptions

    if given["table_format"] not in TABLE_FORMATS:
        raise UsageError(f"--format: '{given['table_format']}' is no table format; give {' or '.join(TABLE_FORMATS)}")
    if (given["engine"] == "dask") != (given["scheduler"] is not None) or given["engine"] not in ("local", "dask"):
        raise UsageError("--engine: give local, or dask together with --scheduler tcp://…")
    return BatchOptions(
        jobs=given["jobs"] or os.cpu_count() or 1,
        resume=given["resume"],
        shard=read_shard(given["shard"]),
        part_size=given["part_size"],
        kind=given["table_format"],
        evidence=not given["no_evidence"],
        all_advice=given["all_advice"],
        scheduler=given["scheduler"],
    )


def read_shard(text: str) -> tuple[int, int]:
    """Read `2/8`. Raises UsageError for anything else.

    >>> read_shard("2/8")
    (2, 8)
    """
    number, slash, count = text.partition("/")
    if not (slash and number.isdigit() and count.isdigit() and 1 <= int(number) <= int(count)):
        raise UsageError(f"--shard: '{text}' is no shard; give I/N with I from 1 to N, such as 2/8")
    return int(number), int(count)


def _run(request: Request, output: Path, batch: BatchOptions, reports: tuple[str, ...], *, advise: bool) -> None:
    from pgx.cli.progress import batch_progress
    from pgx.cohort.batch import run_batch
    from pgx.cohort.sample_reports import write_sample_reports
    from pgx.reports import check_formats
    from pgx.rules.ruleset import load_rules

    formats = check_formats(reports)
    rules = load_rules(request.rules)
    options = request.run_options(rules, advise=advise)
    with batch_progress(quiet=request.quiet) as progress:
        outcome = run_batch(request.files or (), output, options, rules, batch, progress)
    if formats:
        write_sample_reports(request.files or (), output, options, rules, formats)
    _tell(outcome, output, quiet=request.quiet)
    if outcome.problems:
        raise typer.Exit(SOME_FAILED)


def _tell(outcome: Outcome, output: Path, *, quiet: bool) -> None:
    for problem in outcome.problems:
        print(f"pgx: left out: {problem}", file=sys.stderr)
    if quiet:
        return
    if outcome.manifest is None:
        print(f"{output}: {outcome.missing} units are left for other shards", file=sys.stderr)
    else:
        print(f"{outcome.samples:,} samples; {outcome.manifest} lists the tables", file=sys.stderr)
