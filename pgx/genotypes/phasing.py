"""Phase sets: which of a sample's phased genotypes in a gene belong together, as small numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pgx.genotypes.layers import Layer
from pgx.genotypes.observations import Observation

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_Key = tuple[int, str]


def number_phase_sets(layers: Sequence[Layer]) -> list[NDArray[np.integer[Any]] | None]:
    """Return for each position the phase-set number of each sample, or None where all are 0.

    Numbers run from 1 within each sample, in order of position. Phased genotypes without PS have 0, unless
    genotypes phased in different files meet in the gene: then each file is a set of its own.
    """
    keys = [[_key(value) for value in layer.values] for layer in layers]
    met = {key for row in keys for key in row if key is not None}
    several = len({file for file, _ in met}) > 1
    if not several and all(not name for _, name in met):
        return [None] * len(layers)
    return _Numbering(several).number(layers, keys)


def _key(value: Observation) -> _Key | None:
    """Return what names the phase set of a heterozygous phased genotype."""
    return value.phase if value.phased and value.is_complete and len(set(value.alleles)) > 1 else None


class _Numbering:
    """Numbers handed out so far: per phase set, the number that it has in each sample."""

    def __init__(self, several_files: bool) -> None:
        self._several = several_files
        self._given: dict[_Key, NDArray[np.int32]] = {}

    def number(
        self, layers: Sequence[Layer], keys: Sequence[Sequence[_Key | None]]
    ) -> list[NDArray[np.integer[Any]] | None]:
        import numpy as np

        used = np.zeros(len(layers[0].codes), dtype=np.int32)
        return [self._row(layer, row, used) for layer, row in zip(layers, keys, strict=True)]

    def _row(
        self, layer: Layer, keys: Sequence[_Key | None], used: NDArray[np.int32]
    ) -> NDArray[np.integer[Any]] | None:
        import numpy as np

        wanted = {key for key in keys if key is not None and (key[1] or self._several)}
        if not wanted:
            return None
        numbers = np.zeros_like(used)
        for key in sorted(wanted):
            members = np.isin(layer.codes, [code for code, other in enumerate(keys) if other == key])
            given = self._given.setdefault(key, np.zeros_like(used))
            new = members & (given == 0)
            used[new] += 1
            given[new] = used[new]
            numbers[members] = given[members]
        return numbers
