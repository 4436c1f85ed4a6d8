"""CDS Hooks cards: one for each drug that needs something done, the patient's own first, worst first.

The cards are what a service would answer for any order; which of them a hook shows depends on the drugs ordered.
Fields: CDS Hooks 2.0, section "Card attributes".
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5

from pgx.domain.drug import Severity
from pgx.reports.fhir.advice import headline, withheld_lines
from pgx.reports.fhir.codes import drug_concept
from pgx.reports.fhir.graph import clean, escape_markup, is_web_address
from pgx.reports.files import safe_names, write_text
from pgx.reports.summary import summarise_sample
from pgx.reports.wording import Group, describe_restriction

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping
    from pathlib import Path

    from pgx.domain.drug import Drug
    from pgx.domain.results import Results, SampleResult
    from pgx.reports.summary import DrugSummary, LineSummary

Json = dict[str, Any]

SUFFIX = ".cds-hooks.json"
LONGEST_SUMMARY = 139
INDICATORS = {Severity.RED: "critical", Severity.AMBER: "warning"}
"""Nothing green or grey gets a card, so nothing is merely `info`."""


def cds_cards(results: Results, sample: SampleResult, drugs: Mapping[str, Drug]) -> Json:
    """Return the cards of one sample as a service's answer; `drugs` are the rule tables by name."""
    withheld = withheld_lines(sample)
    found = summarise_sample(sample).group(Group.ACTION)
    needed = sorted(found, key=lambda drug: drug.drug not in results.medicines)
    return {"cards": [_card(results, sample.sample, drug, withheld, drugs) for drug in needed]}


def write_cds_hooks(results: Results, directory: Path, drugs: Mapping[str, Drug]) -> tuple[Path, ...]:
    """Write one answer a sample, `NAME.cds-hooks.json`; return the paths in the order of the samples."""
    names = safe_names([sample.sample for sample in results.samples])
    return tuple(
        write_text(directory / f"{name}{SUFFIX}", [_encode(cds_cards(results, sample, drugs)), "\n"])
        for name, sample in zip(names, results.samples, strict=True)
    )


def _card(
    results: Results, sample: str, drug: DrugSummary, withheld: Container[LineSummary], drugs: Mapping[str, Drug]
) -> Json:
    body = {
        **clean({"summary": shorten(_summary(drug, withheld)), "indicator": INDICATORS[drug.severity]}),
        "detail": "\n".join(_detail(results, drug, withheld)),
        **clean({"source": _source(drug, drugs), "links": list(_links(drug))}),
    }
    content = json.dumps(clean([sample, results.rules.sha256, body]), sort_keys=True)
    return {"uuid": str(uuid5(NAMESPACE_URL, content)), **body}


def shorten(text: str) -> str:
    """Cut a text to what a card's summary may hold.

    >>> len(shorten("word " * 50))
    139
    """
    return text if len(text) <= LONGEST_SUMMARY else f"{text[: LONGEST_SUMMARY - 1].rstrip()}…"


def _summary(drug: DrugSummary, withheld: Container[LineSummary]) -> str:
    """Drug and action first, so that they survive a cut."""
    genes = ", ".join(basis.text for basis in drug.lines[0].genes)
    remark = "; depends on the indication" if drug.depends_on_indication else ""
    return f"{drug.drug}: {headline(drug, withheld)}{remark} ({genes})"


def _detail(results: Results, drug: DrugSummary, withheld: Container[LineSummary]) -> Iterator[str]:
    """Markdown: whose drug it is, every source's advice, worst first, what speaks against relying on it, versions."""
    if drug.drug in results.medicines:
        yield "One of the patient's own medicines.\n"
    yield from dict.fromkeys(f"- {_advice(line, line in withheld)}" for line in drug.lines)
    yield ""
    for found in drug.disagreements:
        views = "; ".join(f"{source}: {text}" for source, text in found.positions)
        yield f"Sources disagree: {escape_markup(views)}.\n"
    if drug.missing_genes:
        yield f"Not assessed: {escape_markup(', '.join(drug.missing_genes))}. {escape_markup(drug.reason)}\n"
    restricted = describe_restriction(results.restriction)
    if restricted:
        yield f"{escape_markup(restricted)}\n"
    yield from (f"{escape_markup(note.text)}\n" for note in (*results.warnings, *results.rules.notes))
    yield escape_markup(f"pgx {results.tool_version}, rule set {results.rules.version} of {results.rules.date}.")


def _advice(line: LineSummary, withheld: bool) -> str:
    """One source's advice: how far it holds stands before what it asks for."""
    heading = ", ".join(part for part in (line.source, line.population) if part)
    genes = ", ".join(basis.text for basis in line.genes)
    parts = [
        line.certainty,
        *(note.text for note in line.notes),
        "" if withheld else f"{'; '.join(line.actions) or line.todo}.",
        line.advice,
        f"Instead: {', '.join(line.alternatives)}." if line.alternatives else "",
        line.implication,
        f"Strength: {line.strength}." if line.strength else "",
        f"Result: {genes}." if genes else "",
        f"Wording of the guideline: {line.source_text}" if line.source_text else "",
    ]
    text = escape_markup(" ".join(part for part in parts if part))
    return f"**{escape_markup(heading)}** ({escape_markup(line.word)}): {text}"


def _source(drug: DrugSummary, drugs: Mapping[str, Drug]) -> Json:
    """The source of the worst line, and the drug's code as topic, by which a service picks the cards of an order."""
    worst = drug.lines[0]
    name = drug_concept(drug.drug, drugs)
    topic = next(({**code, "display": drug.drug} for code in name["coding"]), {})
    url = worst.url if is_web_address(worst.url) else ""
    return {"label": f"{worst.source}: {worst.guideline}", "url": url, "topic": topic}


def _links(drug: DrugSummary) -> Iterator[Json]:
    """One link a guideline."""
    addresses = {line.url: f"{line.source}: {line.guideline}" for line in reversed(drug.lines)}
    for url, label in reversed(addresses.items()):
        if is_web_address(url):
            yield {"label": label, "url": url, "type": "absolute"}


def _encode(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, indent=1)
