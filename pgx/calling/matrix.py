"""A gene's alleles as bit sets, so that filtering candidates costs one AND a position.

Bit i of an allele set stands for `alleles[i]`; bit p of a position set for defining position p.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any

from pgx.calling.finding import Finding
from pgx.calling.memory import MOST, remembered
from pgx.domain.call import AllelePair, Consistent, UnseenAlleles
from pgx.domain.gene import IUPAC, Allele, Gene
from pgx.domain.variant import Variant


def bits(number: int) -> Iterator[int]:
    """Yield the positions of the set bits, lowest first.

    >>> list(bits(0b1010))
    [1, 3]
    """
    while number:
        low = number & -number
        yield low.bit_length() - 1
        number ^= low


@dataclass(frozen=True, slots=True)
class Known:
    """What was worked out for sets of a gene's alleles or positions before."""

    bearing: dict[int, int] = field(default_factory=dict)
    """Positions that any allele of a set defines, by set."""
    told_by: dict[int, int] = field(default_factory=dict)
    """Alleles by the positions that tell them."""
    untold: dict[int, int] = field(default_factory=dict)
    """Alleles that have nothing left to tell them by, by the positions not read."""
    unfit: dict[int, int] = field(default_factory=dict)
    """Alleles by the positions at which they cannot have code 0."""
    unfit_at: list[list[tuple[int, int]]] = field(default_factory=list)
    """The same for each position alone."""
    reference_only: dict[int, int] = field(default_factory=dict)
    """Alleles that may have the reference allele's base at all positions of a set."""
    consistent: dict[tuple[int, int], Consistent] = field(default_factory=dict)
    """What a set of pairs of classes that were seen allows, and one of pairs that were not."""
    class_pairs: dict[object, int] = field(default_factory=dict)
    pair_names: dict[int, tuple[AllelePair, ...]] = field(default_factory=dict)
    findings: dict[tuple[int, int, bool], tuple[object, Consistent, Finding]] = field(default_factory=dict)
    """Findings by the identities of a ranking and of what is consistent, which are kept for that, and by phase."""
    unseen: dict[int, UnseenAlleles] = field(default_factory=dict)
    """Printed names by set of alleles."""
    orders: list[int] = field(default_factory=list)
    """Place of each allele's name within a diplotype."""
    printed_names: dict[tuple[tuple[int, int], int], tuple[str, ...]] = field(default_factory=dict)
    """Names of a pair of alleles on so many strands."""

    def trim(self) -> None:
        """Empty what has grown too large; it is found out again when it is asked for."""
        growing: tuple[dict[Any, Any], ...] = (
            self.bearing, self.untold, self.reference_only, self.class_pairs, self.pair_names, self.consistent,
            self.findings, self.unseen,
        )  # fmt: skip
        for known in growing:
            if len(known) > MOST:
                known.clear()


@dataclass(frozen=True, slots=True)
class AlleleMatrix:
    """What each allele allows at each defining position.

    `allowed[p][c]` is the set of alleles that may carry base c of position p; `reference[p]` the code of the
    reference allele's base there. `defined[i]` is the set of positions that allele i defines, `wobble[i]`
    those among them where it has an IUPAC code, `cored[i]` those that its core names; `cored_at[p]` is the set of
    alleles whose core names position p, and `distinct[i]` those positions where allele i may have another base
    than the reference allele. `classes` group alleles that no guideline can tell apart.
    """

    alleles: tuple[Allele, ...]
    allowed: tuple[tuple[int, ...], ...]
    reference: tuple[int, ...]
    defined: tuple[int, ...]
    wobble: tuple[int, ...]
    cored: tuple[int, ...]
    cored_at: tuple[int, ...]
    distinct: tuple[int, ...]
    classes: tuple[int, ...]
    class_of: tuple[int, ...]
    undocumented_is_reference: bool
    wobbly: int
    """Positions where any allele has an IUPAC code."""
    unusual: int
    """Positions where the reference allele has another base than that of GRCh38, code 0."""
    known: Known = field(default_factory=Known, compare=False, repr=False)

    def allows(self, position: int, code: int) -> int:
        """Return the alleles that a strand with this base may be; undocumented bases as the table says."""
        allowed = self.allowed[position]
        if code < len(allowed):
            return allowed[code]
        return allowed[self.reference[position]] if self.undocumented_is_reference else 0

    def representative(self, number: int) -> str:
        """Return the name of the first allele of class `number`."""
        members = self.classes[number]
        return self.alleles[(members & -members).bit_length() - 1].name

    def classes_among(self, members: int) -> int:
        """Return the set of classes, bit c for `classes[c]`, that have one of these alleles."""
        found, bit = 0, 1
        for group in self.classes:
            if group & members:
                found |= bit
            bit <<= 1
        return found


