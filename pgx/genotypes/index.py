"""The .tbi and .csi indexes of BGZF files: where the records of a region lie."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pgx.errors import InputError
from pgx.genotypes.compression import VirtualRange, find_compression, read_chunks
from pgx.genotypes.intervals import Intervals

_TABIX_SHIFT, _TABIX_DEPTH, _LINEAR_SHIFT = 14, 5, 14


@dataclass(frozen=True, slots=True)
class _Contig:
    """Bins of one contig with their chunks, and the lowest offset per bin (CSI) or 16 kb window (TBI)."""

    chunks: dict[int, tuple[VirtualRange, ...]]
    lowest: dict[int, int]
    windows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Index:
    """A parsed index. `names` are contigs in the order of the index; empty where the file's header has them."""

    names: tuple[str, ...]
    shift: int
    depth: int
    contigs: tuple[_Contig, ...]

    def ranges(self, contig: int, intervals: Intervals) -> list[VirtualRange]:
        """Return the stretches that hold all records of one contig that overlap the intervals."""
        if contig >= len(self.contigs):
            return []
        entry = self.contigs[contig]
        found = [
            piece
            for start, end in zip(intervals.starts, intervals.ends, strict=True)
            for piece in self._pieces(entry, max(0, start - 1), end)
        ]
        return merge_ranges(found)

    def _pieces(self, entry: _Contig, start: int, end: int) -> Iterator[VirtualRange]:
        lowest = self._lowest(entry, start)
        for number in _bins(start, end, self.shift, self.depth):
            for begin, stop in entry.chunks.get(number, ()):
                if stop > lowest:
                    yield max(begin, lowest), stop

    def _lowest(self, entry: _Contig, start: int) -> int:
        """Return an offset before which no record reaches `start`."""
        if entry.windows:
            return entry.windows[min(start >> _LINEAR_SHIFT, len(entry.windows) - 1)]
        number = _first_bin(self.depth) + (start >> self.shift)
        while number not in entry.lowest and number:
            number = (number - 1) >> 3
        return entry.lowest.get(number, 0)


def merge_ranges(ranges: list[VirtualRange]) -> list[VirtualRange]:
    """Sort stretches and join those that overlap."""
    merged: list[VirtualRange] = []
    for begin, stop in sorted(ranges):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], stop))
        else:
            merged.append((begin, stop))
    return merged


def find_index(path: Path) -> Path | None:
    """Return the index that lies beside the file, if there is one."""
    candidates = (path.with_name(path.name + suffix) for suffix in (".csi", ".tbi"))
    return next((candidate for candidate in candidates if candidate.is_file()), None)


def read_index(path: Path) -> Index | None:
    """Parse an index; None where it cannot be used, which costs time but no data."""
    try:
        data = b"".join(read_chunks(path, find_compression(path)))
        return _parse_tabix(data) if data[:4] == b"TBI\x01" else _parse_csi(data) if data[:4] == b"CSI\x01" else None
    except (InputError, struct.error, IndexError, UnicodeDecodeError):
        return None


def _first_bin(level: int) -> int:
    return ((1 << 3 * level) - 1) // 7


def _bins(start: int, end: int, shift: int, depth: int) -> Iterator[int]:
    """Yield the bins that can hold records overlapping the 0-based half-open stretch (CSI specification)."""
    for level in range(depth + 1):
        width = shift + 3 * (depth - level)
        first = _first_bin(level)
        yield from range(first + (start >> width), first + ((end - 1) >> width) + 1)


class _Reader:
    """Little-endian numbers from a buffer, one after the other."""

    def __init__(self, data: bytes, at: int) -> None:
        self._data, self._at = data, at

    def numbers(self, layout: str) -> tuple[int, ...]:
        values = struct.unpack_from("<" + layout, self._data, self._at)
        self._at += struct.calcsize("<" + layout)
        return values

    def number(self, layout: str = "i") -> int:
        return self.numbers(layout)[0]

    def take(self, size: int) -> bytes:
        self._at += size
        return self._data[self._at - size : self._at]

    def chunks(self) -> tuple[VirtualRange, ...]:
        values = self.numbers(f"{2 * self.number()}Q")
        return tuple(zip(values[::2], values[1::2], strict=True))


def _names(data: bytes) -> tuple[str, ...]:
    return tuple(name.decode() for name in data.split(b"\x00")[:-1])


def _parse_tabix(data: bytes) -> Index:
    reader = _Reader(data, 4)
    count, *_, names_size = reader.numbers("8i")
    names = _names(reader.take(names_size))
    return Index(names, _TABIX_SHIFT, _TABIX_DEPTH, tuple(_tabix_contig(reader) for _ in range(count)))


def _tabix_contig(reader: _Reader) -> _Contig:
    chunks = {}
    for _ in range(reader.number()):
        number = reader.number("I")
        chunks[number] = reader.chunks()
    return _Contig(chunks, {}, reader.numbers(f"{reader.number()}Q"))


def _parse_csi(data: bytes) -> Index:
    reader = _Reader(data, 4)
    shift, depth, extra_size = reader.numbers("3i")
    extra = reader.take(extra_size)
    names = _names(extra[28:]) if extra_size >= 28 else ()
    return Index(names, shift, depth, tuple(_csi_contig(reader) for _ in range(reader.number())))


def _csi_contig(reader: _Reader) -> _Contig:
    chunks, lowest = {}, {}
    for _ in range(reader.number()):
        number, lowest[number] = reader.numbers("IQ")
        chunks[number] = reader.chunks()
    return _Contig(chunks, lowest, ())
