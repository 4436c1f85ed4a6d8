"""The score of a diplotype: how many available positions its two alleles define."""

from __future__ import annotations

from pgx.calling.matrix import AlleleMatrix, bits
from pgx.calling.seen import Genotypes
from pgx.calling.strands import Block, Strands


def score_pair(matrix: AlleleMatrix, strands: Strands, genotypes: Genotypes, pair: tuple[int, int]) -> int:
    """Return the score; an IUPAC position counts only where the strand has a non-reference base."""
    members = pair if strands.copies == 2 else pair[:1]
    unusual = (strands.carried | matrix.unusual) & strands.available
    score, wobbly = 0, 0
    for number in members:
        score += (matrix.defined[number] & ~matrix.wobble[number] & strands.available).bit_count()
        wobbly |= matrix.wobble[number] & unusual
    return score + _wobble_score(matrix, strands, genotypes, members) if wobbly else score


def _wobble_score(matrix: AlleleMatrix, strands: Strands, genotypes: Genotypes, members: tuple[int, ...]) -> int:
    in_blocks = sum(1 << position for block in strands.blocks for position in block.positions)
    alike = strands.available & ~in_blocks
    total = sum(
        genotypes[position].alleles[0] != matrix.reference[position]
        for number in members
        for position in bits(matrix.wobble[number] & alike)
    )
    if len(members) == 1:
        return total
    return total + sum(_block_score(matrix, block, genotypes, members) for block in strands.blocks)


def _block_score(matrix: AlleleMatrix, block: Block, genotypes: Genotypes, members: tuple[int, ...]) -> int:
    """Return the better of the two ways round that explain both strands."""
    one, other = members
    scores = [0]
    for first, second, strand in ((block.first, block.second, 0), (block.second, block.first, 1)):
        if first >> one & 1 and second >> other & 1:
            scores.append(
                _strand_score(matrix, block, genotypes, one, strand)
                + _strand_score(matrix, block, genotypes, other, 1 - strand)
            )
    return max(scores)


def _strand_score(matrix: AlleleMatrix, block: Block, genotypes: Genotypes, number: int, strand: int) -> int:
    return sum(
        bool(matrix.wobble[number] >> position & 1)
        and genotypes[position].alleles[strand] != matrix.reference[position]
        for position in block.positions
    )
