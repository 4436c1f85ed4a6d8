"""BCF as records: the binary layout of the VCF specification, section 6.3, with genotypes as numpy arrays."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pgx.errors import InputError
from pgx.genotypes.bcf_entries import read_fields
from pgx.genotypes.contigs import contig_of
from pgx.genotypes.header import Header
from pgx.genotypes.intervals import Intervals, Wanted
from pgx.genotypes.records import Record, SampleCalls, plain_alts

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_FIXED = struct.Struct("<IIiiifHHI")
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

    def records(self, chunks: Iterator[bytes], *, check_last: bool = True) -> Iterator[Record]:
        """Yield the wanted records of the chunks, which begin at a record."""
        rest, waiting, missing = b"", [], 0
        for chunk in chunks:
            waiting.append(chunk)
            missing -= len(chunk)
            if missing > 0:
                continue
            rest, at = b"".join((rest, *waiting)), 0
            waiting = []
            while len(rest) - at >= 8 and len(rest) - at >= (size := _size(rest, at)):
                yield from self._choose(rest, at, size)
                at += size
            rest = rest[at:]
            missing = self._missing(rest)
        if (rest or waiting) and check_last:
            raise InputError(f"{self.name}: the last record is cut off; write the file again")

    def _missing(self, rest: bytes) -> int:
        """Return how many bytes the record that has begun still needs. Raises InputError for an impossible size."""
        size = _size(rest, 0) if len(rest) >= 8 else 0
        if size > _LONGEST:
            raise self._broken()
        return size - len(rest)

    def _choose(self, data: bytes, at: int, size: int) -> Iterator[Record]:
        if size < _FIXED.size:
            raise self._broken()
        shared, _, contig, start, length, _, _, alleles, counts = _FIXED.unpack_from(data, at)
        found = self._contigs.get(contig)
        if found is None or not found[1].touches(start + 1, max(start + length, start + 1)):
            self.passed_by += 1
            return
        self.read += 1
        try:
            yield self._parse(data[at : at + size], shared + 8, found[0], (start + 1, length, alleles, counts))
        except (struct.error, IndexError, KeyError, UnicodeDecodeError):
            raise self._broken() from None

    def _parse(self, data: bytes, entries_at: int, contig: str, numbers: tuple[int, int, int, int]) -> Record:
        position, length, allele_count, counts = numbers
        cursor = Cursor(data, _FIXED.size)
        cursor.text()
        alleles = [cursor.text() for _ in range(allele_count)]
        filters = [self._dictionary.get(number, "") for number in cursor.integers()]
        ref, place = alleles[0].upper(), f"{self.name}, {contig}:{position}"
        end = max(position + len(ref), position + length) - 1
        alts = plain_alts(alleles[1:])
        return Record(
            place, contig, position, end, ref, alts, filters in ([], ["PASS"]), length > len(ref),
            lambda: self._load(place, data, entries_at, counts, 1 + len(alts)),
        )  # fmt: skip

    def _load(self, place: str, data: bytes, at: int, counts: int, allele_count: int) -> SampleCalls:
        fields, samples = counts >> 24, counts & 0xFFFFFF
        if samples != len(self.header.samples):
            raise InputError(
                f"{place}: has {samples} samples, the header {len(self.header.samples)}; write the file again"
            )
        try:
            arrays = dict(self._arrays(Cursor(data, at), fields, samples))
        except (struct.error, ValueError, IndexError, KeyError):
            raise self._broken() from None
        return read_fields(place, arrays, self.columns, samples, allele_count)

    def _arrays(self, cursor: Cursor, fields: int, samples: int) -> Iterator[tuple[str, NDArray[Any]]]:
        for _ in range(fields):
            key = self._dictionary[cursor.integers()[0]]
            yield key, cursor.array(samples)

    def _broken(self) -> InputError:
        return InputError(f"{self.name}: a record cannot be read; write the file again")


def _size(data: bytes, at: int) -> int:
    shared, entries = struct.unpack_from("<II", data, at)
    return 8 + int(shared) + int(entries)


class Cursor:
    """Typed values of a BCF record, one after the other (section 6.3.3)."""

    def __init__(self, data: bytes, at: int) -> None:
        self._data, self._at = data, at

    def _descriptor(self) -> tuple[int, int]:
        byte = self._data[self._at]
        self._at += 1
        return (self.integers()[0] if byte >> 4 == 15 else byte >> 4), byte & 15

    def integers(self) -> tuple[int, ...]:
        length, kind = self._descriptor()
        if not length or kind == 0:
            return ()
        values = struct.unpack_from(f"<{length}{_INTEGERS[kind]}", self._data, self._at)
        self._at += length * _SIZES[kind]
        return values

    def text(self) -> str:
        length, _ = self._descriptor()
        self._at += length
        return self._data[self._at - length : self._at].decode("utf-8").rstrip("\x00")

    def array(self, samples: int) -> NDArray[Any]:
        """Return the next FORMAT field as an array of shape (samples, values); strings as bytes."""
        import numpy as np

        length, kind = self._descriptor()
        layout = {1: "<i1", 2: "<i2", 3: "<i4", 5: "<f4", 7: f"S{length}", 0: "<i1"}[kind]
        count = samples if kind == 7 else samples * length
        values = np.frombuffer(self._data, dtype=layout, count=count if kind else 0, offset=self._at)
        self._at += samples * length * _SIZES[kind]
        return values.reshape(samples, -1 if kind and length else 0)
