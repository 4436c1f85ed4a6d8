"""Which row of a guideline a set of gene readings finds.

A row looks at a few keys of a gene's reading. Readings of a gene that fit every row equally well are of one *kind*,
numbered as met; a row is looked for once for each combination of kinds.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pgx.domain.drug import BOTH, AdviceRow, in_range
from pgx.domain.gene import INDETERMINATE, NO_RESULT, UNSPECIFIED_SCORE
from pgx.domain.results import Reading

SPECIFIC = 2
"""Weight of a row that names the diplotype or an allele itself; any other match weighs 1."""

POSITIVE = " positive"
"""Ending of a requirement that one allele of the pair is the one named."""

ANY = "any"
"""A requirement that the gene has some result."""

Kinds = tuple[int, ...]
"""The kind of one reading of each gene."""

NO_ROW = -1
_UNFIT = -1_000_000
"""Weight of a row that a gene's reading does not fit; no other gene makes up for it."""


@dataclass(frozen=True, slots=True)
class RowTable:
    """The rows of a guideline that asks about these genes, for one combination of kinds after the other."""

    rows: tuple[AdviceRow, ...]
    genes: tuple[str, ...]
    _kinds: dict[tuple[int, tuple[int, ...]], int] = field(default_factory=dict)
    _weights: list[tuple[int, ...]] = field(default_factory=list)
    _found: dict[tuple[str, Kinds], int] = field(default_factory=dict)

    def kind(self, place: int, reading: Reading) -> int:
        """Return the kind of a reading of the gene at this place; kinds of different genes have different numbers."""
        weights = tuple(_row_weight(row, self.genes[place], reading) for row in self.rows)
        kind = self._kinds.setdefault((place, weights), len(self._weights))
        if kind == len(self._weights):
            self._weights.append(weights)
        return kind

    def find(self, population: str, kinds: Kinds) -> int:
        """Return the number of the row for a population, else of the row for everybody, else NO_ROW."""
        key = (population, kinds)
        number = self._found.get(key)
        if number is None:
            totals = list(map(sum, zip(*(self._weights[kind] for kind in kinds), strict=True)))
            number = self._heaviest(population, totals)
            if number == NO_ROW and population:
                number = self._heaviest("", totals)
            self._found[key] = number
        return number

    def _heaviest(self, population: str, totals: list[int]) -> int:
        """Return the most specific of the population's rows that fit; of several the first."""
        best, weight = NO_ROW, 0
        for number, (row, total) in enumerate(zip(self.rows, totals, strict=True)):
            if total > weight and row.population == population:
                best, weight = number, total
        return best


def _row_weight(row: AdviceRow, gene: str, reading: Reading) -> int:
    """Return how specifically a gene's reading fits a row; 0 where the row does not ask about the gene."""
    total = 0
    for need in row.when:
        if need.gene == gene:
            fit = max((value_weight(value, reading) for value in need.values), default=0)
            if not fit:
                return _UNFIT
            total += fit
    return total


def value_weight(value: str, reading: Reading) -> int:
    """Compare one value of a requirement with a reading; parts that must all hold add up.

    >>> value_weight(">=2.25", Reading("GENE", ("≥3.0",)))
    1
    >>> value_weight("*2/*3", Reading("GENE", ("1.0",), ("*2", "*3")))
    2
    """
    if BOTH in value:
        parts = [value_weight(part, reading) for part in value.split(BOTH)]
        return sum(parts) if all(parts) else 0
    if value in reading.lookup or value == reading.phenotype:
        return 1
    if value == ANY:
        return int(NO_RESULT not in reading.lookup)
    if value == INDETERMINATE:
        return int(UNSPECIFIED_SCORE in reading.lookup or reading.phenotype == INDETERMINATE)
    if any(in_range(value, key) for key in reading.lookup):
        return 1
    if value.endswith(POSITIVE):
        return SPECIFIC if value.removesuffix(POSITIVE) in reading.alleles else 0
    return SPECIFIC if reading.alleles and _is_diplotype(value, reading.alleles) else 0


def _is_diplotype(value: str, alleles: tuple[str, ...]) -> bool:
    """True where the text joins exactly these alleles, in either order."""
    return value in ("/".join(alleles), "/".join(reversed(alleles)))
