"""Units of advice: each distinct piece of advice once, and which sample, drug and source it is for.

A drug's guidelines are asked once for every combination of classes of its genes that some sample has; the answer is
spread over the samples by number. Samples whose advice hangs on alleles that could not be excluded get the piece that
names their own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol

from pgx.cohort.classes import PLACEHOLDER, SavedGene
from pgx.cohort.pages import Cell
from pgx.domain.drug import Severity
from pgx.domain.patterns import distinct_columns
from pgx.domain.population import GeneCarriers, largest_missed_share
from pgx.reports.tables import RECOMMENDATIONS, advice_cells

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pgx.domain.results import AdviceLine, GeneResult, NotAssessed

ADVICE_COLUMNS = tuple(column for column in RECOMMENDATIONS if column.name not in ("sample",))
Rows = tuple[tuple[Cell, ...], ...]
Piece = tuple[str, str, int]
"""Drug, source and number of the advice."""


class DrugAdvice(Protocol):
    """What is said of one drug."""

    @property
    def lines(self) -> tuple[AdviceLine, ...]: ...
    @property
    def not_assessed(self) -> tuple[NotAssessed, ...]: ...


class Adviser(Protocol):
    """Who is asked for advice, drug by drug."""

    @property
    def asked(self) -> tuple[tuple[str, tuple[str, ...]], ...]: ...
    def advise_drug(self, place: int, genes: Mapping[str, GeneResult]) -> DrugAdvice: ...


@dataclass(slots=True)
class AdviceBook:
    """Pieces of advice by a number that follows from what they say, so that every part numbers them alike."""

    rules: tuple[str, str]
    rows: dict[int, Rows] = field(default_factory=dict)
    _cells: dict[object, tuple[Cell, ...]] = field(default_factory=dict)
    _numbers: dict[Rows, int] = field(default_factory=dict)

    def number(self, lines: Sequence[AdviceLine]) -> int:
        """Return the number of these lines together, which one drug and source have for some samples."""
        rows = tuple(self._line_cells(line) for line in lines)
        known = self._numbers.get(rows)
        if known is None:
            text = json.dumps(rows, ensure_ascii=False).encode("utf-8", "backslashreplace")
            known = self._numbers[rows] = int.from_bytes(hashlib.sha256(text).digest()[:8], "big") >> 1
            self.rows[known] = rows
        return known

    def _line_cells(self, line: AdviceLine) -> tuple[Cell, ...]:
        key = (
            line.drug, id(line.guideline), id(line.row), line.readings, line.severity, line.agreement, line.depends_on,
            line.notes, line.missed_share,
        )  # fmt: skip
        cells = self._cells.get(key)
        if cells is None:
            cells = self._cells[key] = (*advice_cells(line), *self.rules)
        return cells


@dataclass(frozen=True, slots=True)
class Combinations:
    """The combinations of classes of some genes that occur, and each sample's, shape (samples,)."""

    members: tuple[dict[str, GeneResult], ...]
    index: NDArray[np.integer[Any]]


