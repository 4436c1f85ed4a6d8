"""Parquet files of tables whose rows repeat: columns are written as distinct cells and codes, never cell by cell.

A cohort's tables hold few distinct rows and many samples. A general writer would look at every cell again; here a
column's codes follow from the row's number among the distinct rows, and columns that split the rows alike share
their bytes. Layout from the Parquet format's README and parquet.thrift.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO

from pgx.cohort.pages import (
    GZIP,
    LONGEST_RUN,
    Cell,
    Page,
    code_page,
    dictionary_page,
    plain_page,
    plain_values,
    run_page,
    switch_page,
)
from pgx.cohort.thrift import Long, Value, encode_struct
from pgx.reports.tsv import row_text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAGIC = b"PAR1"
_TYPES = {bool: 0, int: 2, float: 5, str: 6}
_ENCODINGS: list[Value] = [0, 3, 8]
_OPTIONAL, _UTF8 = 1, 0


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """Name and type of a column."""

    name: str
    kind: type


@dataclass(frozen=True, slots=True)
class Chunk:
    """All of one column: a dictionary page, if any, and the page of its values."""

    pages: tuple[Page, ...]


class Names:
    """The sample names of a part: encoded once, written into many files."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names
        self._encoded: bytes | None = None
        self._plain: Chunk | None = None
        self._dictionary: Page | None = None
        self._fields: Sequence[str] | None = None

    def __len__(self) -> int:
        return len(self._names)

    def fields(self) -> Sequence[str]:
        """Return the names as first fields of tab-separated lines."""
        if self._fields is None:
            self._fields = [row_text((name, ""))[:-1] for name in self._names]
        return self._fields

    def _body(self) -> bytes:
        """Return the names as both kinds of page have them."""
        if self._encoded is None:
            self._encoded = plain_values(self._names, str)
        return self._encoded

    def each_once(self) -> Chunk:
        """Return the column in which every name stands once, in order."""
        if self._plain is None:
            self._plain = Chunk((plain_page(self._body(), len(self._names)),))
        return self._plain

    def repeated(self, numbers: NDArray[np.integer[Any]], times: NDArray[np.integer[Any]]) -> Chunk:
        """Return the column in which the named samples stand in runs of these lengths."""
        import numpy as np

        if self._dictionary is None:
            self._dictionary = dictionary_page(self._body(), len(self._names))
        if (times == 1).all():
            return Chunk((self._dictionary, code_page(numbers.astype(np.uint32), len(self._names), None)))
        if int(times.max(initial=0)) > LONGEST_RUN:
            raise ValueError("a run is too long")
        return Chunk((self._dictionary, run_page(numbers, times, len(self._names))))


@dataclass(slots=True)
class Coder:
    """Turns the cells of distinct rows into the chunk of all rows. `index` is each row's number among them."""

    index: NDArray[np.integer[Any]]
    _known: dict[bytes, Page] = field(default_factory=dict)

    def chunk(self, cells: Sequence[Cell], kind: type) -> Chunk:
        """Return the column in which row r has `cells[index[r]]`."""
        import numpy as np

        if kind is bool:
            return Chunk((self._switches(cells),))
        distinct = [cell for cell in dict.fromkeys(cells) if cell is not None]
        numbers: dict[Cell, int] = {None: -1, **{cell: number for number, cell in enumerate(distinct)}}
        codes = np.fromiter(map(numbers.__getitem__, cells), dtype=np.int32, count=len(cells))
        return Chunk((dictionary_page(plain_values(distinct, kind), len(distinct)), self._codes(codes, len(distinct))))

    def _codes(self, codes: NDArray[np.int32], count: int) -> Page:
        key = codes.tobytes()
        page = self._known.get(key)
        if page is None:
            page = self._known[key] = self._make(codes, count)
        return page

    def _make(self, codes: NDArray[np.int32], count: int) -> Page:
        import numpy as np

        kind = np.uint8 if count <= 256 else np.uint16 if count <= 1 << 16 else np.uint32
        valid = None if (codes >= 0).all() else (codes >= 0)[self.index]
        if count <= 1:
            places = len(self.index) if valid is None else int(valid.sum())
            return code_page(np.zeros(places, dtype=np.uint8), 0, valid)
        every = codes.astype(kind)[self.index]
        return code_page(every if valid is None else every[valid], count - 1, valid)

    def _switches(self, cells: Sequence[Cell]) -> Page:
        import numpy as np

        valid = np.array([cell is not None for cell in cells], dtype=bool)
        switches = np.array([bool(cell) for cell in cells], dtype=bool)[self.index]
        if valid.all():
            return switch_page(switches, None)
        everywhere = valid[self.index]
        return switch_page(switches[everywhere], everywhere)


@dataclass(slots=True)
class ParquetFile:
    """A file being written, one row group after the other."""

    stream: BinaryIO
    columns: tuple[ColumnSpec, ...]
    _at: int = 0
    _rows: int = 0
    _groups: list[Value] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._put(MAGIC)

    def _put(self, data: bytes) -> None:
        self.stream.write(data)
        self._at += len(data)

    def add(self, chunks: Iterable[Chunk], rows: int) -> None:
        """Write one row group, column by column."""
        start = self._at
        written = [self._column(spec, chunk, rows) for spec, chunk in zip(self.columns, chunks, strict=True)]
        self._groups.append({1: written, 2: Long(self._at - start), 3: Long(rows)})
        self._rows += rows

    def _column(self, spec: ColumnSpec, chunk: Chunk, rows: int) -> Value:
        start = self._at
        for page in chunk.pages:
            self._put(page.data)
        sizes = sum(page.size for page in chunk.pages), sum(len(page.data) for page in chunk.pages)
        meta: dict[int, Value] = {
            1: _TYPES[spec.kind],
            2: _ENCODINGS,
            3: [spec.name],
            4: GZIP,
            5: Long(rows),
            6: Long(sizes[0]),
            7: Long(sizes[1]),
            9: Long(self._at - len(chunk.pages[-1].data)),
        }
        if len(chunk.pages) > 1:
            meta[11] = Long(start)
        return {2: Long(start), 3: meta}

    def close(self) -> None:
        """Write the footer."""
        schema: list[Value] = [{4: "schema", 5: len(self.columns)}, *map(_schema, self.columns)]
        footer = encode_struct({1: 1, 2: schema, 3: Long(self._rows), 4: self._groups, 6: "pgx"})
        self._put(footer + len(footer).to_bytes(4, "little") + MAGIC)


def _schema(spec: ColumnSpec) -> Value:
    element: dict[int, Value] = {1: _TYPES[spec.kind], 3: _OPTIONAL, 4: spec.name}
    if spec.kind is str:
        element |= {6: _UTF8, 10: {1: {}}}
    return element
