"""Distinct pieces of advice, worded once; alleles that differ from sample to sample are filled in afterwards."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pgx.cohort.classes import PLACEHOLDER, UnseenNames
from pgx.cohort.pages import Cell
from pgx.domain.population import MissedShares
from pgx.reports.tables import RECOMMENDATIONS, advice_cells, flat_list

if TYPE_CHECKING:
    from pgx.domain.results import AdviceLine

ADVICE_COLUMNS = tuple(column for column in RECOMMENDATIONS if column.name not in ("sample",))
_FILLED = next(place for place, column in enumerate(ADVICE_COLUMNS) if column.name == "depends_on")
"""Place of `depends_on`; `missed_share` follows."""

Rows = tuple[tuple[Cell, ...], ...]
_TEXT = json.JSONEncoder(ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Blank:
    """Stands for the alleles that a sample could not be cleared of: which of its lists of names for the gene."""

    prefix: str
    gene: str
    number: int


@dataclass(frozen=True, slots=True)
class Draft:
    """Rows of advice with, for each, the parts of `depends_on`; `genes` are those that have blanks among these."""

    rows: Rows
    depends_on: tuple[tuple[str | Blank, ...], ...]
    genes: tuple[str, ...]

    def fill(self, names: Mapping[str, UnseenNames], shares: MissedShares) -> Rows:
        """Return the rows for a sample with these names of unseen alleles by gene."""
        return tuple(
            _with(cells, _names(parts, names), shares) if any(isinstance(part, Blank) for part in parts) else cells
            for cells, parts in zip(self.rows, self.depends_on, strict=True)
        )


@dataclass(slots=True)
class AdviceBook:
    """Pieces of advice by a number that follows from what they say, so that every part numbers them alike."""

    rules: tuple[str, str]
    rows: dict[int, Rows] = field(default_factory=dict)
    drafts: list[Draft] = field(default_factory=list)
    _places: dict[object, int] = field(default_factory=dict)
    _numbers: dict[Rows, int] = field(default_factory=dict)

    def number(self, rows: Rows) -> int:
        """Return the number of these rows together, which one drug and source have for some samples."""
        known = self._numbers.get(rows)
        if known is None:
            text = _TEXT.encode(rows).encode("utf-8", "backslashreplace")
            known = self._numbers[rows] = int.from_bytes(hashlib.sha256(text).digest()[:8], "big") >> 1
            self.rows[known] = rows
        return known

    def draft(self, lines: Sequence[AdviceLine]) -> int:
        """Return the place in `drafts` of the draft of these lines; those that say the same share one."""
        key = tuple([_key(line) for line in lines])
        place = self._places.setdefault(key, len(self.drafts))
        if place == len(self.drafts):
            self.drafts.append(self._make(lines))
        return place

    def _make(self, lines: Sequence[AdviceLine]) -> Draft:
        parts = tuple(tuple(map(_part, line.depends_on)) for line in lines)
        genes = sorted({part.gene for every in parts for part in every if isinstance(part, Blank)})
        return Draft(tuple((*advice_cells(line), *self.rules) for line in lines), parts, tuple(genes))


def _key(line: AdviceLine) -> tuple[object, ...]:
    return (
        line.drug, id(line.guideline), id(line.row), line.readings, line.severity, line.agreement, line.depends_on,
        line.notes,
    )  # fmt: skip


def _part(text: str) -> str | Blank:
    if PLACEHOLDER not in text:
        return text
    prefix, gene, number = text.split(PLACEHOLDER)
    return Blank(prefix, gene, int(number))


def _names(parts: Sequence[str | Blank], names: Mapping[str, UnseenNames]) -> tuple[str, ...]:
    found: list[str] = []
    for part in parts:
        if isinstance(part, Blank):
            found += [part.prefix + name for name in names[part.gene][part.number]]
        else:
            found.append(part)
    return tuple(dict.fromkeys(found))


def _with(cells: tuple[Cell, ...], names: tuple[str, ...], shares: MissedShares) -> tuple[Cell, ...]:
    return (*cells[:_FILLED], flat_list(names), shares.largest(names), *cells[_FILLED + 2 :])
