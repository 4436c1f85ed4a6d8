"""No small cell follows from what is shown; checked by another method than the one that hides."""

from __future__ import annotations

import json

import numpy as np
import pytest
from attack import given_away
from hypothesis import given, settings
from hypothesis import strategies as st
from made_cohorts import pgx, write_cohort

from pgx.cohort.frequencies import wilson
from pgx.cohort.groups import shown_groups
from pgx.cohort.suppression import hide_small
from pgx.errors import UsageError

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


def read_cells(folder):
    lines = (folder / "cohort.tsv").read_text().splitlines()
    return [dict(zip(lines[0].split("\t"), line.split("\t"), strict=True)) for line in lines[1:]]


def test_cohort_counts(report):
    cells = read_cells(report / "tables/cohort")
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


@pytest.mark.parametrize("limit", [5, 12])
def test_nothing_small_follows_from_the_whole_page(report, tmp_path, limit):
    by = ("--metadata", report / "people.tsv", "--by", "region", "--min-cell", limit)
    assert pgx("cohort", report / "tables", "-o", tmp_path, *by).returncode == 0
    groups = dict(line.split("\t") for line in (report / "people.tsv").read_text().splitlines())
    cells = read_cells(tmp_path)
    assert given_away(report / "tables", cells, groups, limit) == []
    assert sum(cell["hidden"] == "false" for cell in cells) > len(cells) / 4


def test_attack_finds_what_is_not_hidden_well(report, tmp_path):
    """Hide small cells alone, nothing with them: the attack works them out."""
    assert pgx("cohort", report / "tables", "-o", tmp_path, "--min-cell", 1).returncode == 0
    cells = read_cells(tmp_path)
    for cell in cells:
        cell["hidden"] = "true" if 0 < int(cell["count"]) < LIMIT else "false"
    assert len(given_away(report / "tables", cells, None, LIMIT)) > 3


def test_small_groups_are_not_shown_and_do_not_follow():
    assert shown_groups({"all": 100, "a": 60, "b": 35, "c": 5}, 20) == {"all": 100, "a": 60}
    assert shown_groups({"all": 100, "a": 50, "b": 25, "c": 15, "d": 10}, 20) == {"all": 100, "a": 50, "b": 25}
    assert shown_groups({"all": 12}, 20) == {}
    with pytest.raises(UsageError, match="31 groups"):
        shown_groups({"all": 31, **{str(number): 1 for number in range(31)}}, 1)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("sample\tregion\nP000\tnorth\nP001\tsouth\nP000\tnorth\n", "lines 2, 4"),
        ("sample\tregion\nQ1\tnorth\nQ2\tsouth\n", "none of the 90 samples"),
        ("sample\tregion\nP000\tall\n", "named 'all'"),
        ("sample\tsite\nP000\tnorth\n", "no column 'region'"),
        ("", "cannot be read"),
        (None, "no such file"),
    ],
)
def test_wrong_table_of_people_is_one_line(report, tmp_path, text, says):
    if text is not None:
        (tmp_path / "people.tsv").write_text(text)
    made = pgx("cohort", report / "tables", "-o", tmp_path, "--metadata", tmp_path / "people.tsv", "--by", "region")
    assert (made.returncode in (1, 2), made.stderr.count("\n"), says in made.stderr) == (True, 1, True), made.stderr
    assert not (tmp_path / "cohort.tsv").exists()


def test_samples_on_one_side_only_are_told_of(report, tmp_path):
    (tmp_path / "people.tsv").write_text("sample\tregion\nP000\tnorth\nQ1\tnorth\n")
    made = pgx("cohort", report / "tables", "-o", tmp_path, "--metadata", tmp_path / "people.tsv", "--by", "region")
    assert made.returncode == 0
    assert "not in the batch: 1 of its samples; not in it, and counted as 'not stated': 89 of the batch" in made.stderr


def test_wrong_column_is_one_line(report):
    made = pgx("cohort", report / "tables", "--metadata", report / "people.tsv", "--by", "height")
    assert (made.returncode, made.stderr.count("\n")) == (2, 1)
