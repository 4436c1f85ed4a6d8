"""Does one unit of work after the other; the same in this process, in another, and on another machine."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pgx.cohort.advice import Adviser, Linker
from pgx.cohort.calls import GeneWriter
from pgx.cohort.classes import SavedGene, load_classes
from pgx.cohort.dealing import deal_drugs
from pgx.cohort.links import LinkWriter
from pgx.cohort.parquet_file import Names
from pgx.cohort.pieces import AdviceBook, Blanks
from pgx.cohort.plan import SLICES, Part, Unit, reads_by_gene
from pgx.cohort.store import Json, Store, write_packed
from pgx.domain.population import MissedShares
from pgx.errors import InputError
from pgx.pipeline import CalledGene, OpenRun, open_run
from pgx.selection import RunOptions

if TYPE_CHECKING:
    from pgx.domain.ruleset import RuleSet


Done = tuple[Unit, Json]
"""A unit with the mark that it is done."""
_Advising = tuple[dict[str, SavedGene], Adviser, Blanks, list[list[int]]]
"""What the units of advice of a part have in common; at the end the drugs of each."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that every unit of a batch is done with."""

    folder: Path
    options: RunOptions
    rules: RuleSet
    kind: str = "parquet"
    evidence: bool = True
    all_advice: bool = False

    @property
    def samples(self) -> frozenset[str]:
        """The samples asked for; empty means all."""
        return frozenset(self.options.read.samples if self.options.read else ())

    @property
    def run_options(self) -> RunOptions:
        """The options for opening files, which need not hold all samples asked for."""
        read = self.options.read
        return replace(self.options, read=replace(read, samples=())) if read and read.samples else self.options

    @property
    def rules_info(self) -> tuple[str, str]:
        return self.rules.version, self.rules.sha256


