"""Reads to copies: how many copies of a gene carry each allele of a heterozygous genotype."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from math import log
from typing import TYPE_CHECKING

from pgx.domain.gene import MOST_COPIES
from pgx.genotypes.layers import Layer, pair_codes
from pgx.genotypes.observations import Observation

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_FEWEST = 3
"""With two copies or fewer there is nothing to tell."""
_CLEAR = log(100)
"""One share of the copies must be so much likelier than any other, as a logarithm."""


def count_alleles(layers: Sequence[Layer], copies: Sequence[int | None]) -> list[Layer]:
    """Turn reads into copies for samples with three copies or more, and drop the reads of all others."""
    import numpy as np

    totals = np.array([total if total and total >= _FEWEST else 0 for total in copies], dtype=np.uint8)
    return [_count_layer(layer, totals if len(totals) else np.zeros(len(layer.codes), np.uint8)) for layer in layers]


def _count_layer(layer: Layer, totals: NDArray[np.uint8]) -> Layer:
    if not any(value.amounts for value in layer.values):
        return layer
    pairs, codes = pair_codes(layer.codes, totals, (len(layer.values), int(totals.max(initial=0)) + 1))
    return Layer(tuple(_counted(layer.values[code], total) for code, total in pairs), codes)


def _counted(value: Observation, total: int) -> Observation:
    reads = dict(value.amounts)
    share = share_copies(*reads.values(), total) if total and len(reads) == 2 else ()
    return replace(value, amounts=tuple(zip(reads, share, strict=True)) if share else ())


@lru_cache(maxsize=4096)
def share_copies(one: int, other: int, total: int) -> tuple[int, ...]:
    """Return how many of `total` copies have the one allele and the other; empty where the reads do not tell.

    Binomial likelihood of the reads for each share; the best must be 100 times as likely as the next.

    >>> share_copies(10, 22, 3), share_copies(15, 16, 3)
    ((1, 2), ())
    """
    likely = sorted(((one * log(n / total) + other * log(1 - n / total), n) for n in range(1, total)), reverse=True)
    if len(likely) > 1 and likely[0][0] - likely[1][0] < _CLEAR:
        return ()
    return likely[0][1], total - likely[0][1]


@lru_cache(maxsize=1 << 16)
def share_of_each_total(one: int, other: int) -> tuple[tuple[int, ...], ...]:
    """Return how the copies are shared for each number of copies that there can be."""
    return tuple(share_copies(one, other, total) for total in range(_FEWEST, MOST_COPIES + 1))
