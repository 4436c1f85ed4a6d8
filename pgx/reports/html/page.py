"""The page around the parts: one self-contained file whose policy allows nothing but its own style and script."""

from __future__ import annotations

from binascii import b2a_base64
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from pgx.reports.html.cards import drug_cards
from pgx.reports.html.element import Html, tag
from pgx.reports.html.front import front
from pgx.reports.html.genes import gene_cards
from pgx.reports.html.methods import methods
from pgx.reports.html.view import View, symbols
from pgx.reports.wording import printable

if TYPE_CHECKING:
    from pgx.reports.html.element import Child

LANGUAGE = "en"


def sample_page(view: View) -> Html:
    """Write one sample's page."""
    title = f"{view.summary.sample} - pharmacogenetic report"
    main = tag("main", front(view), drug_cards(view), gene_cards(view), methods(view), id="main")
    return document(title, [_navigation(view), main], "report.js", f"{view.summary.sample} · {view.written.time[:10]}")


def _navigation(view: View) -> Html:
    places = [("#first", "Summary"), ("#drugs", "Drugs"), ("#genes", "Genes"), ("#methods", "Methods")]
    links = [tag("li", tag("a", words, href=place)) for place, words in places]
    home = tag("li", tag("a", "All samples", href=view.home)) if view.home else None
    buttons = tag(
        "div",
        tag("button", "Print first page", type="button", id="print-first"),
        tag("button", "Print all", type="button", id="print-all"),
        id="printing",
        hidden=True,
    )
    return tag("nav", tag("ul", home, links), buttons, aria_label="Parts of the report", class_="top")


def document(title: str, body: Child, script: str, running: str = "") -> Html:
    """Put a body into a document with the package's style and one of its scripts.

    `running` stands at the foot of every printed page.
    """
    style, code = asset("report.css") + _foot(running), asset(script)
    allowed = f"style-src '{_hash(style)}'; script-src '{_hash(code)}'"
    policy = f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'"
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", title),
        tag("style", Html(style)),
    )
    content = tag("body", tag("a", "Skip to the report", href="#main", class_="skip"), symbols(), body, _script(code))
    return Html(f"<!doctype html>\n{tag('html', head, content, lang=LANGUAGE)}\n")


def _foot(running: str) -> str:
    return f"@page {{ @bottom-left {{ content: {css_string(running)}; }} }}\n" if running else ""


def css_string(value: str) -> str:
    r"""Quote a text for a style sheet; all but plain letters and digits by number, so that nothing can end the string.

    >>> css_string('a"</style>')
    '"a\\22 \\3c \\2f style\\3e "'
    """
    quoted = (char if char.isascii() and char.isalnum() else f"\\{ord(char):x} " for char in printable(value))
    return f'"{"".join(quoted)}"'


def _script(code: str) -> Html:
    return tag("script", Html(code))


@cache
def asset(name: str) -> str:
    """Read a file of this package."""
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


def _hash(content: str) -> str:
    return f"sha256-{b2a_base64(sha256(content.encode()).digest(), newline=False).decode()}"
