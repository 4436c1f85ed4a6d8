"""Options on reading have the same effect in every command that has them, from the command line.

A row of `CUTS` is one record changed, the options, and the state that the position then has in each command.
"""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from command_line import Ending, run_command

from pgx.cli.app import app
from pgx.domain.variant import Build
from pgx.rules.ruleset import load_rules
from pgx.simulation import parse_diplotypes, simulate

SAMPLES = Path(__file__).resolve().parents[1] / "sample_vcfs"
GENE, POSITION, SAMPLE = "CYP2C19", "rs4244285", "S1"
OTHER_NAME = "NEW"


@dataclass(frozen=True)
class Cut:
    """The changed fields of the record at `POSITION`, the options, and what becomes of the position."""

    name: str
    options: str
    state: str
    keys: str = "GT:AD:DP:GQ"
    entry: str = "0/1:27,3:30:50"
    passed: str = "PASS"


CUTS = (
    Cut("nothing asked for", "", "called"),
    Cut("quality", "--min-gq 60", "filtered"),
    Cut("quality that suffices", "--min-gq 50", "called"),
    Cut("depth", "--min-dp 31", "filtered"),
    Cut("balance", "--min-balance 0.2", "filtered"),
    Cut("certainty", "--min-certainty 0.99", "no_call", keys="GT:GP", entry="0/1:0.02,0.95,0.03"),
    Cut("certainty that suffices", "--min-certainty 0.95", "called", keys="GT:GP", entry="0/1:0.02,0.95,0.03"),
    Cut("certainty by itself", "", "no_call", keys="GT:GP", entry="0/1:0.1,0.8,0.1"),
    Cut("certainty given up", "--min-certainty 0", "called", keys="GT:GP", entry="0/1:0.1,0.8,0.1"),
    Cut("failed filter", "--require-pass", "filtered", passed="q10"),
    Cut("failed filter that is let in", "", "called", passed="q10"),
)


def made(folder: Path, cut: Cut = CUTS[0], **wanted: str) -> Path:
    """Write a file with the reference allele everywhere but for `wanted`, and the record changed."""
    genes = load_rules().genes
    diplotypes = parse_diplotypes([f"{gene}={pair}" for gene, pair in wanted.items()], genes)
    some = {symbol: genes[symbol] for symbol in {GENE: "", **wanted}}
    text = simulate(some, {SAMPLE: diplotypes}, Build.GRCH38)
    path = folder / "x.vcf"
    path.write_text("".join(f"{_changed(line, cut)}\n" for line in text.splitlines()), encoding="utf-8")
    return path


def _changed(line: str, cut: Cut) -> str:
    fields = line.split("\t")
    if line.startswith("#") or fields[2] != POSITION:
        return line
    return "\t".join([*fields[:6], cut.passed, fields[7], cut.keys, cut.entry])


def document(ending: Ending) -> dict:
    assert (ending.code, ending.err) == (0, "")
    return json.loads(ending.out)


def of_run(path: Path, *options: object, command: str = "run", gene: str = GENE) -> dict:
    """The gene of the one sample as `run` and `call` give it."""
    (sample,) = document(run_command(command, path, "--gene", gene, "--json", *options))["samples"]
    return {"sample": sample["sample"], **sample["genes"][gene]}


def of_batch(path: Path, *options: object, gene: str = GENE) -> dict:
    """The same keys as the tables of a batch give them."""
    folder = path.parent / "tables"
    ending = run_command("batch", path, "-o", folder, "--gene", gene, "--format", "tsv", "-j", 1, "-q", *options)
    assert (ending.code, ending.err) == (0, "")
    (row,) = rows(folder / "calls")
    seen = [{"position": one["position"], "state": one["state"]} for one in rows(folder / "evidence")]
    lists = {name: row[name].split("|") if row[name] else [] for name in ("lookup", "diplotypes")}
    return {**row, **lists, "evidence": {"not_called": seen}, "diplotypes": [{"name": n} for n in lists["diplotypes"]]}


def rows(place: Path) -> list[dict[str, str]]:
    """The rows of a table, or of all tables below a folder; what a folder's name says is a cell like any other."""
    found = []
    for path in sorted(place.rglob("*.tsv")) if place.is_dir() else [place]:
        said = dict(part.split("=") for part in path.relative_to(place).parts if "=" in part)
        with path.open(encoding="utf-8", newline="") as stream:
            found += [said | row for row in csv.DictReader(stream, dialect="excel-tab")]
    return found


def state_of_position(found: dict) -> str:
    states = {entry["position"]: entry["state"] for entry in found["evidence"]["not_called"]}
    return states.get(POSITION, "called")


def state_explained(path: Path, *options: object) -> str:
    told = document(run_command("explain", GENE, path, "--json", "--every-position", *options))
    return next(row["state"] for row in told["positions"] if row["position"] == POSITION)


STATES: dict[str, Callable[..., str]] = {
    "run": lambda path, *options: state_of_position(of_run(path, *options)),
    "call": lambda path, *options: state_of_position(of_run(path, *options, command="call")),
    "batch": lambda path, *options: state_of_position(of_batch(path, *options)),
    "explain": state_explained,
}