def _matrix(gene: Gene) -> AlleleMatrix:
    alleles = tuple(allele for allele in gene.alleles if not allele.structural and (allele.core or allele.defines_all))
    rows = {variant.name: row for row, variant in enumerate(gene.variants)}
    cores = [tuple((rows[name], base) for name, base in allele.core) for allele in alleles]
    cored = tuple(sum(1 << row for row, _ in core) for core in cores)
    holders = [0] * len(rows)
    for number, core in enumerate(cores):
        for row, _ in core:
            holders[row] |= 1 << number
    usual = _usual_codes(gene)
    allowed = _allowed(gene, cores, holders, usual)
    everywhere = (1 << len(rows)) - 1
    wobble = tuple(_wobble(gene, core) for core in cores)
    classes, class_of = _classes(gene, alleles)
    return AlleleMatrix(
        alleles,
        allowed,
        tuple(codes[0] for codes in usual),
        tuple(everywhere if allele.defines_all else own for allele, own in zip(alleles, cored, strict=True)),
        wobble,
        cored,
        tuple(holders),
        tuple(_distinct(gene, core, usual) for core in cores),
        classes,
        class_of,
        gene.undocumented_is_reference,
        reduce(or_, wobble, 0),
        sum(1 << row for row, codes in enumerate(usual) if codes[0]),
    )


def _usual_codes(gene: Gene) -> list[tuple[int, ...]]:
    """The reference allele's codes at each position: what an allele has where it defines nothing."""
    reference = gene.reference_allele
    core = dict(reference.core) if reference else {}
    return [_codes(variant, core.get(variant.name, variant.ref)) for variant in gene.variants]


def _allowed(
    gene: Gene, cores: list[tuple[tuple[int, str], ...]], holders: list[int], usual: list[tuple[int, ...]]
) -> tuple[tuple[int, ...], ...]:
    everyone = (1 << len(cores)) - 1
    rows = [[0] * len(variant.bases) for variant in gene.variants]
    for row, codes in enumerate(usual):
        for code in codes:
            rows[row][code] = everyone & ~holders[row]
    for number, core in enumerate(cores):
        for row, base in core:
            for code in _codes(gene.variants[row], base):
                rows[row][code] |= 1 << number
    return tuple(map(tuple, rows))


def _distinct(gene: Gene, core: tuple[tuple[int, str], ...], usual: list[tuple[int, ...]]) -> int:
    return sum(1 << row for row, base in core if _codes(gene.variants[row], base) != usual[row][:1])


def allele_matrix(gene: Gene) -> AlleleMatrix:
    """Return the gene's bit sets, built once for each gene table."""
    known = remembered(gene, "allele matrix")
    if not known:
        known[0] = _matrix(gene)
    matrix: AlleleMatrix = known[0]
    matrix.known.trim()
    return matrix


def _codes(variant: Variant, base: str) -> tuple[int, ...]:
    """Return the codes that a core base or IUPAC letter stands for, reference base first."""
    if base in variant.bases:
        return (variant.bases.index(base),)
    letters = IUPAC[base]
    return tuple(code for code, known in enumerate(variant.bases) if known in letters)


def _wobble(gene: Gene, core: tuple[tuple[int, str], ...]) -> int:
    return sum(1 << row for row, base in core if base not in gene.variants[row].bases)


def _classes(gene: Gene, alleles: tuple[Allele, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Group alleles by function, activity and, where a guideline names them, by name."""
    groups: dict[object, int] = {}
    for number, allele in enumerate(alleles):
        name = allele.printed_name if allele.printed_name in gene.named_alleles else None
        key = (allele.function, allele.activity, name)
        groups[key] = groups.get(key, 0) | 1 << number
    sets = tuple(groups.values())
    return sets, tuple(next(c for c, members in enumerate(sets) if members >> n & 1) for n in range(len(alleles)))
