"""What took users of other tools down: every row of `cases/traps.tsv` names a test; those of whole runs are here."""

from __future__ import annotations

import ast
import csv
import gzip
import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from pgx.cli.app import main
from pgx.domain.call import GeneCall
from pgx.domain.results import Results
from pgx.domain.ruleset import RuleSet
from pgx.domain.variant import Build
from pgx.genotypes import ReadOptions
from pgx.pipeline import run
from pgx.rules.ruleset import load_rules
from pgx.selection import RunOptions
from pgx.simulation import parse_diplotypes, simulate, write_vcf

TESTS = Path(__file__).resolve().parent
TRAPS = 27


def traps() -> list[dict[str, str]]:
    with (TESTS / "cases" / "traps.tsv").open(encoding="utf-8") as stream:
        return list(csv.DictReader((line for line in stream if not line.startswith("#")), delimiter="\t"))


@cache
def names_of(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    inside = {f"{name}::{part.name}" for name, node in classes.items() for part in node.body if hasattr(part, "name")}
    return inside | {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_trap_has_a_row():
    assert sorted({int(row["trap"]) for row in traps()}) == list(range(1, TRAPS + 1))


@pytest.mark.parametrize("row", traps(), ids=lambda row: f"{row['trap']}-{row['test']}")
def test_every_row_has_its_test(row):
    file, _, name = row["test"].partition("::")
    name, _, case = name.partition("[")
    assert row["what"]
    assert row["how"]
    assert name in names_of(TESTS.parent / file)
    assert case.rpartition("-")[0] in (TESTS.parent / file).read_text(encoding="utf-8")


@cache
def rules() -> RuleSet:
    return load_rules()


def written(path: Path, *, phased: bool = False, build: Build = Build.GRCH38, **wanted: str) -> list[list[str]]:
    """Write a file for wanted diplotypes, and return its records as fields."""
    texts = [f"{gene}={diplotype}" for gene, diplotype in wanted.items()]
    people = {"S1": parse_diplotypes(texts, rules().genes)}
    write_vcf(path, simulate(rules().genes, people, build, phased=phased))
    text = gzip.decompress(path.read_bytes()).decode() if path.suffix == ".gz" else path.read_text()
    records = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
    return [[*fields[:8], "GT", fields[9].partition(":")[0]] for fields in records]


def put_together(path: Path, records: list[list[str]], samples: str = "S1", meta: str = "") -> Path:
    names = "\t".join(samples.split())
    heading = f"##fileformat=VCFv4.2\n{meta}#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t{names}\n"
    path.write_text(heading + "".join("\t".join(fields) + "\n" for fields in records))
    return path


def table_rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines(), delimiter="\t"))


def results_of(path: Path, gene: str, **options: object) -> Results:
    read = ReadOptions(**{"build": Build.GRCH38, **options})  # type: ignore[arg-type]
    return run([path], RunOptions(genes=(gene,), read=read, advise=False), rules())


def call_of(path: Path, gene: str, sample: int = 0, **options: object) -> GeneCall:
    return results_of(path, gene, **options).samples[sample].genes[gene].call


def names(call: GeneCall) -> list[str]:
    return [diplotype.name for diplotype in call.best_diplotypes]


