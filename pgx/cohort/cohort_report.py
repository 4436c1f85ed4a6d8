"""The cohort's table and page as files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from pgx.cohort.cohort_page import cohort_page
from pgx.cohort.frequencies import Cell, count_cells, open_cohort
from pgx.reports.files import write_text
from pgx.reports.tsv import row_text

COLUMNS = ("kind", "subject", "name", "group", "count", "total", "share", "low", "high", "hidden")


def write_cohort_report(
    folder: Path, output: Path, metadata: Path | None, column: str | None, limit: int
) -> tuple[tuple[Path, ...], str]:
    """Write `cohort.tsv` and `cohort.html`; return them, and what people should know of the table of samples.

    Raises UsageError and InputError.
    """
    people, remark = open_cohort(folder, metadata, column)
    cells = list(count_cells(people, limit))
    table = write_text(output / "cohort.tsv", _lines(cells))
    return (table, write_text(output / "cohort.html", cohort_page(cells, limit, column))), remark


def _lines(cells: Sequence[Cell]) -> Iterator[str]:
    yield row_text(COLUMNS)
    for cell in cells:
        bounds = cell.interval or (None, None)
        shares = [None if share is None else f"{share:.6f}" for share in (cell.share, *bounds)]
        hidden = "true" if cell.count is None else "false"
        yield row_text([cell.kind, cell.subject, cell.name, cell.group, cell.count, cell.total, *shares, hidden])
