"""Deals the drugs of a part out to its units of advice, so that they take about equally long."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from pgx.cohort.classes import SavedGene

NAMES_COST = 0.2
"""Time for one more list of names of unseen alleles, against one more combination of classes."""
DRUG_COST = 20
"""Time for a drug whatever it is asked, against one more combination of classes."""


def deal_drugs(
    asked: Sequence[tuple[str, tuple[str, ...]]], genes: Mapping[str, SavedGene], samples: int, slices: int
) -> list[list[int]]:
    """Return the places in `asked` for each slice, in rising order; `asked` are drugs with their genes.

    Drugs with the same genes go together, as they share the work of combining these. The slice with the costliest
    comes first. The same genes and samples are always dealt alike.
    """
    groups: dict[tuple[str, ...], list[int]] = {}
    for place, (_, symbols) in enumerate(asked):
        groups.setdefault(tuple(symbol for symbol in symbols if symbol in genes), []).append(place)
    costs = {symbols: len(places) * _cost(symbols, genes, samples) for symbols, places in groups.items()}
    dealt: list[list[int]] = [[] for _ in range(slices)]
    loads = [0.0] * slices
    for symbols in sorted(groups, key=lambda symbols: (-costs[symbols], symbols)):
        lightest = loads.index(min(loads))
        dealt[lightest] += groups[symbols]
        loads[lightest] += costs[symbols]
    return [sorted(places) for places in dealt]


def _cost(symbols: Sequence[str], genes: Mapping[str, SavedGene], samples: int) -> float:
    combinations = min(math.prod(len(genes[symbol].members) for symbol in symbols), samples)
    named = min(math.prod(len(genes[symbol].classes) for symbol in symbols), samples)
    return DRUG_COST + combinations + NAMES_COST * named
