"""One card a drug: all sources side by side, for every population, with the evidence and the links."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pgx.reports.html.element import Html, join, joined, link, tag
from pgx.reports.html.front import basis_words, levels
from pgx.reports.html.view import View, facts, listing, mark_of, pill

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pgx.reports.summary import DrugSummary, LineSummary

PUBMED = "https://pubmed.ncbi.nlm.nih.gov/"

BODY_SYSTEMS = {
    "A": "Digestion and metabolism",
    "B": "Blood and clotting",
    "C": "Heart and circulation",
    "D": "Skin",
    "G": "Urinary tract and sex hormones",
    "H": "Hormones",
    "J": "Infections",
    "L": "Cancer and immune system",
    "M": "Muscles and joints",
    "N": "Nervous system",
    "P": "Parasites",
    "R": "Breathing",
    "S": "Eyes and ears",
    "V": "Various",
}
"""First letter of an ATC code, in plain words."""


def drug_cards(view: View) -> Html:
    """Write all cards, in reading order, behind the tools that need JavaScript."""
    return tag(
        "section",
        tag("h2", "All drugs", id="drugs-title"),
        _tools(view),
        tag("div", [_card(view, drug) for drug in view.summary.drugs], id="cards"),
        tag("p", "No drug fits these filters.", id="no-card", hidden=True),
        id="drugs",
        aria_labelledby="drugs-title",
    )


def _tools(view: View) -> Html:
    """Search and filters."""
    marks = {mark_of(drug): None for drug in view.summary.drugs}
    sources = sorted({source for drug in view.summary.drugs for source in drug.sources})
    genes = sorted({gene for drug in view.summary.drugs for gene in _genes(drug)})
    systems = sorted({name for drug in view.summary.drugs for name in body_systems(view, drug.drug)})
    return tag(
        "form",
        tag("div", tag("label", "Search", for_="find"), tag("input", id="find", type="search", autocomplete="off"),
            class_="field find"),
        _choice("mark", "Result", [(mark.style, mark.words) for mark in marks]),
        _choice("source", "Source", [(source, source) for source in sources]),
        _choice("gene", "Gene", [(gene, gene) for gene in genes]),
        _choice("system", "Drug class", [(name, name) for name in systems]),
        tag("div", tag("button", "Clear", type="reset"), tag("button", "Expand all", type="button", id="expand"),
            class_="buttons"),
        tag("p", id="shown", class_="said", role="status"),
        id="tools",
        class_="tools",
        role="search",
        hidden=True,
    )  # fmt: skip


def _choice(name: str, label: str, values: list[tuple[str, str]]) -> Html | None:
    """A filter with one choice; nothing where there is nothing to choose."""
    if len(values) < 2:
        return None
    options = [tag("option", words, value=value) for value, words in values]
    return tag(
        "div",
        tag("label", label, for_=f"by-{name}"),
        tag("select", tag("option", "All", value=""), options, id=f"by-{name}", data_by=name),
        class_="field",
    )


def _genes(drug: DrugSummary) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*(basis.gene for basis in drug.genes), *drug.missing_genes]))


def body_systems(view: View, drug: str) -> tuple[str, ...]:
    """Return what a drug acts on, from its ATC codes."""
    table = view.drugs.get(drug)
    found = (BODY_SYSTEMS.get(code[:1]) for code in table.atc) if table else ()
    return tuple(dict.fromkeys(name for name in found if name))


def _card(view: View, drug: DrugSummary) -> Html:
    mark = mark_of(drug)
    return tag(
        "details",
        tag(
            "summary",
            tag("h3", drug.drug),
            pill(mark),
            tag("span", drug.todo, class_="todo"),
            tag("span", ", ".join(drug.sources), class_="src"),
        ),
        tag("div", _body(view, drug), id=view.drug_ids[drug.drug], class_="body"),
        class_=f"card {mark.style}",
        data_mark=mark.style,
        data_source="|".join(drug.sources) or None,
        data_gene="|".join(_genes(drug)) or None,
        data_system="|".join(body_systems(view, drug.drug)) or None,
    )


def _body(view: View, drug: DrugSummary) -> Html:
    shared = _shared_basis(drug)
    return join(
        tag("p", _kind(view, drug.drug), class_="kind"),
        _disagreements(drug),
        tag("p", "Looked up with ", joined(basis_words(view, shared), "; "), class_="basis") if shared else None,
        _not_assessed(view, drug),
        tag("div", [_source(view, source, drug, shared is None) for source in drug.sources], class_="sources"),
    )


def _kind(view: View, drug: str) -> Html | None:
    """Drug class and codes, where the drug tables are at hand."""
    table = view.drugs.get(drug)
    if table is None:
        return None
    words = [table.drug_class, *body_systems(view, drug)]
    codes = [f"ATC {', '.join(table.atc)}" if table.atc else "", f"RxNorm {table.rxnorm}" if table.rxnorm else ""]
    return join(" · ".join(part for part in [*words, *codes] if part))


def _shared_basis(drug: DrugSummary) -> LineSummary | None:
    """Return a line whose gene results are those of all lines, if there is one."""
    return drug.lines[0] if len({line.genes for line in drug.lines}) == 1 else None


def _disagreements(drug: DrugSummary) -> Html | None:
    found = [join(tag("b", source), f" {words}") for each in drug.disagreements for source, words in each.positions]
    return tag("p", "Sources disagree: ", joined(found, "; "), class_="box") if found else None


def _not_assessed(view: View, drug: DrugSummary) -> Html | None:
    if not drug.missing_genes:
        return None
    genes = joined(view.gene_link(gene) for gene in drug.missing_genes)
    return tag("p", tag("b", "Not assessed: "), genes, f". {drug.reason}" if drug.reason else None, class_="box")


def _source(view: View, source: str, drug: DrugSummary, each_basis: bool) -> Html:
    """One source's column: its guidelines, then the advice for each population."""
    lines = [line for line in drug.lines if line.source == source]
    advice = [_advice(view, line, populations, each_basis) for line, populations in merge_populations(lines)]
    return tag(
        "section",
        tag("h4", source, " ", pill(mark_of(lines[0]))),
        advice,
        [_guideline(line) for line in {line.guideline: line for line in lines}.values()],
    )


