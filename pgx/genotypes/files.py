"""Variant files: opening, checking, and reading the records of wanted stretches by index or in one pass."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pgx.genotypes.bcf_records import BcfReader
from pgx.genotypes.compression import (
    Compression,
    Progress,
    VirtualRange,
    check_end,
    find_compression,
    read_ahead,
    read_blocks,
    read_chunks,
    read_ranges,
)
from pgx.genotypes.contigs import contig_of
from pgx.genotypes.header import Header, is_variant_start, read_header
from pgx.genotypes.index import Index, find_index, merge_ranges, read_index
from pgx.genotypes.intervals import Intervals, Wanted
from pgx.genotypes.records import Record
from pgx.genotypes.report import Tally
from pgx.genotypes.scan import ScannedIndex, scan_file
from pgx.genotypes.text_records import TextReader

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_NEAR = "not at a defining position"


@dataclass(frozen=True, slots=True)
class VariantFile:
    """A checked VCF or BCF file with its header and, where there is one, its index."""

    path: Path
    compression: Compression
    header: Header
    index: Index | ScannedIndex | None

    @property
    def name(self) -> str:
        return self.path.name

    def records(
        self,
        wanted: Wanted,
        columns: NDArray[np.intp] | None = None,
        tally: Tally | None = None,
        progress: Progress | None = None,
    ) -> Iterator[Record]:
        """Yield the records that touch the wanted intervals, with the samples in `columns` only (None: all)."""
        reader: BcfReader | TextReader
        if self.header.is_bcf:
            reader = BcfReader(str(self.path), self.header, wanted, columns)
        else:
            reader = TextReader(str(self.path), len(self.header.samples), wanted, columns)
        try:
            if self.index is None:
                yield from reader.records(read_ahead(self._all_blocks(progress)))
            else:
                ranges = self._ranges(self.index, wanted)
                yield from reader.records(read_ranges(self.path, self.compression, ranges), check_last=False)
        finally:
            if tally is not None:
                tally.read += reader.read + reader.passed_by
                tally.discarded[_NEAR] += reader.passed_by

    def _all_blocks(self, progress: Progress | None) -> Iterator[bytes]:
        """Yield the bytes after the header."""
        skip = self.header.size
        for block in read_blocks(self.path, self.compression, progress):
            if skip < block.size:
                yield block.load()[skip:]
            skip = max(0, skip - block.size)

    def indexed(self, *, thorough: bool = False) -> VariantFile:
        """Return the file with an index, made by walking through it once where there is none. Raises InputError.

        With `thorough` all of a file without an index is unpacked, so that any damage shows.
        """
        if self.index is not None or self.compression is Compression.GZIP:
            return self
        return replace(self, index=scan_file(self.path, self.compression, self.header, thorough=thorough))

    def _ranges(self, index: Index | ScannedIndex, wanted: Wanted) -> list[VirtualRange]:
        numbered = self.header.contig_numbers()
        names = index.names or [numbered.get(number, "") for number in range(max(numbered, default=-1) + 1)]
        found: list[VirtualRange] = []
        for number, name in enumerate(names):
            intervals: Intervals | None = wanted.get(contig_of(name) or "")
            if intervals is not None:
                found += index.ranges(number, intervals)
        return merge_ranges(found)


def can_be_indexed(path: Path) -> bool:
    """True where parts of a file can be read, by an index beside it or one that is made. Raises InputError."""
    return find_compression(path) is not Compression.GZIP


def starts_like_variants(path: Path) -> bool:
    """True where the first bytes are those of a VCF or BCF file. Raises InputError for what cannot be read."""
    first = next(read_chunks(path, find_compression(path)), b"")
    return is_variant_start(first)


def open_file(path: Path) -> VariantFile:
    """Check a file and read its header. Raises InputError with one line that says what is wrong."""
    compression = find_compression(path)
    if compression is Compression.BGZF:
        check_end(path)
    header = read_header(path, read_chunks(path, compression))
    found = find_index(path) if compression is Compression.BGZF else None
    return VariantFile(path, compression, header, read_index(found) if found else None)
