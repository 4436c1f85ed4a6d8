"""Agreement, populations, several genes, missing results and which row wins, row by row: `tests/cases/guidance.tsv`."""

from __future__ import annotations

from pathlib import Path

import pytest
from guidance_cases import Case, check_case, read_cases, run_case, shipped

from pgx.domain.drug import Severity
from pgx.domain.results import Agreement
from pgx.errors import UsageError
from pgx.guidance.levels import reaching
from pgx.pipeline import run
from pgx.selection import RunOptions

CASES = read_cases("guidance.tsv")
NAMED = {case["name"]: case for case in CASES}


@pytest.mark.parametrize("case", CASES, ids=list(NAMED))
def test_case(case: Case, tmp_path: Path):
    check_case(case, run_case(case, tmp_path))


def test_every_agreement_has_a_case():
    assert {case["agreement"] for case in CASES} >= set(Agreement)


def test_only_same_is_green():
    assert {case["agreement"] for case in CASES if "green" in case["severity"]} == {Agreement.SAME}


@pytest.mark.parametrize(
    ("name", "sides"),
    [
        ("allele status: positive", None),
        ("two genes: tricyclic, rapid and poor", (("CPIC", "avoid"), ("DPWG", "reduce dose"))),
        ("diplotype row outranks phenotype row: *1/*2",
         (("CPIC", "reduce dose"), ("DPWG", "standard"), ("FDA table", "monitor"))),
        ("same: everything seen", None),
        ("no row: the source says nothing on negative", None),
    ],
)  # fmt: skip
def test_sources_that_disagree_are_named_with_what_they_ask(name: str, sides: object, tmp_path: Path):
    case = NAMED[name]
    found = run_case(case, tmp_path).samples[0].disagreements
    assert [entry.positions for entry in found] == ([sides] if sides else [])
    assert all(entry.drug == case["drug"] for entry in found)


def test_a_gene_without_result_leaves_its_drug_to_be_named(tmp_path: Path):
    sample = run_case(NAMED["no gene has a result"], tmp_path).samples[0]
    assert [(entry.drug, entry.genes) for entry in sample.not_assessed] == [("abacavir", ("HLA-B",))]


def advise(tmp_path: Path, name: str, **options: object):
    """Run a case's file again with other options."""
    run_case(NAMED[name], tmp_path)
    outside = tuple(tmp_path.glob("other_callers.tsv"))
    return run([tmp_path / "made.vcf"], RunOptions(outside=outside, **options), shipped()).samples[0]  # type: ignore[arg-type]


def test_a_chosen_population_leaves_the_others_out(tmp_path: Path):
    options = {"drugs": ("clopidogrel",), "populations": ("acs or pci",)}
    sample = advise(tmp_path, "population: acute coronary syndrome", **options)
    told = {line.row.population for line in sample.advice if line.row}
    assert told == {"ACS or PCI", ""}


def test_guidance_for_other_populations_only_is_said(tmp_path: Path):
    options = {"drugs": ("clopidogrel",), "sources": ("CPIC",), "populations": ("never treated with phenytoin",)}
    sample = advise(tmp_path, "population: acute coronary syndrome", **options)
    assert not sample.advice
    assert [entry.reason for entry in sample.not_assessed] == ["the guidance is for other populations"]


def test_actionable_leaves_out_what_asks_for_nothing_but_for_the_patients_own_drugs(tmp_path: Path):
    name = "population: acute coronary syndrome"
    options = {"drugs": ("clopidogrel", "simvastatin"), "actionable": True}
    alone = advise(tmp_path, name, **options)
    assert {line.drug for line in alone.advice} == {"clopidogrel"}
    assert all(line.severity >= Severity.AMBER for line in alone.advice)
    own = advise(tmp_path, name, **options, medicines=("SIMVASTATIN",))
    assert {line.severity for line in own.advice if line.drug == "simvastatin"} <= {Severity.GREEN, Severity.GREY}


@pytest.mark.parametrize(
    ("level", "drug", "sources"),
    [
        ("A", "clopidogrel", {"CPIC", "DPWG", "FDA table"}),
        ("1A", "clopidogrel", {"CPIC", "DPWG", "FDA table"}),
        ("A", "acenocoumarol", set()),
        ("D", "acenocoumarol", set()),
        ("C", "amitriptyline", {"CPIC", "DPWG", "FDA table"}),
    ],
)
def test_a_level_belongs_to_gene_and_drug(level: str, drug: str, sources: set[str]):
    """CPIC's level of a gene and drug is that of the other sources' guidance on them too."""
    table = shipped().drugs[drug]
    assert {guideline.source for guideline in reaching(table, table.guidelines, level)} == sources


def test_an_unknown_level_is_refused():
    with pytest.raises(UsageError, match=r"^--min-level: 'E' is unknown; give A, B, C, D or 1A"):
        run([], RunOptions(min_level="E"), shipped())
