"""Every wrong input is one line on standard error: what, where, what to do; the right exit code; nothing half-written.

A case makes its files in a folder and returns the command. `expected` are words the line must have: the place and
what can be done about it.
"""

from __future__ import annotations

import gzip
import json
import shutil
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from pgx.cli.app import main

CHECKOUT = Path(__file__).resolve().parent.parent
SAMPLES = CHECKOUT / "sample_vcfs"
RULES = CHECKOUT / "rules"
DONE, DATA, USAGE, IN_PART = 0, 1, 2, 3
GENE = ("--gene", "CYP2C19")


@dataclass(frozen=True)
class Case:
    """A command that fails: how its files are made, its exit code, and words that its message must have."""

    name: str
    command: Callable[[Path], list[str]]
    code: int
    expected: tuple[str, ...]


def text(name: str = "ordinary.grch38.vcf.gz") -> str:
    return gzip.decompress((SAMPLES / name).read_bytes()).decode()


def write(folder: Path, name: str, content: str | bytes) -> str:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return str(path)


def copy(folder: Path, name: str) -> str:
    shutil.copy(SAMPLES / name, folder)
    return str(folder / name)


def changed(old: str, new: str, name: str = "ordinary.grch38.vcf.gz") -> Callable[[Path], list[str]]:
    """Run a sample whose text was changed in one place."""

    def command(folder: Path) -> list[str]:
        before = text(name)
        assert old in before
        return ["run", write(folder, "x.vcf", before.replace(old, new, 1)), *GENE]

    return command


def given(*options: str, name: str = "ordinary.grch38.vcf.gz") -> Callable[[Path], list[str]]:
    """Run a sample with these options."""
    return lambda folder: ["run", copy(folder, name), *options]


def with_file(name: str, content: str | bytes, *options: str) -> Callable[[Path], list[str]]:
    """Run a file of this content; or a sample, where the options end in the one that takes the file."""

    def command(folder: Path) -> list[str]:
        path = write(folder, name, content)
        if options and options[-1].startswith("--"):
            return ["run", copy(folder, "ordinary.grch38.vcf.gz"), *options, path]
        return ["run", path, *options]

    return command


