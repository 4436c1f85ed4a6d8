"""Small cohorts made of sample files: known diplotypes in random pairs, some genotypes missing."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pgx.domain.variant import Build
from pgx.rules.ruleset import load_rules
from pgx.simulation import simulate

GENES = ("CYP2C19", "CYP2C9", "DPYD", "VKORC1", "SLCO1B1")


def cohort_text(samples: int, seed: int = 1, first: int = 0) -> str:
    """Return the text of a VCF with this many samples."""
    rules, draw = load_rules(), random.Random(seed)
    genes = {symbol: rules.genes[symbol] for symbol in GENES}
    wanted = {
        f"P{first + number:03d}": {
            symbol: tuple(draw.choice(_plain_alleles(genes[symbol])) for _ in range(2)) for symbol in GENES
        }
        for number in range(samples)
    }
    lines = simulate(genes, wanted, Build.GRCH38).splitlines()
    return "".join(f"{_with_gaps(line, draw)}\n" for line in lines)


def _plain_alleles(gene):
    reference = gene.reference_allele.name
    return [reference] * 8 + [allele.name for allele in gene.alleles if not allele.structural and allele.core][:12]


def _with_gaps(line: str, draw: random.Random) -> str:
    if line.startswith("#"):
        return line
    fields = line.split("\t")
    return "\t".join([*fields[:9], *("./." if draw.random() < 0.02 else entry for entry in fields[9:])])


def write_cohort(path: Path, samples: int, seed: int = 1, first: int = 0) -> Path:
    path.write_text(cohort_text(samples, seed, first), encoding="utf-8")
    return path


def find_program(name: str) -> str | None:
    """Return a program of this environment, else of the machine."""
    here = str(Path(sys.executable).parent)
    return shutil.which(name, path=os.pathsep.join([here, os.environ.get("PATH", "")]))


def needs(name: str, hint: str) -> pytest.MarkDecorator:
    """Skip a test where a program is missing, unless PGX_ENGINES, a list with commas, asks for it."""
    missing = find_program(name) is None and name not in os.environ.get("PGX_ENGINES", "").split(",")
    return pytest.mark.skipif(missing, reason=f"no {name}: {hint}")


def pgx(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the program in a process of its own, time fixed."""
    command = [sys.executable, "-m", "pgx", *map(str, arguments)]
    every = {**os.environ, "SOURCE_DATE_EPOCH": "1700000000", **environment}
    return subprocess.run(command, capture_output=True, text=True, env=every, check=False)


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder but the working ones."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".work" not in path.parts
    }


def copy(source: Path, target: Path) -> Path:
    shutil.copytree(source, target)
    return target