@dataclass(slots=True)
class Worker:
    """Keeps the files of the part it worked on last open."""

    settings: Settings
    _opened: dict[Part, tuple[OpenRun, Names, list[str]]] = field(default_factory=dict)
    _advising: dict[Part, _Advising] = field(default_factory=dict)
    _files: dict[tuple[str, ...], tuple[OpenRun, list[str]]] = field(default_factory=dict)

    @property
    def store(self) -> Store:
        return Store(self.settings.folder)

    def open(self, part: Part) -> tuple[OpenRun, Names, list[str]]:
        """Return the run for the samples of a part, and what was wrong with files that had to be left out."""
        if part not in self._opened:
            run, problems = self._files_of(part)
            wanted = self.settings.samples
            samples = tuple(name for name in run.samples if name in wanted) if wanted else run.samples
            if (part.start, part.stop) != (0, len(run.samples)) or wanted:
                run = run.only(samples[part.start : part.stop])
            self._opened = {part: (run, Names(run.samples), problems)}
        return self._opened[part]

    def _files_of(self, part: Part) -> tuple[OpenRun, list[str]]:
        """Open the files of a part, or go on with those of the last part if they are the same."""
        if part.paths not in self._files:
            self._files = {part.paths: self._open_readable(part)}
        return self._files[part.paths]

    def do(self, unit: Unit) -> Json:
        """Do a unit and mark it as done; done already, return its mark. Raises PgxError if it cannot be written."""
        mark = self.store.finished(unit)
        if mark is None:
            with _without_collector():
                mark = self._call(unit) if unit.genes else self._advise(unit)
        return mark

    def _call(self, unit: Unit) -> Json:
        opened, names, problems = self.open(unit.part)
        run = opened.only(opened.samples)
        writer = GeneWriter(
            self.store, unit.part, names, self.settings.rules_info, self.settings.kind, self.settings.evidence
        )
        outputs: list[tuple[Path, int]] = []
        counts = []
        problems = list(problems)
        for called in self._called(run, unit, problems):
            files, count = writer.write(called)
            outputs += files
            counts.append(count)
        more = {"genes": counts, "problems": problems, "samples": len(run.samples), "records": _count_records(run)}
        return self.store.finish(unit, outputs, more)

    def _called(self, run: OpenRun, unit: Unit, problems: list[str]) -> Iterator[CalledGene]:
        """Yield the genes; one that cannot be read is as if the files said nothing of it."""
        for symbols in [unit.genes] if len(unit.genes) > 1 else [(symbol,) for symbol in unit.genes]:
            calls = run.call(symbols, one_pass=True)
            try:
                found = [next(calls)]
            except InputError as error:
                problems.append(f"{', '.join(symbols)}: {error}")
                found = [run.nothing_seen(symbol) for symbol in symbols]
            yield from found
            yield from calls

    def _open_readable(self, part: Part) -> tuple[OpenRun, list[str]]:
        """Open the files of a part; where several are read together, those that cannot be read are left out."""
        options, rules = self.settings.run_options, self.settings.rules
        try:
            run = open_run(part.paths, options, rules)
            return self._looked_through(run) if self._is_mixed(run) else self._with_indexes(run), []
        except InputError as error:
            readable, problems = self._sort_out(part.paths)
            if not readable or not problems:
                raise error
        return self._with_indexes(open_run(readable, options, rules)), problems

    def _with_indexes(self, run: OpenRun) -> OpenRun:
        """Index files that are read gene by gene; what is wrong with one that cannot be is said of each gene."""
        try:
            return run.indexed() if self._by_gene(run) else run
        except InputError:
            return run

    def _looked_through(self, run: OpenRun) -> OpenRun:
        """Go through all files once, so that what is wrong with one shows, and index those read gene by gene."""
        if self._by_gene(run):
            return run.indexed(thorough=True)
        _try(run)
        return run

    def _by_gene(self, run: OpenRun) -> bool:
        wanted = self.settings.samples
        names = {file.header.samples for file in run.reading.files}
        counts = [len(wanted.intersection(own)) if wanted else len(own) for own in names]
        return reads_by_gene(counts, [file.path for file in run.reading.files])

    @staticmethod
    def _is_mixed(run: OpenRun) -> bool:
        """True where files of different samples are read together, so that one can be left out."""
        return len({file.header.samples for file in run.reading.files}) > 1

    def _sort_out(self, paths: Sequence[str]) -> tuple[list[str], list[str]]:
        readable, problems = [], []
        for path in paths:
            try:
                self._looked_through(open_run([path], self.settings.run_options, self.settings.rules))
                readable.append(path)
            except InputError as error:
                problems.append(str(error))
        return readable, problems

    def _advise(self, unit: Unit) -> Json:
        run, names, _ = self.open(unit.part)
        if unit.part not in self._advising:
            self._advising = {unit.part: self._prepare_advice(run, unit.part)}
        genes, adviser, blanks, dealt = self._advising[unit.part]
        book = AdviceBook(self.settings.rules_info)
        linker = Linker(genes, adviser, book, len(run.samples), blanks, self.settings.all_advice)
        writer = LinkWriter(self.store, unit, names, self.settings.kind)
        outputs, sets = writer.write(linker, dealt[unit.slice])
        pieces = {
            "cells": dict(sorted(book.cells.items())),
            "advice": dict(sorted(book.rows.items())),
            "not_assessed": sets,
        }
        write_packed(self.store.work(unit.part, f"{unit.name}.pieces"), pieces)
        return self.store.finish(unit, outputs, {"problems": []})

    def _prepare_advice(self, run: OpenRun, part: Part) -> _Advising:
        """Read what the calls of a part left for advice, and deal the drugs out to its units."""
        owners = {gene.symbol: gene.symbol for gene in run.genes}
        owners |= {extra.name: extra.name for gene in run.genes for extra in gene.extra}
        genes = {symbol: load_classes(self.store.work(part, symbol), symbol) for symbol in owners}
        adviser = run.adviser()
        dealt = deal_drugs(adviser.asked, genes, len(run.samples), SLICES)
        return genes, adviser, Blanks(MissedShares(run.rules.carriers)), dealt


def _count_records(run: OpenRun) -> Json:
    """Count what was read so far: records, single genotypes that gave no alleles, and records no table explains."""
    tally = run.reading.tally
    unexplained = Counter(record.gene for record in tally.unexplained)
    counts = {"discarded": tally.discarded, "genotypes": tally.genotypes, "unexplained": unexplained}
    return {"used": tally.used, "marked": tally.marked, **{name: dict(+found) for name, found in counts.items()}}


@contextmanager
def _without_collector() -> Iterator[None]:
    """Spare Python's search for cycles, of which there are none here; it takes a third of the time otherwise."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _try(run: OpenRun) -> None:
    """Read everything once without keeping it, so that what is wrong shows."""
    for _ in run.call([gene.symbol for gene in run.genes], one_pass=True):
        pass
