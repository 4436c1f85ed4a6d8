"""Tables that link samples with advice, and with the drugs that could not be assessed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pgx.cohort.parquet_file import Coder, ColumnSpec, Names
from pgx.cohort.tables import Block, open_table
from pgx.domain.patterns import distinct_columns

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pgx.cohort.advice import Linker, Piece
    from pgx.cohort.pages import Cell
    from pgx.cohort.plan import Unit
    from pgx.cohort.store import Store

LINK_COLUMNS = (
    ColumnSpec("sample", str),
    ColumnSpec("drug", str),
    ColumnSpec("source", str),
    ColumnSpec("advice_id", int),
)
MISSING_COLUMNS = (ColumnSpec("sample", str), ColumnSpec("set_id", int))
ROWS_AT_ONCE = 1 << 22
Sets = dict[int, list[list[str]]]
"""Drug, genes and reason of what could not be assessed, by the set's number."""


@dataclass(frozen=True, slots=True)
class LinkWriter:
    """Writes the links of a part for some of the drugs."""

    store: Store
    unit: Unit
    names: Names
    kind: str

    def write(self, linker: Linker, places: Iterable[int]) -> tuple[list[tuple[Path, int]], Sets]:
        """Write both tables; return files with rows, and what each set of drugs not assessed holds, by number."""
        ending = f"-{self.unit.slice}"
        path = self.store.table("recommendations", self.unit.part, ending=ending, kind=self.kind)
        total = held = 0
        missing = []
        with open_table(path, LINK_COLUMNS, self.kind) as table:
            waiting: list[tuple[Piece, NDArray[np.intp]]] = []
            for place in places:
                answer = linker.ask(place)
                lacking = answer.missing()
                missing += [lacking] if lacking else []
                found = list(linker.links(answer))
                waiting += found
                held += sum(len(samples) for _, samples in found)
                if held >= ROWS_AT_ONCE:
                    total += self._flush(table, waiting)
                    waiting, held = [], 0
            total += self._flush(table, waiting)
        other, rows, sets = self._missing(missing, ending)
        return [(path, total), (other, rows)], sets

    def _flush(self, table: Any, waiting: list[tuple[Piece, NDArray[np.intp]]]) -> int:
        import numpy as np

        waiting = [entry for entry in waiting if len(entry[1])]
        if not waiting:
            return 0
        samples = np.concatenate([found for _, found in waiting])
        codes = np.repeat(np.arange(len(waiting), dtype=np.int32), [len(found) for _, found in waiting])
        pieces = [piece for piece, _ in waiting]
        table.add(self.names, (samples, np.ones(len(samples), dtype=np.intp)), [Block.of_rows(pieces, Coder(codes))])
        return len(samples)

    def _missing(self, missing: list[tuple[Any, Any]], ending: str) -> tuple[Path, int, Sets]:
        """Write one row a sample that some drug could not be assessed for: the number of its set of drugs."""
        import numpy as np

        path = self.store.table("not_assessed", self.unit.part, ending=ending, kind=self.kind)
        first, index = distinct_columns([numbers for _, numbers in missing], len(self.names))
        sets: dict[int, list[list[str]]] = {}
        places = np.full(len(first), -1, dtype=np.int32)
        for place, column in enumerate(first.tolist()):
            chosen = [entries[int(numbers[column]) - 1] for entries, numbers in missing if numbers[column]]
            entry = [[lacking.drug, "|".join(lacking.genes), lacking.reason] for lacking in chosen]
            if entry:
                places[place] = len(sets)
                sets[int.from_bytes(hashlib.sha256(json.dumps(entry).encode()).digest()[:8], "big") >> 1] = entry
        rows: list[tuple[Cell, ...]] = [(number,) for number in sets]
        samples = np.flatnonzero(places[index] >= 0)
        with open_table(path, MISSING_COLUMNS, self.kind) as table:
            if len(samples):
                block = Block.of_rows(rows, Coder(places[index][samples]))
                table.add(self.names, (samples, np.ones(len(samples), dtype=np.intp)), [block])
        return path, len(samples), dict(sorted(sets.items()))
