"""From outside calls to one result a gene, its merging with the VCF's, and whose sample it is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from outside_tables import shipped_genes

from pgx.domain.call import CallSource, CallStatus, Diplotype, Evidence, GeneCall
from pgx.domain.outside import CallOrigin, OutsideReport
from pgx.outside import assign_samples, merge_calls, to_gene_call
from pgx.outside.entries import Entry
from pgx.outside.normalise import Normaliser
from pgx.phenotypes.interpretation import Interpreter
from pgx.phenotypes.translation import translate


def outside(gene, *texts, sample=None, file="calls.tsv"):
    """Outside calls from texts such as `*1/*4`, `*1/*4;PM`, `;;2.0` (diplotype, phenotype, score)."""
    normaliser = Normaliser(shipped_genes()[gene])
    origins = [CallOrigin("test", file, line) for line in range(1, len(texts) + 1)]
    entries = [Entry(gene, *text.split(";"), sample=sample) for text in texts]
    return [normaliser.normalise(entry, origin) for entry, origin in zip(entries, origins, strict=True)]


def called(gene, *texts):
    return to_gene_call(shipped_genes()[gene], outside(gene, *texts), translate)


def codes(call):
    return {note.code for note in call.notes}


def readings(gene, call):
    result = Interpreter(shipped_genes()[gene]).interpret(call)
    return [(reading.phenotype, reading.lookup) for reading in result.best]


@pytest.mark.parametrize(
    ("gene", "text", "lookup", "reading"),
    [
        ("CYP2D6", "*1/*1x7", ("*1", "*1x≥3"), ("Ultrarapid Metabolizer", ("≥4.0",))),
        ("CYP2D6", "*1/*42x7", ("*1", "*42x7"), ("Indeterminate", ("n/a",))),
        ("CYP2D6", "*1/*XXX", ("*1", "*XXX"), ("Indeterminate", ("n/a",))),
        ("CYP2D6", "*36+*10/*1", ("*1", "*36+*10"), ("Normal Metabolizer", ("1.25",))),
        ("CYP2D6", "*4+*68/*4", ("*4", "*68+*4"), ("Poor Metabolizer", ("0.0",))),
        ("DPYD", "[c.498G>A + c.2582A>G]/[c.2846A>T + c.2933A>G]", ("c.498G>A", "c.2933A>G"), None),
        ("DPYD", "*99/Reference", ("Reference", "*99"), ("Indeterminate", ("n/a",))),
        ("SLCO1B1", "*45.001/*1", ("*1", "*45"), None),
        ("G6PD", "Chatham", ("Chatham",), ("Deficient", ("Deficient",))),
    ],
)
def test_looked_up_as(gene, text, lookup, reading):
    call = called(gene, text)
    assert (call.status, call.source, call.best) == (CallStatus.CALLED, CallSource.OUTSIDE, 1)
    assert call.diplotypes[0].lookup_alleles == lookup
    assert call.consistent.seen == (lookup,)
    assert not call.consistent.unseen
    if reading:
        assert readings(gene, call) == [reading]


def test_several_calls_are_ambiguous_and_equal_ones_are_one():
    call = called("CYP4F2", "*1/*3", "*9/*4")
    assert call.status is CallStatus.AMBIGUOUS
    assert [diplotype.name for diplotype in call.diplotypes] == ["*1/*3", "*4/*9"]
    assert called("CYP4F2", "*1/*3", "*3/*1").status is CallStatus.CALLED


def test_open_copy_number_is_every_number_the_table_has():
    call = called("CYP2D6", "*1/*2xN")
    assert call.status is CallStatus.AMBIGUOUS
    assert {diplotype.name for diplotype in call.diplotypes} == {"*1/*2xN"}
    assert [diplotype.lookup_alleles for diplotype in call.diplotypes] == [("*1", "*2x2"), ("*1", "*2x≥3")]


def test_no_call_is_not_called():
    call = called("CYP2D6", "./.")
    assert (call.status, call.diplotypes) == (CallStatus.NOT_CALLED, ())
    assert "No call (test, calls.tsv line 1)." in {note.text for note in call.notes}
    assert called("CYP2D6", "./.", "*1/*4").status is CallStatus.CALLED
    assert to_gene_call(shipped_genes()["CYP2D6"], ()).status is CallStatus.NOT_CALLED


def test_one_strand_of_two_decides_nothing():
    call = called("CYP2D6", "*1/.")
    assert call.status is CallStatus.NOT_CALLED
    assert "outside-one-strand" in codes(call)
    assert called("CYP2D6", "*1;IM").given_phenotype == "Intermediate Metabolizer"


def test_combination_gives_no_advice():
    call = called("CYP2C9", "*1/[*2 + *3]")
    assert call.diplotypes[0].partial
    assert readings("CYP2C9", call) == [(None, ("No Result",))]


def test_statement_that_agrees_leaves_the_alleles_alone():
    call = called("CYP2D6", "*1/*4;IM;1")
    assert (call.given_phenotype, call.given_score, call.never_green) == (None, None, False)
    assert readings("CYP2D6", call) == [("Intermediate Metabolizer", ("1.0",))]


@pytest.mark.parametrize("text", ["*1/*1;PM", "*1/*1;;4.0", "*1/*XXX;NM"])
def test_statement_that_disagrees_stands_but_is_never_green(text):
    call = called("CYP2D6", text)
    assert call.given_phenotype or call.given_score
    assert call.never_green
    assert "outside-disagrees" in codes(call)


def test_score_and_phenotype_that_contradict_each_other():
    call = called("CYP2D6", ";PM;≥4.0")
    assert (call.given_phenotype, call.given_score, call.never_green) == ("Poor Metabolizer", "≥4.0", True)
    assert "outside-contradiction" in codes(call)


def test_phenotype_or_score_alone():
    assert readings("CYP2D6", called("CYP2D6", ";;1.25")) == [("Normal Metabolizer", ("1.25",))]
    keys = [key for _, (key,) in readings("CYP2D6", called("CYP2D6", ";IM"))]
    assert keys == ["0.25", "0.5", "0.75", "1.0"]


def test_different_statements_are_not_mixed():
    call = called("CYP2D6", ";PM", ";NM")
    assert (call.status, call.given_phenotype) == (CallStatus.NOT_CALLED, None)
    call = called("CYP2D6", "*1/*1", "*4/*4;PM")
    assert (call.status, call.given_phenotype) == (CallStatus.AMBIGUOUS, None)
    assert call.never_green


@pytest.mark.parametrize(
    ("texts", "status", "statuses"),
    [
        (["*57:01/*07:02"], "called", {"*57:01 positive", "*58:01 negative", "*15:02 negative"}),
        (["*57:01/."], "called", {"*57:01 positive"}),
        (["*07:02/."], "not_called", set()),
        (["*15/*07:02"], "not_called", set()),
        (["*57:01 positive"], "called", {"*57:01 positive"}),
        ([";*57:01 negative", ";*58:01 negative"], "called", {"*57:01 negative", "*58:01 negative"}),
        (["*57:01/*07:02", "*08:01/*07:02"], "ambiguous", set()),
        (["*08:01/*07:02", ";*57:01 positive"], "called", {"*57:01 positive", "*58:01 negative"}),
    ],
)
def test_allele_statuses(texts, status, statuses):
    call = called("HLA-B", *texts)
    assert call.status.value == status
    assert statuses <= set(call.statuses)
    assert positives(call.statuses) == positives(statuses)


def positives(statuses):
    return {status for status in statuses if status.endswith("positive")}


def test_settled_pair_reads_as_its_statuses_only():
    call = called("HLA-B", "*57:01/*07:02")
    result = Interpreter(shipped_genes()["HLA-B"]).interpret(call)
    assert [reading.lookup for reading in result.best] == [call.statuses]
    assert result.seen == ()


def test_contradicting_typings_are_never_all_clear():
    assert called("HLA-B", "*08:01/*07:02", ";*57:01 positive").never_green
    both = readings("HLA-B", called("HLA-B", "*57:01/*07:02", "*08:01/*07:02"))
    assert len(both) == 2


def vcf(gene, *pairs, status=CallStatus.CALLED):
    found = tuple(Diplotype(pair, tuple((name,) for name in pair), pair) for pair in pairs)
    return GeneCall(gene, status, Evidence(()), diplotypes=found, best=len(found))


def merged(vcf_call, outside_call, prefer="outside"):
    return merge_calls(shipped_genes()[vcf_call.gene], vcf_call, outside_call, prefer, translate)


@pytest.mark.parametrize(
    ("prefer", "source", "name", "other"),
    [
        ("outside", CallSource.OUTSIDE, "*1/*1", "*1/*2"),
        ("vcf", CallSource.VCF, "*1/*2", "*1/*1"),
        ("report-both", CallSource.BOTH, "*1/*1", "*1/*2"),
    ],
)
def test_preference(prefer, source, name, other):
    call = merged(vcf("CYP2C19", ("*1", "*2")), called("CYP2C19", "*1/*1"), prefer)
    assert (call.source, call.diplotypes[0].name, call.alternatives[0].name) == (source, name, other)
    assert "sources-differ" in codes(call)


@pytest.mark.parametrize(
    ("used", "unused", "never_green"),
    [
        ("*1/*1", ("*1", "*2"), True),
        ("*2/*2", ("*1", "*2"), True),
        ("*1/*1", ("*1", "*17"), True),
        ("*1/*2", ("*1", "*1"), False),
        ("*1/*2", ("*1", "*2"), False),
        ("*1/*2", ("*1", "*3"), False),
    ],
)
def test_risk_on_the_side_not_used_forbids_green(used, unused, never_green):
    assert merged(vcf("CYP2C19", unused), called("CYP2C19", used)).never_green is never_green


def test_equal_results_do_not_differ():
    assert "sources-differ" not in codes(merged(vcf("CYP2C19", ("*1", "*2")), called("CYP2C19", "*2/*1")))


def test_a_side_without_a_result_gives_way():
    nothing = GeneCall("CYP2C19", CallStatus.NO_DATA, Evidence(()))
    for prefer in ("outside", "vcf", "report-both"):
        call = merged(nothing, called("CYP2C19", "*1/*2"), prefer)
        assert (call.source, call.status, call.alternatives) == (CallSource.OUTSIDE, CallStatus.CALLED, ())


def test_outside_no_call_stands_unless_the_vcf_is_preferred():
    from_vcf, no_call = vcf("NAT2", ("*1", "*4")), called("NAT2", "./.")
    assert merged(from_vcf, no_call).status is CallStatus.NOT_CALLED
    assert merged(from_vcf, no_call).alternatives == from_vcf.diplotypes
    assert merged(from_vcf, no_call, "vcf").status is CallStatus.CALLED
    assert merged(from_vcf, no_call, "report-both").source is CallSource.VCF


@pytest.mark.parametrize(
    ("outside_text", "candidates", "never_green"),
    [
        ("*1/*1", [("*1", "*4")], True),
        ("*1/*4", [("*1", "*4")], False),
        ("*1/*68+*4", [("*1", "*4")], False),
        ("*4/*5", [("*4", "*4")], False),
        ("*1x2/*4", [("*1", "*4")], False),
        ("*10/*36+*10", [("*10", "*10"), ("*4", "*10")], False),
        ("*1/*2x2", [("*1", "*2")], False),
        ("*1/*1", [("*1", "*1"), ("*1", "*4")], False),
    ],
)
def test_small_variant_candidates_may_contradict(outside_text, candidates, never_green):
    untestable = vcf("CYP2D6", *candidates, status=CallStatus.UNTESTABLE)
    call = merged(untestable, called("CYP2D6", outside_text))
    assert call.never_green is never_green
    assert ("sources-differ" in codes(call)) is never_green
    assert call.alternatives == untestable.diplotypes


def test_evidence_that_forbids_green_counts_on_either_side():
    doubtful = replace(vcf("TPMT", ("*1", "*1")), never_green=True)
    assert merged(doubtful, called("TPMT", "*1/*1")).never_green


def test_stated_phenotype_is_compared_with_the_vcf():
    call = merged(vcf("CYP2C19", ("*1", "*1")), called("CYP2C19", ";PM"), "vcf")
    assert call.never_green
    assert "Poor Metabolizer" in call.notes[-1].text
    assert not merged(vcf("CYP2C19", ("*2", "*2")), called("CYP2C19", ";PM"), "vcf").never_green


def test_samples_by_name_by_being_alone_and_by_file():
    named = outside("CYP2D6", "*1/*4", sample="S2")
    unnamed = outside("HLA-B", "*57:01/*07:02", file="S1_final.result.txt")
    found, problems = assign_samples(OutsideReport((*named, *unnamed)), ("S1", "S10", "S2"))
    assert {name: [call.gene for call in calls] for name, calls in found.items()} == {"S2": ["CYP2D6"], "S1": ["HLA-B"]}
    assert not problems
    assert list(assign_samples(OutsideReport(tuple(unnamed)), ("X",))[0]) == ["X"]
    assert list(assign_samples(OutsideReport(tuple(unnamed)), ())[0]) == ["S1_final"]


def test_calls_of_nobody_are_problems():
    calls = (*outside("CYP2D6", "*1/*4", "*1/*5", sample="S9"), *outside("CYP2D6", "*1/*1", file="x.tsv"))
    found, problems = assign_samples(OutsideReport(calls), ("A", "B", "C", "D"))
    assert not found
    assert [problem.text for problem in problems] == [
        "calls.tsv line 1: no sample 'S9'; the run has A, B, C (and 1 more)",
        "x.tsv: names no sample, and its own name starts with none; the run has A, B, C (and 1 more)",
    ]
