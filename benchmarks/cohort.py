"""`pgx batch` against the bare read of the same file: `python -m benchmarks.cohort [SAMPLES…]`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.generate import write_cohort

SIZES = (10_000, 100_000)
BARE = (
    "import sys, time\nfrom cyvcf2 import VCF\nbest = 9e9\nfor _ in range(3):\n    began = time.perf_counter()\n"
    "    for record in VCF(sys.argv[1]):\n        record.genotype.array()\n"
    "    best = min(best, time.perf_counter() - began)\nprint(best)\n"
)


def main() -> None:
    """Print one line for each size and way of running, bare reads in between."""
    sizes = [int(text.replace(",", "")) for text in sys.argv[1:]] or list(SIZES)
    print("samples\tjobs\twith advice\tseconds\tbare read\tratio\tpeak MB\tpatterns\tµs a pattern (all work)")
    with tempfile.TemporaryDirectory() as folder:
        for samples in sizes:
            path = Path(folder) / f"{samples}.bcf"
            write_cohort(path, samples)
            for jobs in (1, 2):
                for advise in (False, True):
                    print(_line(path, samples, jobs, advise=advise), flush=True)
            path.unlink()


def _line(path: Path, samples: int, jobs: int, *, advise: bool) -> str:
    bare = float(subprocess.run([sys.executable, "-c", BARE, str(path)], capture_output=True, check=True).stdout)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "tables"
        command = [sys.executable, "-m", "pgx", "batch", str(path), "-o", str(out), "--jobs", str(jobs), "--quiet"]
        command += ["--no-evidence", *(() if advise else ("--calls-only",))]
        began = time.perf_counter()
        process = subprocess.Popen(command)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        if status:
            raise SystemExit(f"pgx batch ended with {status}")
        genes = json.loads((out / "manifest.json").read_text())["genes"]
    patterns = sum(entry["patterns"] for entry in genes.values())
    cells = (samples, jobs, advise, f"{seconds:.2f}", f"{bare:.2f}", f"{seconds / bare:.2f}", usage.ru_maxrss // 1024)
    return "\t".join(map(str, (*cells, patterns, round((seconds - bare) * jobs / patterns * 1e6))))


if __name__ == "__main__":
    main()