class TestPhase:
    """One gene whose two variants, on one strand or on two, are other alleles."""

    @pytest.fixture
    def records(self, tmp_path):
        return written(tmp_path / "made.vcf", phased=True, TPMT="*1/*3A")

    def test_unphased_reference_leaves_the_phase_alone(self, tmp_path, records):
        """Trap 1: 0/0 between 0|1."""
        mixed = [[*fields[:9], "0/0" if fields[9] == "0|0" else fields[9]] for fields in records]
        assert {"0/0", "0|1"} <= {fields[9] for fields in mixed}
        call = call_of(put_together(tmp_path / "x.vcf", mixed), "TPMT")
        assert names(call) == ["*1/*3A"]
        assert len(call.consistent.seen) == 1

    def test_phase_is_judged_for_each_sample(self, tmp_path, records):
        """Trap 2: the first is phased, the second is not, the third has the variants on two strands."""
        rows, turned = [], 0
        for fields in records:
            turned += "1" in fields[9] and fields[0] == "chr6"
            third = "1|0" if "1" in fields[9] and turned == 1 else fields[9]
            rows.append([*fields, fields[9].replace("|", "/"), third])
        path = put_together(tmp_path / "x.vcf", rows, samples="S1 S2 S3")
        calls = [call_of(path, "TPMT", sample) for sample in range(3)]
        assert [names(call) for call in calls] == [["*1/*3A"], ["*1/*3A"], ["*3B/*3C"]]
        assert [len(call.consistent.seen) > 1 for call in calls] == [False, True, False]

    def test_filled_in_reference_makes_no_phase(self, tmp_path, records):
        """Trap 3: 0|0 filled in between 0/1 does not phase them."""
        mixed = [[*fields[:9], fields[9].replace("|", "/") if "1" in fields[9] else "0|0"] for fields in records]
        call = call_of(put_together(tmp_path / "x.vcf", mixed), "TPMT")
        assert len(call.consistent.seen) > 1

    def test_phase_sets_survive_merging_with_a_second_record(self, tmp_path, records):
        """Trap 4: the same site in a second record of another ALT, as splitting leaves them.

        The variants lie on two strands, which only the phase sets can tell.
        """
        rows, carried = [], 0
        for fields in records:
            carries = "1" in fields[9]
            carried += carries and fields[0] == "chr6"
            genotype = "1|0" if carries and carried == 1 else fields[9]
            rows.append([*fields[:8], "GT:PS", f"{genotype}:77"])
            if carries:
                other = next(base for base in "ACGT" if base not in (fields[3], *fields[4].split(",")))
                rows.append([*fields[:4], other, *fields[5:8], "GT:PS", "0|0:77"])
        call = call_of(put_together(tmp_path / "x.vcf", rows), "TPMT")
        assert names(call) == ["*3B/*3C"]
        assert len(call.consistent.seen) == 1


