"""A lowest-function gene's alleles by position and rank, built once for each gene table."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from pgx.calling.memory import remembered
from pgx.calling.proxies import Marks, Sign, settle
from pgx.domain.call import AllelePair
from pgx.domain.gene import IUPAC, UNASSIGNED_FUNCTION, Allele, Gene, ProxyPosition
from pgx.domain.names import NameKey, name_key


class Rank(NamedTuple):
    """Place of an allele among those that could decide: lower decides first.

    An allele without an assigned function stands just before those that are as harmless as the reference allele,
    so that none of them hides it.
    """

    function: int
    not_preferred: bool
    not_reference: bool
    name: NameKey


@dataclass(frozen=True, slots=True)
class VariantTable:
    """What each row and base code means, how alleles rank, and which of them no guideline can tell apart.

    `marks_at[row][code]` is what a base puts on its strand: the alleles whose one defining position this is, or
    the sign of a linked position; `places` gives the order of these rows. `needs[row]` are the alleles that the row
    is part of. `proxies` come with the rows of the deciding position and its stand-in; `linked` are all of these rows.
    """

    rows: int
    reference: str
    ranks: dict[str, Rank]
    marks_at: dict[int, dict[int, Marks]]
    places: dict[int, int]
    needs: dict[int, tuple[str, ...]]
    representative: dict[str, str]
    proxies: tuple[tuple[ProxyPosition, int, int], ...]
    linked: frozenset[int]
    _pairs: dict[tuple[Marks, Marks], AllelePair] = field(default_factory=dict, compare=False, repr=False)
    _compact: dict[Marks, Marks] = field(default_factory=dict, compare=False, repr=False)

    def lowest(self, names: Iterable[str]) -> str:
        """Return the allele that decides for a strand; the reference allele where there is none."""
        return min(names, key=self.ranks.__getitem__, default=self.reference)

    def pair(self, marks: tuple[Marks, Marks]) -> AllelePair:
        """Return the allele that decides on each strand, the lower first."""
        found = self._pairs.get(marks)
        if found is None:
            found = self._pairs[marks] = self._ordered(self.lowest(settle(strand)) for strand in marks)
        return found

    def represent(self, pair: AllelePair) -> AllelePair:
        return self._ordered(self.representative[name] for name in pair)

    def _ordered(self, names: Iterable[str]) -> AllelePair:
        return tuple(sorted(names, key=self.ranks.__getitem__))

    def compact(self, marks: Marks) -> Marks:
        """Return what matters of a strand's marks: the lowest allele, and every sign."""
        if len(marks) < 2:
            return marks
        found = self._compact.get(marks)
        if found is None:
            found = self._compact[marks] = self._compacted(marks)
        return found

    def _compacted(self, marks: Marks) -> Marks:
        names = [mark for mark in marks if isinstance(mark, str)]
        signs = sorted({mark for mark in marks if isinstance(mark, Sign)}, key=lambda sign: (sign.proxy.allele, sign))
        return (*([self.lowest(names)] if names else []), *signs)

    def alleles_needing(self, rows: Iterable[int]) -> tuple[str, ...]:
        """Return the alleles of which one of these rows is a defining position, in order of name."""
        return tuple(sorted({name for row in rows for name in self.needs.get(row, ())}, key=self._place))

    def _place(self, name: str) -> NameKey:
        return self.ranks[name].name


def variant_table(gene: Gene) -> VariantTable:
    """Return the gene's table, built once."""
    known = remembered(gene, "variant table")
    if not known:
        known[0] = _build(gene)
    table: VariantTable = known[0]
    return table


def _build(gene: Gene) -> VariantTable:
    reference = gene.reference_allele
    if reference is None:
        raise ValueError(f"{gene.symbol}: no reference allele")
    rows = {variant.name: row for row, variant in enumerate(gene.variants)}
    proxies = tuple((proxy, rows[proxy.decides], rows[proxy.stands_in]) for proxy in gene.proxies)
    signs = _signs_at(gene, proxies)
    ranks = {allele.name: _rank(gene, allele) for allele in gene.alleles}
    marks_at = {**_alleles_at(gene, rows, signs.keys()), **signs}
    return VariantTable(
        len(rows),
        reference.name,
        ranks,
        marks_at,
        {row: place for place, row in enumerate(marks_at)},
        _needs(gene, rows),
        _representatives(gene, ranks),
        proxies,
        frozenset(row for _, decides, stands_in in proxies for row in (decides, stands_in)),
    )


def _rank(gene: Gene, allele: Allele) -> Rank:
    function = _function_rank(gene, allele.function)
    if allele.function == UNASSIGNED_FUNCTION and gene.reference_allele:
        function = _function_rank(gene, gene.reference_allele.function) - 1
    preferred = allele.name in gene.preferred_alleles
    return Rank(function, not preferred, not allele.defines_all, name_key(allele.name))


def _function_rank(gene: Gene, function: str) -> int:
    """Even numbers from the function that decides first; those that the table does not order come last."""
    order = gene.function_order
    return 2 * (order.index(function) if function in order else len(order))


def _signs_at(gene: Gene, proxies: Iterable[tuple[ProxyPosition, int, int]]) -> dict[int, dict[int, Marks]]:
    cores = {allele.name: dict(allele.core) for allele in gene.alleles}
    return {
        row: {gene.variants[row].bases.index(cores[proxy.allele][gene.variants[row].name]): (Sign(proxy, decides),)}
        for proxy, deciding, stand_in in proxies
        for row, decides in ((deciding, True), (stand_in, False))
    }


def _alleles_at(gene: Gene, rows: dict[str, int], linked: Collection[int]) -> dict[int, dict[int, Marks]]:
    found: dict[int, dict[int, Marks]] = {}
    for allele in gene.alleles:
        if len(allele.core) != 1 or allele.defines_all or rows[allele.core[0][0]] in linked:
            continue
        row, base = rows[allele.core[0][0]], allele.core[0][1]
        codes = found.setdefault(row, {})
        for code, known in enumerate(gene.variants[row].bases):
            if known == base or known in IUPAC.get(base, ""):
                codes[code] = (*codes.get(code, ()), allele.name)
    return found


def _needs(gene: Gene, rows: dict[str, int]) -> dict[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    for allele in gene.alleles:
        for position, _ in () if allele.defines_all else allele.core:
            found[rows[position]] = (*found.get(rows[position], ()), allele.name)
    return found


def _representatives(gene: Gene, ranks: dict[str, Rank]) -> dict[str, str]:
    """Map each allele to the first of those that no guideline can tell from it."""
    first: dict[object, str] = {}
    for allele in sorted(gene.alleles, key=lambda allele: ranks[allele.name]):
        first.setdefault(_class(gene, allele), allele.name)
    return {allele.name: first[_class(gene, allele)] for allele in gene.alleles}


def _class(gene: Gene, allele: Allele) -> object:
    return (allele.function, allele.activity, allele.name if allele.name in gene.named_alleles else None)
