"""What a pattern of genotypes says about the two strands, as sets of alleles that each strand may be."""

from __future__ import annotations

from dataclasses import dataclass

from pgx.calling.matrix import AlleleMatrix, bits
from pgx.calling.memory import members_within, remembered
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

    `fixed` are the alleles that fit every position where both strands read alike. Each block can lie either
    way round; blocks are independent of each other, so no strand needs to be spelt out. `available` and
    `missing` are position sets; `seen` restricts unseen positions to the reference allele's base.
    """

    copies: int
    fixed: int
    seen: int
    blocks: tuple[Block, ...]
    available: int
    missing: int

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


def read_strands(
    matrix: AlleleMatrix, genotypes: tuple[Genotype, ...], copies: int, notable: tuple[int, ...] | None = None
) -> Strands:
    """Fold the genotypes of the defining positions; a heterozygous call without phase is a block of its own.

    All but the `notable` rows are known to be plain, code 0 on every strand; None is nothing known.
    """
    rows = range(len(matrix.allowed)) if notable is None else [row for row in notable if row < len(matrix.allowed)]
    everything = (1 << len(matrix.alleles)) - 1
    restriction, missing = everything, 0
    fixed = everything if notable is None else fitting_plain(matrix, sum([1 << row for row in rows]))
    blocks: dict[object, Block] = {}
    for position in rows:
        genotype = genotypes[position]
        if not genotype.state.gives_alleles:
            missing |= 1 << position
            restriction &= matrix.allowed[position][matrix.reference[position]]
            continue
        first = matrix.allows(position, genotype.alleles[0])
        if not genotype.is_heterozygous:
            fixed &= first
            continue
        key: object = ("set", genotype.phase_set) if genotype.phased else position
        block = blocks.setdefault(key, Block(everything, everything, []))
        block.first &= first
        block.second &= matrix.allows(position, genotype.alleles[1])
        block.positions.append(position)
    available = (1 << len(matrix.allowed)) - 1 & ~missing
    return Strands(copies, fixed, fixed & restriction, tuple(blocks.values()), available, missing)


def fitting_plain(matrix: AlleleMatrix, spared: int) -> int:
    """Return the alleles that may carry code 0 at every position but those spared."""
    groups = remembered(matrix, "unfit at")
    if not groups:
        everything = (1 << len(matrix.alleles)) - 1
        unfit = [0] * len(matrix.alleles)
        for position, allowed in enumerate(matrix.allowed):
            for number in bits(everything & ~allowed[0]):
                unfit[number] |= 1 << position
        for number, mask in enumerate(unfit):
            groups[mask] = groups.get(mask, 0) | 1 << number
    return members_within(groups, spared)


def pairs(strands: Strands, pool: int) -> list[tuple[int, int]]:
    """List the pairs of alleles from `pool` that explain both strands, each once, lower number first."""
    candidates = strands.candidates(pool)
    if strands.copies == 1:
        return [(number, number) for number in bits(candidates)]
    return [(one, other) for one in bits(candidates) for other in bits(strands.partners(one, candidates) >> one << one)]
