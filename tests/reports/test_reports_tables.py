"""The flat tables: rows and columns of the contract, and the same cells in TSV, Parquet and Excel."""

from __future__ import annotations

import csv
import re
import zipfile
from dataclasses import replace
from xml.etree import ElementTree

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_results import HOSTILE_NAMES, WORDING, results, with_wording

from pgx.domain.call import Evidence
from pgx.errors import PgxError
from pgx.reports import xlsx
from pgx.reports.document import results_document
from pgx.reports.parquet import write_parquet
from pgx.reports.tables import CALLS, EVIDENCE, RECOMMENDATIONS, flat_list, flat_tables
from pgx.reports.tsv import write_tsv
from pgx.reports.xlsx import LONGEST_CELL, write_xlsx

TABLES = ("calls", "recommendations", "evidence")
COLUMNS = {"calls": CALLS, "recommendations": RECOMMENDATIONS, "evidence": EVIDENCE}
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture(autouse=True)
def _fixed_time(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")


def rows_of(made, name):
    (table,) = [table for table in flat_tables(made) if table.name == name]
    names = [column.name for column in table.columns]
    return [dict(zip(names, row, strict=True)) for row in table.rows()]


def split_list(text: str) -> list[str]:
    parts = re.findall(r"((?:[^\\|]|\\.)*)(?:\||$)", text)
    return [re.sub(r"\\(.)", r"\1", part) for part in (parts[:-1] if text else [])]


def test_rows_are_those_of_the_document():
    made = results(*HOSTILE_NAMES)
    samples = results_document(made)["samples"]
    calls, advice, evidence = (rows_of(made, name) for name in TABLES)
    assert [(r["sample"], r["gene"]) for r in calls] == [(s["sample"], gene) for s in samples for gene in s["genes"]]
    assert [(r["sample"], r["drug"], r["source"], r["population"]) for r in advice] == [
        (s["sample"], line["drug"], line["source"], line["population"])
        for s in samples
        for line in s["recommendations"]
    ]
    assert [tuple(r.values()) for r in evidence] == [
        (s["sample"], gene, seen["position"], seen["state"])
        for s in samples
        for gene, call in s["genes"].items()
        for seen in call["evidence"]["not_called"]
    ]


def test_plain_cells_are_those_of_the_document():
    made = results()
    (one,) = results_document(made)["samples"]
    for row, line in zip(rows_of(made, "recommendations"), one["recommendations"], strict=True):
        plain = {name: value for name, value in line.items() if isinstance(value, str | int | float) or value is None}
        assert {name: row[name] for name in plain} == plain
        assert split_list(row["pmids"]) == [str(pmid) for pmid in line["pmids"]]
        assert split_list(row["depends_on"]) == line["depends_on"]
    for row, (gene, call) in zip(rows_of(made, "calls"), one["genes"].items(), strict=True):
        assert (row["gene"], row["status"], row["phenotype"]) == (gene, call["status"], call["phenotype"])
        assert split_list(row["diplotypes"]) == [found["name"] for found in call["diplotypes"]]
        assert split_list(row["lookup"]) == call["lookup"]
        assert row["activity_score"] == call["activity_score"]
        assert {name: row[name] for name in ("positions", "called", "absent")} == {
            name: call["evidence"][name] for name in ("positions", "called", "absent")
        }


def test_flattened_cells():
    rows = rows_of(results(), "recommendations")
    (amitriptyline,) = [row for row in rows if (row["drug"], row["source"]) == ("amitriptyline", "CPIC")]
    assert amitriptyline["genes"] == "CYP2C19=Poor Metabolizer|CYP2D6=No Result"
    assert amitriptyline["actions"] == "avoid|reduce_dose(percent=50; of=start; condition=if it cannot be avoided)"
    assert amitriptyline["levels"] == "cpic=A|clinpgx=1A|fda=Actionable PGx"
    assert amitriptyline["notes"] == "no-result: Only CYP2C19 was assessed."
    assert (amitriptyline["rules.version"], amitriptyline["rules.sha256"]) == ("2026.11.0", "cd" * 32)
    (tpmt,) = [row for row in rows_of(results(), "calls") if row["gene"] == "TPMT"]
    assert tpmt["lookup_alleles"] == "*1/*3A|*3B/*3C"
    assert tpmt["functions"] == "Normal function/No function|No function/No function"
    assert tpmt["diplotypes.phenotype"] == "Intermediate Metabolizer|Poor Metabolizer"


def test_wording_of_the_guideline_stands_where_it_was_attached():
    rows = rows_of(with_wording(results()), "recommendations")
    assert {row["source_text"] for row in rows if (row["drug"], row["source"]) == ("capecitabine", "CPIC")} == {WORDING}
    assert {row["source_text"] for row in rows if row["drug"] != "capecitabine"} == {""}
    names = [column.name for column in RECOMMENDATIONS]
    assert names[-3:] == ["source_text", "rules.version", "rules.sha256"]


def test_drugs_that_could_not_be_assessed_stand_with_their_genes():
    waiting = {row["gene"]: row["not_assessed"] for row in rows_of(results(), "calls")}
    assert (waiting["CYP2D6"], waiting["HLA-B"], waiting["TPMT"]) == ("codeine", "abacavir", "")


@given(st.lists(st.text(min_size=1), min_size=1))
def test_lists_can_be_taken_apart(texts):
    assert split_list(flat_list(texts)) == texts


def read_tsv(path):
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, dialect="excel-tab"))


