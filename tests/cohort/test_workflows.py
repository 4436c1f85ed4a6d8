"""The workflows of Snakemake and Nextflow write what one batch writes, and use options that there are."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from made_cohorts import contents, find_program, needs, pgx, write_cohort

WORKFLOWS = Path(__file__).resolve().parents[2] / "workflows"
OPTIONS = ("--gene", "CYP2C19,CYP2C9,DPYD,VKORC1")
SHARDS = ("shards=3", "part_size=25")


@pytest.fixture(scope="module")
def cohort(tmp_path_factory):
    return write_cohort(tmp_path_factory.mktemp("cohort") / "cohort.vcf", 60)


@pytest.fixture(scope="module")
def whole(cohort, tmp_path_factory):
    folder = tmp_path_factory.mktemp("batch") / "tables"
    assert pgx("batch", cohort, "-o", folder, *OPTIONS, "--part-size", 25, "--quiet").returncode == 0
    return contents(folder)


def run(folder: Path, name: str, *arguments: object) -> None:
    """Run a program that finds this environment's `pgx`, offline."""
    program = find_program(name)
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1700000000", "NXF_OFFLINE": "true", "NXF_HOME": str(folder)}
    environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), environment["PATH"]])
    command = [program, *map(str, arguments)]
    made = subprocess.run(command, capture_output=True, text=True, env=environment, check=False, cwd=folder)
    assert made.returncode == 0, made.stdout + made.stderr


@needs("snakemake", "pip install 'pgx[snakemake]'")
def test_snakemake(cohort, whole, tmp_path):
    settings = ("--config", f"input={cohort}", "output=out", *SHARDS, f"options={' '.join(OPTIONS)}")
    run(tmp_path, "snakemake", "--snakefile", WORKFLOWS / "Snakefile", "--cores", 2, *settings)
    assert contents(tmp_path / "out") == whole


@needs("nextflow", "it comes from nextflow.io or Maven Central")
def test_nextflow(cohort, whole, tmp_path):
    settings = [
        f"--{setting}" for setting in (f"input={cohort}", "output=out", *SHARDS, f"options={' '.join(OPTIONS)}")
    ]
    run(tmp_path, "nextflow", "run", WORKFLOWS / "nextflow" / "main.nf", "-ansi-log", "false", *settings)
    assert contents(tmp_path / "out") == whole


@pytest.mark.parametrize("name", ["Snakefile", "nextflow/main.nf"])
def test_options_of_workflows_exist(name):
    help_text = pgx("batch", "--help", COLUMNS="200").stdout
    known = set(re.findall(r"--[a-z][a-z-]+", help_text))
    text = (WORKFLOWS / name).read_text()
    code = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith(("#", "//")))
    used = set(re.findall(r"--[a-z][a-z-]+", code))
    assert {"--shard", "--part-size", "--resume", "--jobs"} <= used <= known
