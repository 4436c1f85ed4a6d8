"""VCF text as records: lines are chosen by CHROM and POS as bytes, and only the chosen ones are parsed."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pgx.errors import InputError
from pgx.genotypes.contigs import contig_of
from pgx.genotypes.entries import parse_entry
from pgx.genotypes.intervals import Intervals, Wanted
from pgx.genotypes.layers import code_values, narrowest
from pgx.genotypes.records import Record, SampleCall, SampleCalls, plain_alts

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_END = re.compile(rb"(?:^|;)END=(\d+)")
_PASSED = (b"PASS", b".", b"")
_SHORT = 64
_LONGEST = 1 << 28
"""No line of a million samples is as long."""


@dataclass(slots=True)
class TextReader:
    """Turns lines of one VCF into records of the wanted intervals, and counts the lines it read."""

    name: str
    samples: int
    wanted: Wanted
    columns: NDArray[np.intp] | None = None
    read: int = 0
    passed_by: int = 0
    _contigs: dict[bytes, tuple[str, Intervals] | None] = field(default_factory=dict)

    def records(self, chunks: Iterator[bytes], *, check_last: bool = True) -> Iterator[Record]:
        """Yield the wanted records of the chunks, which begin at a line; header lines are left out."""
        rest = bytearray()
        for chunk in chunks:
            complete, newline, after = chunk.rpartition(b"\n")
            if newline:
                yield from self._choose((bytes(rest) + complete).split(b"\n"))
                rest = bytearray()
            rest += after
            if len(rest) > _LONGEST:
                raise self._broken(bytes(rest[:_SHORT]), "has no end")
        if rest and check_last:
            last = bytes(rest)
            self._check_length(last)
            yield from self._choose([last])

    def _choose(self, lines: list[bytes]) -> Iterator[Record]:
        """Yield the lines that may reach an interval: no REF is longer than its line, and blocks name their end."""
        contigs = self._contigs
        passed_by = 0
        for line in lines:
            try:
                name, position, _ = line.split(b"\t", 2)
                found = contigs[name]
                start = int(position)
            except (KeyError, ValueError):
                yield from self._choose_odd(line)
                continue
            if found is None:
                passed_by += 1
                continue
            starts, ends = found[1].starts, found[1].ends
            index = bisect_left(ends, start)
            if index == len(ends) or (start + len(line) < starts[index] and b"END=" not in line):
                passed_by += 1
            else:
                yield from self._parse(line, found)
        self.passed_by += passed_by

    def _choose_odd(self, line: bytes) -> Iterator[Record]:
        """Deal with contigs met for the first time, header lines, empty lines and broken ones."""
        if not line.strip() or line.startswith(b"#"):
            return
        fields = line.split(b"\t", 2)
        if len(fields) < 3 or not fields[1].isdigit():
            raise self._broken(line, "has no CHROM and POS")
        if fields[0] in self._contigs:
            raise self._broken(line, "has no whole number as POS")
        contig = contig_of(fields[0].decode("utf-8", "replace"))
        intervals = self.wanted.get(contig or "")
        self._contigs[fields[0]] = (contig, intervals) if contig and intervals else None
        yield from self._choose([line])

    def _parse(self, line: bytes, found: tuple[str, Intervals]) -> Iterator[Record]:
        fields = line.split(b"\t", 9)
        if len(fields) < 10:
            raise self._broken(line, f"has {len(fields)} columns; the header names {9 + self.samples}")
        position, ref = int(fields[1]), fields[3].decode("ascii", "replace").upper()
        block_end = _END.search(fields[7]) if b"END=" in fields[7] else None
        end = max(position + len(ref) - 1, int(block_end[1]) if block_end else 0)
        if not found[1].touches(position, end):
            self.passed_by += 1
            return
        self.read += 1
        alts = plain_alts(fields[4].decode("ascii", "replace").split(","))
        place = f"{self.name}, {fields[0].decode('utf-8', 'replace')}:{position}"
        yield Record(
            place, found[0], position, end, ref, alts, fields[6] in _PASSED, block_end is not None,
            lambda: self._load(place, fields[8], fields[9], 1 + len(alts)),
        )  # fmt: skip

    def _load(self, place: str, keys: bytes, entries: bytes, allele_count: int) -> SampleCalls:
        return read_entries(place, keys.decode("ascii", "replace"), entries, self.samples, self.columns, allele_count)

    def _check_length(self, line: bytes) -> None:
        """Refuse a last line that ends in mid-record."""
        whole = line.count(b"\t") == 8 + self.samples and not line.endswith(b"\t")
        if line.strip() and not line.startswith(b"#") and not whole:
            raise self._broken(line, "is cut off")

    def _broken(self, line: bytes, what: str) -> InputError:
        start = line[:_SHORT].decode("utf-8", "replace").replace("\t", " ").strip()
        return InputError(f"{self.name}: the record '{start}' {what}; write the file again")


def read_entries(
    place: str, keys: str, entries: bytes, samples: int, columns: NDArray[np.intp] | None, allele_count: int
) -> SampleCalls:
    """Decode the sample columns of one line; equal entries are parsed once.

    Raises InputError for a wrong number of columns, an unreadable GT and a GT beyond the ALT alleles.
    """
    names = tuple(keys.split(":"))
    texts, codes = _uniform_entries(entries, samples, columns) or _split_entries(place, entries, samples, columns)
    calls = tuple(_parse(place, names, text, allele_count) for text in texts)
    return SampleCalls(calls, codes)


def _parse(place: str, names: tuple[str, ...], text: bytes, allele_count: int) -> SampleCall:
    try:
        call = parse_entry(names, text.decode("ascii", "replace"), allele_count)
    except ValueError:
        raise InputError(
            f"{place}: '{text[:20].decode('ascii', 'replace')}' is no genotype; write the file again"
        ) from None
    if max(call.alleles) >= allele_count:
        shown = text.split(b":")[0].decode("ascii", "replace")
        raise InputError(
            f"{place}: genotype {shown} names an allele beyond the {allele_count - 1} in ALT; write the file again"
        )
    return call


_Coded = tuple[list[bytes], "NDArray[np.integer[Any]]"]


def _uniform_entries(entries: bytes, samples: int, columns: NDArray[np.intp] | None) -> _Coded | None:
    """Read lines whose entries are all three characters wide, such as `0|1`, without splitting them."""
    import numpy as np

    data = entries.rstrip(b"\r")
    if samples < 8 or len(data) != 4 * samples - 1:
        return None
    table = np.frombuffer(data + b"\t", dtype="<u4")
    if not ((table >> 24) == 9).all():
        return None
    chosen = table if columns is None else table[columns]
    distinct, codes = code_values(chosen)
    texts = [value.to_bytes(4, "little")[:3] for value in distinct]
    return None if any(b"\t" in text for text in texts) else (texts, codes)


def _split_entries(place: str, entries: bytes, samples: int, columns: NDArray[np.intp] | None) -> _Coded:
    import numpy as np

    texts = entries.rstrip(b"\r").split(b"\t")
    if len(texts) != samples:
        raise InputError(f"{place}: has {len(texts)} sample columns, the header {samples}; write the file again")
    if columns is not None:
        texts = [texts[column] for column in columns.tolist()]
    numbers: dict[bytes, int] = {}
    codes = [numbers.setdefault(text, len(numbers)) for text in texts]
    return list(numbers), np.array(codes, dtype=narrowest(len(numbers)))
