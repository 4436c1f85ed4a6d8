"""What a pattern of genotypes says about the two strands, as sets of alleles that each strand may be."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pgx.calling.matrix import AlleleMatrix, bits
from pgx.calling.memory import members_within
from pgx.calling.seen import Genotypes
from pgx.domain.genotype import Genotype


@dataclass(slots=True)
class Block:
    """Positions whose phase to each other is known: the alleles that fit one strand and the other."""

    first: int
    second: int
    positions: list[int]


@dataclass(frozen=True, slots=True)
class Strands:
    """The evidence of one pattern, position by position folded into blocks.

    `fixed` are the alleles that fit every position where both strands read alike, and one side or the other of every
    block. Each block can lie either way round; blocks are independent of each other, so no strand needs to be spelt
    out. `available`, `missing` and `carried` (those not plain) are position sets; `seen` restricts unseen positions
    to the reference allele's base.
    """

    copies: int
    fixed: int
    seen: int
    blocks: tuple[Block, ...]
    available: int
    missing: int
    carried: int

    @property
    def is_phased(self) -> bool:
        """True where at most two strands are possible (effectively phased)."""
        return len(self.blocks) <= 1

    def partners(self, number: int, pool: int) -> int:
        """Return the alleles of `pool` that explain the other strand when allele `number` is one strand."""
        for block in self.blocks:
            fitting = (block.second if block.first >> number & 1 else 0) | (
                block.first if block.second >> number & 1 else 0
            )
            pool &= fitting
            if not pool:
                break
        return pool

    def candidates(self, pool: int) -> int:
        """Return the alleles of `pool` that fit one strand or the other of every block."""
        for block in self.blocks:
            pool &= block.first | block.second
        return pool


@dataclass(frozen=True, slots=True)
class SeenStrands:
    """What the genotypes that were read say about the two strands, whatever else was read or not.

    `blocks` are the alleles that fit either side of the positions that differ between the strands, `carried` is the
    set of these positions and of those where both strands have the same other base. At the others the strands are
    plain or were not read: `excluded` groups the alleles that fit the carried ones by those of the others that
    exclude them if they are plain. `lost` are positions that give no alleles in any case.
    """

    matrix: AlleleMatrix
    copies: int
    blocks: tuple[Block, ...]
    carried: int
    lost: int
    excluded: dict[int, int]

    def without(self, missing: int) -> Strands:
        """Return the strands where these further positions were not read."""
        missing |= self.lost
        fixed = seen = members_within(self.excluded, missing)
        for position in bits(missing):
            seen &= self.matrix.allowed[position][self.matrix.reference[position]]
        available = (1 << len(self.matrix.allowed)) - 1 & ~missing
        return Strands(self.copies, fixed, seen, self.blocks, available, missing, self.carried)


def read_seen(matrix: AlleleMatrix, genotypes: Genotypes, copies: int) -> SeenStrands:
    """Fold the genotypes that were read; a heterozygous call without phase is a block of its own."""
    everything = (1 << len(matrix.alleles)) - 1
    fitting, carried, lost = everything, 0, 0
    blocks: dict[object, Block] = {}
    for position, genotype in genotypes.items():
        if position >= len(matrix.allowed):
            continue
        if not genotype.alleles:
            lost |= 1 << position
        elif genotype.is_heterozygous:
            key: object = ("set", genotype.phase_set) if genotype.phased else position
            block = blocks.setdefault(key, Block(everything, everything, []))
            block.first &= matrix.allows(position, genotype.alleles[0])
            block.second &= matrix.allows(position, genotype.alleles[1])
            block.positions.append(position)
            carried |= 1 << position
        elif genotype.alleles[0]:
            fitting &= matrix.allows(position, genotype.alleles[0])
            carried |= 1 << position
    for block in blocks.values():
        fitting &= block.first | block.second
    return SeenStrands(matrix, copies, tuple(blocks.values()), carried, lost, _excluded(matrix, fitting, carried))


def position_set(matrix: AlleleMatrix, rows: Iterable[int]) -> int:
    """Return the set of those rows that are defining positions; rows beyond them are extra positions."""
    mask = 0
    for row in rows:
        mask |= 1 << row
    return mask & (1 << len(matrix.allowed)) - 1


def read_strands(matrix: AlleleMatrix, genotypes: Iterable[Genotype], copies: int) -> Strands:
    """Fold the genotypes of all positions."""
    return read_seen(matrix, Genotypes(enumerate(genotypes), copies), copies).without(0)


def _excluded(matrix: AlleleMatrix, fitting: int, carried: int) -> dict[int, int]:
    """Group alleles by the positions, but for the carried ones, at which they cannot have code 0."""
    groups: dict[int, int] = {}
    unfit = _unfit(matrix)
    for number in bits(fitting):
        mask = unfit[number] & ~carried
        groups[mask] = groups.get(mask, 0) | 1 << number
    return groups


def _unfit(matrix: AlleleMatrix) -> list[int]:
    """Return for each allele the positions at which it cannot have code 0."""
    unfit = matrix.known.unfit_at
    if not unfit:
        everything = (1 << len(matrix.alleles)) - 1
        unfit += [0] * len(matrix.alleles)
        for position, allowed in enumerate(matrix.allowed):
            for number in bits(everything & ~allowed[0]):
                unfit[number] |= 1 << position
    return unfit


def pairs(strands: Strands, pool: int) -> list[tuple[int, int]]:
    """List the pairs of alleles from `pool` that explain both strands, each once, lower number first."""
    candidates = strands.candidates(pool)
    if strands.copies == 1:
        return [(number, number) for number in bits(candidates)]
    return [(one, other) for one in bits(candidates) for other in bits(strands.partners(one, candidates) >> one << one)]
