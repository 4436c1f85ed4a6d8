"""The report to read: one self-contained page a sample, and an index page where there are several."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pgx.reports.files import safe_names, write_text
from pgx.reports.html.index import index_page
from pgx.reports.html.page import sample_page
from pgx.reports.html.view import View
from pgx.reports.provenance import provenance
from pgx.reports.summary import summarise_sample

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from pgx.domain.drug import Drug
    from pgx.domain.gene import Gene
    from pgx.domain.results import Results

__all__ = ["write_html"]

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
    names = [f"{name}.html" for name in safe_names([sample.sample for sample in results.samples], reserved=[INDEX])]
    written, several = provenance(), len(names) > 1
    paths = []
    if several:
        paths.append(write_text(directory / f"{INDEX}.html", [index_page(results, names, written)]))
    for sample, name in zip(results.samples, names, strict=True):
        view = View(
            results, sample, summarise_sample(sample), written, genes or {}, drugs or {}, tuple(medicines),
            f"{INDEX}.html" if several else "",
        )  # fmt: skip
        paths.append(write_text(directory / name, [sample_page(view)]))
    return tuple(paths)
