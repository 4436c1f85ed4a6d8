"""FHIR bundles: valid by models and profiles, whole, and complete in what they say."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace

import pytest
from fhir_profiles.fhir_runs import DRUGS, GENES, RUNS, bundle_of, codings, of_type, parts, values_of, with_gene
from fhir_profiles.profile_check import bundle_issues
from made_results import HOSTILE_NAMES, cyp2c19, results, with_wording

from pgx.domain.call import Note
from pgx.domain.results import Agreement
from pgx.reports.fhir import codes, fhir_bundle, write_fhir
from pgx.reports.wording import describe_agreement

every_run = pytest.mark.parametrize("run", RUNS.values(), ids=RUNS.keys())


@pytest.fixture(autouse=True)
def fixed_time(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795305600")


# ---- validity


@every_run
def test_profiles(run):
    assert bundle_issues(bundle_of(run)) == []


@every_run
def test_models(run):
    models = pytest.importorskip("fhir.resources.R4B.bundle", reason="fhir.resources is not installed")
    read = models.Bundle.model_validate(bundle_of(run))
    assert len(read.entry) == len(bundle_of(run)["entry"])


def break_category(bundle):
    del of_type(bundle, "Observation", "genotype")[0]["category"][1]


def break_code(bundle):
    of_type(bundle, "Observation", "haplotype")[0]["code"]["coding"][0]["code"] = codes.GENOTYPE


def break_value(bundle):
    del of_type(bundle, "Observation", "genotype")[0]["valueCodeableConcept"]


def break_basis(bundle):
    del of_type(bundle, "Observation", "therapeutic-implication")[0]["derivedFrom"]


def break_forbidden(bundle):
    of_type(bundle, "Observation", "therapeutic-implication")[0]["valueString"] = "x"


def break_component(bundle):
    part = of_type(bundle, "Observation", "therapeutic-implication")[0]["component"][0]
    part["valueString"] = part.pop("valueCodeableConcept")["text"]


def break_task_status(bundle):
    of_type(bundle, "Task")[0]["status"] = "draft"


def break_task_code(bundle):
    of_type(bundle, "Task")[0]["code"] = {"text": "avoid"}


def break_task_reason(bundle):
    of_type(bundle, "Task")[0]["reasonReference"] = of_type(bundle, "Task")[0]["for"]


def break_report_code(bundle):
    of_type(bundle, "DiagnosticReport")[0]["code"] = {"text": "report"}


def break_report_action(bundle):
    report = of_type(bundle, "DiagnosticReport")[0]
    report["extension"][0]["valueReference"] = report["subject"]


def break_reference(bundle):
    of_type(bundle, "Observation", "genotype")[0]["subject"] = {"reference": "urn:uuid:0"}


def break_study(bundle):
    of_type(bundle, "Procedure", "genomic-study-analysis")[0]["code"] = {"text": "x"}


def break_regions(bundle):
    regions = next(one for one in parts(bundle) if str(one.get("url")).endswith("analysis-regions"))
    regions["extension"][1]["valueCodeableConcept"] = {"coding": [{"system": "http://x", "code": "y"}]}


BREAKS = [one for name, one in sorted(globals().items()) if name.startswith("break_")]


@pytest.mark.parametrize("spoil", BREAKS, ids=lambda one: one.__name__)
def test_checker_finds(spoil):
    bundle = deepcopy(bundle_of(results()))
    spoil(bundle)
    assert bundle_issues(bundle) != []


@every_run
def test_references_hold_the_bundle_together(run):
    bundle = bundle_of(run)
    addresses = [entry["fullUrl"] for entry in bundle["entry"]]
    assert len(addresses) == len(set(addresses))
    linked = {
        entry["fullUrl"]: {one["reference"] for one in parts(entry) if "reference" in one} for entry in bundle["entry"]
    }
    assert set().union(*linked.values()) <= set(addresses)
    reached, waiting = set(), {addresses[0]}
    while waiting:
        address = waiting.pop()
        reached.add(address)
        waiting |= linked[address] - reached
    assert reached == set(addresses)


@every_run
def test_nothing_is_empty(run):
    assert all(part for one in parts(bundle_of(run)) for part in one.values())


# ---- findings and study


def test_how_far_a_line_holds_is_said():
    said = [values_of(one, codes.CONCLUSION)[0] for one in of_type(bundle_of(results()), "Observation", "implication")]
    unseen = describe_agreement(Agreement.UNSEEN, ("*5", "*15"), 0.18)
    assert any(text.startswith(f"Standard as far as seen (CPIC). {unseen}") for text in said)
    assert any(describe_agreement(Agreement.DIFFERS, (), None) in text for text in said)


def test_candidates_of_an_untestable_gene_are_no_genotype():
    assert not [one for one in parts(bundle_of(results())) if str(one.get("text")).startswith("CYP2D6 *")]


def test_ambiguous_genotype_names_all_and_has_no_haplotypes():
    found = of_type(bundle_of(results()), "Observation", "genotype")
    ambiguous = next(one for one in found if one["valueCodeableConcept"]["text"].startswith("TPMT"))
    assert ambiguous["valueCodeableConcept"]["text"] == "TPMT *1/*3A or *3B/*3C"
    assert "derivedFrom" not in ambiguous


def test_phenotype_from_outside_stands_without_a_genotype():
    bundle = bundle_of(RUNS["phenotype alone"])
    found = [one for one in of_type(bundle, "Observation") if "profile" not in one.get("meta", {})]
    assert [one["valueCodeableConcept"]["text"] for one in found] == ["CYP2C19 Poor Metabolizer"]
    titles = [one["valueString"] for one in parts(bundle) if str(one.get("url")).endswith("analysis-title")]
    assert titles == ["Defining positions of the genes in the rule tables", "Results taken from other callers"]


def regions(bundle, kind):
    return [one["valueCodeableConcept"]["text"] for one in parts(bundle) if one.get("url") == kind]


def test_regions_say_what_was_not_seen():
    bundle = bundle_of(results())
    assert regions(bundle, "studied") == ["CYP2C19", "CYP2C9", "CYP2D6", "DPYD", "HLA-B", "SLCO1B1", "TPMT"]
    assert regions(bundle, "called") == ["CYP2C19", "CYP2C9", "DPYD", "SLCO1B1", "TPMT"]
    uncalled = regions(bundle, "uncalled")
    assert uncalled[:2] == ["CYP2D6", "HLA-B"]
    assert uncalled[2].startswith("DPYD (")
    assert uncalled[3].startswith("SLCO1B1 (9 of 29 positions): rs1 (absent), rs2 (absent)")


def test_positions_of_a_called_gene_are_not_coded_as_the_whole_gene():
    listed = [one for one in parts(bundle_of(results())) if one.get("url") == "uncalled"]
    assert not codings(listed)


def notes(bundle):
    report = of_type(bundle, "DiagnosticReport")[0]
    return [one["valueAnnotation"]["text"] for one in report["extension"] if "valueAnnotation" in one]


def test_nothing_is_left_out_silently():
    told = notes(bundle_of(RUNS["restricted"]))
    assert any(text.startswith("codeine could not be assessed (CYP2D6).") for text in told)
    assert "Sources disagree on clopidogrel: CPIC: avoid; FDA table: consider another drug." in told
    assert "Old rules." in told
    assert "Restricted run: only drugs clopidogrel. Everything else was left out." in told
    assert of_type(bundle_of(RUNS["restricted"]), "DiagnosticReport")[0]["conclusion"].startswith("Restricted run:")


ESCAPED = r"Reduce \*by half\* \<b\>at first\</b\>."


@pytest.mark.parametrize(("kind", "profile"), [("Task", ""), ("Observation", "therapeutic-implication")])
def test_wording_of_the_guideline_is_a_note_of_its_advice(kind, profile):
    found = of_type(bundle_of(with_wording(results())), kind, profile)
    texts = [note["text"] for one in found for note in one.get("note", ()) if "Wording" in note["text"]]
    assert texts == [f"Wording of the guideline (CPIC): {ESCAPED}"]
    assert "Wording" not in str(bundle_of(results()))


def test_wording_never_stands_without_how_far_it_holds():
    found = of_type(bundle_of(with_wording(results(), "simvastatin")), "Observation", "therapeutic-implication")
    (other, unseen) = [note["text"] for one in found for note in one.get("note", ()) if "Wording" in note["text"]]
    assert unseen.startswith(describe_agreement(Agreement.UNSEEN, ("*5", "*15"), 0.18).replace("*", r"\*"))
    assert other.startswith("Wording of the guideline (DPWG):")


def test_own_medicines_are_in_the_conclusion():
    run = results(medicines=("simvastatin", "clopidogrel", "codeine", "aspirin"))
    bundle = bundle_of(run)
    assert bundle_issues(bundle) == []
    (report,) = of_type(bundle, "DiagnosticReport")
    assert report["conclusion"].startswith(
        "The patient's own medicines: simvastatin (No all-clear), clopidogrel (Avoid), "
        "codeine (Could not be assessed), aspirin (Not in the rules; nothing is known here). Needs something done: "
    )
    assert "own medicines" not in str(bundle_of(results()))


def test_stars_and_tags_in_notes_stay_text():
    run = with_gene(replace(cyp2c19(), call=replace(cyp2c19().call, notes=(Note("x", "<b>*1 & [a](http://x)"),))))
    genotype = of_type(bundle_of(run), "Observation", "genotype")[0]
    assert genotype["note"] == [{"text": r"\<b\>\*1 \& \[a\](http\://x)"}]


# ---- names and bytes


def test_patient_holds_the_sample_name_alone():
    assert of_type(bundle_of(results("A 1")), "Patient") == [
        {"resourceType": "Patient", "identifier": [{"value": "A 1"}]}
    ]


def test_file_names_stay_out():
    assert "x.vcf.gz" not in json.dumps(bundle_of(results()))


def test_time_changes_no_address(monkeypatch):
    first = bundle_of(results())
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    second = bundle_of(results())
    assert first["timestamp"] != second["timestamp"]
    assert [one["fullUrl"] for one in first["entry"]] == [one["fullUrl"] for one in second["entry"]]


def test_addresses_differ_between_samples_and_inputs():
    other = replace(results(), input=replace(results().input, files=()))
    runs = (results(), results("other"), other)
    found = [{one["fullUrl"] for one in bundle_of(run)["entry"]} for run in runs]
    assert not found[0] & found[1]
    assert not found[0] & found[2]


def test_files(tmp_path):
    run = results(*HOSTILE_NAMES)
    written = write_fhir(run, tmp_path / "out", GENES, DRUGS)
    assert len({path.name.casefold() for path in written}) == len(HOSTILE_NAMES)
    assert all(path.parent == tmp_path / "out" and path.name.endswith(".fhir.json") for path in written)
    texts = [path.read_bytes() for path in written]
    assert [json.loads(text) for text in texts] == [fhir_bundle(run, one, GENES, DRUGS) for one in run.samples]
    write_fhir(run, tmp_path / "out", GENES, DRUGS)
    assert [path.read_bytes() for path in written] == texts
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(path.name for path in written)
