"""A slow, plain reading of gene tables and genotypes, to check the fast one with. Knows nothing of pgx.calling.

Every pair of the table's alleles is tried at every position that was seen; unseen positions hold anything.
Alleles that small variants cannot show (deletions, hybrids) are taken as excluded, as the field does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations_with_replacement, product

import numpy as np

from pgx.domain.gene import IUPAC, Allele, CallingMode, Gene
from pgx.domain.genotype import Genotype, Pattern, Sex
from pgx.domain.names import name_key

AlleleNames = tuple[str, ...]
"""Names of the alleles of a diplotype, or of the one allele where there is one copy."""


def bases_of(gene: Gene, allele: Allele) -> list[str]:
    """The bases an allele may have at each defining position, as a string of letters or a list of one sequence."""
    reference = dict(gene.reference_allele.core) if gene.reference_allele else {}
    core = dict(allele.core)
    return [core.get(v.name, reference.get(v.name, v.ref)) for v in gene.variants]


def allows(code: str, base: str) -> bool:
    return base == code or base in IUPAC.get(code, "")


@dataclass(frozen=True)
class PlainGene:
    """A gene's alleles that small variants can show, spelt out."""

    gene: Gene

    @cached_property
    def alleles(self) -> list[Allele]:
        return [a for a in self.gene.alleles if not a.structural and (a.core or a.defines_all)]

    @cached_property
    def spelt(self) -> list[list[str]]:
        return [bases_of(self.gene, allele) for allele in self.alleles]

    def may_be(self, row: int, base: str) -> np.ndarray:
        """Which alleles may have this base at this position; unknown bases count as reference where the table says."""
        if base not in self.gene.variants[row].bases:
            if not self.gene.undocumented_is_reference:
                return np.zeros(len(self.alleles), dtype=bool)
            base = self.reference_base(row)
        return np.array([allows(spelt[row], base) for spelt in self.spelt])

    def reference_base(self, row: int) -> str:
        reference = self.gene.reference_allele
        assert reference is not None
        code = bases_of(self.gene, reference)[row]
        return next(base for base in self.gene.variants[row].bases if allows(code, base))

    def pair_matrix(self, pattern: Pattern, *, phased: bool = True, ignore: Collection[int] = ()) -> np.ndarray:
        """Which pairs of alleles explain both strands at all seen positions, shape (alleles, alleles)."""
        size = len(self.alleles)
        fits = np.ones((size, size), dtype=bool)
        blocks: dict[object, tuple[np.ndarray, np.ndarray]] = {}
        for row, genotype in seen_rows(self.gene, pattern, copies=2):
            if row in ignore:
                continue
            first, second = (self.may_be(row, pattern.bases[row][code]) for code in genotype.alleles)
            if not genotype.is_heterozygous:
                fits &= first[:, None] & first[None, :]
                continue
            key = ("set", genotype.phase_set) if genotype.phased and phased else row
            known = blocks.get(key, (np.ones(size, dtype=bool), np.ones(size, dtype=bool)))
            blocks[key] = (known[0] & first, known[1] & second)
        for first, second in blocks.values():
            either = first[:, None] & second[None, :]
            fits &= either | either.T
        return fits

    def singles(self, pattern: Pattern) -> np.ndarray:
        """Which alleles fit alone, where there is one copy."""
        fits = np.ones(len(self.alleles), dtype=bool)
        for row, genotype in seen_rows(self.gene, pattern, copies=1):
            fits &= self.may_be(row, pattern.bases[row][genotype.alleles[0]])
        return fits


def seen_rows(gene: Gene, pattern: Pattern, copies: int) -> Iterator[tuple[int, Genotype]]:
    """The defining positions with alleles on as many strands as there are; others count as unseen."""
    for row, genotype in enumerate(pattern.genotypes[: len(gene.variants)]):
        if not genotype.state.gives_alleles:
            continue
        single = copies == 1 and len(set(genotype.alleles)) == 1
        if single or (copies == 2 and len(genotype.alleles) == 2):
            yield row, genotype


def possible_copies(gene: Gene, pattern: Pattern) -> tuple[int, ...]:
    """How many copies of the gene the sample may have."""
    if gene.calling is CallingMode.HAPLOID:
        return (1,)
    if not gene.sex_linked or pattern.sex is Sex.FEMALE:
        return (2,)
    if pattern.sex is Sex.MALE:
        return (1,)
    if any(genotype.is_heterozygous for genotype in pattern.genotypes):
        return (2,)
    return (1,) if any(len(genotype.alleles) == 1 for genotype in pattern.genotypes) else (1, 2)


def undocumented(gene: Gene, pattern: Pattern) -> list[str]:
    """Names of seen positions where the sample has a base that the table does not know."""
    return [
        variant.name
        for variant, genotype, bases in zip(gene.variants, pattern.genotypes, pattern.bases, strict=False)
        if any(bases[code] not in variant.bases for code in genotype.alleles)
    ]