def cut_compressed(folder: Path) -> list[str]:
    whole = (SAMPLES / "ordinary.grch38.vcf.gz").read_bytes()
    return ["run", write(folder, "x.vcf.gz", whole[: len(whole) // 2])]


def cut_record(folder: Path) -> list[str]:
    lines = text().splitlines(keepends=True)
    number = next(n for n, line in enumerate(lines) if line.startswith("chr10\t94781859"))
    return ["run", write(folder, "x.vcf", "".join(lines[:number]) + lines[number][:24] + "\n")]


def cut_genotypes(folder: Path) -> list[str]:
    lines = text("family.vcf.gz").splitlines(keepends=True)
    number = next(n for n, line in enumerate(lines) if line.startswith("chr10\t94781859"))
    return ["run", write(folder, "x.vcf", "".join(lines[:number]) + lines[number].rsplit("\t", 1)[0] + "\n")]


def impossible_allele(folder: Path) -> list[str]:
    lines = text().splitlines(keepends=True)
    number = next(n for n, line in enumerate(lines) if line.startswith("chr10\t94781859"))
    head = lines[number].split("\t")[:9]
    lines[number] = "\t".join([*head[:8], "GT", "0/7"]) + "\n"
    return ["run", write(folder, "x.vcf", "".join(lines)), *GENE]


def mixed_builds(folder: Path) -> list[str]:
    return ["run", copy(folder, "clopidogrel_poor.grch37.vcf.gz"), copy(folder, "clopidogrel_poor.grch38.vcf.gz")]


def no_samples(folder: Path) -> list[str]:
    rows = [line if line.startswith("##") else "\t".join(line.split("\t")[:8]) for line in text().splitlines()]
    return ["run", write(folder, "x.vcf", "\n".join(rows) + "\n")]


def duplicate_samples(folder: Path) -> list[str]:
    lines = text("family.vcf.gz").splitlines(keepends=True)
    number = next(n for n, line in enumerate(lines) if line.startswith("#CHROM"))
    fields = lines[number].rstrip("\n").split("\t")
    fields[10] = fields[9]
    lines[number] = "\t".join(fields) + "\n"
    return ["run", write(folder, "x.vcf", "".join(lines))]


def output_is_a_file(folder: Path) -> list[str]:
    return ["run", copy(folder, "ordinary.grch38.vcf.gz"), "-o", write(folder, "taken", "x"), "--format", "json"]


def broken_rules(old: str, new: str, table: str = "genes/CYP2C19.yaml") -> Callable[[Path], list[str]]:
    """Run with a copy of the shipped rules in which one table was changed in one place."""

    def command(folder: Path) -> list[str]:
        shutil.copytree(RULES, folder / "rules")
        path = folder / "rules" / table
        before = path.read_text(encoding="utf-8")
        assert old in before
        path.write_text(before.replace(old, new, 1), encoding="utf-8")
        return ["run", copy(folder, "ordinary.grch38.vcf.gz"), "--rules", str(folder / "rules")]

    return command


CASES = (
    Case("missing file", lambda folder: ["run", str(folder / "no.vcf.gz")], DATA, ("no.vcf.gz", "no such file")),
    Case("directory", lambda folder: ["run", str(folder)], DATA, ("in", "no variant files", "name the files")),
    Case("empty file", with_file("x.vcf", ""), DATA, ("x.vcf", "empty")),
    Case("empty compressed file", with_file("x.vcf.gz", gzip.compress(b"")), DATA, ("x.vcf.gz", "empty")),
    Case("text file", with_file("x.vcf", "Dear lab,\nplease find attached\n"), DATA, ("x.vcf", "VCF")),
    Case("binary file", with_file("x.vcf", bytes(range(256)) * 9), DATA, ("x.vcf", "VCF")),
    Case("heading without #CHROM", with_file("x.vcf", "##fileformat=VCFv4.2\n"), DATA, ("x.vcf", "#CHROM")),
    Case("cut-off bgzip", cut_compressed, DATA, ("x.vcf.gz", "cut off")),
    Case("cut-off record", cut_record, DATA, ("x.vcf", "columns")),
    Case("record without the last sample", cut_genotypes, DATA, ("x.vcf", "columns")),
    Case("position that is no number", changed("chr10\t94781859", "chr10\tabc"), DATA, ("x.vcf", "abc")),
    Case("allele beyond ALT", impossible_allele, DATA, ("x.vcf", "chr10:94781859", "0/7")),
    Case("wrong build", given("--build", "GRCh37"), DATA, ("ordinary.grch38.vcf.gz", "GRCh38", "--build")),
    Case("mixed builds", mixed_builds, DATA, ("GRCh37", "GRCh38", "clopidogrel_poor")),
    Case("no sample columns", no_samples, DATA, ("x.vcf", "sample")),
    Case("duplicate sample names", duplicate_samples, DATA, ("x.vcf", "twice")),
    Case("unknown sample", given("--sample", "A12"), USAGE, ("ordinary.grch38.vcf.gz", "A12", "has")),
    Case("unknown gene", given("--gene", "CYP2C91"), USAGE, ("CYP2C91", "CYP2C9")),
    Case("unknown drug", given("--drug", "clopidogrell"), USAGE, ("clopidogrell", "did you mean clopidogrel")),
    Case("drug like no other", given("--drug", "qqqq"), USAGE, ("qqqq", "pgx drugs")),
    Case("unknown source", given("--source", "EMA"), USAGE, ("EMA", "CPIC")),
    Case("unknown build name", given("--build", "hg17"), USAGE, ("hg17", "GRCh38")),
    Case("unknown format", given("--format", "docx", "-o", "OUT"), USAGE, ("docx", "json")),
    Case("format without folder", given("--format", "json"), USAGE, ("--output",)),
    Case("unknown preference", given("--prefer", "mine"), USAGE, ("mine", "report-both")),
    Case("assumption for no gene", given("--assume-reference", "CYP9"), USAGE, ("CYP9", "BED")),
    Case("no input", lambda folder: ["run"], USAGE, ("no input", "--outside")),
    Case("unknown option", given("--nonsense"), USAGE, ("--nonsense",)),
    Case("option without value", lambda folder: ["run", "x.vcf", "--gene"], USAGE, ("--gene",)),
    Case("number that is none", given("--min-gq", "high"), USAGE, ("--min-gq",)),
    Case("unknown command", lambda folder: ["runn", "x.vcf"], USAGE, ("runn",)),
    Case("missing outside file", given("--outside", "no.tsv"), DATA, ("no.tsv",)),
    Case("missing rule folder", given("--rules", "no_rules"), DATA, ("no_rules", "manifest.yaml")),
    Case("missing table of sexes", given("--sex", "no.tsv"), DATA, ("no.tsv",)),
    Case("table of sexes", with_file("sex.tsv", "sample sex\nS1 tall\n", "--sex"), DATA, ("sex.tsv", "line 2", "male")),
    Case("outside file of no kind", with_file("o.tsv", "hello\n", "--outside"), DATA, ("o.tsv", "line 1")),
    Case("outside file that is binary", with_file("o.tsv", bytes(range(256)), "--outside"), DATA, ("o.tsv",)),
    Case("output is a file", output_is_a_file, DATA, ("taken",)),
    Case("typo in a gene table's key", broken_rules("function:", "funktion:"), DATA, ("CYP2C19.yaml", "funktion")),
    Case(
        "typo in a function",
        broken_rules("Increased function", "Incresed function"),
        DATA,
        ("CYP2C19.yaml", "Increased function"),
    ),
    Case(
        "allele at no position", broken_rules("core: {rs3758581: G}", "core: {rs1: G}"), DATA, ("CYP2C19.yaml", "rs1")
    ),
    Case("rule table that is no YAML", broken_rules("alleles:", "alleles: ["), DATA, ("CYP2C19.yaml",)),
    Case(
        "typo in an action",
        broken_rules("action: avoid", "action: avoyd", "drugs/clopidogrel.yaml"),
        DATA,
        ("clopidogrel.yaml", "avoyd"),
    ),
    Case("rules that cannot be validated", lambda f: ["rules", "validate", str(f)], DATA, ("manifest.yaml",)),
    Case(
        "simulated allele",
        lambda f: ["simulate", "--diplotype", "CYP2C19=*2/*999", "-o", str(f / "x.vcf")],
        USAGE,
        ("*999",),
    ),
)


def run_main(monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> int:
    """Run the program in this process and return its exit code; anything but an exit is a bug."""
    monkeypatch.setattr(sys, "argv", ["pgx", *arguments])
    try:
        main()
    except SystemExit as ending:
        return int(ending.code or 0)
    return 0


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_one_line(case, tmp_path, monkeypatch, capfd):
    folder, output = tmp_path / "in", tmp_path / "reports"
    folder.mkdir()
    monkeypatch.chdir(folder)
    arguments = case.command(folder)
    if arguments[0] == "run" and not {"-o", "--format"} & set(arguments) and not arguments[-1].startswith("--"):
        arguments += ["-o", str(output)]
    files = sorted(folder.rglob("*"))
    code = run_main(monkeypatch, arguments)
    printed = capfd.readouterr()
    lines = printed.err.splitlines()
    assert len(lines) == 1, printed.err
    assert lines[0].startswith("pgx: ")
    assert all(word in lines[0] for word in case.expected), lines[0]
    assert (code, printed.out) == (case.code, "")
    assert not output.exists() or not list(output.iterdir())
    assert sorted(folder.rglob("*")) == files


def test_the_issue_is_covered():
    """Every kind of bad input has a case."""
    kinds = (
        "missing file", "directory", "empty file", "text file", "cut-off bgzip", "cut-off record", "allele beyond ALT",
        "wrong build", "mixed builds", "no sample columns", "duplicate sample names", "unknown sample", "unknown gene",
        "unknown drug", "outside file of no kind", "typo in a gene table's key",
    )  # fmt: skip
    assert set(kinds) <= {case.name for case in CASES}


def test_other_lines_of_an_outside_file_still_count(tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    table = write(tmp_path, "o.tsv", "CYP2D6\t*1/*4\nNOGENE\t*1/*2\n")
    code = run_main(monkeypatch, ["run", copy(tmp_path, "ordinary.grch38.vcf.gz"), "--outside", table, "--json"])
    printed = capfd.readouterr()
    found = json.loads(printed.out)
    assert code == IN_PART
    assert printed.err.startswith("pgx: o.tsv line 2")
    assert found["samples"][0]["genes"]["CYP2D6"]["diplotypes"][0]["name"] == "*1/*4"
    assert "o.tsv line 2" in json.dumps(found)


def test_earlier_reports_survive_an_error(tmp_path, monkeypatch, capfd):
    """A run that fails leaves the files of the run before it as they were."""
    monkeypatch.chdir(tmp_path)
    good, output = copy(tmp_path, "ordinary.grch38.vcf.gz"), tmp_path / "reports"
    assert run_main(monkeypatch, ["run", good, "-o", str(output), "--format", "json", "-q"]) == DONE
    before = {path: path.read_bytes() for path in output.iterdir()}
    bad = write(tmp_path, "bad.vcf", "not a VCF\n")
    assert run_main(monkeypatch, ["run", good, bad, "-o", str(output), "--format", "json", "-q"]) == DATA
    assert {path: path.read_bytes() for path in output.iterdir()} == before
    capfd.readouterr()


def test_a_report_that_cannot_be_finished_is_not_left(tmp_path, monkeypatch, capfd):
    """Where the disk is full there is one line, and no file under its final or a temporary name."""
    monkeypatch.chdir(tmp_path)
    good, output = copy(tmp_path, "ordinary.grch38.vcf.gz"), tmp_path / "reports"
    resource = pytest.importorskip("resource")
    limits, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))
        code = run_main(monkeypatch, ["run", good, "-o", str(output), "--format", "json", "-q"])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    lines = capfd.readouterr().err.splitlines()
    assert (code, len(lines)) == (DATA, 1)
    assert "results.json" in lines[0]
    assert not list(output.iterdir())
