"""Over which of the diplotypes that the data allow one guideline's advice holds.

Gene results whose readings are of the same kinds are one *sight* to a guideline; agreement is judged once for each
combination of sights, whatever the alleles behind them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import product

from pgx.domain.drug import AdviceRow, Guideline, Severity
from pgx.domain.results import Agreement
from pgx.guidance.matching import NO_ROW, Kinds, RowTable

OutcomeOf = Callable[[Kinds], int]


@dataclass(frozen=True, slots=True)
class Sight:
    """A gene result as a guideline sees it: the kinds of its best readings, of all seen and of the unseen ones."""

    best: tuple[int, ...]
    known: frozenset[int]
    unseen: frozenset[int]
    silent: bool
    """True where the gene gives no advice."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One outcome of the best readings, the row that it stands for, and how far it holds."""

    row: AdviceRow | None
    chosen: tuple[int, ...]
    """Which of each gene's best readings leads here; of several the first."""
    agreement: Agreement
    changing: tuple[frozenset[int], ...]
    """For each gene the kinds of unseen readings that lead elsewhere in some combination."""
    severity: Severity
    """The row's severity."""
    worst: Severity
    """The worst severity that genes without a result could lead to."""


@dataclass(frozen=True, slots=True)
class Judge:
    """Finds the outcomes of one guideline, for the populations asked for; '' is everybody."""

    table: RowTable
    populations: tuple[str, ...]
    _outcomes: tuple[int, ...]
    """What must be equal for two rows to be treated alike, by number of the row; at NO_ROW that of no statement."""
    _severities: tuple[Severity, ...]
    _findings: dict[tuple[Sight, ...], tuple[Finding, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, guideline: Guideline, populations: tuple[str, ...]) -> Judge:
        numbers: dict[object, int] = {}
        outcomes = [numbers.setdefault(row.outcome, len(numbers)) for row in guideline.rows]
        severities = [row.severity for row in guideline.rows]
        table = RowTable(guideline.rows, guideline.genes)
        return cls(table, populations, (*outcomes, NO_ROW), (*severities, Severity.GREY))

    def find(self, sights: tuple[Sight, ...]) -> tuple[Finding, ...]:
        """Return the outcomes that are told: those with a row, else the first.

        One of several outcomes is also told without a row where no population has one for it.
        """
        known = self._findings.get(sights)
        if known is None:
            found = [finding for name in self.populations for finding in self._of_population(name, sights)]
            known = self._findings[sights] = tuple(_told(found) or found[:1])
        return known

    def _of_population(self, population: str, sights: tuple[Sight, ...]) -> Iterator[Finding]:
        """Yield the findings for one population; rows without one hold for everybody and stand behind its own."""
        found: dict[int, tuple[int, tuple[int, ...]]] = {}
        for chosen in product(*(range(len(sight.best)) for sight in sights)):
            kinds = tuple(sight.best[place] for sight, place in zip(sights, chosen, strict=True))
            number = self.table.find(population, kinds)
            found.setdefault(self._outcomes[number], (number, chosen))
        rows = [self._row(number) for number, _ in found.values()]
        if population and not any(row and row.population for row in rows):
            return

        def outcome_of(kinds: Kinds) -> int:
            return self._outcomes[self.table.find(population, kinds)]

        worst = self._worst(population, sights) if any(sight.silent for sight in sights) else Severity.GREY
        for (wanted, (number, chosen)), row in zip(found.items(), rows, strict=True):
            agreement, changing = (Agreement.DIFFERS, ()) if len(found) > 1 else judge(sights, wanted, outcome_of)
            yield Finding(row, chosen, agreement, changing, self._severities[number], worst)

    def _row(self, number: int) -> AdviceRow | None:
        return None if number == NO_ROW else self.table.rows[number]

    def _worst(self, population: str, sights: tuple[Sight, ...]) -> Severity:
        choices = [sight.unseen or sight.best if sight.silent else sight.best for sight in sights]
        found = (self._severities[self.table.find(population, kinds)] for kinds in product(*choices))
        return max(found, default=Severity.GREY)


def _told(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings with a row, each once, and those of several that no population has a row for."""
    found = list(findings)
    answered = {finding.chosen for finding in found if finding.row}
    told = [
        finding
        for finding in found
        if finding.row or (finding.agreement is Agreement.DIFFERS and finding.chosen not in answered)
    ]
    return list({(id(finding.row), finding.chosen): finding for finding in told}.values())


def judge(
    sights: tuple[Sight, ...], wanted: int, outcome_of: OutcomeOf
) -> tuple[Agreement, tuple[frozenset[int], ...]]:
    """Return how far the one outcome of the best readings holds, and the kinds of unseen readings that change it.

    Readings that need no unseen allele are asked first, then those that do, each gene's with all combinations of
    the others'.
    """
    known = [sight.known for sight in sights]
    if any(outcome_of(kinds) != wanted for kinds in product(*known)):
        return Agreement.BEST_ONLY, ()
    every = [sight.known | sight.unseen for sight in sights]
    changing = tuple(
        frozenset(
            kind
            for kind in sight.unseen
            if any(outcome_of(kinds) != wanted for kinds in product(*every[:number], (kind,), *every[number + 1 :]))
        )
        for number, sight in enumerate(sights)
    )
    return (Agreement.UNSEEN, changing) if any(changing) else (Agreement.SAME, ())
