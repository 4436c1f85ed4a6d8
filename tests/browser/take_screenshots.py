"""Take the pictures in docs/screenshots of reports of shipped samples: `python tests/browser/take_screenshots.py`.

Needs Chromium and Playwright as the browser tests do, pdftoppm for the printed page, and pngquant.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from pgx.pipeline import run
from pgx.reports.html import write_html
from pgx.rules.ruleset import load_rules

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHECKOUT = Path(__file__).resolve().parents[2]
PICTURES = CHECKOUT / "docs" / "screenshots"
WIDE, PHONE = {"width": 1180, "height": 1000}, {"width": 390, "height": 844}
FULL, SPARSE = "clopidogrel_poor.grch38.vcf.gz", "clopidogrel_poor.variants_only.vcf.gz"


def make_report(name: str, folder: Path) -> Path:
    rules = load_rules()
    return write_html(run([CHECKOUT / "sample_vcfs" / name], rules=rules), folder / name, rules.genes, rules.drugs)[0]


def open_page(browser: Browser, report: Path, size: dict[str, int], place: str = "") -> Page:
    page = browser.new_page(viewport=size, device_scale_factor=1.5)
    page.goto(f"{report.as_uri()}{place}")
    page.evaluate("document.activeElement.blur()")
    return page


def take(browser: Browser, full: Path, sparse: Path, folder: Path) -> None:
    open_page(browser, full, WIDE).screenshot(path=folder / "first_page.png")
    open_page(browser, full, PHONE).screenshot(path=folder / "phone.png")
    card = open_page(browser, full, WIDE, "#drug-clopidogrel")
    card.locator(".card[open]").screenshot(path=folder / "drug_card.png")
    gene = open_page(browser, sparse, WIDE, "#gene-cyp2c19")
    gene.locator(".card[open]").screenshot(path=folder / "gene_card.png")
    take_filters(open_page(browser, full, WIDE, "#drugs"), folder / "filters.png")
    take_print(open_page(browser, full, WIDE), folder)


def take_filters(page: Page, path: Path) -> None:
    page.get_by_label("Gene", exact=True).select_option("CYP2C19")
    page.get_by_label("Drug class").select_option("Nervous system")
    page.screenshot(path=path)


def take_print(page: Page, folder: Path) -> None:
    page.evaluate("document.body.classList.add('only-first')")
    page.pdf(path=folder / "print.pdf", format="A4", print_background=True)
    subprocess.run(
        ["pdftoppm", "-r", "110", "-png", "-singlefile", "print.pdf", "print_first_page"], cwd=folder, check=True
    )


def main() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        chromium = os.environ.get("PGX_CHROMIUM") or shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        take(browser, make_report(FULL, folder), make_report(SPARSE, folder), folder)
        browser.close()
        for picture in sorted(folder.glob("*.png")):
            target = PICTURES / picture.name
            subprocess.run(["pngquant", "--force", "--strip", "--output", target, "128", picture], check=True)


if __name__ == "__main__":
    main()
