"""What an upstream release says about one gene, before it becomes a gene table."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Json = Any
"""Parsed JSON of an upstream file; only the readers look into it."""


@dataclass(frozen=True, slots=True)
class DefinedAllele:
    """An allele of a definition file: one VCF base or IUPAC code per position, None where it defines nothing."""

    name: str
    bases: tuple[str | None, ...]
    reference: bool


@dataclass(frozen=True, slots=True)
class RawVariant:
    """A position as upstream writes it. `names` maps upstream's allele names to VCF alleles."""

    contig: str
    position: int
    rsid: str | None
    hgvs: str
    ref: str
    alts: tuple[str, ...]
    names: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Definition:
    """One gene's allele definitions on GRCh38. `version` is the release's date, as 2025-11-05."""

    gene: str
    version: str
    contig: str
    variants: tuple[RawVariant, ...]
    alleles: tuple[DefinedAllele, ...]
    suballeles: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class DiplotypeRow:
    """One row of a diplotype table; one allele for single-copy rows. `score` is None where the gene has none."""

    alleles: tuple[str, ...]
    phenotype: str
    lookup: str
    score: str | None = None


@dataclass(frozen=True, slots=True)
class FunctionTable:
    """Functions and activity values of a gene's alleles, and its diplotype table. Values can be `n/a`."""

    gene: str
    version: str
    functions: dict[str, str]
    activities: dict[str, str]
    rows: tuple[DiplotypeRow, ...]


@dataclass(frozen=True, slots=True)
class Exemption:
    """Curated exceptions of one gene; positions are GRCh38."""

    required: tuple[int, ...] = ()
    ignored: tuple[RawVariant, ...] = ()
    extra: tuple[RawVariant, ...] = ()
    ignored_alleles: tuple[str, ...] = ()
    priorities: tuple[tuple[tuple[str, ...], str], ...] = ()
    tier1: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Release:
    """Everything read from one release folder, by gene symbol."""

    version: str
    definitions: dict[str, Definition]
    functions: dict[str, FunctionTable]
    exemptions: dict[str, Exemption]
    statuses: dict[str, frozenset[str]] = field(default_factory=dict)
    """Alleles whose presence guidelines ask about."""
