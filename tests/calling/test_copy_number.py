"""Copies of a gene: deletions, duplications, which allele has them, and what stays open without a number."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pgx.calling import CallOptions, call_pattern
from pgx.domain.call import CallStatus, Note
from pgx.domain.evidence import EvidenceState
from pgx.domain.gene import ActivityValue, Allele, CallingMode, Deletions, Gene, LookupMethod, PhenotypeRule
from pgx.domain.genotype import Genotype, Pattern, Structure
from pgx.domain.variant import Variant
from pgx.phenotypes.interpretation import Interpreter

N, D, Z, I = "Normal function", "Decreased function", "No function", "Increased function"  # noqa: E741
VARIANTS = tuple(Variant(name, "chr22", at, at, ("A", "G"), "A") for name, at in (("p1", 10), ("p2", 20), ("p3", 30)))
ALLELES = (
    Allele("*1", N, ActivityValue(1.0), defines_all=True),
    Allele("*2", Z, ActivityValue(0.0), (("p1", "G"),)),
    Allele("*3", D, ActivityValue(0.5), (("p2", "G"),)),
    Allele("*4", D, ActivityValue(0.5), (("p1", "G"), ("p2", "G"))),
    Allele("*5", Z, ActivityValue(0.0), structural=True),
    Allele("*6", Z, ActivityValue(0.0), structural=True),
    Allele("*1x2", I, ActivityValue(2.0), structural=True),
    Allele("*1x≥3", I, ActivityValue(3.0, True), structural=True),
    Allele("*2x2", Z, ActivityValue(0.0), structural=True),
    Allele("*3x2", N, ActivityValue(1.0), structural=True),
    Allele("*13+*3", D, ActivityValue(0.5), structural=True),
)
RULES = (
    PhenotypeRule("Poor", minimum=0.0, maximum=0.0),
    PhenotypeRule("Between", minimum=0.25, maximum=1.0),
    PhenotypeRule("Normal", minimum=1.25, maximum=2.25),
    PhenotypeRule("Fast", minimum=2.5),
)
GENE = Gene(
    "TOY", "HGNC:0", "1", "chr22", CallingMode.DIPLOTYPE, LookupMethod.ACTIVITY_SCORE, (), VARIANTS, ALLELES, RULES,
    copy_number_required=True, deletions=Deletions("*5"),
)  # fmt: skip
FREE = replace(GENE, copy_number_required=False, deletions=Deletions("*5", "*6"))
"""The same gene where a number of copies is not needed, and partial deletions have a name."""


def genotype(text: str) -> Genotype:
    """Read `0/1`, `0|1`, `0`, `.`, or with copies of each allele: `0/1:1,2`."""
    body, _, copies = text.partition(":")
    if body == ".":
        return Genotype(EvidenceState.ABSENT)
    alleles = tuple(int(code) for code in body.replace("|", "/").split("/"))
    counted = tuple(int(number) for number in copies.split(",")) if copies else ()
    return Genotype(EvidenceState.CALLED, alleles, "|" in body, copies=counted)


def pattern(texts: str, copies: int | None, **structure: object) -> Pattern:
    genotypes = tuple(genotype(text) for text in texts.split())
    return Pattern(genotypes, tuple(v.bases for v in VARIANTS), copy_number=copies, structure=Structure(**structure))


def call(texts: str, copies: int | None, gene: Gene = GENE, **structure: object):
    return call_pattern(gene, pattern(texts, copies, **structure), CallOptions())


def names(found) -> str:
    return " or ".join(diplotype.name for diplotype in found.best_diplotypes)


def codes(found) -> set[str]:
    return {note.code for note in found.notes} - {"structural-not-testable"}


CASES = {
    "no copy": ("0/0 0/0 0/0", 0, {}, "*5/*5"),
    "no copy, nothing seen": (". . .", 0, {}, "*5/*5"),
    "one copy": ("1/1 0/0 0/0", 1, {}, "*2/*5"),
    "one copy, haploid calls": ("0 1 0", 1, {}, "*3/*5"),
    "one copy on the second strand": ("0|1 0|0 0|0", 1, {"strands": (0, 1), "phased": True}, "*2/*5"),
    "one copy on the first strand": ("0|1 0|0 0|0", 1, {"strands": (1, 0), "phased": True}, "*1/*5"),
    "one copy, strand unknown, het": ("0/1 0/0 0/0", 1, {}, "*1/*5"),
    "two copies": ("0/1 0/0 0/0", 2, {}, "*1/*2"),
    "two copies on one strand": ("1/1 0/0 0/0", 2, {"strands": (0, 2)}, "*2x2/*5"),
    "two copies on the second strand": ("0|1 0|0 0|0", 2, {"strands": (0, 2), "phased": True}, "*2x2/*5"),
    "three, homozygous": ("0/0 0/0 0/0", 3, {}, "*1/*1x2"),
    "three, heterozygous": ("0/1 0/0 0/0", 3, {}, "*1/*2x2 or *1x2/*2"),
    "three, phased": ("0|1 0|0 0|0", 3, {"strands": (2, 1), "phased": True}, "*1x2/*2"),
    "three, phased the other way": ("1|0 0|0 0|0", 3, {"strands": (2, 1), "phased": True}, "*1/*2x2"),
    "three, strands not phased": ("1|0 0|0 0|0", 3, {"strands": (1, 2)}, "*1/*2x2 or *1x2/*2"),
    "three, genotypes not phased": ("0/1 0/0 0/0", 3, {"strands": (2, 1), "phased": True}, "*1/*2x2 or *1x2/*2"),
    "three, reads tell": ("0/1:1,2 0/0 0/0", 3, {}, "*1/*2x2"),
    "three, reads agree": ("0|1:2,1 1|0:2,1 0/0", 3, {}, "*2/*3x2"),
    "three, reads disagree": ("0|1:2,1 1|0:1,2 0/0", 3, {}, "*2/*3x2 or *2x2/*3"),
    "four, homozygous": ("0/0 0/0 0/0", 4, {}, "*1/*1x3 or *1x2/*1x2"),
    "four, heterozygous": ("0/1 0/0 0/0", 4, {}, "*1/*2x3 or *1x2/*2x2 or *1x3/*2"),
    "four, reads tell": ("0/1:2,2 0/0 0/0", 4, {}, "*1x2/*2x2"),
    "four, layout known": ("0/1 0/0 0/0", 4, {"strands": (1, 3)}, "*1/*2x3 or *1x3/*2"),
    "unphased pair and phased pair of alleles": ("0/1 0/1 0/0", 3, {}, "*1/*4x2 or *1x2/*4"),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_copies_are_placed(case):
    texts, copies, structure, expected = case
    assert names(call(texts, copies, **structure)) == expected


def test_every_way_round_is_ambiguous_and_says_so():
    found = call("0/1 0/0 0/0", 3)
    assert found.status is CallStatus.AMBIGUOUS
    assert "copies-open" in codes(found)
    assert "copies-open" not in codes(call("0/1:1,2 0/0 0/0", 3))


def test_two_alleles_on_one_copy_are_a_conflict():
    found = call("0/1 0/0 0/0", 1)
    assert "one-copy-two-alleles" in codes(found)
    assert dict(found.evidence.counts)["conflict"] == 1
    assert "*2" in found.evidence.not_excluded


def test_genotypes_without_a_gene_are_never_an_all_clear():
    assert call("0/0 0/0 0/0", 0).never_green
    assert not call(". . .", 0).never_green


READINGS = {
    "deletion": ("0/0 0/0 0/0", 1, ("1.0",)),
    "listed copies": ("0/0 0/0 0/0", 3, ("3.0",)),
    "open-ended copies": ("0/0 0/0 0/0", 5, ("≥4.0", "≥5.0")),
    "copies that no table has": ("1/1 1/1 0/0", 3, ("n/a",)),
}


@pytest.mark.parametrize("case", READINGS.values(), ids=READINGS)
def test_copies_have_the_scores_of_the_table(case):
    texts, copies, expected = case
    result = Interpreter(GENE).interpret(call(texts, copies))
    assert result.lookup == tuple(sorted(expected))


def test_consistent_pairs_have_the_copies_too():
    result = Interpreter(GENE).interpret(call(". 0/0 0/0", 1))
    assert [reading.lookup for reading in (*result.best, *result.seen)] == [("1.0",)]
    assert [(unseen.reading.lookup, unseen.alleles) for unseen in result.unseen] == [(("0.0",), ("*2",))]
    result = Interpreter(GENE).interpret(call(". 0/0 0/0", 3, strands=(1, 2)))
    assert {key for unseen in result.unseen for key in unseen.reading.lookup} == {"0.0", "1.0", "2.0"}
    assert {allele for unseen in result.unseen for allele in unseen.alleles} == {"*2"}


def test_a_tandem_that_looks_the_same_stays_possible():
    found = call("0/0 0/1:1,2 0/0", 3)
    assert names(found) == "*1/*3x2"
    assert ("*1", "*13+*3") in found.consistent.seen
    assert "tandem-possible" in codes(found)


INTERVALS = {
    "homozygous": ("0/0 0/0 0/0", "1.0", "≥6.0"),
    "heterozygous": ("0/1 0/0 0/0", "1.0", "≥3.0"),
    "no function": ("1/1 0/0 0/0", "0.0", "0.0"),
    "tandems": ("0/0 1/1 0/0", "0.5", "2.0"),
}


@pytest.mark.parametrize("case", INTERVALS.values(), ids=INTERVALS)
def test_without_a_number_the_open_scores_are_named(case):
    texts, lowest, highest = case
    found = call(texts, None)
    assert found.status is CallStatus.UNTESTABLE
    assert tuple(map(str, found.score_interval)) == (lowest, highest)
    assert {"copy-number-unknown", "activity-score-interval"} <= codes(found)


def test_remarks_of_the_records_reach_the_call():
    note = Note("copy-number-impossible", "17 copies")
    assert note in call("0/0 0/0 0/0", None, notes=(note,)).notes


def test_a_gene_that_needs_no_number_is_called_without_it():
    found = call("0/1 0/0 0/0", None, FREE)
    assert names(found) == "*1/*2"
    assert found.score_interval is None
    assert not found.never_green
    assert "*5" in next(note.text for note in found.notes if note.code == "structural-not-testable")
    assert not set(found.evidence.not_excluded)


PARTIAL = {
    "one strand": ("0/0 1/1 .", 1, {"strands": (0, 1), "partial": 1}, "*3/*6"),
    "heterozygous outside": ("0/1 1/1 0/0", 1, {"partial": 1}, "*3/*6 or *4/*6"),
    "both strands": ("0/0 0/0 0/0", 0, {"strands": (0, 0), "partial": 2}, "*6/*6"),
    "whole and part": ("0/0 0/0 0/0", 0, {"partial": 1}, "*5/*6"),
}


@pytest.mark.parametrize("case", PARTIAL.values(), ids=PARTIAL)
def test_partial_deletions_have_their_own_allele(case):
    texts, copies, structure, expected = case
    assert names(call(texts, copies, FREE, **structure)) == expected


def test_with_a_number_deletions_and_copies_are_tested():
    text = next(note.text for note in call("0/0 0/0 0/0", 2).notes if note.code == "structural-not-testable")
    assert "*13+*3" in text
    assert "*1x2" not in text
    assert "*5" not in text


def test_the_other_allele_of_a_function_may_lie_on_the_other_strand():
    """*1 | *2 and *7 | *4 explain the same phased genotype; both functions can have the two copies."""
    cores = {"*4": (("p1", "G"), ("p2", "G")), "*7": (("p2", "G"),)}
    other = (Allele("*4", N, ActivityValue(1.0), cores["*4"]), Allele("*7", Z, ActivityValue(0.0), cores["*7"]))
    gene = replace(GENE, alleles=(*(one for one in ALLELES if one.name not in ("*3", "*4")), *other))
    found = call("0|1 . 0|0", 3, gene, strands=(2, 1), phased=True)
    pairs = {tuple(sorted(pair)) for pair in (*found.consistent.seen, *found.consistent.unseen)}
    assert {("*1x2", "*2"), ("*1", "*2x2")} <= pairs
