"""Small cells stay hidden, also from those who add and subtract what is shown.

A cell counts people of several kinds, so it is a vector over these kinds. What is shown spans a space, and a cell
follows from it if its vector lies in that space. Cells are shown one after another, each unless a secret would follow.
What is not yet known of every vector is kept, so that a cell's turn costs one step of elimination: a secret would
follow from one cell more where what is not known of both is the same but for a factor.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from typing import Generic, TypeVar

PRIME = (1 << 61) - 1
"""Elimination is modulo this prime: nothing is rounded, and numbers stay short."""
C = TypeVar("C", bound=Hashable)
Vector = Mapping[int, int]
"""How often each kind of people is counted; kinds that are not counted are left out."""


class Knowledge(Generic[C]):
    """What is not known yet of cells and secrets, after some of the cells were shown."""

    def __init__(self, cells: Mapping[C, Vector], secrets: Collection[Vector]) -> None:
        """Start with nothing shown; `secrets` are what must never follow from shown cells."""
        self._place = {cell: number for number, cell in enumerate(cells, len(secrets))}
        self._first = len(secrets)
        vectors = (*secrets, *cells.values())
        self._unknown = {number: dict(vector) for number, vector in enumerate(vectors)}
        self._using: dict[int, set[int]] = {}
        for number, vector in self._unknown.items():
            for kind in vector:
                self._using.setdefault(kind, set()).add(number)

    def gives_away(self, cell: C) -> bool:
        """True where a secret follows once this cell is shown too."""
        vector = self._unknown[self._place[cell]]
        if not vector:
            return False
        rarest = min(vector, key=lambda kind: len(self._using[kind]))
        others = (number for number in self._using[rarest] if number < self._first)
        return any(_same_but_for_a_factor(vector, self._unknown[other], rarest) for other in others)

    def show(self, cell: C) -> None:
        """Take a cell for known from now on."""
        vector = self.forget(cell)
        if not vector:
            return
        pivot = min(vector, key=lambda kind: len(self._using[kind]))
        inverse = pow(vector[pivot], -1, PRIME)
        steps = [(kind, factor * inverse % PRIME) for kind, factor in vector.items()]
        for number in tuple(self._using[pivot]):
            self._subtract(number, self._unknown[number][pivot], steps)

    def forget(self, cell: C) -> dict[int, int]:
        """Ask no more about a cell; return what is not known of it."""
        number = self._place.pop(cell)
        vector = self._unknown.pop(number)
        for kind in vector:
            self._using[kind].remove(number)
        return vector

    def _subtract(self, number: int, times: int, steps: Iterable[tuple[int, int]]) -> None:
        vector = self._unknown[number]
        for kind, factor in steps:
            before = vector.get(kind, 0)
            after = (before - times * factor) % PRIME
            if after:
                vector[kind] = after
                if not before:
                    self._using[kind].add(number)
            elif before:
                del vector[kind]
                self._using[kind].remove(number)


def _same_but_for_a_factor(one: Vector, other: Vector, kind: int) -> bool:
    if one.keys() != other.keys():
        return False
    here, there = one[kind], other[kind]
    return all((factor * there - other[key] * here) % PRIME == 0 for key, factor in one.items())


def show_cells(values: Mapping[C, int], systems: Sequence[Knowledge[C]]) -> frozenset[C]:
    """Show every cell that gives no secret away in any system; return those that stay hidden.

    Cells that are 0 come first, then the largest; so it is the smallest that have to protect others.
    """
    hidden = set()
    for cell in sorted(values, key=lambda cell: (values[cell] != 0, -values[cell], repr(cell))):
        unsafe = any(system.gives_away(cell) for system in systems)
        for system in systems:
            if unsafe:
                system.forget(cell)
            else:
                system.show(cell)
        if unsafe:
            hidden.add(cell)
    return frozenset(hidden)
