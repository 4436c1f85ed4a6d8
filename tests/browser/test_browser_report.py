"""The report as a reader uses it: open, search, filter, pick drugs, copy, print; with and without JavaScript."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest

DRUG = "clopidogrel"
GENE = "CYP2C19"
A4_INCHES, LETTER_INCHES = (8.27, 11.69), (8.5, 11)
OPEN_ALL = "document.querySelectorAll('details').forEach((card) => (card.open = true))"
SERIOUS = {"serious", "critical"}


def shown(page) -> list[str]:
    return page.locator("#cards > .card:not([hidden]) > summary h3").all_text_contents()


def findings(page) -> list[str]:
    """Run axe-core and return what is serious or critical, with the elements it is found on."""
    page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8"))
    violations = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [
        f"{one['impact']}: {one['id']} at {one['nodes'][0]['html'][:200]}"
        for one in violations
        if one["impact"] in SERIOUS
    ]


def test_opens_in_less_than_a_second_and_stays_under_a_megabyte(page, report):
    assert report.stat().st_size < 1_000_000
    times = []
    for _ in range(3):
        page.goto(report.as_uri())
        times.append(page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd"))
    assert min(times) < 1000


def test_first_page_names_the_drug_and_what_to_do(page, report):
    page.goto(report.as_uri())
    row = page.locator("ol.rows.red > li", has=page.get_by_role("heading", name=DRUG, exact=True))
    assert "Avoid" in row.inner_text()
    assert GENE in row.inner_text()
    assert "CPIC" in row.inner_text()


def test_search(page, report):
    page.goto(report.as_uri())
    everything = len(shown(page))
    page.get_by_label("Search").fill("clopid")
    assert shown(page) == [DRUG]
    page.get_by_label("Search").fill("platelets reactive")
    assert DRUG in shown(page)
    assert len(shown(page)) < everything / 4
    assert page.locator("#shown").inner_text() == f"{len(shown(page))} of {everything} drugs shown"
    page.get_by_label("Search").fill("xyzzy")
    assert page.get_by_text("No drug fits these filters.").is_visible()
    page.get_by_role("button", name="Clear").click()
    page.get_by_text(f"{everything} of {everything} drugs shown").wait_for()


@pytest.mark.parametrize(
    ("label", "choice", "attribute", "value"),
    [
        ("Result", "Avoid or replace", "data-mark", "red"),
        ("Source", "DPWG", "data-source", "DPWG"),
        ("Gene", GENE, "data-gene", GENE),
        ("Drug class", "Blood and clotting", "data-system", "Blood and clotting"),
    ],
)
def test_filters(label, choice, attribute, value, page, report):
    page.goto(report.as_uri())
    everything = len(shown(page))
    page.get_by_label(label, exact=True).select_option(choice)
    cards = page.locator("#cards > .card:not([hidden])")
    assert 0 < cards.count() < everything
    assert all(value in card.get_attribute(attribute).split("|") for card in cards.all())


def test_filters_hold_together(page, report):
    page.goto(report.as_uri())
    page.get_by_label("Gene", exact=True).select_option(GENE)
    page.get_by_label("Drug class").select_option("Blood and clotting")
    assert DRUG in shown(page)
    assert len(shown(page)) < 4


def test_my_drugs_by_keyboard(page, report):
    page.goto(report.as_uri())
    entry = page.get_by_label("Add a drug the patient takes")
    entry.focus()
    for name in (DRUG, "voric", "nothing of the kind"):
        entry.fill(name)
        page.keyboard.press("Enter")
    assert page.locator("#mine-list > li > b").all_text_contents() == [DRUG, "voriconazole"]
    assert "is not in this report" in page.locator("#mine-said").inner_text()
    only = page.get_by_role("button", name="Show only these")
    only.press("Enter")
    assert sorted(shown(page)) == [DRUG, "voriconazole"]
    assert only.get_attribute("aria-pressed") == "true"
    page.get_by_role("button", name=f"Remove {DRUG}").press("Enter")
    assert shown(page) == ["voriconazole"]
    page.get_by_role("button", name="Remove voriconazole").press("Enter")
    assert len(shown(page)) > 100


def test_expand_and_collapse_all(page, report):
    page.goto(report.as_uri())
    page.get_by_label("Gene", exact=True).select_option(GENE)
    page.get_by_role("button", name="Expand all").click()
    assert page.locator("#cards > .card[open]").count() == len(shown(page))
    page.get_by_role("button", name="Collapse all").click()
    assert page.locator("#cards > .card[open]").count() == 0


def test_link_on_the_first_page_opens_the_card(page, report):
    page.goto(report.as_uri())
    page.get_by_role("link", name=DRUG, exact=True).first.click()
    card = page.locator("#cards > .card[open]")
    assert card.locator("h3").inner_text() == DRUG
    assert card.locator("summary").evaluate("one => one === document.activeElement")
    card.get_by_role("link", name=GENE).first.click()
    assert page.locator(".gene[open] h3").inner_text() == GENE
    assert page.locator(".gene[open] svg.picture").is_visible()


def test_copy_a_card_as_text(context, report):
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{report.as_uri()}#drug-{DRUG}")
    page.get_by_role("button", name="Copy as text").click()
    page.get_by_role("button", name="Copied").wait_for()
    words = page.evaluate("navigator.clipboard.readText()")
    assert words.startswith(f"{page.locator('h1').inner_text()}, ")
    for part in (DRUG, "Avoid", "CPIC", "DPWG", "Alternatives: prasugrel, ticagrelor", "PMID", GENE):
        assert part in words
    assert "Copy" not in words


def pages_of(pdf: Path) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf.read_bytes()))


@pytest.mark.parametrize("size", [A4_INCHES, LETTER_INCHES], ids=["A4", "Letter"])
def test_prints_and_the_first_page_is_one_page(size, page, report, tmp_path):
    page.goto(report.as_uri())
    width, height = (f"{side}in" for side in size)
    page.pdf(path=tmp_path / "all.pdf", width=width, height=height, print_background=True)
    page.evaluate("document.body.classList.add('only-first')")
    page.pdf(path=tmp_path / "first.pdf", width=width, height=height, print_background=True)
    assert pages_of(tmp_path / "first.pdf") == 1
    assert 3 < pages_of(tmp_path / "all.pdf") < 40


def test_print_first_page_button(page, report):
    page.goto(report.as_uri())
    page.evaluate("window.print = () => (document.body.dataset.printed = document.body.className)")
    page.get_by_role("button", name="Print first page").click()
    assert page.locator("body").get_attribute("data-printed") == "only-first"
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator("body").get_attribute("class") == ""


def test_print_shows_the_cards_that_need_something_done(page, report):
    page.goto(report.as_uri())
    page.emulate_media(media="print")
    assert page.locator(".card.red .body").first.is_visible()
    assert not page.locator(".card.green").first.is_visible()
    assert not page.get_by_label("Search").is_visible()


def test_without_javascript_everything_is_there(browser, report):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(report.as_uri())
    assert not page.locator("#tools").is_visible()
    assert not page.locator("#mine").is_visible()
    assert not page.get_by_role("button", name="Print all").is_visible()
    card = page.locator("#cards > .card", has=page.get_by_role("heading", name=DRUG, exact=True, level=3))
    card.locator("summary").click()
    assert card.locator(".sources").is_visible()
    page.locator("ol.rows").get_by_role("link", name="voriconazole").click()
    assert page.locator("#drug-voriconazole .sources").is_visible()
    context.close()


@pytest.mark.parametrize(
    ("width", "cards"), [(1200, OPEN_ALL), (760, ""), (360, OPEN_ALL)], ids=["wide", "medium", "phone"]
)
def test_accessible_and_nothing_sticks_out(width, cards, page, report):
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(report.as_uri())
    page.evaluate(cards)
    assert findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_check_finds_what_is_wrong(page, report):
    page.goto(report.as_uri())
    page.evaluate("document.querySelector('label').remove()")
    assert {one.split(" ")[1] for one in findings(page)} >= {"label"}


def test_every_kind_of_result_is_accessible(page, made):
    page.goto(made[1].as_uri())
    page.evaluate(OPEN_ALL)
    assert findings(page) == []


def test_keyboard_reaches_the_tools_in_order(page, report):
    page.goto(report.as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the report"
    page.locator("#find").focus()
    seen = []
    for _ in range(6):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.id || document.activeElement.textContent"))
    assert seen == ["by-mark", "by-source", "by-gene", "by-system", "Clear", "expand"]