@dataclass(slots=True)
class Linker:
    """Links the samples of a part with the advice on one drug after the other."""

    genes: Mapping[str, SavedGene]
    adviser: Adviser
    book: AdviceBook
    samples: int
    carriers: Mapping[str, GeneCarriers] = field(default_factory=dict)
    all_advice: bool = False
    _shares: dict[tuple[str, ...], float | None] = field(default_factory=dict)
    _combinations: dict[tuple[str, ...], Combinations] = field(default_factory=dict)

    def links(self, place: int) -> Iterator[tuple[Piece, NDArray[np.intp]]]:
        """Yield each piece of advice on the drug at this place with the samples it is for, in rising order."""
        drug, symbols = self.adviser.asked[place]
        combinations = self.combine(symbols)
        advice = [self.adviser.advise_drug(place, genes) for genes in combinations.members]
        for source in dict.fromkeys(line.guideline.source for found in advice for line in found.lines):
            lines = [self._wanted(found, source) for found in advice]
            for number, samples in self._spread(lines, combinations.index):
                yield (drug, source, number), samples

    def missing(self, place: int) -> tuple[list[NotAssessed], NDArray[np.int32]] | None:
        """Return what samples lack for the drug, and each sample's number among it, 0 where it was assessed."""
        import numpy as np

        combinations = self.combine(self.adviser.asked[place][1])
        found = [self.adviser.advise_drug(place, genes).not_assessed for genes in combinations.members]
        distinct = list(dict.fromkeys(entry for entries in found for entry in entries))
        if not distinct:
            return None
        numbers = [1 + distinct.index(entries[0]) if entries else 0 for entries in found]
        return distinct, np.array(numbers, dtype=np.int32)[combinations.index]

    def combine(self, symbols: Sequence[str]) -> Combinations:
        """Return the combinations of classes of the genes that were called."""
        import numpy as np

        called = tuple(symbol for symbol in symbols if symbol in self.genes)
        known = self._combinations.get(called)
        if known is None:
            saved = [self.genes[symbol] for symbol in called]
            first, index = distinct_columns([gene.classes for gene in saved], self.samples)
            members = tuple(
                {name: gene.members[int(gene.classes[column])] for name, gene in zip(called, saved, strict=True)}
                for column in first.tolist()
            )
            known = self._combinations[called] = Combinations(members, index.astype(np.int32))
        return known

    def _wanted(self, advice: DrugAdvice, source: str) -> tuple[AdviceLine, ...]:
        return tuple(
            line
            for line in advice.lines
            if line.guideline.source == source and (self.all_advice or line.severity >= Severity.AMBER)
        )

    def _spread(
        self, lines: Sequence[tuple[AdviceLine, ...]], index: NDArray[np.integer[Any]]
    ) -> Iterator[tuple[int, NDArray[np.intp]]]:
        """Give the lines of each combination to its samples; those with placeholders by what each sample has."""
        import numpy as np

        fixed: dict[int, list[int]] = {}
        for combination, found in enumerate(lines):
            if found and not _placeholders(found):
                fixed.setdefault(self.book.number(found), []).append(combination)
        numbers = sorted(fixed)
        group = np.full(len(lines) + 1, -1, dtype=np.int32)
        for place, number in enumerate(numbers):
            group[fixed[number]] = place
        yield from zip(numbers, _members(group[index], len(numbers)), strict=True)
        open_ones = [combination for combination, found in enumerate(lines) if found and _placeholders(found)]
        group[:] = -1
        group[open_ones] = np.arange(len(open_ones), dtype=np.int32)
        named: dict[int, list[NDArray[np.intp]]] = {}
        for combination, samples in zip(open_ones, _members(group[index], len(open_ones)), strict=True):
            for number, some in self._by_names(lines[combination], samples):
                named.setdefault(number, []).append(some)
        for number in sorted(named):
            yield number, np.sort(np.concatenate(named[number]))

    def _by_names(
        self, lines: tuple[AdviceLine, ...], samples: NDArray[np.intp]
    ) -> Iterator[tuple[int, NDArray[np.intp]]]:
        """Put each sample's own alleles in place of the placeholders; samples with the same names share a piece."""
        genes = sorted({gene for gene, _ in _placeholders(lines)})
        first, index = distinct_columns([self.genes[gene].name_numbers[samples] for gene in genes], len(samples))
        for column, places in zip(first.tolist(), _members(index, len(first)), strict=True):
            named = tuple(self._named(line, int(samples[column])) for line in lines)
            yield self.book.number(named), samples[places]

    def _named(self, line: AdviceLine, sample: int) -> AdviceLine:
        if not _placeholders((line,)):
            return line
        names = self._names(line, sample)
        if names not in self._shares:
            self._shares[names] = largest_missed_share(names, self.carriers)
        return replace(line, depends_on=names, missed_share=self._shares[names])

    def _names(self, line: AdviceLine, sample: int) -> tuple[str, ...]:
        found: list[str] = []
        for text in line.depends_on:
            if PLACEHOLDER not in text:
                found.append(text)
                continue
            prefix, gene, number = text.split(PLACEHOLDER)
            saved = self.genes[gene]
            found += [f"{prefix}{name}" for name in saved.names[int(saved.name_numbers[sample])][int(number)]]
        return tuple(dict.fromkeys(found))


def _members(groups: NDArray[np.integer[Any]], count: int) -> list[NDArray[np.intp]]:
    """Return the places of each group from 0 on, in rising order; places of group -1 are in none."""
    import numpy as np

    order = np.argsort(groups, kind="stable")
    bounds = np.searchsorted(groups[order], np.arange(count + 1))
    return [order[bounds[number] : bounds[number + 1]] for number in range(count)]


def _placeholders(lines: Sequence[AdviceLine]) -> list[tuple[str, str]]:
    """Return gene and number of each placeholder."""
    texts = (text for line in lines for text in line.depends_on if PLACEHOLDER in text)
    return [(gene, number) for _, gene, number in (text.split(PLACEHOLDER) for text in texts)]
