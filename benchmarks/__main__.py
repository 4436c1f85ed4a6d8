"""Print the speed of pgx as a table: `python -m benchmarks [--quick] [--sizes 1,000 …]`. Limits are the design's."""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from itertools import chain
from pathlib import Path

from benchmarks.cohort import SIZES, cohorts
from benchmarks.measure import CHECKOUT, Row, compile_all, measure_bare_read, measure_pgx, shared_folder
from benchmarks.steps import measure_steps

BUILD = "GRCh38"


def show(rows: Iterable[Row]) -> None:
    """Print the rows as they come."""
    print("MB: largest sum of the proportional set sizes of all processes, sampled; best time of several")
    print(f"{'':60}{'seconds':>9}{'MB':>7}  {'limit':<15}result")
    for row in rows:
        print(row.text(), flush=True)


def describe_machine() -> str:
    """Name the machine and the versions that the figures hold for."""
    names = ("pgx", "numpy", "cyvcf2", "pysam", "polars")
    versions = ", ".join(f"{name} {version(name)}" for name in names)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    machine = f"{_processor()}, {os.cpu_count()} cores, {memory:.0f} GB, load {os.getloadavg()[0]:.1f}"
    return f"{machine}; Python {platform.python_version()}, {versions}"


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.is_file() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())


def start_up(times: int) -> Iterator[Row]:
    """Time the program's help text."""
    found = measure_pgx("--help", times=times)
    yield Row("pgx --help", found.seconds, found.memory, limit="0.35 s")


def one_file(folder: Path, times: int) -> Iterator[Row]:
    """Time a whole-genome file of three samples with and without its index; a shipped sample where it is not there."""
    genome = shared_folder() / "data" / "getrm" / "getrm3.grch38.vcf.gz"
    file = genome if genome.is_file() else CHECKOUT / "sample_vcfs" / "family.vcf.gz"
    name = "three genomes" if file == genome else "sample_vcfs/family.vcf.gz (no whole genome here)"
    common = ("--assume-reference", "all", "--format", "json", "-o", folder / "out")
    measure_pgx("run", file, *common, times=1)
    found = measure_pgx("run", file, *common, times=times)
    steps = measure_steps(["run", file, *common])
    yield Row(f"pgx run, {name}, JSON and terminal", found.seconds, found.memory, shares(steps), "1.0 s, 250 MB")
    bare = Path(shutil.copy(file, folder / "no_index.vcf.gz"))
    found = measure_pgx("run", bare, *common, times=times)
    steps = measure_steps(["run", bare, *common])
    yield Row("  the same without its index", found.seconds, found.memory, shares(steps), "2.5 s")


def shares(steps: dict[str, float]) -> str:
    """Write the seconds of each step as shares of the whole."""
    whole = sum(steps.values())
    return ", ".join(f"{step} {seconds / whole:.0%}" for step, seconds in steps.items())


def panels(folder: Path, times: int) -> Iterator[Row]:
    """Time all panels of one build in one command, and as a batch, against their bare read."""
    files = sorted((shared_folder() / "data" / "1kgp" / BUILD).glob("*.vcf.gz"))
    if not files:
        return
    bare = measure_bare_read(files, times)
    yield Row(f"bare read, {len(files)} panels of 3,202 samples", bare.seconds, bare.memory, "1.00")
    for command in ("call", "run"):
        found = measure_pgx(command, *files, "--build", BUILD, "--quiet", times=times)
        ratio = f"{found.seconds / bare.seconds:.2f} × bare read"
        yield Row(f"  pgx {command} --quiet, one command", found.seconds, found.memory, ratio, "2 ×")
    for jobs in ("1", "2"):
        out = folder / f"panels{jobs}"
        found = measure_pgx("batch", *files, "-o", out, "--build", BUILD, "--jobs", jobs, "--quiet", times=1)
        ratio = f"{found.seconds / bare.seconds:.2f} × bare read"
        yield Row(f"  pgx batch --jobs {jobs}, tables with advice", found.seconds, found.memory, ratio)


def main() -> None:
    """Measure everything, or with --quick the small cases once."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="once each, and the smallest cohort only")
    parser.add_argument("--sizes", nargs="+", type=_count, default=SIZES, metavar="SAMPLES", help="made-up cohorts")
    given = parser.parse_args()
    quick: bool = given.quick
    times = 1 if quick else 3
    compile_all()
    print(describe_machine())
    if not (shared_folder() / "data").is_dir():
        print(f"no data at {shared_folder()} (set PGX_SHARED): shipped samples and made-up cohorts only")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sizes = given.sizes[:1] if quick else given.sizes
        parts = (start_up(times), one_file(folder, times), panels(folder, times), cohorts(folder, sizes, times))
        show(chain.from_iterable(parts))


def _count(text: str) -> int:
    return int(text.replace(",", ""))


if __name__ == "__main__":
    main()
