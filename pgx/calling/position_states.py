"""The states of a pattern's positions, counted and named."""

from __future__ import annotations

from collections.abc import Sequence

from pgx.calling.memory import remembered
from pgx.domain.call import PositionStates
from pgx.domain.evidence import EvidenceState
from pgx.domain.gene import Gene

_STATES = tuple(state.label for state in EvidenceState)


def summarise(gene: Gene, rows: Sequence[tuple[int, EvidenceState]]) -> PositionStates:
    """Count the states over defining and extra positions and name what was not plainly called.

    `rows` are those that are not plainly called, in rising order, with their states.
    """
    defining = len(gene.variants)
    counts = [0] * len(_STATES)
    counts[EvidenceState.CALLED] = defining + len(gene.extra) - len(rows)
    for _, state in rows:
        counts[state] += 1
    names = _named(gene)
    return PositionStates(
        tuple(zip(_STATES, counts, strict=True)),
        tuple([names[row][0][0] for row, state in rows if state > EvidenceState.ASSUMED and row < defining]),
        tuple([names[row][state] for row, state in rows]),
    )


def _named(gene: Gene) -> tuple[tuple[tuple[str, str], ...], ...]:
    """Return for every defining and extra position its name with each state."""
    known = remembered(gene, "position states")
    if not known:
        known[0] = tuple(tuple((variant.name, state) for state in _STATES) for variant in gene.positions)
    names: tuple[tuple[tuple[str, str], ...], ...] = known[0]
    return names
