"""From the gene results of one patient to advice lines, one per drug, source, population and outcome."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from pgx.domain.call import Note
from pgx.domain.drug import AdviceRow, Drug, Guideline, Severity
from pgx.domain.gene import INDETERMINATE
from pgx.domain.population import GeneCarriers, largest_missed_share
from pgx.domain.results import AdviceLine, Agreement, Disagreement, GeneResult, NotAssessed, Reading
from pgx.guidance.agreement import Combination, best_combinations, judge, outcome, worst_unseen
from pgx.guidance.disagreement import find_disagreements
from pgx.guidance.levels import reaching
from pgx.guidance.matching import find_row


@dataclass(frozen=True, slots=True)
class Context:
    """What is known of the patient and wanted of the run: sources to ask, populations that apply (all if empty).

    With `min_level` only guidelines of that level of evidence are asked; with `actionable` only lines that ask for
    something are told, besides those on the patient's own `medicines`.
    """

    sources: tuple[str, ...] = ()
    populations: tuple[str, ...] = ()
    min_level: str = ""
    actionable: bool = False
    medicines: tuple[str, ...] = ()
    carriers: Mapping[str, GeneCarriers] = field(default_factory=dict)
    """How common the alleles of each gene are, where that is published."""

    def wants(self, line: AdviceLine) -> bool:
        return not self.actionable or line.severity >= Severity.AMBER or line.drug in self.medicines


@dataclass(frozen=True, slots=True)
class Advice:
    """What guidance made of one patient's gene results."""

    lines: tuple[AdviceLine, ...]
    not_assessed: tuple[NotAssessed, ...]
    disagreements: tuple[Disagreement, ...]


@dataclass(frozen=True, slots=True)
class DrugAdvice:
    """What the chosen guidelines say of one drug for one combination of gene results."""

    lines: tuple[AdviceLine, ...]
    not_assessed: tuple[NotAssessed, ...]
    disagreements: tuple[Disagreement, ...]


