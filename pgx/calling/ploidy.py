"""How many strands a genotype can have: sex chromosomes, the mitochondrion, and calls that do not fit."""

from __future__ import annotations

from dataclasses import replace

from pgx.domain.call import Note
from pgx.domain.evidence import EvidenceState
from pgx.domain.gene import CallingMode, Gene
from pgx.domain.genotype import Genotype, Pattern, Sex


def fit_ploidy(gene: Gene, pattern: Pattern) -> tuple[Pattern, int, tuple[Note, ...]]:
    """Return the pattern with each genotype on as many strands as the gene has, that number, and remarks.

    Genotypes that cannot be fitted lose their alleles: a man heterozygous on X becomes `conflict`, one allele
    where two are expected and mixed bases on the mitochondrion become `no_call`.
    """
    copies = _copies(gene, pattern)
    genotypes = tuple(_fit(genotype, copies, gene) for genotype in pattern.genotypes)
    changed = [
        variant.name
        for variant, before, after in zip(gene.positions, pattern.genotypes, genotypes, strict=True)
        if before.state.gives_alleles and not after.state.gives_alleles
    ]
    notes = (Note("ploidy", _explain(gene, copies, changed)),) if changed else ()
    return replace(pattern, genotypes=genotypes), copies, notes


def _copies(gene: Gene, pattern: Pattern) -> int:
    if gene.calling is CallingMode.HAPLOID:
        return 1
    if not gene.sex_linked or pattern.sex is Sex.FEMALE:
        return 2
    if pattern.sex is Sex.MALE:
        return 1
    haploid = any(len(g.alleles) == 1 for g in pattern.genotypes)
    mixed = any(g.is_heterozygous for g in pattern.genotypes)
    return 1 if haploid and not mixed else 2


def _fit(genotype: Genotype, copies: int, gene: Gene) -> Genotype:
    if not genotype.state.gives_alleles or len(genotype.alleles) == copies:
        return genotype
    if copies == 1 and not genotype.is_heterozygous:
        return replace(genotype, alleles=genotype.alleles[:1])
    state = EvidenceState.CONFLICT if copies == 1 and gene.sex_linked else EvidenceState.NO_CALL
    return Genotype(state, seen=tuple(sorted({code for code in genotype.alleles if code})))


def _explain(gene: Gene, copies: int, names: list[str]) -> str:
    wanted = "one allele" if copies == 1 else "two alleles"
    return f"{gene.symbol} has {wanted} here; the genotypes at {', '.join(names)} do not fit that and were not used."
