"""Which entries of a record are judged alike, so that one of them can be judged for all.

What bears on evidence as it stands (genotype, phase set, copy number) is told apart; a number only by the side of the
cut-offs on which it lies. The entry that stands for a class is one of the file's own, never a made-up one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pgx.genotypes.dosage import share_of_each_total
from pgx.genotypes.judging import FEW_READS
from pgx.genotypes.layers import distinct_rows, merge_equal, narrowest, pair_codes
from pgx.genotypes.options import ReadOptions
from pgx.genotypes.records import MISSING, NON_REFERENCE, Detail, ReadsDetail, SampleCall

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_PLOIDY = 2
_SIDES = 3
_BALANCES = 9

Column = tuple["NDArray[np.integer[Any]]", int]
"""A number for each sample, and how many numbers there are."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """Depth and genotype quality of all samples, shape (samples,), None where the record has no such field.

    `reads` returns those of each allele for the samples at some places, shape (places, alleles), negative where they
    are not known; it is None where the record has none.
    """

    depth: NDArray[Any] | None = None
    quality: NDArray[Any] | None = None
    reads: Callable[[NDArray[np.intp]], NDArray[np.int64]] | None = None


def tell_apart(
    heads: Sequence[SampleCall],
    codes: NDArray[np.integer[Any]],
    numbers: Numbers,
    alts: tuple[str, ...],
    detail: Detail,
) -> tuple[list[int], NDArray[np.integer[Any]]]:
    """Return one sample of each class, and the class of each sample.

    `heads` are the distinct entries without regard to depth, quality and reads, `codes` each sample's, shape
    (samples,).
    """
    keys, codes = merge_equal([_key(head, detail.options) for head in heads], codes)
    columns = (
        _sides(numbers.depth, detail.options.min_dp),
        _sides(numbers.quality, detail.options.min_gq),
        _class_reads([key.alleles for key in keys], codes, numbers, alts, detail),
    )
    count, joint = len(keys), codes
    for column, size in filter(None, columns):
        pairs, joint = pair_codes(joint, column, (count, size))
        count = len(pairs)
    return first_places(joint, count), joint


def _key(head: SampleCall, options: ReadOptions) -> SampleCall:
    """Leave of an entry what tells it from others."""
    certainty = None if head.certainty is None else float(head.certainty >= options.min_certainty)
    return replace(
        head, depth=None, quality=None, reads=(), passed=head.passed or not options.require_pass, certainty=certainty
    )


def first_places(codes: NDArray[np.integer[Any]], count: int) -> list[int]:
    """Return for each code the first place that has it; each occurs.

    >>> import numpy as np
    >>> first_places(np.array([1, 0, 1, 2]), 3)
    [1, 0, 3]
    """
    import numpy as np

    first = np.zeros(count, dtype=np.intp)
    first[codes[::-1]] = np.arange(len(codes) - 1, -1, -1)
    places: list[int] = first.tolist()
    return places


def _sides(values: NDArray[Any] | None, floor: float | None) -> Column | None:
    """Say of each number whether it is 0, below the floor, or neither."""
    import numpy as np

    if values is None:
        return None
    sides = np.full(len(values), _SIDES - 1, dtype=np.uint8)
    if floor is not None:
        sides[values < floor] = 1
    sides[values == 0] = 0
    return sides, _SIDES


def _class_reads(
    alleles: Sequence[tuple[int, ...]],
    codes: NDArray[np.integer[Any]],
    numbers: Numbers,
    alts: tuple[str, ...],
    detail: Detail,
) -> Column | None:
    """Class the reads of heterozygous genotypes; in all others they are not looked at."""
    import numpy as np

    mixed = [len(own) == _PLOIDY == len(set(own)) and MISSING not in own for own in alleles]
    if numbers.reads is None or not any(mixed):
        return None
    places = np.flatnonzero(np.array(mixed).take(codes))
    pairs = np.array([own if is_mixed else (0, 0) for own, is_mixed in zip(alleles, mixed, strict=True)])
    found, size = _class_pairs(*_own_reads(pairs[codes[places]], numbers.reads(places), alts), detail)
    column = np.zeros(len(codes), dtype=narrowest(size + 1))
    column[places] = found + found.dtype.type(1)
    return column, size + 1


def _own_reads(
    pairs: NDArray[np.integer[Any]], reads: NDArray[np.int64], alts: tuple[str, ...]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the reads of the two alleles of each genotype, ordered as `judging.order_reads` does, and if known."""
    import numpy as np

    known: NDArray[np.bool_] = np.all(reads >= 0, axis=1)
    own = np.take_along_axis(reads, pairs, axis=1)
    place = next((n for n, alt in enumerate(alts, start=1) if alt in NON_REFERENCE), 0)
    if place not in (0, len(alts)):
        late = (pairs != place).all(axis=1) & (reads[:, place] != 0) & (own == 0).any(axis=1)
        moved = np.take_along_axis(reads, pairs - (pairs > place), axis=1)
        own = np.where(late[:, None], moved, own)
    return np.where(known[:, None], own, 0), known


def _class_pairs(own: NDArray[np.int64], known: NDArray[np.bool_], detail: Detail) -> Column:
    """Class pairs of reads, shape (places, 2), by their balance, and as finely as the detail asks for."""
    import numpy as np

    least, total = own.min(axis=1), own.sum(axis=1)
    balance = 1 + (least == 0) + 2 * (least < FEW_READS * total)
    if detail.options.min_balance is not None:
        balance += 4 * (least < detail.options.min_balance * total)
    balance = np.where(known, balance, 0).astype(np.uint8)
    if detail.reads is ReadsDetail.BALANCE:
        return balance, _BALANCES
    rows, codes = distinct_rows(own.astype(np.int32))
    values = [tuple(row) if detail.reads is ReadsDetail.EXACT else share_of_each_total(*row) for row in rows]
    kinds, codes = merge_equal(values, codes)
    pairs, joint = pair_codes(balance, codes, (_BALANCES, len(kinds)))
    return joint, len(pairs)