def merge_populations(lines: Iterable[LineSummary]) -> list[tuple[LineSummary, tuple[str, ...]]]:
    """Put lines together that differ in nothing but the population."""
    merged: dict[LineSummary, list[str]] = {}
    for line in lines:
        merged.setdefault(replace(line, population=""), []).append(line.population)
    return [(line, tuple(name for name in names if name)) for line, names in merged.items()]


def _advice(view: View, line: LineSummary, populations: tuple[str, ...], with_basis: bool) -> Html:
    more = [action for action in line.actions if action.casefold() not in line.todo.casefold()]
    return tag(
        "div",
        tag("p", "; ".join(populations), class_="for") if populations else None,
        tag("p", tag("b", line.todo), class_="todo"),
        listing([join(action) for action in more], "more"),
        tag("p", line.advice) if line.advice != line.todo else None,
        tag("p", line.implication, class_="why") if line.implication else None,
        tag("p", line.certainty, class_="limit") if line.certainty else None,
        [tag("p", note.text, class_="limit") for note in line.notes],
        facts([
            ("Looked up with", joined(basis_words(view, line), "; ") if with_basis else None),
            ("Alternatives", ", ".join(line.alternatives)),
            ("Strength", line.strength),
            ("Wording of the guideline", tag("q", line.source_text) if line.source_text else None),
        ]),
        class_=f"line {mark_of(line).style}",
    )  # fmt: skip


def _guideline(line: LineSummary) -> Html:
    """Where the advice is from: guideline, date, evidence levels and publications."""
    named = join(link(line.url, line.guideline or line.url), f", {line.updated}" if line.updated else None)
    pmids = joined(link(f"{PUBMED}{pmid}/", str(pmid)) for pmid in line.pmids)
    parts = [named, join(levels(line)), join("PMID ", pmids) if pmids else Html()]
    return tag("p", joined((part for part in parts if part), " · "), class_="from")
