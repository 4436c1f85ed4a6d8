"""The flat tables as one Excel workbook of three sheets: typed cells, and no text read as a formula, link or number."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import datetime
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from pgx.errors import PgxError, UsageError
from pgx.reports.files import replacing
from pgx.reports.provenance import provenance
from pgx.reports.tables import flat_tables

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pgx.domain.results import Results
    from pgx.reports.tables import Cell, Column, Table

MOST_ROWS = 1_048_576
LONGEST_CELL = 32_767
"""Limits of the format: rows a sheet with the header, characters a cell."""

_CUT = " … (cut; whole in the other formats)"
_WIDTHS = {"implication": 60, "advice": 60, "notes": 40, "diplotypes": 24, "genes": 32, "guideline": 28, "actions": 32}
_USUAL_WIDTH = 16


def write_xlsx(results: Results, path: Path) -> Path:
    """Write one workbook. Raises PgxError where a table has more rows than a sheet can hold."""
    with replacing(path) as temporary, _open_workbook(results, temporary) as workbook:
        bold = workbook.add_format({"bold": True})
        for table in flat_tables(results):
            _write_sheet(workbook.add_worksheet(table.name), table, bold, path)
    return path


@contextmanager
def _open_workbook(results: Results, path: Path) -> Iterator[Any]:
    """Open a workbook that keeps its rows on disk beside `path`, and close it in the end."""
    try:
        from xlsxwriter import Workbook
    except ImportError as error:
        raise UsageError("--format xlsx needs the package xlsxwriter; install pgx[xlsx]") from error
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with TemporaryDirectory(prefix=".xlsx-", dir=path.parent) as folder:
        workbook = Workbook(str(path), {"constant_memory": True, "tmpdir": folder, **plain})
        workbook.set_properties(_properties(results))
        try:
            yield workbook
        finally:
            _close(workbook)


def _close(workbook: Any) -> None:
    """Finish the workbook; this also closes what it holds open, so it is done after errors too."""
    from xlsxwriter.exceptions import XlsxWriterException

    try:
        workbook.close()
    except XlsxWriterException as error:
        raise OSError(str(error)) from error


def _properties(results: Results) -> dict[str, Any]:
    made_by = f"pgx {results.tool_version}; rules {results.rules.version}, sha256 {results.rules.sha256}"
    created = datetime.fromisoformat(provenance().time).replace(tzinfo=None)
    return {"title": "pgx results", "comments": made_by, "created": created}


def _write_sheet(sheet: Any, table: Table, bold: Any, path: Path) -> None:
    for number, column in enumerate(table.columns):
        sheet.set_column(number, number, _WIDTHS.get(column.name, _USUAL_WIDTH))
        sheet.write_string(0, number, column.name, bold)
    sheet.freeze_panes(1, 1)
    last = 0
    for last, row in enumerate(table.rows(), start=1):
        if last >= MOST_ROWS:
            raise PgxError(f"{path}: sheet {table.name} would need over {MOST_ROWS:,} rows; write tsv or parquet")
        for number, (column, cell) in enumerate(zip(table.columns, row, strict=True)):
            _write_cell(sheet, last, number, column, cell)
    sheet.autofilter(0, 0, last, len(table.columns) - 1)


def _write_cell(sheet: Any, row: int, number: int, column: Column, cell: Cell) -> None:
    if cell is None or cell == "":
        return
    if column.kind is bool:
        sheet.write_boolean(row, number, cell)
    elif column.kind in (int, float):
        sheet.write_number(row, number, cell)
    else:
        text = str(cell).encode("utf-8", "backslashreplace").decode("utf-8")
        sheet.write_string(row, number, text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - len(_CUT)] + _CUT)
