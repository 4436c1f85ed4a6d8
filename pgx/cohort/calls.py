"""Units of calls: genes of a part into `calls` and `evidence`, one worded row a distinct result."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pgx.cohort.classes import Classes, save_classes
from pgx.cohort.parquet_file import Coder, ColumnSpec, Names
from pgx.cohort.tables import Block, TableFile, open_table
from pgx.domain.patterns import distinct_columns
from pgx.domain.results import GeneResult
from pgx.reports.tables import CALLS, names_cell, remark_cells, result_cells, state_columns

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from pgx.cohort.pages import Cell
    from pgx.cohort.plan import Part
    from pgx.cohort.store import Store
    from pgx.domain.call import GeneCall, Outcome, PositionStates, UnseenAlleles
    from pgx.domain.interpretation import Interpretation
    from pgx.pipeline import CalledGene

LEFT_OUT = frozenset({"gene", "not_assessed"})
"""Columns of `calls` that the folder's name says, and that need other genes (table `not_assessed`)."""
CALL_COLUMNS = tuple(ColumnSpec(column.name, column.kind) for column in CALLS if column.name not in LEFT_OUT)
EVIDENCE_COLUMNS = tuple(ColumnSpec(name, str) for name in ("sample", "position", "state"))
ROWS_AT_ONCE = 1 << 20
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Distinct(Generic[Value]):
    """The distinct objects of a list, by identity, and which of them each entry is, shape (entries,)."""

    parts: list[Value]
    numbers: NDArray[np.int32]


def distinct(values: Sequence[Value]) -> Distinct[Value]:
    """Number the objects of a list in order of first appearance."""
    import numpy as np

    known: dict[int, int] = {}
    numbers = [known.setdefault(id(value), len(known)) for value in values]
    by_id = {id(value): value for value in values}
    return Distinct([by_id[key] for key in known], np.array(numbers, dtype=np.int32))


@dataclass(frozen=True, slots=True)
class ResultRows:
    """The outcomes of a gene's patterns as the distinct parts they are made of, with what each call means."""

    calls: Distinct[GeneCall]
    states: Distinct[PositionStates]
    unseen: Distinct[UnseenAlleles]
    read: list[Interpretation]

    @classmethod
    def of(cls, outcomes: Iterable[Outcome], read: Callable[[GeneCall], Interpretation]) -> ResultRows:
        parts = tuple(zip(*outcomes, strict=True)) or ((), (), ())
        calls, states, unseen = map(distinct, parts)
        return cls(calls, states, unseen, [read(call) for call in calls.parts])

    def __len__(self) -> int:
        return len(self.calls.numbers)

    def classes(self, index: NDArray[np.int32]) -> tuple[Classes, NDArray[np.int32]]:
        """Return the classes of what occurs, and the number of each of these samples among them.

        All that share a call are of one class, but for the names of alleles that some readings need.
        """
        import numpy as np

        has_names = np.array([bool(known.representatives) for known in self.read], dtype=bool)
        named = np.where(has_names[self.calls.numbers], self.unseen.numbers + 1, 0)
        first, numbers = distinct_columns([self.calls.numbers, named], len(self))
        found = Classes()
        for call, alleles in zip(self.calls.numbers[first].tolist(), named[first].tolist(), strict=True):
            unseen = self.unseen.parts[alleles - 1].by_class if alleles else ()
            found.add_outcome(self.calls.parts[call], self.read[call], unseen)
        return found, numbers[index]

    def blocks(self, index: NDArray[np.int32], rules: tuple[str, str]) -> list[Block]:
        """Return the columns of `calls` for samples with these rows, worded once for each distinct part."""
        calls, states, unseen = (Coder(part.numbers[index]) for part in (self.calls, self.states, self.unseen))
        results = [
            GeneResult(call, known.phenotypes, known.best, known.seen, ())
            for call, known in zip(self.calls.parts, self.read, strict=True)
        ]
        remarks = _worded(results, _said_besides, remark_cells)
        return [
            Block.of_rows(_worded(results, _said, result_cells), calls),
            Block(states, self._state_columns()),
            Block(unseen, [[names_cell(one.names) for one in self.unseen.parts]]),
            Block.of_rows([(*cells, *rules) for cells in remarks], calls),
        ]

    def _state_columns(self) -> list[Sequence[Cell]]:
        parts = self.states.parts
        return state_columns([one.counts for one in parts], [one.missing for one in parts])

    def not_called(self, index: NDArray[np.int32]) -> tuple[NDArray[np.int32], list[tuple[tuple[str, str], ...]]]:
        """Return the distinct lists of positions that are not plainly called, and which of them these samples have."""
        return self.states.numbers[index], [states.not_called for states in self.states.parts]

    def statuses(self, index: NDArray[np.int32]) -> dict[str, int]:
        """Count the samples with these rows by status."""
        import numpy as np

        sizes = np.bincount(self.calls.numbers[index], minlength=len(self.calls.parts)).tolist()
        found: dict[str, int] = {}
        for call, size in zip(self.calls.parts, sizes, strict=True):
            found[call.status.value] = found.get(call.status.value, 0) + size
        return dict(sorted(found.items()))