class Adviser:
    """Asks every guideline once for each distinct combination of gene results.

    Gene results that guidelines cannot tell apart share a number, and a drug's advice is kept by the numbers
    of its genes, so that a further sample costs one look-up a drug.
    """

    def __init__(self, drugs: Iterable[Drug], context: Context) -> None:
        self._context = context
        self._asked = tuple((drug, guidelines, _genes(guidelines)) for drug, guidelines in self._chosen(drugs))
        self._advice: tuple[dict[tuple[int, ...], DrugAdvice], ...] = tuple({} for _ in self._asked)
        self._numbers: dict[object, int] = {}
        self._known: dict[int, tuple[GeneResult, int]] = {}

    def advise(self, genes: Mapping[str, GeneResult]) -> Advice:
        """Return the advice for one patient, worst first, then by drug."""
        numbers = {symbol: self._number(result) for symbol, result in genes.items()}
        found = [self._advise_drug(place, numbers, genes) for place in range(len(self._asked))]
        lines = sorted(
            (line for advice in found for line in advice.lines), key=lambda line: (-line.severity, line.drug)
        )
        return Advice(
            tuple(lines),
            tuple(entry for advice in found for entry in advice.not_assessed),
            tuple(entry for advice in found for entry in advice.disagreements),
        )

    @property
    def asked(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Each drug that guidelines are asked about, with the genes its guidelines look up."""
        return tuple((drug.name, symbols) for drug, _, symbols in self._asked)

    def advise_drug(self, place: int, genes: Mapping[str, GeneResult]) -> DrugAdvice:
        """Return what is said of the drug at this place in `asked`; only its genes' results are looked at."""
        return self._advise_drug(place, {symbol: self._number(result) for symbol, result in genes.items()}, genes)

    def _chosen(self, drugs: Iterable[Drug]) -> Iterable[tuple[Drug, tuple[Guideline, ...]]]:
        """Pair each drug with the guidelines of the wanted sources; drugs without any are left out."""
        names = self._context.sources
        for drug in drugs:
            chosen = tuple(g for g in drug.guidelines if not names or _is_wanted(g.source, names))
            if self._context.min_level:
                chosen = reaching(drug, chosen, self._context.min_level)
            if chosen:
                yield drug, chosen

    def _number(self, result: GeneResult) -> int:
        known = self._known.get(id(result))
        if known is None:
            remarks = result.call.notes if result.call.never_green else None
            key = (result.gene, result.call.status, result.best, result.seen, result.unseen, remarks)
            known = self._known[id(result)] = (result, self._numbers.setdefault(key, len(self._numbers)))
        return known[1]

    def _advise_drug(self, place: int, numbers: Mapping[str, int], genes: Mapping[str, GeneResult]) -> DrugAdvice:
        drug, guidelines, symbols = self._asked[place]
        key = tuple([numbers.get(symbol, -1) for symbol in symbols])
        advice = self._advice[place].get(key)
        if advice is None:
            lines = tuple(line for guideline in guidelines for line in _ask(drug, guideline, genes, self._context))
            missing = () if lines else tuple(_not_assessed(drug, symbols, genes))
            told = tuple(line for line in lines if self._context.wants(line))
            advice = self._advice[place][key] = DrugAdvice(told, missing, find_disagreements(lines))
        return advice


def _is_wanted(source: str, names: Iterable[str]) -> bool:
    return any(source.lower().startswith(name.lower()) for name in names)


def _genes(guidelines: tuple[Guideline, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(symbol for guideline in guidelines for symbol in guideline.genes))


def _ask(drug: Drug, guideline: Guideline, genes: Mapping[str, GeneResult], context: Context) -> Iterable[AdviceLine]:
    """Ask one guideline; genes left out of the run leave it unasked."""
    symbols = guideline.genes
    if all(symbol in genes for symbol in symbols):
        yield from _consult(drug, guideline, tuple(genes[symbol] for symbol in symbols), context)


def _consult(
    drug: Drug, guideline: Guideline, results: tuple[GeneResult, ...], context: Context
) -> Iterable[AdviceLine]:
    """Yield the lines of one guideline; none where no gene has a result or all rows are for other populations."""
    if not any(result.gives_advice for result in results):
        return
    populations = dict.fromkeys(["", *(row.population for row in guideline.rows)])
    wanted = [name for name in populations if not name or not context.populations or name in context.populations]
    if not any(row.population in wanted for row in guideline.rows):
        return
    lines = [
        _with_missed_share(line, context)
        for name in wanted
        for line in _population_lines(drug, guideline, name, results)
    ]
    yield from _told(lines) or lines[:1]


def _told(lines: list[AdviceLine]) -> list[AdviceLine]:
    """Return the lines with a row, each once, and those for a result of several that no population has a row for."""
    answered = {line.readings for line in lines if line.row is not None}
    told = [
        line for line in lines if line.row or (line.agreement is Agreement.DIFFERS and line.readings not in answered)
    ]
    return list({(id(line.row), line.readings): line for line in told}.values())


def _with_missed_share(line: AdviceLine, context: Context) -> AdviceLine:
    """Add the share of carriers that could be missed to a line that depends on what was not seen."""
    if line.agreement is not Agreement.UNSEEN:
        return line
    return replace(line, missed_share=largest_missed_share(line.depends_on, context.carriers))


def _population_lines(
    drug: Drug, guideline: Guideline, population: str, results: tuple[GeneResult, ...]
) -> Iterable[AdviceLine]:
    """Yield the lines for one population; rows without one hold for everybody and stand behind its own."""
    symbols = guideline.genes
    own = tuple(row for row in guideline.rows if row.population == population)
    everybody = tuple(row for row in guideline.rows if not row.population)
    known: dict[Combination, AdviceRow | None] = {}

    def row_of(combination: Combination) -> AdviceRow | None:
        if combination not in known:
            readings = dict(zip(symbols, combination, strict=True))
            known[combination] = find_row(own, readings) or find_row(everybody, readings)
        return known[combination]

    found: dict[object, tuple[AdviceRow | None, Combination]] = {}
    for combination in best_combinations(results):
        row = row_of(combination)
        found.setdefault(outcome(row), (row, combination))
    if population and not any(row and row.population for row, _ in found.values()):
        return
    for row, combination in found.values():
        agreement, depends_on = (Agreement.DIFFERS, ()) if len(found) > 1 else judge(results, row, row_of)
        severity = _severity(row, agreement, results, combination)
        notes = _notes(results, combination)
        if row and severity <= Severity.GREEN and not all(result.gives_advice for result in results):
            severity = Severity.AMBER if worst_unseen(results, row_of) is Severity.RED else Severity.GREY
        yield AdviceLine(drug.name, guideline, row, combination, severity, agreement, depends_on, notes)


def _severity(
    row: AdviceRow | None, agreement: Agreement, results: tuple[GeneResult, ...], combination: Combination
) -> Severity:
    """Return the row's severity; green only where every diplotype leads here and nothing forbids it."""
    severity = Severity.GREY if row is None else row.severity
    doubtful = (
        agreement is not Agreement.SAME
        or any(result.call.never_green for result in results)
        or any(reading.phenotype == INDETERMINATE for reading in combination)
    )
    return Severity.GREY if severity is Severity.GREEN and doubtful else severity


def _notes(results: tuple[GeneResult, ...], combination: Combination) -> tuple[Note, ...]:
    """Say which gene alone was assessed where another gave no result, and carry what forbids an all-clear."""
    notes = [note for result in results if result.call.never_green for note in result.call.notes]
    without = [result.gene for result in results if not result.gives_advice]
    if without:
        with_result = ", ".join(_describe(reading) for reading in combination if reading.gene not in without)
        text = f"Assessed by {with_result} alone; {', '.join(without)} gave no result."
        notes.append(Note("gene-not-assessed", text))
    return tuple(notes)


def _describe(reading: Reading) -> str:
    return f"{reading.gene} {reading.text}"


def _not_assessed(drug: Drug, symbols: tuple[str, ...], genes: Mapping[str, GeneResult]) -> Iterable[NotAssessed]:
    """Say which genes a drug needed and why they gave nothing."""
    silent = [symbol for symbol in symbols if symbol in genes and not genes[symbol].gives_advice]
    absent = [symbol for symbol in symbols if symbol not in genes]
    reasons = [f"{symbol}: {genes[symbol].call.status}" for symbol in silent]
    reasons += [f"{', '.join(absent)}: left out of the run"] if absent else []
    yield NotAssessed(drug.name, symbols, "; ".join(reasons) or "the guidance is for other populations")
