"""Distinct pieces of advice, worded once; alleles that differ from sample to sample are filled in afterwards."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from pgx.cohort.classes import PLACEHOLDER, UnseenNames
from pgx.cohort.pages import Cell
from pgx.domain.population import MissedShares
from pgx.reports.tables import RECOMMENDATIONS, advice_cells, flat_list

if TYPE_CHECKING:
    from pgx.domain.results import AdviceLine

ADVICE_COLUMNS = tuple(column for column in RECOMMENDATIONS if column.name not in ("sample",))
FILLED = next(place for place, column in enumerate(ADVICE_COLUMNS) if column.name == "depends_on")
"""Place of `depends_on`; `missed_share` follows. The other columns are the same for all samples of a draft."""

Cells = tuple[Cell, ...]
PieceRow = tuple[str, str, float | None]
"""One row of a piece: which cells it has in common with others, `depends_on` and `missed_share`."""
_TEXT = json.JSONEncoder(ensure_ascii=False)


class Blank(NamedTuple):
    """Stands for the alleles that a sample could not be cleared of: which of its lists of names for the gene."""

    prefix: str
    gene: str
    number: int


Parts = tuple[str | Blank, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """Rows of advice with, for each, the parts of `depends_on`; `genes` are those that have blanks among these."""

    rows: tuple[PieceRow, ...]
    parts: tuple[Parts, ...]
    genes: tuple[str, ...]


@dataclass(slots=True)
class Blanks:
    """Fills in blanks, and the share of carriers missed; what was filled in before is remembered."""

    shares: MissedShares
    _known: dict[object, tuple[list[UnseenNames], str, float | None]] = field(default_factory=dict)

    def fill(self, draft: Draft, names: Mapping[str, UnseenNames]) -> tuple[PieceRow, ...]:
        """Return the rows for a sample with these names of unseen alleles by gene."""
        return tuple(
            [
                (row[0], *self._filled(parts, names)) if parts else row
                for row, parts in zip(draft.rows, draft.parts, strict=True)
            ]
        )

    def _filled(self, parts: Parts, names: Mapping[str, UnseenNames]) -> tuple[str, float | None]:
        """Return the two cells; names that are the same objects give the same."""
        used = [names[part.gene] for part in parts if isinstance(part, Blank)]
        key = (parts, tuple(map(id, used)))
        known = self._known.get(key)
        if known is None:
            found = _names(parts, names)
            known = self._known[key] = (used, flat_list(found), self.shares.largest(found))
        return known[1], known[2]


@dataclass(slots=True)
class AdviceBook:
    """Pieces of advice by a number that follows from what they say, so that every part numbers them alike.

    `cells` are those that rows of pieces have in common, by a digest of them.
    """

    rules: tuple[str, str]
    cells: dict[str, Cells] = field(default_factory=dict)
    rows: dict[int, tuple[PieceRow, ...]] = field(default_factory=dict)
    drafts: list[Draft] = field(default_factory=list)
    _places: dict[object, int] = field(default_factory=dict)
    _numbers: dict[tuple[PieceRow, ...], int] = field(default_factory=dict)

    def number(self, rows: tuple[PieceRow, ...]) -> int:
        """Return the number of these rows together, which one drug and source have for some samples."""
        known = self._numbers.get(rows)
        if known is None:
            known = self._numbers[rows] = int.from_bytes(_digest(rows)[:8], "big") >> 1
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
        return Draft(tuple(map(self._row, lines)), parts, tuple(genes))

    def _row(self, line: AdviceLine) -> PieceRow:
        every = (*advice_cells(line), *self.rules)
        cells = every[:FILLED] + every[FILLED + 2 :]
        digest = _digest(cells).hex()[:32]
        self.cells[digest] = cells
        return digest, flat_list(line.depends_on), line.missed_share


def _digest(value: object) -> bytes:
    return hashlib.sha256(_TEXT.encode(value).encode("utf-8", "backslashreplace")).digest()


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


def _names(parts: Parts, names: Mapping[str, UnseenNames]) -> tuple[str, ...]:
    found: list[str] = []
    for part in parts:
        if isinstance(part, Blank):
            found += [part.prefix + name for name in names[part.gene][part.number]]
        else:
            found.append(part)
    return tuple(dict.fromkeys(found))
