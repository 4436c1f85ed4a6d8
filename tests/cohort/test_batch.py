"""A batch says what a run says, whoever does it and however often it is interrupted."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import polars as pl
import pytest
from made_cohorts import cohort_text, contents, copy, pgx, write_cohort

from pgx.pipeline import run
from pgx.reports.parquet import table_frame
from pgx.reports.tables import flat_tables
from pgx.selection import RunOptions

OPTIONS = ("--gene", "CYP2C19,CYP2C9,DPYD,VKORC1", "--quiet")


@pytest.fixture(scope="module")
def cohort(tmp_path_factory):
    return write_cohort(tmp_path_factory.mktemp("cohort") / "cohort.vcf", 60)


@pytest.fixture(scope="module")
def whole(cohort, tmp_path_factory):
    """An undisturbed batch of all genes and one of some."""
    folder = tmp_path_factory.mktemp("batch")
    assert pgx("batch", cohort, "-o", folder / "all", "--quiet", "--jobs", 1).returncode == 0
    assert pgx("batch", cohort, "-o", folder / "some", *OPTIONS, "--jobs", 1, "--part-size", 25).returncode == 0
    return folder


def long_table(folder):
    """The one-line query of the documentation."""
    return (
        pl.scan_parquet(folder / "recommendations/*.parquet")
        .join(pl.scan_parquet(folder / "advice.parquet"), on=["advice_id", "drug", "source"])
        .collect()
    )


def test_tables_are_those_of_a_run(cohort, whole):
    results = run([cohort])
    tables = {table.name: table_frame(table) for table in flat_tables(results)}
    for name, keys in (("calls", ["sample", "gene"]), ("evidence", ["sample", "gene", "position"])):
        expected = tables[name].drop("not_assessed", strict=False)
        found = pl.read_parquet(whole / "all" / name, hive_partitioning=True).select(expected.columns)
        assert found.sort(keys).equals(expected.sort(keys))
    asking = tables["recommendations"].filter(pl.col("severity").is_in(["amber", "red"]))
    found = long_table(whole / "all").select(asking.columns)
    assert found.sort(asking.columns).equals(asking.sort(asking.columns))
    lacking = [(s.sample, n.drug, "|".join(n.genes), n.reason) for s in results.samples for n in s.not_assessed]
    sets = pl.read_parquet(whole / "all/not_assessed_sets.parquet")
    found = pl.read_parquet(whole / "all/not_assessed").join(sets, on="set_id").drop("set_id")
    assert sorted(found.iter_rows()) == sorted(lacking)


def test_sets_of_drugs_not_assessed_are_those_that_samples_lack(whole):
    """A sample that lacks nothing has no row."""
    for folder in (whole / "all", whole / "some"):
        sets = pl.read_parquet(folder / "not_assessed_sets.parquet")["set_id"]
        files = [pl.read_parquet(path) for path in (folder / "not_assessed").iterdir()]
        assert set(pl.concat(files)["set_id"]) == set(sets)


def test_all_advice_is_everything(cohort, tmp_path):
    assert pgx("batch", cohort, "-o", tmp_path / "out", *OPTIONS, "--all-advice").returncode == 0
    found = long_table(tmp_path / "out")
    assert set(found["severity"]) >= {"grey", "green", "amber", "red"}


@pytest.mark.parametrize("options", [("--jobs", 2), ("--jobs", 3)])
def test_bytes_do_not_depend_on_workers(cohort, whole, tmp_path, options):
    assert pgx("batch", cohort, "-o", tmp_path / "out", *OPTIONS, "--part-size", 25, *options).returncode == 0
    assert contents(tmp_path / "out") == contents(whole / "some")


def test_shards_make_the_same_batch(cohort, whole, tmp_path):
    for number in (2, 3, 1):
        made = pgx("batch", cohort, "-o", tmp_path / "out", *OPTIONS, "--part-size", 25, "--shard", f"{number}/3")
        assert made.returncode == 0
    assert contents(tmp_path / "out") == contents(whole / "some")


def test_resumed_after_losing_files(cohort, whole, tmp_path):
    out = copy(whole / "some", tmp_path / "out")
    (out / "manifest.json").unlink()
    (out / "calls/gene=CYP2C19/part-00001.parquet").write_bytes(b"half")
    (out / ".work/part-00000/calls-DPYD.json").write_text("{")
    (out / "calls/gene=DPYD/.part-00000.parquet.1.part").write_bytes(b"left over")
    assert pgx("batch", cohort, "-o", out, *OPTIONS, "--part-size", 25).returncode == 2
    assert pgx("batch", cohort, "-o", out, *OPTIONS, "--part-size", 25, "--resume").returncode == 0
    assert contents(out) == contents(whole / "some")


@pytest.mark.parametrize(("after", "jobs"), [(0.7, 1), (1.1, 1), (1.6, 1), (1.4, 2)])
def test_killed_and_resumed(cohort, whole, tmp_path, after, jobs):
    command = ["batch", str(cohort), "-o", str(tmp_path / "out"), *OPTIONS, "--part-size", "25", "--jobs", str(jobs)]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1700000000"}
    process = subprocess.Popen([sys.executable, "-m", "pgx", *command], env=environment, stderr=subprocess.DEVNULL)
    time.sleep(after)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert pgx(*command, "--resume").returncode == 0
    assert contents(tmp_path / "out") == contents(whole / "some")
    assert not list((tmp_path / "out").rglob("*.part"))


def test_processes_end_with_the_one_that_started_them(cohort, tmp_path):
    command = [sys.executable, "-m", "pgx", "batch", str(cohort), "-o", str(tmp_path / "out"), "--jobs", "2", "--quiet"]
    with subprocess.Popen([*command, "--part-size", "2"], stderr=subprocess.PIPE) as process:
        wait_until(lambda: list((tmp_path / "out").rglob("*.parquet")))
        process.send_signal(signal.SIGKILL)
        # Standard error is at its end when the last process that has it open is gone.
        assert process.communicate(timeout=30) == (None, b"")


@pytest.mark.parametrize("jobs", [1, 2])
def test_interrupted_by_the_user_and_resumed(cohort, whole, tmp_path, jobs):
    out = tmp_path / "out"
    command = ["batch", str(cohort), "-o", str(out), *OPTIONS, "--part-size", "25", "--jobs", str(jobs)]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1700000000"}
    with subprocess.Popen(
        [sys.executable, "-m", "pgx", *command],
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
        process_group=0,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    ) as process:
        wait_until(lambda: list(out.rglob("*.parquet")))
        os.killpg(process.pid, signal.SIGINT)
        words = process.communicate(timeout=30)[1]
    assert (process.returncode, words) == (
        130,
        f"pgx: {out} keeps what is done; the same command with --resume goes on\npgx: interrupted\n",
    )
    assert pgx(*command, "--resume").returncode == 0
    assert contents(out) == contents(whole / "some")
    assert not list(out.rglob("*.part"))


def wait_until(found, seconds=30):
    end = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_killed_before_it_began(cohort, tmp_path):
    (tmp_path / "out/.work").mkdir(parents=True)
    (tmp_path / "out/.work/.run.json.12.part").write_text("{")
    assert pgx("batch", cohort, "-o", tmp_path / "out", *OPTIONS).returncode == 0
    assert not list((tmp_path / "out").rglob("*.part"))


def test_files_of_others_are_neither_removed_nor_joined(cohort, tmp_path):
    paths = [tmp_path / "out" / name for name in ("notes.part", ".notes.part", "own/.notes.1.part", "notes.txt")]
    (tmp_path / "out/own").mkdir(parents=True)
    for path in paths:
        path.write_text("mine")
    few = ("--quiet", "--gene", "VKORC1", "-o", tmp_path / "out")
    assert pgx("batch", cohort, *few).returncode == 2
    assert pgx("batch", cohort, *few, "--resume").returncode == 0
    assert [path.read_text() for path in paths] == ["mine"] * 4


def test_another_batch_is_refused(whole, cohort, tmp_path):
    out = copy(whole / "some", tmp_path / "out")
    made = pgx("batch", cohort, "-o", out, "--gene", "CYP2C9", "--resume")
    assert made.returncode == 2
    assert made.stderr.count("\n") == 1


def test_corrupt_files_are_reported_and_the_rest_is_done(tmp_path):
    folder = tmp_path / "files"
    folder.mkdir()
    for number in range(4):
        write_cohort(folder / f"sample{number}.vcf", 1, seed=number, first=number)
    (folder / "sample1.vcf").write_text("no VCF\n")
    text = (folder / "sample2.vcf").read_text().splitlines()
    (folder / "sample2.vcf").write_text("\n".join([*text[:-1], text[-1].rsplit("\t", 1)[0] + "\t0/9"]) + "\n")
    made = pgx("batch", folder, "-o", tmp_path / "out", "--quiet")
    assert made.returncode == 3
    assert [("sample1" in line, "sample2" in line) for line in made.stderr.splitlines()] == [
        (True, False),
        (False, True),
    ]
    calls = pl.read_parquet(tmp_path / "out/calls")
    assert set(calls["sample"]) == {"P000", "P003"}
    assert len(json.loads((tmp_path / "out/manifest.json").read_text())["problems"]) == 2


def test_gene_that_cannot_be_read_does_not_stop_the_others(tmp_path):
    lines = write_cohort(tmp_path / "cohort.vcf", 70).read_text().splitlines()
    last = max(number for number, line in enumerate(lines) if line.startswith("chr10\t94842866"))
    lines[last] = lines[last].rsplit("\t", 1)[0] + "\t0/9:32:99"
    (tmp_path / "broken.vcf").write_text("\n".join(lines) + "\n")
    made = pgx("batch", tmp_path / "broken.vcf", "-o", tmp_path / "out", "--gene", "CYP2C19,VKORC1", "--quiet")
    assert made.returncode == 3
    manifest = json.loads((tmp_path / "out/manifest.json").read_text())
    assert manifest["genes"]["CYP2C19"]["samples"] == {"no_data": 70}
    assert "no_data" not in manifest["genes"]["VKORC1"]["samples"]


def test_full_disk_is_one_line(cohort, tmp_path):
    code = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000)); import signal;"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); from pgx.cli.app import main; main()"
    )
    command = [sys.executable, "-c", code, "batch", str(cohort), "-o", str(tmp_path / "out"), "--quiet", "--jobs", "1"]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    assert made.returncode == 1
    assert made.stderr.count("\n") == 1
    assert not list((tmp_path / "out").rglob("*.parquet"))


def test_tab_separated_text_holds_the_same(cohort, whole, tmp_path):
    assert pgx("batch", cohort, "-o", tmp_path / "out", *OPTIONS, "--format", "tsv", "--part-size", 25).returncode == 0
    for path in sorted((whole / "some/recommendations").glob("*.parquet")):
        text = pl.read_csv(tmp_path / "out/recommendations" / f"{path.stem}.tsv", separator="\t")
        assert text.equals(pl.read_parquet(path)) or text.height == 0


def test_reports_of_single_samples_where_asked_for(cohort, tmp_path):
    options = ("--gene", "VKORC1", "--reports", "json", "--part-size", 30, "--quiet", "-o", tmp_path / "out")
    assert pgx("batch", cohort, *options, "--shard", "2/2").returncode == 0
    assert [path.name for path in (tmp_path / "out/reports").iterdir()] == ["part-00001-0000"]
    assert pgx("batch", cohort, *options, "--shard", "1/2").returncode == 0
    found = [json.loads(path.read_text()) for path in sorted((tmp_path / "out/reports").rglob("results.json"))]
    assert [entry["sample"] for part in found for entry in part["samples"]] == [f"P{n:03d}" for n in range(60)]


def test_report_that_cannot_be_made_does_not_stop_the_others(tmp_path):
    folder = tmp_path / "files"
    folder.mkdir()
    for number in range(3):
        write_cohort(folder / f"sample{number}.vcf", 1, seed=number, first=number)
    (folder / "sample1.vcf").write_text("no VCF\n")
    made = pgx("batch", folder, "-o", tmp_path / "out", "--quiet", "--reports", "json")
    assert (made.returncode, made.stderr.count("\n")) == (3, 1)
    results = json.loads((tmp_path / "out/reports/part-00000-0000/results.json").read_text())
    assert [entry["sample"] for entry in results["samples"]] == ["P000", "P002"]


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """A file with more samples than anybody reads one by one."""
    path = tmp_path_factory.mktemp("many") / "many.vcf"
    lines = cohort_text(2).splitlines()
    head = next(number for number, line in enumerate(lines) if line.startswith("#CHROM"))
    names = "\t".join(f"P{number:04d}" for number in range(1_001))
    wide = [line.split("\t") for line in lines[head + 1 :]]
    records = ["\t".join([*fields[:9], *([fields[9]] * 501), *([fields[10]] * 500)]) for fields in wide]
    title = "\t".join([*lines[head].split("\t")[:9], names])
    path.write_text("\n".join([*lines[:head], title, *records]) + "\n")
    return path


@pytest.mark.parametrize("command", ["run", "call"])
def test_thousands_of_samples_are_run_as_a_batch(many, tmp_path, command):
    options = ("--gene", "CYP2C19", "-o", tmp_path / "out")
    made = pgx(command, many, *options)
    assert (made.returncode, made.stderr.count("\n"), made.stdout) == (0, 2, "")
    assert "1,001 samples" in made.stderr
    calls_only = ("--calls-only",) if command == "call" else ()
    assert pgx("batch", many, *options[:2], "-o", tmp_path / "batch", *calls_only, "--quiet").returncode == 0
    assert contents(tmp_path / "out") == contents(tmp_path / "batch")
    assert pgx(command, many, *options).returncode == 0


@pytest.mark.parametrize("options", [("--format", "json"), ("--sample", "P0001")])
def test_reports_are_written_where_they_are_asked_for(many, tmp_path, options):
    made = pgx("run", many, "--gene", "CYP2C19", "-o", tmp_path / "out", *options, "--quiet")
    assert made.returncode == 0
    assert (tmp_path / "out/results.json").is_file()
    assert not (tmp_path / "out/manifest.json").exists()


def test_manifest_names_what_went_in_and_came_out(cohort, whole):
    manifest = json.loads((whole / "some/manifest.json").read_text())
    assert manifest["inputs"][0]["name"] == str(cohort)
    assert len(manifest["inputs"][0]["sha256"]) == 64
    assert manifest["samples"] == 60
    assert [part["samples"] for part in manifest["parts"]] == [25, 25, 10]
    listed = {entry["name"]: entry["bytes"] for entry in manifest["outputs"]}
    written = {name: len(data) for name, data in contents(whole / "some").items() if name != "manifest.json"}
    assert listed == written


def test_manifest_counts_what_was_not_used(cohort, tmp_path):
    lines = cohort.read_text().splitlines()
    place = next(number for number, line in enumerate(lines) if line.startswith("chr10\t94842866"))
    fields = lines[place].split("\t")
    fields[1:5] = ["94842880", ".", "A", "T"]
    odd = "\t".join([*fields[:9], *("0/1:30:99" if number < 2 else "0/0:30:99" for number in range(60))])
    (tmp_path / "odd.vcf").write_text("\n".join([*lines[: place + 1], odd, *lines[place + 1 :]]) + "\n")
    made = pgx("batch", tmp_path / "odd.vcf", "-o", tmp_path / "out", "--gene", "CYP2C19", "--quiet")
    assert made.returncode == 0
    report = run([tmp_path / "odd.vcf"], RunOptions(genes=("CYP2C19",))).input
    manifest = json.loads((tmp_path / "out/manifest.json").read_text())
    records = manifest["records"]
    assert records["used"] == report.used > 0
    assert records["unexplained"] == dict(report.unexplained) == {"CYP2C19": 1}
    assert records["discarded"] == dict(report.discarded)
    assert {"python", "numpy", "cyvcf2"} <= set(manifest["provenance"]["versions"])


@pytest.mark.parametrize(
    "arguments", [("--shard", "3/2"), ("--engine", "dask"), ("--format", "html"), ("--reports", "nothing")]
)
def test_wrong_options_are_one_line(cohort, tmp_path, arguments):
    made = pgx("batch", cohort, "-o", tmp_path / "out", *arguments)
    assert (made.returncode, made.stderr.count("\n")) == (2, 1)
    assert not (tmp_path / "out").exists()