class TestRecords:
    """Records that other readers stumble over."""

    @pytest.fixture
    def records(self, tmp_path):
        return written(tmp_path / "made.vcf", CYP2C19="*1/*2", CYP3A4="*1/*20", NUDT15="*1/*3", UGT1A1="*1/*28")

    @pytest.mark.parametrize(("second", "state"), [("0/1", None), ("1/1", "conflict")])
    def test_two_records_of_one_insertion(self, tmp_path, records, second, state):
        """Trap 5: the same insertion again, one base to the right; saying the same, and contradicting."""
        gene = rules().genes["UGT1A1"]
        repeat = next(variant for variant in gene.variants if variant.tract and len(variant.bases) > 2)
        window = repeat.window(Build.GRCH38)
        assert window[2] == window[4]
        place, anchor = str(repeat.grch38 + 1), window[1]
        again = [gene.contig, place, ".", anchor, window[1:4], ".", "PASS", ".", "GT", second]
        call = call_of(put_together(tmp_path / "x.vcf", [*records, again]), gene.symbol)
        (held,) = (fields for fields in records if fields[1] == str(repeat.grch38))
        assert held[4].split(",")[int(held[9][-1]) - 1] == held[3] + window[1:3]
        assert dict(call.evidence.not_called).get(repeat.name) == state

    def test_reads_for_alleles_that_are_not_told(self, tmp_path, records):
        """Trap 21: AD with a dot, with too few numbers, and with one for an allele that is not in ALT."""
        for reads in (".", "12", "0,12", "12,11,0,0"):
            rows = [[*fields[:8], "GT:AD", f"{fields[9]}:{reads if '1' in fields[9] else '20'}"] for fields in records]
            found = names(call_of(put_together(tmp_path / "x.vcf", rows), "CYP2C19"))
            assert (found == ["*1/*2"]) is (reads != "0,12"), reads

    def test_symbolic_deletion_at_the_start_of_an_unsorted_file(self, tmp_path, records):
        """Trap 6."""
        deletion = ["chr10", "1", ".", "N", "<DEL>", ".", "PASS", "SVTYPE=DEL;END=5000", "GT", "0/1"]
        path = put_together(tmp_path / "x.vcf", [*reversed(records), deletion])
        assert names(call_of(path, "CYP2C19")) == ["*1/*2"]

    def test_contigs_with_colons_and_stars(self, tmp_path, records):
        """Trap 7."""
        meta = "##contig=<ID=HLA-A*01:01:01:01,length=3503>\n##contig=<ID=chr10,length=133797422>\n"
        alien = ["HLA-A*01:01:01:01", "12", ".", "A", "T", ".", "PASS", ".", "GT", "0/1"]
        results = results_of(put_together(tmp_path / "x.vcf", [alien, *records], meta=meta), "CYP2C19")
        assert names(results.samples[0].genes["CYP2C19"].call) == ["*1/*2"]
        assert results.input.read == len(records) + 1

    @pytest.mark.parametrize("quality", ["Infinity", "inf", "NaN", "-nan", ".", "1e400", "a"])
    def test_any_quality_column(self, tmp_path, records, quality):
        """Trap 9."""
        rows = [[*fields[:5], quality, *fields[6:]] for fields in records]
        assert names(call_of(put_together(tmp_path / "x.vcf", rows), "CYP2C19")) == ["*1/*2"]

    def test_header_without_assembly(self, tmp_path, records):
        """Trap 10: REF and ALT at the defining positions tell the build."""
        path = put_together(tmp_path / "x.vcf", records)
        results = results_of(path, "CYP2C19", build=None)
        assert results.input.build == "GRCh38"
        assert names(results.samples[0].genes["CYP2C19"].call) == ["*1/*2"]

    def test_windows_lines_and_tabs_at_the_end(self, tmp_path, records):
        """Beside the list: CRLF."""
        path = put_together(tmp_path / "x.vcf", records)
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
        assert names(call_of(path, "CYP2C19")) == ["*1/*2"]

    def test_reference_twice_with_other_alternatives(self, tmp_path, records):
        """Trap 26: an indel's site as two hom-ref records."""
        rows = []
        for fields in records:
            for alt in fields[4].split(","):
                genotype = fields[9] if fields[4].count(",") == 0 else "0/0"
                rows.append([*fields[:4], alt, *fields[5:9], genotype])
        rows += [[*fields] for fields in rows if fields[0] == "chr13" and fields[9] == "0/0"]
        assert names(call_of(put_together(tmp_path / "x.vcf", rows), "NUDT15")) == ["*1/*3"]

    def test_gzip_under_any_name(self, tmp_path, records):
        """Trap 8."""
        plain = put_together(tmp_path / "x.vcf", records)
        (tmp_path / "packed.vcf").write_bytes(gzip.compress(plain.read_bytes()))
        (tmp_path / "plain.vcf.gz").write_bytes(plain.read_bytes())
        for name in ("packed.vcf", "plain.vcf.gz"):
            assert names(call_of(tmp_path / name, "CYP2C19")) == ["*1/*2"]


class TestSex:
    """Trap 13: men written with two alleles on X."""

    def test_men_with_two_equal_alleles(self, tmp_path):
        from pgx.domain.genotype import Sex

        rows = written(tmp_path / "made.vcf", G6PD="B (reference)/B (reference)")
        path = put_together(tmp_path / "x.vcf", rows)
        call = call_of(path, "G6PD", sexes={"S1": Sex.MALE})
        assert names(call) == ["B (reference)"]
        assert len(call.best_diplotypes[0].alleles) == 1

    def test_men_with_two_different_alleles(self, tmp_path):
        from pgx.domain.genotype import Sex

        rows = written(tmp_path / "made.vcf", G6PD="Asahi/B (reference)")
        path = put_together(tmp_path / "x.vcf", rows)
        man, woman = (call_of(path, "G6PD", sexes={"S1": sex}) for sex in (Sex.MALE, Sex.FEMALE))
        assert names(woman) == ["B (reference)/Asahi"]
        assert [state for _, state in man.evidence.not_called] == ["conflict"]
        assert "Asahi" in man.evidence.not_excluded
        assert all(len(diplotype.alleles) == 1 for diplotype in man.diplotypes)


