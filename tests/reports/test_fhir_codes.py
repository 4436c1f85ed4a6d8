"""Codes of FHIR bundles: from the tables and LOINC's own answers alone, and never an all-clear that is none."""

from __future__ import annotations

import json
from itertools import product

import pytest
from fhir_profiles.fhir_runs import HGNC, RUNS, RXNORM, bundle_of, codings, of_type, values_of, with_advice
from fhir_profiles.profile_check import TABLES, bundle_issues
from made_results import POOR, SLCO1B1, act, line, results, row

from pgx.domain.drug import ActionKind, Severity
from pgx.domain.results import Agreement
from pgx.reports.fhir import codes
from pgx.reports.fhir.advice import suggestion

every_run = pytest.mark.parametrize("run", RUNS.values(), ids=RUNS.keys())


# ---- codes


def luhn_digit(digits):
    """Mod-10 check digit, as LOINC's question codes have it."""
    doubled = "".join(str(int(digit) * (2 - place % 2)) for place, digit in enumerate(reversed(digits)))
    return -sum(map(int, doubled)) % 10


def answer_digit(digits):
    """Check digit of answer codes, by the rule that all known ones follow."""
    return (luhn_digit(digits) + (2 if len(digits) % 2 else 5)) % 10


def has_right_digit(code):
    number, _, digit = code.partition("-")
    bare = number.removeprefix("LA")
    return int(digit) == (answer_digit(bare) if number.startswith("LA") else luhn_digit(bare))


def known_loinc():
    questions = [value for value in vars(codes).values() if isinstance(value, str) and value[:2].isdigit()]
    answers = [value for value in vars(codes).values() if isinstance(value, str) and value.startswith("LA")]
    return [*questions, *answers, *(code for code, _ in codes.EFFECTS.values()), *codes.BUILDS.values()]


@pytest.mark.parametrize("code", known_loinc())
def test_check_digit(code):
    assert has_right_digit(code)


@pytest.mark.parametrize("code", ["51969-5", "LA26424-8", "84414-3"])
def test_wrong_check_digit(code):
    assert not has_right_digit(code)


def test_effects_are_the_guides_answers():
    answers = TABLES["valueSets"][f"{codes.GUIDE}ValueSet/genetic-therapeutic-implications-vs"][codes.LOINC]
    assert all(answers[code] == display for code, display in codes.EFFECTS.values())


@every_run
def test_codes_come_from_tables(run):
    allowed = {
        codes.LOINC: set(known_loinc()),
        codes.HGNC: set(HGNC.values()),
        codes.RXNORM: set(RXNORM.values()) - {"n/a"},
        codes.OBSERVATION_CATEGORY: {"laboratory"},
        codes.DIAGNOSTIC_SECTION: {"GE"},
        codes.ABSENT_REASON: {"unsupported", "not-performed", "unknown"},
        **{system: set(known) for system, known in TABLES["codeSystems"].items()},
    }
    assert [one for one in codings(bundle_of(run)) if one["code"] not in allowed.get(one["system"], ())] == []


def test_drug_and_gene_codes():
    bundle = bundle_of(results())
    medications = [
        values_of(one, codes.MEDICATION_ASSESSED)[0] for one in of_type(bundle, "Observation", "implication")
    ]
    assert {"coding": [{"system": codes.RXNORM, "code": "32968"}], "text": "clopidogrel"} in medications
    assert {"text": "sertraline"} in medications
    genotype = of_type(bundle, "Observation", "genotype")[0]
    coded = {"system": codes.HGNC, "code": "HGNC:2621", "display": "CYP2C19"}
    assert values_of(genotype, codes.GENE_STUDIED) == [{"coding": [coded], "text": "CYP2C19"}]
    assert genotype["valueCodeableConcept"] == {"text": "CYP2C19 *2/*2"}


@pytest.mark.parametrize(
    ("phenotype", "code"),
    [
        ("Poor Metabolizer", "LA9657-3"),
        ("Decreased Function", "LA25395-7"),
        ("Likely Poor Metabolizer", ""),
        ("Possible Decreased Function", ""),
        ("Indeterminate", ""),
        ("Normal", ""),
        (None, ""),
    ],
)
def test_effect(phenotype, code):
    coded = codes.effect_concept("x", phenotype)["coding"]
    assert [one["code"] for one in coded] == ([code] if code else [])


# ---- what a line asks for

STANDARD, AVOID, REDUCE = ActionKind.STANDARD, ActionKind.AVOID, ActionKind.REDUCE_DOSE
ASKED = [
    ((act(STANDARD),), (), "LA26425-1"),
    ((act(STANDARD, of="start"),), (), "LA26425-1"),
    ((act(STANDARD, max=20, unit="mg"),), (), ""),
    ((act(STANDARD), act(ActionKind.CONSIDER_ALTERNATIVE, condition="if kidneys fail")), (), ""),
    ((act(STANDARD), act(ActionKind.MONITOR)), (), ""),
    ((act(STANDARD), act(ActionKind.CAUTION)), (), "LA26424-4"),
    ((act(AVOID),), (), ""),
    ((act(AVOID),), ("other",), "LA26421-0"),
    ((act(AVOID), act(ActionKind.CONSIDER_ALTERNATIVE)), (), "LA26421-0"),
    ((act(AVOID), act(ActionKind.CONSIDER_ALTERNATIVE, condition="if severe")), (), ""),
    ((act(ActionKind.CONTRAINDICATED),), (), ""),
    ((act(ActionKind.ALTERNATIVE),), (), "LA26421-0"),
    ((act(ActionKind.CONSIDER_ALTERNATIVE),), (), "LA26421-0"),
    ((act(REDUCE, percent=50), act(AVOID, condition="if severe")), (), "LA26422-8"),
    ((act(REDUCE, percent=50), act(AVOID)), (), ""),
    ((act(ActionKind.INCREASE_DOSE),), (), "LA26423-6"),
    ((act(ActionKind.MONITOR),), (), ""),
    ((act(ActionKind.TEST_FIRST),), (), ""),
    ((act(ActionKind.NO_RECOMMENDATION),), (), ""),
]


@pytest.mark.parametrize(("actions", "alternatives", "code"), ASKED)
def test_suggestion(actions, alternatives, code):
    assert suggestion(line("d", "CPIC", row(*actions, advice="x", alternatives=alternatives), POOR)) == code


def test_suggestion_without_row():
    assert suggestion(line("d", "CPIC", None, POOR)) == ""


@pytest.mark.parametrize(("agreement", "severity"), list(product(Agreement, Severity)))
def test_standard_is_coded_for_certain_green_lines_alone(agreement, severity):
    standard = row(act(STANDARD), advice="Standard.")
    bundle = bundle_of(with_advice(line("d", "CPIC", standard, SLCO1B1, agreement=agreement, severity=severity)))
    text = json.dumps(bundle)
    certain = agreement is Agreement.SAME and severity is Severity.GREEN
    assert ("LA26425-1" in text, "LA25393-2" in text, "Standard dose" in text) == (certain,) * 3
    assert bool(of_type(bundle, "Task")) == (certain or severity >= Severity.AMBER)
    assert bundle_issues(bundle) == []


def test_line_raised_by_an_unseen_gene_is_no_standard_in_the_conclusion():
    standard = row(act(STANDARD), advice="Standard.")
    bundle = bundle_of(with_advice(line("d", "CPIC", standard, SLCO1B1, severity=Severity.AMBER)))
    assert "d (No all-clear)" in of_type(bundle, "DiagnosticReport")[0]["conclusion"]
