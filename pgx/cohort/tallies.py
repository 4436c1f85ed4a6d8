"""Counts by row and group, made of kinds of people, so that what is hidden cannot be worked out.

People are of one kind if every row counts them alike. What a row counts of a kind of people in a group is one number
that somebody who reads the page does not know; every cell is a sum of these.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from pgx.cohort.groups import OVERALL, TOO_SMALL
from pgx.cohort.suppression import Knowledge, Vector, show_cells

OTHER = "rarer ones"
CALLED = "called"
PAIR = 2
SIZE = ("size", "")
STRANDS = ("strands", "")
NAMED = ("status", "diplotype", "phenotype", "allele")
"""Kinds of rows that are named after a result."""
Row = tuple[str, str]
"""Kind and name."""
Cell = tuple[str, str, str]
"""Kind, name and group."""
Person = tuple[str, str, str, str, frozenset[Row]]
"""Status, diplotype, alleles, phenotype, and the kinds of advice on drugs; the middle ones are empty unless called."""
Kind = frozenset[tuple[Row, int]]
"""How often a person is counted in each row."""
Counted = Mapping[Kind, Counter[str]]
"""People of each kind by group; all are of the group of everybody where there are no others."""


def kinds_of_gene(people: Mapping[Person, Counter[str]], limit: int) -> dict[Kind, Counter[str]]:
    """Tell people apart by the rows they are counted in; names that fewer than `limit` have are put together."""
    rows = {person: _rows(person) for person in sorted(people, key=repr)}
    totals: Counter[Row] = Counter()
    for person, counted in rows.items():
        for row, factor in counted.items():
            totals[row] += factor * people[person].total()
    kinds: dict[Kind, Counter[str]] = {}
    for person, counted in rows.items():
        kind: Counter[Row] = Counter()
        for row, factor in counted.items():
            rare = row[0] in NAMED[1:] and totals[row] < limit
            kind[(row[0], OTHER) if rare else row] += factor
        kinds.setdefault(frozenset(kind.items()), Counter()).update(people[person])
    return kinds


def kinds_of_drug(row: Row, by_group: Counter[str], sizes: Mapping[str, int]) -> dict[Kind, Counter[str]]:
    """Tell people who are counted in the row from the others."""
    groups = [group for group in sizes if group != OVERALL] or [OVERALL]
    others = Counter({group: sizes[group] - by_group[group] for group in groups})
    return {frozenset({(SIZE, 1), (row, 1)}): by_group, frozenset({(SIZE, 1), (("no", row[1]), 1)}): others}


def _rows(person: Person) -> Counter[Row]:
    """Return the rows a person is counted in. Other than two alleles are a row, as all alleles would tell of it."""
    status, diplotype, alleles, phenotype, told = person
    rows = Counter([SIZE, ("status", status), *told])
    if status == CALLED:
        names = alleles.split("/") if alleles else []
        rows.update([("diplotype", diplotype), ("phenotype", phenotype), *(("allele", name) for name in names)])
        rows.update([STRANDS] * len(names))
        rows.update([("uneven", str(len(names)))] if len(names) != PAIR else [])
    return rows


@dataclass(slots=True)
class Table:
    """The counts of a table, what of it is hidden, and what follows from what is shown."""

    values: dict[Cell, int]
    hidden: frozenset[Cell]
    knowledge: Knowledge[Cell]

    @classmethod
    def count(cls, people: Counted, shown: Collection[str], limit: int) -> Table:
        """Add up people by kind and group; nothing is shown yet but the sizes of the groups that are."""
        groups = sorted(set().union(*people.values()) - {OVERALL})
        rows = _parts(people)
        counts = list(people.values())
        values = {
            (*row, group): sum(factor * _people(counts[number], group) for number, factor in parts.items())
            for row, parts in sorted(rows.items(), key=_printed_order)
            for group in (OVERALL, *groups)
        }
        space = _Space.of(values, groups, len(counts))
        vectors = {cell: space.vector(rows[cell[:2]], cell[2]) for cell in values}
        secrets = [_sum(vectors[cell] for cell in cells) for cells in _secrets(values, limit)]
        knowledge = Knowledge({cell: vector for cell, vector in vectors.items() if cell[2] in shown}, secrets)
        for group in shown:
            knowledge.show((*SIZE, group))
        return cls(values, frozenset(values), knowledge)

    def row(self, row: Row, shown: Iterable[str]) -> dict[Cell, int]:
        """Return the cells of a row in the groups that are shown."""
        return {(*row, group): self.values[*row, group] for group in shown}

    def show(self, kinds: Collection[str], shown: Collection[str]) -> None:
        """Show what may be shown of these kinds of rows."""
        cells = {cell: value for cell, value in self.values.items() if cell[0] in kinds and cell[2] in shown}
        self.hidden -= cells.keys() - show_cells(cells, [self.knowledge])


@dataclass(frozen=True, slots=True)
class _Space:
    """Where the numbers of a table stand in a vector: of each kind of people, all and those of every group but one."""

    places: Mapping[str, int]
    left_out: str
    kinds: int

    @classmethod
    def of(cls, values: Mapping[Cell, int], groups: Collection[str], kinds: int) -> _Space:
        """Leave the group out that is shown last, as its vectors are the long ones."""
        left_out = min(groups, key=lambda group: (group != TOO_SMALL, values[*SIZE, group], group), default="")
        kept = [OVERALL, *(group for group in groups if group != left_out)]
        return cls({group: number * kinds for number, group in enumerate(kept)}, left_out, kinds)

    def vector(self, parts: Vector, group: str) -> Vector:
        """Return what a row counts in a group; the group left out is all without the others."""
        if group != self.left_out:
            return {self.places[group] + number: factor for number, factor in parts.items()}
        return {
            place + number: factor if name == OVERALL else -factor
            for name, place in self.places.items()
            for number, factor in parts.items()
        }


def _parts(people: Counted) -> dict[Row, dict[int, int]]:
    """Return how often each row counts people of each kind, by the kind's number."""
    rows: dict[Row, dict[int, int]] = {}
    for number, kind in enumerate(people):
        for row, factor in kind:
            rows.setdefault(row, {})[number] = factor
    return rows


def _people(by_group: Counter[str], group: str) -> int:
    return by_group.total() if group == OVERALL else by_group[group]


def _sum(vectors: Iterable[Vector]) -> Vector:
    total: Counter[int] = Counter()
    for vector in vectors:
        total.update(vector)
    return {place: factor for place, factor in total.items() if factor}


def _printed_order(item: tuple[Row, object]) -> tuple[int, bool, str, str]:
    (kind, name), _ = item
    return (NAMED.index(kind) if kind in NAMED else len(NAMED), name == OTHER, kind, name)


def _secrets(values: Mapping[Cell, int], limit: int) -> Iterator[tuple[Cell, ...]]:
    """Yield small cells, and those of a row or of one kind in a group that even together are small."""
    together: dict[tuple[str, ...], list[Cell]] = {}
    for cell, value in values.items():
        if 0 < value < limit:
            kind, name, group = cell
            yield (cell,)
            if group != OVERALL:
                together.setdefault((kind, name), []).append(cell)
            if kind in NAMED:
                together.setdefault((kind, "", group), []).append(cell)
    for cells in together.values():
        if len(cells) > 1 and sum(values[cell] for cell in cells) < limit:
            yield tuple(cells)
