"""A batch from first to last: plan, do what is not done yet, put the parts together, write the manifest."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pgx.cohort.engines import Engine, choose_engine
from pgx.cohort.finish import BatchOptions, Outcome, finish_batch
from pgx.cohort.plan import Plan, Unit, find_inputs, make_plan, share, share_parts
from pgx.cohort.sample_reports import write_sample_reports
from pgx.cohort.store import Json, Store
from pgx.cohort.worker import Settings, Worker
from pgx.errors import InputError
from pgx.pipeline import count_positions, samples_in
from pgx.selection import RunOptions

if TYPE_CHECKING:
    from pgx.domain.ruleset import RuleSet

Progress = Callable[[str, int, int, int], None]
"""Told what was done, units done so far, all units of this run, and samples times genes called so far."""


@dataclass(slots=True)
class _Tally:
    """Counts what this run does of `total` units; units that an earlier run did are no part of it."""

    progress: Progress | None
    samples: int
    total: int
    done: int = 0
    called: int = 0

    def skip(self) -> None:
        """Leave out a unit that an earlier run did."""
        self.total -= 1

    def add(self, unit: Unit, mark: Json) -> None:
        """Count a unit, and tell of it."""
        self.done += 1
        self.called += mark.get("samples", 0) * len(mark.get("genes", ()))
        if self.progress:
            self.progress(f"{self.samples:,} samples: {_title(unit)}", self.done, self.total, self.called)


def _title(unit: Unit) -> str:
    """Name a unit for people."""
    if not unit.genes:
        return "advice"
    return unit.genes[0] if len(unit.genes) == 1 else f"{unit.genes[0]} to {unit.genes[-1]}"


def run_batch(
    inputs: Sequence[Path],
    folder: Path,
    options: RunOptions,
    rules: RuleSet,
    batch: BatchOptions,
    progress: Progress | None = None,
) -> Outcome:
    """Call and advise all samples of the inputs into tables below `folder`.

    Raises InputError where no file can be read, UsageError where the folder holds something else, PgxError where it
    cannot be written. Files and genes that cannot be read are among the problems of the outcome.
    """
    paths = find_inputs(inputs)
    genes = count_positions(rules, options)
    files, problems = _look_into(paths, options)
    plan = make_plan(files, genes, batch.part_size, advise=options.advise)
    worker = _make_worker(Settings(folder, options, rules, batch.kind, batch.evidence, batch.all_advice), plan)
    store = Store(folder)
    alone = batch.shard[1] == 1
    store.begin(_identity(files, worker.settings, batch), resume=batch.resume or not alone, alone=alone)
    stages = [share(stage, batch.shard) for stage in (plan.calls, plan.advice)]
    tally = _Tally(progress, plan.samples, sum(map(len, stages)))
    with ThreadPoolExecutor(1) as aside:
        hashes = aside.submit(_hash_files, tuple(files))
        with choose_engine(worker, batch.jobs, batch.scheduler) as engine:
            for stage in stages:
                _do_stage(stage, store, engine, tally)
        if batch.reports:
            problems += write_sample_reports(worker, share_parts(plan.parts, batch.shard), batch.reports)
        return finish_batch(plan, worker.settings, batch, hashes.result(), problems)


def _do_stage(units: Sequence[Unit], store: Store, engine: Engine, tally: _Tally) -> None:
    """Do what is not done yet of one stage."""
    left = []
    for unit in units:
        if store.finished(unit) is None:
            left.append(unit)
        else:
            tally.skip()
    for unit, mark in engine.run(left) if left else ():
        tally.add(unit, mark)


def _make_worker(settings: Settings, plan: Plan) -> Worker:
    """Open the first part; the build that its files tell holds for all, as it does for the files of one command."""
    worker = Worker(settings)
    first = plan.parts[0]
    if len(plan.parts) == 1:
        worker.open(first)
        return worker
    build = worker.open(first)[0].reading.chosen.build
    read = settings.options.read
    if read is None or build is None or read.build is not None:
        return worker
    options = replace(settings.options, read=replace(read, build=build))
    return Worker(replace(settings, options=options))


def _look_into(paths: Sequence[Path], options: RunOptions) -> tuple[dict[str, tuple[str, ...]], list[str]]:
    """Return the samples of each file that can be opened, and what is wrong with the others."""
    files: dict[str, tuple[str, ...]] = {}
    problems: list[str] = []
    for path in paths:
        try:
            files[str(path)] = samples_in(path, options)
        except InputError as error:
            if len(paths) == 1:
                raise
            problems.append(str(error))
    if not any(files.values()):
        raise InputError(f"{paths[0]}: none of the {len(paths)} files can be read; {problems[0]}")
    return {path: samples for path, samples in files.items() if samples}, problems


def _identity(files: Mapping[str, tuple[str, ...]], settings: Settings, batch: BatchOptions) -> Json:
    """Return what must be the same for a run to go on with the files of another."""
    stats = {path: Path(path).stat() for path in files}
    inputs = [[path, stat.st_size, stat.st_mtime_ns] for path, stat in stats.items()]
    options = hashlib.sha256(repr(replace(settings.options, read=None)).encode())
    options.update(repr(settings.options.read).encode())
    return {
        "inputs": inputs,
        "rules": settings.rules.sha256,
        "options": options.hexdigest(),
        "tables": [settings.kind, settings.evidence, settings.all_advice],
        "part size": batch.part_size,
    }


def _hash_files(paths: Sequence[str]) -> dict[str, str]:
    found = {}
    for path in paths:
        with Path(path).open("rb") as stream:
            found[path] = hashlib.file_digest(stream, "sha256").hexdigest()
    return found
