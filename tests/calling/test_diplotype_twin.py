"""The matcher against a slow, plain twin that tries every strand assignment."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from slow_twin import SlowMatcher, classes_of

from pgx.calling.diplotype import read_pairs
from pgx.calling.seen import read_unseen
from pgx.domain.evidence import EvidenceState
from pgx.domain.gene import Allele, CallingMode, Gene, LookupMethod
from pgx.domain.genotype import Genotype, Pattern
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


@settings(max_examples=400, deadline=None)
@given(cases())
def test_same_diplotypes_and_scores(case):
    gene, pattern = case
    finding, _ = read_pairs(gene, pattern, 2).find(read_unseen(gene))
    assert {d.alleles: d.score for d in finding.diplotypes} == SlowMatcher(gene).matches(pattern)
    scores = [d.score for d in finding.diplotypes]
    assert scores == sorted(scores, reverse=True)
    assert finding.best == scores.count(max(scores, default=0))


@settings(max_examples=400, deadline=None)
@given(cases())
def test_same_functions_are_consistent(case):
    gene, pattern = case
    finding, _ = read_pairs(gene, pattern, 2).find(read_unseen(gene))
    if not finding.diplotypes:
        return
    best = classes_of(gene, [d.alleles for d in finding.diplotypes[: finding.best]])
    seen = classes_of(gene, finding.consistent.seen)
    unseen = classes_of(gene, finding.consistent.unseen)
    assert seen == SlowMatcher(gene).classes(pattern, unseen_at_reference=True) | best
    assert seen | unseen == SlowMatcher(gene).classes(pattern, unseen_at_reference=False)
