"""`pgx batch` against the bare read of the same file, sizes of cohort one after the other."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from benchmarks.measure import Measured, Row, ask, measure_bare_read, measure_pgx

SIZES = (1_000, 10_000, 100_000)
PROCESSES = (1, 2)
TIMES = 3
"""Runs of which the best counts; cohorts from SLOW samples on are run twice."""
SLOW = 200_000
LARGE = 100_000
MOST = {False: 1.5, True: 2.5}
"""Bare reads that a batch may take from LARGE samples on, without advice and with it."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """One size of cohort: its bare read, distinct patterns by gene, and batches by processes and advice."""

    samples: int
    made_of: str
    bare: Measured
    patterns: dict[str, int]
    batches: dict[tuple[int, bool], Measured]


def cohorts(folder: Path, sizes: Sequence[int], times: int = TIMES) -> Iterator[Row]:
    """Make cohorts in BCF, run them, and yield a row for each run and each step from one size to the next."""
    done = []
    for size in sizes:
        done.append(measure_size(folder / f"cohort{size}.bcf", size, min(times, 2) if size >= SLOW else times))
        yield from _rows(done[-1])
    for one, other in pairwise(done):
        yield from _added(one, other)


def measure_size(path: Path, samples: int, times: int) -> Measurement:
    """Make a cohort and measure it; the file is removed."""
    made_of = ask("generate", str(samples), path)
    bare = measure_bare_read([path], times)
    batches, patterns = {}, {}
    for jobs in PROCESSES:
        for advise in (False, True):
            batches[jobs, advise], patterns = _batch(path, jobs, advise, times)
    path.unlink()
    return Measurement(samples, made_of, bare, patterns, batches)


def _batch(path: Path, jobs: int, advise: bool, times: int) -> tuple[Measured, dict[str, int]]:
    """Run the batch into a new folder each time; return the best, and the patterns of each gene."""
    found = []
    for _ in range(times):
        with tempfile.TemporaryDirectory() as name:
            out = Path(name) / "tables"
            options = ("--jobs", str(jobs), "--quiet", *(() if advise else ("--calls-only",)))
            found.append(measure_pgx("batch", path, "-o", out, *options, times=1))
            genes = json.loads((out / "manifest.json").read_text(encoding="utf-8"))["genes"]
    best = Measured(min(one.seconds for one in found), max(one.memory for one in found))
    return best, {gene: entry["patterns"] for gene, entry in genes.items()}


def _rows(found: Measurement) -> Iterator[Row]:
    yield Row(f"bare read, {found.samples:,} samples", found.bare.seconds, found.bare.memory, found.made_of)
    for (jobs, advise), batch in found.batches.items():
        what = f"  pgx batch, {'with advice' if advise else 'calls only'}, {jobs} process{'es' if jobs > 1 else ''}"
        ratio = f"{batch.seconds / found.bare.seconds:.2f} × bare read"
        limit = f"{MOST[advise]} ×" if jobs > 1 and found.samples >= LARGE else ""
        yield Row(what, batch.seconds, batch.memory, ratio, limit)
    for advise in MOST:
        times = found.batches[1, advise].seconds / found.batches[2, advise].seconds
        yield Row.note(f"{'with advice' if advise else 'calls only'}: two processes {times:.2f} times as fast as one")
    total = sum(found.patterns.values())
    each = (found.batches[1, False].seconds - found.bare.seconds) / total * 1e6
    counts = ", ".join(f"{gene} {count:,}" for gene, count in sorted(found.patterns.items(), key=lambda one: -one[1]))
    yield Row.note(f"{total:,} distinct patterns, {each:.0f} µs each beyond the bare read (calls only, 1 process)")
    yield Row.note(f"by gene: {counts}")


def _added(one: Measurement, other: Measurement) -> Iterator[Row]:
    """Say what a sample more costs from one size to the next."""
    more = other.samples - one.samples
    bare = (other.bare.seconds - one.bare.seconds) / more * 1e6
    for jobs, advise in other.batches:
        added = (other.batches[jobs, advise].seconds - one.batches[jobs, advise].seconds) / more * 1e6
        what = f"{'with advice' if advise else 'calls only'}, {jobs} process{'es' if jobs > 1 else ''}"
        text = f"{added:.1f} µs an added sample, bare read {bare:.1f} µs: {added / bare:.2f} ×"
        yield Row.note(f"from {one.samples:,} to {other.samples:,} samples, {what}: {text}")
