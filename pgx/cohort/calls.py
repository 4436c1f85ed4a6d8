"""Units of calls: genes of a part into `calls` and `evidence`, one worded row a distinct result."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pgx.cohort.classes import Classes, save_classes
from pgx.cohort.parquet_file import Coder, ColumnSpec, Names
from pgx.cohort.tables import TableFile, open_table
from pgx.reports.tables import CALLS, evidence_cells, note_cells, result_cells

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from pgx.cohort.pages import Cell
    from pgx.cohort.plan import Part
    from pgx.cohort.store import Store
    from pgx.domain.results import GeneResult
    from pgx.pipeline import CalledGene

LEFT_OUT = frozenset({"gene", "not_assessed"})
"""Columns of `calls` that the folder's name says, and that need other genes (table `not_assessed`)."""
CALL_COLUMNS = tuple(ColumnSpec(column.name, column.kind) for column in CALLS if column.name not in LEFT_OUT)
EVIDENCE_COLUMNS = tuple(ColumnSpec(name, str) for name in ("sample", "position", "state"))
ROWS_AT_ONCE = 1 << 20


@dataclass(slots=True)
class ResultRows:
    """The rows of distinct results, column by column, and what advice and `evidence` need of them."""

    rules: tuple[str, str]
    rows: list[tuple[Cell, ...]] = field(default_factory=list)
    classes: Classes = field(default_factory=Classes)
    not_called: list[tuple[tuple[str, str], ...]] = field(default_factory=list)
    statuses: list[str] = field(default_factory=list)
    _results: dict[object, tuple[GeneResult, tuple[Cell, ...]]] = field(default_factory=dict)
    _worded: dict[object, tuple[Cell, ...]] = field(default_factory=dict)
    _worded_notes: dict[object, tuple[Cell, ...]] = field(default_factory=dict)
    _notes: dict[object, tuple[GeneResult, tuple[Cell, ...]]] = field(default_factory=dict)

    def add(self, result: GeneResult) -> None:
        call = result.call
        self.rows.append((*self._result_cells(result), *evidence_cells(result), *self._note_cells(result), *self.rules))
        self.classes.add(result)
        self.not_called.append(call.evidence.not_called)
        self.statuses.append(call.status.value)

    def _result_cells(self, result: GeneResult) -> tuple[Cell, ...]:
        """Word a result once; results that share their parts as the same objects share the words."""
        call = result.call
        parts = (id(call.diplotypes), id(result.phenotypes), id(result.best))
        key = (*parts, call.status, call.source, call.phased, call.best, call.given_phenotype, call.given_score)
        known = self._results.get(key)
        if known is None:
            known = self._results[key] = (result, self._word(result))
        return known[1]

    def _word(self, result: GeneResult) -> tuple[Cell, ...]:
        """Word a result whose parts are new objects, but may say what others said."""
        call = result.call
        said = tuple(
            [(one.components, one.score, one.lookup_alleles, one.listed, one.partial) for one in call.diplotypes]
        )
        key = (said, result.phenotypes, result.best, call.status, call.source, call.phased, call.given_score)
        cells = self._worded.get(key)
        if cells is None:
            cells = self._worded[key] = result_cells(result)
        return cells

    def _note_cells(self, result: GeneResult) -> tuple[Cell, ...]:
        call = result.call
        known = self._notes.get((id(call.alternatives), id(call.notes)))
        if known is None:
            known = self._notes[id(call.alternatives), id(call.notes)] = (result, self._word_notes(result))
        return known[1]

    def _word_notes(self, result: GeneResult) -> tuple[Cell, ...]:
        """Word alternatives and notes that are new objects, but may say what others said."""
        key = (result.call.alternatives, result.call.notes)
        cells = self._worded_notes.get(key)
        if cells is None:
            cells = self._worded_notes[key] = note_cells(result)
        return cells


