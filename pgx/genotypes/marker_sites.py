"""What alleles written in a marker file are at a defining position: strand, insertion and deletion codes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from pgx.domain.gene import Gene
from pgx.domain.variant import Build, Variant
from pgx.genotypes.edits import trim
from pgx.genotypes.marker_rows import DASH, MISSING_TEXT

UNSURE_STRAND = "strand cannot be told"
UNFITTING = "alleles of neither strand"
SEVERAL_INDELS = "insertion or deletion code for one of several"
UNREADABLE_INDEL = "alleles do not say which insertion or deletion"
NOT_BASES = "alleles are not bases"

_OTHER_STRAND = str.maketrans("ACGT", "TGCA")
_CODES = frozenset({"I", "D"})


class Strand(Enum):
    """How alleles stand to the reference."""

    PLUS = "plus"
    MINUS = "minus"
    EITHER = "either"
    """They mean something on both strands, and not the same."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """The alleles of one genotype as bases of the site, MISSING_TEXT for one not called; or why they are not known."""

    alleles: tuple[str, ...] = ()
    doubt: str = ""
    flipped: bool = False


@dataclass(frozen=True, slots=True)
class Site:
    """A defining position; equal ones of several genes are one. `bases` are those of all of them."""

    variant: Variant
    bases: tuple[str, ...]

    @property
    def is_substitution(self) -> bool:
        return self.variant.is_substitution

    @property
    def is_plain_indel(self) -> bool:
        """True where there is one insertion or one deletion, so that a code for it has one meaning."""
        return not self.is_substitution and len(self.bases) == 2

    def strand_of(self, alleles: Collection[str]) -> Strand | None:
        """Return the strand on which bases fit a substitution; None where it is neither."""
        plus = set(alleles) <= set(self.bases)
        turned = {turn(allele) for allele in alleles}
        minus = turned <= set(self.bases)
        if plus and minus:
            return Strand.PLUS if turned == set(alleles) else Strand.EITHER
        return Strand.PLUS if plus else Strand.MINUS if minus else None

    def tells_strand(self, alleles: Collection[str]) -> bool:
        """True where bases fit on one strand only."""
        plus = set(alleles) <= set(self.bases)
        return plus is not ({turn(allele) for allele in alleles} <= set(self.bases))

    def resolve(self, alleles: Sequence[str], *, plus_proven: bool) -> Resolved:
        """Return what a genotype means here. `plus_proven` says that the whole file is on the plus strand."""
        if self.is_substitution:
            return self._resolve_bases(alleles, plus_proven=plus_proven)
        return self._resolve_indel(alleles)

    def _resolve_bases(self, alleles: Sequence[str], *, plus_proven: bool) -> Resolved:
        read = tuple(MISSING_TEXT if allele == DASH else allele for allele in alleles)
        known = {allele for allele in read if allele}
        if not all(are_bases(allele) for allele in known):
            return Resolved(doubt=NOT_BASES)
        strand = self.strand_of(known)
        if strand is None:
            return Resolved(doubt=UNFITTING)
        if strand is Strand.EITHER and not plus_proven:
            return Resolved(doubt=UNSURE_STRAND)
        if strand is Strand.MINUS:
            return Resolved(tuple(turn(allele) for allele in read), flipped=True)
        return Resolved(read)

    def _resolve_indel(self, alleles: Sequence[str]) -> Resolved:
        known = {allele for allele in alleles if allele}
        if known <= _CODES:
            return self._by_length(alleles, "I", "D") if self.is_plain_indel else Resolved(doubt=SEVERAL_INDELS)
        if known <= set(self.bases) and any(len(allele) > 1 for allele in known):
            return Resolved(tuple(alleles))
        sequence = self._moved_sequence()
        if sequence and known <= {sequence, DASH} and sequence in known:
            return self._by_length(alleles, sequence, DASH)
        return Resolved(doubt=UNREADABLE_INDEL)

    def _by_length(self, alleles: Sequence[str], longer: str, shorter: str) -> Resolved:
        bases = {longer: max(self.bases, key=len), shorter: min(self.bases, key=len), MISSING_TEXT: MISSING_TEXT}
        return Resolved(tuple(bases[allele] for allele in alleles))

    def _moved_sequence(self) -> str:
        """Return the bases that the one insertion or deletion puts in or takes out; empty where it does both."""
        if not self.is_plain_indel:
            return ""
        edit = trim(0, *self.bases)
        return "" if edit.removed and edit.inserted else edit.removed or edit.inserted


def turn(sequence: str) -> str:
    """Return the other strand's sequence.

    >>> turn("AAC")
    'GTT'
    """
    return sequence.translate(_OTHER_STRAND)[::-1]


def are_bases(text: str) -> bool:
    return bool(text) and set(text) <= set("ACGT")


@dataclass(frozen=True, slots=True)
class Sites:
    """The defining positions of some genes, by marker name and by place in each build."""

    by_name: dict[str, tuple[Site, ...]]
    by_place: dict[Build, dict[tuple[str, int], tuple[Site, ...]]]

    def named(self, marker: str) -> tuple[Site, ...]:
        return self.by_name.get(marker.lower(), ())

    def at(self, build: Build, contig: str | None, position: int | None) -> tuple[Site, ...]:
        return self.by_place[build].get((contig or "", position or 0), ())


def lay_out(genes: Iterable[Gene]) -> Sites:
    """Collect the defining positions of genes as sites."""
    merged: dict[tuple[str, int, str], list[Variant]] = {}
    for variant in (variant for gene in genes for variant in gene.positions):
        merged.setdefault((variant.contig, variant.grch38, variant.ref), []).append(variant)
    by_name: dict[str, list[Site]] = {}
    by_place: dict[Build, dict[tuple[str, int], list[Site]]] = {build: {} for build in Build}
    for variants in merged.values():
        site = Site(variants[0], tuple(dict.fromkeys(base for variant in variants for base in variant.bases)))
        for name in {variant.name.lower() for variant in variants}:
            by_name.setdefault(name, []).append(site)
        for build in Build:
            position = site.variant.position(build)
            if position is not None:
                by_place[build].setdefault((site.variant.contig, position), []).append(site)
    return Sites(
        {name: tuple(sites) for name, sites in by_name.items()},
        {build: {place: tuple(sites) for place, sites in places.items()} for build, places in by_place.items()},
    )
