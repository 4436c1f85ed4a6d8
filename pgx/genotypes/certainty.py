"""Imputed genotypes: how certain the stated one is, by GP, HDS or DS, and which is meant where GT is not given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pgx.genotypes.records import MISSING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FIELDS = ("GP", "HDS", "DS")
"""In order of how much they tell; the first that a record has is used."""

SCALE = 10_000
"""Certainties are kept in steps of one in so many."""

_NEAR_ONE = 0.05
_PLOIDY = 2


def weigh_genotype(
    alleles: tuple[int, ...], fields: Mapping[str, Sequence[float]], allele_count: int
) -> tuple[tuple[int, ...], float | None]:
    """Return the genotype and how certain it is, None where nothing tells. A missing one becomes the likeliest.

    From GP it is the genotype's probability (phred-scaled ones are left alone), from HDS the product over the
    strands, from DS one less the distance to a whole number, which is an upper bound.

    >>> weigh_genotype((0, 1), {"GP": (0.02, 0.95, 0.03)}, 2), weigh_genotype((-1, -1), {"DS": (1.9,)}, 2)
    (((0, 1), 0.95), ((1, 1), 0.9))
    """
    for name in FIELDS:
        values = fields.get(name)
        if values:
            stated, certainty = _BY_FIELD[name](alleles, values, allele_count)
            if certainty is not None:
                return stated, round(min(1.0, max(0.0, certainty)) * SCALE) / SCALE
    return alleles, None


_Weighed = tuple[tuple[int, ...], float | None]


def _by_probability(alleles: tuple[int, ...], values: Sequence[float], allele_count: int) -> _Weighed:
    if abs(sum(values) - 1) > _NEAR_ONE or min(values) < 0:
        return alleles, None
    if MISSING in alleles:
        pairs = genotypes_in_order(allele_count, len(values))
        best = max(range(len(values)), key=values.__getitem__)
        return (pairs[best], values[best]) if pairs else (alleles, None)
    place = place_of(alleles)
    return alleles, values[place] if place < len(values) else None


def place_of(alleles: Sequence[int]) -> int:
    """Return where a genotype stands among those of its ploidy (VCF specification, Number=G)."""
    if len(alleles) < _PLOIDY:
        return alleles[0]
    low, high = sorted(alleles[:_PLOIDY])
    return high * (high + 1) // 2 + low


def genotypes_in_order(allele_count: int, values: int) -> list[tuple[int, ...]]:
    """Return the genotypes that so many values stand for: one strand, two, or none that fit."""
    if values == allele_count:
        return [(allele,) for allele in range(allele_count)]
    pairs: list[tuple[int, ...]] = [(low, high) for high in range(allele_count) for low in range(high + 1)]
    return pairs if len(pairs) == values else []


def _by_strand(alleles: tuple[int, ...], values: Sequence[float], allele_count: int) -> _Weighed:
    if allele_count != _PLOIDY or not all(0 <= value <= 1 for value in values):
        return alleles, None
    stated = alleles if MISSING not in alleles else tuple(round(value) for value in values)
    if len(stated) != len(values):
        return alleles, None
    certainty = 1.0
    for allele, value in zip(stated, values, strict=True):
        certainty *= value if allele else 1 - value
    return stated, certainty


def _by_dosage(alleles: tuple[int, ...], values: Sequence[float], allele_count: int) -> _Weighed:
    if len(values) != allele_count - 1 or not all(0 <= value <= _PLOIDY for value in values):
        return alleles, None
    stated = _nearest(values) if MISSING in alleles else alleles
    distances = [abs(value - stated.count(allele)) for allele, value in enumerate(values, start=1)]
    return stated, (1 - max(distances)) if stated else None


def _nearest(values: Sequence[float]) -> tuple[int, ...]:
    """Return the two alleles that dosages are nearest to; none where they add up to more."""
    found = [allele for allele, value in enumerate(values, start=1) for _ in range(round(value))]
    return tuple(sorted([0] * (_PLOIDY - len(found)) + found)) if len(found) <= _PLOIDY else ()


_BY_FIELD = {"GP": _by_probability, "HDS": _by_strand, "DS": _by_dosage}


def weigh_column(
    genotypes: NDArray[Any], arrays: Mapping[str, NDArray[Any]], allele_count: int
) -> tuple[NDArray[Any], NDArray[np.int32]] | None:
    """Do the same for all samples of a BCF record; None where no field is there.

    `genotypes` are BCF genotype codes, shape (samples, ploidy). Returns them, completed, and the certainty in
    steps of 1 / SCALE, -1 where nothing tells, shape (samples, 1).
    """
    import numpy as np

    present = {name: arrays[name] for name in FIELDS if name in arrays and arrays[name].dtype.kind == "f"}
    if not present:
        return None
    width = max(_PLOIDY, genotypes.shape[1])
    completed = np.full((len(genotypes), width), -127, dtype=np.int32)
    completed[:, : genotypes.shape[1]] = np.where(genotypes < 0, -127, genotypes)
    table = np.hstack([completed, *(np.nan_to_num(array, nan=-1.0) for array in present.values())])
    rows, inverse = np.unique(table, axis=0, return_inverse=True)
    certainties = np.full((len(rows), 1), -1, dtype=np.int32)
    for number, row in enumerate(rows):
        _weigh_row(row, width, present, allele_count, certainties[number])
    places = inverse.reshape(-1)
    return rows[places, :width].astype(np.int32), certainties[places]


def _weigh_row(
    row: NDArray[Any],
    width: int,
    present: Mapping[str, NDArray[Any]],
    allele_count: int,
    certainty: NDArray[np.int32],
) -> None:
    """Fill in the certainty of one row, and its genotype where it is missing."""
    codes = [int(code) for code in row[:width] if code >= 0]
    alleles = tuple((code >> 1) - 1 for code in codes) or (MISSING,)
    fields, at = {}, width
    for name, array in present.items():
        fields[name] = tuple(float(value) for value in row[at : at + array.shape[1]] if value >= 0)
        at += array.shape[1]
    stated, weight = weigh_genotype(alleles, fields, allele_count)
    if weight is None:
        return
    certainty[0] = round(weight * SCALE)
    if stated != alleles:
        row[:width] = [*((allele + 1) << 1 for allele in stated), *[-127] * (width - len(stated))]
