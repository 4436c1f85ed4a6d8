"""BCF as records: the binary layout of the VCF specification, section 6.3, with genotypes as numpy arrays."""

from __future__ import annotations

import struct
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pgx.errors import InputError
from pgx.genotypes.bcf_entries import read_fields
from pgx.genotypes.compression import CHUNK, Block
from pgx.genotypes.contigs import contig_of
from pgx.genotypes.header import Header
from pgx.genotypes.intervals import Intervals, Wanted
from pgx.genotypes.records import Detail, Record, SampleCalls, Stretch, plain_alts

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_FIXED, _SIZE, _PLACE = struct.Struct("<IIiiifHHI"), struct.Struct("<II"), struct.Struct("<iii")
_PLACE_END = _SIZE.size + _PLACE.size
_LONGEST = 1 << 28
"""No record of a million samples is as long."""
_INTEGERS = {1: "b", 2: "h", 3: "i"}
_SIZES = {0: 0, 1: 1, 2: 2, 3: 4, 5: 4, 7: 1}


@dataclass(slots=True)
class BcfReader:
    """Turns the bytes after the header of one BCF into records of the wanted intervals, and counts them."""

    name: str
    header: Header
    wanted: Wanted
    columns: NDArray[np.intp] | None = None
    read: int = 0
    passed_by: int = 0
    _contigs: dict[int, tuple[str, Intervals] | None] = field(default_factory=dict)
    _dictionary: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._dictionary = self.header.dictionary()
        for number, name in self.header.contig_numbers().items():
            contig = contig_of(name)
            intervals = self.wanted.get(contig or "")
            self._contigs[number] = (contig, intervals) if contig and intervals else None

    def records(self, blocks: Iterator[bytes], *, check_last: bool = True) -> Iterator[Record]:
        """Yield the wanted records of the blocks, which begin at a record. Those of about a megabyte are joined."""
        waiting: list[bytes] = []
        held, needed = 0, CHUNK
        for block in blocks:
            waiting.append(block)
            held += len(block)
            if held >= needed:
                data = b"".join(waiting)
                at = yield from self._whole(data)
                waiting, held = [data[at:]], len(data) - at
                needed = max(CHUNK, self.size(waiting[0], 0))
        data = b"".join(waiting)
        at = yield from self._whole(data)
        if at < len(data) and check_last:
            raise self.cut_off()

    def _whole(self, data: bytes) -> Generator[Record, None, int]:
        """Yield the wanted ones of the records that are there as a whole; return where the rest begins."""
        at = 0
        while (size := self.size(data, at)) and at + size <= len(data):
            contig, start, length = _PLACE.unpack_from(data, at + _SIZE.size)
            found = self._contigs.get(contig)
            if found is None or not found[1].touches(start + 1, max(start + length, start + 1)):
                self.passed_by += 1
            else:
                self.read += 1
                yield self._parse(data, at, at + size, found[0])
            at += size
        return at

    def size(self, data: bytes, at: int) -> int:
        """Return the size of the record that begins here, 0 where that is not there yet. Raises InputError."""
        if len(data) - at < 8:
            return 0
        shared, entries = _SIZE.unpack_from(data, at)
        size = 8 + int(shared) + int(entries)
        if not _FIXED.size <= size <= _LONGEST:
            raise self._broken()
        return size

    def _parse(self, data: bytes, at: int, end: int, contig: str) -> Record:
        try:
            return self._record(data, at, end, contig)
        except (struct.error, IndexError, KeyError, UnicodeDecodeError):
            raise self._broken() from None

    def _record(self, data: bytes, at: int, end: int, contig: str) -> Record:
        shared, _, _, start, length, _, _, allele_count, counts = _FIXED.unpack_from(data, at)
        position, cursor = start + 1, Cursor(data, at + _FIXED.size, at + 8 + shared)
        cursor.text()
        alleles = [cursor.text() for _ in range(allele_count)]
        filters = [self._dictionary.get(number, "") for number in cursor.integers()]
        ref, place = alleles[0].upper(), f"{self.name}, {contig}:{position}"
        alts = plain_alts(alleles[1:])
        return Record(
            place, contig, position, max(position + len(ref), position + length) - 1, ref, alts,
            filters in ([], ["PASS"]), length > len(ref),
            lambda detail: self._load(place, Cursor(data, at + 8 + shared, end), counts, alts, detail),
        )  # fmt: skip

    def _load(self, place: str, entries: Cursor, counts: int, alts: tuple[str, ...], detail: Detail) -> SampleCalls:
        fields, samples = counts >> 24, counts & 0xFFFFFF
        if samples != len(self.header.samples):
            raise InputError(
                f"{place}: has {samples} samples, the header {len(self.header.samples)}; write the file again"
            )
        try:
            arrays = dict(self._arrays(entries, fields, samples))
        except (struct.error, ValueError, IndexError, KeyError):
            raise self._broken() from None
        return read_fields(place, arrays, self.columns, samples, alts, detail)

    def _arrays(self, cursor: Cursor, fields: int, samples: int) -> Iterator[tuple[str, NDArray[Any]]]:
        for _ in range(fields):
            key = self._dictionary[cursor.integers()[0]]
            yield key, cursor.array(samples)

    def cut_off(self) -> InputError:
        return InputError(f"{self.name}: the last record is cut off; write the file again")

    def _broken(self) -> InputError:
        return InputError(f"{self.name}: a record cannot be read; write the file again")


