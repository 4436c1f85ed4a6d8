"""The last part of the page: what its words mean, how it came about, what it cannot tell, and the disclaimer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pgx.reports.html.element import Html, join, tag
from pgx.reports.html.view import Mark, View, facts, listing, pill
from pgx.reports.wording import DISCLAIMER, describe_restriction

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pgx.domain.results import InputReport
    from pgx.reports.html.element import Child

MEANINGS = {
    Mark.RED: "At least one source asks to avoid the drug or to use another one.",
    Mark.AMBER: "At least one source asks for another dose, monitoring, a test first, or to consider another drug.",
    Mark.GREEN: "Every result that the data allow leads to standard dosing.",
    Mark.AS_FAR_AS_SEEN: "What was seen leads to standard dosing, but something that was not seen could change it.",
    Mark.NO_GUIDANCE: "The sources say nothing, or make no recommendation, for this result. This is not an all-clear.",
    Mark.NOT_ASSESSED: "A gene that the advice needs gave no result. This is not an all-clear.",
}

LIMITS = (
    "Only the positions in the gene tables are looked at. Rare variants outside them are not found.",
    "A position that the file does not report is not taken for the reference unless this was asked for; the options"
    " above say so.",
    "Copy number, hybrid genes and HLA types cannot be read from an ordinary VCF; they need an outside caller.",
    "Kidney and liver function, age, weight, pregnancy, other medicines and diseases also decide on drug and dose."
    " They are not considered here.",
    "Standard means that the genes give no reason to depart from the label, not that the drug suits the patient.",
)


def methods(view: View) -> Html:
    """Write methods, versions, the meaning of the words, limitations and the disclaimer."""
    return tag(
        "section",
        tag("h2", "Methods, versions and limits", id="methods-title"),
        tag("h3", "What the results mean"),
        facts([(pill(mark), words) for mark, words in MEANINGS.items()]),
        tag("h3", "How this report was made"),
        facts(_made(view)),
        tag("h3", "What it cannot tell"),
        listing([join(words) for words in LIMITS]),
        tag("h3", "Disclaimer"),
        tag("p", DISCLAIMER),
        id="methods",
        aria_labelledby="methods-title",
    )


def _made(view: View) -> Sequence[tuple[Child, Child]]:
    results = view.results
    read, rules = results.input, results.rules
    return [
        ("Program", f"pgx {results.tool_version}"),
        ("Rules", f"version {rules.version}{f' of {rules.date}' if rules.date else ''}"),
        ("Rules SHA-256", tag("code", rules.sha256) if rules.sha256 else None),
        ("Gene tables", ", ".join(f"{name} {gene.version}" for name, gene in view.genes.items())),
        ("Guidance from", ", ".join(_sources(view))),
        ("Input", listing([_file(file.name, file.sha256) for file in read.files], "plain")),
        ("Genome build", read.build),
        ("Records", _records(read)),
        ("Genotypes left out", _counted(read.genotypes)),
        ("Records that no table explains", _counted(read.unexplained)),
        ("Options", ", ".join(f"{name} {value}" for name, value in read.options)),
        ("Limited to", describe_restriction(results.restriction)),
        ("Written", view.written.time + (f" on {view.written.host}" if view.written.host else "")),
    ]


def _sources(view: View) -> Iterable[str]:
    return sorted({source for drug in view.summary.drugs for source in drug.sources})


def _file(name: str, sha256: str) -> Html:
    return join(tag("bdi", name), join(" SHA-256 ", tag("code", sha256)) if sha256 else None)


def _records(read: InputReport) -> str:
    """Count what was read, used and left out, with reasons."""
    parts = [f"{read.read} read", f"{read.used} used"]
    parts += [f"{read.marked} used though they fail FILTER"] if read.marked else []
    parts += [f"{count} left out: {reason}" for reason, count in read.discarded]
    return "; ".join(parts)


def _counted(counts: Sequence[tuple[str, int]]) -> str:
    return "; ".join(f"{count} {name}" for name, count in counts)
