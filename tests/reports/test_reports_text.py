"""The readable reports: terminal and Markdown say the same, safely, at 80 columns and without colour."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from made_results import HOSTILE_NAMES, results, sample
from markdown_it import MarkdownIt
from rich.console import Console

from pgx.domain.call import Note
from pgx.domain.results import InputFile, InputReport, Restriction
from pgx.reports.input_words import describe_input
from pgx.reports.markdown import write_markdown
from pgx.reports.terminal import print_results

RESTRICTED = Restriction(genes=("CYP2C19",), sources=("CPIC",))
OLD = (Note("old-rules", "The rules are of 2024-01-01, more than 18 months old."),)


def printed(made, *, encoding="utf-8", width=80, **console):
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding, newline="")
    print_results(made, Console(file=stream, width=width, **console))
    stream.flush()
    return raw.getvalue().decode(encoding)


@pytest.fixture(autouse=True)
def _no_terminal(monkeypatch):
    for name in ("FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)


def test_what_needs_doing_comes_first():
    text = printed(results())
    parts = (
        "Needs something done (5)",
        "AVOID OR REPLACE",
        "clopidogrel",
        "ADJUST OR WATCH",
        "citalopram",
        "Genes (7)",
    )
    parts += ("Standard as far as seen (1)", "Standard dosing (1)", "No guidance for this result (1)")
    parts += ("Could not be assessed (2)", "CYP2D6: cannot be called from this kind of data: codeine", "Problems (1)")
    places = [text.index(part) for part in parts]
    assert places == sorted(places)


def test_one_drug_is_one_block_with_worst_first():
    text = printed(results())
    block = text[text.index("✖ clopidogrel") : text.index("▲ ADJUST")]
    assert block.splitlines()[0] == "✖ clopidogrel: Avoid (depends on the indication)"
    assert "CPIC, ACS or PCI, Strong; DPWG, PCI, stroke or TIA: Avoid clopidogrel" in block
    assert "Because of CYP2C19 *2/*2 Poor Metabolizer" in block
    assert "Instead: prasugrel, ticagrelor" in block
    assert "▲ CPIC, other cardiovascular use, Optional; FDA table: Consider another drug" in block
    assert "≠ Sources differ. CPIC: avoid; FDA table: consider another drug" in block


def test_equally_good_results_are_told_apart():
    text = printed(results())
    block = text[text.index("▲ azathioprine") : text.index("▲ capecitabine")]
    assert "Because of TPMT *3B/*3C Poor Metabolizer" in block
    assert "Because of TPMT *1/*3A Intermediate Metabolizer" in block


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("names", [(), HOSTILE_NAMES], ids=["one", "several"])
def test_lines_keep_to_the_width_of_a_terminal(width, names):
    text = printed(results(*names), width=width, force_terminal=True, color_system=None)
    assert max(map(len, text.splitlines())) <= width


def test_nothing_but_text_goes_into_a_pipe():
    for made in (results(), results(*HOSTILE_NAMES), *(results(name) for name in HOSTILE_NAMES)):
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", printed(made))


def test_colour_only_doubles_words_and_symbols():
    coloured = printed(results(), force_terminal=True, color_system="standard")
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == printed(results(), force_terminal=True, color_system=None)


def test_plain_terminals_get_plain_signs():
    text = printed(results(warnings=OLD), encoding="ascii")
    assert "X clopidogrel: Avoid" in text
    assert ">=3.0" in text
    assert "!= Sources differ" in text


def test_several_samples_are_a_line_each():
    names = [f"NA{number:05}" for number in range(20)]
    lines = printed(results(*names), width=200).splitlines()
    assert [line.split()[0] for line in lines[-20:]] == names
    assert lines[-1].split()[1:13] == ["✖", "2", "▲", "3", "◐", "1", "✔", "1", "○", "1", "?", "2"]
    assert "amitriptyline, clopidogrel" in lines[-1]


def test_lines_of_samples_are_whole_in_a_pipe_and_cut_on_a_terminal():
    made = results("NA1", "NA2")
    assert printed(made, width=45).splitlines()[-1].endswith("clopidogrel  ! 1 problem")
    assert printed(made, width=45, force_terminal=True, color_system=None).splitlines()[-1].endswith("…")


@pytest.mark.parametrize("names", [(), ("a", "b")], ids=["one", "several"])
def test_limits_and_old_rules_are_said_first(names):
    text = printed(results(*names, restriction=RESTRICTED, warnings=OLD), width=100)
    head = "\n".join(text.splitlines()[:4])
    assert "Restricted run: only genes CYP2C19; sources CPIC. Everything else was left out." in head
    assert "more than 18 months old" in head


READ = InputReport(
    (InputFile("x.vcf.gz"),),
    "GRCh38",
    read=1203,
    used=1000,
    discarded=(("not at a defining position", 200), ("symbolic allele", 3)),
    marked=1,
    genotypes=(("depth below 20", 1400), ("no genotype", 2)),
    unexplained=(("DPYD", 2), ("TPMT", 1)),
)
SAID = (
    "203 of 1,203 records not used: 200 not at a defining position; 3 symbolic allele.",
    "1 record used that fails FILTER; --require-pass leaves them out.",
    "1,402 genotypes give no alleles: 1,400 depth below 20; 2 no genotype.",
    "3 records in exons that no table explains: DPYD 2, TPMT 1.",
)


@pytest.mark.parametrize(
    ("report", "said"),
    [
        (READ, SAID),
        (InputReport((), None, read=5, used=5), ()),
        (replace(READ, discarded=(), unexplained=(), marked=0), SAID[2:3]),
        (replace(READ, discarded=(("symbolic allele", 3),), marked=2, genotypes=(("no depth", 1),), unexplained=()), (
            "3 of 1,203 records not used: symbolic allele.",
            "2 records used that fail FILTER; --require-pass leaves them out.",
            "1 genotype gives no alleles: no depth.",
        )),
    ],
    ids=["everything", "nothing", "genotypes alone", "single reasons"],
)  # fmt: skip
def test_what_was_not_used_is_said_in_words(report, said):
    assert tuple(describe_input(report)) == said


@pytest.mark.parametrize("names", [(), ("a", "b")], ids=["one", "several"])
def test_what_was_not_used_is_on_the_terminal(names):
    text = printed(replace(results(*names), input=READ), width=100)
    assert "\n".join(SAID) in text
    assert text.index(SAID[0]) < text.index("a  " if names else "Sample ")
    assert "records" not in printed(replace(results(*names), input=replace(READ, **USED)))


USED = {"discarded": (), "marked": 0, "genotypes": (), "unexplained": ()}


def test_genes_alone_are_printed_without_advice():
    text = printed(replace(results(), samples=(replace(sample(), advice=(), not_assessed=(), disagreements=()),)))
    assert "Needs something done" not in text
    assert "CYP2C19" in text


def test_nothing_to_do_is_said():
    green = [line for line in sample().advice if line.drug == "sertraline"]
    text = printed(replace(results(), samples=(replace(sample(), advice=tuple(green), disagreements=()),)))
    assert "Nothing, as far as these results go." in text


def test_candidates_are_no_result():
    assert "candidates *1/*4" in printed(results(), width=120)


@pytest.fixture
def pages(tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")

    def write(made):
        return [path.read_text("utf-8") for path in write_markdown(made, tmp_path)]

    return write


def test_markdown_says_what_the_terminal_says(pages):
    (page,) = pages(results(restriction=RESTRICTED, warnings=OLD))
    html = MarkdownIt("commonmark").enable("table").render(page)
    text = re.sub(r"<[^>]+>", "", html)
    for part in ("Restricted run", "18 months", "✖ Avoid or replace: clopidogrel: Avoid (depends on the indication)"):
        assert part in text
    assert "Because of CYP2C19 *2/*2 Poor Metabolizer." in text
    assert "CYP2D6: cannot be called from this kind of data: codeine" in text
    assert html.count("<h1>") == 1
    assert html.count("<tr>") == 8


def test_markdown_says_what_was_not_used(pages):
    (page,) = pages(replace(results(), input=READ))
    part = page[page.index("## What was read") : page.index("## About")]
    html = MarkdownIt("commonmark").render(part)
    assert re.findall(r"<li>(.*)</li>", html) == list(SAID)
    (page,) = pages(replace(results(), input=replace(READ, **USED)))
    assert "## What was read" not in page


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_markdown_shows_names_as_they_are(name, pages):
    (page,) = pages(results(name))
    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(page)
    assert "<script" not in html
    shown = re.search(r"<h1>Pharmacogenetic report: (.*)</h1>", html).group(1)
    plain = shown.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")
    assert plain == re.sub(r"[\x00-\x1f]", lambda match: " " if match.group().isspace() else "�", name)


def test_markdown_files_are_the_same_twice(tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    first, again = (write_markdown(results(*HOSTILE_NAMES), tmp_path / name) for name in ("1", "2"))
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in again]
    assert all(path.parent == tmp_path / "1" for path in first)