def as_text(value):
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


@pytest.mark.parametrize("name", TABLES)
def test_tsv_reads_back(name, tmp_path):
    made = results(*HOSTILE_NAMES)
    paths = {path.stem: path for path in write_tsv(made, tmp_path)}
    text = paths[name].read_bytes()
    assert b"\r" not in text
    assert read_tsv(paths[name]) == [
        {column: as_text(cell) for column, cell in row.items()} for row in rows_of(made, name)
    ]


@pytest.mark.parametrize("name", TABLES)
def test_parquet_reads_back_typed(name, tmp_path):
    made = results(*HOSTILE_NAMES)
    paths = {path.stem: path for path in write_parquet(made, tmp_path)}
    frame = pl.read_parquet(paths[name])
    assert frame.to_dicts() == rows_of(made, name)
    kinds = {str: pl.String, int: pl.Int64, float: pl.Float64, bool: pl.Boolean}
    assert dict(frame.schema) == {column.name: kinds[column.kind] for column in COLUMNS[name]}


@pytest.mark.parametrize("write", [write_tsv, write_parquet])
def test_runs_without_samples_give_empty_tables(write, tmp_path):
    assert [path.stem for path in write(replace(results(), samples=()), tmp_path)] == list(TABLES)


def sheets_of(path):
    """Cells of each sheet as (type, text), by reference; text of shared and inline strings is resolved."""
    with zipfile.ZipFile(path) as archive:
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
        names = [sheet.get("name") for sheet in book.iter(f"{MAIN}sheet")]
        return {
            name: ElementTree.fromstring(archive.read(f"xl/worksheets/sheet{number}.xml"))
            for number, name in enumerate(names, start=1)
        }


def cells_of(sheet):
    return {cell.get("r"): (cell.get("t"), "".join(cell.itertext())) for cell in sheet.iter(f"{MAIN}c")}


def test_workbook_has_three_sheets_and_no_formula(tmp_path):
    path = write_xlsx(results(*HOSTILE_NAMES), tmp_path / "results.xlsx")
    sheets = sheets_of(path)
    assert list(sheets) == list(TABLES)
    for sheet in sheets.values():
        assert not list(sheet.iter(f"{MAIN}f"))
        assert not list(sheet.iter(f"{MAIN}hyperlink"))
    names = {text for reference, (kind, text) in cells_of(sheets["calls"]).items() if re.fullmatch(r"A\d+", reference)}
    assert {"<script>alert(1)</script>", "=cmd|'/c calc'!A0", "../../x"} <= names


def test_workbook_cells_are_typed(tmp_path):
    sheet = cells_of(sheets_of(write_xlsx(results(), tmp_path / "results.xlsx"))["calls"])
    header = {text: re.sub(r"\d", "", reference) for reference, (_, text) in sheet.items() if reference.endswith("1")}
    row = next(reference.removeprefix(header["gene"]) for reference, (_, text) in sheet.items() if text == "DPYD")
    assert sheet[header["activity_score"] + row] == (None, "1.5")
    assert sheet[header["positions"] + row] == (None, "83")
    assert sheet[header["phased"] + row] == ("b", "0")
    assert sheet[header["lookup"] + row] == ("inlineStr", "1.5")


def test_long_cells_are_cut_and_say_so(tmp_path):
    made = results()
    first = made.samples[0]
    gene = first.genes["CYP2C19"]
    long = replace(gene, call=replace(gene.call, evidence=Evidence((("called", 1),), missing=("rs1234567",) * 9000)))
    made = replace(made, samples=(replace(first, genes={"CYP2C19": long}),))
    texts = [text for _, text in cells_of(sheets_of(write_xlsx(made, tmp_path / "x.xlsx"))["calls"]).values()]
    assert max(map(len, texts)) == LONGEST_CELL
    assert any(text.endswith("whole in the other formats)") for text in texts)


def test_too_many_rows_for_a_sheet_is_one_line(tmp_path, monkeypatch):
    monkeypatch.setattr(xlsx, "MOST_ROWS", 5)
    with pytest.raises(PgxError, match=r"x.xlsx: sheet calls would need over 5 rows; write tsv or parquet"):
        write_xlsx(results(), tmp_path / "x.xlsx")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("write", [write_tsv, write_parquet, lambda made, to: (write_xlsx(made, to / "x.xlsx"),)])
def test_files_are_the_same_twice(write, tmp_path):
    first, again = (write(results("a", "b"), tmp_path / name) for name in ("1", "2"))
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in again]
