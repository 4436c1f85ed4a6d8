"""Extra positions: genotypes that a guideline asks for although no allele of the gene is made of them."""

from __future__ import annotations

from itertools import combinations_with_replacement

from pgx.domain.call import CallStatus, Diplotype, Evidence, GeneCall
from pgx.domain.gene import NO_RESULT, Gene
from pgx.domain.genotype import Genotype, Pattern
from pgx.domain.phenotype import Phenotype
from pgx.domain.results import GeneResult, Reading, UnseenReading
from pgx.domain.variant import Variant


def read_extra_positions(gene: Gene, pattern: Pattern) -> tuple[GeneResult, ...]:
    """Return one result for each extra position of the gene, looked up by its genotype (`G/A`)."""
    rows = range(len(gene.variants), len(gene.positions))
    return tuple(_result(variant, pattern.genotypes[row]) for variant, row in zip(gene.extra, rows, strict=True))


def _result(variant: Variant, genotype: Genotype) -> GeneResult:
    possible = tuple(
        Reading(variant.name, (f"{one}/{other}",)) for one, other in combinations_with_replacement(variant.bases, 2)
    )
    known = len(genotype.alleles) == 2 and all(code < len(variant.bases) for code in genotype.alleles)
    if not known:
        call = GeneCall(variant.name, CallStatus.NO_DATA, Evidence(()))
        unseen = tuple(UnseenReading(reading, ()) for reading in possible)
        return GeneResult(call, (), (Reading(variant.name, (NO_RESULT,)),), (), unseen)
    bases = tuple(variant.bases[code] for code in sorted(genotype.alleles))
    diplotype = Diplotype(bases, tuple((base,) for base in bases), bases)
    reading = Reading(variant.name, (diplotype.name,))
    call = GeneCall(variant.name, CallStatus.CALLED, Evidence(()), diplotypes=(diplotype,), best=1)
    return GeneResult(call, (Phenotype((), lookup=reading.lookup),), (reading,), (), ())
