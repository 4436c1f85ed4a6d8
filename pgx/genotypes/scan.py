"""An index made by walking once through a file that has none: where runs of records lie and what they reach."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pgx.genotypes.bcf_records import walk_bcf
from pgx.genotypes.compression import Block, Compression, VirtualRange, read_blocks, read_ranges
from pgx.genotypes.header import Header
from pgx.genotypes.index import merge_ranges
from pgx.genotypes.intervals import Intervals
from pgx.genotypes.text_records import check_last_line, walk_text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RUN = 1 << 16
"""Bytes of records that are found together; a BGZF block holds no more."""


@dataclass(frozen=True, slots=True)
class ScannedIndex:
    """Runs of neighbouring records of one contig each. `names` are contigs by number.

    `runs` has for each contig an array of shape (runs, 4): first and last position that a record of the run touches,
    1-based, and the virtual offsets where the run begins and ends. The file need not be sorted.
    """

    names: tuple[str, ...]
    runs: tuple[NDArray[np.int64], ...]

    def ranges(self, contig: int, intervals: Intervals) -> list[VirtualRange]:
        """Return the stretches that hold all records of one contig that overlap the intervals."""
        import numpy as np

        if contig >= len(self.runs):
            return []
        low, high, begin, end = self.runs[contig].T
        starts = np.append(intervals.starts, np.iinfo(np.int64).max)
        touched = starts[np.searchsorted(intervals.ends, low)] <= high
        return merge_ranges(list(zip(begin[touched].tolist(), end[touched].tolist(), strict=True)))


@dataclass(slots=True)
class _Runs:
    """Collects the runs of each contig; offsets are in the uncompressed bytes."""

    found: dict[str, array[int]] = field(default_factory=dict)
    _contig: str | None = None
    _run: list[int] = field(default_factory=list)

    @property
    def last(self) -> list[int]:
        """Where the last run begins and ends; empty where there is none."""
        return self._run[2:]

    def add(self, contig: str, low: int, high: int, begin: int, end: int) -> None:
        run = self._run
        if contig == self._contig and begin == run[3] and end - run[2] <= RUN:
            run[:] = (min(run[0], low), max(run[1], high), run[2], end)
            return
        self.close()
        self._contig, self._run = contig, [low, high, begin, end]

    def close(self) -> None:
        if self._contig is not None:
            self.found.setdefault(self._contig, array("q")).extend(self._run)
        self._contig = None


@dataclass(slots=True)
class _Places:
    """Where each block of a file begins: in the file, and in the uncompressed bytes."""

    compression: Compression
    in_file: array[int] = field(default_factory=lambda: array("q"))
    in_bytes: array[int] = field(default_factory=lambda: array("q"))

    def watch(self, blocks: Iterable[Block]) -> Iterator[Block]:
        """Yield the blocks, taking note of their places."""
        at = 0
        for block in blocks:
            self.in_file.append(block.offset)
            self.in_bytes.append(at)
            at += block.size
            yield block

    def virtual(self, offsets: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the virtual offsets of offsets in the uncompressed bytes; in a plain file they are the same."""
        import numpy as np

        if self.compression is not Compression.BGZF:
            return offsets
        starts = np.array(self.in_bytes, dtype=np.int64)
        block = np.searchsorted(starts, offsets, side="right") - 1
        places: NDArray[np.int64] = (np.array(self.in_file, dtype=np.int64)[block] << 16) | (offsets - starts[block])
        return places


def _loaded(block: Block) -> Block:
    data = block.load()
    return block._replace(load=lambda: data)


def scan_file(path: Path, compression: Compression, header: Header, *, thorough: bool = False) -> ScannedIndex:
    """Walk through a BGZF or plain file once.

    Raises InputError where it is damaged or cut off, as reading it does; but blocks of a BCF file in which no record
    begins are only looked into with `thorough`, else when they are read.
    """
    import numpy as np

    places, runs = _Places(compression), _Runs()
    blocks = places.watch(map(_loaded, read_blocks(path, compression)) if thorough else read_blocks(path, compression))
    stretches = (
        walk_bcf(str(path), header, blocks)
        if header.is_bcf
        else walk_text(str(path), header, (block.load() for block in blocks))
    )
    for contig, low, high, begin, end in stretches:
        runs.add(contig, low, high, begin, end)
    runs.close()
    tables = [np.array(found, dtype=np.int64).reshape(-1, 4) for found in runs.found.values()]
    for table in tables:
        table[:, 2:] = places.virtual(table[:, 2:])
    if not header.is_bcf and runs.last:
        begin, end = places.virtual(np.array(runs.last, dtype=np.int64)).tolist()
        check_last_line(str(path), header, read_ranges(path, compression, [(begin, end)]))
    return ScannedIndex(tuple(runs.found), tuple(tables))
