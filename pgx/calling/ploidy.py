"""How many strands a genotype can have: sex chromosomes, the mitochondrion, and calls that do not fit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pgx.domain.call import Note
from pgx.domain.evidence import EvidenceState
from pgx.domain.gene import CallingMode, Gene
from pgx.domain.genotype import Genotype, Pattern, Sex

HOMOPLASMIC = 0.95
"""Share of the reads from which a mitochondrial base counts as the only one; reads have errors."""


def fit_ploidy(gene: Gene, pattern: Pattern) -> tuple[Pattern, int, tuple[Note, ...]]:
    """Return the pattern with each genotype on as many strands as the gene has, that number, and remarks.

    Genotypes that cannot be fitted lose their alleles: a man heterozygous on X becomes `conflict`, one allele
    where two are expected becomes `no_call`. Mixed bases on the mitochondrion are settled by their share of the
    reads where that is known; else both stay possible.
    """
    copies = _copies(gene, pattern)
    rows = pattern.notable if pattern.plain_strands <= {copies} else range(len(pattern.genotypes))
    before = [pattern.genotypes[row] for row in rows]
    after = [_fit(genotype, copies, gene) for genotype in before]
    mixed = tuple(_mixed_notes(gene, pattern))
    if all(one is other for one, other in zip(before, after, strict=True)):
        return pattern, copies, mixed
    genotypes = list(pattern.genotypes)
    for row, genotype in zip(rows, after, strict=True):
        genotypes[row] = genotype
    changed = [
        gene.positions[row].name
        for row, one, other in zip(rows, before, after, strict=True)
        if one.state.gives_alleles and not other.state.gives_alleles
    ]
    notes = (Note("ploidy", _explain(gene, copies, changed)),) if changed else ()
    return replace(pattern, genotypes=tuple(genotypes)), copies, (*notes, *mixed)


def _copies(gene: Gene, pattern: Pattern) -> int:
    if gene.calling is CallingMode.HAPLOID:
        return 1
    if not gene.sex_linked or pattern.sex is Sex.FEMALE:
        return 2
    if pattern.sex is Sex.MALE:
        return 1
    notable = [pattern.genotypes[row] for row in pattern.notable]
    haploid = 1 in pattern.plain_strands or any(len(genotype.alleles) == 1 for genotype in notable)
    mixed = any(genotype.is_heterozygous for genotype in notable)
    return 1 if haploid and not mixed else 2


def _fit(genotype: Genotype, copies: int, gene: Gene) -> Genotype:
    if not genotype.state.gives_alleles:
        return genotype
    if gene.calling is CallingMode.HAPLOID:
        return _settle_mixture(genotype, gene)
    if len(genotype.alleles) == copies:
        return genotype
    if copies == 1 and not genotype.is_heterozygous:
        return replace(genotype, alleles=genotype.alleles[:1])
    state = EvidenceState.CONFLICT if copies == 1 else EvidenceState.NO_CALL
    return Genotype(state, seen=tuple(sorted({code for code in genotype.alleles if code})))


def _settle_mixture(genotype: Genotype, gene: Gene) -> Genotype:
    """Take the one base that the share of the reads speaks for; both where it is not known."""
    if not any(genotype.alleles) or (genotype.fraction is None and not genotype.is_heterozygous):
        return replace(genotype, alleles=genotype.alleles[:1])
    if genotype.fraction is None:
        return replace(genotype, phased=False)
    acts = genotype.fraction >= gene.heteroplasmy_threshold
    return replace(genotype, alleles=(max(genotype.alleles) if acts else 0,))


def _mixed_notes(gene: Gene, pattern: Pattern) -> Iterator[Note]:
    """Report every mixed position of a haploid gene, also those that are not acted on."""
    if gene.calling is not CallingMode.HAPLOID:
        return
    for variant, genotype, bases in zip(gene.positions, pattern.genotypes, pattern.bases, strict=True):
        pure = genotype.fraction is not None and genotype.fraction >= HOMOPLASMIC
        if pure or not any(genotype.alleles) or (genotype.fraction is None and not genotype.is_heterozygous):
            continue
        text = f"{variant.name} is mixed: {bases[max(genotype.alleles)]} {_share(genotype, gene)}."
        yield Note("heteroplasmy", text)


def _share(genotype: Genotype, gene: Gene) -> str:
    if genotype.fraction is None:
        return "in an unknown share of the reads; with and without it are both reported"
    limit = f"{gene.heteroplasmy_threshold:.0%}"
    acted = (
        f"from {limit} on it counts"
        if genotype.fraction >= gene.heteroplasmy_threshold
        else f"below {limit} it does not count"
    )
    return f"in {genotype.fraction:.0%} of the reads; {acted}"


def _explain(gene: Gene, copies: int, names: list[str]) -> str:
    wanted = "one allele" if copies == 1 else "two alleles"
    return f"{gene.symbol} has {wanted} here; the genotypes at {', '.join(names)} do not fit that and were not used."
