"""The contract `pgx-results/1`: its schema, its keys, and the same document in both writings."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from made_results import HOSTILE_NAMES, gene_result, metabolizer, results, sample

from pgx.domain.call import CallStatus, Diplotype, Evidence
from pgx.domain.drug import ActionKind, Severity
from pgx.domain.evidence import EvidenceState
from pgx.domain.gene import NO_RESULT
from pgx.domain.results import Agreement, Reading
from pgx.errors import UsageError
from pgx.reports.document import gene_document, read_score, results_document
from pgx.reports.json_report import dump_json, json_chunks, jsonl_chunks, write_json, write_jsonl
from pgx.rules.drug_tables import PARAMETERS

SCHEMA = json.loads((Path(__file__).parents[2] / "rules/schema/pgx-results-1.schema.json").read_text("utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)

TOP_KEYS = {"schema", "tool", "rules", "input", "samples"}
GENE_KEYS = {"status", "source", "phased", "diplotypes", "phenotype", "activity_score", "lookup", "evidence", "notes"}
DIPLOTYPE_KEYS = {"name", "alleles", "components", "lookup_alleles", "functions", "score"} | {
    "phenotype",
    "activity_score",
    "lookup",
}
EVIDENCE_KEYS = {"positions", "called", "reference_block", "absent", "filtered", "no_call", "conflict", "assumed"} | {
    "missing",
    "not_excluded",
    "undocumented",
}
RECOMMENDATION_KEYS = {"drug", "source", "guideline", "url", "population", "genes", "action", "actions"} | {
    *("alternatives", "severity", "strength", "levels", "implication", "advice", "pmids", "agreement", "depends_on")
}


@pytest.fixture(autouse=True)
def _fixed_time(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")


def test_schema_is_a_schema():
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("names", [(), ("NA1", "NA2"), HOSTILE_NAMES], ids=["one", "two", "hostile"])
def test_document_fits_the_schema(names):
    document = json.loads("".join(json_chunks(results(*names))))
    assert [error.message for error in VALIDATOR.iter_errors(document)] == []
    assert [one["sample"] for one in document["samples"]] == list(names or ("NA18526",))


def test_run_without_samples_fits_the_schema():
    assert not list(VALIDATOR.iter_errors(json.loads("".join(json_chunks(replace(results(), samples=()))))))


def test_streamed_text_is_the_document():
    made = results(*HOSTILE_NAMES)
    assert json.loads("".join(json_chunks(made))) == json.loads(json.dumps(results_document(made)))


def test_lines_hold_one_sample_each():
    made = results(*HOSTILE_NAMES)
    documents = [json.loads(line) for line in "".join(jsonl_chunks(made)).splitlines()]
    whole = results_document(made)
    assert [document["samples"] for document in documents] == [[one] for one in whole["samples"]]
    assert all(not list(VALIDATOR.iter_errors(document)) for document in documents)


def test_every_key_of_the_contract_is_there():
    document = results_document(results())
    one = document["samples"][0]
    assert document.keys() >= TOP_KEYS
    assert one.keys() >= {"sample", "genes", "recommendations", "problems"}
    for gene in one["genes"].values():
        assert gene.keys() >= GENE_KEYS
        assert gene["evidence"].keys() >= EVIDENCE_KEYS
        assert all(diplotype.keys() >= DIPLOTYPE_KEYS for diplotype in gene["diplotypes"])
    assert all(line.keys() >= RECOMMENDATION_KEYS for line in one["recommendations"])


def test_states_sum_to_positions():
    for gene in results_document(results())["samples"][0]["genes"].values():
        evidence = gene["evidence"]
        assert sum(evidence[state.label] for state in EvidenceState) == evidence["positions"]


def test_untestable_gene_has_candidates_without_meaning():
    gene = results_document(results())["samples"][0]["genes"]["CYP2D6"]
    assert [one["name"] for one in gene["diplotypes"]] == ["*1/*4", "*4/*74"]
    assert (gene["phenotype"], gene["activity_score"], gene["lookup"]) == (None, None, [])
    assert all(one["phenotype"] is None and one["lookup"] == [] for one in gene["diplotypes"])


def test_open_phase_and_commas_in_names():
    (found,) = results_document(results())["samples"][0]["genes"]["DPYD"]["diplotypes"]
    assert found["alleles"] == ["c.1129-5923C>G, c.1236G>A (HapB3)", "c.85T>C (*9A)"]
    assert found["listed"] is True
    assert found["name"] == "; ".join(found["alleles"])


def test_open_ended_score():
    gene = results_document(results())["samples"][0]["genes"]["CYP2C9"]
    assert (gene["activity_score"], gene["activity_score_min"], gene["lookup"]) == (3.0, True, ["≥3.0"])
    assert gene["diplotypes"][0]["activity_score_min"] is True
    assert [one["name"] for one in gene["alternatives"]] == ["*1/*3"]


def test_partial_call_is_looked_up_with_nothing():
    pair = Diplotype(("*1", "*2 + rs9"), (("*1",), ("*2", "rs9")), (), 3, partial=True)
    made = gene_result("CYP2C9", CallStatus.CALLED, (pair,), (metabolizer("Indeterminate"),), Evidence(()))
    document = gene_document(replace(made, best=(Reading("CYP2C9", (NO_RESULT,)),)))
    assert document["lookup"] == []
    assert document["diplotypes"][0]["partial"] is True


def test_ambiguous_gene_has_no_single_phenotype():
    gene = results_document(results())["samples"][0]["genes"]["TPMT"]
    assert gene["phenotype"] is None
    assert gene["lookup"] == ["Intermediate Metabolizer", "Poor Metabolizer"]


def test_source_without_a_row_says_so():
    lines = results_document(results())["samples"][0]["recommendations"]
    (line,) = [one for one in lines if one["drug"] == "pravastatin"]
    assert (line["action"], line["actions"], line["severity"]) == ("no_statement", [{"action": "no_statement"}], "grey")
    assert "no statement" in line["advice"]


def test_whole_numbers_have_no_fraction():
    lines = results_document(results())["samples"][0]["recommendations"]
    (line,) = [one for one in lines if one["drug"] == "capecitabine"]
    assert json.dumps(line["actions"][0]["percent"]) == "50"


def test_schema_refuses_what_the_contract_forbids():
    document = json.loads("".join(json_chunks(results())))
    line = document["samples"][0]["recommendations"][0]
    for change in ({"severity": "green", "agreement": "unseen"}, {"action": "guess"}, {"colour": "red"}):
        changed = json.loads(json.dumps(document))
        changed["samples"][0]["recommendations"][0] = {**line, **change}
        assert list(VALIDATOR.iter_errors(changed)), change


def test_schema_lists_are_those_of_the_types():
    defs = SCHEMA["$defs"]
    assert defs["action"]["properties"]["action"]["enum"] == [kind.value for kind in ActionKind]
    assert set(defs["action"]["properties"]) == {"action", *PARAMETERS}
    assert defs["gene"]["properties"]["status"]["enum"] == [status.value for status in CallStatus]
    assert defs["recommendation"]["properties"]["agreement"]["enum"] == [one.value for one in Agreement]
    assert defs["recommendation"]["properties"]["severity"]["enum"] == [one.label for one in Severity]


def test_time_and_host_are_in_provenance_alone(monkeypatch):
    fixed = "".join(json_chunks(results()))
    assert json.loads(fixed)["provenance"] == {"time": "2023-11-14T22:13:20Z", "host": None}
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    free = json.loads("".join(json_chunks(results())))
    assert free.pop("provenance")["host"] is not None
    assert free == {key: value for key, value in json.loads(fixed).items() if key != "provenance"}
    assert VALIDATOR.is_valid(json.loads("".join(json_chunks(results()))))


def test_time_that_is_no_number_is_a_usage_error(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    with pytest.raises(UsageError, match="SOURCE_DATE_EPOCH: 'yesterday' is not a number"):
        results_document(results())


def test_files_are_the_same_twice(tmp_path):
    first = [write_json(results("a", "b"), tmp_path / "1.json"), write_jsonl(results("a", "b"), tmp_path / "1.jsonl")]
    again = [write_json(results("a", "b"), tmp_path / "2.json"), write_jsonl(results("a", "b"), tmp_path / "2.jsonl")]
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in again]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1.json", "1.jsonl", "2.json", "2.jsonl"]


def test_document_goes_to_an_open_stream():
    stream = io.StringIO()
    dump_json(results(), stream)
    assert stream.getvalue() == "".join(json_chunks(results()))


@given(st.text())
def test_any_sample_name_survives(name):
    made = replace(results(), samples=(replace(sample(), sample=name),))
    assert json.loads("".join(json_chunks(made)))["samples"][0]["sample"] == name


SCORES = [("1.5", 1.5, False), ("≥3.0", 3.0, True), (">=3", 3.0, True)]
NO_SCORES = [(text, None, None) for text in ("", "n/a", "inf", "nan", "-1")]


@pytest.mark.parametrize(("text", "value", "at_least"), [*SCORES, *NO_SCORES])
def test_scores_are_read_as_spelt(text, value, at_least):
    score = read_score(text)
    assert (score and score.value, score and score.at_least) == (value, at_least)
