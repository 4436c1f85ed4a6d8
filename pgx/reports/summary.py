"""What a reader needs to know of one sample, in the order in which it matters: the view behind every readable report.

Terminal, Markdown and HTML show a `SampleSummary`; none of them groups, sorts or words results by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pgx.domain.drug import Severity
from pgx.domain.results import Agreement
from pgx.reports.gene_summary import GeneBasis, GeneSummary, summarise_gene
from pgx.reports.line_summary import LineSummary, Placed, Statement, summarise_line
from pgx.reports.places import DrugPlacer, count_drugs, line_group, place_rank
from pgx.reports.wording import (
    STATUS_WORDS,
    Group,
    describe_agreement,
    describe_disagreement,
    describe_restriction,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pgx.domain.call import CallStatus, Note
    from pgx.domain.results import (
        AdviceLine,
        Disagreement,
        GeneResult,
        NotAssessed,
        Results,
        SampleResult,
    )

__all__ = [
    "DrugPlacer",
    "DrugSummary",
    "GeneBasis",
    "GeneSummary",
    "LineSummary",
    "SampleSummary",
    "Statement",
    "count_drugs",
    "headlines",
    "line_group",
    "summarise",
    "summarise_gene",
    "summarise_line",
    "summarise_sample",
]


@dataclass(frozen=True, slots=True)
class DrugSummary(Placed):
    """One drug: its lines, worst first, and what they come to.

    `severity` and `todo` are those of the worst line. A drug that could not be assessed has no lines but
    `missing_genes` and a `reason`.
    """

    drug: str
    group: Group
    severity: Severity
    todo: str
    lines: tuple[LineSummary, ...] = ()
    depends_on_indication: bool = False
    depends_on: tuple[str, ...] = ()
    genes: tuple[GeneBasis, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()
    missing_genes: tuple[str, ...] = ()
    reason: str = ""

    @property
    def worst(self) -> LineSummary | None:
        return self.lines[0] if self.lines else None

    @property
    def sources(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(line.source for line in self.lines))

    @property
    def caveat(self) -> str:
        """Why a drug that needs nothing is no all-clear; what several lines depend on is said once."""
        if self.group is not Group.AS_FAR_AS_SEEN:
            return ""
        doubtful = [line for line in self.lines if line.group is Group.AS_FAR_AS_SEEN]
        unseen = [line for line in doubtful if line.agreement is Agreement.UNSEEN]
        named = tuple(dict.fromkeys(allele for line in unseen for allele in line.depends_on))
        share = max((line.missed_share for line in unseen if line.missed_share is not None), default=None)
        reasons = [describe_agreement(Agreement.UNSEEN, named, share)] if unseen else []
        reasons += [line.certainty for line in doubtful if line.agreement is not Agreement.UNSEEN]
        reasons += [doubt for line in doubtful for doubt in line.doubts]
        return " ".join(dict.fromkeys(filter(None, reasons)))

    @property
    def statements(self) -> tuple[Statement, ...]:
        """The lines with those put together that say the same."""
        alike: dict[object, list[LineSummary]] = {}
        for line in self.lines:
            alike.setdefault((line.group, line.severity, line.todo, line.genes), []).append(line)
        return tuple(Statement(tuple(lines)) for lines in alike.values())

    @property
    def advising(self) -> tuple[Statement, ...]:
        """The statements without those that say nothing."""
        return tuple(one for one in self.statements if one.first.group is not Group.NO_GUIDANCE)


@dataclass(frozen=True, slots=True)
class SampleSummary:
    """One sample: drugs in reading order, genes in table order, and what went wrong."""

    sample: str
    drugs: tuple[DrugSummary, ...]
    genes: tuple[GeneSummary, ...]
    problems: tuple[Note, ...]

    def group(self, group: Group) -> tuple[DrugSummary, ...]:
        """Return the drugs of one group, in reading order."""
        return tuple(drug for drug in self.drugs if drug.group is group)

    def severe(self, severity: Severity) -> tuple[DrugSummary, ...]:
        """Return the drugs that need something done at this severity."""
        return tuple(drug for drug in self.group(Group.ACTION) if drug.severity is severity)

    def shared(self, group: Group) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Return the drugs of a group by what keeps them there: the caveat, or the reason for no assessment."""
        alike: dict[str, list[str]] = {}
        for drug in self.group(group):
            alike.setdefault(drug.reason if group is Group.NOT_ASSESSED else drug.caveat, []).append(drug.drug)
        return tuple((why, tuple(drugs)) for why, drugs in alike.items())

    @property
    def disagreements(self) -> tuple[Disagreement, ...]:
        return tuple(found for drug in self.drugs for found in drug.disagreements)


