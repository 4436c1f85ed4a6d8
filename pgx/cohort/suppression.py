"""Small cells stay hidden, also from those who subtract what is shown from what is shown.

All counts of a table, their totals and what is left over are cells tied by sums. A cell from 1 up to the limit is
hidden; as long as a hidden small cell follows from the sums, the smallest shown cell of a sum that gives it away is
hidden too. A cell follows from the sums if its value is the same in all solutions of the linear system.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Sum = Mapping[Hashable, int]
"""Cells with their factors; together they are 0. A known total is a cell that is never hidden."""


def hide_small(
    values: Mapping[Hashable, int],
    sums: Sequence[Sum],
    limit: int,
    *,
    open_cells: Iterable[Hashable] = (),
    hidden_cells: Iterable[Hashable] = (),
) -> frozenset[Hashable]:
    """Return the cells to hide.

    `open_cells` are those that are shown anyway, `hidden_cells` those that are hidden anyway. Cells that nobody prints
    may be among the values; hiding them costs nothing.
    """
    fixed = frozenset(open_cells)
    hidden = {cell for cell, value in values.items() if 0 < value < limit and cell not in fixed}.union(hidden_cells)
    for _ in range(len(values) + 1):
        further = _give_away(values, sums, hidden, fixed, limit)
        if not further:
            return frozenset(hidden)
        hidden |= further
    return frozenset(hidden)


def _give_away(
    values: Mapping[Hashable, int], sums: Sequence[Sum], hidden: set[Hashable], fixed: frozenset[Hashable], limit: int
) -> set[Hashable]:
    """Return shown cells of which one has to be hidden for each small cell that the sums give away."""
    further: set[Hashable] = set()
    for cell in _determined(sums, hidden):
        if not 0 < values[cell] < limit:
            continue
        near = {other for terms in sums if cell in terms for other in terms}
        far = {other for terms in sums if any(other in hidden for other in terms) for other in terms}
        for among in (near, far):
            choices = {other for other in among if other not in hidden and other not in fixed}
            if choices:
                if not choices & further:
                    further.add(min(choices, key=lambda other: (values[other] == 0, values[other], repr(other))))
                break
    return further


def _determined(sums: Sequence[Sum], hidden: set[Hashable]) -> list[Hashable]:
    """Return the hidden cells whose value follows from the sums, in a fixed order."""
    unknown = sorted((cell for cell in hidden if any(cell in terms for terms in sums)), key=repr)
    place = {cell: number for number, cell in enumerate(unknown)}
    rows = {
        tuple(sorted((place[cell], factor) for cell, factor in terms.items() if cell in place)) for terms in sums
    } - {()}
    if not rows:
        return []
    reduced = _reduce(sorted(rows), len(unknown))
    single = (abs(reduced) > 1e-9).sum(axis=1) == 1
    columns = (abs(reduced[single]) > 1e-9).argmax(axis=1)
    return [unknown[column] for column in sorted(columns.tolist())]


def _reduce(rows: Sequence[tuple[tuple[int, int], ...]], width: int) -> NDArray[np.float64]:
    """Return the reduced row echelon form of the system."""
    import numpy as np

    matrix = np.zeros((len(rows), width))
    for number, row in enumerate(rows):
        for column, factor in row:
            matrix[number, column] = factor
    top = 0
    for column in range(width):
        pivot = top + int(np.argmax(abs(matrix[top:, column]))) if top < len(rows) else -1
        if pivot < 0 or abs(matrix[pivot, column]) < 1e-9:
            continue
        matrix[[top, pivot]] = matrix[[pivot, top]]
        matrix[top] /= matrix[top, column]
        others = np.arange(len(rows)) != top
        matrix[others] -= np.outer(matrix[others, column], matrix[top])
        top += 1
    return matrix
