"""From lists of markers to results: what was not tested is not reference, whatever command reads the list."""

from __future__ import annotations

import csv
import json
from functools import cache
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pgx.cli.app import app
from pgx.domain.drug import Severity
from pgx.domain.gene import Gene
from pgx.domain.results import GeneResult
from pgx.domain.ruleset import RuleSet
from pgx.genotypes import parse_assume_reference
from pgx.genotypes.options import ReadOptions
from pgx.phenotypes.withholding import REFERENCE_UNTESTED
from pgx.pipeline import run
from pgx.rules.ruleset import load_rules
from pgx.selection import RunOptions

CASES = Path(__file__).resolve().parent / "cases" / "marker_results.tsv"
GENE, UNTESTED = "CYP2C19", "rs72552267"
"""A gene and the position of an allele without function."""
USUAL = {"rs3758581": "G/G"}
"""What the usual allele of that gene has besides reference bases."""


@cache
def rules() -> RuleSet:
    return load_rules()


def cases() -> list[dict[str, str]]:
    with CASES.open(encoding="utf-8") as stream:
        return list(csv.DictReader((line for line in stream if not line.startswith("#")), delimiter="\t"))


def parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def marker_text(gene: Gene, found: dict[str, str], left_out: list[str], sample: str = "") -> str:
    """List every position of the gene that a list of markers can show, with its reference base where none was found."""
    assert {*found, *left_out} <= {variant.name for variant in gene.variants}
    rows = []
    for variant in gene.variants:
        both = found.get(variant.name) or f"{variant.ref}/{variant.ref}"
        if not variant.is_substitution and len(variant.bases) == 2 and variant.name not in found:
            both = "I/I" if len(variant.ref) == max(map(len, variant.bases)) else "D/D"
        if variant.name not in left_out:
            rows.append(f"{sample}\t{variant.name}\t{both}\n")
    return "# forward strand\nsample\trsid\tgenotype\n" + "".join(rows)


def listed(path: Path, *left_out: str, sample: str = "") -> Path:
    path.write_text(marker_text(rules().genes[GENE], USUAL, list(left_out), sample))
    return path


def result_of(paths: list[Path], gene: str, assume: str = "none", sample: int = 0) -> GeneResult:
    read = ReadOptions(assume_reference=parse_assume_reference(assume, rules().genes))
    return run(paths, RunOptions(genes=(gene,), read=read), rules()).samples[sample].genes[gene]


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case['gene']}-{case['why']}")
def test_case(case, tmp_path):
    gene = rules().genes[case["gene"]]
    found = dict(part.split("=", 1) for part in parts(case["found"]))
    path = tmp_path / "x.tsv"
    path.write_text(marker_text(gene, found, parts(case["left out"])))
    result = result_of([path], gene.symbol, case["options"].partition("=")[2] or "none")
    said = [note.text for note in result.call.notes if note.code == REFERENCE_UNTESTED]
    assert result.call.status == case["status"]
    assert [diplotype.name for diplotype in result.call.diplotypes] == parts(case["diplotype"])
    assert bool(said) is bool(case["open"])
    assert all(name in said[0] for name in parts(case["open"]))


def vcf_of(path: Path, gene: Gene, *left_out: str, sample: str = "S1") -> Path:
    heading = f"##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t{sample}\n"
    rows = []
    for variant in (variant for variant in gene.variants if variant.name not in left_out):
        alts, genotype = ",".join(variant.alts), "1/1" if variant.name in USUAL else "0/0"
        rows.append(f"{variant.contig}\t{variant.grch38}\t.\t{variant.ref}\t{alts}\t.\tPASS\t.\tGT\t{genotype}\n")
    path.write_text(heading + "".join(rows))
    return path


