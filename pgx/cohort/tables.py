"""Tables that are written as the rows come, as Parquet or as tab-separated text; whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
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


@dataclass(frozen=True, slots=True)
class Block:
    """Neighbouring columns of a table, as distinct rows; `coder.index` has the number of each row of the table."""

    coder: Coder
    rows: Sequence[Sequence[Cell]]


class TableFile(Protocol):
    """A table being written. The first column is the sample; the others come in blocks."""

    def add(self, names: Names, runs: Runs | None, blocks: Sequence[Block]) -> None:
        """Add the rows that all blocks' coders number; without `runs` each sample has one row, in order."""


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

    def add(self, names: Names, runs: Runs | None, blocks: Sequence[Block]) -> None:
        samples = names.each_once() if runs is None else names.repeated(*runs)
        self.file.add(chain([samples], self._chunks(blocks)), len(blocks[0].coder.index))

    def _chunks(self, blocks: Sequence[Block]) -> Iterator[Chunk]:
        kinds = iter([spec.kind for spec in self.file.columns[1:]])
        for block in blocks:
            for cells in zip(*block.rows, strict=True):
                yield block.coder.chunk(cells, next(kinds))


class _TextTable:
    """Tab-separated text; the part of a line behind the sample is worded once for each distinct row."""

    def __init__(self, stream: BinaryIO, columns: tuple[ColumnSpec, ...]) -> None:
        self._stream = stream
        self._switches = frozenset(number for number, spec in enumerate(columns[1:]) if spec.kind is bool)
        stream.write(row_text([spec.name for spec in columns]).encode())

    def add(self, names: Names, runs: Runs | None, blocks: Sequence[Block]) -> None:
        import numpy as np

        count = len(blocks[0].coder.index)
        every = np.arange(count) if runs is None else np.repeat(runs[0], runs[1])
        columns = [(names.fields(), every), *self._texts(blocks)]
        for start in range(0, count, _LINES_AT_ONCE):
            parts = [
                [texts[number] for number in numbers[start : start + _LINES_AT_ONCE].tolist()]
                for texts, numbers in columns
            ]
            lines = map("".join, zip(*parts, strict=True))
            self._stream.write("".join(lines).encode("utf-8", "backslashreplace"))

    def _texts(self, blocks: Sequence[Block]) -> Iterator[tuple[Sequence[str], NDArray[np.integer[Any]]]]:
        """Word the rows of each block, a tab or the end of the line behind each, and number them."""
        done = 0
        for place, block in enumerate(blocks):
            width = len(block.rows[0])
            switches = frozenset(number - done + 1 for number in self._switches if 0 <= number - done < width)
            last = place == len(blocks) - 1
            texts = [row_text(("", *row) if last else ("", *row, ""), switches)[1:] for row in block.rows]
            yield texts if last else [text[:-1] for text in texts], block.coder.index
            done += width


def write_small_table(path: Path, columns: Sequence[ColumnSpec], rows: Sequence[Sequence[Cell]], kind: str) -> None:
    """Write a table given row by row."""
    with replacing(path) as temporary:
        if kind == "tsv":
            switches = frozenset(number for number, spec in enumerate(columns) if spec.kind is bool)
            lines = [row_text([spec.name for spec in columns]), *(row_text(row, switches) for row in rows)]
            temporary.write_bytes("".join(lines).encode("utf-8", "backslashreplace"))
        else:
            write_rows(temporary, columns, rows)
