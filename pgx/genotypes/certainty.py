"""Imputed genotypes: how certain the stated one is, by GP, HDS or DS, and which is meant where GT is not given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pgx.genotypes.layers import distinct_rows
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
    certainties = np.full((len(genotypes), 1), -1, dtype=np.int32)
    name = next(iter(present))
    told = np.nan_to_num(present[name], nan=-1.0).astype(np.float64)
    certainties[:, 0], sure = _weigh_plain(completed, told, name, allele_count)
    left = np.flatnonzero(~sure)
    table = np.hstack([completed[left], *(np.nan_to_num(array[left], nan=-1.0) for array in present.values())])
    rows, inverse = np.unique(table, axis=0, return_inverse=True)
    steps = np.full((len(rows), 1), -1, dtype=np.int32)
    for number, row in enumerate(rows):
        _weigh_row(row, width, present, allele_count, steps[number])
    places = inverse.reshape(-1)
    completed[left], certainties[left] = rows[places, :width], steps[places]
    return completed, certainties


def _weigh_plain(
    genotypes: NDArray[np.int32], told: NDArray[np.float64], name: str, allele_count: int
) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """Weigh the genotypes that are given in full, by a field that is; return steps of certainty, and which they are."""
    import numpy as np

    steps = np.full(len(genotypes), -1, dtype=np.int32)
    sure = np.zeros(len(genotypes), dtype=bool)
    rows, codes = distinct_rows(genotypes)
    for code, row in enumerate(rows):
        alleles = tuple((value >> 1) - 1 for value in row if value >= 0)
        if not alleles or MISSING in alleles:
            continue
        places = np.flatnonzero(codes == code)
        certainty, fits = _PLAIN[name](alleles, told[places], allele_count)
        steps[places[fits]] = np.rint(np.clip(certainty[fits], 0.0, 1.0) * SCALE)
        sure[places[fits]] = True
    return steps, sure


_Plain = tuple["NDArray[np.float64]", "NDArray[np.bool_]"]


def _plain_probability(alleles: tuple[int, ...], values: NDArray[np.float64], allele_count: int) -> _Plain:
    """Return the genotype's probability, and where the values are such; they are summed up from left to right."""
    import numpy as np

    total, place = sum(values.T), place_of(alleles)
    fits = np.all(values >= 0, axis=1) & (abs(total - 1) <= _NEAR_ONE) & (place < values.shape[1])
    return values[:, min(place, values.shape[1] - 1)], fits


def _plain_strands(alleles: tuple[int, ...], values: NDArray[np.float64], allele_count: int) -> _Plain:
    import numpy as np

    fits = np.all((values >= 0) & (values <= 1), axis=1) & (allele_count == _PLOIDY)
    if values.shape[1] != len(alleles):
        return values[:, 0], fits & False
    certainty = np.ones(len(values))
    for allele, value in zip(alleles, values.T, strict=True):
        certainty *= value if allele else 1 - value
    return certainty, fits


def _plain_dosage(alleles: tuple[int, ...], values: NDArray[np.float64], allele_count: int) -> _Plain:
    import numpy as np

    fits = np.all((values >= 0) & (values <= _PLOIDY), axis=1) & (values.shape[1] == allele_count - 1)
    counts = np.array([alleles.count(allele) for allele in range(1, values.shape[1] + 1)])
    return 1 - np.abs(values - counts).max(axis=1), fits


_PLAIN = {"GP": _plain_probability, "HDS": _plain_strands, "DS": _plain_dosage}


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
