"""No small cell follows from what is shown; checked by another method than the one that hides."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_cohorts import pgx, write_cohort

from pgx.cohort.frequencies import wilson
from pgx.cohort.suppression import hide_small

LIMIT = 20


def follows(cell, values, sums, hidden):
    """True where all solutions of the sums agree on the cell: it is nowhere in the null space."""
    unknown = sorted(hidden, key=repr)
    matrix = np.array([[terms.get(name, 0) for name in unknown] for terms in sums], dtype=float)
    _, sizes, basis = np.linalg.svd(matrix)
    rank = int((sizes > 1e-9).sum())
    return bool((abs(basis[rank:, unknown.index(cell)]) < 1e-9).all())


def table_of(counts):
    """Cells of a table with both totals, and its sums."""
    rows, columns = counts.shape
    values = {(r, c): int(counts[r, c]) for r in range(rows) for c in range(columns)}
    values |= {(r, "all"): int(counts[r].sum()) for r in range(rows)}
    values |= {("size", c): int(counts[:, c].sum()) for c in range(columns)} | {("size", "all"): int(counts.sum())}
    sums = [{(r, "all"): -1, **{(r, c): 1 for c in range(columns)}} for r in (*range(rows), "size")]
    sums += [{("size", c): -1, **{(r, c): 1 for r in range(rows)}} for c in (*range(columns), "all")]
    return values, sums


@settings(deadline=None, max_examples=150)
@given(st.integers(1, 6), st.integers(1, 5), st.integers(0, 10_000))
def test_nothing_small_follows(rows, columns, seed):
    random = np.random.default_rng(seed)
    counts = random.integers(0, 60, (rows, columns)) * random.integers(0, 2, (rows, columns))
    values, sums = table_of(counts)
    sizes = [("size", "all")] if counts.sum() >= LIMIT else []
    hidden = hide_small(values, sums, LIMIT, open_cells=sizes)
    small = [cell for cell, value in values.items() if 0 < value < LIMIT]
    assert set(small) <= hidden
    free = any(cell not in hidden and cell not in sizes for cell in values)
    assert not [cell for cell in small if follows(cell, values, sums, hidden)] or not free


def test_one_small_cell_takes_another_with_it():
    values, sums = table_of(np.array([[5, 100], [200, 300]]))
    hidden = hide_small(values, sums, LIMIT, open_cells=[cell for cell in values if cell[0] == "size"])
    assert (0, 0) in hidden
    assert len(hidden) >= 4


@pytest.mark.parametrize(
    ("count", "total", "low", "high"), [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (5, 10, 0.2366, 0.7634)]
)
def test_wilson(count, total, low, high):
    assert [round(bound, 4) for bound in wilson(count, total)] == [low, high]


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cohort")
    write_cohort(folder / "cohort.vcf", 90)
    people = [f"P{number:03d}\t{'north' if number % 3 else 'south'}\n" for number in range(80)]
    (folder / "people.tsv").write_text("sample\tregion\n" + "".join(people))
    assert pgx("batch", folder / "cohort.vcf", "-o", folder / "tables", "--quiet").returncode == 0
    by = ("--metadata", folder / "people.tsv", "--by", "region")
    assert pgx("cohort", folder / "tables", *by, "--min-cell", 5).returncode == 0
    return folder


def read_cells(report):
    lines = (report / "tables/cohort/cohort.tsv").read_text().splitlines()
    return [dict(zip(lines[0].split("\t"), line.split("\t"), strict=True)) for line in lines[1:]]


def test_cohort_counts(report):
    cells = read_cells(report)
    sizes = {cell["group"]: cell["count"] for cell in cells if cell["kind"] == "samples"}
    assert sizes == {"all": "90", "north": "53", "not stated": "10", "south": "27"}
    assert not [cell for cell in cells if cell["count"] and 0 < int(cell["count"]) < 5]
    assert {"status", "allele", "diplotype", "phenotype", "actionable", "open"} <= {cell["kind"] for cell in cells}
    manifest = json.loads((report / "tables/manifest.json").read_text())
    called = {
        cell["subject"]: cell
        for cell in cells
        if (cell["kind"], cell["name"], cell["group"]) == ("status", "called", "all")
    }
    for gene, counts in manifest["genes"].items():
        if gene in called and called[gene]["count"]:
            assert int(called[gene]["count"]) == counts["samples"]["called"]


def test_cohort_page_shows_pictures(report):
    page = (report / "tables/cohort/cohort.html").read_text()
    assert page.count("<svg") > 20
    assert "http" not in page


def test_wrong_column_is_one_line(report):
    made = pgx("cohort", report / "tables", "--metadata", report / "people.tsv", "--by", "height")
    assert (made.returncode, made.stderr.count("\n")) == (2, 1)
