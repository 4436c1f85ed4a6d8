"""Which row of a guideline a set of gene readings finds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pgx.domain.drug import BOTH, AdviceRow, Requirement, in_range
from pgx.domain.gene import INDETERMINATE, NO_RESULT, UNSPECIFIED_SCORE
from pgx.domain.results import Reading

SPECIFIC = 2
"""Weight of a row that names the diplotype or an allele itself; any other match weighs 1."""

POSITIVE = " positive"
"""Ending of a requirement that one allele of the pair is the one named."""

ANY = "any"
"""A requirement that the gene has some result."""


def find_row(rows: Iterable[AdviceRow], readings: Mapping[str, Reading]) -> AdviceRow | None:
    """Return the row that fits the readings; where several do, the most specific, then the first."""
    best, weight = None, 0
    for row in rows:
        fit = row_weight(row, readings)
        if fit > weight:
            best, weight = row, fit
    return best


def row_weight(row: AdviceRow, readings: Mapping[str, Reading]) -> int:
    """Return how specifically a row fits: 0 where it does not."""
    total = 0
    for need in row.when:
        fit = requirement_weight(need, readings.get(need.gene))
        if not fit:
            return 0
        total += fit
    return total


def requirement_weight(need: Requirement, reading: Reading | None) -> int:
    """Return 0 where the gene does not read as needed, 1 where it does, 2 where the diplotype is named."""
    if reading is None:
        return 0
    return max((value_weight(value, reading) for value in need.values), default=0)


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
