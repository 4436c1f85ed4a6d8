"""The share of carriers that would be missed, gene by group, as a heat map in SVG."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pgx.domain.population import BiogeographicGroup
from pgx.reports.files import write_text
from pgx.reports.html.element import Html, tag

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pgx.domain.assay import AssayReport, GeneAssay, GroupShare

ROW, COLUMN, LEFT, TOP, BOTTOM = 24, 82, 96, 88, 40
"""Sizes in pixels: height of a row, width of a column, room for gene names, group names and the caption."""
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
    "≥: risk alleles whose frequency there is not published are missed too. Grey: no frequencies.",
)


def write_plot(report: AssayReport, groups: Sequence[BiogeographicGroup], path: Path) -> Path:
    """Write the heat map of all genes with frequencies; the file appears whole or not at all."""
    return write_text(path, [plot(report, groups), "\n"])


def plot(report: AssayReport, groups: Sequence[BiogeographicGroup]) -> Html:
    """Draw one row a gene and one column a group; grey where no frequency is known."""
    genes = [found for found in report.genes if found.groups]
    width, height = LEFT + COLUMN * len(groups) + 12, TOP + ROW * len(genes) + BOTTOM
    title = f"Carriers missed by {report.source.name}"
    return tag(
        "svg",
        tag("title", title),
        tag("rect", width=width, height=height, fill="#ffffff"),
        _text(title, 12, 26, size=15, weight="bold"),
        [_heading(group, place) for place, group in enumerate(groups)],
        [list(_row(found, number, groups)) for number, found in enumerate(genes)],
        [_text(line, 12, height - BOTTOM + 18 + 14 * place, size=10) for place, line in enumerate(_CAPTION)],
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width} {height}",
        width=width,
        height=height,
        role="img",
        font_family=FONT,
    )


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
    yield _text(found.gene, LEFT - 8, top + 16, anchor="end")
    for place, group in enumerate(groups):
        yield _cell(found.gene, group, shares.get(group), LEFT + place * COLUMN, top)


def _cell(gene: str, group: BiogeographicGroup, found: GroupShare | None, x: int, y: int) -> Html:
    if found is None:
        said, fill, words = "no frequencies", UNKNOWN, None
    else:
        share, least = found.share.missed, "≥" if found.is_bound else ""
        said, fill = f"{least}{100 * share:.1f} %", colour(share)
        ink = "#ffffff" if share >= DARK_FROM else "#222222"
        words = _text(f"{least}{100 * share:.0f} %", x + COLUMN // 2 - 1, y + 15, anchor="middle", fill=ink)
    box = tag("rect", x=x, y=y, width=COLUMN - 2, height=ROW - 2, fill=fill)
    return tag("g", tag("title", f"{gene}, {group.value}: {said}"), box, words)


def colour(share: float) -> str:
    """Return the colour of a share, from pale to full.

    >>> colour(0.0), colour(1.0)
    ('#fdf5e9', '#8c2814')
    """
    mixed = (round(pale + (full - pale) * share) for pale, full in zip(PALE, FULL, strict=True))
    return "#" + "".join(f"{part:02x}" for part in mixed)
