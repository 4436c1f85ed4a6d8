"""Grouping, wording, file names and the look-up of formats: what all reports share."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import subprocess
import sys
from dataclasses import replace
from importlib.util import find_spec

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_results import NO_CYP2D6, POOR, act, line, results, row, sample

import pgx.reports
from pgx.domain.call import Note
from pgx.domain.drug import Action, ActionKind, Severity
from pgx.domain.results import Agreement, NotAssessed, Restriction
from pgx.errors import PgxError, UsageError
from pgx.reports import WRITERS, check_formats, write_reports
from pgx.reports.files import LONGEST_NAME, safe_names, write_text
from pgx.reports.summary import count_drugs, headlines, summarise_sample
from pgx.reports.wording import Group, describe_action, describe_restriction, printable

STANDARD = row(act(ActionKind.STANDARD), advice="No change.")
HALVE = row(act(ActionKind.REDUCE_DOSE, percent=50), advice="Halve it.")
AVOID = row(act(ActionKind.AVOID), advice="Avoid it.")
UNSEEN = {"agreement": Agreement.UNSEEN, "severity": Severity.GREY, "depends_on": ("CYP2C19 *17",)}

SEEN_SO_FAR = line("x", "B", STANDARD, POOR, **UNSEEN)


def within(population, made):
    return line("x", "A", replace(made, population=population), POOR)


def grouped(*lines, not_assessed=()):
    made = replace(sample(), advice=lines, not_assessed=tuple(not_assessed), disagreements=())
    (drug,) = summarise_sample(made).drugs
    assert count_drugs(made) == {(drug.group, drug.severity): 1}
    return drug


@pytest.mark.parametrize(
    ("lines", "group", "severity"),
    [
        ([line("x", "A", AVOID, POOR), line("x", "B", STANDARD, POOR)], Group.ACTION, Severity.RED),
        ([line("x", "A", STANDARD, POOR), line("x", "B", HALVE, POOR)], Group.ACTION, Severity.AMBER),
        ([line("x", "A", STANDARD, POOR), SEEN_SO_FAR], Group.AS_FAR_AS_SEEN, Severity.GREY),
        ([line("x", "A", STANDARD, POOR), line("x", "B", None, POOR)], Group.STANDARD, Severity.GREEN),
        ([line("x", "A", None, POOR)], Group.NO_GUIDANCE, Severity.GREY),
        ([line("x", "A", HALVE, POOR, agreement=Agreement.UNSEEN)], Group.ACTION, Severity.AMBER),
    ],
)
def test_group_is_that_of_the_worst_line(lines, group, severity):
    for order in (lines, lines[::-1]):
        drug = grouped(*order)
        assert (drug.group, drug.severity) == (group, severity)


def test_only_what_holds_for_all_results_is_green():
    for drug in summarise_sample(sample()).drugs:
        if drug.severity is Severity.GREEN:
            assert all(one.agreement is Agreement.SAME for one in drug.lines if one.group is Group.STANDARD)
            assert all(one.group in (Group.STANDARD, Group.NO_GUIDANCE) for one in drug.lines)


def test_drug_that_could_not_be_assessed_says_which_gene():
    drug = grouped(not_assessed=[NotAssessed("x", ("CYP2D6", "CYP2C19"), "CYP2D6: untestable")])
    assert (drug.group, drug.word) == (Group.NOT_ASSESSED, "Not assessed")
    assert drug.reason == "CYP2D6: cannot be called from this kind of data"


def test_reason_is_kept_where_no_gene_tells():
    assert grouped(not_assessed=[NotAssessed("x", ("NEW1",), "No table for NEW1.")]).reason == "No table for NEW1."


@pytest.mark.parametrize(
    ("lines", "depends"),
    [
        ([within("p", AVOID), within("q", HALVE)], True),
        ([within("p", AVOID), within("q", AVOID)], False),
        ([line("x", "A", AVOID, POOR), line("x", "B", HALVE, POOR)], False),
        ([line("x", "A", AVOID, POOR), line("x", "A", HALVE, POOR)], False),
        ([within("p", AVOID), line("x", "A", None, POOR)], True),
    ],
)
def test_indication_matters_where_one_source_differs_by_population(lines, depends):
    assert grouped(*lines).depends_on_indication is depends


def test_lines_that_say_the_same_are_one_statement():
    lines = [line("x", source, AVOID, POOR) for source in ("A", "B")]
    drug = grouped(*lines, line("x", "C", HALVE, POOR), line("x", "D", None, POOR))
    assert [statement.origins for statement in drug.statements] == ["A, Strong; B, Strong", "C, Strong", "D"]
    assert [statement.origins for statement in drug.advising] == ["A, Strong; B, Strong", "C, Strong"]


def test_caveat_says_what_stands_against_an_all_clear():
    assert grouped(line("x", "A", STANDARD, POOR, **UNSEEN)).caveat == (
        "Holds as far as seen: CYP2C19 *17 could not be excluded."
    )
    note = Note("gene-not-assessed", "Assessed by one gene alone.")
    alone = line("x", "A", STANDARD, POOR, NO_CYP2D6, severity=Severity.GREY, notes=(note,))
    assert grouped(alone).caveat == "Assessed by one gene alone."
    unknown = replace(POOR, lookup=("Indeterminate",), phenotype="Indeterminate")
    assert "unknown function" in grouped(line("x", "A", STANDARD, unknown, severity=Severity.GREY)).caveat
    assert grouped(line("x", "A", STANDARD, POOR)).caveat == ""


def test_what_several_lines_depend_on_is_said_once():
    more = {**UNSEEN, "depends_on": ("CYP2C19 *17", "CYP2C19 *4", "TPMT *2", "CYP2D6"), "missed_share": 0.125}
    drug = grouped(line("x", "A", STANDARD, POOR, **UNSEEN), line("x", "B", STANDARD, POOR, **more))
    assert drug.caveat == (
        "Holds as far as seen: CYP2C19 *17, *4; TPMT *2 could not be excluded and CYP2D6 could change it "
        "(up to 12 % of carriers could be missed, depending on ancestry)."
    )


def test_headlines_are_limits_then_remarks_each_once():
    old = Note("old-rules", "Old.")
    made = results(restriction=Restriction(drugs=("x",)), warnings=(old, old))
    limits = "Restricted run: only drugs x. Everything else was left out."
    assert headlines(made) == (limits, "Old.", "Run with assume-reference all.")
    plain = replace(results(), input=replace(results().input, options=()))
    assert headlines(plain) == ()
    assert describe_restriction(Restriction()) == ""


ACTIONS = [
    (("standard",), {}, "Standard dose"),
    (("standard",), {"max": 20, "unit": "mg/day"}, "Standard dose to at most 20 mg/day"),
    (("reduce_dose",), {"percent": 50}, "Reduce the dose by 50%"),
    (("reduce_dose",), {"percent_min": 25, "percent_max": 50, "of": "start"}, "Reduce the starting dose by 25–50%"),
    (("reduce_dose",), {"percent_min": 25}, "Reduce the dose by at least 25%"),
    (("reduce_dose",), {"percent_max": 25}, "Reduce the dose by up to 25%"),
    (("increase_dose",), {"factor_min": 1.5, "factor_max": 2}, "Increase the dose to 1.5–2 times the usual"),
    (("reduce_dose",), {"target": 150, "unit": "mg/day"}, "Reduce the dose to 150 mg/day"),
    (("increase_dose",), {"of": "maintenance", "optional": True}, "Increase the maintenance dose (optional)"),
    (("monitor",), {"what": ("INR", "blood count")}, "Monitor: INR, blood count"),
    (("test_first",), {"what": ("enzyme activity",)}, "Test first: enzyme activity"),
    (("avoid",), {"condition": "unless nothing else helps"}, "Avoid (unless nothing else helps)"),
    (("caution",), {"of": "loading"}, "Use with caution, loading dose"),
    (("caution",), {"new": "thing"}, "Use with caution (new thing)"),
]


@pytest.mark.parametrize(("kind", "parameters", "words"), ACTIONS, ids=[words for *_, words in ACTIONS])
def test_actions_in_words(kind, parameters, words):
    assert describe_action(Action(ActionKind(*kind), tuple(parameters.items()))) == words


@pytest.mark.parametrize("kind", ActionKind)
def test_every_action_has_words(kind):
    assert describe_action(Action(kind))


@pytest.mark.parametrize(
    ("names", "files"),
    [
        (["NA18526", "NA19003"], ("NA18526", "NA19003")),
        (["../../x", "x"], ("x-2", "x")),
        (["<script>"], ("script",)),
        (["a/b", "a\\b", "a_b"], ("a_b-2", "a_b-3", "a_b")),
        (["Sample", "sample"], ("Sample", "sample-2")),
        (["", ".", "..", " "], ("sample", "sample-2", "sample-3", "sample-4")),
        (["CON", "nul.txt", "-rf"], ("CON_", "nul.txt_", "rf")),
        (["index"], ("index-2",)),
        (["Ünal", "患者一"], ("Ünal", "患者一")),
    ],
)
def test_file_names(names, files):
    assert safe_names(names, reserved=["index"]) == files


@given(st.lists(st.text(), max_size=6))
def test_file_names_are_safe_and_different(names):
    files = safe_names(names)
    assert len({name.casefold() for name in files}) == len(names)
    for name in files:
        assert name
        assert not set(name) & set('/\\<>:"|?*\0')
        assert not name.startswith((".", "-"))
        assert len(name.encode()) <= LONGEST_NAME + 4


def test_half_written_files_leave_nothing(tmp_path):
    path = tmp_path / "report.txt"
    path.write_text("before", "utf-8")

    def chunks():
        yield "new"
        raise ValueError("boom")

    with pytest.raises(ValueError, match="boom"):
        write_text(path, chunks())
    assert path.read_text("utf-8") == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_place_that_cannot_be_written_is_one_line(tmp_path):
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(PgxError, match=r"file/report.txt: cannot be written: .*; choose another place with -o"):
        write_text(tmp_path / "file" / "report.txt", ["text"])


@pytest.mark.parametrize(
    ("given_names", "formats"),
    [(["json"], ("json",)), (["TSV", "tsv", "md"], ("tsv", "markdown")), ([], ())],
)
def test_formats_are_looked_up(given_names, formats):
    assert check_formats(given_names) == formats


def test_unknown_format_lists_those_there_are():
    with pytest.raises(UsageError) as caught:
        check_formats(["json", "docx"])
    assert str(caught.value).startswith("--format: 'docx' is unknown; the formats are ")
    assert all(name in str(caught.value) for name in WRITERS)


def test_every_format_writes_files_that_exist(tmp_path):
    installed = [name for name in WRITERS if name != "pdf" or find_spec("weasyprint")]
    for name in installed:
        folder = tmp_path / name
        written = write_reports(results("a", "../b"), None, [name], folder)
        assert written
        assert {path for path in folder.rglob("*") if path.is_file()} == set(written)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(installed)


def test_formats_are_imported_when_asked_for():
    code = (
        "import sys, pgx.reports, pgx.reports.json_report, pgx.reports.tsv, pgx.reports.summary;"
        "print(sorted({'polars', 'rich', 'xlsxwriter', 'numpy', 'typer', 'yaml'} & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


@given(st.text())
def test_shown_text_holds_no_control(text):
    assert printable(text).isprintable()


MODULES = [name for _, name, _ in pkgutil.iter_modules(pgx.reports.__path__, "pgx.reports.")]


@pytest.mark.parametrize("name", [name for name in MODULES if name.rpartition(".")[2] not in ("html", "fhir")])
def test_examples_in_docstrings(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0
