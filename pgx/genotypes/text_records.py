"""VCF text as records: lines are chosen by CHROM and POS as bytes, and only the chosen ones are parsed."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pgx.errors import InputError
from pgx.genotypes.contigs import contig_of
from pgx.genotypes.header import Header
from pgx.genotypes.intervals import Intervals, Wanted
from pgx.genotypes.records import Detail, Place, Record, SampleCalls, Stretch, plain_alts
from pgx.genotypes.text_entries import read_entries

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_END = re.compile(rb"(?:^|;)END=(\d+)")
_PASSED = (b"PASS", b".", b"")
_HEAD = re.compile(rb"([^\t\n]+)\t(\d+)\t[^\t\n]*\t([^\t\n]*)(?:\t[^\t\n]*){3}\t([^\t\n]*)\t")
"""CHROM, POS, REF and INFO of a line."""
_SHORT = 64
_ANYWHERE = (1, 1 << 62)
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

    def records(self, blocks: Iterator[bytes], *, check_last: bool = True) -> Iterator[Record]:
        """Yield the wanted records of the blocks, which begin at a line; header lines are left out."""
        waiting: list[bytes] = []
        held = 0
        for block in blocks:
            waiting.append(block)
            held += len(block)
            if b"\n" in block:
                *lines, rest = b"".join(waiting).split(b"\n")
                waiting, held = [rest], len(rest)
                yield from self._choose(lines)
            if held > _LONGEST:
                raise self.broken(waiting[0], "has no end")
        last = b"".join(waiting)
        if last:
            if check_last:
                self.check_length(last)
            yield from self._choose([last])

    def check(self, line: bytes) -> None:
        """Raise InputError where the line is no record, header line or empty one."""
        for _ in self._choose([line]):
            pass

    def _choose(self, lines: list[bytes]) -> Iterator[Record]:
        """Yield the lines that may reach an interval: no REF is longer than its line, and blocks name their end."""
        contigs = self._contigs
        passed_by = 0
        for line in lines:
            try:
                name, position, _ = line[:_SHORT].split(b"\t", 2)
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
            raise self.broken(line, "has no CHROM and POS")
        if fields[0] not in self._contigs:
            contig = contig_of(fields[0].decode("utf-8", "replace"))
            intervals = self.wanted.get(contig or "")
            self._contigs[fields[0]] = (contig, intervals) if contig and intervals else None
            yield from self._choose([line])
        elif (found := self._contigs[fields[0]]) is None:
            self.passed_by += 1
        else:
            yield from self._parse(line, found)

    def _parse(self, line: bytes, found: tuple[str, Intervals]) -> Iterator[Record]:
        fields = line.split(b"\t", 9)
        if len(fields) < 10:
            raise self.broken(line, f"has {len(fields)} columns; the header names {9 + self.samples}")
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
            lambda detail: self._load(place, fields[8], fields[9], alts, detail),
        )  # fmt: skip

    def _load(self, place: str, keys: bytes, entries: bytes, alts: tuple[str, ...], detail: Detail) -> SampleCalls:
        names = keys.decode("ascii", "replace")
        return read_entries(place, names, entries, self.samples, self.columns, alts, detail)

    def check_length(self, line: bytes) -> None:
        """Refuse a last line that ends in mid-record."""
        whole = line.count(b"\t") == 8 + self.samples and not line.endswith(b"\t")
        if line.strip() and not line.startswith(b"#") and not whole:
            raise self.broken(line, "is cut off")

    def broken(self, line: bytes, what: str) -> InputError:
        start = line[:_SHORT].decode("utf-8", "replace").replace("\t", " ").strip()
        return InputError(f"{self.name}: the record '{start}' {what}; write the file again")


def walk_text(name: str, header: Header, blocks: Iterator[bytes]) -> Iterator[Stretch]:
    """Yield where each record of a file lies. Raises InputError for lines that are no records."""
    reader = TextReader(name, len(header.samples), {})
    rest, base, at, begin = b"", 0, header.size, header.size
    place: Place | None = None
    for block in blocks:
        data = rest + block
        while at < len(data):
            if place is None:
                place, begin = _find_place(data, at), base + at
            newline = data.find(b"\n", at)
            if newline < 0:
                break
            if place := place or _odd_place(reader, data[at:newline]):
                yield *place, begin, base + newline + 1
            place, at = None, newline + 1
        kept = min(at, len(data)) if place is None else len(data)
        rest, base, at = data[kept:], base + kept, max(0, at - len(data))
        if base + len(rest) - begin > _LONGEST:
            raise reader.broken(rest, "has no end")
    if place is None:
        reader.check_length(rest)
        place = _odd_place(reader, rest)
    if place:
        yield *place, begin, base + len(rest)


def check_last_line(name: str, header: Header, blocks: Iterator[bytes]) -> None:
    """Raise InputError where the last of these lines ends in mid-record."""
    for _ in TextReader(name, len(header.samples), {}).records(blocks):
        pass


def _find_place(data: bytes, at: int) -> Place | None:
    """Return contig and first and last position of the record that begins here; None where its INFO has no end yet."""
    found = _HEAD.match(data, at)
    if found is None:
        return None
    contig, position, ref, info = found.groups()
    block_end = _END.search(info)
    start = int(position)
    end = max(start + len(ref) - 1, int(block_end[1]) if block_end else 0)
    return contig.decode("utf-8", "replace"), start, end


def _odd_place(reader: TextReader, line: bytes) -> Place | None:
    """Check a line that does not look like a record; where it is taken for one, it may lie anywhere on its contig."""
    reader.check(line)
    if not line.strip() or line.startswith(b"#"):
        return None
    return line.split(b"\t", 1)[0].decode("utf-8", "replace"), *_ANYWHERE
