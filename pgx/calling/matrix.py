"""A gene's alleles as bit sets, so that filtering candidates costs one AND a position.

Bit i of an allele set stands for `alleles[i]`; bit p of a position set for defining position p.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

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
class AlleleMatrix:
    """What each allele allows at each defining position.

    `allowed[p][c]` is the set of alleles that may carry base c of position p; `reference[p]` the code of the
    reference allele's base there. `defined[i]` is the set of positions that allele i defines, `wobble[i]`
    those among them where it has an IUPAC code, `cored[i]` those that its core names; `cored_at[p]` is the set of
    alleles whose core names position p. `classes` group alleles that no guideline can tell apart.
    """

    alleles: tuple[Allele, ...]
    allowed: tuple[tuple[int, ...], ...]
    reference: tuple[int, ...]
    defined: tuple[int, ...]
    wobble: tuple[int, ...]
    cored: tuple[int, ...]
    cored_at: tuple[int, ...]
    classes: tuple[int, ...]
    class_of: tuple[int, ...]
    undocumented_is_reference: bool

    def allows(self, position: int, code: int) -> int:
        """Return the alleles that a strand with this base may be; undocumented bases as the table says."""
        allowed = self.allowed[position]
        if code < len(allowed):
            return allowed[code]
        return allowed[self.reference[position]] if self.undocumented_is_reference else 0

    def representative(self, number: int) -> int:
        """Return the first allele of the class of allele `number`."""
        members = self.classes[self.class_of[number]]
        return (members & -members).bit_length() - 1


def _matrix(gene: Gene) -> AlleleMatrix:
    alleles = tuple(allele for allele in gene.alleles if not allele.structural and (allele.core or allele.defines_all))
    reference = gene.reference_allele
    reference_core = dict(reference.core) if reference else {}
    base_rows = [_codes(variant, reference_core.get(variant.name, variant.ref)) for variant in gene.variants]
    cores = [dict(allele.core) for allele in alleles]
    rows = []
    for variant, reference_codes in zip(gene.variants, base_rows, strict=True):
        row = [0] * len(variant.bases)
        for number, core in enumerate(cores):
            for code in _codes(variant, core[variant.name]) if variant.name in core else reference_codes:
                row[code] |= 1 << number
        rows.append(tuple(row))
    classes, class_of = _classes(gene, alleles)
    return AlleleMatrix(
        alleles,
        tuple(rows),
        tuple(codes[0] for codes in base_rows),
        tuple(_defined(gene, allele) for allele in alleles),
        tuple(_wobble(gene, core) for core in cores),
        tuple(sum(1 << p for p, variant in enumerate(gene.variants) if variant.name in core) for core in cores),
        tuple(sum(1 << n for n, core in enumerate(cores) if variant.name in core) for variant in gene.variants),
        classes,
        class_of,
        gene.undocumented_is_reference,
    )


_BY_IDENTITY: dict[int, tuple[Gene, AlleleMatrix]] = {}


def allele_matrix(gene: Gene) -> AlleleMatrix:
    """Return the gene's bit sets, built once for each gene table."""
    known = _BY_IDENTITY.get(id(gene))
    if known is None or known[0] is not gene:
        known = _BY_IDENTITY[id(gene)] = (gene, _matrix(gene))
    return known[1]


def _codes(variant: Variant, base: str) -> tuple[int, ...]:
    """Return the codes that a core base or IUPAC letter stands for, reference base first."""
    if base in variant.bases:
        return (variant.bases.index(base),)
    letters = IUPAC[base]
    return tuple(code for code, known in enumerate(variant.bases) if known in letters)


def _defined(gene: Gene, allele: Allele) -> int:
    if allele.defines_all:
        return (1 << len(gene.variants)) - 1
    return sum(
        1 << p for p, variant in enumerate(gene.variants) if any(variant.name == name for name, _ in allele.core)
    )


def _wobble(gene: Gene, core: dict[str, str]) -> int:
    return sum(
        1 << p
        for p, variant in enumerate(gene.variants)
        if variant.name in core and core[variant.name] not in variant.bases
    )


def _classes(gene: Gene, alleles: tuple[Allele, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Group alleles by function, activity and, where a guideline names them, by name."""
    groups: dict[object, int] = {}
    for number, allele in enumerate(alleles):
        name = allele.printed_name if allele.printed_name in gene.named_alleles else None
        key = (allele.function, allele.activity, name)
        groups[key] = groups.get(key, 0) | 1 << number
    sets = tuple(groups.values())
    return sets, tuple(next(c for c, members in enumerate(sets) if members >> n & 1) for n in range(len(alleles)))