@dataclass(frozen=True, slots=True)
class GeneWriter:
    """Writes one gene after the other for the samples of a part."""

    store: Store
    part: Part
    names: Names
    rules: tuple[str, str]
    kind: str = "parquet"
    evidence: bool = True

    def write(self, called: CalledGene) -> tuple[list[tuple[Path, int]], dict[str, Any]]:
        """Write the gene's tables; return the files with their rows, and counts."""
        rows = ResultRows(self.rules)
        for result in called.results():
            rows.add(result)
        gene = called.gene.symbol
        files = [self._calls(gene, called.index, rows)]
        if self.evidence:
            files.append(self._evidence(gene, called.index, rows))
        self._classes(called, rows)
        return files, {"gene": gene, "patterns": len(rows.rows), "statuses": _count(called.index, rows.statuses)}

    def _calls(self, gene: str, index: NDArray[np.int32], rows: ResultRows) -> tuple[Path, int]:
        path = self.store.table("calls", self.part, gene, kind=self.kind)
        with open_table(path, CALL_COLUMNS, self.kind) as table:
            if len(index):
                coder = Coder(index)
                table.add_coded(self.names, None, coder, rows.rows)
        return path, len(index)

    def _evidence(self, gene: str, index: NDArray[np.int32], rows: ResultRows) -> tuple[Path, int]:
        path = self.store.table("evidence", self.part, gene, kind=self.kind)
        with open_table(path, EVIDENCE_COLUMNS, self.kind) as table:
            total = sum(_write_evidence(table, self.names, piece) for piece in _pieces(index, rows.not_called))
        return path, total

    def _classes(self, called: CalledGene, rows: ResultRows) -> None:
        save_classes(self.store.work(self.part, called.gene.symbol), rows.classes, called.index)
        if called.gene.extra:
            results, index = called.extra_positions()
            for number, variant in enumerate(called.gene.extra):
                classes = Classes()
                for entry in results:
                    classes.add(entry[number])
                save_classes(self.store.work(self.part, variant.name), classes, index)


@dataclass(frozen=True, slots=True)
class EvidencePiece:
    """Rows of `evidence`: samples in runs, and for each row a number among the distinct (position, state)."""

    samples: NDArray[np.intp]
    times: NDArray[np.intp]
    index: NDArray[np.int32]
    cells: list[tuple[Cell, ...]]


def _pieces(index: NDArray[np.int32], not_called: Sequence[tuple[tuple[str, str], ...]]) -> Iterator[EvidencePiece]:
    """Spread the rows of results over samples, about a million rows at a time."""
    import numpy as np

    numbers: dict[tuple[str, str], int] = {}
    flat = np.array([numbers.setdefault(e, len(numbers)) for entries in not_called for e in entries], dtype=np.int32)
    lengths = np.array([len(entries) for entries in not_called], dtype=np.intp)
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(np.intp)
    samples = np.flatnonzero(lengths[index])
    ends = np.cumsum(lengths[index[samples]])
    cells: list[tuple[Cell, ...]] = list(numbers)
    first = 0
    while first < len(samples):
        done = int(ends[first - 1]) if first else 0
        last = max(first + 1, int(np.searchsorted(ends, done + ROWS_AT_ONCE, side="right")))
        chosen = samples[first:last]
        times = lengths[index[chosen]]
        within = np.arange(int(times.sum())) - np.repeat(np.cumsum(times) - times, times)
        rows = flat[np.repeat(starts[index[chosen]], times) + within]
        yield EvidencePiece(chosen, times, rows, cells)
        first = last


def _write_evidence(table: TableFile, names: Names, piece: EvidencePiece) -> int:
    table.add_coded(names, (piece.samples, piece.times), Coder(piece.index), piece.cells)
    return len(piece.index)


def _count(index: NDArray[np.int32], statuses: Sequence[str]) -> dict[str, int]:
    import numpy as np

    sizes = np.bincount(index, minlength=len(statuses)).tolist()
    found: dict[str, int] = {}
    for status, size in zip(statuses, sizes, strict=True):
        found[status] = found.get(status, 0) + size
    return dict(sorted(found.items()))
