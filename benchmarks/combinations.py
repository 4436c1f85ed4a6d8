"""What `--combinations` costs: time with it to time without it, gene by gene, in one run.

`python -m benchmarks.combinations [COUNT]` calls COUNT random diplotypes (10,000) of every gene both ways, half of
them unphased. The last column is the same for genotypes with variants put down at random, where mostly no pair of
alleles fits and combinations are really tried.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from time import perf_counter

from pgx.calling import CallOptions, call_pattern
from pgx.domain.evidence import EvidenceState
from pgx.domain.gene import IUPAC, Allele, CallingMode, Gene
from pgx.domain.genotype import Genotype, Pattern
from pgx.rules.ruleset import load_rules

LIMIT = 5.0
PLAIN, COMBINED = CallOptions(), CallOptions(combinations=True)
Strand = list[int]


def strand_of(gene: Gene, allele: Allele, chance: random.Random) -> Strand:
    """Base codes of one allele; one base at random where it allows several."""
    core = dict(gene.reference_allele.core if gene.reference_allele else ()) | dict(allele.core)
    strand = []
    for variant in gene.variants:
        base = core.get(variant.name, variant.ref)
        known = [variant.bases.index(b) for b in (base, *IUPAC.get(base, "")) if b in variant.bases]
        strand.append(chance.choice(known))
    return strand


def scattered(gene: Gene, chance: random.Random) -> Strand:
    """Base codes with up to three variants at random."""
    strand = [0] * len(gene.variants)
    for row in chance.sample(range(len(strand)), min(len(strand), chance.randint(0, 3))):
        strand[row] = chance.randrange(len(gene.variants[row].bases))
    return strand


def pattern_of(gene: Gene, strands: list[Strand], phased: bool) -> Pattern:
    single = gene.calling is CallingMode.HAPLOID
    genotypes = [
        Genotype(EvidenceState.CALLED, codes[:1] if single else codes, phased and not single)
        for codes in zip(*strands, strict=True)
    ]
    genotypes += [Genotype(EvidenceState.ABSENT)] * len(gene.extra)
    return Pattern(tuple(genotypes), tuple(variant.bases for variant in gene.positions))


def patterns(gene: Gene, count: int, strand: Callable[[random.Random], Strand]) -> list[Pattern]:
    chance = random.Random(gene.symbol)
    return [pattern_of(gene, [strand(chance), strand(chance)], number % 2 == 0) for number in range(count)]


def seconds(gene: Gene, made: list[Pattern], options: CallOptions) -> float:
    start = perf_counter()
    for pattern in made:
        call_pattern(gene, pattern, options)
    return perf_counter() - start


def ratio(gene: Gene, made: list[Pattern]) -> tuple[float, float]:
    """Seconds without, and how many times as long it takes with; the gene's tables are built beforehand."""
    call_pattern(gene, made[0], COMBINED)
    plain = seconds(gene, made, PLAIN)
    return plain, seconds(gene, made, COMBINED) / plain


def main(count: int = 10_000) -> int:
    worst = 0.0
    print(f"{'gene':10} {'seconds':>8} {'with':>7} {'unknown':>8}   ({count} diplotypes)")
    for gene in load_rules().genes.values():
        alleles = [allele for allele in gene.alleles if not allele.structural]
        if not gene.variants:
            continue
        named = patterns(gene, count, lambda c, g=gene, a=alleles: strand_of(g, c.choice(a), c))
        unknown = patterns(gene, max(count // 10, 1), lambda c, g=gene: scattered(g, c))
        plain, times = ratio(gene, named)
        worst = max(worst, times)
        print(f"{gene.symbol:10} {plain:8.2f} {times:6.2f}x {ratio(gene, unknown)[1]:7.2f}x")
    print(f"at most {worst:.2f} times as long; the limit is {LIMIT:g}")
    return int(worst > LIMIT)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:2])))
