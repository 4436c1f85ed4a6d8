"""The HTML page without a browser: self-contained, complete, escaped, and the same bytes for the same input."""

from __future__ import annotations

import doctest
import importlib
import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from made_results import HOSTILE_NAMES, SLCO1B1, act, line, results, row
from page_reader import Element, read_page

from pgx.domain.call import Note
from pgx.domain.drug import ActionKind, Drug
from pgx.domain.results import Disagreement, InputFile, NotAssessed, Restriction
from pgx.errors import PgxError
from pgx.reports.html import write_html
from pgx.reports.summary import summarise_sample
from pgx.reports.wording import printable

DRUGS = {"clopidogrel": Drug("clopidogrel", (), "32968", ("B01AC04",))}


@pytest.fixture(autouse=True)
def fixed_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1780000000")


def page_of(run, folder: Path, **more) -> Element:
    (path,) = write_html(run, folder, **more)
    return read_page(path)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Element:
    return page_of(results(), tmp_path_factory.mktemp("page"), drugs=DRUGS)


@pytest.mark.parametrize("module", ["element", "view", "front", "cards", "picture", "page"])
def test_examples_in_docstrings(module):
    assert doctest.testmod(importlib.import_module(f"pgx.reports.html.{module}")).failed == 0


def test_nothing_comes_from_elsewhere(page):
    assert not [one for one in page.all() if one.attributes.keys() & {"src", "srcset", "action", "data"}]
    assert {one.name for one in page.all() if "href" in one.attributes} == {"a", "use"}
    assert not page.all("link")
    assert "@import" not in page.one("style").text
    assert "url(" not in page.one("style").text


def test_policy_allows_only_the_page_s_own_style_and_script(page):
    (policy,) = [
        one.attributes["content"]
        for one in page.all("meta")
        if one.attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    for name in ("style", "script"):
        digest = b64encode(sha256(page.one(name).text.encode()).digest()).decode()
        assert rules[f"{name}-src"] == f"'sha256-{digest}'"
    assert not [key for one in page.all() for key in one.attributes if key.startswith("on") or key == "style"]


def test_places_are_unique_and_every_inner_link_has_one(page):
    places = [one.attributes["id"] for one in page.all() if "id" in one.attributes]
    assert len(set(places)) == len(places)
    links = {one.attributes["href"] for one in page.all() if one.attributes.get("href", "").startswith("#")}
    labels = {one.attributes.get("aria-labelledby") for one in page.all()} - {None}
    assert {link[1:] for link in links} | labels <= set(places)


def test_every_drug_is_on_the_first_page_once_and_has_one_card(page):
    drugs = [drug.drug for drug in summarise_sample(results().samples[0]).drugs]
    first = next(one for one in page.all("section") if one.attributes.get("id") == "first")
    named = [one.text for one in first.all("a") if one.attributes["href"].startswith("#drug-")]
    cards = [one.one("h3").text for one in page.all("details") if "gene" not in one.classes]
    assert sorted(named) == sorted(drugs)
    assert cards == drugs


def test_colour_never_stands_alone(page):
    for pill in page.all("span", "pill"):
        assert pill.all("svg")
        assert pill.text.strip()


def test_first_page_says_what_to_do_why_and_who_says_so(page):
    row = next(one for one in page.all("li") if one.all("h4") and one.one("h4").text == "clopidogrel")
    for words in ("Avoid", "ACS or PCI", "depends on the indication", "CYP2C19 *2/*2 Poor Metabolizer",
                  "Because of that.", "CPIC (Strong, level A)", "DPWG", "FDA table", "Sources disagree"):  # fmt: skip
        assert words in row.text


def test_card_has_every_source_population_link_and_publication(page):
    card = next(one for one in page.all("details") if one.one("h3").text == "clopidogrel")
    assert [one.all("h4")[0].text.split(" ")[0] for one in card.one(class_="sources").all("section")] == [
        "CPIC", "DPWG", "FDA",
    ]  # fmt: skip
    assert {"ACS or PCI", "other cardiovascular use", "PCI, stroke or TIA"} <= {
        one.text for one in card.all("p", "for")
    }
    links = {one.attributes["href"] for one in card.all("a")}
    assert {"https://example.org/cpic", "https://pubmed.ncbi.nlm.nih.gov/35034351/"} <= links
    assert "ATC B01AC04" in card.text
    assert "Blood and clotting" in card.text


def test_only_certain_lines_are_green(page):
    card = next(one for one in page.all("details") if one.one("h3").text == "simvastatin")
    assert "far" in card.classes
    assert "*5, *15" in card.text


def test_gene_card_says_how_sure_and_what_was_not_seen(page):
    card = next(one for one in page.all("details", "gene") if one.one("h3").text == "SLCO1B1")
    for words in ("20 of 29 positions seen", "*5, *15", "rs4149056:C>G", "rs1, rs2", "Normal Function"):
        assert words in card.text


def test_many_drugs_that_ask_for_the_same_share_a_row(tmp_path):
    caution = row(act(ActionKind.CAUTION), advice="Take care.", strength="Optional")
    avoid = row(act(ActionKind.AVOID), advice="Avoid it.")
    names = [f"drug {number}" for number in range(30)]
    lines = [line(name, "CPIC", avoid if name == "drug 7" else caution, SLCO1B1) for name in names]
    run = replace(results(), samples=(replace(results().samples[0], advice=tuple(lines), not_assessed=()),))
    red, amber = page_of(run, tmp_path).all("ol", "rows")
    assert [one.text for one in red.all("h4")] == ["drug 7"]
    assert "Avoid it." in red.text
    (shared,) = amber.all("li")
    assert sorted(one.text for one in shared.all("h4")) == sorted(set(names) - {"drug 7"})
    assert shared.one("p", "short").text == "Use with caution SLCO1B1 *1/*1; CPIC (Optional, level A)"


def test_limits_of_the_run_and_old_rules_stand_on_the_first_page(tmp_path):
    old = Note("old-rules", "The rules are older than 18 months.")
    run = results(restriction=Restriction(sources=("CPIC",)), warnings=(old,))
    remarks = page_of(run, tmp_path).one("ul", "remarks").text
    assert "only sources CPIC" in remarks
    assert old.text in remarks
    assert "Sex is not known" in remarks


def test_own_medicines_come_first_and_unknown_ones_are_named(tmp_path):
    page = page_of(results(), tmp_path, medicines=("Sertraline", "codeine", "unobtainium"))
    own, first = page.one("ul", "own"), page.all("ol", "rows")[0]
    assert [one.one("b").text for one in own.all("li")] == ["sertraline", "codeine", "unobtainium"]
    assert "not in the rules" in own.text.lower()
    assert page.all().index(own) < page.all().index(first)


def shape(element: Element) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.name, tuple(one.attributes)) for one in element.all()]


