"""Tables that are written as the rows come, as Parquet or as tab-separated text; whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

from pgx.cohort.parquet_file import Chunk, Coder, ColumnSpec, Names, ParquetFile
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
    columns: Sequence[Sequence[Cell]]

    @classmethod
    def of_rows(cls, rows: Sequence[Sequence[Cell]], coder: Coder | None = None) -> Block:
        """Return the block of these distinct rows; without a coder every row stands once, in order."""
        import numpy as np

        return cls(coder or Coder(np.arange(len(rows))), list(zip(*rows, strict=True)))


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
        kinds = [spec.kind for spec in self.file.columns[1:]]
        self.file.add(chain([samples], _chunks(blocks, kinds)), len(blocks[0].coder.index))


def _chunks(blocks: Sequence[Block], kinds: Sequence[type]) -> Iterator[Chunk]:
    columns = ((block.coder, cells) for block in blocks for cells in block.columns)
    for (coder, cells), kind in zip(columns, kinds, strict=True):
        yield coder.chunk(cells, kind)


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
        texts = _texts(blocks, self._switches)
        self._stream.writelines(_lines([(names.fields(), every), *texts], count))


Texts = tuple[Sequence[str], "NDArray[np.integer[Any]]"]
"""Parts of lines, and which of them each line has."""


def _texts(blocks: Sequence[Block], switches: frozenset[int]) -> Iterator[Texts]:
    """Word the rows of each block, with a tab or the end of the line behind each; `switches` are truth values."""
    done = 0
    for place, block in enumerate(blocks):
        width = len(block.columns)
        mine = frozenset(number - done + 1 for number in switches if 0 <= number - done < width)
        last = place == len(blocks) - 1
        texts = [row_text(("", *row) if last else ("", *row, ""), mine)[1:] for row in zip(*block.columns, strict=True)]
        yield texts if last else [text[:-1] for text in texts], block.coder.index
        done += width


def _lines(columns: Sequence[Texts], count: int) -> Iterator[bytes]:
    """Put lines together, many at a time."""
    for start in range(0, count, _LINES_AT_ONCE):
        parts = [
            [texts[number] for number in numbers[start : start + _LINES_AT_ONCE].tolist()] for texts, numbers in columns
        ]
        lines = map("".join, zip(*parts, strict=True))
        yield "".join(lines).encode("utf-8", "backslashreplace")


def write_small_table(path: Path, columns: Sequence[ColumnSpec], blocks: Sequence[Block], kind: str) -> None:
    """Write a table that is no table of samples."""
    rows = len(blocks[0].coder.index)
    with replacing(path) as temporary, temporary.open("wb") as stream:
        if kind == "tsv":
            switches = frozenset(number for number, spec in enumerate(columns) if spec.kind is bool)
            stream.write(row_text([spec.name for spec in columns]).encode())
            stream.writelines(_lines(list(_texts(blocks, switches)), rows) if rows else ())
            return
        file = ParquetFile(stream, tuple(columns))
        if rows:
            file.add(_chunks(blocks, [spec.kind for spec in columns]), rows)
        file.close()
