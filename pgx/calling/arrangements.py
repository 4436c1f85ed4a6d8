"""What the genotypes of a lowest-function gene put on two strands, and every way the phase blocks can lie."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice, product

from pgx.calling.proxies import Mark, Marks, Sign
from pgx.calling.seen import Genotypes
from pgx.calling.variant_table import VariantTable
from pgx.domain.gene import Gene
from pgx.domain.genotype import Genotype, Pattern

Sides = tuple[Marks, Marks]
"""Marks on one strand and on the other."""
Placed = tuple[object, Sides]
"""The block that a variant lies in, and its marks."""
Turns = tuple[bool, ...]
"""For each block, whether it lies the other way round."""


@dataclass(frozen=True, slots=True)
class Blocks:
    """Marks that are on both strands, and those on either side of each block of known phase."""

    both: Marks
    sides: tuple[Sides, ...]

    def strands(self, turns: Iterable[bool]) -> Sides:
        """Return all marks of the two strands when the blocks lie this way."""
        turned = [side[::-1] if turn else side for side, turn in zip(self.sides, turns, strict=True)]
        first, second = ([mark for side in turned for mark in side[strand]] for strand in (0, 1))
        return (*self.both, *first), (*self.both, *second)

    def turns(self, limit: int) -> Iterator[Turns]:
        """Yield at most `limit` of the ways the blocks can lie to each other; the first block stays."""
        if not self.sides:
            return iter([()])
        return islice(((False, *rest) for rest in product((False, True), repeat=len(self.sides) - 1)), limit)

    @property
    def ways(self) -> int:
        return 1 << max(len(self.sides) - 1, 0)


def known_bases(gene: Gene, pattern: Pattern, rows: Iterable[int]) -> Genotypes | None:
    """Return the genotypes of these rows where they are defining positions, undocumented bases as reference.

    None where the gene's table does not allow that.
    """
    found = Genotypes()
    for row in rows:
        if row >= len(gene.variants):
            continue
        genotype, known = pattern.genotypes[row], len(gene.variants[row].bases)
        if genotype.alleles and max(genotype.alleles) >= known:
            if not gene.undocumented_is_reference:
                return None
            genotype = replace(genotype, alleles=tuple(code if code < known else 0 for code in genotype.alleles))
        found[row] = genotype
    return found


def phase_key(row: int, genotype: Genotype) -> object:
    """Name the block of positions whose phase to each other is known."""
    return ("set", genotype.phase_set) if genotype.phased else row


def has_open_phase(genotypes: Genotypes) -> bool:
    """Tell whether some heterozygous position's phase to another is unknown, and not for want of one phase set."""
    keys = [(phase_key(row, g), g.phased) for row, g in genotypes.items() if g.is_heterozygous]
    return len({key for key, _ in keys}) > 1 and not all(phased for _, phased in keys)


def literal_blocks(table: VariantTable, genotypes: Genotypes) -> Blocks:
    """Return what was seen, each linked position by itself; an unseen one has no variant."""
    return _merge((phase_key(row, genotypes[row]), sides) for row, sides in _variants(table, genotypes))


def called_blocks(table: VariantTable, genotypes: Genotypes) -> Blocks:
    """Return what the call rests on, by two conventions about linked positions.

    A stand-in is taken for a deciding position that was not seen, and where phase is open the two variants are
    taken to lie together, as they do in populations; whatever is phased with either lies there with them.
    """
    found = {row: (phase_key(row, genotypes[row]), sides) for row, sides in _variants(table, genotypes)}
    for _, decides, stands_in in table.proxies:
        if stands_in in found and not genotypes[decides].state.gives_alleles:
            key, sides = found[stands_in]
            found[stands_in] = (key, _decided(sides))
        elif stands_in in found and decides in found and has_open_phase(genotypes):
            found = _beside(found, found[stands_in], found[decides])
    return _merge(found.values())


def _beside(found: dict[int, Placed], stand_in: Placed, decides: Placed) -> dict[int, Placed]:
    """Join the block of the stand-in with that of the position that decides, so that their variants lie together."""
    (key, sides), (other, others) = stand_in, decides
    if key == other or sides[0] == sides[1] or others[0] == others[1]:
        return found
    turned = bool(sides[0]) != bool(others[0])
    return {
        row: (other, one[::-1] if turned else one) if mine == key else (mine, one) for row, (mine, one) in found.items()
    }


def _variants(table: VariantTable, genotypes: Genotypes) -> Iterator[tuple[int, Sides]]:
    """Yield the rows with a variant, in the order of the table's marks."""
    found = [row for row, genotype in genotypes.items() if any(genotype.alleles) and row in table.places]
    for row in sorted(found, key=table.places.__getitem__):
        yield row, _sides(table, row, genotypes[row])


def _sides(table: VariantTable, row: int, genotype: Genotype) -> Sides:
    marks = table.marks_at[row]
    return marks.get(genotype.alleles[0], ()), marks.get(genotype.alleles[-1], ())


def _decided(sides: Sides) -> Sides:
    """Add the deciding sign to each sign of its stand-in."""
    one, other = (
        tuple(sign for mark in side if isinstance(mark, Sign) for sign in (mark, Sign(mark.proxy, True)))
        for side in sides
    )
    return one, other


def _merge(found: Iterable[tuple[object, Sides]]) -> Blocks:
    both: list[Mark] = []
    blocks: dict[object, Sides] = {}
    for key, (first, second) in found:
        if first == second:
            both += first
        else:
            known = blocks.get(key, ((), ()))
            blocks[key] = (known[0] + first, known[1] + second)
    return Blocks(tuple(both), tuple(blocks.values()))


def arrange(blocks: Blocks, table: VariantTable) -> dict[Sides, Turns]:
    """Return every pair of strands that can come about, by what matters of their marks, with one way to get there.

    Strands that no later block can tell apart are kept once, so that 2^n ways are never spelt out.
    """
    start = table.compact(blocks.both)
    states: dict[Sides, Turns] = {(start, start): ()}
    for number, sides in enumerate(blocks.sides):
        states = _added(states, sides, (False, True) if number else (False,), table)
    return states


def _added(
    states: dict[Sides, Turns], sides: Sides, choices: Iterable[bool], table: VariantTable
) -> dict[Sides, Turns]:
    found: dict[Sides, Turns] = {}
    for ((one, other), turns), turn in product(states.items(), choices):
        first, second = sides[::-1] if turn else sides
        found.setdefault((table.compact(one + first), table.compact(other + second)), (*turns, turn))
    return found


def add_hidden(states: Iterable[Sides], marks: Iterable[Mark], table: VariantTable) -> set[Sides]:
    """Return the states with each of these marks on no strand, on one or on both."""
    found = set(states)
    for mark in marks:
        alone = (mark,)
        for first, second in ((alone, ()), ((), alone), (alone, alone)):
            found |= {(table.compact(one + first), table.compact(other + second)) for one, other in found}
    return found
