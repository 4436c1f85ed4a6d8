"""The page that leads to the samples of one run: a table that can be sorted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pgx.reports.html.element import Html, tag
from pgx.reports.html.page import document
from pgx.reports.html.view import Mark, symbol
from pgx.reports.summary import count_drugs
from pgx.reports.wording import describe_restriction

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pgx.domain.results import Results, SampleResult
    from pgx.reports.provenance import Provenance


def index_page(results: Results, names: Sequence[str], written: Provenance) -> Html:
    """Write the table of samples; `names` are the file names of their pages, in the same order."""
    rows = [_row(sample, name) for sample, name in zip(results.samples, names, strict=True)]
    restriction = describe_restriction(results.restriction)
    main = tag(
        "main",
        tag("p", "Pharmacogenetic reports", class_="kicker"),
        tag("h1", f"{len(rows)} samples"),
        tag("p", f"Rules {results.rules.version}, pgx {results.tool_version}, {written.time[:10]}", class_="said"),
        tag("ul", tag("li", symbol(Mark.AMBER), tag("span", restriction)), class_="remarks") if restriction else None,
        tag("div", tag("label", "Search", for_="find"), tag("input", id="find", type="search", autocomplete="off"),
            class_="field find", id="tools", hidden=True),
        tag("p", id="shown", class_="said", role="status"),
        tag("div", _table(rows), class_="scroll", tabindex=0, role="region", aria_label="Samples"),
        id="main",
        class_="index",
    )  # fmt: skip
    return document("Pharmacogenetic reports", main, "index.js")


def _table(rows: Sequence[Html]) -> Html:
    heads = [_head("Sample"), *(_head(mark.words, mark) for mark in Mark), _head("Genes with a result")]
    caption = tag("caption", "Number of drugs by result, a row a sample")
    return tag("table", caption, tag("thead", tag("tr", heads)), tag("tbody", rows), id="samples")


def _head(words: str, mark: Mark | None = None) -> Html:
    inner = tag("span", symbol(mark), words, class_=mark.style) if mark else words
    return tag("th", inner, scope="col")


def _row(sample: SampleResult, name: str) -> Html:
    counts, keys = count_drugs(sample), [(mark.group, mark.severity) for mark in Mark]
    cells = [tag("td", str(counts[key]), class_="num" if counts[key] else "num zero") for key in keys]
    found = sum(result.call.status.has_result for result in sample.genes.values())
    genes = tag("td", f"{found} of {len(sample.genes)}", class_="num", data_value=found)
    return tag("tr", tag("th", tag("a", tag("bdi", sample.sample), href=name), scope="row"), cells, genes)
