"""The matchers against their slow, plain twins: ten thousand random genotypes over the shipped tables."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from slow_twin import SlowLowestFunction, SlowMatcher, arrangements, classes_of

from pgx.calling.diplotype import read_pairs
from pgx.calling.lowest_function import read_variants
from pgx.calling.seen import read_unseen
from pgx.domain.evidence import EvidenceState
from pgx.domain.gene import CallingMode
from pgx.domain.genotype import Genotype, Pattern
from pgx.rules.ruleset import load_rules

RULES = Path(__file__).resolve().parents[2] / "rules"
COUNT = 10_000
MAX_BLOCKS = 5
"""Heterozygous positions beyond this many blocks are phased together, so that 2^n stays small."""
MAX_UNSEEN = 4


@cache
def tables():
    return load_rules(RULES).genes


GENES = sorted(
    path.stem
    for path in (RULES / "genes").glob("*.yaml")
    if "calling: presence" not in path.read_text(encoding="utf-8")
)
EXAMPLES = -(-COUNT // len(GENES))


def usual_strand(gene, allele):
    core = dict(gene.reference_allele.core) | dict(allele.core)
    letters = [core.get(variant.name, variant.ref) for variant in gene.variants]
    return [
        v.bases.index(letter) if letter in v.bases else None for v, letter in zip(gene.variants, letters, strict=True)
    ]


@st.composite
def strands(draw, gene, count):
    """Alleles of the table, with a few bases changed; some bases are undocumented."""
    made = []
    alleles = [allele for allele in gene.alleles if not allele.structural]
    for _ in range(count):
        strand = usual_strand(gene, draw(st.sampled_from(alleles)))
        for row, code in enumerate(strand):
            if code is None:
                strand[row] = draw(st.integers(0, len(gene.variants[row].bases) - 1))
        for _ in range(draw(st.sampled_from((0, 0, 1, 2)))):
            row = draw(st.integers(0, len(strand) - 1))
            undocumented = draw(st.sampled_from((0, 0, 0, 1)))
            strand[row] = draw(st.integers(0, len(gene.variants[row].bases) - 1 + undocumented))
        made.append(strand)
    return made


@st.composite
def patterns(draw, gene, copies=2, max_unseen=MAX_UNSEEN):
    """Phased, unphased and in phase sets, with a few positions unseen."""
    codes = list(zip(*draw(strands(gene, copies)), strict=True))
    unseen = draw(st.sets(st.integers(0, len(codes) - 1), max_size=max_unseen))
    mode = draw(st.sampled_from(("unphased", "phased", "sets")))
    genotypes, blocks = [], 0
    for row, alleles in enumerate(codes):
        if row in unseen:
            genotypes.append(Genotype(EvidenceState.ABSENT))
            continue
        phased, number = mode == "phased", 0
        if len(set(alleles)) > 1:
            blocks += 1
            if mode == "sets":
                phased = draw(st.booleans())
                number = draw(st.integers(1, 3)) if phased else 0
            if blocks > MAX_BLOCKS:
                phased, number = True, 9
        genotypes.append(Genotype(EvidenceState.CALLED, alleles, phased, number))
    genotypes += [Genotype(EvidenceState.ABSENT)] * len(gene.extra)
    return Pattern(tuple(genotypes), tuple((*variant.bases, "<X>") for variant in gene.positions))


def examples(count):
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
    return settings(max_examples=count, deadline=None, suppress_health_check=slow)


@cache
def slow_matcher(symbol):
    return SlowMatcher(tables()[symbol])


@pytest.mark.parametrize(
    "symbol", [name for name in GENES if tables()[name].calling is not CallingMode.LOWEST_FUNCTION]
)
def test_diplotypes(symbol):
    gene, slow = tables()[symbol], slow_matcher(symbol)
    haploid = gene.calling is CallingMode.HAPLOID

    @examples(EXAMPLES)
    @given(st.data())
    def agree(data):
        copies = 1 if haploid else data.draw(st.sampled_from((1, 2))) if gene.sex_linked else 2
        pattern = data.draw(patterns(gene, copies))
        finding, _ = read_pairs(gene, pattern, copies).find(read_unseen(gene))
        wanted = slow.matches(pattern, copies)
        if finding.fell_back:
            assert wanted == {}
            return
        assert {tuple(sorted(d.alleles)): d.score for d in finding.diplotypes} == {
            tuple(sorted(names)): score for names, score in wanted.items()
        }
        if not finding.diplotypes or (gene.sex_linked and copies == 2):
            return
        best = classes_of(gene, [d.alleles for d in finding.diplotypes[: finding.best]])
        seen, unseen = classes_of(gene, finding.consistent.seen), classes_of(gene, finding.consistent.unseen)
        assert seen == slow.classes(pattern, copies, unseen_at_reference=True) | best
        assert seen | unseen == slow.classes(pattern, copies, unseen_at_reference=False)

    agree()


@pytest.mark.parametrize("symbol", [name for name in GENES if tables()[name].calling is CallingMode.LOWEST_FUNCTION])
def test_lowest_function(symbol):
    gene = tables()[symbol]
    slow = SlowLowestFunction(gene)
    linked = [slow.rows[name] for proxy in gene.proxies for name in (proxy.decides, proxy.stands_in)]

    @examples(EXAMPLES)
    @given(st.data())
    def agree(data):
        pattern = data.draw(patterns(gene, max_unseen=2))
        pattern = data.draw(with_linked(gene, pattern, linked))
        finding, _ = read_variants(gene, pattern, 2).find(read_unseen(gene))
        called = list(slow.called(pattern))
        pairs = [slow.pair(strands) for strands in called]
        lookup = sorted(finding.diplotypes[0].lookup_alleles, key=slow.rank)
        least = min(severity(slow, pair) for pair in pairs)
        assert (tuple(lookup) in pairs, severity(slow, lookup)) == (True, least)
        spelt = {tuple(sorted((slow.names(one), slow.names(other)))) for one, other in called}
        if finding.diplotypes[0].listed:
            assert slow.is_open
            found = sorted(name for name in finding.diplotypes[0].alleles if name != gene.reference_allele.name)
            assert found in [sorted(n for s in pair for n in s if n != gene.reference_allele.name) for pair in spelt]
        else:
            assert {tuple(sorted(d.components)) for d in finding.diplotypes} == spelt
        literal = [slow.pair(strands) for strands in arrangements(gene, pattern)]
        seen, unseen = classes_of(gene, finding.consistent.seen), classes_of(gene, finding.consistent.unseen)
        assert seen == classes_of(gene, literal) | classes_of(gene, pairs)
        assert seen | unseen == classes_of(gene, map(slow.pair, slow.hidden(pattern))) | seen

    agree()


@pytest.mark.parametrize("number", [0, 2])
def test_what_is_phased_with_a_stand_in_stays_with_it(number):
    """Of the linked positions of a gene one is phased with another variant, which lies on their strand too."""
    gene = tables()["DPYD"]
    (proxy,) = gene.proxies
    rows = {variant.name: row for row, variant in enumerate(gene.variants)}
    genotypes = [Genotype(EvidenceState.CALLED, (0, 0)) for _ in gene.positions]
    genotypes[rows[proxy.decides]] = Genotype(EvidenceState.CALLED, (0, 1))
    genotypes[rows["rs80081766"]] = Genotype(EvidenceState.CALLED, (1, 0))
    for name in (proxy.stands_in, "rs150036960"):
        genotypes[rows[name]] = Genotype(EvidenceState.CALLED, (0, 1), phased=True, phase_set=number)
    pattern = Pattern(tuple(genotypes), tuple(variant.bases for variant in gene.positions))
    (found,) = read_variants(gene, pattern, 2).find(read_unseen(gene))[0].diplotypes
    assert found.lookup_alleles == (proxy.allele, "c.62G>A")


@st.composite
def with_linked(draw, gene, pattern, rows):
    """The pattern with genotypes of linked positions that are seldom drawn otherwise."""
    genotypes = list(pattern.genotypes)
    for row in rows if draw(st.booleans()) else ():
        alleles = draw(st.sampled_from(((0, 0), (0, 1), (1, 0), (1, 1), ())))
        phased, number = draw(st.sampled_from(((False, 0), (True, 1), (True, 2))))
        state = EvidenceState.CALLED if alleles else EvidenceState.NO_CALL
        genotypes[row] = Genotype(state, alleles, phased and bool(alleles), number if alleles else 0)
    return Pattern(tuple(genotypes), pattern.bases)


def severity(slow, pair):
    """Functions only: the sum over both strands, then the lower one."""
    places = sorted(slow.rank(name)[0] for name in pair)
    return (sum(places), places[0])
