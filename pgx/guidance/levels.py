"""Levels of evidence: the scales that sources use, best first, and which guidelines reach a level."""

from __future__ import annotations

from collections.abc import Iterable

from pgx.domain.drug import Drug, Guideline
from pgx.errors import UsageError

SCALES = {"cpic": ("A", "B", "C", "D"), "clinpgx": ("1A", "1B", "2A", "2B", "3", "4")}
"""Levels by scale, best first."""


def find_scale(level: str) -> str:
    """Return the scale that a level stands on. Raises UsageError, listing all levels, where none has it.

    >>> find_scale("2A")
    'clinpgx'
    """
    for scale, levels in SCALES.items():
        if level in levels:
            return scale
    known = " or ".join(", ".join(levels) for levels in SCALES.values())
    raise UsageError(f"--min-level: '{level}' is unknown; give {known}")


def reaching(drug: Drug, guidelines: Iterable[Guideline], level: str) -> tuple[Guideline, ...]:
    """Return the guidelines of a drug that reach a level; those that nobody rated on its scale do not."""
    scale = find_scale(level)
    enough = SCALES[scale][: SCALES[scale].index(level) + 1]
    return tuple(guideline for guideline in guidelines if drug.level(guideline, scale) in enough)
