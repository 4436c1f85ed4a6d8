"""What the findings mean for drugs: one therapeutic implication a line, and a task where the line asks for something.

A line that does not hold for every result that the data allow is never coded as an all-clear: neither its task nor
the phenotype in its implication.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pgx.domain.drug import ActionKind, Severity
from pgx.domain.results import Agreement
from pgx.reports.fhir import codes
from pgx.reports.fhir.findings import conclusion, observation
from pgx.reports.fhir.graph import annotation, is_web_address
from pgx.reports.summary import summarise_line
from pgx.reports.wording import GROUP_TITLES, Group

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping

    from pgx.domain.drug import Action, AdviceRow, Drug
    from pgx.domain.results import AdviceLine, Reading, SampleResult
    from pgx.reports.fhir.codes import Json
    from pgx.reports.fhir.findings import Findings
    from pgx.reports.fhir.graph import ResourceGraph
    from pgx.reports.summary import DrugSummary, LineSummary

PUBMED = "https://pubmed.ncbi.nlm.nih.gov/"

_SUGGESTIONS = {
    ActionKind.CAUTION: codes.USE_WITH_CAUTION,
    ActionKind.CONSIDER_ALTERNATIVE: codes.OTHER_DRUG,
    ActionKind.REDUCE_DOSE: codes.DECREASE_DOSE,
    ActionKind.INCREASE_DOSE: codes.INCREASE_DOSE,
    ActionKind.ALTERNATIVE: codes.OTHER_DRUG,
}
_STOPPING = (ActionKind.AVOID, ActionKind.CONTRAINDICATED)
_REPLACING = (ActionKind.CONSIDER_ALTERNATIVE, ActionKind.ALTERNATIVE)
_SAYS_WHICH_DOSE = {"of"}
"""Parameters that leave a standard dose a standard dose."""


class Advice:
    """Adds the advice of one sample to a bundle."""

    def __init__(self, graph: ResourceGraph, patient: Json, findings: Findings, drugs: Mapping[str, Drug]) -> None:
        self._graph, self._patient, self._findings, self._drugs = graph, patient, findings, drugs
        self.implications: list[Json] = []
        self.tasks: list[Json] = []

    def add(self, sample: SampleResult) -> None:
        """Add every line of the sample, in order."""
        for line in sample.advice:
            told = summarise_line(line, sample.genes)
            implication = self._graph.add(self._implication(line, told, sample))
            self.implications.append(implication)
            if line.severity >= Severity.AMBER or is_all_clear(line):
                self.tasks.append(self._graph.add(self._task(line, told, implication)))

    def _implication(self, line: AdviceLine, told: LineSummary, sample: SampleResult) -> Json:
        asked = [reading.gene for reading in line.readings] or line.guideline.genes
        bases = [self._findings.basis(gene, sample.genes.get(gene)) for gene in asked]
        return {
            **observation("therapeutic-implication", codes.guide_code(codes.THERAPEUTIC_IMPLICATION), self._patient),
            "extension": list(_citations(told)),
            "note": list(_notes(told)),
            "derivedFrom": bases,
            "component": [*self._components(line, told), conclusion(_statement(line, told))],
        }

    def _components(self, line: AdviceLine, told: LineSummary) -> list[Json]:
        loinc = codes.loinc
        effects = [_effect(reading, line) for reading in line.readings]
        levels = [(codes.EVIDENCE_LEVEL, codes.evidence_concept(*level)) for level in told.levels]
        context = [(codes.TREATMENT_CONTEXT, codes.concept(told.population))] if told.population else []
        asked = [(codes.MEDICATION_ASSESSED, codes.drug_concept(line.drug, self._drugs)), *context, *levels]
        return [*effects, *({"code": loinc(code), "valueCodeableConcept": value} for code, value in asked)]

    def _task(self, line: AdviceLine, told: LineSummary, implication: Json) -> Json:
        answer = suggestion(line)
        return {
            "resourceType": "Task",
            "meta": {"profile": [codes.profile("medication-recommendation")]},
            "status": "requested",
            "intent": "proposal",
            "code": codes.loinc(answer, told.todo) if answer else {},
            "description": f"{line.drug}: {_statement(line, told)}",
            "for": self._patient,
            "reasonReference": implication,
            "note": list(_notes(told)),
        }


def suggestion(line: AdviceLine) -> str:
    """Return LOINC's answer for what a line asks for; empty where it has none.

    To avoid a drug, to monitor and to test first have no answer, but avoiding a drug in favour of another one has.
    Standard dose is answered only for a green line that holds for every result that the data allow.
    """
    if line.row is None:
        return ""
    action = _deciding_action(line.row)
    if action.kind is ActionKind.STANDARD:
        return codes.STANDARD_DOSE if is_all_clear(line) and _is_plain(line.row) else ""
    if action.kind in _STOPPING:
        return codes.OTHER_DRUG if _names_another_drug(line.row) else ""
    return _SUGGESTIONS.get(action.kind, "")


def is_all_clear(line: AdviceLine) -> bool:
    """Tell whether a line is green and every result that the data allow leads to it."""
    return line.row is not None and line.severity is Severity.GREEN and line.agreement is Agreement.SAME


def is_withheld(line: AdviceLine) -> bool:
    """Tell whether what the row asks for must not be read as an all-clear here.

    So it is where "standard" does not hold for every result that the data allow, and where a gene without a result
    makes a line worse than its row.
    """
    if line.row is None or is_all_clear(line):
        return False
    return line.row.severity is Severity.GREEN or line.row.severity < Severity.AMBER <= line.severity


def withheld_lines(sample: SampleResult) -> frozenset[LineSummary]:
    """Return the worded lines of a sample that must not be read as an all-clear."""
    return frozenset(summarise_line(line, sample.genes) for line in sample.advice if is_withheld(line))


def headline(drug: DrugSummary, withheld: Container[LineSummary]) -> str:
    """Say in a few words what a drug needs; never what a withheld line asks for."""
    return "No all-clear" if drug.worst in withheld else drug.todo


def _deciding_action(row: AdviceRow) -> Action:
    """The first of the worst actions that hold now: the one that gives the row its severity."""
    return max(_actions_now(row), key=lambda action: action.kind.severity)


def _actions_now(row: AdviceRow) -> list[Action]:
    return [row.actions[0], *(action for action in row.actions[1:] if not action.is_conditional)]


def _names_another_drug(row: AdviceRow) -> bool:
    return bool(row.alternatives) or any(action.kind in _REPLACING for action in _actions_now(row))


def _is_plain(row: AdviceRow) -> bool:
    """A machine that reads the code alone must not miss a condition, a limit or another action."""
    return all(
        action.kind is ActionKind.STANDARD and all(name in _SAYS_WHICH_DOSE for name, _ in action.parameters)
        for action in row.actions
    )


def _effect(reading: Reading, line: AdviceLine) -> Json:
    """One gene's part in the line; text alone where a code would read as an all-clear that the line is not."""
    return {
        "code": codes.guide_code(codes.THERAPEUTIC_IMPLICATION),
        "valueCodeableConcept": codes.effect_concept(
            f"{reading.gene} {reading.text}", None if is_withheld(line) else reading.phenotype
        ),
    }