def test_variant_files_beside_lists_keep_their_results(tmp_path):
    """The same positions of two people: one in a variant file, one in a list; the answer to each is its own."""
    variants = vcf_of(tmp_path / "a.vcf", rules().genes[GENE], UNTESTED, sample="A")
    markers = listed(tmp_path / "b.tsv", UNTESTED, sample="B")
    together = [str(result_of([variants, markers], GENE, sample=number).call.status) for number in (0, 1)]
    alone = [str(result_of([path], GENE).call.status) for path in (variants, markers)]
    assert together == alone == ["called", "not_called"]


def test_a_person_in_both_kinds_of_file_is_judged_by_the_list(tmp_path):
    variants = vcf_of(tmp_path / "a.vcf", rules().genes[GENE], UNTESTED, "rs28399504", sample="A")
    markers = listed(tmp_path / "b.tsv", UNTESTED, sample="A")
    assert result_of([variants, markers], GENE).call.status == "not_called"


def test_the_commonest_untested_alleles_are_named_first(tmp_path):
    path = listed(tmp_path / "x.tsv", UNTESTED, "rs28399504", "rs12248560", "rs4244285", "rs12769205")
    text = next(note.text for note in result_of([path], GENE).call.notes if note.code == REFERENCE_UNTESTED)
    assert text.endswith("5 alleles that would change the result were not tested: *2, *17, *35, *4, *6.")


def test_no_line_is_green_and_the_drugs_are_told(tmp_path):
    path = listed(tmp_path / "x.tsv", UNTESTED)
    sample = run([path], RunOptions(), rules()).samples[0]
    looked_up = [line for line in sample.advice if GENE in line.guideline.genes]
    assert all(line.severity is not Severity.GREEN for line in looked_up)
    assert all(any(reading.gene != GENE for reading in line.readings) for line in looked_up)
    assert any(GENE in entry.genes and f"{GENE}: not_called" in entry.reason for entry in sample.not_assessed)


def test_results_of_other_callers_stand_in(tmp_path):
    path = listed(tmp_path / "x.tsv", UNTESTED, sample="A")
    outside = tmp_path / "outside.tsv"
    outside.write_text(f"{GENE}\t*1/*2\n")
    results = run([path], RunOptions(genes=(GENE,), outside=(outside,)), rules())
    call = results.samples[0].genes[GENE].call
    assert (str(call.source), call.best_diplotypes[0].name) == ("outside", "*1/*2")


class TestCommands:
    """The same from every command."""

    @pytest.fixture
    def path(self, tmp_path) -> Path:
        return listed(tmp_path / "x.tsv", UNTESTED, sample="A")

    @staticmethod
    def invoke(*words: object) -> str:
        found = CliRunner().invoke(app, [str(word) for word in words], env={"COLUMNS": "200"})
        assert found.exit_code == 0, found.output
        return found.stdout

    def test_call(self, path):
        document = json.loads(self.invoke("call", path, "--gene", GENE, "--json"))
        gene = document["samples"][0]["genes"][GENE]
        assert (gene["status"], gene["diplotypes"], gene["lookup"]) == ("not_called", [], [])
        assert gene["notes"][-1]["code"] == REFERENCE_UNTESTED

    def test_explain(self, path):
        document = json.loads(self.invoke("explain", GENE, path, "--json"))
        assert (document["status"], document["diplotypes"]) == ("not_called", [])
        assert not any(candidate["chosen"] for candidate in document["candidates"])
        assert all(candidate["reason"] for candidate in document["candidates"])
        assert "not called" in self.invoke("explain", GENE, path).splitlines()[0]

    def test_batch(self, path, tmp_path):
        self.invoke("batch", path, "-o", tmp_path / "out", "--gene", GENE, "--format", "tsv", "-q")
        (table,) = (tmp_path / "out" / "calls" / f"gene={GENE}").glob("*.tsv")
        rows = list(csv.DictReader(table.read_text().splitlines(), delimiter="\t"))
        assert [(row["sample"], row["status"], row["diplotypes"]) for row in rows] == [("A", "not_called", "")]
