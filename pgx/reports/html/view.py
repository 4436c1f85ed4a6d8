"""What one page shows, and the marks that every part of it uses."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from pgx.domain.drug import Severity
from pgx.reports.html.element import Html, anchors, join, tag
from pgx.reports.wording import Group, place_word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pgx.domain.drug import Drug
    from pgx.domain.gene import Gene
    from pgx.domain.results import Results, SampleResult
    from pgx.reports.html.element import Child
    from pgx.reports.provenance import Provenance
    from pgx.reports.summary import DrugSummary, LineSummary, SampleSummary


_RING = "M8 .9a7.1 7.1 0 1 0 .01 0z"


class Mark(Enum):
    """What a drug or a line comes to, for the eye: style name, place among the results, symbol outline (16 by 16)."""

    RED = ("red", Group.ACTION, Severity.RED, "M5 .9h6L15.1 5v6L11 15.1H5L.9 11V5zM5.2 5.2l5.6 5.6M10.8 5.2l-5.6 5.6")
    AMBER = ("amber", Group.ACTION, Severity.AMBER, "M8 1.3 15.2 14.6H.8zM8 6v4.2M8 12v.6")
    GREEN = ("green", Group.STANDARD, Severity.GREEN, f"{_RING}M4.6 8.3l2.4 2.4 4.5-5")
    AS_FAR_AS_SEEN = ("far", Group.AS_FAR_AS_SEEN, Severity.GREY, f"{_RING}M8 1v14M8 4h4.5M8 7h6.5M8 10h6.5M8 13h3")
    NO_GUIDANCE = ("unsaid", Group.NO_GUIDANCE, Severity.GREY, f"{_RING}M4.6 8h6.8")
    NOT_ASSESSED = (
        "untold",
        Group.NOT_ASSESSED,
        Severity.GREY,
        f"{_RING}M5.8 6.2a2.2 2.2 0 1 1 3.2 2Q8 8.8 8 9.7M8 12v.2",
    )

    @property
    def style(self) -> str:
        return self.value[0]

    @property
    def group(self) -> Group:
        return self.value[1]

    @property
    def severity(self) -> Severity:
        return self.value[2]

    @property
    def words(self) -> str:
        return place_word(self.group, self.severity)

    @property
    def outline(self) -> str:
        return self.value[3]


_MARKS = {(mark.group, mark.severity): mark for mark in Mark}


def mark_of(item: DrugSummary | LineSummary) -> Mark:
    """Return the mark of a drug or a line."""
    return _MARKS[item.group, item.severity]


def mark_at(group: Group) -> Mark:
    """Return the mark of a group whose drugs all have the same one."""
    return _MARKS[group, Severity.GREEN if group is Group.STANDARD else Severity.GREY]


def symbol(mark: Mark) -> Html:
    """Draw the symbol of a mark; words always stand beside it."""
    return tag("svg", tag("use", href=f"#i-{mark.style}"), class_="i", aria_hidden="true")


def pill(mark: Mark, words: str = "") -> Html:
    """Show a mark as symbol and words on its colour."""
    return tag("span", symbol(mark), words or mark.words, class_=f"pill {mark.style}")


def symbols() -> Html:
    """Define the symbols once for the whole page."""
    drawn = [tag("symbol", tag("path", d=mark.outline), id=f"i-{mark.style}", viewBox="0 0 16 16") for mark in Mark]
    return tag("svg", drawn, class_="defs", aria_hidden="true")


def listing(items: Sequence[Html], class_: str = "") -> Html | None:
    """Write a bulleted list; nothing without items."""
    return tag("ul", [tag("li", item) for item in items], class_=class_ or None) if items else None


def facts(pairs: Sequence[tuple[Child, Child]], class_: str = "facts") -> Html | None:
    """Write names and what they are; entries without content are left out."""
    filled = [(name, join(value)) for name, value in pairs]
    rows = [tag("div", tag("dt", name), tag("dd", value)) for name, value in filled if value]
    return tag("dl", rows, class_=class_) if rows else None


@dataclass(frozen=True, slots=True)
class View:
    """One sample's page: results, their summary, and the tables they came from where these are at hand."""

    results: Results
    sample: SampleResult
    summary: SampleSummary
    written: Provenance
    genes: Mapping[str, Gene]
    drugs: Mapping[str, Drug]
    medicines: tuple[str, ...] = ()
    home: str = ""
    """File name of the index page, where there is one."""
    drug_ids: Mapping[str, str] = field(init=False)
    gene_ids: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "drug_ids", anchors("drug", (drug.drug for drug in self.summary.drugs)))
        object.__setattr__(self, "gene_ids", anchors("gene", (gene.gene for gene in self.summary.genes)))

    def drug_link(self, drug: str) -> Html:
        """Link to a drug's card; the name alone where it has none."""
        place = self.drug_ids.get(drug)
        return tag("a", drug, href=f"#{place}") if place else join(drug)

    def gene_link(self, gene: str, words: str = "") -> Html:
        """Link to a gene's card; the words alone where it has none."""
        place = self.gene_ids.get(gene)
        return tag("a", words or gene, href=f"#{place}") if place else join(words or gene)
