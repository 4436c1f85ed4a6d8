"""One source's advice for one population in words, and lines that say the same put together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pgx.domain.drug import ActionKind, Severity
from pgx.domain.gene import INDETERMINATE, NO_RESULT
from pgx.reports.gene_summary import GeneBasis, summarise_basis
from pgx.reports.places import line_group
from pgx.reports.wording import (
    ACTION_WORDS,
    Group,
    describe_action,
    describe_agreement,
    describe_briefly,
    no_statement,
    place_symbol,
    place_word,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pgx.domain.call import Note
    from pgx.domain.drug import Action
    from pgx.domain.results import AdviceLine, Agreement, GeneResult


class Placed:
    """What stands in a group at a severity, and the word and symbol that say so."""

    __slots__ = ()
    group: Group
    severity: Severity

    @property
    def word(self) -> str:
        """The word beside the colour, such as `Avoid or replace`."""
        return place_word(self.group, self.severity)

    @property
    def symbol(self) -> str:
        return place_symbol(self.group, self.severity)


@dataclass(frozen=True, slots=True)
class LineSummary(Placed):
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