@pytest.mark.parametrize("name", [*HOSTILE_NAMES, "</style><script>alert(1)</script>", "\"' onload=alert(1) x='"])
def test_hostile_sample_name_changes_nothing_but_the_text(name, tmp_path):
    plain, hostile = page_of(results("plain"), tmp_path / "a"), page_of(results(name), tmp_path / "b")
    assert shape(hostile) == shape(plain)
    assert hostile.one("h1").text == printable(name)
    assert hostile.one("title").text == f"{printable(name)} - pharmacogenetic report"
    assert [path.parent for path in (tmp_path / "b").rglob("*.html")] == [tmp_path / "b"]


@pytest.mark.parametrize("text", [*HOSTILE_NAMES, "</script><script>alert(1)</script>"])
def test_hostile_texts_elsewhere_stay_text(text, tmp_path):
    run, first = results(), results().samples[0]
    standard = row(act(ActionKind.STANDARD), advice=text, population=text)
    sample = replace(
        first,
        advice=(*first.advice, line(text, text, standard, SLCO1B1)),
        not_assessed=(NotAssessed(f"{text}2", ("CYP2D6",), text),),
        disagreements=(Disagreement(text, ((text, text),)),),
        problems=(Note("x", text),),
    )
    report = replace(run.input, files=(InputFile(text),), options=((text, text),), notes=(Note("y", text),))
    page = page_of(replace(run, samples=(sample,), input=report), tmp_path, medicines=(text,))
    assert len(page.all("script")) == 1
    assert not page.all("img")
    assert page.one("body").text.count(printable(text)) > 10


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//example.org", ""])
def test_only_web_addresses_become_links(url, tmp_path):
    first = results().samples[0]
    one = first.advice[0]
    sample = replace(first, advice=(replace(one, guideline=replace(one.guideline, url=url)),))
    page = page_of(replace(results(), samples=(sample,)), tmp_path)
    assert one.guideline.name in page.text
    assert not [a for a in page.all("a") if not re.match(r"#|https://", a.attributes["href"])]


def test_several_samples_get_an_index_that_leads_to_each(tmp_path):
    index, *pages = write_html(results(*HOSTILE_NAMES, "index"), tmp_path)
    table = read_page(index).one("table")
    assert [row.one("a").text for row in table.one("tbody").all("tr")] == [*map(printable, HOSTILE_NAMES), "index"]
    assert [row.one("a").attributes["href"] for row in table.one("tbody").all("tr")] == [path.name for path in pages]
    assert {path.parent for path in [index, *pages]} == {tmp_path}
    assert len(set(pages)) == len(HOSTILE_NAMES) + 1
    assert any(one.attributes.get("href") == "index.html" for one in read_page(pages[0]).one("nav").all("a"))


def test_nobody_tested_is_no_error(tmp_path):
    bare = replace(results().samples[0], genes={}, advice=(), not_assessed=(), disagreements=(), problems=())
    page = page_of(replace(results(), samples=(bare,)), tmp_path)
    assert "0 of 0 genes" in page.text


def test_same_input_same_bytes(tmp_path):
    (one,), (two,) = write_html(results(), tmp_path / "a"), write_html(results(), tmp_path / "b")
    assert one.read_bytes() == two.read_bytes()


def test_folder_that_cannot_be_written_is_one_line(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(PgxError, match="cannot be written"):
        write_html(results(), tmp_path / "file" / "below")
