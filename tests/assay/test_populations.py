"""Frequency tables: what is refused, what is written reads back, and the import of the published table."""

from __future__ import annotations

from pathlib import Path

import pytest

from pgx.domain.population import BiogeographicGroup
from pgx.errors import InputError, RuleError
from pgx.rules.importers.frequencies import import_frequencies
from pgx.rules.populations import check_frequencies, format_frequencies, parse_frequencies, parse_panels
from pgx.rules.ruleset import load_rules, shipped_rules

RULES = load_rules()
HEAD = "gene\tallele\tpopulation\tfrequency\tsubjects\tsource\n"
TABLE = """gene: CYP3A5
version: "2021"
sources:
  - {name: A table, version: "2021", url: https://example.org}
groups:
  European:
    subjects: 10
    alleles: {"*1": 0.9, "*3": 0.1}
"""


def test_a_table_reads_back_as_it_was_written():
    table = parse_frequencies(TABLE, "x.yaml")
    assert parse_frequencies(format_frequencies(table), "x.yaml") == table
    known = table.of(BiogeographicGroup.EUROPEAN)
    assert known is not None
    assert (known.subjects, known.sum_of({"*3", "*6"}), known.knows(["*6"])) == (10, 0.1, False)


@pytest.mark.parametrize("file", sorted((shipped_rules() / "populations").glob("*.yaml")), ids=lambda file: file.stem)
def test_shipped_tables_are_as_they_would_be_written(file: Path):
    text = file.read_text(encoding="utf-8")
    assert format_frequencies(parse_frequencies(text, file.name)) == text


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("European", "Martian", "x.yaml:7: unknown group 'Martian'"),
        ("0.1}", "1.5}", "x.yaml:8: a frequency is between 0 and 1, found 1.5"),
        ("subjects", "people", "unknown key 'people'"),
        ("groups:", "groups: []\nextra:", "unknown key 'extra'"),
        ("subjects: 10", "subjects: many", "expected a whole number"),
    ],
)
def test_what_is_no_frequency_table_is_refused(old: str, new: str, reason: str):
    with pytest.raises(RuleError, match=reason.replace("[", r"\[")):
        parse_frequencies(TABLE.replace(old, new), "x.yaml")


def test_names_must_be_those_of_the_gene_table():
    table = parse_frequencies(TABLE.replace("*3", "*33"), "x.yaml")
    with pytest.raises(RuleError, match=r"European: CYP3A5 has no allele '\*33'"):
        check_frequencies(table, RULES.genes["CYP3A5"], "x.yaml")
    with pytest.raises(RuleError, match="no gene table for 'CYP3A5'"):
        check_frequencies(table, None, "x.yaml")


def test_panels_are_read():
    text = 'panels: [{gene: G, name: P, version: "2019", url: u, tiers: [1], beyond: [{tier: 1, what: xN}]}]'
    (panel,) = parse_panels(text, "panels.yaml")
    assert (panel.tiers, panel.beyond) == ((1,), ((1, "xN"),))


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("CYP0\t*1\tEuropean\t0.1\t\tCPIC API 2026-07", "no gene table for 'CYP0'"),
        ("CYP3A5\t*77\tEuropean\t0.1\t\tCPIC API 2026-07", r"CYP3A5 has no allele '\*77'"),
        ("CYP3A5\t*3\tMartian\t0.1\t\tCPIC API 2026-07", "unknown population 'Martian'"),
        ("CYP3A5\t*3\tEuropean\t7\t\tCPIC API 2026-07", "'7' is no frequency"),
        ("CYP3A5\t*3\tEuropean\t0.1\tten\tCPIC API 2026-07", "'ten' is no number of subjects"),
        ("CYP3A5\t*3\tEuropean\t0.1\t\tHearsay 2026", "source 'Hearsay 2026' is not known"),
        (
            "CYP3A5\t*1\tEuropean\t0.1\t\tCPIC API 2026-07\nCYP3A5\t*1d\tEuropean\t0.1\t\tCPIC API 2026-07",
            "stands twice",
        ),
    ],
)
def test_a_source_that_does_not_fit_is_refused_and_nothing_written(tmp_path: Path, row: str, reason: str):
    table = tmp_path / "frequencies.tsv"
    table.write_text(HEAD + row + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=reason):
        import_frequencies(table, RULES.genes, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.shared
def test_the_shipped_tables_are_the_import_of_the_source(shared: Path, tmp_path: Path):
    source = shared / "facts" / "frequencies" / "allele_frequencies.tsv"
    report = import_frequencies(source, RULES.genes, tmp_path)
    shipped = shipped_rules() / "populations"
    assert {path.name for path in report.files} == {path.name for path in shipped.glob("*.yaml")}
    for path in report.files:
        assert path.read_bytes() == (shipped / path.name).read_bytes()
    newer = {table.gene for table in report.tables if table.version.startswith("2026")}
    assert newer == {"CYP2C19", "CYP2C9", "NUDT15", "SLCO1B1", "TPMT"}
