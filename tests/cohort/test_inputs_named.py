"""Text files given to a batch: lists of files, or genotypes."""

from __future__ import annotations

from pathlib import Path

import pytest
from made_cohorts import pgx, write_cohort

from pgx.cohort.plan import find_inputs
from pgx.errors import InputError, UsageError

MARKERS = "# build 38\n# rsid\tchromosome\tposition\tgenotype\nrs4244285\t10\t94781859\tAG\n"
VARIANTS = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS1\n"


@pytest.mark.parametrize("text", [MARKERS, VARIANTS, MARKERS.replace("\t", ","), "rsid,genotype\nrs4244285,AG\n"])
def test_a_text_of_genotypes_is_an_input(tmp_path, text):
    path = tmp_path / "NA1.txt"
    path.write_text(text)
    assert find_inputs([path]) == (path,)


@pytest.mark.parametrize("name", ["x.txt", "x.list", "x.fofn"])
@pytest.mark.parametrize("text", ["NA1.txt\nNA2.vcf\n", "# ours\n\nNA1.txt\nNA2.vcf\n", "gone.vcf\nNA2.vcf\n"])
def test_a_text_of_paths_is_a_list(tmp_path, name, text):
    (tmp_path / "NA1.txt").write_text(MARKERS)
    (tmp_path / name).write_text(text)
    entries = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert find_inputs([tmp_path / name]) == tuple(tmp_path / entry for entry in entries)


def test_a_list_of_nothing_is_refused(tmp_path):
    (tmp_path / "x.txt").write_text("\n")
    with pytest.raises(UsageError, match="no variant files"):
        find_inputs([tmp_path / "x.txt"])
    with pytest.raises(InputError, match=r"gone\.txt"):
        find_inputs([Path("gone.txt")])


def test_a_batch_of_consumer_texts(tmp_path):
    (tmp_path / "NA1.txt").write_text(MARKERS)
    write_cohort(tmp_path / "cohort.vcf", 10)
    inputs = [tmp_path / "NA1.txt", tmp_path / "cohort.vcf"]
    done = pgx("batch", *inputs, "-o", tmp_path / "out", "--gene", "CYP2C19", "--quiet", "--jobs", 1)
    assert done.returncode == 0, done.stderr
    import polars as pl

    assert "NA1" in pl.read_parquet(tmp_path / "out" / "calls")["sample"].to_list()
