"""A slow, plain reading of guidelines: which outcomes the genotypes that are left could lead to.

Knows nothing of pgx.calling and pgx.guidance; only a diplotype's translation is the tool's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np
from plain_genes import AlleleNames, LowestFunction, PlainGene, all_pairs, possible_copies

from pgx.domain.drug import AdviceRow, Guideline
from pgx.domain.gene import CallingMode, Gene
from pgx.domain.genotype import Pattern
from pgx.domain.ruleset import RuleSet
from pgx.phenotypes.translation import translate

Meaning = tuple[tuple[str, int], ...]
"""Which of the values that guidelines ask of a gene hold, each with its weight: all that guidelines can tell."""


@dataclass(frozen=True)
class PlainReading:
    """What guidelines see of a diplotype."""

    lookup: tuple[str, ...]
    phenotype: str | None
    alleles: AlleleNames


def weight_of(value: str, reading: PlainReading) -> int:
    """0 where a value does not hold, 1 where it does, 2 where it names the alleles themselves; parts add up."""
    if " & " in value:
        weights = [weight_of(part, reading) for part in value.split(" & ")]
        return sum(weights) if all(weights) else 0
    if value in (*reading.lookup, reading.phenotype) or value == "any":
        return 1
    if value == "Indeterminate":
        return int("n/a" in reading.lookup)
    if any(score_lies_in(value, key) for key in reading.lookup):
        return 1
    if value.endswith(" positive"):
        return 2 if value.split(" positive")[0] in reading.alleles else 0
    pairs = ("/".join(reading.alleles), "/".join(reading.alleles[::-1]))
    return 2 if value in pairs else 0


def score_lies_in(value: str, key: str) -> bool:
    number = re.fullmatch(r"(≥?)(\d+(?:\.\d+)?)", key)
    span = re.fullmatch(r"(?:>=(?P<least>[\d.]+)|(?P<low>[\d.]+?)\.\.(?P<high>[\d.]+))", value)
    if not number or not span:
        return False
    score = float(number[2])
    if span["least"]:
        return score >= float(span["least"])
    return not number[1] and float(span["low"]) <= score <= float(span["high"])


class Possibilities:
    """For one gene: every meaning it can have, and those that a pattern of genotypes leaves open."""

    def __init__(self, gene: Gene, values: Iterable[str]) -> None:
        self.gene = gene
        self.values = tuple(values)
        self._known: dict[AlleleNames, Meaning] = {}
        self._by_text: dict[PlainReading, Meaning] = {}
        self._patterns: dict[Pattern, frozenset[Meaning]] = {}
        self._meanings: list[Meaning] = []
        if gene.calling is CallingMode.LOWEST_FUNCTION:
            self._lowest = LowestFunction(gene)
        elif gene.calling is not CallingMode.PRESENCE:
            self._plain = PlainGene(gene)
            self._pair_meanings, self._single_meanings = self._tabulate()

    def meaning(self, names: AlleleNames) -> Meaning:
        """Return what guidelines see of alleles given by name."""
        if names not in self._known:
            members = [next(a for a in self.gene.alleles if a.name == name) for name in names]
            translated = translate(self.gene, tuple(members))
            printed = tuple(allele.printed_name for allele in members)
            named = {name for name in printed for value in self.values if name in re.split(r"/| positive| & ", value)}
            kept = printed if named else ()
            self._known[names] = self._of(PlainReading(translated.lookup, translated.phenotype, kept))
        return self._known[names]

    def _of(self, reading: PlainReading) -> Meaning:
        if reading not in self._by_text:
            weights = ((value, weight_of(value, reading)) for value in self.values)
            self._by_text[reading] = tuple((value, weight) for value, weight in weights if weight)
        return self._by_text[reading]

    def _tabulate(self) -> tuple[np.ndarray, np.ndarray]:
        names = [allele.name for allele in self._plain.alleles]
        numbers: dict[Meaning, int] = {}
        pairs = np.zeros((len(names), len(names)), dtype=np.int32)
        one_copy = self.gene.sex_linked or self.gene.calling is CallingMode.HAPLOID
        for i, one in enumerate(names):
            for j in range(i, len(names)):
                meaning = self.meaning((one, names[j])) if self.gene.calling is not CallingMode.HAPLOID else ()
                pairs[i, j] = pairs[j, i] = numbers.setdefault(meaning, len(numbers))
        singles = [numbers.setdefault(self.meaning((n,)) if one_copy else (), len(numbers)) for n in names]
        self._meanings = list(numbers)
        return pairs, np.array(singles, dtype=np.int32)

    def anything(self) -> frozenset[Meaning]:
        """Return every meaning the gene can have."""
        if self.gene.calling is CallingMode.PRESENCE:
            states = product(("positive", "negative"), repeat=len(self.gene.statuses))
            readings = (
                PlainReading(
                    tuple(f"{s} {state}" for s, state in zip(self.gene.statuses, found, strict=True)), None, ()
                )
                for found in states
                if found.count("positive") <= 2
            )
            return frozenset(self._of(reading) for reading in readings)
        return frozenset(self.meaning(names) for names in all_pairs(self.gene))

    def left_by(self, pattern: Pattern) -> frozenset[Meaning]:
        """Return the meanings of all diplotypes that fit the pattern; every meaning where none fits."""
        if pattern not in self._patterns:
            self._patterns[pattern] = self._left_by(pattern) or self.anything()
        return self._patterns[pattern]

    def _left_by(self, pattern: Pattern) -> frozenset[Meaning]:
        if self.gene.calling is CallingMode.LOWEST_FUNCTION:
            return frozenset(self.meaning(names) for names in self._lowest.pairs(pattern))
        found: set[int] = set()
        copies = possible_copies(self.gene, pattern)
        if 2 in copies:
            found |= set(np.unique(self._pair_meanings[self._plain.pair_matrix(pattern)]).tolist())
        if 1 in copies:
            found |= set(np.unique(self._single_meanings[self._plain.singles(pattern)]).tolist())
        return frozenset(self._meanings[number] for number in found)


def position_meanings(values: Iterable[str], bases: tuple[str, ...], found: tuple[str, ...]) -> frozenset[Meaning]:
    """The meanings of a position that guidelines ask for itself; of all its genotypes where it was not seen."""
    pairs = [found] if len(found) == 2 else list(product(bases, repeat=2))
    texts = [("/".join(pair), "/".join(reversed(pair))) for pair in pairs]
    return frozenset(tuple((value, 1) for value in values if value in text) for text in texts)


def find_plain_row(rows: Iterable[AdviceRow], meanings: Mapping[str, Meaning]) -> AdviceRow | None:
    """The row all of whose needs are met; the one that names most, then the first."""
    best: tuple[int, AdviceRow | None] = (0, None)
    for row in rows:
        weights = [max((w for v, w in meanings[need.gene] if v in need.values), default=0) for need in row.when]
        if all(weights) and sum(weights) > best[0]:
            best = (sum(weights), row)
    return best[1]


def outcomes(guideline: Guideline, population: str, open_genes: Mapping[str, frozenset[Meaning]]) -> set[object]:
    """All treatments that the open results lead to for one population, whose own rows go before those for everybody."""
    own = [row for row in guideline.rows if row.population == population]
    everybody = [row for row in guideline.rows if not row.population]
    found: set[object] = set()
    for combination in product(*(open_genes[symbol] for symbol in guideline.genes)):
        meanings = dict(zip(guideline.genes, combination, strict=True))
        row = find_plain_row(own, meanings) or find_plain_row(everybody, meanings)
        found.add((row.actions, row.alternatives) if row else None)
    return found


def values_asked(rules: RuleSet) -> dict[str, tuple[str, ...]]:
    """Every value that any guideline asks of each gene."""
    found: dict[str, dict[str, None]] = {}
    for drug in rules.drugs.values():
        for guideline in drug.guidelines:
            for row in guideline.rows:
                for need in row.when:
                    found.setdefault(need.gene, {}).update(dict.fromkeys(need.values))
    return {gene: tuple(values) for gene, values in found.items()}
