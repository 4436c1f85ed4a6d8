"""What a reader needs to know of one sample, in the order in which it matters: the view behind every readable report.

Terminal, Markdown and HTML show a `SampleSummary`; none of them groups, sorts or words results by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pgx.domain.drug import ActionKind, Severity
from pgx.domain.gene import INDETERMINATE, NO_RESULT
from pgx.domain.results import Agreement
from pgx.reports.gene_summary import GeneBasis, GeneSummary, summarise_basis, summarise_gene
from pgx.reports.places import DrugPlacer, count_drugs, line_group, place_rank
from pgx.reports.wording import (
    ACTION_WORDS,
    STATUS_WORDS,
    Group,
    describe_action,
    describe_agreement,
    describe_briefly,
    describe_restriction,
    no_statement,
    place_symbol,
    place_word,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from pgx.domain.call import CallStatus, Note
    from pgx.domain.drug import Action
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
class LineSummary:
    """One source's advice for one population, worded.

    `todo` is what holds now, and `brief` the same without conditions and details; `actions` are all actions with
    their conditions; `certainty` says how far the line holds and is empty where every result that the data allow
    leads to it.
    """

    source: str
    guideline: str
    url: str
    updated: str
    population: str
    group: Group
    severity: Severity
    todo: str
    brief: str
    actions: tuple[str, ...]
    advice: str
    implication: str
    strength: str
    levels: tuple[tuple[str, str], ...]
    pmids: tuple[int, ...]
    alternatives: tuple[str, ...]
    genes: tuple[GeneBasis, ...]
    agreement: Agreement
    certainty: str
    depends_on: tuple[str, ...]
    missed_share: float | None
    notes: tuple[Note, ...]
    source_text: str = ""
    """The guideline's own wording, where the site attached it."""

    @property
    def word(self) -> str:
        """The word beside the colour, such as `Avoid or replace`."""
        return place_word(self.group, self.severity)

    @property
    def symbol(self) -> str:
        return place_symbol(self.group, self.severity)

    @property
    def origin(self) -> str:
        """Source, population and strength in a few words."""
        return ", ".join(part for part in (self.source, self.population, self.strength) if part)

    @property
    def doubts(self) -> tuple[str, ...]:
        """Why a line that asks for nothing is no all-clear, besides its agreement; empty for all others."""
        if self.group is not Group.AS_FAR_AS_SEEN:
            return ()
        unknown = [basis.gene for basis in self.genes if basis.result == INDETERMINATE]
        return (
            *(note.text for note in self.notes),
            *(f"{gene} has an allele of unknown function." for gene in unknown),
        )

    @property
    def caveat(self) -> str:
        """Agreement and doubts of a line that asks for nothing but is no all-clear."""
        return " ".join(filter(None, (self.certainty, *self.doubts))) if self.group is Group.AS_FAR_AS_SEEN else ""


@dataclass(frozen=True, slots=True)
class Statement:
    """Lines of one drug that ask for the same thing because of the same gene results."""

    lines: tuple[LineSummary, ...]

    @property
    def first(self) -> LineSummary:
        return self.lines[0]

    @property
    def origins(self) -> str:
        return "; ".join(dict.fromkeys(line.origin for line in self.lines))


@dataclass(frozen=True, slots=True)
class DrugSummary:
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
    def word(self) -> str:
        """The word beside the colour, such as `Avoid or replace`."""
        return place_word(self.group, self.severity)

    @property
    def symbol(self) -> str:
        return place_symbol(self.group, self.severity)

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
    options = ", ".join(f"{name.replace('_', '-')} {value}" for name, value in results.input.options)
    run_with = f"Run with {options}." if options else ""
    texts = (describe_restriction(results.restriction), *(note.text for note in notes), run_with)
    return tuple(dict.fromkeys(text for text in texts if text))


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
        disagreements.setdefault(found.drug, []).append(found)
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


def summarise_line(line: AdviceLine, genes: Mapping[str, GeneResult]) -> LineSummary:
    """Word one advice line."""
    row, guideline = line.row, line.guideline
    return LineSummary(
        source=guideline.source,
        guideline=guideline.name,
        url=guideline.url,
        updated=guideline.updated,
        population=row.population if row else "",
        group=line_group(line),
        severity=line.severity,
        todo=_todo(line, describe_action),
        brief=_todo(line, describe_briefly),
        actions=tuple(describe_action(action) for action in row.actions) if row else (),
        advice=row.advice if row else no_statement(guideline.source),
        implication=row.implication if row else "",
        strength=row.strength if row else "",
        levels=guideline.levels,
        pmids=guideline.pmids,
        alternatives=row.alternatives if row else (),
        genes=tuple(summarise_basis(reading, genes.get(reading.gene)) for reading in line.readings),
        agreement=line.agreement,
        certainty=describe_agreement(line.agreement, line.depends_on, line.missed_share),
        depends_on=line.depends_on,
        missed_share=line.missed_share,
        notes=line.notes,
        source_text=line.source_text,
    )


def _todo(line: AdviceLine, describe: Callable[[Action], str]) -> str:
    """Say what holds now: the main action and all others without a condition.

    A line that a gene without a result made worse than its row says which gene.
    """
    if line.row is None:
        return ACTION_WORDS[ActionKind.NO_STATEMENT]
    first, *others = line.row.actions
    texts = [describe(first), *(describe(action) for action in others if not action.is_conditional)]
    todo = "; ".join([texts[0], *(text[:1].lower() + text[1:] for text in texts[1:])])
    if line.severity <= line.row.severity:
        return todo
    without = [reading.gene for reading in line.readings if NO_RESULT in reading.lookup]
    return f"{todo}, unless {' or '.join(without) or 'a gene without a result'} says otherwise"
