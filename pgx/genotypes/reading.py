"""Files in, genotype tables out: the public functions of this package."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path

from pgx.domain.call import Note
from pgx.domain.gene import Gene
from pgx.domain.genotype import GenotypeTable, Sex
from pgx.domain.variant import Build
from pgx.errors import InputError, UsageError
from pgx.genotypes.accumulate import Accumulator
from pgx.genotypes.builds import Ballot, find_places, has_other_mitochondrion
from pgx.genotypes.choosing import (
    ChosenBuild,
    Columns,
    Source,
    check_records,
    choose_build,
    choose_samples,
    find_columns,
    names_in,
)
from pgx.genotypes.compression import Progress
from pgx.genotypes.contigs import MITOCHONDRION
from pgx.genotypes.copies import CopyCounter
from pgx.genotypes.exons import Exons, find_exons, find_unexplained
from pgx.genotypes.fasta import Fasta
from pgx.genotypes.files import VariantFile, open_file, starts_like_variants
from pgx.genotypes.inputs import find_inputs
from pgx.genotypes.intervals import join_wanted
from pgx.genotypes.judging import FEW_READS
from pgx.genotypes.marker_files import MarkerFile, open_markers, starts_like_markers
from pgx.genotypes.options import AssumeReference, ReadOptions
from pgx.genotypes.records import Record
from pgx.genotypes.report import FileInfo, ReadReport, Tally
from pgx.genotypes.sexes import describe_sexes
from pgx.genotypes.tables import build_table
from pgx.genotypes.targets import place_targets

_ORDINARY = frozenset({"not at a defining position", "another variant nearby"})


@dataclass(frozen=True, slots=True)
class Reading:
    """Checked files, with build and samples settled, ready to be read."""

    files: tuple[Source, ...]
    genes: tuple[Gene, ...]
    options: ReadOptions
    chosen: ChosenBuild
    samples: tuple[str, ...]
    tally: Tally
    fasta: Fasta | None = None
    columns: dict[Path, Columns] = field(default_factory=dict)
    """Places of the samples in files read before."""

    @property
    def build(self) -> Build:
        """The build to read in; where nothing tells it there is nothing to read, and either will do."""
        return self.chosen.build or Build.GRCH38

    def only(self, samples: tuple[str, ...]) -> Reading:
        """Return the same files to be read for some of the samples, with counts of its own."""
        return replace(self, samples=samples, tally=Tally(), columns=self.columns if samples == self.samples else {})

    def indexed(self, *, thorough: bool = False) -> Reading:
        """Return the same with an index for each file that can have one, made by walking through it once.

        With `thorough` any damage shows. Raises InputError.
        """
        files = (file.indexed(thorough=thorough) if isinstance(file, VariantFile) else file for file in self.files)
        return replace(self, files=tuple(files))

    def tables(self, progress: Progress | None = None) -> Iterator[GenotypeTable]:
        """Yield one table per gene. Files that all have an index are read gene by gene, which bounds memory."""
        if all(file.index is not None for file in self.files):
            for gene in self.genes:
                yield from self.read((gene,), progress)
        else:
            yield from self.read(self.genes, progress)

    def read(self, genes: Sequence[Gene], progress: Progress | None = None) -> Iterator[GenotypeTable]:
        """Read the records of these genes from all files in one pass and yield their tables."""
        accumulator = Accumulator(place_targets(genes, self.build), self.options, self.fasta)
        exons = find_exons(genes, self.build) if self.options.list_unexplained else {}
        places = find_places(genes)
        counter = CopyCounter(genes, self.build, self.options, len(self.samples), len(self.files) > 1)
        for file in self.files:
            columns = self._columns(file)
            ballot = Ballot(places)
            wanted = join_wanted([accumulator.targets.wanted(), counter.wanted(), *exons.values()])
            for record in file.records(wanted, columns.in_file, self.tally, progress):
                ballot.add(record)
                counted = counter.add(record, columns.among_all)
                self._take(record, exons, accumulator, columns, counted=counted)
            self._close(file, ballot, accumulator, columns)
        self.tally.genotypes.update(accumulator.reasons)
        self.tally.unbalanced += accumulator.unbalanced
        options, by_marker = self._table_options(), self.by_marker()
        for number, gene in enumerate(genes):
            positions = [accumulator.positions.pop((number, row), None) for row in range(len(gene.positions))]
            table = build_table(gene, positions, self.samples, self.build, options, counter)
            self._keep_sexes(table)
            yield replace(table, by_marker=by_marker)

    def by_marker(self) -> tuple[bool, ...]:
        """Say of each sample whether a marker file tells of it; empty where there is no such file."""
        listed = [names_in(file, self.options.sample_names) for file in self.files if isinstance(file, MarkerFile)]
        told = frozenset(chain.from_iterable(listed))
        return tuple(sample in told for sample in self.samples) if listed else ()

    def _columns(self, file: Source) -> Columns:
        if file.path not in self.columns:
            self.columns[file.path] = find_columns(names_in(file, self.options.sample_names), self.samples)
        return self.columns[file.path]

    def _keep_sexes(self, table: GenotypeTable) -> None:
        """Remember whose sex the genotypes told."""
        known, unknown = self.options.sexes, Sex.UNKNOWN
        self.tally.sexes |= {
            sample: sex
            for sample, sex in zip(table.samples, table.sexes, strict=False)
            if sex is not unknown and sample not in known
        }

    def _take(self, record: Record, exons: Exons, accumulator: Accumulator, columns: Columns, *, counted: bool) -> None:
        reason = accumulator.add(record)
        if counted or not reason:
            self.tally.used += 1
            self.tally.marked += not record.passed
            return
        found = find_unexplained(record, exons, self.samples, columns.among_all)
        self.tally.unexplained += found
        reason = "in an exon, but in no table" if found else reason
        self.tally.discarded[reason] += 1

    def _close(self, file: Source, ballot: Ballot, accumulator: Accumulator, columns: Columns) -> None:
        if self.chosen.build is not None:
            check_records(file, ballot, self.chosen.build)
        accumulator.close_file(columns.among_all, len(self.samples))

    def _table_options(self) -> ReadOptions:
        return self.options if self.chosen.build else replace(self.options, assume_reference=AssumeReference())

    def report(self) -> ReadReport:
        """Say what was read so far. Raises InputError under `strict` where records were left out."""
        tally = self.tally
        discarded = tuple(sorted((reason, count) for reason, count in tally.discarded.items() if count))
        odd = [f"{count} {reason}" for reason, count in discarded if reason not in _ORDINARY]
        if self.options.strict and odd:
            raise InputError(
                f"{self.files[0].path}: records were not used ({'; '.join(odd)}); leave --strict out to go on"
            )
        return ReadReport(
            tuple(self._info(file, source) for file, source in zip(self.files, self.chosen.sources, strict=True)),
            self.chosen.build, tally.read, tally.used, discarded, tally.marked,
            tuple(sorted(tally.genotypes.items())), tuple(tally.unexplained), self.untestable(), self._notes(),
        )  # fmt: skip

    def _info(self, file: Source, source: str) -> FileInfo:
        digest = hash_file(file.path, self.options.hash_limit)
        samples = len(file.header.samples)
        return FileInfo(file.name, digest, self.chosen.build, source, file.index is not None, samples)

    def untestable(self) -> tuple[str, ...]:
        """Name contigs whose sequence in the files is another than the tables'."""
        return (MITOCHONDRION,) if any(has_other_mitochondrion(file.header) for file in self.files) else ()

    def _notes(self) -> tuple[Note, ...]:
        notes = []
        if self.chosen.build is None:
            notes.append(Note("build-unknown", "No record lies at a defining position of either build."))
        if self.untestable():
            text = "The mitochondrial contig is not the rCRS of 16,569 bases; its positions are others."
            notes.append(Note("mitochondrion-not-rcrs", text))
        if self.tally.sexes:
            notes.append(Note("sex-from-x", describe_sexes(self.tally.sexes)))
        if self.tally.unbalanced:
            text = (
                f"{self.tally.unbalanced} heterozygous genotypes were used in which less than {FEW_READS:.0%} of the "
                f"reads have one of the alleles; --min-balance {FEW_READS:g} leaves them out."
            )
            notes.append(Note("allele-balance", text))
        if self.fasta:
            notes.append(Note("fasta-checked", self.fasta.statement))
        return (*notes, *(note for file in self.files if isinstance(file, MarkerFile) for note in file.notes()))


