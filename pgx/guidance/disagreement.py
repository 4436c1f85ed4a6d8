"""Where sources ask for different things for one patient and drug."""

from __future__ import annotations

from collections.abc import Collection

from pgx.domain.drug import ActionKind, Severity
from pgx.domain.results import AdviceLine, Disagreement


def find_disagreements(lines: Collection[AdviceLine]) -> tuple[Disagreement, ...]:
    """Return one entry for each drug whose sources' worst lines differ in kind of action.

    Lines without a statement take no side.
    """
    if len({line.guideline.source for line in lines}) < 2:
        return ()
    worst: dict[str, dict[str, AdviceLine]] = {}
    for line in lines:
        if line.row is not None and line.row.severity is not Severity.GREY:
            sides = worst.setdefault(line.drug, {})
            if line.guideline.source not in sides or line.severity > sides[line.guideline.source].severity:
                sides[line.guideline.source] = line
    return tuple(
        Disagreement(drug, tuple((source, _action(line)) for source, line in sides.items()))
        for drug, sides in sorted(worst.items())
        if len({_stance(line) for line in sides.values()}) > 1
    )


def _kind(line: AdviceLine) -> ActionKind:
    return line.row.actions[0].kind if line.row else ActionKind.NO_STATEMENT


def _stance(line: AdviceLine) -> object:
    """Return what a source stands for: kinds of not using the drug are one stance, every other kind is its own."""
    kind = _kind(line)
    return Severity.RED if kind.severity is Severity.RED else kind


def _action(line: AdviceLine) -> str:
    return _kind(line).value.replace("_", " ")
