"""The share of carriers that would be missed, gene by group, as a heat map in SVG."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pgx.domain.population import BiogeographicGroup
from pgx.reports.files import write_text
from pgx.reports.html.element import Html, tag
from pgx.reports.numbers import percent

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pgx.domain.assay import AssayReport, GeneAssay, GroupShare

ROW, COLUMN, LEFT, TOP, BOTTOM = 24, 82, 138, 106, 58
"""Sizes in pixels: height of a row, width of a column, room for genes, for title and group names, for the caption."""
MARGIN, LEAST_WIDTH = 12, 640
"""At the sides; and the width that the caption needs."""
TITLE_LETTERS = 40
"""Letters of the file's name that the least width has room for."""
QUIET = "#666666"
DARK_FROM = 0.55
"""Share from which a cell is dark enough for white figures."""
PALE, FULL = (253, 245, 233), (140, 40, 20)
UNKNOWN = "#ececec"
FONT = "system-ui, Segoe UI, Helvetica, Arial, sans-serif"
SHORT_NAMES = {
    BiogeographicGroup.AFRICAN_AMERICAN: ("Afr. American/", "Afro-Carib."),
    BiogeographicGroup.AMERICAN: ("American", ""),
    BiogeographicGroup.CENTRAL_SOUTH_ASIAN: ("Central/", "South Asian"),
    BiogeographicGroup.EAST_ASIAN: ("East", "Asian"),
    BiogeographicGroup.EUROPEAN: ("European", ""),
    BiogeographicGroup.LATINO: ("Latino", ""),
    BiogeographicGroup.NEAR_EASTERN: ("Near", "Eastern"),
    BiogeographicGroup.OCEANIAN: ("Oceanian", ""),
    BiogeographicGroup.SUB_SAHARAN_AFRICAN: ("Sub-Saharan", "African"),
}
"""Names of the groups on two lines."""
_CAPTION = (
    "Share of carriers of a reduced-function or risk allele in whom none is noticed, from published frequencies.",
    "≥: at least; risk alleles are missed too whose frequency there is not published. Grey: no frequencies.",
    "Beside each gene: defining positions seen, of all (–: typed by other programs). With none seen, all are missed.",
)
_NOTHING = "No frequencies are published for these genes."


def write_plot(report: AssayReport, groups: Sequence[BiogeographicGroup], path: Path) -> Path:
    """Write the heat map of all genes with frequencies; the file appears whole or not at all."""
    return write_text(path, [plot(report, groups), "\n"])


def plot(report: AssayReport, groups: Sequence[BiogeographicGroup]) -> Html:
    """Draw one row a gene and one column a group; grey where no frequency is known."""
    genes = [found for found in report.genes if found.groups]
    width = max(LEFT + COLUMN * len(groups) + MARGIN, LEAST_WIDTH)
    height = TOP + ROW * max(len(genes), 1) + BOTTOM
    end = height - BOTTOM + 18
    return tag(
        "svg",
        tag("title", f"Carriers missed by {report.source.name}"),
        tag("rect", width=width, height=height, fill="#ffffff"),
        list(_title(report, width)),
        [_heading(group, place) for place, group in enumerate(groups)] if genes else (),
        [list(_row(found, number, groups)) for number, found in enumerate(genes)],
        () if genes else _text(_NOTHING, MARGIN, TOP + 8),
        [_text(line, MARGIN, end + 14 * place, size=10) for place, line in enumerate(_CAPTION)],
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width} {height}",
        width=width,
        height=height,
        role="img",
        font_family=FONT,
    )


def _title(report: AssayReport, width: int) -> Iterator[Html]:
    """Name what was looked at; of a long name its two ends, the whole when pointed at."""
    source = report.source
    name = shorten(source.name, TITLE_LETTERS * width // LEAST_WIDTH)
    samples = f" · {source.samples} sample{'s' if source.samples != 1 else ''}" if source.samples else ""
    yield _text(f"Carriers missed by {name}", MARGIN, 26, size=15, weight="bold")
    yield _text(f"{source.kind} · {source.build or 'build unknown'}{samples}", MARGIN, 45, size=11, fill=QUIET)


def shorten(name: str, most: int) -> str:
    """Leave out the middle of a name with more letters than `most`.

    >>> shorten("abcdefghij", 7), shorten("abc", 7)
    ('abc…hij', 'abc')
    """
    return name if len(name) <= most else f"{name[: most // 2]}…{name[-(most // 2) :]}"


def _text(words: str, x: int, y: int, *, size: int = 12, anchor: str | None = None, **more: str) -> Html:
    attributes = {f"font_{name}" if name in ("weight",) else name: value for name, value in more.items()}
    return tag("text", words, x=x, y=y, font_size=size, text_anchor=anchor, **attributes)


def _heading(group: BiogeographicGroup, place: int) -> Html:
    middle = LEFT + place * COLUMN + COLUMN // 2
    first, second = SHORT_NAMES[group]
    lines = [(first, TOP - 24), (second, TOP - 10)] if second else [(first, TOP - 10)]
    return tag("g", [_text(words, middle, y, size=11, anchor="middle") for words, y in lines])


def _row(found: GeneAssay, number: int, groups: Sequence[BiogeographicGroup]) -> Iterator[Html]:
    top = TOP + number * ROW
    shares = {share.group: share for share in found.groups}
    yield _text(found.gene, LEFT - 56, top + 15, anchor="end")
    yield _text(
        f"{found.seen}/{found.positions}" if found.positions else "–",
        LEFT - 8,
        top + 15,
        size=10,
        anchor="end",
        fill=QUIET,
    )
    for place, group in enumerate(groups):
        yield _cell(found.gene, group, shares.get(group), LEFT + place * COLUMN, top)


def _cell(gene: str, group: BiogeographicGroup, found: GroupShare | None, x: int, y: int) -> Html:
    if found is None:
        said, fill, words = "no frequencies", UNKNOWN, None
    else:
        said, fill = share_text(found), colour(found.share.missed)
        ink = "#ffffff" if found.share.missed >= DARK_FROM else "#222222"
        words = _text(said, x + COLUMN // 2 - 1, y + 15, anchor="middle", fill=ink)
    box = tag("rect", x=x, y=y, width=COLUMN - 2, height=ROW - 2, fill=fill)
    return tag("g", tag("title", f"{gene}, {group.value}: {said}"), box, words)


def share_text(found: GroupShare) -> str:
    """Write the missed share, `≥` before it where it is a bound; a bound too small to write is zero."""
    text = percent(found.share.missed)
    return f"≥{'0 %' if text.startswith('<') else text}" if found.is_bound else text


def colour(share: float) -> str:
    """Return the colour of a share, from pale to full.

    >>> colour(0.0), colour(1.0)
    ('#fdf5e9', '#8c2814')
    """
    mixed = (round(pale + (full - pale) * share) for pale, full in zip(PALE, FULL, strict=True))
    return "#" + "".join(f"{part:02x}" for part in mixed)