def read_samples(path: Path, renamed: Mapping[str, str]) -> tuple[str, ...]:
    """Return the samples of a file under the names to use. Raises InputError for a file that cannot be used."""
    return names_in(open_source(Path(path), (), ReadOptions()), renamed)


def open_reading(
    paths: Sequence[Path], genes: Sequence[Gene], options: ReadOptions, known: Sequence[Gene] = ()
) -> Reading:
    """Open and check the files and settle build and samples, before anything else is done.

    `known` are genes that are not read, but whose markers may tell how a marker file is to be read.
    Raises InputError for files that cannot be used and UsageError for a sample that none of them has.
    """
    if not paths:
        raise UsageError("no input file; give at least one VCF or BCF file")
    files = tuple(open_source(path, genes, options, known) for path in find_inputs([Path(path) for path in paths]))
    samples = choose_samples(files, options.samples, options.sample_names)
    chosen = choose_build(files, genes, options.build)
    settled = tuple(_settle(file, chosen) for file in files)
    fasta = Fasta(options.fasta, genes, chosen.build) if options.fasta and chosen.build else None
    return Reading(settled, tuple(genes), options, chosen, samples, Tally(), fasta)


def open_source(path: Path, genes: Sequence[Gene], options: ReadOptions, known: Sequence[Gene] = ()) -> Source:
    """Open a variant file or a marker file; the content tells which it is. Raises InputError."""
    if starts_like_variants(path):
        return open_file(path)
    return open_markers(path, genes, options.build, known) or open_file(path)


def holds_genotypes(path: Path) -> bool:
    """True where the first bytes are those of a variant file or a marker file. Raises InputError."""
    return starts_like_variants(path) or starts_like_markers(path)


def _settle(file: Source, chosen: ChosenBuild) -> Source:
    return file.in_build(chosen.build) if isinstance(file, MarkerFile) and chosen.build else file


def read_genotypes(
    paths: Sequence[Path],
    genes: Sequence[Gene],
    options: ReadOptions,
    progress: Progress | None = None,
    known: Sequence[Gene] = (),
) -> tuple[dict[str, GenotypeTable], tuple[str, ...], ReadReport]:
    """Read files into one genotype table per gene symbol, the sample names, and the report.

    Rows of a table are the gene's positions, columns the samples, in the same order in all tables. `progress`
    is called with bytes read and, where known, their total; `known` is as for `open_reading`. Raises InputError and
    UsageError.
    """
    reading = open_reading(paths, genes, options, known)
    tables = {table.gene: table for table in reading.read(genes, progress)}
    return tables, reading.samples, reading.report()


def hash_file(path: Path, limit: int) -> str | None:
    """Return the SHA-256 of a file, or None if it has more than `limit` bytes."""
    if path.stat().st_size > limit:
        return None
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
