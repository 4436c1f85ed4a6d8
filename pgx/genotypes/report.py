"""What reading did: files, build, and where every record went."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from pgx.domain.call import Note
from pgx.domain.genotype import Sex
from pgx.domain.variant import Build


@dataclass(frozen=True, slots=True)
class FileInfo:
    """One input file. `sha256` is None where the file was too large to hash; `build_from` says what told the build."""

    name: str
    sha256: str | None
    build: Build | None
    build_from: str
    indexed: bool
    samples: int


@dataclass(frozen=True, slots=True)
class Unexplained:
    """A record in an exon of a gene whose alternative alleles no position of the table accounts for."""

    gene: str
    contig: str
    position: int
    ref: str
    alt: str
    carriers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReadReport:
    """Counts of records and genotypes, by reason where something was not used.

    read = used + the discarded. `marked` counts records that fail FILTER and were used all the same.
    `genotypes` counts single genotypes that became `no_call`, `filtered` or `conflict`, by reason.
    `untestable` names contigs whose sequence is another than the tables' (chrM of 16,571 bases).
    """

    files: tuple[FileInfo, ...]
    build: Build | None
    read: int = 0
    used: int = 0
    discarded: tuple[tuple[str, int], ...] = ()
    marked: int = 0
    genotypes: tuple[tuple[str, int], ...] = ()
    unexplained: tuple[Unexplained, ...] = ()
    untestable: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()

    @property
    def unexplained_counts(self) -> dict[str, int]:
        """Number of unexplained records per gene."""
        return dict(Counter(record.gene for record in self.unexplained))


@dataclass(slots=True)
class Tally:
    """The counts while reading; `ReadReport` is what becomes of them."""

    read: int = 0
    used: int = 0
    marked: int = 0
    discarded: Counter[str] = field(default_factory=Counter)
    genotypes: Counter[str] = field(default_factory=Counter)
    unexplained: list[Unexplained] = field(default_factory=list)
    unbalanced: int = 0
    sexes: dict[str, Sex] = field(default_factory=dict)
    """Sexes that were inferred."""
