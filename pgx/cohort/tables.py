"""Tables that are written as the rows come, as Parquet or as tab-separated text; whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

from pgx.cohort.parquet_file import Chunk, Coder, ColumnSpec, Names, ParquetFile, write_rows
from pgx.reports.files import replacing
from pgx.reports.tsv import row_text

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from pgx.cohort.pages import Cell

Runs = tuple["NDArray[np.integer[Any]]", "NDArray[np.integer[Any]]"]
"""Numbers of samples, and how many rows each has."""
_LINES_AT_ONCE = 100_000


class TableFile(Protocol):
    """A table being written. The first column is the sample; the others follow from each row's code."""

    def add_coded(self, names: Names, runs: Runs | None, coder: Coder, rows: Sequence[Sequence[Cell]]) -> None:
        """Add the rows that `coder.index` numbers; without `runs` each sample has one row, in order."""


@contextmanager
def open_table(path: Path, columns: Sequence[ColumnSpec], kind: str) -> Iterator[TableFile]:
    """Open a table to be written; it gets its name when it is whole. `kind` is parquet or tsv."""
    with replacing(path) as temporary, temporary.open("wb") as stream:
        if kind == "tsv":
            yield _TextTable(stream, tuple(columns))
        else:
            table = _ParquetTable(ParquetFile(stream, tuple(columns)))
            yield table
            table.file.close()


@dataclass(slots=True)
class _ParquetTable:
    file: ParquetFile

    def add_coded(self, names: Names, runs: Runs | None, coder: Coder, rows: Sequence[Sequence[Cell]]) -> None:
        kinds = [spec.kind for spec in self.file.columns[1:]]
        samples = names.each_once() if runs is None else names.repeated(*runs)
        cells = zip(*rows, strict=True)
        chunks = (coder.chunk(column, kind) for column, kind in zip(cells, kinds, strict=True))
        self.file.add(_first(samples, chunks), len(coder.index))


def _first(one: Chunk, others: Iterator[Chunk]) -> Iterator[Chunk]:
    yield one
    yield from others


class _TextTable:
    """Tab-separated text; the part of a line behind the sample is worded once for each distinct row."""

    def __init__(self, stream: BinaryIO, columns: tuple[ColumnSpec, ...]) -> None:
        self._stream = stream
        self._switches = frozenset(number for number, spec in enumerate(columns[1:]) if spec.kind is bool)
        stream.write(row_text([spec.name for spec in columns]).encode())

    def add_coded(self, names: Names, runs: Runs | None, coder: Coder, rows: Sequence[Sequence[Cell]]) -> None:
        import numpy as np

        texts = [row_text(row, self._switches) for row in rows]
        every = np.arange(len(coder.index)) if runs is None else np.repeat(runs[0], runs[1])
        fields = names.fields()
        for start in range(0, len(every), _LINES_AT_ONCE):
            samples = every[start : start + _LINES_AT_ONCE].tolist()
            codes = coder.index[start : start + _LINES_AT_ONCE].tolist()
            lines = [fields[sample] + texts[code] for sample, code in zip(samples, codes, strict=True)]
            self._stream.write("".join(lines).encode("utf-8", "backslashreplace"))


def write_small_table(path: Path, columns: Sequence[ColumnSpec], rows: Sequence[Sequence[Cell]], kind: str) -> None:
    """Write a table given row by row."""
    with replacing(path) as temporary:
        if kind == "tsv":
            switches = frozenset(number for number, spec in enumerate(columns) if spec.kind is bool)
            lines = [row_text([spec.name for spec in columns]), *(row_text(row, switches) for row in rows)]
            temporary.write_bytes("".join(lines).encode("utf-8", "backslashreplace"))
        else:
            write_rows(temporary, columns, rows)
