"""FORMAT arrays of a BCF record as distinct sample entries and codes, by numpy over all samples at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pgx.errors import InputError
from pgx.genotypes.certainty import SCALE, weigh_column
from pgx.genotypes.layers import code_values, narrowest
from pgx.genotypes.records import MISSING, SampleCall, SampleCalls

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_CERTAINTY = "(certainty)"
"""Stands among the fields of a record for what GP, HDS or DS tell."""
_LARGEST = 1000
"""Depths and qualities from here on are all the same to us."""
_END_OF_VECTOR = {1: -127, 2: -32767, 4: -(2**31) + 1}


def read_fields(
    place: str, arrays: dict[str, NDArray[Any]], columns: NDArray[np.intp] | None, samples: int, allele_count: int
) -> SampleCalls:
    """Reduce the fields that bear on evidence to distinct entries. Raises InputError for a GT beyond ALT."""
    import numpy as np

    if columns is not None:
        arrays = {key: array[columns] for key, array in arrays.items()}
    count = samples if columns is None else len(columns)
    genotypes = arrays.get("GT")
    weighed = weigh_column(
        np.zeros((count, 2), dtype=np.int8) if genotypes is None else genotypes, arrays, allele_count
    )
    if weighed is not None:
        genotypes, arrays[_CERTAINTY] = weighed
    if genotypes is None or genotypes.shape[1] == 0:
        if "CN" in arrays and arrays["CN"].shape[1]:
            return _with_fields(place, np.zeros((count, 1), dtype=np.int8), {"CN": arrays["CN"]}, allele_count)
        return SampleCalls((SampleCall((MISSING,)),), np.zeros(count, dtype=np.uint8))
    fields = [
        name
        for name in ("MIN_DP", "DP", "GQ", "AD", "PS", "FT", "CN", _CERTAINTY)
        if name in arrays and arrays[name].shape[1]
    ]
    if not fields:
        return _genotypes_only(place, genotypes, allele_count)
    return _with_fields(place, genotypes, {name: arrays[name] for name in fields}, allele_count)


def _genotypes_only(place: str, genotypes: NDArray[Any], allele_count: int) -> SampleCalls:
    rows, codes = distinct_rows(genotypes)
    return SampleCalls(tuple(_call(place, row, allele_count) for row in rows), codes)


def distinct_rows(table: NDArray[Any]) -> tuple[list[list[int]], NDArray[np.integer[Any]]]:
    """Return the distinct rows of an integer table and the number of each row's value, shape (rows,)."""
    import numpy as np

    width = table.dtype.itemsize * table.shape[1]
    if width in (1, 2, 4, 8):
        kind = np.dtype(f"u{width}")
        values = np.ascontiguousarray(table).view(kind).ravel()
        distinct, codes = code_values(values if values.flags.aligned else values.copy())
        rows = np.array(distinct, dtype=kind).view(table.dtype).reshape(-1, table.shape[1])
        return rows.tolist(), codes
    table = np.ascontiguousarray(table)
    void = table.view(np.dtype((np.void, width))).ravel()
    _, first, inverse = np.unique(void, return_index=True, return_inverse=True)
    return table[first].tolist(), inverse.astype(narrowest(len(first)))


def _call(place: str, row: list[int], allele_count: int) -> SampleCall:
    """Decode GT: (allele + 1) << 1 | phased, negative for the end of a shorter vector."""
    values = [value for value in row if value >= 0] or [0]
    alleles = tuple((value >> 1) - 1 for value in values)
    if max(alleles) >= allele_count:
        shown = "/".join("." if allele == MISSING else str(allele) for allele in alleles)
        raise InputError(
            f"{place}: genotype {shown} names an allele beyond the {allele_count - 1} in ALT; write the file again"
        )
    return SampleCall(alleles, len(values) > 1 and all(value & 1 for value in values[1:]))


def _with_fields(
    place: str, genotypes: NDArray[Any], fields: dict[str, NDArray[Any]], allele_count: int
) -> SampleCalls:
    """Join GT with depth, quality, reads, phase set and filter, each as one or more integer columns."""
    import numpy as np

    columns: dict[str, NDArray[Any]] = {"GT": genotypes.astype(np.int32)}
    texts: dict[str, list[bytes]] = {}
    for name, array in fields.items():
        if array.dtype.kind == "S":
            distinct, inverse = np.unique(array.ravel(), return_inverse=True)
            texts[name], columns[name] = distinct.tolist(), inverse.reshape(-1, 1).astype(np.int32)
        elif name == "PS":
            columns[name] = np.maximum(array[:, :1].astype(np.int64), 0).astype(np.int32)
        elif name == "AD":
            columns[name] = (
                array.astype(np.int32) if array.shape[1] == allele_count else np.zeros((len(array), 0), np.int32)
            )
        elif name == _CERTAINTY:
            columns[name] = array
        else:
            columns[name] = _numbers(array[:, :1])
    rows, codes = distinct_rows(np.hstack(list(columns.values())))
    layout = _Layout(columns, texts)
    return SampleCalls(tuple(layout.call(place, row, allele_count) for row in rows), codes)


def _numbers(array: NDArray[Any]) -> NDArray[np.int32]:
    """Return counts with missing values as -1, cut at the largest that matters."""
    import numpy as np

    known = np.nan_to_num(array, nan=-1.0)
    whole = np.rint(known) if known.dtype.kind == "f" else known
    counts: NDArray[np.int32] = np.clip(whole, -1, _LARGEST).astype(np.int32)
    return counts


class _Layout:
    """Which columns of a joint row belong to which field."""

    def __init__(self, columns: dict[str, NDArray[Any]], texts: dict[str, list[bytes]]) -> None:
        self._spans: dict[str, slice] = {}
        self._texts = texts
        at = 0
        for name, array in columns.items():
            self._spans[name] = slice(at, at + array.shape[1])
            at += array.shape[1]

    def call(self, place: str, row: list[int], allele_count: int) -> SampleCall:
        plain = _call(place, row[self._spans["GT"]], allele_count)
        reads = tuple(row[self._spans["AD"]]) if "AD" in self._spans else ()
        return SampleCall(
            plain.alleles,
            plain.phased,
            self._phase_set(row) if plain.phased else "",
            self._depth(row),
            float(max(0, row[self._spans["GQ"]][0])) if "GQ" in self._spans else None,
            reads if reads and min(reads) >= 0 else (),
            self._text("FT", row) in ("", ".", "PASS"),
            self._copy_number(row),
            self._certainty(row),
        )

    def _certainty(self, row: list[int]) -> float | None:
        steps = row[self._spans[_CERTAINTY]][0] if _CERTAINTY in self._spans else -1
        return steps / SCALE if steps >= 0 else None

    def _copy_number(self, row: list[int]) -> int | None:
        number = row[self._spans["CN"]][0] if "CN" in self._spans else -1
        return number if number >= 0 else None

    def _text(self, name: str, row: list[int]) -> str:
        if name not in self._texts:
            return ""
        return self._texts[name][row[self._spans[name]][0]].decode("utf-8", "replace")

    def _phase_set(self, row: list[int]) -> str:
        if "PS" not in self._spans:
            return ""
        if "PS" in self._texts:
            return self._text("PS", row).strip(".")
        number = row[self._spans["PS"]][0]
        return str(number) if number else ""

    def _depth(self, row: list[int]) -> float | None:
        given = [row[self._spans[name]][0] for name in ("MIN_DP", "DP") if name in self._spans]
        if not given:
            return None
        return float(next((number for number in given if number >= 0), 0))
