"""How common alleles are, group by group, and how many carriers go unnoticed where some cannot be seen."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from math import prod

from pgx.domain.gene import CallingMode, Gene, Source


class BiogeographicGroup(StrEnum):
    """The nine groups that CPIC and ClinPGx report allele frequencies for (PMID 30506572)."""

    AFRICAN_AMERICAN = "African American/Afro-Caribbean"
    AMERICAN = "American"
    CENTRAL_SOUTH_ASIAN = "Central/South Asian"
    EAST_ASIAN = "East Asian"
    EUROPEAN = "European"
    LATINO = "Latino"
    NEAR_EASTERN = "Near Eastern"
    OCEANIAN = "Oceanian"
    SUB_SAHARAN_AFRICAN = "Sub-Saharan African"


@dataclass(frozen=True, slots=True)
class GroupFrequencies:
    """Allele frequencies of one gene in one group; `subjects` where the source counts them."""

    group: BiogeographicGroup
    alleles: tuple[tuple[str, float], ...]
    subjects: int | None = None

    def knows(self, names: Collection[str]) -> bool:
        """True where a frequency, be it zero, is known of at least one of the alleles."""
        return bool([name for name, _ in self.alleles if name in names])

    def sum_of(self, names: Collection[str]) -> float:
        """Return the summed frequency of these alleles; those not listed count as absent from the group."""
        return min(sum([share for name, share in self.alleles if name in names]), 1.0)


@dataclass(frozen=True, slots=True)
class GeneFrequencies:
    """The frequency table of one gene; names are those of the gene table."""

    gene: str
    version: str
    sources: tuple[Source, ...]
    groups: tuple[GroupFrequencies, ...]

    def of(self, group: BiogeographicGroup) -> GroupFrequencies | None:
        return next((found for found in self.groups if found.group is group), None)


@dataclass(frozen=True, slots=True)
class Panel:
    """Which tiers of a published minimum allele set were checked against the publication.

    The alleles of a tier are those that carry it in the gene table; `beyond` names, by tier, what the
    publication asks for that no single allele of the table stands for.
    """

    gene: str
    name: str
    version: str
    url: str
    tiers: tuple[int, ...]
    beyond: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Strands:
    """One gene in one group: frequency of the alleles that matter, of those among them that go unnoticed."""

    risk: float
    missed: float
    copies: int = 2

    @property
    def seen(self) -> float:
        return max(self.risk - self.missed, 0.0)


@dataclass(frozen=True, slots=True)
class CarrierShare:
    """Carriers are people with at least one allele that matters.

    `carriers` is their share of the group; `missed` and `incomplete` are shares of the carriers: those of whom
    no such allele is noticed, and those of whom at least one is not.
    """

    carriers: float
    missed: float
    incomplete: float


def carrier_share(genes: Sequence[Strands]) -> CarrierShare | None:
    """Return the shares over one or several genes; None where nobody in the group carries any such allele.

    With R the summed frequency of the alleles that matter, M of those that go unnoticed and n copies of the
    gene, strands being independent (Hardy-Weinberg, no linkage between genes): a person carries none with
    (1-R)^n, and none that would be noticed with (1-R+M)^n. The missed are the difference of the two as a share
    of the carriers, 1-(1-R)^n. Those with at least one unnoticed allele are 1-(1-M)^n.

    >>> carrier_share([Strands(risk=0.5, missed=0.5)])
    CarrierShare(carriers=0.75, missed=1.0, incomplete=1.0)
    >>> carrier_share([Strands(risk=0.5, missed=0.0)])
    CarrierShare(carriers=0.75, missed=0.0, incomplete=0.0)
    """
    without = prod([(1 - gene.risk) ** gene.copies for gene in genes])
    unnoticed = prod([(1 - gene.seen) ** gene.copies for gene in genes])
    whole = prod([(1 - gene.missed) ** gene.copies for gene in genes])
    carriers = 1 - without
    if carriers <= 0:
        return None
    return CarrierShare(carriers, min((unnoticed - without) / carriers, 1.0), min((1 - whole) / carriers, 1.0))


@dataclass(frozen=True, slots=True)
class GeneCarriers:
    """What the share of carriers of one gene follows from: its risk alleles, its copies, their frequencies."""

    risk: frozenset[str]
    copies: int
    frequencies: GeneFrequencies

    @classmethod
    def of(cls, gene: Gene, frequencies: GeneFrequencies) -> GeneCarriers:
        copies = 1 if gene.calling is CallingMode.HAPLOID else 2
        return cls(frozenset(gene.risk_alleles), copies, frequencies)

    def strands(self, known: GroupFrequencies, missed: Collection[str]) -> Strands:
        """Return the frequencies in one group; missed alleles matter as well, whatever their function."""
        return Strands(known.sum_of(self.risk.union(missed)), known.sum_of(missed), self.copies)

    def strands_by_group(self, missed: Collection[str]) -> dict[BiogeographicGroup, Strands]:
        """Return the frequencies in each group that has one of any missed allele."""
        groups = (known for known in self.frequencies.groups if known.knows(missed))
        return {known.group: self.strands(known, missed) for known in groups}


def largest_missed_share(depends_on: Iterable[str], genes: Mapping[str, GeneCarriers]) -> float | None:
    """Return the share of carriers that could be missed, in the group where it is largest.

    `depends_on` is as in advice lines: `GENE allele` for an allele that could not be excluded, a bare gene
    for one without a result, all of whose risk alleles then count. Carriers are people with a risk allele of
    any of these genes or with one of the named alleles. Genes without a frequency for any named allele are
    left out of a group; None where none is left in any.
    """
    return MissedShares(genes).largest(tuple(depends_on))


@dataclass(frozen=True, slots=True)
class MissedShares:
    """The largest missed share for one `depends_on` after the other; what was worked out is remembered."""

    genes: Mapping[str, GeneCarriers]
    _known: dict[tuple[str, ...], float | None] = field(default_factory=dict)
    _strands: dict[tuple[str, frozenset[str]], dict[BiogeographicGroup, Strands]] = field(default_factory=dict)

    def largest(self, depends_on: tuple[str, ...]) -> float | None:
        """Return what `largest_missed_share` does."""
        if depends_on not in self._known:
            self._known[depends_on] = self._largest(depends_on)
        return self._known[depends_on]

    def _largest(self, depends_on: tuple[str, ...]) -> float | None:
        missed: dict[str, set[str]] = {}
        for text in depends_on:
            symbol, _, allele = text.partition(" ")
            if symbol in self.genes:
                missed.setdefault(symbol, set()).update([allele] if allele else self.genes[symbol].risk)
        strands = [self._strands_of(symbol, frozenset(names)) for symbol, names in missed.items()]
        groups = [[found[group] for found in strands if group in found] for group in BiogeographicGroup]
        shares = [carrier_share(group) for group in groups if group]
        return max([round(share.missed, 6) for share in shares if share], default=None)

    def _strands_of(self, symbol: str, missed: frozenset[str]) -> dict[BiogeographicGroup, Strands]:
        known = self._strands.get((symbol, missed))
        if known is None:
            known = self._strands[symbol, missed] = self.genes[symbol].strands_by_group(missed)
        return known
