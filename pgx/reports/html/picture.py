"""A gene's positions as a small drawing: what was read, what differs from the reference sequence, what was not seen."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from math import log2
from typing import TYPE_CHECKING

from pgx.domain.evidence import EvidenceState
from pgx.domain.gene import IUPAC
from pgx.reports.html.element import Html, tag

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pgx.domain.call import Diplotype, GeneCall
    from pgx.domain.gene import Gene, Region
    from pgx.domain.variant import Variant

WIDTH = 720
HEIGHT = 46
MIDDLE = 26
MARGIN = 8


class Seen(Enum):
    """How a position is drawn: style name and words. `OPEN` positions were read, but the gene gave no result."""

    READ = ("read", "read, as the reference")
    OPEN = ("read", "read")
    BLOCK = ("block", "covered by a reference block")
    ASSUMED = ("assumed", "assumed to be the reference")
    UNSEEN = ("unseen", "not seen")
    VARIANT = ("variant", "different from the reference")

    @property
    def style(self) -> str:
        return self.value[0]

    @property
    def words(self) -> str:
        return self.value[1]


_STATES = {
    EvidenceState.CALLED.label: Seen.READ,
    EvidenceState.REFERENCE_BLOCK.label: Seen.BLOCK,
    EvidenceState.ASSUMED.label: Seen.ASSUMED,
}


@dataclass(frozen=True, slots=True)
class Site:
    """One position: where it is, how it was seen, and on how many strands it differs from GRCh38."""

    name: str
    place: int
    seen: Seen
    strands: int = 0


def sites(gene: Gene, call: GeneCall) -> tuple[Site, ...]:
    """Return the gene's positions in the order of the chromosome.

    What differs from the reference follows from the alleles of the best diplotype.
    """
    states = {name: _STATES.get(state, Seen.UNSEEN) for name, state in call.evidence.not_called}
    states |= {name: Seen.UNSEEN for name in call.evidence.missing if name not in states}
    told = bool(call.diplotypes) and call.status.has_result
    changed = _changed(gene, call.diplotypes[0]) if told else Counter()
    read = Seen.READ if told else Seen.OPEN
    found = [_site(variant, states.get(variant.name, read), changed[variant.name]) for variant in gene.positions]
    return tuple(sorted(found, key=lambda site: site.place))


def _site(variant: Variant, seen: Seen, strands: int) -> Site:
    shown = Seen.VARIANT if strands and seen is not Seen.UNSEEN else seen
    return Site(variant.name, variant.grch38, shown, min(strands, 2))


def _changed(gene: Gene, diplotype: Diplotype) -> Counter[str]:
    """Count, for each position, the strands whose allele has another base than GRCh38."""
    reference = {variant.name: variant.ref for variant in gene.positions}
    cores = {allele.name: allele.core for allele in gene.alleles}
    strands = diplotype.components or tuple((name,) for name in diplotype.alleles)
    return Counter(
        name
        for strand in strands
        for name in {
            name
            for allele in strand
            for name, base in cores.get(allele, ())
            if reference.get(name, base) not in IUPAC.get(base, base)
        }
    )


def describe(found: Sequence[Site]) -> str:
    """Say in words what the drawing shows.

    >>> describe([Site("a", 1, Seen.READ), Site("b", 2, Seen.VARIANT, 1)])
    '2 positions: 1 read, as the reference; 1 different from the reference'
    """
    counts = Counter(site.seen for site in found)
    parts = [f"{counts[seen]} {seen.words}" for seen in Seen if counts[seen]]
    return f"{len(found)} positions: {'; '.join(parts)}"


def picture(gene: Gene, found: Sequence[Site]) -> Html:
    """Draw the sites along the gene, exons as boxes. Distances are compressed, so that close positions stay apart."""
    exons = dict(gene.exons).get("GRCh38", ())
    places = spread({site.place for site in found}, exons)
    outlines = {seen: [_outline(site, places[site.place]) for site in found if site.seen is seen] for seen in Seen}
    marks = [tag("path", d="".join(drawn), class_=seen.style) for seen, drawn in outlines.items() if drawn]
    top = 0 if outlines[Seen.VARIANT] else MIDDLE - 10
    return tag(
        "svg",
        tag("path", d=f"M0 {MIDDLE}H{WIDTH}", class_="strand"),
        [_exon(region, places) for region in exons],
        marks,
        viewBox=f"0 {top} {WIDTH} {HEIGHT - top}",
        preserveAspectRatio="none",
        class_="picture low" if top else "picture",
        role="img",
        aria_label=f"{gene.symbol}. {describe(found)}",
    )


def spread(places: Iterable[int], exons: Sequence[Region]) -> Mapping[int, float]:
    """Return a horizontal place for each position and exon boundary: gaps grow with the logarithm of the distance."""
    ends = {end for region in exons for end in (region.start, region.end)}
    points = sorted({*places, *ends})
    known = set(places)
    gaps = [_gap(left, right, known) for left, right in pairwise(points)]
    scale = (WIDTH - 2 * MARGIN) / (sum(gaps) or 1)
    found, x = {}, float(MARGIN if gaps else WIDTH / 2)
    for point, gap in zip(points, [*gaps, 0], strict=True):
        found[point] = round(x, 1)
        x += gap * scale
    return found


def _gap(left: int, right: int, known: set[int]) -> float:
    """Positions need room for their marks; exon boundaries hardly any."""
    return (6 if left in known and right in known else 2) + log2(right - left)


def _exon(region: Region, places: Mapping[int, float]) -> Html:
    start, end = places[region.start], places[region.end]
    return tag("rect", x=f"{start:g}", y=MIDDLE - 5, width=f"{max(end - start, 1):.3g}", height=10, class_="exon")


def _outline(site: Site, x: float) -> str:
    """The mark of one position: a tick where read, a ring below where not, one diamond a strand that differs."""
    if site.seen is Seen.VARIANT:
        diamonds = "".join(f"M{x:g} {y}l3.5 4-3.5 4-3.5-4z" for y in (8, 0)[: site.strands])
        return f"M{x:g} {MIDDLE + 5}V14{diamonds}"
    if site.seen is Seen.UNSEEN:
        return f"M{x:g} {MIDDLE + 10}a3 3 0 1 0 .01 0z"
    half = 5 if site.seen in (Seen.READ, Seen.OPEN) else 3
    return f"M{x:g} {MIDDLE - half}v{2 * half}"
