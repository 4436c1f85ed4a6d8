"""The distinct columns of a table of codes, found by hashing while most codes are equal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_SEED = 20_260_101
_DENSE = 4
"""Rows where more than one in this many places differs from the usual code are hashed as a whole."""
_SAMPLED = 1024


def distinct_columns(
    rows: Iterable[NDArray[np.integer[Any]]], columns: int
) -> tuple[NDArray[np.intp], NDArray[np.int32]]:
    """Return the first column of each distinct one, in order of appearance, and for each column which it equals.

    A column's hash is the sum of random numbers for (row, code), in 128 bits; only places that differ from the
    row's usual code are touched. Two of a billion columns collide with a probability below 1e-20.
    """
    import numpy as np

    if columns == 1:
        return np.zeros(1, dtype=np.intp), np.zeros(1, dtype=np.int32)
    random = np.random.Generator(np.random.PCG64(_SEED))
    hashes = np.zeros((2, columns), dtype=np.uint64)
    for row in rows:
        _add_row(hashes, row, random)
    return _group(hashes)


def usual_code(row: NDArray[np.integer[Any]]) -> int:
    """Return a code that is common in a row: the commonest of every so manieth place."""
    import numpy as np

    return int(np.bincount(row[:: max(1, len(row) // _SAMPLED)]).argmax()) if len(row) else 0


def _add_row(hashes: NDArray[np.uint64], row: NDArray[np.integer[Any]], random: np.random.Generator) -> None:
    import numpy as np

    usual = usual_code(row)
    places = np.flatnonzero(row != usual)
    if not len(places):
        return
    codes = row if len(places) * _DENSE > len(row) else row[places]
    numbers = random.integers(1, 1 << 63, (2, 256 if row.itemsize == 1 else int(row.max()) + 1), dtype=np.uint64)
    numbers[:, usual] = 0
    for known, table in zip(hashes, numbers, strict=True):
        if codes is row:
            known += table[row]
        else:
            known[places] += table[codes]


def _group(hashes: NDArray[np.uint64]) -> tuple[NDArray[np.intp], NDArray[np.int32]]:
    """Number equal hashes by first appearance; only those that are not among the common ones are sorted."""
    import numpy as np

    columns = hashes.shape[1]
    index = np.full(columns, -1, dtype=np.int32)
    firsts = _find_common(hashes, index)
    places = np.flatnonzero(index < 0)
    order, starts = _sorted_groups(hashes[0][places], hashes[1][places])
    ordered = places[order]
    sizes = np.diff(np.append(starts, len(ordered)))
    index[ordered] = np.repeat(np.arange(len(starts), dtype=np.int32) + len(firsts), sizes)
    if len(starts):
        firsts = np.concatenate([firsts, np.minimum.reduceat(ordered, starts)])
    rank = np.empty(len(firsts), dtype=np.int32)
    rank[np.argsort(firsts)] = np.arange(len(firsts), dtype=np.int32)
    return np.sort(firsts), rank[index]


def _find_common(hashes: NDArray[np.uint64], index: NDArray[np.int32]) -> NDArray[np.intp]:
    """Number the columns whose hash occurs in a sample of columns; return the first column of each number."""
    import numpy as np

    columns = len(index)
    if columns < 2 * _SAMPLED:
        return np.empty(0, dtype=np.intp)
    common, at = np.unique(hashes[0][:: columns // _SAMPLED], return_index=True)
    slots = np.zeros(1 << 16, dtype=np.int32)
    slots[common & 0xFFFF] = np.arange(len(common), dtype=np.int32)
    guess = slots[hashes[0] & 0xFFFF]
    other = hashes[1][:: columns // _SAMPLED][at]
    hit = (common[guess] == hashes[0]) & (other[guess] == hashes[1])
    np.copyto(index, guess, where=hit)
    firsts = np.zeros(len(common), dtype=np.intp)
    places = np.flatnonzero(hit)[::-1]
    firsts[guess[places]] = places
    return _only_used(firsts, index, hit)


def _only_used(firsts: NDArray[np.intp], index: NDArray[np.int32], hit: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Renumber so that numbers which a later one pushed out of its slot leave no gap."""
    import numpy as np

    used = index[firsts] == np.arange(len(firsts))
    used &= hit[firsts]
    numbers = np.cumsum(used, dtype=np.int32) - 1
    np.copyto(index, numbers[index], where=hit)
    kept: NDArray[np.intp] = firsts[used]
    return kept


def _sorted_groups(one: NDArray[np.uint64], other: NDArray[np.uint64]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return an order in which equal pairs stand together, and where each group starts in it."""
    import numpy as np

    order = np.argsort(one)
    new, differs = _changes(one[order]), _changes(other[order])
    if (differs & ~new).any():
        order = np.lexsort((other, one))
        new = _changes(one[order]) | _changes(other[order])
    return order, np.flatnonzero(new)


def _changes(values: NDArray[np.uint64]) -> NDArray[np.bool_]:
    import numpy as np

    new = np.ones(len(values), dtype=bool)
    np.not_equal(values[1:], values[:-1], out=new[1:])
    return new
