"""The matcher against a slow, plain twin that tries every strand assignment."""

from __future__ import annotations

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from pgx.calling.diplotype import call_diplotypes
from pgx.domain.evidence import EvidenceState
from pgx.domain.gene import Allele, CallingMode, Gene, LookupMethod
from pgx.domain.genotype import Genotype, Pattern
from pgx.domain.names import name_key
from pgx.domain.variant import Variant

BASES = ("A", "C", "G")
IUPAC = {"M": "AC", "R": "AG", "S": "CG"}


@st.composite
def genes(draw):
    width = draw(st.integers(1, 5))
    variants = tuple(Variant(f"p{n}", "chr1", 100 + n, 100 + n, BASES, "A") for n in range(width))
    letters = st.sampled_from([*BASES, *IUPAC])
    core = st.dictionaries(st.sampled_from([v.name for v in variants]), letters, min_size=1)
    others = draw(st.lists(core, min_size=1, max_size=6))
    functions = st.sampled_from(["Normal function", "Decreased function", "No function"])
    alleles = [Allele("*1", "Normal function", defines_all=True)]
    alleles += [Allele(f"*{n}", draw(functions), core=tuple(sorted(c.items()))) for n, c in enumerate(others, 2)]
    mode, lookup = CallingMode.DIPLOTYPE, LookupMethod.PHENOTYPE
    return Gene("TOY", "HGNC:0", "1", "chr1", mode, lookup, (), variants, tuple(alleles), ())


@st.composite
def cases(draw):
    gene = draw(genes())
    codes = st.integers(0, 2)
    called = st.builds(
        lambda a, b, phased, ps: Genotype(EvidenceState.CALLED, (a, b), phased, ps if phased else 0),
        codes, codes, st.booleans(), st.integers(0, 2),
    )  # fmt: skip
    genotype = st.one_of(called, called, called, st.just(Genotype(EvidenceState.ABSENT)))
    genotypes = tuple(draw(genotype) for _ in gene.variants)
    return gene, Pattern(genotypes, tuple(v.bases for v in gene.variants))


def permitted(gene, allele, variant):
    core = dict(allele.core)
    letter = core.get(variant.name, "A")
    return IUPAC.get(letter, letter)


def arrangements(pattern):
    """Every way to deal the alleles of the seen positions onto two strands, blocks kept together."""
    keys = {}
    for n, g in enumerate(pattern.genotypes):
        if g.state.gives_alleles:
            keys[n] = ("set", g.phase_set) if g.phased and g.is_heterozygous else ("own", n)
    blocks = sorted(set(keys.values()))
    for turns in product((False, True), repeat=len(blocks)):
        turned = dict(zip(blocks, turns, strict=True))
        strands = ({}, {})
        for n, key in keys.items():
            a, b = pattern.genotypes[n].alleles
            strands[0][n], strands[1][n] = (b, a) if turned[key] else (a, b)
        yield strands


def fits(gene, allele, strand):
    return all(BASES[code] in permitted(gene, allele, gene.variants[n]) for n, code in strand.items())


def strand_score(gene, allele, strand):
    core = dict(allele.core)
    total = 0
    for n, code in strand.items():
        letter = core.get(gene.variants[n].name)
        if letter in IUPAC:
            total += code != 0
        elif letter or allele.defines_all:
            total += 1
    return total


def slow_matches(gene, pattern):
    found = {}
    for one, other in arrangements(pattern):
        usable = [
            allele
            for allele in gene.alleles
            if allele.defines_all or any(gene.variants[n].name in dict(allele.core) for n in one)
        ]
        for a, b in product(usable, usable):
            if one and fits(gene, a, one) and fits(gene, b, other):
                names = tuple(sorted((a.name, b.name), key=name_key))
                score = strand_score(gene, a, one) + strand_score(gene, b, other)
                found[names] = max(score, found.get(names, 0))
    return found


def slow_classes(gene, pattern, assume_reference):
    """Function pairs of every pair of alleles that fits, unseen positions at reference or free."""
    functions = set()
    for one, other in arrangements(pattern):
        if assume_reference:
            missing = {n: 0 for n, g in enumerate(pattern.genotypes) if not g.state.gives_alleles}
            one, other = {**missing, **one}, {**missing, **other}
        for a, b in product(gene.alleles, gene.alleles):
            if fits(gene, a, one) and fits(gene, b, other):
                functions.add(tuple(sorted((a.function, b.function))))
    return functions


def classes_of(gene, pairs):
    function = {allele.name: allele.function for allele in gene.alleles}
    return {tuple(sorted(function[name] for name in pair)) for pair in pairs}


@settings(max_examples=400, deadline=None)
@given(cases())
def test_same_diplotypes_and_scores(case):
    gene, pattern = case
    finding = call_diplotypes(gene, pattern, 2)
    assert {d.alleles: d.score for d in finding.diplotypes} == slow_matches(gene, pattern)
    scores = [d.score for d in finding.diplotypes]
    assert scores == sorted(scores, reverse=True)
    assert finding.best == scores.count(max(scores, default=0))


@settings(max_examples=400, deadline=None)
@given(cases())
def test_same_functions_are_consistent(case):
    gene, pattern = case
    finding = call_diplotypes(gene, pattern, 2)
    if not finding.diplotypes:
        return
    best = classes_of(gene, [d.alleles for d in finding.diplotypes[: finding.best]])
    seen = classes_of(gene, finding.consistent.seen)
    unseen = classes_of(gene, finding.consistent.unseen)
    assert seen == slow_classes(gene, pattern, True) | best
    assert seen | unseen == slow_classes(gene, pattern, False)
