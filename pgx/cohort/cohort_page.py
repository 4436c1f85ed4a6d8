"""The page of a cohort: what its table says, with bars and intervals drawn in the page itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from pgx.cohort.frequencies import Cell
from pgx.cohort.groups import OVERALL

_STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 2rem; }
th, td { text-align: left; padding: .2rem .6rem; border-bottom: 1px solid #8886; font-variant-numeric: tabular-nums; }
.number { text-align: right; } svg { vertical-align: middle; } rect.bar { fill: #2b6cb0; }
line { stroke: currentColor; } .hidden { color: #767676; font-style: italic; }
"""
_WIDTH, _HEIGHT = 240, 14
_TITLES = {
    "status": "Results", "allele": "Alleles", "diplotype": "Diplotypes", "phenotype": "Phenotypes",
    "actionable": "Drugs: people who are asked for something", "open": "Drugs: advice that stays open",
}  # fmt: skip
_BY_DRUG = ("actionable", "open")


def cohort_page(cells: Sequence[Cell], limit: int, column: str | None) -> Iterator[str]:
    """Yield the page piece by piece."""
    yield "<!doctype html>\n<html lang='en'><head><meta charset='utf-8'><title>Cohort</title>"
    yield f"<meta name='viewport' content='width=device-width, initial-scale=1'><style>{_STYLE}</style></head><body>\n"
    yield "<h1>Cohort</h1>\n"
    sizes = [cell for cell in cells if cell.kind == "samples"]
    yield "<p>" + "; ".join(f"{escape(cell.group)}: {_count(cell)}" for cell in sizes) + ". "
    by = f" by {escape(column)}" if column else ""
    yield f"Shares{by} with 95 % Wilson intervals. "
    yield f"Counts below {limit}, and what would give them away, are hidden"
    yield ", as are groups of fewer people" if column else ""
    yield ".</p>\n"
    for subject in dict.fromkeys(cell.subject for cell in cells if cell.subject and cell.kind not in _BY_DRUG):
        yield f"<h2>{escape(subject)}</h2>\n"
        for kind in ("status", "phenotype", "diplotype", "allele"):
            yield from _table(_TITLES[kind], [cell for cell in cells if (cell.subject, cell.kind) == (subject, kind)])
    for kind in _BY_DRUG:
        yield from _table(_TITLES[kind], [cell for cell in cells if cell.kind == kind], level=2)
    yield "</body></html>\n"


def _table(title: str, cells: Sequence[Cell], level: int = 3) -> Iterator[str]:
    if not cells:
        return
    yield f"<h{level}>{title}</h{level}>\n<table><thead><tr><th scope='col'>name</th><th scope='col'>group</th>"
    yield "".join(f"<th scope='col' class='number'>{title}</th>" for title in ("count", "of", "share (95 %)"))
    yield "<th scope='col'></th></tr>"
    yield "</thead><tbody>\n"
    for cell in _ordered(cells):
        yield _row(cell)
    yield "</tbody></table>\n"


def _ordered(cells: Iterable[Cell]) -> list[Cell]:
    """Most frequent first, a name's groups together, all before each."""
    listed = list(cells)
    overall = {(c.subject, c.name): c.count or 0 for c in listed if c.group == OVERALL}
    key = {(c.subject, c.name): (-overall.get((c.subject, c.name), 0), c.subject, c.name) for c in listed}
    return sorted(listed, key=lambda c: (*key[c.subject, c.name], c.group != OVERALL, c.group))


def _row(cell: Cell) -> str:
    name = escape(cell.name or cell.subject)
    total = "" if cell.total is None else f"{cell.total:,}"
    share, interval = cell.share, cell.interval
    text = "" if share is None or interval is None else f"{share:.2%} ({interval[0]:.2%} to {interval[1]:.2%})"
    cells = (f"<td>{name}</td><td>{escape(cell.group)}</td><td class='number'>{_count(cell)}</td>", _picture(cell))
    return f"<tr>{cells[0]}<td class='number'>{total}</td><td class='number'>{text}</td><td>{cells[1]}</td></tr>\n"


def _count(cell: Cell) -> str:
    return "<span class='hidden'>hidden</span>" if cell.count is None else f"{cell.count:,}"


def _picture(cell: Cell) -> str:
    share, interval = cell.share, cell.interval
    if share is None or interval is None:
        return ""
    low, high = (round(bound * _WIDTH, 1) for bound in interval)
    return (
        f"<svg role='img' width='{_WIDTH}' height='{_HEIGHT}' aria-label='{share:.2%}'>"
        f"<rect class='bar' width='{round(share * _WIDTH, 1)}' height='{_HEIGHT}' opacity='.6'/>"
        f"<line x1='{low}' x2='{high}' y1='{_HEIGHT // 2}' y2='{_HEIGHT // 2}'/></svg>"
    )
