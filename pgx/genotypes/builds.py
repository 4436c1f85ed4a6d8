"""Which genome build a file is in: what its header says, and which positions its records fit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pgx.domain.gene import Gene
from pgx.domain.variant import Build, Variant
from pgx.errors import InputError
from pgx.genotypes.contigs import MITOCHONDRION, RCRS_LENGTH, build_of_length, build_of_name, contig_of
from pgx.genotypes.files import VariantFile
from pgx.genotypes.header import Header
from pgx.genotypes.intervals import Intervals, merge_intervals
from pgx.genotypes.marker_files import MarkerFile
from pgx.genotypes.records import Record

_TEXTS = {
    Build.GRCH38: re.compile(r"GRCh38|hg38|hs38|\bb38\b|GCA_000001405\.(1[5-9]|2\d)", re.IGNORECASE),
    Build.GRCH37: re.compile(r"GRCh37|hg19|hs37|\bb37\b|g1k_v37|GCA_000001405\.([1-9]|1[0-4])(_|\b)", re.IGNORECASE),
}
Places = dict[Build, dict[tuple[str, int], list[Variant]]]
_ENOUGH = 30
_CLEARLY = 3


@dataclass(slots=True)
class Vote:
    """How many records stand at positions that only this build has, and how many of them fit REF and an ALT."""

    at: int = 0
    fits: int = 0

    @property
    def supports(self) -> bool:
        return self.fits > 0 and 2 * self.fits >= self.at


@dataclass(slots=True)
class Ballot:
    """Votes of records for both builds. Variants at one place in both builds have no say."""

    places: Places
    votes: dict[Build, Vote] = field(default_factory=lambda: {build: Vote() for build in Build})
    met: bool = False
    """True once any record touched a defining position of either build."""

    def add(self, record: Record) -> None:
        if not record.alts or record.is_reference_only:
            return
        fitting = [build for build in Build if self._stands(record, build) and self._fits(record, build)]
        for build in Build:
            if self._stands(record, build) and len(fitting) < len(Build):
                self.votes[build].at += 1
                self.votes[build].fits += build in fitting

    def _stands(self, record: Record, build: Build) -> bool:
        return (record.contig, record.position) in self.places[build]

    def _fits(self, record: Record, build: Build) -> bool:
        variants = self.places[build][record.contig, record.position]
        return any(_fits(record, variant, build) for variant in variants)

    @property
    def winner(self) -> Build | None:
        """The build that the records fit, unless they fit both about as well or none."""
        one, other = (self.votes[build] for build in (Build.GRCH37, Build.GRCH38))
        if one.supports and (not other.supports or one.fits > _CLEARLY * other.fits):
            return Build.GRCH37
        if other.supports and (not one.supports or other.fits > _CLEARLY * one.fits):
            return Build.GRCH38
        return None

    @property
    def is_settled(self) -> bool:
        """True once further records are not worth reading."""
        winner = self.winner
        return winner is not None and self.votes[winner].fits >= _ENOUGH

    def wanted(self, builds: Iterable[Build] = tuple(Build)) -> dict[str, Intervals]:
        pairs: dict[str, list[tuple[int, int]]] = {}
        for build in builds:
            for contig, position in self.places[build]:
                pairs.setdefault(contig, []).append((position, position))
        return {contig: merge_intervals(found) for contig, found in pairs.items()}


def _fits(record: Record, variant: Variant, build: Build) -> bool:
    reference = variant.reference(build)
    return record.ref == reference and any(alt != reference and alt in variant.bases for alt in record.alts)


def find_places(genes: Sequence[Gene]) -> Places:
    """Lay out the positions that can tell the builds apart."""
    places: Places = {build: {} for build in Build}
    for variant in (variant for gene in genes for variant in gene.positions):
        if variant.grch37 != variant.grch38:
            for build in Build:
                position = variant.position(build)
                if position is not None:
                    places[build].setdefault((variant.contig, position), []).append(variant)
    return places


def survey(file: VariantFile, ballot: Ballot, builds: Iterable[Build] = tuple(Build)) -> None:
    """Let the records of a file vote, until it is settled."""
    for record in file.records(ballot.wanted(builds)):
        ballot.met = True
        ballot.add(record)
        if ballot.is_settled:
            return


def build_of_header(file: VariantFile | MarkerFile) -> tuple[Build | None, str]:
    """Return the build that the header tells, and from what. Raises InputError where it contradicts itself."""
    found = {
        "contig lengths": _builds_of_lengths(file.header),
        "contig accessions": {build for contig in file.header.contigs if (build := build_of_name(contig.name))},
        "reference header": _builds_of_texts(file.header),
    }
    told = {build for builds in found.values() for build in builds}
    if len(told) > 1:
        sources = ", ".join(f"{source}: {_list(builds)}" for source, builds in found.items() if builds)
        raise InputError(f"{file.path}: the header names two builds ({sources}); give --build if you know which it is")
    source = next((source for source, builds in found.items() if builds), "")
    return next(iter(told), None), source


def build_of_lengths(header: Header) -> Build | None:
    """Return the build that the contig lengths tell, where they tell one."""
    builds = _builds_of_lengths(header)
    return next(iter(builds)) if len(builds) == 1 else None


def _builds_of_lengths(header: Header) -> set[Build]:
    known = ((contig_of(contig.name), contig.length) for contig in header.contigs)
    return {build for name, length in known if name and length and (build := build_of_length(name, length))}


def _builds_of_texts(header: Header) -> set[Build]:
    """Return the builds that reference and assembly texts name; a text that names both says nothing."""
    named = [{build for build, pattern in _TEXTS.items() if pattern.search(text)} for text in header.assembly_texts()]
    return {build for builds in named if len(builds) == 1 for build in builds}


def has_other_mitochondrion(header: Header) -> bool:
    """True where the header gives chrM another length than that of the rCRS."""
    lengths = [contig.length for contig in header.contigs if contig_of(contig.name) == MITOCHONDRION and contig.length]
    return any(length != RCRS_LENGTH for length in lengths)


def _list(builds: set[Build]) -> str:
    return " and ".join(sorted(build.value for build in builds))
