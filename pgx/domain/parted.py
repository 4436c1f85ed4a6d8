"""Patterns as two parts, what was read and what was not; in a cohort many patterns share either part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pgx.domain.evidence import EvidenceState
from pgx.domain.genotype import Genotype, GenotypeTable, Pattern, Patterns
from pgx.domain.patterns import distinct_columns

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

UnreadRows = tuple[tuple[int, EvidenceState], ...]
"""Rows that were not read, in rising order, with their states."""
_PLAIN, _READ, _UNREAD = 0, 1, 2
_STATES = tuple(EvidenceState)
_MANY = 7


@dataclass(frozen=True, slots=True)
class PartedPatterns:
    """The distinct patterns of a table, in order of first appearance, and the distinct parts among them.

    `first` is a sample that has the pattern; `read` and `unread` are the numbers of its two parts, all of shape
    (patterns,). `reads` has one pattern for each part that was read; what that one has not read counts for nothing.
    """

    table: GenotypeTable
    first: NDArray[np.intp]
    read: NDArray[np.int32]
    unread: NDArray[np.int32]
    reads: Sequence[Pattern]
    unreads: tuple[UnreadRows, ...]

    def __len__(self) -> int:
        return len(self.first)

    def whole(self, number: int) -> Pattern:
        """Return a pattern in one piece."""
        return self.table.pattern(int(self.first[number]))


def part_patterns(table: GenotypeTable) -> tuple[PartedPatterns, NDArray[np.int32]]:
    """Return the distinct patterns in parts, and each sample's pattern, shape (samples,)."""
    patterns, index = table.patterns()
    return _part(table, patterns), index


def read_rows(pattern: Pattern) -> tuple[int, ...]:
    """Return the rows that tell something other than plainly the first base."""
    genotypes = pattern.genotypes
    return tuple([row for row in pattern.notable if genotypes[row].alleles or genotypes[row].seen])


def _part(table: GenotypeTable, patterns: Patterns) -> PartedPatterns:
    """Take the patterns apart, all at once; each part is then found like a pattern is."""
    import numpy as np

    first = patterns.samples
    codes = table.codes[:, first]
    told = _look_up(codes, table.values)
    kinds, plain_strands = told & 15, np.bitwise_or.reduce(told >> 4, axis=0)
    read = np.where(kinds == _READ, codes.astype(np.uint16) + 1, 0)
    unread = np.where(kinds >= _UNREAD, kinds, 0)
    attributes = [row[0][first] for row in table.attributes()]
    read_first, read_index = distinct_columns((*read, plain_strands, *attributes), len(first))
    unread_first, unread_index = distinct_columns(unread, len(first))
    reads = Patterns(table, first[read_first])
    return PartedPatterns(table, first, read_index, unread_index, reads, _rows(unread[:, unread_first]))


def _told(genotype: Genotype) -> int:
    """Return in the low bits whether a genotype is plain, tells something, or was not read, and in which state.

    Of a plain one the number of strands is added as a bit; all large numbers are one.
    """
    if genotype.is_plain:
        return _PLAIN | 1 << 4 + min(len(genotype.alleles), _MANY)
    return _READ if genotype.alleles or genotype.seen else _UNREAD + genotype.state


def _look_up(codes: NDArray[np.unsignedinteger[Any]], values: Sequence[Sequence[Genotype]]) -> NDArray[np.uint16]:
    """Put what each genotype tells in the place of its code."""
    import numpy as np

    found = np.empty(codes.shape, dtype=np.uint16)
    for row, genotypes in enumerate(values):
        np.take(np.array([_told(one) for one in genotypes], dtype=np.uint16), codes[row], out=found[row], mode="clip")
    return found


def _rows(unread: NDArray[np.uint16]) -> tuple[UnreadRows, ...]:
    """List the unread rows of each column."""
    import numpy as np

    rows, columns = np.nonzero(unread)
    order = np.argsort(columns, kind="stable")
    states = unread[rows, columns][order].tolist()
    entries = [(row, _STATES[state - _UNREAD]) for row, state in zip(rows[order].tolist(), states, strict=True)]
    ends = np.cumsum(np.bincount(columns, minlength=unread.shape[1])).tolist()
    return tuple([tuple(entries[start:end]) for start, end in zip([0, *ends], ends, strict=False)])
