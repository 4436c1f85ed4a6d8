"""One card a gene: the result, how sure it is and why, what was not seen, and the positions as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pgx.domain.call import CallSource, CallStatus
from pgx.reports.html.element import Html, join, joined, link, tag
from pgx.reports.html.picture import Seen, Site, describe, picture, sites
from pgx.reports.html.view import View, facts, listing

if TYPE_CHECKING:
    from pgx.domain.call import GeneCall
    from pgx.domain.gene import Gene
    from pgx.reports.summary import GeneSummary

SHOWN_SITES = 40

_SURE = {"sure": "●", "partly": "◐", "unsure": "○"}
_SOURCE_WORDS = {
    CallSource.VCF: "the input file",
    CallSource.OUTSIDE: "an outside caller",
    CallSource.BOTH: "an outside caller and the input file",
}


def gene_cards(view: View) -> Html:
    """Write all gene cards, in the order of the tables."""
    return tag(
        "section",
        tag("h2", "All genes", id="genes-title"),
        _legend() if view.genes else None,
        tag("div", [_card(view, gene) for gene in view.summary.genes], class_="genes"),
        id="genes",
        aria_labelledby="genes-title",
    )


def _legend() -> Html:
    """Explain the marks of the pictures."""
    drawn = {
        Seen.READ: "M8 2v10",
        Seen.BLOCK: "M8 4v6",
        Seen.UNSEEN: "M8 4a3 3 0 1 0 .01 0z",
        Seen.VARIANT: "M8 1l3.5 4L8 9 4.5 5zM8 9v4",
    }
    words = {Seen.READ: "read", Seen.VARIANT: "different from the reference (one diamond a strand)"}
    items = [tag("li", _key(d, seen), words.get(seen, seen.words)) for seen, d in drawn.items()]
    return tag("ul", items, class_="legend", aria_label="Marks in the pictures")


def _key(outline: str, seen: Seen) -> Html:
    drawn = tag("path", d=outline, class_=seen.style)
    return tag("svg", drawn, viewBox="0 0 16 14", class_="key", aria_hidden="true")


def _card(view: View, gene: GeneSummary) -> Html:
    call = view.sample.genes[gene.gene].call
    sure = _sureness(gene)
    return tag(
        "details",
        tag(
            "summary",
            tag("h3", gene.gene),
            tag("span", gene.diplotype or "—", class_="dip"),
            tag("span", gene.phenotype, f" (score {gene.score})" if gene.score else None, class_="pheno"),
            tag("span", tag("span", _SURE[sure], aria_hidden="true"), " ", _certainty(gene), class_=f"how {sure}"),
        ),
        tag("div", _body(view, gene, call), id=view.gene_ids[gene.gene], class_="body"),
        class_="card gene",
    )


def _sureness(gene: GeneSummary) -> str:
    if not gene.status.has_result:
        return "unsure"
    complete = gene.status is CallStatus.CALLED and not (gene.missing or gene.not_excluded or gene.undocumented)
    return "sure" if complete else "partly"


def _certainty(gene: GeneSummary) -> str:
    """How sure, short enough for a row."""
    if not gene.status.has_result:
        return gene.certainty
    words = "several results fit" if gene.status is CallStatus.AMBIGUOUS else ""
    seen = f"{gene.positions - len(gene.missing)} of {gene.positions} positions seen" if gene.positions else "as given"
    return ", ".join(part for part in (words, seen) if part)


def _body(view: View, gene: GeneSummary, call: GeneCall) -> Html:
    table = view.genes.get(gene.gene)
    found = sites(table, call) if table and gene.positions else ()
    return join(
        picture(table, found) if table and found else None,
        tag("p", describe(found), ".", class_="said") if found else None,
        facts([
            ("Result", gene.diplotype),
            ("Function", gene.functions),
            ("Phenotype", gene.phenotype),
            ("Activity score", gene.score),
            ("How sure", gene.certainty),
            ("Phase", _phase(call)),
            ("From", _SOURCE_WORDS[call.source]),
            ("Differs from the reference", _differing(found)),
            ("Not seen", _many(gene.missing)),
            ("Could not be excluded", ", ".join(gene.not_excluded)),
            ("Undocumented base at", ", ".join(gene.undocumented)),
            ("The other source says", " or ".join(other.name for other in call.alternatives)),
            ("Drugs", joined(view.drug_link(drug) for drug in _drugs(view, gene.gene))),
            ("Table", _table(table)),
        ]),
        listing([join(note.text) for note in gene.notes], "notes"),
    )  # fmt: skip


def _phase(call: GeneCall) -> str:
    """Say what is known of the strands; nothing where it does not matter."""
    if not call.status.has_result or not call.diplotypes or len(call.diplotypes[0].alleles) < 2:
        return ""
    return "phased" if call.phased else "not phased"


def _differing(found: tuple[Site, ...]) -> str:
    words = {1: "one strand", 2: "both strands"}
    return _many(tuple(f"{site.name} ({words[site.strands]})" for site in found if site.seen is Seen.VARIANT))


def _many(names: tuple[str, ...]) -> str:
    rest = len(names) - SHOWN_SITES
    return ", ".join(names[:SHOWN_SITES]) + (f" and {rest} more" if rest > 0 else "")


def _drugs(view: View, gene: str) -> list[str]:
    """Return the drugs whose advice rests on a gene, or waits for it."""
    return sorted(
        drug.drug
        for drug in view.summary.drugs
        if gene in drug.missing_genes or any(basis.gene == gene for basis in drug.genes)
    )


def _table(gene: Gene | None) -> Html | None:
    """Version and sources of the gene's table."""
    if gene is None:
        return None
    named = [join(link(source.url, source.name), f" {source.version}".rstrip()) for source in gene.sources]
    return join(f"version {gene.version}", "; " if named else None, joined(named))
