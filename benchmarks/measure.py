"""Run commands and measure them: wall time, best of several, and peak memory of all their processes."""

from __future__ import annotations

import compileall
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.memory import PeakMemory

BARE_READ = """
import sys
from cyvcf2 import VCF
for path in sys.argv[1:]:
    for record in VCF(path):
        record.genotype.array()
"""
"""The bare read of the design, its imports included as they are on the other side."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; `limit` is empty where there is none, and notes have no figures of their own."""

    what: str
    seconds: float | None
    memory: float | None
    result: str = ""
    limit: str = ""

    @classmethod
    def note(cls, text: str) -> Row:
        return cls(text, None, None)

    def text(self) -> str:
        if self.seconds is None or self.memory is None:
            return f"  {self.what}"
        return f"{self.what:60}{self.seconds:>9.2f}{self.memory:>7.0f}  {self.limit:<15}{self.result}".rstrip()


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds of the quickest run, and the largest peak of memory in MB."""

    seconds: float
    memory: float


CHECKOUT = Path(__file__).resolve().parent.parent


def shared_folder() -> Path:
    """Return the folder of reference material: PGX_SHARED, else the one beside the checkout."""
    return Path(os.environ.get("PGX_SHARED") or CHECKOUT.parent / "shared")


def ask(module: str, *arguments: str | Path) -> str:
    """Run a module of this package in a process of its own and return what it prints."""
    command = [sys.executable, "-m", f"benchmarks.{module}", *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd=CHECKOUT).stdout.strip()


def program() -> list[str]:
    """Return the command that starts pgx in this environment."""
    script = Path(sys.executable).with_name("pgx")
    return [str(script)] if script.is_file() else [sys.executable, "-c", "from pgx.cli.app import main; main()"]


def measure(command: Sequence[str], times: int) -> Measured:
    """Run a command several times; raises RuntimeError with its last words where it fails."""
    runs = [_run(command) for _ in range(times)]
    return Measured(min(run.seconds for run in runs), max(run.memory for run in runs))


def measure_pgx(*arguments: str | Path, times: int) -> Measured:
    return measure([*program(), *map(str, arguments)], times)


def measure_bare_read(files: Sequence[Path], times: int = 3) -> Measured:
    return measure([sys.executable, "-c", BARE_READ, *map(str, files)], times)


def compile_all() -> None:
    """Compile the checkout's modules, as an installation does; other packages' are compiled."""
    compileall.compile_dir(CHECKOUT / "pgx", quiet=1)


def _run(command: Sequence[str]) -> Measured:
    begin = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        with PeakMemory(process.pid) as peak:
            words = process.stderr.read() if process.stderr else b""
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command[:3])} … ended with {process.returncode}: {words.decode()[-500:]}")
    return Measured(seconds, peak.megabytes or usage.ru_maxrss / 1024)
