"""Observations of all samples at one position: distinct values with codes, and how several records add up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from pgx.genotypes.observations import Observation

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_SMALL = 1 << 16
_SAMPLED = 512
_FEW = 64
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

    keys = one.astype(np.int64) * counts[1] + other
    if counts[0] * counts[1] <= _SMALL:
        present = np.zeros(counts[0] * counts[1], dtype=bool)
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
    return tuple(numbers), np.array(renumbered, dtype=kind)[codes]


def code_values(values: NDArray[np.integer[Any]]) -> tuple[list[int], NDArray[np.integer[Any]]]:
    """Return the distinct values and the code of each place.

    Where there are few distinct values they are compared with all places one by one, which is far quicker
    than sorting: those among the first places, then those that are left.
    """
    import numpy as np

    distinct = np.unique(values[:_SAMPLED])
    if len(distinct) <= _FEW:
        codes, found = np.zeros(len(values), dtype=np.uint8), np.zeros(len(values), dtype=bool)
        _mark(values, distinct, codes, found, 0)
        others = np.unique(values[~found])
        if len(distinct) + len(others) <= _FEW:
            _mark(values, others, codes, found, len(distinct))
            return [*distinct.tolist(), *others.tolist()], codes
    distinct, inverse = np.unique(values, return_inverse=True)
    return distinct.tolist(), inverse.astype(narrowest(len(distinct)))


def _mark(
    values: NDArray[np.integer[Any]],
    distinct: NDArray[np.integer[Any]],
    codes: NDArray[np.uint8],
    found: NDArray[np.bool_],
    first: int,
) -> None:
    """Add the code of each of the distinct values, from `first` on, where it stands."""
    for number, value in enumerate(distinct, start=first):
        here = values == value
        found |= here
        if number:
            codes += here.view("u1") * codes.dtype.type(number)
