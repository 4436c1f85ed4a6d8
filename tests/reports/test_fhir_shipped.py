"""FHIR bundles and CDS Hooks cards of the shipped samples, from the shipped rules."""

from __future__ import annotations

from pathlib import Path

import pytest
from fhir_profiles.fhir_runs import codings, of_type
from fhir_profiles.profile_check import bundle_issues

from pgx.domain.drug import Severity
from pgx.domain.results import Agreement
from pgx.pipeline import run
from pgx.reports.cds_hooks import cds_cards
from pgx.reports.fhir import codes, fhir_bundle
from pgx.rules.ruleset import load_rules

SAMPLES = sorted((Path(__file__).resolve().parents[2] / "sample_vcfs").glob("*.vcf.gz"))


@pytest.fixture(scope="module")
def rules():
    return load_rules()


@pytest.fixture(scope="module", params=SAMPLES, ids=lambda path: path.name)
def shipped(request, rules):
    results = run([request.param], rules=rules)
    sample = results.samples[0]
    return results, sample, fhir_bundle(results, sample, rules.genes, rules.drugs)


def test_profiles(shipped):
    assert bundle_issues(shipped[2]) == []


def test_models(shipped):
    models = pytest.importorskip("fhir.resources.R4B.bundle", reason="fhir.resources is not installed")
    models.Bundle.model_validate(shipped[2])


def test_every_line_is_there_and_standard_dose_only_where_certain(shipped):
    _, sample, bundle = shipped
    certain = [line for line in sample.advice if line.severity is Severity.GREEN and line.agreement is Agreement.SAME]
    needed = [line for line in sample.advice if line.severity >= Severity.AMBER]
    tasks = of_type(bundle, "Task")
    standard = [task for task in tasks if codes.STANDARD_DOSE in {one["code"] for one in codings(task.get("code", {}))}]
    assert len(of_type(bundle, "Observation", "therapeutic-implication")) <= len(sample.advice)
    assert len(standard) <= len(certain)
    assert bool(tasks) == bool(certain or needed)


def test_drug_and_gene_codes_are_the_tables(shipped, rules):
    used = codings(shipped[2])
    known = {
        codes.RXNORM: {drug.rxnorm for drug in rules.drugs.values()},
        codes.HGNC: {gene.hgnc for gene in rules.genes.values()},
    }
    assert all(one["code"] in known[one["system"]] for one in used if one["system"] in known)


def test_one_card_a_drug_that_needs_something_done(shipped, rules):
    results, sample, _ = shipped
    cards = cds_cards(results, sample, rules.drugs)["cards"]
    assert len(cards) == len({line.drug for line in sample.advice if line.severity >= Severity.AMBER})
    assert all(0 < len(card["summary"]) < 140 and card["indicator"] in {"warning", "critical"} for card in cards)
