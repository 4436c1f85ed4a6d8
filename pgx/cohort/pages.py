"""Pages of Parquet columns from numpy arrays: dictionaries, codes into them, and runs of codes.

Layout from the Parquet format's Encodings.md: RLE and bit-packed hybrid, definition levels, PLAIN. Codes are packed in
1, 2, 4, 8, 16 or 32 bits, which numpy does without touching single values.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pgx.cohort.thrift import encode_struct, varint

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Cell = str | int | float | bool | None
GZIP = 2
_LEVEL = 1
_GZIP_WINDOW = 31
_DATA_PAGE, _DICTIONARY_PAGE = 0, 2
_PLAIN, _RLE, _RLE_DICTIONARY = 0, 3, 8
_WIDTHS = (1, 2, 4, 8, 16, 32)


def _compress(data: bytes) -> bytes:
    """Pack a page. Faster libraries were tried and do not always give the same bytes for the same data."""
    engine = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP_WINDOW)
    return engine.compress(data) + engine.flush()


@dataclass(frozen=True, slots=True)
class Page:
    """A finished page with its header; `size` is what header and body take uncompressed."""

    data: bytes
    size: int


def dictionary_page(body: bytes, count: int) -> Page:
    """Return the page of a column's distinct values, without None, in the PLAIN encoding."""
    return _page(body, {7: {1: count, 2: _PLAIN}}, _DICTIONARY_PAGE)


def code_page(codes: NDArray[np.unsignedinteger[Any]], largest: int, valid: NDArray[np.bool_] | None) -> Page:
    """Return a page of codes into the dictionary; `codes` leave out the places that are not valid."""
    rows = len(codes) if valid is None else len(valid)
    width = next(width for width in _WIDTHS if largest < 1 << width)
    body = _packed(codes, width) if largest else _run(len(codes), 0, 1)
    return _data_page(_levels(rows, valid) + bytes((width,)) + body, rows, _RLE_DICTIONARY)


def run_page(values: NDArray[np.integer[Any]], lengths: NDArray[np.integer[Any]], largest: int) -> Page:
    """Return a page in which each code stands for a run of places, without None."""
    import numpy as np

    width = 8 if largest < 256 else 16 if largest < 1 << 16 else 24 if largest < 1 << 24 else 32
    head = lengths.astype(np.uint64) << np.uint64(1)
    body = np.concatenate([_head_bytes(head), values.astype("<u4").view(np.uint8).reshape(-1, 4)[:, : width // 8]], 1)
    rows = int(lengths.sum())
    return _data_page(_levels(rows, None) + bytes((width,)) + body.tobytes(), rows, _RLE_DICTIONARY)


def _head_bytes(heads: NDArray[np.uint64]) -> NDArray[np.uint8]:
    """Return the run heads as varints of three bytes each, which is allowed though not the shortest form."""
    import numpy as np

    parts = [(heads & 0x7F) | 0x80, (heads >> 7 & 0x7F) | 0x80, heads >> 14 & 0x7F]
    return np.stack(parts, axis=1).astype(np.uint8)


LONGEST_RUN = (1 << 20) - 1
"""Places that one run of `run_page` can stand for."""


def plain_page(body: bytes, rows: int) -> Page:
    """Return a page of values in the PLAIN encoding, without None."""
    return _data_page(_levels(rows, None) + body, rows, _PLAIN)


def switch_page(switches: NDArray[np.bool_], valid: NDArray[np.bool_] | None) -> Page:
    """Return a page of truth values, which have no dictionary; `switches` leave out the places that are not valid."""
    import numpy as np

    rows = len(switches) if valid is None else len(valid)
    return _data_page(_levels(rows, valid) + np.packbits(switches, bitorder="little").tobytes(), rows, _PLAIN)


def plain_values(values: Sequence[Cell], kind: type) -> bytes:
    """Return values in the PLAIN encoding of their type."""
    if kind is str:
        return _plain_texts([str(value) for value in values])
    return struct.pack(f"<{len(values)}{'q' if kind is int else 'd'}", *values)


def _plain_texts(texts: Sequence[str]) -> bytes:
    """Return texts as bytes, the length of each in four bytes before it, without touching single ones."""
    import numpy as np

    joined = "".join(texts)
    if joined.isascii():
        sizes, data = map(len, texts), joined.encode()
    else:
        encoded = [text.encode("utf-8", "backslashreplace") for text in texts]
        sizes, data = map(len, encoded), b"".join(encoded)
    lengths = np.fromiter(sizes, dtype=np.int64, count=len(texts))
    starts = np.cumsum(lengths + 4) - lengths
    heads = starts[:, np.newaxis] + np.arange(-4, 0)
    found = np.empty(len(data) + heads.size, dtype=np.uint8)
    is_text = np.ones(len(found), dtype=bool)
    found[heads] = lengths.astype("<u4").view(np.uint8).reshape(-1, 4)
    is_text[heads] = False
    found[is_text] = np.frombuffer(data, dtype=np.uint8)
    return found.tobytes()


def _data_page(body: bytes, rows: int, encoding: int) -> Page:
    return _page(body, {5: {1: rows, 2: encoding, 3: _RLE, 4: _RLE}}, _DATA_PAGE)


def _page(body: bytes, head: dict[int, Any], kind: int) -> Page:
    packed = _compress(body)
    header = encode_struct({1: kind, 2: len(body), 3: len(packed), **head})
    return Page(header + packed, len(header) + len(body))


def _levels(rows: int, valid: NDArray[np.bool_] | None) -> bytes:
    """Return definition levels: 1 where there is a value."""
    import numpy as np

    if valid is None:
        levels = _run(rows, 1, 1)
    else:
        packed = np.packbits(valid, bitorder="little").tobytes()
        levels = varint(len(packed) << 1 | 1) + packed
    return struct.pack("<I", len(levels)) + levels


def _run(length: int, value: int, size: int) -> bytes:
    return varint(length << 1) + value.to_bytes(size, "little")


def _packed(codes: NDArray[np.unsignedinteger[Any]], width: int) -> bytes:
    """Return one bit-packed run, filled up to a whole number of groups of eight."""
    import numpy as np

    groups = -(-len(codes) // 8)
    kind = {16: "<u2", 32: "<u4"}.get(width, "u1")
    padded = np.zeros(groups * 8, dtype=kind)
    padded[: len(codes)] = codes
    if width < 8:
        each = 8 // width
        table = padded.reshape(-1, each)
        padded = table[:, 0].copy()
        for place in range(1, each):
            padded |= table[:, place] << np.uint8(place * width)
    return varint(groups << 1 | 1) + padded.tobytes()
