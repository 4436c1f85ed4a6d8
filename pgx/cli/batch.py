"""`pgx batch`: many samples and files into tables, in parts, to be resumed and shared out."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pgx.cli import options as opt
from pgx.cli.groups import AdviceChoices, CallChoices, FileChoices, KnownChoices, expand_groups
from pgx.cli.request import Output, Request
from pgx.errors import PgxError, UsageError
from pgx.reports import check_formats

if TYPE_CHECKING:
    from pgx.cohort.finish import BatchOptions, Outcome

SOME_FAILED = 3
TABLE_FORMATS = ("parquet", "tsv")
MANY_SAMPLES = 1_000
"""`pgx run` writes tables for more than this, if no reports are asked for."""

Inputs = Annotated[
    list[Path],
    typer.Argument(metavar="INPUT...", help="Variant files, folders of them, or lists of paths (.txt, .list, .fofn)."),
]
OutputFolder = Annotated[
    Path, typer.Option("--output", "-o", metavar="DIR", help="Folder for the tables; new, or --resume.")
]
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


@dataclass(frozen=True, slots=True, kw_only=True)
class TableChoices:
    """How a batch is carried out and what its tables hold."""

    table_format: TableFormat = "parquet"
    jobs: Jobs = 0
    resume: Resume = False
    all_advice: AllAdvice = False
    no_evidence: NoEvidence = False
    part_size: PartSize = 500_000
    shard: Shard = "1/1"
    engine: EngineName = "local"
    scheduler: Scheduler = None

    def batch_options(self, reports: tuple[str, ...] = ()) -> BatchOptions:
        """Return the options for the batch. Raises UsageError for those that do not go together."""
        from pgx.cohort.finish import BatchOptions

        if self.table_format not in TABLE_FORMATS:
            raise UsageError(f"--format: '{self.table_format}' is no table format; give {' or '.join(TABLE_FORMATS)}")
        if (self.engine == "dask") != (self.scheduler is not None) or self.engine not in ("local", "dask"):
            raise UsageError("--engine: give local, or dask together with --scheduler tcp://…")
        return BatchOptions(
            jobs=self.jobs or os.cpu_count() or 1,
            resume=self.resume,
            shard=read_shard(self.shard),
            part_size=self.part_size,
            kind=self.table_format,
            evidence=not self.no_evidence,
            all_advice=self.all_advice,
            scheduler=self.scheduler,
            reports=reports,
        )


@expand_groups
def batch_command(
    *,
    inputs: Inputs,
    output: OutputFolder,
    tables: TableChoices,
    reports: Reports = None,
    calls_only: CallsOnly = False,
    advice: AdviceChoices,
    call: CallChoices,
    read: FileChoices,
    known: KnownChoices,
    rules: opt.RulesFolder = None,
    quiet: opt.Quiet = False,
) -> None:
    """Call and advise many samples in one pass, into Parquet tables.

    Example: `pgx batch cohort.bcf -o tables`
    """
    request = Request(inputs, read, known, call, rules, advice)
    batch = tables.batch_options(check_formats(opt.listed(reports)))
    _run(request, output, batch, advise=not calls_only, quiet=quiet)


def read_shard(text: str) -> tuple[int, int]:
    """Read `2/8`. Raises UsageError for anything else.

    >>> read_shard("2/8")
    (2, 8)
    """
    number, slash, count = text.partition("/")
    if not (slash and number.isdigit() and count.isdigit() and 1 <= int(number) <= int(count)):
        raise UsageError(f"--shard: '{text}' is no shard; give I/N with I from 1 to N, such as 2/8")
    return int(number), int(count)


def run_as_batch(request: Request, output: Output, *, advise: bool) -> bool:
    """Write tables and return True where there are so many samples that a report for each was hardly meant.

    Whoever asks for formats, JSON on the terminal, a person's medicines or `--strict` gets them however many there are.
    """
    asked = output.formats or output.as_json or request.strict or request.meds
    if output.folder is None or asked or (samples := _count_samples(request)) <= MANY_SAMPLES:
        return False
    if not output.quiet:
        text = "writing tables as `pgx batch` does; --format html,json writes reports of every sample"
        print(f"{samples:,} samples: {text}", file=sys.stderr)
    _run(request, output.folder, TableChoices(resume=True).batch_options(), advise=advise, quiet=output.quiet)
    return True


def _count_samples(request: Request) -> int:
    """Count the samples asked for; 0 where the files are not plainly variant files, or cannot be opened."""
    from pgx.cohort.plan import ENDINGS
    from pgx.pipeline import samples_in
    from pgx.selection import RunOptions

    files = request.files or []
    if not all(path.is_file() and path.name.lower().endswith(ENDINGS) for path in files):
        return 0
    wanted = set(opt.listed(request.call.sample))
    try:
        names = {name for path in files for name in samples_in(path, RunOptions())}
    except PgxError:
        return 0
    return len(names & wanted if wanted else names)


def _run(request: Request, output: Path, batch: BatchOptions, *, advise: bool, quiet: bool) -> None:
    from pgx.cli.progress import batch_progress
    from pgx.cohort.batch import run_batch
    from pgx.rules.ruleset import load_rules

    rules = load_rules(request.rules)
    options = request.run_options(rules, advise=advise)
    try:
        with batch_progress(quiet=quiet) as progress:
            outcome = run_batch(request.files or (), output, options, rules, batch, progress)
    except KeyboardInterrupt:
        again = "the same command" if batch.resume else "the same command with --resume"
        print(f"pgx: {output} keeps what is done; {again} goes on", file=sys.stderr)
        raise
    _tell(outcome, output, quiet=quiet)
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
