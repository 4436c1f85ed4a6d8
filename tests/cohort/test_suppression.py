"""No small cell follows from what is shown; checked by another method than the one that hides."""

from __future__ import annotations

import json
from collections import Counter

import numpy as np
import pytest
from attack import given_away
from hypothesis import given, settings
from hypothesis import strategies as st
from made_cohorts import pgx, write_cohort

from pgx.cohort.frequencies import wilson
from pgx.cohort.groups import shown_groups
from pgx.cohort.suppression import Knowledge, show_cells
from pgx.cohort.tallies import SIZE, Table
from pgx.errors import UsageError

LIMIT = 20


def follows(vector, known):
    """True where a vector is a combination of known ones: least squares leaves nothing of it."""
    if not len(known):
        return False
    best, *_ = np.linalg.lstsq(known.T, vector, rcond=None)
    return bool(abs(vector - known.T @ best).max() < 1e-7)


def table_of(counts):
    """Counts and vectors of a table with both totals; the kinds of people are its inner cells."""
    rows, columns = counts.shape
    inner = np.eye(rows * columns, dtype=int).reshape(rows, columns, -1)
    vectors = {(r, c): inner[r, c] for r in range(rows) for c in range(columns)}
    vectors |= {(r, "all"): inner[r].sum(axis=0) for r in range(rows)}
    vectors |= {("size", c): inner[:, c].sum(axis=0) for c in range(columns)}
    vectors["size", "all"] = inner.sum(axis=(0, 1))
    return {cell: int(vector @ counts.ravel()) for cell, vector in vectors.items()}, vectors


def hide(values, vectors, secrets):
    sparse = {cell: {kind: int(vector[kind]) for kind in np.flatnonzero(vector)} for cell, vector in vectors.items()}
    return show_cells(values, [Knowledge(sparse, [sparse[cell] for cell in secrets])])


@settings(deadline=None, max_examples=150)
@given(st.integers(1, 6), st.integers(1, 5), st.integers(0, 10_000))
def test_nothing_small_follows_and_no_more_is_hidden_than_must(rows, columns, seed):
    random = np.random.default_rng(seed)
    counts = random.integers(0, 60, (rows, columns)) * random.integers(0, 2, (rows, columns))
    values, vectors = table_of(counts)
    small = [cell for cell, value in values.items() if 0 < value < LIMIT]
    hidden = hide(values, vectors, small)
    assert set(small) <= hidden
    known = [vectors[cell] for cell in values if cell not in hidden]
    assert not [cell for cell in small if follows(vectors[cell], np.array(known))]
    for cell in hidden:
        more = np.array([*known, vectors[cell]])
        assert any(follows(vectors[other], more) for other in small)


def test_the_smallest_protect():
    values, vectors = table_of(np.array([[5, 100, 400], [200, 300, 500]]))
    hidden = hide(values, vectors, [(0, 0)])
    assert hidden == {(0, 0), (0, 1), (1, 0), (1, 1)}


def test_small_cells_of_a_row_do_not_follow_together_either():
    """Three and four people would be seven, everybody less the others; so a large count is hidden with them."""
    people = {
        frozenset({(SIZE, 1), (("status", "odd"), 1)}): Counter(east=3, north=4, south=500, west=600),
        frozenset({(SIZE, 1), (("status", "even"), 1)}): Counter(east=300, north=300, south=300, west=300),
    }
    shown = ("all", "east", "north", "south", "west")
    table = Table.count(people, shown, LIMIT)
    table.show(("status",), shown)
    hidden = {group for kind, name, group in table.hidden if (kind, name) == ("status", "odd")}
    assert hidden == {"east", "north", "south"}


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
