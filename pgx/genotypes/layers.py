"""Observations of all samples at one position: distinct values with codes, and how several records add up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from pgx.genotypes.observations import Observation

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_SMALLEST, _SMALL = 1 << 8, 1 << 16
_SAMPLED = 512
_FEW = 64
_HANDFUL = 8
"""Up to so many codes are renumbered quicker by comparing than by looking each place's up."""
_SPARSE = 32
"""Where at most one place in this many is unusual, only the unusual ones are looked at."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Layer:
    """For each sample (column) a code into the distinct observations."""

    values: tuple[Observation, ...]
    codes: NDArray[np.integer[Any]]


def narrowest(count: int) -> np.dtype[Any]:
    """Return the smallest unsigned type that holds `count` codes."""
    import numpy as np

    return np.dtype(np.uint8 if count <= 256 else np.uint16 if count <= _SMALL else np.uint32)


def pair_codes(
    one: NDArray[np.integer[Any]], other: NDArray[np.integer[Any]], counts: tuple[int, int]
) -> tuple[list[tuple[int, int]], NDArray[np.integer[Any]]]:
    """Return the pairs of codes that occur, and each sample's pair. `counts` are the numbers of codes."""
    import numpy as np

    size = counts[0] * counts[1]
    kind = narrowest(size + 1) if size < _SMALL else np.dtype(np.int64)
    keys = one.astype(kind) * kind.type(counts[1]) + other.astype(kind) if size > 1 else one.astype(kind)
    distinct: Any
    if size <= _SMALLEST:
        known, codes = code_values(keys)
        return [divmod(key, counts[1]) for key in known], codes
    if size <= _SMALL:
        present = np.zeros(size, dtype=bool)
        present[keys] = True
        distinct = np.flatnonzero(present)
        numbers = np.zeros(len(present), dtype=narrowest(len(distinct)))
        numbers[distinct] = np.arange(len(distinct))
        codes = numbers[keys]
    else:
        distinct, codes = np.unique(keys, return_inverse=True)
    return [divmod(key, counts[1]) for key in distinct.tolist()], codes


def combine_layers(one: Layer | None, other: Layer, join: Callable[[Observation, Observation], Observation]) -> Layer:
    """Return the layer in which each sample's two observations are joined."""
    if one is None:
        return other
    pairs, codes = pair_codes(one.codes, other.codes, (len(one.values), len(other.values)))
    return Layer(tuple(join(one.values[first], other.values[second]) for first, second in pairs), codes)


def merge_equal(values: Sequence[T], codes: NDArray[np.integer[Any]]) -> tuple[tuple[T, ...], NDArray[np.integer[Any]]]:
    """Give equal values one code, in the narrowest type."""
    import numpy as np

    numbers: dict[T, int] = {}
    renumbered = [numbers.setdefault(value, len(numbers)) for value in values]
    kind = narrowest(len(numbers))
    if len(numbers) == len(values):
        return tuple(numbers), codes.astype(kind, copy=False)
    if len(values) <= _HANDFUL:
        return tuple(numbers), _number(codes, range(len(values)), renumbered)
    return tuple(numbers), np.array(renumbered, dtype=kind).take(codes)


def code_values(values: NDArray[np.integer[Any]]) -> tuple[list[int], NDArray[np.integer[Any]]]:
    """Return the distinct values and the code of each place.

    Where nearly all places have the first one's value, only the others are sorted. Else, where there are few distinct
    values in a sample of places, each is compared with all places, which is far quicker than sorting.
    """
    import numpy as np

    if not len(values):
        return [], np.zeros(0, dtype=np.uint8)
    places = np.flatnonzero(values != values[0])
    if len(places) * _SPARSE <= len(values):
        return _code_unusual(values, places)
    common = np.unique(values[:: max(1, len(values) // _SAMPLED)])
    if len(common) <= _FEW:
        codes = _number(values, common.tolist(), range(1, len(common) + 1))
        left = np.flatnonzero(codes == 0)
        rare, numbers = np.unique(values[left], return_inverse=True)
        if len(common) + len(rare) < _SMALLEST:
            codes[left] = numbers + (1 + len(common))
            return [*common.tolist(), *rare.tolist()], codes - np.uint8(1)
    distinct, inverse = np.unique(values, return_inverse=True)
    return distinct.tolist(), inverse.astype(narrowest(len(distinct)))


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


def _code_unusual(
    values: NDArray[np.integer[Any]], places: NDArray[np.intp]
) -> tuple[list[int], NDArray[np.integer[Any]]]:
    """Code the places that differ from the first, whose value has code 0."""
    import numpy as np

    others, numbers = np.unique(values[places], return_inverse=True)
    codes = np.zeros(len(values), dtype=narrowest(1 + len(others)))
    codes[places] = numbers + 1
    return [int(values[0]), *others.tolist()], codes


def _number(values: NDArray[np.integer[Any]], known: Iterable[int], numbers: Iterable[int]) -> NDArray[np.uint8]:
    """Return the number of each place's value, 0 where it is not among the known ones."""
    import numpy as np

    found = np.zeros(len(values), dtype=np.uint8)
    for value, number in zip(known, numbers, strict=True):
        if number:
            found += (values == value).view(np.uint8) * np.uint8(number)
    return found
