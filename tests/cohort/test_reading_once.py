"""Files without an index: read once a gene by an index made on the way, or once for all; the answers are the same."""

from __future__ import annotations

import gzip
import json

import polars as pl
import pytest
from made_cohorts import cohort_text, pgx

from pgx.cohort.plan import make_plan

pysam = pytest.importorskip("pysam")
GENES = "CYP2C19,VKORC1,DPYD"
SAMPLES = 70
BROKEN = "chr10\tx\t.\tA\tG\t.\t.\t.\tGT\t0/1\n"


@pytest.fixture(scope="module")
def text():
    return cohort_text(SAMPLES)


def write_as(folder, text, kind):
    plain = folder / "cohort.vcf"
    plain.write_text(text)
    if kind == "vcf":
        return plain
    if kind == "gzip":
        path = folder / "cohort.gzip.vcf.gz"
        path.write_bytes(gzip.compress(text.encode()))
        return path
    if kind == "bgzip":
        path = folder / "cohort.vcf.gz"
        pysam.tabix_compress(str(plain), str(path), force=True)
        return path
    path = folder / "cohort.bcf"
    with pysam.VariantFile(str(plain)) as source, pysam.VariantFile(str(path), "wb", header=source.header) as out:
        for entry in source:
            out.write(entry)
    return path


def calls_of(folder):
    return pl.read_parquet(folder / "calls").sort("sample", "gene").to_dicts()


@pytest.fixture(scope="module")
def expected(text, tmp_path_factory):
    folder = tmp_path_factory.mktemp("expected")
    path = write_as(folder, text, "bgzip")
    pysam.tabix_index(str(path), preset="vcf", force=True)
    assert pgx("batch", path, "-o", folder / "out", "--gene", GENES, "--quiet").returncode == 0
    return calls_of(folder / "out")


@pytest.mark.parametrize(("kind", "jobs", "units"), [("vcf", 1, 3), ("bgzip", 2, 3), ("bcf", 1, 3), ("gzip", 2, 1)])
def test_every_format_gives_the_same_calls(text, expected, tmp_path, kind, jobs, units):
    path = write_as(tmp_path, text, kind)
    made = pgx("batch", path, "-o", tmp_path / "out", "--gene", GENES, "-j", jobs, "--quiet")
    assert made.returncode == 0, made.stderr
    assert calls_of(tmp_path / "out") == expected
    plan = make_plan({str(path): tuple(f"P{n}" for n in range(SAMPLES))}, dict.fromkeys(GENES.split(","), 1))
    assert len(plan.calls) == units


@pytest.mark.parametrize("part_size", [2 * SAMPLES, SAMPLES])
def test_one_of_several_files_is_damaged(text, expected, tmp_path, part_size):
    """Its samples are left out, all of a part too; those of the other, one of which they share, are called."""
    good = write_as(tmp_path, text, "bgzip")
    other = tmp_path / "other.vcf"
    other.write_text(cohort_text(SAMPLES, seed=2, first=SAMPLES - 1) + BROKEN)
    listed = tmp_path / "files.list"
    listed.write_text(f"{good}\n{other}\n")
    made = pgx("batch", listed, "-o", tmp_path / "out", "--gene", GENES, "--quiet", "--part-size", part_size)
    assert (made.returncode, made.stderr.count("\n")) == (3, 1)
    assert calls_of(tmp_path / "out") == expected
    problems = json.loads((tmp_path / "out/manifest.json").read_text())["problems"]
    assert len(problems) == 1
    assert "other.vcf" in problems[0]


@pytest.mark.parametrize("kind", ["bgzip", "gzip"])
def test_damaged_file_is_told_of(text, tmp_path, kind):
    """Nothing is made up for what cannot be read."""
    made = pgx("batch", write_as(tmp_path, text + BROKEN, kind), "-o", tmp_path / "out", "--gene", GENES, "--quiet")
    assert made.returncode == 3
    assert "has no CHROM and POS" in made.stderr
    assert {row["status"] for row in calls_of(tmp_path / "out")} == {"no_data"}