def summarise(results: Results) -> Iterable[SampleSummary]:
    """Yield the summary of each sample, in order."""
    return (summarise_sample(sample) for sample in results.samples)


def headlines(results: Results) -> tuple[str, ...]:
    """Return what must stand on the first page of every report: limits, remarks, options."""
    notes = (*results.warnings, *results.rules.notes, *results.input.notes)
    options = ", ".join(_option(name, value) for name, value in results.input.options)
    run_with = f"Run with {options}." if options else ""
    texts = (describe_restriction(results.restriction), *(note.text for note in notes), run_with)
    return tuple(dict.fromkeys(text for text in texts if text))


def _option(name: str, value: str) -> str:
    """Name an option with its value; one that is merely set needs none."""
    shown = name.replace("_", "-")
    return shown if value == str(True) else f"{shown} {value}"


def summarise_sample(sample: SampleResult) -> SampleSummary:
    """Group a sample's advice by drug, and word its gene results."""
    return SampleSummary(
        sample.sample,
        tuple(sorted(_drugs(sample), key=lambda drug: (place_rank(drug.group, drug.severity), drug.drug))),
        tuple(summarise_gene(result) for result in sample.genes.values()),
        sample.problems,
    )


def _drugs(sample: SampleResult) -> Iterable[DrugSummary]:
    lines: dict[str, list[AdviceLine]] = {}
    for line in sample.advice:
        lines.setdefault(line.drug, []).append(line)
    disagreements: dict[str, list[Disagreement]] = {}
    for found in sample.disagreements:
        disagreements.setdefault(found.drug, []).append(describe_disagreement(found))
    for drug, advice in lines.items():
        yield _advised(drug, advice, sample.genes, tuple(disagreements.get(drug, ())))
    yield from (_not_assessed(missing, sample.genes) for missing in sample.not_assessed if missing.drug not in lines)


def _advised(
    drug: str, advice: list[AdviceLine], genes: Mapping[str, GeneResult], disagreements: tuple[Disagreement, ...]
) -> DrugSummary:
    summaries = (summarise_line(line, genes) for line in advice)
    worded = sorted(summaries, key=lambda line: place_rank(line.group, line.severity))
    worst = worded[0]
    return DrugSummary(
        drug,
        worst.group,
        worst.severity,
        worst.todo,
        tuple(worded),
        _depends_on_indication(advice),
        tuple(dict.fromkeys(allele for line in worded for allele in line.depends_on)),
        tuple(dict.fromkeys(basis for line in worded for basis in line.genes)),
        disagreements,
    )


def _not_assessed(missing: NotAssessed, genes: Mapping[str, GeneResult]) -> DrugSummary:
    """Say for each gene the drug needs why it gave nothing; the given reason where no gene tells."""
    without: dict[CallStatus, list[str]] = {}
    for gene in missing.genes:
        if gene in genes and not genes[gene].call.status.has_result:
            without.setdefault(genes[gene].call.status, []).append(gene)
    reasons = [f"{', '.join(symbols)}: {STATUS_WORDS[status]}" for status, symbols in without.items()]
    return DrugSummary(
        missing.drug,
        Group.NOT_ASSESSED,
        Severity.GREY,
        "Could not be assessed",
        missing_genes=missing.genes,
        reason="; ".join(reasons) or missing.reason,
    )


def _depends_on_indication(lines: list[AdviceLine]) -> bool:
    """Tell whether one guideline asks for different things in different populations."""
    asked: dict[tuple[str, str], dict[str, set[object]]] = {}
    for line in lines:
        population = line.row.population if line.row else ""
        outcome = line.row.outcome if line.row else None
        guideline = (line.guideline.source, line.guideline.name)
        asked.setdefault(guideline, {}).setdefault(population, set()).add((line.severity, outcome))
    return any(len({frozenset(outcomes) for outcomes in populations.values()}) > 1 for populations in asked.values())
