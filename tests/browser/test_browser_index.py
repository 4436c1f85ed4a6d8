"""The index page of several samples, and names that try to be more than text."""

from __future__ import annotations

import pytest
from test_browser_report import findings

SCRIPT = "<script>alert(1)</script>"


def names(page) -> list[str]:
    return page.locator("tbody tr:visible > th").all_text_contents()


def test_sorts_by_name_with_numbers_as_numbers(page, made):
    page.goto(made[0].as_uri())
    page.get_by_role("button", name="Sample").click()
    assert names(page).index("sample2") < names(page).index("sample10")
    assert page.get_by_role("columnheader", name="Sample").get_attribute("aria-sort") == "ascending"
    before = names(page)
    page.get_by_role("button", name="Sample").press("Enter")
    assert names(page) == before[::-1]


def test_search(page, made):
    page.goto(made[0].as_uri())
    page.get_by_label("Search").fill("SAMPLE1")
    assert names(page) == ["sample10"]
    assert page.locator("#shown").inner_text() == "1 of 7 samples shown"


@pytest.mark.parametrize("width", [1200, 360])
def test_accessible(width, page, made):
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(made[0].as_uri())
    assert findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_hostile_name_is_shown_and_nothing_runs(page, made):
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    page.goto(made[0].as_uri())
    page.get_by_role("link", name=SCRIPT).click()
    assert page.locator("h1").inner_text() == SCRIPT
    assert page.locator("script").count() == 1
    page.get_by_role("link", name="All samples").click()
    assert page.url == made[0].as_uri()


def test_own_medicines_stand_before_everything_else(page, made):
    page.goto(made[1].as_uri())
    own = page.get_by_role("region", name="The patient's own medicines")
    assert own.locator("li b").all_text_contents() == ["clopidogrel", "unobtainium"]
    below = page.locator("#list-action").bounding_box()
    assert own.bounding_box()["y"] < below["y"]
