"""What a file or an assay can see, as values: allele by allele, gene by gene, and who would be missed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pgx.domain.call import Note
from pgx.domain.gene import Source
from pgx.domain.population import BiogeographicGroup, CarrierShare


class Sight(StrEnum):
    """How an allele fares: `seen` where it is read as itself, `misnamed` where others fit as well or better but what
    is read differs from normal as the allele does, `missed` where it is read as something it is not."""

    SEEN = "seen"
    MISNAMED = "misnamed"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class AlleleSight:
    """One allele: how it fares, what is read in its place, the positions that would show it and are not seen.

    `reason` says why small variants cannot show it, where that is so.
    """

    allele: str
    function: str
    is_risk: bool
    sight: Sight
    read_as: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()
    reason: str = ""
    tier: int | None = None

    @property
    def testable(self) -> bool:
        """True where all positions at which the allele differs from the reference allele are seen."""
        return not self.lacking and not self.reason


@dataclass(frozen=True, slots=True)
class AssaySource:
    """What was looked at: a file of genotypes (with its number of samples) or the regions of an assay."""

    name: str
    kind: str
    build: str | None
    samples: int = 0


@dataclass(frozen=True, slots=True)
class GroupShare:
    """One gene in one group: the share of carriers that go unnoticed, and the missed alleles, commonest first.

    `unlisted` are missed risk alleles without a frequency in the group; the share takes them to be absent.
    """

    group: BiogeographicGroup
    share: CarrierShare
    missed: tuple[tuple[str, float], ...] = ()
    unlisted: tuple[str, ...] = ()

    @property
    def is_bound(self) -> bool:
        """True where more carriers may be missed than are counted."""
        return bool(self.unlisted) and self.share.missed < 1


@dataclass(frozen=True, slots=True)
class PanelGaps:
    """A published minimum allele set: for each tier checked, the alleles asked for that cannot be told."""

    name: str
    version: str
    url: str
    tiers: tuple[tuple[int, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class GeneAssay:
    """One gene: its positions, what becomes of its alleles, and who would be missed."""

    gene: str
    positions: int
    seen: int
    patchy: tuple[tuple[str, float], ...]
    alleles: tuple[AlleleSight, ...]
    groups: tuple[GroupShare, ...] = ()
    sources: tuple[Source, ...] = ()
    """Where the frequencies come from; empty where there are none."""
    panel: PanelGaps | None = None
    notes: tuple[Note, ...] = ()

    @property
    def testable(self) -> tuple[str, ...]:
        return tuple(found.allele for found in self.alleles if found.testable)

    @property
    def untestable(self) -> tuple[str, ...]:
        return tuple(found.allele for found in self.alleles if not found.testable)

    @property
    def missed_risk(self) -> tuple[str, ...]:
        """Risk alleles that go unnoticed."""
        return tuple(found.allele for found in self.alleles if found.is_risk and found.sight is Sight.MISSED)

    @property
    def misnamed_risk(self) -> tuple[AlleleSight, ...]:
        """Risk alleles that are noticed under another name, or not under theirs alone."""
        return tuple(found for found in self.alleles if found.is_risk and found.sight is Sight.MISNAMED)


@dataclass(frozen=True, slots=True)
class AssayReport:
    """A whole survey, genes in the order of the rules."""

    source: AssaySource
    genes: tuple[GeneAssay, ...]
    notes: tuple[Note, ...] = ()
