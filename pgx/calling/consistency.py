"""Every pair of alleles that the data allow, by function, without spelling out strands or sequences."""

from __future__ import annotations

from pgx.calling.matrix import AlleleMatrix, bits
from pgx.calling.memory import remembered
from pgx.calling.strands import Strands
from pgx.domain.call import AllelePair, Consistent

ClassPair = tuple[int, ...]


def consistent_pairs(
    matrix: AlleleMatrix, strands: Strands, best: list[tuple[int, int]], *, or_single: bool
) -> tuple[Consistent, tuple[str, ...]]:
    """Return the pairs allowed with unseen positions at reference, those allowed beyond that, and alleles not excluded.

    With `or_single` one allele alone is possible too (X chromosome, sex unknown).
    """
    seen = _class_pairs(matrix, strands, strands.seen, or_single) | {
        _classes_of(matrix, strands, pair) for pair in best
    }
    if not strands.missing:
        return Consistent(_names(matrix, seen)), ()
    unseen = _class_pairs(matrix, strands, strands.fixed, or_single) - seen
    known = _participants(strands, strands.seen)
    for pair in best:
        known |= 1 << pair[0] | 1 << pair[1]
    open_alleles = _participants(strands, strands.fixed) & ~known
    groups = [
        (_representative(members, matrix), _printed(matrix, members & open_alleles))
        for members in matrix.classes
        if members & open_alleles
    ]
    return Consistent(_names(matrix, seen), _names(matrix, unseen), tuple(groups)), _printed(matrix, open_alleles)


def _participants(strands: Strands, pool: int) -> int:
    candidates = strands.candidates(pool)
    if not strands.blocks or strands.copies == 1:
        return candidates
    return sum(1 << number for number in bits(candidates) if strands.partners(number, candidates))


def _class_pairs(matrix: AlleleMatrix, strands: Strands, pool: int, or_single: bool) -> set[ClassPair]:
    candidates = strands.candidates(pool)
    known = remembered(matrix, "class pairs")
    key = (candidates, strands.copies, or_single, tuple([(block.first, block.second) for block in strands.blocks]))
    if key not in known:
        known[key] = _pairs_of(matrix, strands, candidates, or_single)
    found: set[ClassPair] = known[key]
    return found


def _pairs_of(matrix: AlleleMatrix, strands: Strands, candidates: int, or_single: bool) -> set[ClassPair]:
    singles = {(matrix.class_of[number],) for number in bits(candidates)}
    if strands.copies == 1:
        return set(singles)
    found: set[ClassPair] = set(singles) if or_single and not strands.blocks else set()
    known: set[tuple[object, ...]] = set()
    for number in bits(candidates):
        signature = _signature(matrix, strands, number)
        if signature not in known:
            known.add(signature)
            partners = strands.partners(number, candidates)
            one = matrix.class_of[number]
            found.update(
                (min(one, other), max(one, other)) for other, members in enumerate(matrix.classes) if partners & members
            )
    return found


def _signature(matrix: AlleleMatrix, strands: Strands, number: int) -> tuple[object, ...]:
    """Alleles with the same signature have the same partners and the same function."""
    return (
        matrix.class_of[number],
        *((block.first >> number & 1, block.second >> number & 1) for block in strands.blocks),
    )


def _classes_of(matrix: AlleleMatrix, strands: Strands, pair: tuple[int, int]) -> ClassPair:
    classes = sorted(matrix.class_of[number] for number in pair)
    return tuple(classes) if strands.copies == 2 else (classes[0],)


def _representative(members: int, matrix: AlleleMatrix) -> str:
    return matrix.alleles[(members & -members).bit_length() - 1].name


def _names(matrix: AlleleMatrix, pairs: set[ClassPair]) -> tuple[AllelePair, ...]:
    return tuple(tuple(_representative(matrix.classes[number], matrix) for number in pair) for pair in sorted(pairs))


def _printed(matrix: AlleleMatrix, members: int) -> tuple[str, ...]:
    known = remembered(matrix, "printed")
    if members not in known:
        alleles = sorted((matrix.alleles[number] for number in bits(members)), key=lambda allele: allele.order)
        known[members] = tuple(dict.fromkeys(allele.printed_name for allele in alleles))
    names: tuple[str, ...] = known[members]
    return names
