"""What took users of other tools down: every row of `cases/traps.tsv` names a test; those of whole runs are here."""

from __future__ import annotations

import ast
import csv
import gzip
import json
from functools import cache
from pathlib import Path

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
    assert row["what"]
    assert row["how"]
    assert name.partition("[")[0] in names_of(TESTS.parent / file)


@cache
def rules() -> RuleSet:
    return load_rules()


def written(path: Path, *, phased: bool = False, **wanted: str) -> list[list[str]]:
    """Write a file for wanted diplotypes, and return its records as fields."""
    texts = [f"{gene}={diplotype}" for gene, diplotype in wanted.items()]
    people = {"S1": parse_diplotypes(texts, rules().genes)}
    write_vcf(path, simulate(rules().genes, people, Build.GRCH38, phased=phased))
    text = gzip.decompress(path.read_bytes()).decode() if path.suffix == ".gz" else path.read_text()
    records = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
    return [[*fields[:8], "GT", fields[9].partition(":")[0]] for fields in records]


def put_together(path: Path, records: list[list[str]], samples: str = "S1", meta: str = "") -> Path:
    names = "\t".join(samples.split())
    heading = f"##fileformat=VCFv4.2\n{meta}#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t{names}\n"
    path.write_text(heading + "".join("\t".join(fields) + "\n" for fields in records))
    return path


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
        """Trap 4: the same site in a second record of another ALT, as splitting leaves them."""
        rows = []
        for fields in records:
            rows.append([*fields[:8], "GT:PS", f"{fields[9]}:77"])
            if "1" in fields[9]:
                other = next(base for base in "ACGT" if base not in (fields[3], *fields[4].split(",")))
                rows.append([*fields[:4], other, *fields[5:8], "GT:PS", "0|0:77"])
        assert names(call_of(put_together(tmp_path / "x.vcf", rows), "TPMT")) == ["*1/*3A"]


class TestRecords:
    """Records that other readers stumble over."""

    @pytest.fixture
    def records(self, tmp_path):
        return written(tmp_path / "made.vcf", CYP2C19="*1/*2", CYP3A4="*1/*20", NUDT15="*1/*3", UGT1A1="*1/*28")

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
        """Trap 23: one line for a drug, source, guideline and population, whatever number of genes it looks at."""
        assert self.run_command(monkeypatch, "run", folder, "-o", tmp_path, "--format", "json", "-q") == 0
        document = json.loads(next(tmp_path.glob("*.json")).read_text())
        lines = [json.dumps(line, sort_keys=True) for line in document["samples"][0]["recommendations"]]
        assert len(set(lines)) == len(lines)

    def test_no_diplotype_stands_twice(self, folder, monkeypatch, capsys):
        """Traps 18 and 27: distinct, and in an order that does not depend on the run."""
        outputs = []
        for _ in range(2):
            self.run_command(monkeypatch, "call", folder, "--all-matches", "--json")
            outputs.append(json.loads(capsys.readouterr().out)["samples"])
        assert outputs[0] == outputs[1]
        for gene in outputs[0][0]["genes"].values():
            found = [tuple(sorted(diplotype["alleles"])) for diplotype in gene["diplotypes"]]
            assert len(set(found)) == len(found)


def test_one_odd_sample_does_not_stop_the_others(tmp_path):
    """Trap 25: half calls, too many alleles and contradictions are one sample's own."""
    rows = [[*fields, odd] for fields in written(tmp_path / "made.vcf", CYP2C19="*1/*2") for odd in ["0/0/1"]]
    results = results_of(put_together(tmp_path / "x.vcf", rows, samples="S1 S2"), "CYP2C19")
    first, second = (sample.genes["CYP2C19"].call for sample in results.samples)
    assert names(first) == ["*1/*2"]
    assert not second.status.has_result
