"""Small cells stay hidden, also from those who subtract what is shown from what is shown.

All counts of a table, their totals and what is left over are cells tied by sums. A cell from 1 up to the limit is
hidden; as long as a hidden small cell follows from the sums, the smallest of the shown cells that it follows from is
hidden too. Those that turn out not to be needed are shown in the end, the largest first. A cell follows from the sums
if its value is the same in all solutions of the linear system.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ZERO = 1e-9
C = TypeVar("C", bound=Hashable)
Sum = Mapping[C, int]
"""Cells with their factors; together they are 0. A known total is a cell that is never hidden."""


def hide_small(
    values: Mapping[C, int],
    sums: Sequence[Sum[C]],
    limit: int,
    *,
    open_cells: Iterable[C] = (),
    hidden_cells: Iterable[C] = (),
) -> frozenset[C]:
    """Return the cells to hide.

    `open_cells` are those that are shown anyway, `hidden_cells` those that are hidden anyway. Cells that nobody prints
    may be among the values; hiding them costs nothing.
    """
    fixed = frozenset(open_cells)
    needed = {cell for cell, value in values.items() if 0 < value < limit and cell not in fixed}.union(hidden_cells)
    hidden = set(needed)
    while further := _give_away(values, sums, hidden, fixed, limit):
        hidden |= further
    if gives_away(values, sums, hidden, limit):
        return frozenset(hidden)
    for cell in sorted(hidden - needed, key=lambda cell: (-values[cell], repr(cell))):
        if not gives_away(values, sums, hidden - {cell}, limit):
            hidden.remove(cell)
    return frozenset(hidden)


def gives_away(values: Mapping[C, int], sums: Sequence[Sum[C]], hidden: Iterable[C], limit: int) -> bool:
    """True where a hidden small cell follows from the sums."""
    return any(0 < values.get(cell, 0) < limit for cell in _determined(sums, set(hidden)))


def _give_away(
    values: Mapping[C, int], sums: Sequence[Sum[C]], hidden: set[C], fixed: frozenset[C], limit: int
) -> set[C]:
    """Return shown cells to be hidden: the smallest of those that each small cell follows from."""
    further: set[C] = set()
    known = sorted({cell for cell in chain.from_iterable(sums) if cell not in hidden}, key=repr)
    for cell, sources in _determined(sums, hidden, known).items():
        choices = {other for other in sources if other not in fixed and other in values}
        if 0 < values.get(cell, 0) < limit and choices and not choices & further:
            further.add(min(choices, key=lambda other: (values[other] == 0, values[other], repr(other))))
    return further


def _determined(sums: Sequence[Sum[C]], hidden: set[C], known: Sequence[C] = ()) -> dict[C, list[C]]:
    """Return the hidden cells whose value follows from the sums, with those of the known cells that it follows from."""
    unknown = sorted(hidden.intersection(chain.from_iterable(sums)), key=repr)
    place = {cell: number for number, cell in enumerate((*unknown, *known))}
    rows = {
        tuple(sorted((place[cell], factor) for cell, factor in terms.items() if cell in place)) for terms in sums
    } - {()}
    if not rows:
        return {}
    reduced = abs(_reduce(sorted(rows), len(place), len(unknown))) > ZERO
    found = {}
    for row in reduced[reduced[:, : len(unknown)].sum(axis=1) == 1]:
        first, *others = row.nonzero()[0].tolist()
        found[unknown[first]] = [known[other - len(unknown)] for other in others]
    return {cell: found[cell] for cell in unknown if cell in found}


def _reduce(rows: Sequence[tuple[tuple[int, int], ...]], width: int, unknown: int) -> NDArray[np.float64]:
    """Return the system reduced in its first columns, the unknown; those in few rows first, to keep it sparse."""
    import numpy as np

    matrix = np.zeros((len(rows), width), order="F")
    for number, row in enumerate(rows):
        for column, factor in row:
            matrix[number, column] = factor
    free = np.ones(len(rows), dtype=bool)
    for column in np.argsort((matrix[:, :unknown] != 0).sum(axis=0), kind="stable").tolist():
        filled = np.flatnonzero(abs(matrix[:, column]) > ZERO)
        candidates = filled[free[filled]]
        if not len(candidates):
            continue
        pivot = candidates[np.argmax(abs(matrix[candidates, column]))]
        free[pivot] = False
        places = np.flatnonzero(matrix[pivot])
        values = matrix[pivot, places] / matrix[pivot, column]
        matrix[pivot, places] = values
        others = filled[filled != pivot]
        matrix[np.ix_(others, places)] -= np.outer(matrix[others, column], values)
    return matrix
