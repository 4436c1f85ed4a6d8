"""From the gene results of one patient to advice lines, one per drug, source, population and outcome."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pgx.domain.drug import Drug, Guideline, Severity
from pgx.domain.population import GeneCarriers, MissedShares
from pgx.domain.results import AdviceLine, Disagreement, GeneResult, NotAssessed, Reading
from pgx.guidance.disagreement import find_disagreements
from pgx.guidance.inquiry import Inquiry, ReadResult
from pgx.guidance.levels import reaching


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
        self._shares = MissedShares(context.carriers)
        self._asked = tuple(
            (drug, tuple(Inquiry.of(drug.name, one, context.populations) for one in guidelines), _genes(guidelines))
            for drug, guidelines in self._chosen(drugs)
        )
        self.asked = tuple((drug.name, symbols) for drug, _, symbols in self._asked)
        """Each drug that guidelines are asked about, with the genes its guidelines look up."""
        self._advice: tuple[dict[tuple[int, ...], DrugAdvice], ...] = tuple({} for _ in self._asked)
        self._numbers: dict[object, int] = {}
        self._readings: dict[Reading, int] = {}
        self._known: dict[int, ReadResult] = {}

    def advise(self, genes: Mapping[str, GeneResult]) -> Advice:
        """Return the advice for one patient, worst first, then by drug."""
        read = self._read(genes)
        found = [self._advise_drug(place, read) for place in range(len(self._asked))]
        lines = sorted(
            (line for advice in found for line in advice.lines), key=lambda line: (-line.severity, line.drug)
        )
        return Advice(
            tuple(lines),
            tuple(entry for advice in found for entry in advice.not_assessed),
            tuple(entry for advice in found for entry in advice.disagreements),
        )

    def advise_drug(self, place: int, genes: Mapping[str, GeneResult], least: Severity) -> DrugAdvice:
        """Return the lines of this severity or a worse one on the drug at this place in `asked`.

        Only its genes' results are looked at. The lines lack the missed share, and disagreements are not looked for.
        """
        read = self._read(genes)
        drug, inquiries, symbols = self._asked[place]
        answers = [inquiry.ask(read, None, least) for inquiry in inquiries]
        missing = () if any(told for told, _ in answers) else tuple(_not_assessed(drug, symbols, read))
        lines = tuple([line for _, lines in answers for line in lines if self._context.wants(line)])
        return DrugAdvice(lines, missing, ())

    def _chosen(self, drugs: Iterable[Drug]) -> Iterable[tuple[Drug, tuple[Guideline, ...]]]:
        """Pair each drug with the guidelines of the wanted sources; drugs without any are left out."""
        names = self._context.sources
        for drug in drugs:
            chosen = tuple(g for g in drug.guidelines if not names or _is_wanted(g.source, names))
            if self._context.min_level:
                chosen = reaching(drug, chosen, self._context.min_level)
            if chosen:
                yield drug, chosen

    def _read(self, genes: Mapping[str, GeneResult]) -> dict[str, ReadResult]:
        known = self._known
        return {symbol: known.get(id(result)) or self._number(result) for symbol, result in genes.items()}

    def _number(self, result: GeneResult) -> ReadResult:
        """Number a result and its readings; the first of equal results stands for all."""
        readings = self._readings
        best, seen, unseen = (
            tuple([readings.setdefault(reading, len(readings)) for reading in found])
            for found in (result.best, result.seen, [one.reading for one in result.unseen])
        )
        alleles = tuple([one.alleles for one in result.unseen])
        remarks = result.call.notes if result.call.never_green else None
        key = (result.gene, result.call.status, result.gives_advice, best, seen, unseen, alleles, remarks)
        number = self._numbers.setdefault(key, len(self._numbers))
        known = self._known[id(result)] = ReadResult(number, result, result.gives_advice, best, (*best, *seen), unseen)
        return known

    def _advise_drug(self, place: int, genes: Mapping[str, ReadResult]) -> DrugAdvice:
        drug, inquiries, symbols = self._asked[place]
        key = tuple([genes[symbol].number if symbol in genes else -1 for symbol in symbols])
        advice = self._advice[place].get(key)
        if advice is None:
            lines = tuple([line for inquiry in inquiries for line in inquiry.ask(genes, self._shares)[1]])
            missing = () if lines else tuple(_not_assessed(drug, symbols, genes))
            told = tuple([line for line in lines if self._context.wants(line)])
            advice = self._advice[place][key] = DrugAdvice(told, missing, find_disagreements(lines))
        return advice


def _is_wanted(source: str, names: Iterable[str]) -> bool:
    return any(source.lower().startswith(name.lower()) for name in names)


def _genes(guidelines: tuple[Guideline, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(symbol for guideline in guidelines for symbol in guideline.genes))


def _not_assessed(drug: Drug, symbols: tuple[str, ...], genes: Mapping[str, ReadResult]) -> Iterable[NotAssessed]:
    """Say which genes a drug needed and why they gave nothing."""
    silent = [symbol for symbol in symbols if symbol in genes and not genes[symbol].gives_advice]
    absent = [symbol for symbol in symbols if symbol not in genes]
    reasons = [f"{symbol}: {genes[symbol].result.call.status}" for symbol in silent]
    reasons += [f"{', '.join(absent)}: left out of the run"] if absent else []
    yield NotAssessed(drug.name, symbols, "; ".join(reasons) or "the guidance is for other populations")
