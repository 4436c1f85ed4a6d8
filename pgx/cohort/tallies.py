"""Counts of a gene by group with everything that ties them, so that what is hidden cannot be worked out.

Rarer diplotypes that have the same phenotype and the same printed alleles are a row that nobody prints, as are people
with the same result who are told the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace

from pgx.cohort.groups import OVERALL
from pgx.cohort.suppression import Sum, gives_away, hide_small

OTHER = "rarer ones"
CALLED = "called"
PAIR = 2
Row = tuple[str, str]
"""Kind and name."""
Cell = tuple[str, str, str]
"""Kind, name and group."""
Result = tuple[str, str, str, str, str]
"""Group, status, diplotype, alleles and phenotype; the last three are empty unless called."""

Told = tuple[Result, frozenset[Row]]
"""A result, and the kinds of advice on drugs that go with it."""


class Tallies:
    """Counts by row and group, with what ties them: rows add up over groups, and to totals."""

    def __init__(self, sizes: Mapping[str, int], shown: Mapping[str, int]) -> None:
        self._shown = [("size", "", group) for group in shown]
        self._groups = [group for group in sizes if group != OVERALL]
        self.values: dict[Cell, int] = {("size", "", group): size for group, size in sizes.items()}
        self.sums: list[Sum[Cell]] = [self._over_groups("size", "")] if self._groups else []

    def add(self, kind: str, name: str, counts: Mapping[str, int]) -> None:
        """Add a row; without groups `counts` has the overall count only."""
        self.values[kind, name, OVERALL] = sum(counts.values())
        for group in self._groups:
            self.values[kind, name, group] = counts.get(group, 0)
        self.tie_groups(kind, name)

    def tie_groups(self, kind: str, name: str) -> tuple[Cell, ...]:
        """Say that a row adds up over groups, and return its cells."""
        if self._groups:
            self.sums.append(self._over_groups(kind, name))
        return self.row(kind, name)

    def tie(self, total: tuple[str, str], parts: Mapping[tuple[str, str], int]) -> None:
        """Say that in every group a row is the sum of other rows, with factors."""
        for group in (OVERALL, *self._groups):
            self.sums.append({(*total, group): -1, **{(*part, group): factor for part, factor in parts.items()}})

    def _over_groups(self, kind: str, name: str) -> Sum[Cell]:
        return {(kind, name, OVERALL): -1, **{(kind, name, group): 1 for group in self._groups}}

    def row(self, kind: str, name: str) -> tuple[Cell, ...]:
        """Return the cells of a row, overall first."""
        return tuple((kind, name, group) for group in (OVERALL, *self._groups))

    def unseen(self) -> frozenset[Cell]:
        """Return the cells of groups that are not shown."""
        groups = {group for _, _, group in self._shown}
        return frozenset(cell for cell in self.values if cell[2] not in groups)

    def hidden(self, limit: int, concealed: Iterable[Cell] = ()) -> frozenset[Cell]:
        """Return the cells to hide; those in `concealed` and those of groups that are not shown are hidden anyway."""
        never = self.unseen().union(concealed)
        return hide_small(self.values, self.sums, limit, open_cells=self._shown, hidden_cells=never)


@dataclass(slots=True)
class GeneTable:
    """The counts of a gene, which of them are hidden, and what its rows are made of."""

    tallies: Tallies
    hidden: frozenset[Cell]
    told: Counter[Told]
    diplotypes: frozenset[str]
    phenotypes: frozenset[str]
    alleles: frozenset[str]

    @classmethod
    def count(cls, told: Counter[Told], sizes: Mapping[str, int], shown: Mapping[str, int], limit: int) -> GeneTable:
        """Count the results and decide what to hide."""
        tallies = Tallies(sizes, shown)
        results: Counter[Result] = Counter()
        for (result, _), count in told.items():
            results[result] += count
        rows = {place: _by_name(results, place) for place in (1, 2, 4)}
        for status, found in rows[1].items():
            tallies.add("status", status, found)
        tallies.tie(("size", ""), {("status", status): 1 for status in rows[1]})
        diplotypes, phenotypes = _common(rows[2], limit), _common(rows[4], limit)
        for kind, named in (("diplotype", diplotypes), ("phenotype", phenotypes)):
            for name, by_group in named.items():
                tallies.add(kind, name, by_group)
            if CALLED in rows[1]:
                tallies.tie(("status", CALLED), {(kind, name): 1 for name in named})
        alleles = _common(_alleles(results), limit)
        for name, by_group in alleles.items():
            tallies.add("allele", name, by_group)
        table = cls(tallies, frozenset(), told, frozenset(diplotypes), frozenset(phenotypes), frozenset(alleles))
        unprinted = {
            *table._tie_results(results),
            *table._add_advice(),
            *_add_strands(tallies, results, alleles, limit),
        }
        table.hidden = tallies.hidden(limit, unprinted)
        return table

    def place(self, result: Result) -> Row:
        """Return the row, printed or not, that counts people with a result as far as printed names tell it apart."""
        _, status, diplotype, _, phenotype = result
        if status != CALLED:
            return ("status", status)
        if diplotype in self.diplotypes:
            return ("diplotype", diplotype)
        return ("rare", "|".join((_named(phenotype, self.phenotypes), *sorted(self._alleles_of(result)))))

    def _alleles_of(self, result: Result) -> list[str]:
        names = result[3].split("/") if result[1] == CALLED and result[3] else []
        return [_named(name, self.alleles) for name in names]

    def _tie_results(self, results: Iterable[Result]) -> set[Cell]:
        """Say what phenotypes, alleles and all rarer diplotypes are the sums of; return the cells of rarer ones."""
        parts: dict[Row, dict[Row, int]] = {}
        for result in sorted(results):
            if result[1] == CALLED:
                place = self.place(result)
                parts.setdefault(("phenotype", _named(result[4], self.phenotypes)), {})[place] = 1
                for allele, factor in Counter(self._alleles_of(result)).items():
                    parts.setdefault(("allele", allele), {})[place] = factor
                if place[0] == "rare":
                    parts.setdefault(("diplotype", OTHER), {})[place] = 1
        for total, of in parts.items():
            self.tallies.tie(total, of)
        rare = {place for of in parts.values() for place in of if place[0] == "rare"}
        return {cell for place in sorted(rare) for cell in self.tallies.tie_groups(*place)}

    def reveal(self, row: Row, hidden: Iterable[Cell], limit: int) -> GeneTable | None:
        """Return the table with what a row of advice prints, all but `hidden`; None if that gives a count away."""
        unknown = self.hidden - frozenset(self.tallies.row(*row)).difference(hidden)
        if gives_away(self.tallies.values, self.tallies.sums, unknown, limit):
            return None
        return replace(self, hidden=unknown)

    def _add_advice(self) -> set[Cell]:
        """Add a row for each kind of advice on a drug and return its cells, with others that nobody prints.

        Of people with a result some may be told so and others not, for what another gene says.
        """
        cells: set[Cell] = set()
        people = self._people()
        partly: dict[Row, set[frozenset[Row]]] = {}
        rows = sorted({row for _, told in self.told for row in told})
        for row in rows:
            parts: list[Row] = []
            for place, by_told in people.items():
                asked = [told for told in by_told if row in told]
                if len(asked) == len(by_told):
                    parts.append(place)
                elif asked:
                    partly[place] = set(by_told)
                    parts += [("told", _name_of(place, told)) for told in asked]
            self.tallies.add(*row, self._sum(row))
            self.tallies.tie(row, dict.fromkeys(parts, 1))
            cells.update(self.tallies.row(*row))
        for place, every in partly.items():
            names = [("told", _name_of(place, told)) for told in every]
            self.tallies.tie(place, dict.fromkeys(names, 1))
            cells.update(cell for name in names for cell in self.tallies.tie_groups(*name))
        return cells

    def _people(self) -> dict[Row, dict[frozenset[Row], Counter[str]]]:
        """Count people by row, by what they are told, and by group."""
        found: dict[Row, dict[frozenset[Row], Counter[str]]] = {}
        for (result, told), count in self.told.items():
            found.setdefault(self.place(result), {}).setdefault(told, Counter())[result[0]] += count
        return found

    def _sum(self, row: Row) -> Counter[str]:
        found: Counter[str] = Counter()
        for (result, told), count in self.told.items():
            found[result[0]] += count if row in told else 0
        return found


def _name_of(place: Row, told: frozenset[Row]) -> str:
    return "|".join((*place, *sorted("=".join(row) for row in told)))


def _by_name(counts: Counter[Result], place: int) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {}
    for key, count in sorted(counts.items()):
        if place == 1 or key[1] == CALLED:
            found.setdefault(key[place], Counter())[key[0]] += count
    return found


def _common(found: Mapping[str, Counter[str]], limit: int) -> dict[str, Counter[str]]:
    """Put names that too few people have together; nothing is said of any of them."""
    kept = {name: by_group for name, by_group in found.items() if by_group.total() >= limit}
    rest: Counter[str] = Counter()
    for name, by_group in found.items():
        if name not in kept:
            rest += by_group
    return {**kept, OTHER: rest} if rest else kept


def _alleles(counts: Counter[Result]) -> dict[str, Counter[str]]:
    """Count copies of each allele by group."""
    found: dict[str, Counter[str]] = {}
    for (group, status, _, alleles, _), count in sorted(counts.items()):
        for allele in alleles.split("/") if status == CALLED and alleles else ():
            found.setdefault(allele, Counter())[group] += count
    return found


def _named(name: str, common: Container[str]) -> str:
    return name if name in common else OTHER


def _add_strands(tallies: Tallies, results: Counter[Result], alleles: Iterable[str], limit: int) -> tuple[Cell, ...]:
    """Count all alleles together; return the cells, to be hidden, where few people have other than two."""
    strands: Counter[str] = Counter()
    uneven: Counter[str] = Counter()
    for (group, status, _, names, _), count in results.items():
        if status == CALLED:
            listed = len(names.split("/")) if names else 0
            strands[group] += count * listed
            uneven[group] += count if listed != PAIR else 0
    tallies.add("strands", "", strands)
    tallies.tie(("strands", ""), {("allele", allele): 1 for allele in alleles})
    if not any(uneven.values()):
        tallies.tie(("strands", ""), {("status", CALLED): PAIR})
    few = any(0 < count < limit for count in (*uneven.values(), uneven.total()))
    return tallies.row("strands", "") if few else ()