class TestBuilds:
    """Trap 14: positions at which the builds have other reference bases."""

    FLIPPED = tuple(
        gene.symbol
        for gene in load_rules().genes.values()
        if any(variant.ref37 != variant.ref for variant in gene.variants) and not gene.copy_number_required
    )

    @pytest.mark.parametrize("symbol", FLIPPED)
    def test_the_same_person_on_either_build(self, tmp_path, symbol):
        gene = rules().genes[symbol]
        for allele in [allele for allele in gene.alleles if not allele.structural][:4]:
            wanted = f"{allele.printed_name}/{allele.printed_name}"
            found = []
            for build in Build:
                rows = written(tmp_path / f"{build}.vcf", build=build, **{symbol: wanted})
                assert len(rows) >= len(gene.variants)
                found.append(names(call_of(put_together(tmp_path / "x.vcf", rows), symbol, build=build)))
            assert found[0] == found[1]
            assert wanted in found[0]

    def test_there_are_such_genes(self):
        assert len(self.FLIPPED) >= 3


class TestRuns:
    """Through the command line."""

    @pytest.fixture
    def folder(self, tmp_path):
        folder = tmp_path / "in"
        folder.mkdir()
        written(folder / "a.vcf.gz", CYP2C19="*1/*2")
        (folder / "outside.tsv").write_text("CYP2D6\t*1/*4\n")
        return folder

    @staticmethod
    def run_command(monkeypatch, *arguments: object) -> int:
        monkeypatch.setattr("sys.argv", ["pgx", *map(str, arguments)])
        try:
            main()
        except SystemExit as leaving:
            return int(leaving.code or 0)
        return 0

    def test_folder_in_and_another_folder_out(self, folder, tmp_path, monkeypatch):
        """Trap 11: results of other callers are found, and a second run does not read what the first wrote."""
        for _ in range(2):
            arguments = (folder, "--outside", folder / "outside.tsv", "-o", folder, "--format", "json", "-q")
            assert self.run_command(monkeypatch, "call", *arguments) == 0
        document = json.loads(next(folder.glob("*.json")).read_text())
        assert [file["name"] for file in document["input"]["files"]] == ["a.vcf.gz"]
        genes = document["samples"][0]["genes"]
        assert (genes["CYP2C19"]["diplotypes"][0]["name"], genes["CYP2D6"]["source"]) == ("*1/*2", "outside")

    def test_versions_are_never_empty(self, folder, tmp_path, monkeypatch):
        """Trap 20."""
        assert self.run_command(monkeypatch, "run", folder, "-o", tmp_path, "--format", "json", "-q") == 0
        document = json.loads(next(tmp_path.glob("*.json")).read_text())
        assert document["tool"]["version"]
        assert document["rules"]["version"]
        assert len(document["rules"]["sha256"]) == 64
        lines = document["samples"][0]["recommendations"]
        assert lines
        assert all(line["source"] and line["guideline"] and line["url"] for line in lines)

    def test_no_advice_stands_twice(self, folder, tmp_path, monkeypatch):
        """Trap 23: one line for a drug, guideline, population and gene results, of however many genes."""
        arguments = (folder, "--outside", folder / "outside.tsv", "-o", tmp_path, "--format", "json", "-q")
        assert self.run_command(monkeypatch, "run", *arguments) == 0
        document = json.loads(next(tmp_path.glob("*.json")).read_text())
        lines = document["samples"][0]["recommendations"]
        keys = ["drug", "source", "guideline", "population", "genes"]
        told = [json.dumps([line[key] for key in keys], sort_keys=True) for line in lines]
        assert len(set(told)) == len(told)
        assert any(len(line["genes"]) > 1 for line in lines)

    @pytest.fixture
    def ambiguous(self, tmp_path):
        written(tmp_path / "ambiguous.vcf.gz", TPMT="*1/*3A", CYP2C19="*1/*2")
        return tmp_path / "ambiguous.vcf.gz"

    def test_no_diplotype_stands_twice(self, ambiguous, monkeypatch, capsys):
        """Trap 18: with several that fit, each is listed once, whichever strand is named first."""
        self.run_command(monkeypatch, "call", ambiguous, "--all-matches", "--json")
        genes = json.loads(capsys.readouterr().out)["samples"][0]["genes"]
        found = {name: [tuple(sorted(d["alleles"])) for d in gene["diplotypes"]] for name, gene in genes.items()}
        assert len(found["TPMT"]) > 1
        assert all(len(set(pairs)) == len(pairs) for pairs in found.values())

    def test_the_order_is_the_same_in_every_process(self, ambiguous):
        """Trap 27: two processes whose hashes of names differ print the same bytes."""
        command = [sys.executable, "-m", "pgx", "call", str(ambiguous), "--all-matches", "--json"]
        environment = {**os.environ, "SOURCE_DATE_EPOCH": "0"}
        printed = {
            subprocess.run(
                command, env={**environment, "PYTHONHASHSEED": seed}, capture_output=True, check=True, cwd=TESTS.parent
            ).stdout
            for seed in ("1", "2")
        }
        assert len(printed) == 1

    def test_numeric_sample_names(self, tmp_path, monkeypatch, capsys):
        """Trap 12: chosen by name, and text in JSON and tables."""
        rows = [[*fields, fields[9]] for fields in written(tmp_path / "made.vcf", CYP2C19="*1/*2")]
        path = put_together(tmp_path / "x.vcf", rows, samples="007 12")
        chosen = ("--sample", "007", "--format", "json,tsv", "-o", tmp_path / "out", "-q")
        assert self.run_command(monkeypatch, "call", path, *chosen) == 0
        document = json.loads(next((tmp_path / "out").glob("*.json")).read_text())
        assert [sample["sample"] for sample in document["samples"]] == ["007"]
        assert {row["sample"] for row in table_rows(tmp_path / "out" / "calls.tsv")} == {"007"}
        assert self.run_command(monkeypatch, "call", path, "--sample", "7", "-q") == 2
        assert "no sample '7'" in capsys.readouterr().err

    @pytest.mark.parametrize("word", ["NO_READS", "NO_MATCH", "./.", "None", "Indeterminate"])
    def test_words_for_no_call(self, tmp_path, monkeypatch, capsys, word):
        """Trap 16: no call of that gene, and nothing lost of the others."""
        genes = self.call_outside(tmp_path, monkeypatch, capsys, f"CYP2D6\t{word}\nCYP2C19\t*1/*2\n")
        assert (genes["CYP2D6"]["status"], genes["CYP2D6"]["diplotypes"]) == ("not_called", [])
        assert genes["CYP2C19"]["diplotypes"][0]["name"] == "*1/*2"

    @pytest.mark.parametrize("spelt", ["*1/*80+*28", "*1/[*80+*28]", "*1/[*80 + *28]"])
    def test_brackets(self, tmp_path, monkeypatch, capsys, spelt):
        """Trap 17: another caller's, in brackets or not, and our own name for it."""
        genes = self.call_outside(tmp_path, monkeypatch, capsys, f"UGT1A1\t{spelt}\n")
        rows = written(tmp_path / "made.vcf", phased=True, UGT1A1="*1/*80+*28")
        own = call_of(put_together(tmp_path / "x.vcf", rows), "UGT1A1")
        found = genes["UGT1A1"]["diplotypes"][0]
        assert (found["name"], found["phenotype"]) == (names(own)[0], "Intermediate Metabolizer")

    def test_byte_order_mark_and_open_ended_score(self, tmp_path, monkeypatch, capsys):
        """Trap 22: in a table of other callers' results, as spreadsheets write it."""
        text = "\ufeffgene\tdiplotype\tphenotype\tactivity score\r\nCYP2D6\t\t\t≥3.0\r\n"
        gene = self.call_outside(tmp_path, monkeypatch, capsys, text)["CYP2D6"]
        assert (gene["activity_score"], gene["activity_score_min"], gene["lookup"]) == (3.0, True, ["≥3.0"])

    def test_impossible_copies(self, folder, tmp_path, monkeypatch, capsys):
        """Trap 24: from the user, and from another caller."""
        assert self.run_command(monkeypatch, "call", folder, "--copy-number", "CYP2D6=17") == 2
        assert capsys.readouterr().err.count("\n") == 1
        genes = self.call_outside(tmp_path, monkeypatch, capsys, "CYP2D6\t*1/*1x1546\n", code=3)
        assert genes["CYP2D6"]["status"] == "untestable"
        assert "1546" not in str(genes["CYP2D6"]["diplotypes"])

    def call_outside(self, tmp_path, monkeypatch, capsys, text: str, code: int = 0) -> dict[str, dict[str, Any]]:
        """Return the genes of a run that has another caller's results alone."""
        table = tmp_path / "other.tsv"
        table.write_bytes(text.encode("utf-8"))
        path = put_together(tmp_path / "one.vcf", written(tmp_path / "made.vcf", CYP3A5="*1/*3"))
        assert self.run_command(monkeypatch, "call", path, "--outside", table, "--json") == code
        genes: dict[str, dict[str, Any]] = json.loads(capsys.readouterr().out)["samples"][0]["genes"]
        return genes

    def test_tables_and_json_of_one_run_agree(self, tmp_path, monkeypatch):
        """Trap 19: gene by gene, in those whose results other tools wrote differently to each."""
        path = tmp_path / "in.vcf.gz"
        written(path, DPYD="Reference/c.2846A>T", RYR1="Reference/c.1840C>T", TPMT="*1/*3A", NAT2="*5/*6")
        arguments = (path, "--format", "json,tsv", "-o", tmp_path / "out", "-q")
        assert self.run_command(monkeypatch, "run", *arguments) == 0
        sample = json.loads(next((tmp_path / "out").glob("*.json")).read_text())["samples"][0]
        rows = {row["gene"]: row for row in table_rows(tmp_path / "out" / "calls.tsv")}
        assert rows.keys() == sample["genes"].keys()
        for symbol, gene in sample["genes"].items():
            listed = "|".join(diplotype["name"] for diplotype in gene["diplotypes"])
            wanted = (gene["status"], gene["phenotype"] or "", listed, "|".join(gene["lookup"]))
            row = rows[symbol]
            assert (row["status"], row["phenotype"], row["diplotypes"], row["lookup"]) == wanted
        lines = table_rows(tmp_path / "out" / "recommendations.tsv")
        told = [(row["drug"], row["source"], row["population"], row["severity"], row["agreement"]) for row in lines]
        assert told == [
            (line["drug"], line["source"], line["population"], line["severity"], line["agreement"])
            for line in sample["recommendations"]
        ]


def test_one_odd_sample_does_not_stop_the_others(tmp_path):
    """Trap 25: half calls, too many alleles and contradictions are one sample's own."""
    rows = [[*fields, odd] for fields in written(tmp_path / "made.vcf", CYP2C19="*1/*2") for odd in ["0/0/1"]]
    results = results_of(put_together(tmp_path / "x.vcf", rows, samples="S1 S2"), "CYP2C19")
    first, second = (sample.genes["CYP2C19"].call for sample in results.samples)
    assert names(first) == ["*1/*2"]
    assert not second.status.has_result
