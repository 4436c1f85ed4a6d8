"""Stretches of the reference that are wanted, by contig."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Intervals:
    """Merged intervals on one contig, 1-based and inclusive, sorted."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def touches(self, start: int, end: int) -> bool:
        """True where some interval shares a base with start..end."""
        index = bisect_left(self.ends, start)
        return index < len(self.starts) and self.starts[index] <= end


Wanted = Mapping[str, Intervals]
"""Intervals by contig name as in gene tables."""


def merge_intervals(pairs: Iterable[tuple[int, int]]) -> Intervals:
    """Sort and join intervals that overlap or touch."""
    merged: list[list[int]] = []
    for start, end in sorted(pairs):
        if merged and start <= merged[-1][1] + 1:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    return Intervals(tuple(start for start, _ in merged), tuple(end for _, end in merged))


def join_wanted(parts: Iterable[Wanted]) -> dict[str, Intervals]:
    """Return the union of several selections."""
    pairs: dict[str, list[tuple[int, int]]] = {}
    for part in parts:
        for contig, intervals in part.items():
            pairs.setdefault(contig, []).extend(zip(intervals.starts, intervals.ends, strict=True))
    return {contig: merge_intervals(found) for contig, found in pairs.items()}
