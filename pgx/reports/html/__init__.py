"""The report to read: one self-contained page a sample, and an index page where there are several."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pgx.reports.files import safe_names, write_text
from pgx.reports.html.index import index_page
from pgx.reports.html.page import sample_page
from pgx.reports.html.view import View
from pgx.reports.provenance import provenance
from pgx.reports.summary import summarise_sample

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from pgx.domain.drug import Drug
    from pgx.domain.gene import Gene
    from pgx.domain.results import Results

__all__ = ["SamplePage", "sample_pages", "write_html"]

INDEX = "index"


def write_html(
    results: Results,
    directory: Path,
    genes: Mapping[str, Gene] | None = None,
    drugs: Mapping[str, Drug] | None = None,
    medicines: Sequence[str] = (),
) -> tuple[Path, ...]:
    """Write the pages into `directory` and return their paths, the index first where there is one.

    `genes` are drawn as pictures and `drugs` give classes to filter by, where these tables are at hand;
    `medicines` are the patient's own, shown before all else. Raises PgxError where a page cannot be written.
    """
    pages = tuple(sample_pages(results, genes, drugs, medicines))
    paths = []
    if len(pages) > 1:
        index = index_page(results, [f"{page.name}.html" for page in pages], provenance())
        paths.append(write_text(directory / f"{INDEX}.html", [index]))
    return (*paths, *(write_text(directory / f"{page.name}.html", [page.text()]) for page in pages))


@dataclass(frozen=True, slots=True)
class SamplePage:
    """One sample's page: its file name without ending, and what it shows."""

    name: str
    view: View

    def text(self) -> str:
        return sample_page(self.view)


def sample_pages(
    results: Results,
    genes: Mapping[str, Gene] | None = None,
    drugs: Mapping[str, Drug] | None = None,
    medicines: Sequence[str] = (),
) -> Iterator[SamplePage]:
    """Yield the page of each sample; its text is made when asked for."""
    names = safe_names([sample.sample for sample in results.samples], reserved=[INDEX])
    written, index = provenance(), f"{INDEX}.html" if len(names) > 1 else ""
    for sample, name in zip(results.samples, names, strict=True):
        summary = summarise_sample(sample)
        yield SamplePage(
            name, View(results, sample, summary, written, genes or {}, drugs or {}, tuple(medicines), index)
        )