@pytest.mark.parametrize("command", STATES)
@pytest.mark.parametrize("cut", CUTS, ids=lambda cut: cut.name)
def test_cut_offs(cut, command, tmp_path):
    assert STATES[command](made(tmp_path, cut), *cut.options.split()) == cut.state


@pytest.mark.parametrize("cut", CUTS, ids=lambda cut: cut.name)
def test_what_is_cut_off_counts_as_not_seen(cut, tmp_path):
    found = document(run_command("check", made(tmp_path, cut), "--gene", GENE, "--json", *cut.options.split()))
    gene = found["genes"][GENE]
    assert gene["positions"] - gene["seen"] == (0 if cut.state == "called" else 1)
    assert any(note["code"] == "genotypes" for note in found["notes"]) == (cut.state != "called")


def test_check_says_what_the_cut_off_removed(tmp_path):
    ending = run_command("check", made(tmp_path, CUTS[0]), "--gene", GENE, "--min-gq", 60)
    assert "1 genotype gives no alleles: genotype quality below 60." in ending.out


RENAMED = f"{SAMPLE}\t{OTHER_NAME}\n"
SAMPLE_NAMES: dict[str, Callable[..., str]] = {
    "run": lambda path, *options: of_run(path, *options)["sample"],
    "call": lambda path, *options: of_run(path, *options, command="call")["sample"],
    "batch": lambda path, *options: of_batch(path, *options)["sample"],
    "explain": lambda path, *options: document(run_command("explain", GENE, path, "--json", *options))["sample"],
}


@pytest.mark.parametrize("command", SAMPLE_NAMES)
def test_samples_are_renamed(command, tmp_path):
    path, table = made(tmp_path), tmp_path / "names.tsv"
    table.write_text(RENAMED, encoding="utf-8")
    options = ("--sample-map", table, "--sample", OTHER_NAME)
    assert SAMPLE_NAMES[command](path, *options) == OTHER_NAME


def test_check_knows_new_names(tmp_path):
    path, table = made(tmp_path), tmp_path / "names.tsv"
    table.write_text(RENAMED, encoding="utf-8")
    assert run_command("check", path, "--sample", OTHER_NAME, "-q").code == 2
    assert run_command("check", path, "--sample", OTHER_NAME, "--sample-map", table, "-q").code == 0


@pytest.mark.parametrize("command", ["run", "call", "batch", "explain", "check"])
def test_fasta_that_does_not_fit_is_refused(command, tmp_path):
    path, fasta = made(tmp_path), tmp_path / "other.fa"
    fasta.write_text(">other\nACGT\n", encoding="utf-8")
    given = [GENE, path] if command == "explain" else [path]
    more = ["-o", tmp_path / "out"] if command == "batch" else []
    ending = run_command(command, *given, *more, "--fasta", fasta)
    assert ending.code == 1
    assert ending.err.count("\n") == 1
    assert "other.fa: has none of the chromosomes" in ending.err


STRUCTURAL = "CYP2D6"


def explained(path: Path, *options: object, gene: str = GENE) -> dict:
    return document(run_command("explain", gene, path, "--json", *options))


CALLS: dict[str, Callable[..., dict]] = {
    "run": of_run,
    "call": lambda path, *options, gene: of_run(path, *options, command="call", gene=gene),
    "batch": of_batch,
    "explain": explained,
}


def make_room(folder: Path) -> None:
    """Let another batch write where one has written, if one has."""
    shutil.rmtree(folder / "tables", ignore_errors=True)


@pytest.mark.parametrize("command", CALLS)
def test_copies_known_from_elsewhere(command, tmp_path):
    path = made(tmp_path, **{STRUCTURAL: "*1/*4"})
    assert CALLS[command](path, gene=STRUCTURAL)["status"] == "untestable"
    make_room(tmp_path)
    told = CALLS[command](path, "--copy-number", f"{STRUCTURAL}=2", gene=STRUCTURAL)
    assert told["status"] == "called"
    assert "*1/*4" in json.dumps(told["diplotypes"])


def with_combination(folder: Path) -> Path:
    """Write a phased file with the changes of two alleles on one strand."""
    cut = Cut("two alleles on a strand", "", "called", entry="0|1:15,15:30:50")
    path = made(folder, cut, **{GENE: "*1/*17"})
    text = path.read_text(encoding="utf-8")
    for pair in ("0/0", "0/1", "1/1"):
        text = text.replace(f"{pair}:32", f"{pair.replace('/', '|')}:32")
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("command", CALLS)
def test_combinations_are_named_where_asked_for(command, tmp_path):
    path = with_combination(tmp_path)
    assert not CALLS[command](path, gene=GENE)["diplotypes"]
    make_room(tmp_path)
    assert " + " in json.dumps(CALLS[command](path, "--combinations", gene=GENE)["diplotypes"])


