"""Where lines and drugs stand in a report: what needs doing, what needs nothing, and what is not known."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pgx.domain.drug import Severity
from pgx.reports.wording import Group

if TYPE_CHECKING:
    from pgx.domain.results import AdviceLine, SampleResult


def line_group(line: AdviceLine) -> Group:
    """Place one line: something to do, standard, standard as far as seen, or no guidance."""
    if line.severity >= Severity.AMBER:
        return Group.ACTION
    if line.severity is Severity.GREEN:
        return Group.STANDARD
    if line.row is not None and line.row.severity is Severity.GREEN:
        return Group.AS_FAR_AS_SEEN
    return Group.NO_GUIDANCE


def place_rank(group: Group, severity: Severity) -> int:
    """Order of lines within a drug and of drugs within a sample: worst first."""
    return -int(severity) if group is Group.ACTION else group.rank


class DrugPlacer:
    """Finds group and severity of a sample's drugs without words; lines that samples share are placed once."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[AdviceLine, int, Group]] = {}

    def place(self, sample: SampleResult) -> dict[str, tuple[Group, Severity]]:
        """Return group and severity of each drug."""
        worst: dict[str, tuple[AdviceLine, int, Group]] = {}
        for line in sample.advice:
            placed = self._known.get(id(line)) or self._add(line)
            other = worst.get(line.drug)
            if other is None or placed[1] < other[1]:
                worst[line.drug] = placed
        places = {drug: (group, line.severity) for drug, (line, _, group) in worst.items()}
        for missing in sample.not_assessed:
            places.setdefault(missing.drug, (Group.NOT_ASSESSED, Severity.GREY))
        return places

    def _add(self, line: AdviceLine) -> tuple[AdviceLine, int, Group]:
        group = line_group(line)
        placed = self._known[id(line)] = (line, place_rank(group, line.severity), group)
        return placed


def count_drugs(sample: SampleResult) -> Counter[tuple[Group, Severity]]:
    """Count a sample's drugs by group and severity."""
    return Counter(DrugPlacer().place(sample).values())