class LowestFunction:
    """Genes where every variant is an allele: the least functional one of each strand decides."""

    def __init__(self, gene: Gene) -> None:
        self.gene = gene
        reference = gene.reference_allele
        assert reference is not None
        self.reference = reference.name
        self.rows = {variant.name: row for row, variant in enumerate(gene.variants)}
        self.linked = {row for p in gene.proxies for row in (self.rows[p.decides], self.rows[p.stands_in])}
        self.by_name = {allele.name: allele for allele in gene.alleles}

    def order(self, name: str) -> tuple[object, ...]:
        function = self.by_name[name].function
        order = self.gene.function_order
        place = order.index(function) if function in order else len(order)
        return (place, name not in self.gene.preferred_alleles, name != self.reference, name_key(name))

    def lowest(self, names: Iterable[str]) -> str:
        return min(names, key=self.order, default=self.reference)

    def pairs(self, pattern: Pattern) -> set[AlleleNames]:
        """Every pair that can decide: all ways the blocks can lie, anything at unseen positions of either strand."""
        hidden = [None, *self.hidden(pattern)]
        found = set()
        for one, other in self.strands(pattern):
            for unseen in product(hidden, repeat=2):
                sides = [
                    (*names, *([extra] if extra else [])) for names, extra in zip((one, other), unseen, strict=True)
                ]
                found.add(tuple(sorted(self.lowest(side) for side in sides)))
        return found

    def hidden(self, pattern: Pattern) -> list[str]:
        """Alleles that lie at unseen positions; of those that no guideline can tell apart the first one."""
        missing = {row for row in range(len(self.gene.variants)) if not pattern.genotypes[row].state.gives_alleles}
        first: dict[object, str] = {}
        for name in sorted((allele.name for allele in self.gene.alleles), key=self.order):
            allele = self.by_name[name]
            if self.is_open(allele, missing):
                named = name if name in self.gene.named_alleles else ""
                first.setdefault((allele.function, allele.activity, named), name)
        return list(first.values())

    def is_open(self, allele: Allele, missing: set[int]) -> bool:
        if allele.defines_all:
            return False
        for proxy in self.gene.proxies:
            if allele.name in (proxy.allele, proxy.decides_only):
                return self.rows[proxy.decides] in missing
        return any(self.rows[name] in missing for name, _ in allele.core)

    def strands(self, pattern: Pattern) -> set[tuple[AlleleNames, AlleleNames]]:
        """What was seen on the two strands, in every way the phase blocks can lie."""
        blocks: dict[object, list[tuple[int, Genotype]]] = {}
        for row, genotype in seen_rows(self.gene, pattern, copies=2):
            key = ("set", genotype.phase_set) if genotype.phased else row
            blocks.setdefault(key if genotype.is_heterozygous else "both", []).append((row, genotype))
        turns = product((0, 1), repeat=len([key for key in blocks if key != "both"]))
        dealt = [self.deal(blocks, turn, pattern) for turn in turns]
        return {(self.names(a, x), self.names(b, y)) for a, b in dealt for x, y in product((False, True), repeat=2)}

    def deal(
        self, blocks: dict[object, list[tuple[int, Genotype]]], turn: tuple[int, ...], pattern: Pattern
    ) -> tuple[dict[int, str], dict[int, str]]:
        strands: tuple[dict[int, str], dict[int, str]] = ({}, {})
        turns = iter(turn)
        for key, members in blocks.items():
            swap = 0 if key == "both" else next(turns)
            for row, genotype in members:
                for strand in (0, 1):
                    strands[strand][row] = pattern.bases[row][genotype.alleles[strand ^ swap]]
        return strands

    def names(self, strand: dict[int, str], linked: bool) -> AlleleNames:
        """The alleles on a strand; `linked` tells whether an unseen stand-in has its variant."""
        found = [
            allele.name
            for allele in self.gene.alleles
            if len(allele.core) == 1
            and not allele.defines_all
            and (row := self.rows[allele.core[0][0]]) not in self.linked
            and row in strand
            and allows(allele.core[0][1], strand[row])
        ]
        for proxy in self.gene.proxies:
            decides, stands_in = self.rows[proxy.decides], self.rows[proxy.stands_in]
            variant = self.gene.variants
            if strand.get(decides, variant[decides].ref) != variant[decides].ref:
                beside = strand[stands_in] != variant[stands_in].ref if stands_in in strand else linked
                found.append(proxy.allele if beside else proxy.decides_only)
        return tuple(found)


def all_pairs(gene: Gene) -> list[AlleleNames]:
    """Every pair of the table's alleles, structural ones too; single ones on X and on the mitochondrion."""
    names = [allele.name for allele in gene.alleles]
    if gene.calling is CallingMode.HAPLOID:
        return [(name,) for name in names]
    pairs: list[AlleleNames] = list(combinations_with_replacement(names, 2))
    return [*((name,) for name in names), *pairs] if gene.sex_linked else pairs
