"""What an allele looks like when only some of the gene's positions are seen.

A position that is not seen says nothing, so that an allele is compared at the seen ones alone, and the allele
that fits there with the most defining positions is read: the way in which diplotypes are ranked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from pgx.domain.assay import AlleleSight, Sight
from pgx.domain.gene import IUPAC, Allele, Gene
from pgx.domain.variant import Variant

Bases = Mapping[str, str]
"""Base or IUPAC code by position name."""


def sights(gene: Gene, seen: Collection[str]) -> tuple[AlleleSight, ...]:
    """Return how each allele but the reference allele fares when only the positions in `seen` are seen."""
    if gene.statuses:
        return tuple(_unseen_status(name) for name in gene.statuses)
    view = _View(gene, seen)
    return tuple(view.sight(allele) for allele in gene.alleles if allele != gene.reference_allele)


def _unseen_status(name: str) -> AlleleSight:
    return AlleleSight(name, "", True, Sight.MISSED, reason="typed by other programs, not from small variants")


class _View:
    """A gene's alleles at the positions that are seen."""

    def __init__(self, gene: Gene, seen: Collection[str]) -> None:
        self._gene = gene
        self._reference: Bases = {v.name: v.ref for v in gene.variants} | dict(
            gene.reference_allele.core if gene.reference_allele else ()
        )
        self._seen = tuple(variant for variant in gene.variants if variant.name in seen)
        self._names = frozenset(variant.name for variant in self._seen)
        self._candidates = tuple(self._usable())
        self._plain = self._read({})

    def _usable(self) -> Iterator[tuple[Allele, Bases]]:
        """Alleles with a defining position among the seen ones."""
        for allele in self._gene.alleles:
            core = dict(allele.core)
            if not allele.structural and (allele.defines_all or any(v.name in core for v in self._seen)):
                yield allele, core

    def sight(self, allele: Allele) -> AlleleSight:
        """Return how one allele fares."""
        if allele.structural:
            return self._structural(allele)
        core = dict(allele.core)
        read = self._read(core)
        lacking = tuple(
            variant.name
            for variant in self._gene.variants
            if variant not in self._seen and self._differs(variant, core.get(variant.name))
        )
        return self._judged(allele, read, lacking)

    def _structural(self, allele: Allele) -> AlleleSight:
        """What differs by structure shows the small variants of its parts, where those are known."""
        known = {found.name: found for found in self._gene.alleles if not found.structural}
        parts = [known[name] for name, _ in allele.parts if name in known]
        read = tuple(dict.fromkeys(name for part in parts for name in self._read(dict(part.core))))
        return self._judged(allele, read, (), allele.reason or "structural")

    def _judged(self, allele: Allele, read: tuple[str, ...], lacking: tuple[str, ...], reason: str = "") -> AlleleSight:
        if read == (allele.printed_name,):
            sight = Sight.SEEN
        elif self._is_noticed(allele, read):
            sight = Sight.MISNAMED
        else:
            sight = Sight.MISSED
        return AlleleSight(allele.name, allele.function, allele.is_risk, sight, read, lacking, reason, allele.tier)

    def _is_noticed(self, allele: Allele, read: tuple[str, ...]) -> bool:
        """True where what is read differs from what the reference allele gives, and has a risk as the allele has.

        For an allele without a risk, where what is read could be it.
        """
        if read == self._plain:
            return False
        if allele.is_risk:
            return any(self._is_risk(name) for name in read)
        return allele.printed_name in read

    def _is_risk(self, name: str) -> bool:
        found = self._gene.find_allele(name)
        return found is not None and found.is_risk

    def _read(self, core: Bases) -> tuple[str, ...]:
        """Names of the alleles that fit best a strand with these bases; none where the gene gives no call."""
        if not self._seen or any(name not in self._names for name in self._gene.required):
            return ()
        strand = {variant.name: self._base(variant, core.get(variant.name)) for variant in self._seen}
        scores = {
            allele.printed_name: self._score(allele, bases, strand)
            for allele, bases in self._candidates
            if self._fits(bases, strand)
        }
        best = max(scores.values(), default=0)
        return tuple(name for name, score in scores.items() if score == best)

    def _base(self, variant: Variant, base: str | None) -> str:
        """One base for a strand; where a code leaves the choice, that of the reference allele if it can be."""
        reference = self._reference[variant.name]
        if base is None:
            return reference if reference in variant.bases else variant.ref
        allowed = _meant(variant, base)
        return reference if reference in allowed else allowed[0]

    def _differs(self, variant: Variant, base: str | None) -> bool:
        """True where a strand with the allele must have another base than the reference allele there."""
        return base is not None and self._reference[variant.name] not in _meant(variant, base)

    def _fits(self, core: Bases, strand: Bases) -> bool:
        return all(strand[v.name] in _meant(v, core.get(v.name, self._reference[v.name])) for v in self._seen)

    def _score(self, allele: Allele, core: Bases, strand: Bases) -> int:
        """Count the seen positions that the allele defines; a code counts where the base is not the reference's."""
        if allele.defines_all:
            return len(self._seen)
        exact = {v.name for v in self._seen if core.get(v.name) in v.bases}
        loose = {v.name for v in self._seen if v.name in core and strand[v.name] != self._reference[v.name]}
        return len(exact | loose)


def _meant(variant: Variant, base: str) -> tuple[str, ...]:
    """Return the variant's bases that a base or code stands for."""
    return (base,) if base in variant.bases else tuple(known for known in variant.bases if known in IUPAC[base])
