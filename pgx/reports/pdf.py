"""The report as PDF: the printed form of the page, one file a sample, through WeasyPrint."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from pgx.errors import UsageError
from pgx.reports.files import replacing
from pgx.reports.html import sample_pages

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from pgx.domain.drug import Drug
    from pgx.domain.gene import Gene
    from pgx.domain.results import Results


def write_pdf(
    results: Results,
    directory: Path,
    genes: Mapping[str, Gene] | None = None,
    drugs: Mapping[str, Drug] | None = None,
    medicines: Sequence[str] = (),
) -> tuple[Path, ...]:
    """Write one PDF a sample and return the paths.

    Raises UsageError where the `pdf` extra is not installed, PgxError where a file cannot be written.
    """
    html = _weasyprint().HTML
    paths = []
    for page in sample_pages(results, genes, drugs, medicines):
        path = directory / f"{page.name}.pdf"
        with replacing(path) as temporary:
            html(string=page.text(), url_fetcher=_refuse).write_pdf(str(temporary))
        paths.append(path)
    return tuple(paths)


def _weasyprint() -> Any:
    try:
        import weasyprint
    except (ImportError, OSError) as error:
        raise UsageError("PDF needs WeasyPrint and its libraries; install pgx[pdf], or print the HTML page") from error
    logging.getLogger("weasyprint").setLevel(logging.CRITICAL)  # it remarks on every style meant for screens
    return weasyprint


def _refuse(url: str, *_: object, **__: object) -> Any:
    """Fetch nothing: the page is whole, and nothing may leave or enter the machine."""
    raise ValueError(f"{url} is not fetched")
