"""One guideline, asked about one combination of gene results after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pgx.domain.call import Note
from pgx.domain.drug import Guideline, Severity
from pgx.domain.gene import INDETERMINATE
from pgx.domain.population import MissedShares
from pgx.domain.results import AdviceLine, Agreement, GeneResult, Reading
from pgx.guidance.agreement import Finding, Judge, Sight


@dataclass(frozen=True, slots=True)
class ReadResult:
    """A gene result with numbers for itself and its readings; what is equal has the same number."""

    number: int
    result: GeneResult
    gives_advice: bool
    best: tuple[int, ...]
    known: tuple[int, ...]
    """Best and seen."""
    unseen: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A guideline on a drug, and what it made of the gene results it was asked about."""

    drug: str
    guideline: Guideline
    genes: tuple[str, ...]
    judge: Judge
    is_for_others: bool
    """True where all rows are for populations that are not asked for."""
    _kinds: dict[tuple[int, int], int] = field(default_factory=dict)
    _sights: dict[tuple[int, int], tuple[int, Sight, tuple[int, ...]]] = field(default_factory=dict)
    _numbers: dict[Sight, int] = field(default_factory=dict)
    _findings: dict[tuple[int, ...], tuple[Finding, ...]] = field(default_factory=dict)
    """By the numbers of the genes' sights."""

    @classmethod
    def of(cls, drug: str, guideline: Guideline, populations: tuple[str, ...]) -> Inquiry:
        """Ask for these populations; all if empty."""
        named = dict.fromkeys(["", *(row.population for row in guideline.rows)])
        wanted = tuple(name for name in named if not name or not populations or name in populations)
        others = not any(row.population in wanted for row in guideline.rows)
        return cls(drug, guideline, guideline.genes, Judge.of(guideline, wanted), others)

    def ask(
        self, genes: Mapping[str, ReadResult], shares: MissedShares | None, least: Severity = Severity.GREY
    ) -> tuple[bool, list[AdviceLine]]:
        """Return whether the guideline has lines, and those of this severity or a worse one.

        It has none where a gene was left out of the run or no gene has a result. Without `shares` the lines lack
        the missed share.
        """
        if self.is_for_others or not all(symbol in genes for symbol in self.genes):
            return False, []
        read = [genes[symbol] for symbol in self.genes]
        if not any(one.gives_advice for one in read):
            return False, []
        sights = [self._sight(place, one) for place, one in enumerate(read)]
        key = tuple([number for number, _, _ in sights])
        findings = self._findings.get(key)
        if findings is None:
            findings = self._findings[key] = self.judge.find(tuple([sight for _, sight, _ in sights]))
        lines = []
        for finding in findings:
            readings = tuple([one.result.best[place] for one, place in zip(read, finding.chosen, strict=True)])
            severity = _severity(finding, read, readings)
            if severity >= least:
                lines.append(self._line(finding, severity, readings, read, [kinds for _, _, kinds in sights], shares))
        return bool(findings), lines

    def _sight(self, place: int, read: ReadResult) -> tuple[int, Sight, tuple[int, ...]]:
        """Return what the guideline sees of a gene's result, numbered, and the kind of each unseen reading."""
        key = (place, read.number)
        found = self._sights.get(key)
        if found is None:
            result = read.result
            best = self._kinds_of(place, read.best, result.best)
            known = self._kinds_of(place, read.known, (*result.best, *result.seen))
            unseen = self._kinds_of(place, read.unseen, [one.reading for one in result.unseen])
            sight = Sight(best, frozenset(known), frozenset(unseen), not read.gives_advice)
            found = self._sights[key] = (self._numbers.setdefault(sight, len(self._numbers)), sight, unseen)
        return found

    def _kinds_of(self, place: int, numbers: tuple[int, ...], readings: Sequence[Reading]) -> tuple[int, ...]:
        for number, reading in zip(numbers, readings, strict=True):
            if (place, number) not in self._kinds:
                self._kinds[place, number] = self.judge.table.kind(place, reading)
        return tuple([self._kinds[place, number] for number in numbers])

    def _line(
        self,
        finding: Finding,
        severity: Severity,
        readings: tuple[Reading, ...],
        read: Sequence[ReadResult],
        unseen: Sequence[tuple[int, ...]],
        shares: MissedShares | None,
    ) -> AdviceLine:
        depends_on = _changing(finding, read, unseen) if finding.changing else ()
        return AdviceLine(
            self.drug,
            self.guideline,
            finding.row,
            readings,
            severity,
            finding.agreement,
            depends_on,
            _notes(read, readings),
            shares.largest(depends_on) if depends_on and shares else None,
        )


def _changing(finding: Finding, read: Sequence[ReadResult], unseen: Sequence[tuple[int, ...]]) -> tuple[str, ...]:
    """Name the unseen alleles, or genes without a result, that lead elsewhere in some combination."""
    names: list[str] = []
    for gene, kinds, changing in zip(read, unseen, finding.changing, strict=True):
        for one, kind in zip(gene.result.unseen, kinds, strict=True):
            if kind in changing:
                names += [f"{gene.result.gene} {allele}" for allele in one.alleles] or [gene.result.gene]
    return tuple(dict.fromkeys(names))


def _severity(finding: Finding, read: Sequence[ReadResult], readings: tuple[Reading, ...]) -> Severity:
    """Return the row's severity; green only where every diplotype leads here, every gene has a result, and nothing
    forbids it. Where a gene without a result could lead to the worst, what would be green is amber.
    """
    if finding.severity > Severity.GREEN or finding.row is None:
        return finding.severity
    if not all(one.gives_advice for one in read):
        return Severity.AMBER if finding.worst is Severity.RED else Severity.GREY
    doubtful = (
        finding.agreement is not Agreement.SAME
        or any(one.result.call.never_green for one in read)
        or any(reading.phenotype == INDETERMINATE for reading in readings)
    )
    return Severity.GREY if doubtful else finding.severity


def _notes(read: Sequence[ReadResult], readings: tuple[Reading, ...]) -> tuple[Note, ...]:
    """Say which gene alone was assessed where another gave no result, and carry what forbids an all-clear."""
    notes = [note for one in read if one.result.call.never_green for note in one.result.call.notes]
    without = [one.result.gene for one in read if not one.gives_advice]
    if without:
        with_result = ", ".join(f"{reading.gene} {reading.text}" for reading in readings if reading.gene not in without)
        text = f"Assessed by {with_result} alone; {', '.join(without)} gave no result."
        notes.append(Note("gene-not-assessed", text))
    return tuple(notes)
