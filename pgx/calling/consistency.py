"""Every pair of alleles that the data allow, by function, without spelling out strands or sequences."""

from __future__ import annotations

from collections.abc import Iterable

from pgx.calling.finding import NONE_UNSEEN
from pgx.calling.matrix import AlleleMatrix, bits
from pgx.calling.strands import Strands
from pgx.domain.call import AllelePair, Consistent, UnseenAlleles

Sides = tuple[int, int]
"""Alleles that the one strand may be, and the other."""
ClassPairs = int
"""Set of pairs of classes, and of classes alone, as bits: `_pair_bit` gives the place of each."""


def consistent_pairs(
    matrix: AlleleMatrix, strands: Strands, best: Iterable[tuple[int, int]], *, or_single: bool
) -> tuple[Consistent, UnseenAlleles]:
    """Return the pairs allowed with unseen positions at reference, those allowed beyond that, and alleles not excluded.

    With `or_single` one allele alone is possible too (X chromosome, sex unknown).
    """
    ways = list(_lie(strands, strands.seen))
    seen = _class_pairs(matrix, strands, ways, or_single)
    for one, other in best:
        seen |= _pair_bit(matrix, matrix.class_of[one], matrix.class_of[other] if strands.copies == 2 else None)
    if not strands.missing:
        return _consistent(matrix, seen, 0), NONE_UNSEEN
    every_way = list(_lie(strands, strands.fixed))
    unseen = _class_pairs(matrix, strands, every_way, or_single) & ~seen
    left = _participants(every_way) & ~_participants(ways)
    for one, other in best:
        left &= ~(1 << one | 1 << other)
    return _consistent(matrix, seen, unseen), _unseen_alleles(matrix, left)


def _lie(strands: Strands, pool: int) -> Iterable[Sides]:
    """Return the alleles of `pool` for either strand, for every way in which the blocks can lie to each other.

    Ways that leave a strand without an allele are not among them. One strand that shows two bases may be any allele
    that fits either.
    """
    if strands.copies == 1:
        pool = strands.candidates(pool)
    if strands.copies == 1 or not strands.blocks:
        return ((pool, pool),) if pool else ()
    if len(strands.blocks) == 1:
        one, other = pool & strands.blocks[0].first, pool & strands.blocks[0].second
        return ((one, other),) if one and other else ()
    ways = {(pool, pool)}
    for number, block in enumerate(strands.blocks):
        turns = ((block.first, block.second), (block.second, block.first))[: 2 if number else 1]
        met = {(one & first, other & second) for one, other in ways for first, second in turns}
        ways = {(one, other) for one, other in met if one and other}
    return ways


def _participants(ways: Iterable[Sides]) -> int:
    found = 0
    for one, other in ways:
        found |= one | other
    return found


def _class_pairs(matrix: AlleleMatrix, strands: Strands, ways: Iterable[Sides], or_single: bool) -> ClassPairs:
    found = 0
    alone = strands.copies == 1 or (or_single and not strands.blocks)
    known = matrix.known.class_pairs
    for one, other in ways:
        first = matrix.classes_among(one)
        classes = first, first if one == other else matrix.classes_among(other)
        key = (classes, strands.copies, alone)
        if key not in known:
            known[key] = _combine(matrix, classes, paired=strands.copies == 2, alone=alone)
        found |= known[key]
    return found


def _combine(matrix: AlleleMatrix, classes: tuple[int, int], *, paired: bool, alone: bool) -> ClassPairs:
    found = 0
    for one in bits(classes[0]):
        found |= _pair_bit(matrix, one, None) if alone else 0
        for other in bits(classes[1]) if paired else ():
            found |= _pair_bit(matrix, one, other)
    return found


def _pair_bit(matrix: AlleleMatrix, one: int, other: int | None) -> ClassPairs:
    """Pairs stand in the order of their numbers, a class alone before its pairs."""
    width = len(matrix.classes) + 1
    if other is None:
        return 1 << one * width
    return 1 << min(one, other) * width + 1 + max(one, other)


def _names(matrix: AlleleMatrix, pairs: ClassPairs) -> tuple[AllelePair, ...]:
    known = matrix.known.pair_names
    if pairs not in known:
        known[pairs] = tuple(_name(matrix, *divmod(place, len(matrix.classes) + 1)) for place in bits(pairs))
    return known[pairs]


def _name(matrix: AlleleMatrix, one: int, other: int) -> AllelePair:
    numbers = (one,) if other == 0 else (one, other - 1)
    return tuple(matrix.representative(number) for number in numbers)


def _consistent(matrix: AlleleMatrix, seen: ClassPairs, unseen: ClassPairs) -> Consistent:
    known = matrix.known.consistent
    if (seen, unseen) not in known:
        known[seen, unseen] = Consistent(_names(matrix, seen), _names(matrix, unseen))
    return known[seen, unseen]


def _unseen_alleles(matrix: AlleleMatrix, members: int) -> UnseenAlleles:
    """Return these alleles' printed names, under the representative of each class and all together."""
    known = matrix.known.unseen
    if members not in known:
        groups = tuple(
            (matrix.representative(number), _printed(matrix, group & members))
            for number, group in enumerate(matrix.classes)
            if group & members
        )
        known[members] = UnseenAlleles(groups, _printed(matrix, members))
    return known[members]


def _printed(matrix: AlleleMatrix, members: int) -> tuple[str, ...]:
    alleles = sorted((matrix.alleles[number] for number in bits(members)), key=lambda allele: allele.order)
    return tuple(dict.fromkeys(allele.printed_name for allele in alleles))