def walk_bcf(name: str, header: Header, blocks: Iterator[Block]) -> Iterator[Stretch]:
    """Yield where each record of a file lies. Raises InputError for sizes that no record has.

    Blocks that lie wholly within a record are passed over.
    """
    reader = BcfReader(name, header, {})
    contigs = header.contig_numbers()
    rest, end, at = b"", 0, header.size
    for block in blocks:
        begin, end = end, end + block.size
        if at >= end:
            continue
        data, base = rest + block.load(), begin - len(rest)
        while at + _PLACE_END <= end:
            size = reader.size(data, at - base)
            contig, start, length = _PLACE.unpack_from(data, at - base + _SIZE.size)
            yield contigs.get(contig, ""), start + 1, max(start + length, start + 1), at, at + size
            at += size
        rest = data[at - base :] if at < end else b""
    if at != end:
        raise reader.cut_off()


class Cursor:
    """Typed values of a BCF record, one after the other (section 6.3.3). Raises IndexError beyond `end`."""

    def __init__(self, data: bytes, at: int, end: int) -> None:
        self._data, self._at, self._end = data, at, end

    def _descriptor(self) -> tuple[int, int]:
        byte = self._data[self._at]
        self._at += 1
        return (self.integers()[0] if byte >> 4 == 15 else byte >> 4), byte & 15

    def _pass(self, size: int) -> int:
        """Step over so many bytes; return where they begin."""
        begin, self._at = self._at, self._at + size
        if self._at > self._end:
            raise IndexError("beyond the end of the record")
        return begin

    def integers(self) -> tuple[int, ...]:
        length, kind = self._descriptor()
        if not length or kind == 0:
            return ()
        return struct.unpack_from(f"<{length}{_INTEGERS[kind]}", self._data, self._pass(length * _SIZES[kind]))

    def text(self) -> str:
        length, _ = self._descriptor()
        begin = self._pass(length)
        return self._data[begin : self._at].decode("utf-8").rstrip("\x00")

    def array(self, samples: int) -> NDArray[Any]:
        """Return the next FORMAT field as an array of shape (samples, values); strings as bytes."""
        import numpy as np

        length, kind = self._descriptor()
        layout = {1: "<i1", 2: "<i2", 3: "<i4", 5: "<f4", 7: f"S{length}", 0: "<i1"}[kind]
        count = samples if kind == 7 else samples * length
        begin = self._pass(samples * length * _SIZES[kind])
        values = np.frombuffer(self._data, dtype=layout, count=count if kind else 0, offset=begin)
        return values.reshape(samples, -1 if kind and length else 0)