Row = tuple["Cell", ...]


def _worded(
    results: Iterable[GeneResult], key_of: Callable[[GeneResult], object], word: Callable[[GeneResult], Row]
) -> list[Row]:
    """Word results, those that say the same once."""
    known: dict[object, Row] = {}
    found = []
    for result in results:
        key = key_of(result)
        cells = known.get(key)
        if cells is None:
            cells = known[key] = word(result)
        found.append(cells)
    return found


def _said(result: GeneResult) -> object:
    """Return all that the cells from `status` to `lookup` are made of; phenotypes and readings of a gene are unique."""
    call = result.call
    said = tuple([(one.components, one.score, one.lookup_alleles, one.listed, one.partial) for one in call.diplotypes])
    parts = (call.status, call.source, call.phased, call.best, call.given_phenotype, call.given_score)
    return said, tuple(map(id, result.phenotypes)), tuple(map(id, result.best)), parts


def _said_besides(result: GeneResult) -> object:
    """Return all that the cells from `undocumented` to `notes` are made of."""
    call = result.call
    return call.evidence.undocumented, call.alternatives, call.notes


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
        rows = ResultRows.of(called.outcomes(), called.interpreter.read)
        gene = called.gene.symbol
        files = [self._calls(gene, called.index, rows)]
        if self.evidence:
            files.append(self._evidence(gene, called.index, rows))
        self._classes(called, rows)
        return files, {"gene": gene, "patterns": len(rows), "statuses": rows.statuses(called.index)}

    def _calls(self, gene: str, index: NDArray[np.int32], rows: ResultRows) -> tuple[Path, int]:
        path = self.store.table("calls", self.part, gene, kind=self.kind)
        with open_table(path, CALL_COLUMNS, self.kind) as table:
            if len(index):
                table.add(self.names, None, rows.blocks(index, self.rules))
        return path, len(index)

    def _evidence(self, gene: str, index: NDArray[np.int32], rows: ResultRows) -> tuple[Path, int]:
        path = self.store.table("evidence", self.part, gene, kind=self.kind)
        with open_table(path, EVIDENCE_COLUMNS, self.kind) as table:
            total = sum(_write_evidence(table, self.names, piece) for piece in _pieces(*rows.not_called(index)))
        return path, total

    def _classes(self, called: CalledGene, rows: ResultRows) -> None:
        save_classes(self.store.work(self.part, called.gene.symbol), *rows.classes(called.index))
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
    table.add(names, (piece.samples, piece.times), [Block.of_rows(piece.cells, Coder(piece.index))])
    return len(piece.index)
