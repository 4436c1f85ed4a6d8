"""`pgx cohort`: what the tables of a batch add up to, with small cells hidden."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from pgx.cli import options as opt

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="Folder that `pgx batch` wrote.")]
Output = Annotated[Path | None, typer.Option("--output", "-o", metavar="DIR", help="Where to write; DIR/cohort else.")]
Metadata = Annotated[Path | None, typer.Option("--metadata", metavar="FILE", help="Table with a line for each sample.")]
By = Annotated[str | None, typer.Option("--by", metavar="COLUMN", help="Column of the metadata to group by.")]
MinCell = Annotated[int, typer.Option("--min-cell", min=1, help="Counts below this are hidden; 1 hides nothing.")]


def cohort_command(
    folder: Folder,
    output: Output = None,
    metadata: Metadata = None,
    by: By = None,
    min_cell: MinCell = 20,
    quiet: opt.Quiet = False,
) -> None:
    """Count alleles, diplotypes, phenotypes and advice, overall and by group, as a table and a page.

    Example: `pgx cohort tables --metadata people.tsv --by population`
    """
    from pgx.cohort.cohort_report import write_cohort_report

    paths, remark = write_cohort_report(folder, output or folder / "cohort", metadata, by, min_cell)
    if quiet:
        return
    for text in (*([remark] if remark else []), *paths):
        print(text, file=sys.stderr)
