"""Placed copies against a slow, plain twin: every pair of alleles, order of the strands and split of copies."""

from __future__ import annotations

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from pgx.calling.copy_number import fit_copies, place_copies
from pgx.calling.diplotype import read_pairs
from pgx.calling.matrix import allele_matrix
from pgx.calling.seen import read_unseen
from pgx.domain.evidence import EvidenceState
from pgx.domain.gene import Allele, CallingMode, Deletions, Gene, LookupMethod
from pgx.domain.genotype import Genotype, Pattern, Structure
from pgx.domain.names import name_key
from pgx.domain.variant import Variant

BASES = ("A", "G")


@st.composite
def genes(draw):
    width = draw(st.integers(1, 4))
    variants = tuple(Variant(f"p{n}", "chr1", 100 + n, 100 + n, BASES, "A") for n in range(width))
    cores = draw(st.lists(st.sets(st.sampled_from([v.name for v in variants]), min_size=1), min_size=1, max_size=6))
    functions = st.sampled_from(["Normal function", "Decreased function", "No function"])
    alleles = [Allele("*1", "Normal function", defines_all=True), Allele("*99", "No function", structural=True)]
    kept = dict.fromkeys(tuple(sorted((name, "G") for name in core)) for core in cores)
    alleles += [Allele(f"*{n}", draw(functions), core=core) for n, core in enumerate(kept, 2)]
    mode, lookup = CallingMode.DIPLOTYPE, LookupMethod.PHENOTYPE
    deletions = Deletions("*99")
    return Gene("TOY", "HGNC:0", "1", "chr1", mode, lookup, (), variants, tuple(alleles), (), deletions=deletions)


@st.composite
def cases(draw):
    gene = draw(genes())
    code = st.integers(0, 1)
    called = st.builds(lambda a, b, phased: Genotype(EvidenceState.CALLED, (a, b), phased), code, code, st.booleans())
    genotype = st.one_of(called, called, called, st.just(Genotype(EvidenceState.ABSENT)))
    genotypes = tuple(draw(genotype) for _ in gene.variants)
    strands = draw(st.sampled_from([(1, 2), (2, 1), (1, 3), (2, 2), (3, 1), (0, 1), (1, 0), (0, 2), (3, 0)]))
    phased = draw(st.booleans())
    known = draw(st.booleans())
    layout = strands if phased else tuple(sorted(strands))
    structure = Structure(layout, phased) if known else Structure()
    bases = tuple(v.bases for v in gene.variants)
    return gene, Pattern(genotypes, bases, copy_number=sum(strands), structure=structure)


def fits(gene, allele, codes):
    core = dict(allele.core)
    return all(
        code is None or BASES[code] == core.get(v.name, "A") for v, code in zip(gene.variants, codes, strict=True)
    )


def orders(pattern):
    """The codes of both strands, every way round for heterozygous genotypes that are not phased."""
    choices = []
    for genotype in pattern.genotypes:
        if not genotype.state.gives_alleles:
            choices.append([(None, None)])
        elif genotype.phased or not genotype.is_heterozygous:
            choices.append([genotype.alleles])
        else:
            choices.append([genotype.alleles, genotype.alleles[::-1]])
    return product(*choices)


def layouts(pattern):
    """Copies on the first and the second strand, every way that the records leave open."""
    strands, total = pattern.structure.strands, pattern.copy_number
    if pattern.structure.phased:
        return [strands]
    if strands:
        return [strands, strands[::-1]]
    return [(0, 1), (1, 0)] if total == 1 else [(n, total - n) for n in range(1, total)]


def plain(gene, pattern):
    """Every pair of counted alleles that explains what was read; a strand without the gene explains anything."""
    alleles = [allele for allele in gene.alleles if not allele.structural]
    found = set()
    for order, layout in product(orders(pattern), layouts(pattern)):
        strands = list(zip(*order, strict=True))
        choices = [
            [(a.name, n) for a in alleles if fits(gene, a, strand)] if n else [("*99", 1)]
            for strand, n in zip(strands, layout, strict=True)
        ]
        found |= {tuple(sorted(pair, key=lambda one: name_key(one[0]))) for pair in product(*choices)}
    return found


def in_class(gene, pair):
    """The pair with the first allele of the same function in the place of each."""
    matrix = allele_matrix(gene)
    numbers = {allele.name: number for number, allele in enumerate(matrix.alleles)}
    named = [(matrix.representative(matrix.class_of[numbers[a]]) if a in numbers else a, n) for a, n in pair]
    return tuple(sorted(a if n == 1 else f"{a}x{n}" for a, n in named))


def is_contradicted(pattern):
    """One copy, and a genotype of two alleles that no phase divides."""
    lone = 0 in next(iter(layouts(pattern)))
    divided = pattern.structure.phased
    return lone and any(g.is_heterozygous and not (divided and g.phased) for g in pattern.genotypes)


@settings(max_examples=1500, deadline=None)
@given(cases())
def test_every_possible_pair_is_consistent_and_every_best_pair_possible(case):
    gene, pattern = case
    if is_contradicted(pattern) or not any(g.state.gives_alleles for g in pattern.genotypes):
        return
    fitted, copies, _ = fit_copies(gene, pattern)
    finding, _ = place_copies(gene, fitted, read_pairs(gene, fitted, copies).find(read_unseen(gene)))
    possible = plain(gene, pattern)
    allowed = {tuple(sorted(pair)) for pair in (*finding.consistent.seen, *finding.consistent.unseen)}
    assert {in_class(gene, pair) for pair in possible} <= allowed
    names = {tuple(sorted(a if n == 1 else f"{a}x{n}" for a, n in pair)) for pair in possible}
    assert {tuple(sorted(one.alleles)) for one in finding.diplotypes} <= names
