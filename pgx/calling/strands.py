"""What a pattern of genotypes says about the two strands, as sets of alleles that each strand may be."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

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


class Strands(NamedTuple):
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

    def block_of(self, position: int) -> int | None:
        """Return the number of the block that a position lies in."""
        return next((number for number, block in enumerate(self.blocks) if position in block.positions), None)

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
    set of these positions and of those where both strands have the same other base; `fitting` are the alleles that
    fit all of them. At the others the strands are plain or were not read: `fixed` are the fitting alleles that also
    fit there if all are plain, but for those that give no alleles in any case, `lost`.
    """

    matrix: AlleleMatrix
    copies: int
    blocks: tuple[Block, ...]
    carried: int
    lost: int
    fitting: int
    fixed: int

    def without(self, missing: int) -> Strands:
        """Return the strands where these further positions were not read."""
        fixed, missing = self.fixed | self._regained(missing), missing | self.lost
        seen = fixed & reference_only(self.matrix, missing)
        available = (1 << len(self.matrix.allowed)) - 1 & ~missing
        return Strands(self.copies, fixed, seen, self.blocks, available, missing, self.carried)

    def _regained(self, missing: int) -> int:
        """Return the fitting alleles that only these positions could exclude."""
        free, found = missing | self.carried | self.lost, 0
        for position in bits(missing):
            for unfit, members in unfit_at(self.matrix)[position]:
                if not unfit & ~free:
                    found |= members
        return found & self.fitting


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
    fixed = fitting & members_within(_unfit(matrix), carried | lost)
    return SeenStrands(matrix, copies, tuple(blocks.values()), carried, lost, fitting, fixed)


def read_strands(matrix: AlleleMatrix, genotypes: Iterable[Genotype], copies: int) -> Strands:
    """Fold the genotypes of all positions."""
    return read_seen(matrix, Genotypes(enumerate(genotypes), copies), copies).without(0)


def reference_only(matrix: AlleleMatrix, positions: int) -> int:
    """Return the alleles that may have the reference allele's base at all of these positions."""
    known = matrix.known.reference_only
    if positions not in known:
        found = (1 << len(matrix.alleles)) - 1
        for position in bits(positions):
            found &= matrix.allowed[position][matrix.reference[position]]
        known[positions] = found
    return known[positions]


def _unfit(matrix: AlleleMatrix) -> dict[int, int]:
    """Group the alleles by the positions at which they cannot have code 0."""
    groups = matrix.known.unfit
    if not groups:
        everything = (1 << len(matrix.alleles)) - 1
        unfit = [0] * len(matrix.alleles)
        for position, allowed in enumerate(matrix.allowed):
            for number in bits(everything & ~allowed[0]):
                unfit[number] |= 1 << position
        for number, positions in enumerate(unfit):
            groups[positions] = groups.get(positions, 0) | 1 << number
    return groups


def unfit_at(matrix: AlleleMatrix) -> list[list[tuple[int, int]]]:
    """Return for each position the groups of alleles that cannot have code 0 there, with all such positions."""
    known = matrix.known.unfit_at
    if not known:
        known += [
            [(positions, members) for positions, members in _unfit(matrix).items() if positions >> row & 1]
            for row in range(len(matrix.allowed))
        ]
    return known


def pairs(strands: Strands, pool: int) -> list[tuple[int, int]]:
    """List the pairs of alleles from `pool` that explain both strands, each once, lower number first."""
    candidates = strands.candidates(pool)
    if strands.copies == 1:
        return [(number, number) for number in bits(candidates)]
    return [(one, other) for one in bits(candidates) for other in bits(strands.partners(one, candidates) >> one << one)]