def _statement(line: AdviceLine, told: LineSummary) -> str:
    """The line in words: how far it holds, what to do, for whom, and what that means."""
    withheld = is_withheld(line)
    place = GROUP_TITLES[Group.AS_FAR_AS_SEEN] if withheld and line.severity < Severity.AMBER else told.word
    source = ", ".join(part for part in (told.source, told.population) if part)
    instead = f"Instead: {', '.join(told.alternatives)}." if told.alternatives else ""
    asked = "" if withheld else f"{'; '.join(told.actions) or told.todo}."
    notes = (note.text for note in told.notes)
    parts = (f"{place} ({source}).", told.certainty, *notes, asked, told.advice, instead, told.implication)
    return " ".join(part for part in parts if part)


def _notes(told: LineSummary) -> Iterable[Json]:
    """Strength and the guideline's own wording; how far the line holds stands before the wording."""
    if told.strength:
        yield annotation(f"Strength of the recommendation ({told.source}): {told.strength}.")
    if told.source_text:
        wording = f"Wording of the guideline ({told.source}): {told.source_text}"
        yield annotation(" ".join(part for part in (told.certainty, wording) if part))


def _citations(told: LineSummary) -> Iterable[Json]:
    """The guideline and its publications."""
    name = f"{told.source}: {told.guideline}" + (f", {told.updated}" if told.updated else "")
    if is_web_address(told.url):
        yield _citation(name, told.url)
    for number in told.pmids:
        yield _citation(f"PMID {number}", f"{PUBMED}{number}/")


def _citation(name: str, url: str) -> Json:
    return {
        "url": codes.RELATED_ARTIFACT,
        "valueRelatedArtifact": {"type": "citation", "display": name, "url": url},
    }
