"""Every shipped sample file, run whole: the document fits its schema, and the readable reports keep their promises."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from rich.console import Console

from pgx.domain.drug import Severity
from pgx.domain.results import Agreement
from pgx.pipeline import run
from pgx.reports.json_report import json_chunks
from pgx.reports.markdown import write_markdown
from pgx.reports.summary import summarise
from pgx.reports.tables import call_rows, recommendation_rows
from pgx.reports.terminal import print_results
from pgx.rules.ruleset import load_rules

CHECKOUT = Path(__file__).resolve().parents[2]
FILES = sorted(path for path in (CHECKOUT / "sample_vcfs").iterdir() if path.name.endswith((".vcf", ".vcf.gz", ".bcf")))
SCHEMA = json.loads((CHECKOUT / "rules/schema/pgx-results-1.schema.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def rules():
    return load_rules()


@pytest.fixture(scope="module", params=FILES, ids=[path.name for path in FILES])
def shipped(request, rules):
    return run([request.param], rules=rules)


def test_document_fits_the_schema(shipped):
    errors = Draft202012Validator(SCHEMA).iter_errors(json.loads("".join(json_chunks(shipped))))
    assert [f"{error.json_path}: {error.message}" for error in errors] == []


def test_every_drug_with_guidance_is_somewhere_once(shipped, rules):
    drugs = sorted(name for name, drug in rules.drugs.items() if drug.genes)
    for sample in summarise(shipped):
        assert sorted(drug.drug for drug in sample.drugs) == drugs


def test_only_what_holds_for_all_results_is_green(shipped):
    lines = [line for sample in shipped.samples for line in sample.advice]
    assert all(line.agreement is Agreement.SAME for line in lines if line.severity is Severity.GREEN)


def test_tables_have_a_row_for_each_gene_and_line(shipped):
    assert len(list(call_rows(shipped))) == sum(len(sample.genes) for sample in shipped.samples)
    assert len(list(recommendation_rows(shipped))) == sum(len(sample.advice) for sample in shipped.samples)


def test_terminal_keeps_to_its_width(shipped):
    stream = io.StringIO()
    print_results(shipped, Console(file=stream, width=80, force_terminal=True, color_system=None))
    assert max(map(len, stream.getvalue().splitlines())) <= 80


def test_markdown_is_written_for_each_sample(shipped, tmp_path):
    assert len(write_markdown(shipped, tmp_path)) == len(shipped.samples)
