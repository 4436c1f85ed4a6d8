"""Several alleles on one strand, and parts of alleles, where no pair of known alleles explains the genotypes.

They name what is there and give no advice: nobody has established what such a strand does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice, product
from typing import NamedTuple

from pgx.calling.changes import name_change
from pgx.calling.evidence import undocumented
from pgx.calling.finding import NONE_UNSEEN, Finding, Found
from pgx.calling.matrix import AlleleMatrix, allele_matrix, bits
from pgx.calling.partition import partitions
from pgx.calling.seen import Seen, Unseen
from pgx.domain.call import Diplotype, Note
from pgx.domain.gene import Gene
from pgx.domain.genotype import Genotype, Pattern
from pgx.domain.names import NameKey, name_key

MAX_LISTED = 256
"""Arrangements of strands that are tried, and diplotypes that are listed."""

Variants = dict[int, int]
"""Base codes by position, where a strand differs from the reference allele."""


class Name(NamedTuple):
    """A name of a component: alleles stand before bare changes, each by number."""

    is_change: bool
    key: NameKey
    text: str


class Strand(NamedTuple):
    """One strand, put together from components; it sorts reference first, then by length, then by names."""

    is_variant: bool
    length: int
    components: tuple[Name, ...]

    @property
    def text(self) -> str:
        names = [name.text for name in self.components]
        return names[0] if len(names) == 1 else f"[{' + '.join(names)}]"


@dataclass(frozen=True, slots=True)
class SeenCombinations:
    """Tries combinations where no plain pair fits; `rows` and `plain` have the whole pattern."""

    gene: Gene
    pattern: Pattern
    copies: int
    rows: tuple[int, ...]
    plain: Seen

    def find(self, unseen: Unseen) -> Found:
        if self.gene.undocumented_is_reference and undocumented(self.gene, self.pattern, self.rows):
            return self._combine(), NONE_UNSEEN
        finding, alleles = self.plain.find(unseen)
        if not finding.diplotypes:
            return self._combine(), NONE_UNSEEN
        return with_combinations(finding, self._combine()) if finding.fell_back else finding, alleles

    def _combine(self) -> Finding:
        return call_combinations(self.gene, self.pattern, self.copies)


def call_combinations(gene: Gene, pattern: Pattern, copies: int) -> Finding:
    """Return every way to put the strands together from alleles and bare changes, reference side first."""
    assembly = _Assembly(gene, pattern)
    both, blocks = _read_variants(assembly.matrix, pattern.genotypes)
    if not both and not blocks:
        return Finding()
    ways = 1 << max(len(blocks) - 1, 0)
    found: dict[tuple[Strand, ...], None] = {}
    for strands in islice(_arrangements(both, blocks), MAX_LISTED):
        for pair in product(*(assembly.name(strand) for strand in strands[:copies])):
            found[tuple(sorted(pair))] = None
    listed = sorted(found)[:MAX_LISTED]
    diplotypes = tuple(map(_diplotype, listed))
    return Finding(diplotypes, len(diplotypes), len(blocks) <= 1, notes=_notes(max(ways, len(found)), len(listed)))


def with_combinations(finding: Finding, combined: Finding) -> Finding:
    """Name the combinations beside a result that rests on one position."""
    names = ", ".join(diplotype.name for diplotype in combined.diplotypes[:4])
    more = f" and {len(combined.diplotypes) - 4} more" if len(combined.diplotypes) > 4 else ""
    note = Note("combination", f"As combinations or parts of alleles: {names}{more}.")
    return finding._replace(notes=(*finding.notes, note)) if names else finding


def _diplotype(strands: tuple[Strand, ...]) -> Diplotype:
    names = tuple(strand.text for strand in strands)
    components = tuple(tuple(name.text for name in strand.components) for strand in strands)
    return Diplotype(names, components, names, partial=True)


def _notes(ways: int, listed: int) -> tuple[Note, ...]:
    text = "No pair of known alleles fits; combinations and parts of alleles are named, but nothing is advised on them."
    note = Note("combination", text)
    return (note, Note("arrangements", f"{listed} ways are listed; there are more.")) if ways > listed else (note,)


def _read_variants(
    matrix: AlleleMatrix, genotypes: tuple[Genotype, ...]
) -> tuple[Variants, list[tuple[Variants, Variants]]]:
    """Return what is on both strands, and block by block what is on either."""
    both: Variants = {}
    blocks: dict[object, tuple[Variants, Variants]] = {}
    for position, genotype in enumerate(genotypes[: len(matrix.reference)]):
        if not genotype.state.gives_alleles:
            continue
        key: object = ("set", genotype.phase_set) if genotype.phased else position
        sides = blocks.setdefault(key, ({}, {})) if genotype.is_heterozygous else (both, both)
        for side, code in zip(sides, (genotype.alleles[0], genotype.alleles[-1]), strict=True):
            if code != matrix.reference[position]:
                side[position] = code
    return both, list(blocks.values())


def _arrangements(both: Variants, blocks: list[tuple[Variants, Variants]]) -> Iterator[tuple[Variants, Variants]]:
    """Yield both strands for every way the blocks can lie; the first block stays."""
    for turns in product((False, True), repeat=max(len(blocks) - 1, 0)):
        first, second = dict(both), dict(both)
        for (one, other), turn in zip(blocks, (False, *turns), strict=False):
            first |= other if turn else one
            second |= one if turn else other
        yield first, second


@dataclass
class _Assembly:
    """Names strands of one pattern from the alleles that fit them; equal strands are named once."""

    gene: Gene
    pattern: Pattern
    matrix: AlleleMatrix = field(init=False)
    _named: dict[tuple[tuple[int, int], ...], tuple[Strand, ...]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.matrix = allele_matrix(self.gene)
        genotypes = self.pattern.genotypes[: len(self.matrix.reference)]
        self._available = sum(1 << p for p, genotype in enumerate(genotypes) if genotype.state.gives_alleles)

    def name(self, variants: Variants) -> tuple[Strand, ...]:
        """Return every way to name a strand."""
        key = tuple(variants.items())
        if key not in self._named:
            self._named[key] = tuple(self._split(variants)) if variants else self._reference()
        return self._named[key]

    def _reference(self) -> tuple[Strand, ...]:
        candidates = [n for n in self._candidates({}) if self.matrix.alleles[n].defines_all]
        return tuple(dict.fromkeys(Strand(False, 1, (self._allele_name(n),)) for n in candidates))

    def _split(self, variants: Variants) -> Iterator[Strand]:
        positions = sum(1 << position for position in variants)
        covered: dict[int, dict[Name, None]] = {}
        for number in self._candidates(variants):
            part = self.matrix.cored[number] & positions
            if part:
                covered.setdefault(part, {})[self._allele_name(number)] = None
        for way in partitions(positions, covered):
            choices = [tuple(covered.get(part) or (self._change_name(part, variants),)) for part in way]
            for names in product(*choices):
                yield Strand(True, len(names), tuple(sorted(names)))

    def _candidates(self, variants: Variants) -> Iterator[int]:
        """Yield the alleles whose own positions, among those that have alleles, are as on the strand."""
        matrix, pool = self.matrix, (1 << len(self.matrix.alleles)) - 1
        for position in bits(self._available):
            code = variants.get(position)
            if code is None:
                pool &= matrix.allowed[position][matrix.reference[position]]
            else:
                known = matrix.allowed[position][code] if code < len(matrix.allowed[position]) else 0
                pool &= known | ~matrix.cored_at[position]
        return bits(pool)

    def _allele_name(self, number: int) -> Name:
        text = self.matrix.alleles[number].printed_name
        return Name(False, name_key(text), text)

    def _change_name(self, part: int, variants: Variants) -> Name:
        position = part.bit_length() - 1
        bases = self.pattern.bases[position]
        text = name_change(
            self.gene.variants[position], bases[self.matrix.reference[position]], bases[variants[position]]
        )
        return Name(True, name_key(text), text)