def test_combinations_give_no_advice_in_a_batch_either(tmp_path):
    options = ("--gene", GENE, "--combinations", "--format", "tsv", "-q", "-o")
    path = with_combination(tmp_path)
    assert run_command("run", path, *options, tmp_path / "run").code == 0
    assert run_command("batch", path, "--all-advice", "-j", 1, *options, tmp_path / "batch").code == 0
    assert comparable(tmp_path / "batch/calls") == comparable(tmp_path / "run/calls.tsv")
    assert not rows(tmp_path / "run/recommendations.tsv")
    assert not rows(tmp_path / "batch/recommendations")
    (called,) = rows(tmp_path / "run/calls.tsv")
    lacking = {row["drug"] for row in rows(tmp_path / "batch/not_assessed_sets.tsv")}
    assert lacking == set(called["not_assessed"].split("|"))


@pytest.mark.parametrize("command", ["run", "call", "explain", "check"])
def test_strict_refuses_what_was_not_used(command, tmp_path):
    path = made(tmp_path)
    lines = path.read_text(encoding="utf-8").splitlines()
    number = next(n for n, line in enumerate(lines) if f"\t{POSITION}\t" in line)
    fields = lines[number].split("\t")
    lines.insert(number, "\t".join([*fields[:2], ".", "G", "<INV>", *fields[5:]]))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    given = [GENE, path] if command == "explain" else [path, "--gene", GENE]
    assert run_command(command, *given).code == 0
    ending = run_command(command, *given, "--strict")
    assert (ending.code, ending.err.count("\n")) == (1, 1)
    assert "records were not used (1 " in ending.err


@pytest.mark.parametrize("option", ["--min-gq 20", "--require-pass", "--sample A", "--strict", "--min-certainty 0.5"])
def test_regions_have_no_genotypes(option, tmp_path):
    bed = tmp_path / "panel.bed"
    bed.write_text("chr10\t94781858\t94781860\n", encoding="utf-8")
    ending = run_command("check", bed, "--build", "GRCh38", *option.split())
    assert (ending.code, ending.err.count("\n")) == (2, 1)
    assert option.split()[0] in ending.err


EVERYTHING = (
    "--min-gq 20 --min-dp 20 --min-balance 0.2 --min-certainty 0.95 --require-pass --combinations --all-matches "
    f"--assume-reference all --copy-number {STRUCTURAL}=3"
)


OUTSIDE = f"--outside {SAMPLES / 'psychiatry.outside.tsv'} --prefer report-both --all-matches"
SHIPPED = sorted(path.name for path in SAMPLES.iterdir() if path.name.endswith(("vcf", "gz")))


RUNS = [*((name, EVERYTHING) for name in SHIPPED), ("psychiatry.vcf.gz", OUTSIDE)]


@pytest.mark.parametrize(("name", "options"), RUNS)
def test_batch_calls_what_run_calls(name, options, tmp_path):
    more = (*options.split(), "--format", "tsv", "-q", "-o")
    assert run_command("call", SAMPLES / name, *more, tmp_path / "call").code == 0
    assert run_command("batch", SAMPLES / name, "--calls-only", "-j", 1, *more, tmp_path / "batch").code == 0
    for table in ("calls", "evidence"):
        assert comparable(tmp_path / "batch" / table) == comparable(tmp_path / "call" / f"{table}.tsv")


def comparable(place: Path) -> list[dict[str, str]]:
    """Rows in an order of their own, without the column that a batch keeps in another table."""
    kept = ({name: cell for name, cell in row.items() if name != "not_assessed"} for row in rows(place))
    return sorted(kept, key=lambda row: (row["sample"], row["gene"], row.get("position", "")))


@pytest.mark.parametrize("shared_by", [("run", "call"), ("run", "batch"), ("run", "explain"), ("run", "check")])
def test_shared_options_are_the_same(shared_by):
    """An option that two commands have says the same and has the same usual value in both."""
    from typer.main import get_command

    first, second = ({one.name: one for one in get_command(app).commands[name].params} for name in shared_by)
    own = {"output", "formats", "table_format", "sample", "gene", "files", "help"}
    both = first.keys() & second.keys() - own
    assert len(both) >= 9
    for name in both:
        assert (first[name].help, first[name].default) == (second[name].help, second[name].default)


@pytest.mark.parametrize("options", ["", "--min-level A", "--population child"])
def test_batch_advises_what_run_advises(options, tmp_path):
    path, more = made(tmp_path, **{GENE: "*2/*2"}), (*options.split(), "--gene", GENE, "--format", "tsv", "-q", "-o")
    assert run_command("run", path, *more, tmp_path / "run").code == 0
    assert run_command("batch", path, "-j", 1, *more, tmp_path / "batch").code == 0
    names = ("drug", "source", "population", "action", "severity", "advice")
    asking = (row for row in rows(tmp_path / "run/recommendations.tsv") if row["severity"] in ("amber", "red"))
    expected = {tuple(row[name] for name in names) for row in asking}
    assert expected
    assert {tuple(row[name] for name in names) for row in rows(tmp_path / "batch/advice.tsv")} == expected
