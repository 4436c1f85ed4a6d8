"""Real outputs of callers, and the outside-call cases of the conformance corpus."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from outside_tables import shipped_genes

from pgx.domain.call import CallStatus
from pgx.errors import InputError
from pgx.outside import read_outside, to_gene_call
from pgx.phenotypes.interpretation import Interpreter
from pgx.phenotypes.translation import translate

pytestmark = pytest.mark.shared

CALLERS = {
    "aldy/CYP2C19.aldy": ("Aldy", {("CYP2C19", "*1/*2")}),
    "aldy/SLCO1B1.aldy": ("Aldy", {("SLCO1B1", "*1/*20"), ("SLCO1B1", "*19/*37")}),
    "aldy/DPYD.aldy": ("Aldy", {("DPYD", "c.1627A>G (*5)/c.2194G>A (*6)")}),
    "cyrius/cyp2d6_35x_NA12878.json": ("Cyrius JSON", {("CYP2D6", "*3/*68+*4")}),
    "dragen/targeted-caller.json": ("DRAGEN", {("CYP2B6", "*2/*17"), ("CYP2D6", "*2/*17")}),
    "dragen/test.wgs.hg38.targeted.json": ("DRAGEN", {("CYP2B6", "*1/*1"), ("CYP2D6", "")}),
    "hla/HLA-LA_NA12878_example_output_G.txt": ("HLA*LA", {("HLA-A", "*01:01/*11:01"), ("HLA-B", "*08:01/*56:01")}),
    "hla/arcasHLA_test.genotype.json": ("arcasHLA", {("HLA-A", "*01:01/*03:01"), ("HLA-B", "*07:02/*39:01")}),
    "hla/sample_nested.genotype.json": ("arcasHLA", {("HLA-A", "*01:01/*02:01"), ("HLA-B", "*08:01/*44:02")}),
    "hla/sample_final.result.txt": ("HLA-HD", {("HLA-A", "*02:01/*24:02"), ("HLA-B", "*07:02/*15:01")}),
    "hla/sample_result.tsv": ("OptiType", {("HLA-A", "*02:01/*24:02"), ("HLA-B", "*07:02/*15:01")}),
    "hla/sample_t1k_genotype.tsv": ("T1K", {("HLA-A", "*02:01/*24:02"), ("HLA-B", "*07:02/*15:01")}),
    "hla/sample_t1k_native_genotype.tsv": ("T1K", {("HLA-A", "*02:01/*24:02"), ("HLA-B", "*07:02/*15:01")}),
    "pharmcat/tutorial_example_outside_calls.txt": (
        "PharmCAT",
        {("CYP2D6", "*1/*3"), ("CYP2C9", ""), ("G6PD", "B (reference)/B (reference)"), ("HLA-B", "")}
        | {("MT-RNR1", "m.1555A>G")},
    ),
    "pharmcat/zaropgx_outside_calls.tsv": (
        "PharmCAT",
        {("HLA-A", ""), ("HLA-B", ""), ("MT-RNR1", "Reference"), ("CYP2D6", "*1/*4")},
    ),
}


@pytest.mark.parametrize("name", CALLERS)
def test_real_output(shared, name):
    report = read_outside([shared / "data" / "callers" / name], shipped_genes())
    assert not report.problems
    found = {(call.gene, "/".join(call.alleles)) for call in report.calls}
    assert ({call.source.format for call in report.calls}, found) == ({CALLERS[name][0]}, CALLERS[name][1])


def test_every_file_is_read_or_refused_in_a_line(shared):
    outcome = Counter()
    for path in sorted((shared / "data" / "callers").rglob("*.*")):
        try:
            report = read_outside([path], shipped_genes())
            assert not report.problems
            assert report.calls or report.skipped
            outcome["read"] += 1
        except InputError as error:
            outcome["refused" if len(str(error).splitlines()) == 1 else "refused in several lines"] += 1
    assert outcome == {"read": 34, "refused": 3}


def test_cyrius_cohort(shared):
    path = shared / "data" / "callers" / "cyrius" / "1kGp-Cyrius-results.tsv"
    report = read_outside([path], shipped_genes())
    assert not report.problems
    assert len({call.sample for call in report.calls}) == 3202
    assert sum(call.no_call for call in report.calls) == 51
    gene = shipped_genes()["CYP2D6"]
    calls = [to_gene_call(gene, [call], translate) for call in report.calls]
    unknown = [call for call in calls if any(note.code == "outside-unknown-allele" for note in call.notes)]
    print(f"Cyrius: {len(calls)} calls, {len(unknown)} with an allele or tandem that the table lacks")
    assert len(unknown) <= 20


def test_pypgx_phenotypes_are_ours(shared):
    path = shared / "data" / "callers" / "pypgx" / "grch37-CYP2D6-results.zip"
    calls = read_outside([path], shipped_genes()).calls
    assert len(calls) == 70
    gene = shipped_genes()["CYP2D6"]
    results = [to_gene_call(gene, [call], translate) for call in calls]
    differing = [call.diplotypes[0].name for call in results if call.given_phenotype]
    print(f"PyPGx: {len(calls)} calls, {len(differing)} phenotypes differ from ours: {', '.join(differing)}")
    assert len(differing) <= 5


DEPARTURES = {
    "DiplotypeTest.testOutsideCall.diplotype_phenotype": "the alleles agree with the phenotype, so their score holds",
}
"""Cases where the result is meant to differ, and why."""


def cases(shared):
    lines = (shared / "conformance" / "cases.jsonl").read_text(encoding="utf-8").splitlines()
    return [case for case in map(json.loads, lines) if case["outside_call_files"]]


def outside_results(shared, case):
    paths = [shared / "conformance" / name for name in case["outside_call_files"]]
    report = read_outside(paths, shipped_genes())
    genes = dict.fromkeys(call.gene for call in report.calls)
    return report, {
        symbol: to_gene_call(shipped_genes()[symbol], [call for call in report.calls if call.gene == symbol], translate)
        for symbol in genes
    }


def tight(name):
    """Strands in tandem are written without spaces here, as PharmVar writes them."""
    return name.replace(" + *", "+*")


def differences(case, results):
    """Yield what a case expects of a gene's outside result and does not find."""
    expect = case["expect"]
    for gene, call in results.items():
        names = [diplotype.name for diplotype in call.diplotypes]
        lookups = [sorted(diplotype.lookup_alleles) for diplotype in call.diplotypes]
        result = Interpreter(shipped_genes()[gene]).interpret(call)
        phenotypes = [reading.phenotype for reading in result.best] + [found.phenotype for found in result.phenotypes]
        keys = [key for reading in result.best for key in reading.lookup]
        checks = {
            "calls": names and [tight(name) for name in expect.get("calls", {}).get(gene, names)] == names,
            "lookup alleles": all(
                sorted(pair) in lookups for pair in expect.get("recommendation_diplotypes", {}).get(gene, [])
            ),
            "lookup order": all(
                tuple(pair) == found.lookup_alleles
                for pair, found in zip(
                    expect.get("recommendation_alleles_in_order", {}).get(gene, []), call.diplotypes, strict=False
                )
            ),
            "phenotypes": all(
                phenotype in phenotypes
                for group in expect.get("phenotypes", {}).get(gene, {}).values()
                for phenotype in ([group] if isinstance(group, str) else group)
            ),
            "lookup keys": set(expect.get("lookup_keys", {}).get(gene, keys)) <= set(keys),
            "number of keys": len(keys) >= expect.get("lookup_key_count_at_least", {}).get(gene, 0),
            "not called": gene not in expect.get("not_called", []) or call.status is CallStatus.NOT_CALLED,
        }
        if not names:
            del checks["calls"]
        yield from (f"{gene} {what}" for what, holds in checks.items() if not holds)


def is_refused(shared, case):
    """True where the only line of the file is a problem, or the file has no line that can be used."""
    try:
        report, _ = outside_results(shared, case)
    except InputError:
        return True
    return report.problems and not report.calls


def test_conformance(shared, capsys):
    found = {}
    for case in cases(shared):
        if case["expect"].get("error"):
            found[case["id"]] = [] if is_refused(shared, case) else ["was not refused"]
            continue
        report, results = outside_results(shared, case)
        if case["expect"].get("parsed"):
            parsed = [(call.gene, "/".join(call.alleles) or None) for call in report.calls]
            wanted = [(row.get("gene", parsed[0][0]), row["diplotype"]) for row in case["expect"]["parsed"]]
            found[case["id"]] = [] if parsed == wanted else [f"parsed as {parsed}"]
        else:
            assert not report.problems, case["id"]
            found[case["id"]] = list(differences(case, results))
    with capsys.disabled():
        print(f"\noutside calls: {len(found)} conformance cases, {sum(not texts for texts in found.values())} agree")
    assert {name for name, texts in found.items() if texts} == set(DEPARTURES), found
