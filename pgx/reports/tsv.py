"""The flat tables as tab-separated text: UTF-8, LF, a header line, quotes only where a cell needs them.

Cells are written as they are, even one that begins with `=`: a sample keeps its name. For spreadsheets there is XLSX.
"""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING

from pgx.reports.files import write_text
from pgx.reports.tables import flat_tables

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from pgx.domain.results import Results
    from pgx.reports.tables import Cell, Row, Table

_MOST_REMEMBERED = 50_000


def write_tsv(results: Results, directory: Path) -> tuple[Path, ...]:
    """Write `calls.tsv`, `recommendations.tsv` and `evidence.tsv`."""
    return tuple(write_text(directory / f"{table.name}.tsv", tsv_lines(table)) for table in flat_tables(results))


def tsv_lines(table: Table) -> Iterator[str]:
    """Yield the header and the rows. What follows the sample's name is worded once, however many samples share it."""
    yield _line(column.name for column in table.columns)
    switches = frozenset(number for number, column in enumerate(table.columns[1:]) if column.kind is bool)
    known: dict[Row, str] = {}
    name, field = None, ""
    for row in table.rows():
        if row[0] != name:
            name, field = row[0], _line((row[0], ""))[:-1]
        rest = row[1:]
        text = known.get(rest)
        if text is None:
            if len(known) >= _MOST_REMEMBERED:
                known.clear()
            text = known[rest] = _line(_worded(rest, switches))
        yield field + text


def row_text(cells: Sequence[Cell], switches: frozenset[int] = frozenset()) -> str:
    """Return one line of text; `switches` are the places of truth values."""
    return _line(_worded(tuple(cells), switches))


def _line(cells: Iterable[Cell]) -> str:
    stream = StringIO()
    csv.writer(stream, dialect="excel-tab", lineterminator="\n").writerow(cells)
    return stream.getvalue()


def _worded(cells: Row, switches: frozenset[int]) -> Iterator[Cell]:
    """Write truth values in lower case, as JSON does."""
    for number, cell in enumerate(cells):
        yield str(bool(cell)).lower() if number in switches else cell
