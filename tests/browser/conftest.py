"""A headless Chromium, driven by Playwright, and reports made of a shipped sample and of hostile names.

Skipped where Chromium, Playwright or axe-core (from `axe-playwright-python`) is not installed; with
PGX_BROWSER=required in the environment that is an error instead.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

CHECKOUT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(CHECKOUT / "tests" / "reports"))

CHROMIUM = os.environ.get("PGX_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
NEEDED = ("playwright", "axe_playwright_python")
MISSING = [*(name for name in NEEDED if not find_spec(name)), *(["chromium"] if not CHROMIUM else [])]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = [item for item in items if Path(__file__).parent in item.path.parents]
    if MISSING and os.environ.get("PGX_BROWSER") == "required" and here:
        raise pytest.UsageError(f"browser tests are required, but not installed: {', '.join(MISSING)}")
    for item in here:
        item.add_marker(pytest.mark.browser)
        if MISSING:
            item.add_marker(pytest.mark.skip(reason=f"not installed: {', '.join(MISSING)}"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh window without network; any request but the page itself fails the test."""
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    yield context
    context.close()
    assert not [url for url in asked if not url.startswith("file://")]


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page that must log no error: no script error, nothing that the page's own policy blocks."""
    page = context.new_page()
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda message: said.append(message.text))
    yield page
    assert said == []


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a shipped sample."""
    from pgx.pipeline import run
    from pgx.reports.html import write_html
    from pgx.rules.ruleset import load_rules

    rules = load_rules()
    results = run([CHECKOUT / "sample_vcfs" / "clopidogrel_poor.grch38.vcf.gz"], rules=rules)
    (path,) = write_html(results, tmp_path_factory.mktemp("report"), rules.genes, rules.drugs)
    return path


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """An index and reports of samples with hostile names, which hold every kind of result."""
    from made_results import HOSTILE_NAMES, results

    from pgx.reports.html import write_html

    run = results(*HOSTILE_NAMES, "sample2", "sample10")
    return list(write_html(run, tmp_path_factory.mktemp("made"), medicines=("clopidogrel", "unobtainium")))
