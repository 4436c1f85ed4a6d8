"""Odd genotypes, row by row: `tests/cases/calling.tsv` says what a file holds and what is called from it.

Genotypes are written with bases (`G|A`, `./A`, `A`, `-` for a position that the file lacks), `:2` is the phase set. All
other defining positions are homozygous for REF. A position that stands twice is two records.
"""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path

import pytest

from pgx.calling import CallOptions, call_gene
from pgx.domain.genotype import Sex
from pgx.domain.variant import Build
from pgx.genotypes import ReadOptions, read_genotypes
from pgx.rules.ruleset import load_rules

ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT / "tests" / "cases" / "calling.tsv"
HEAD = '##fileformat=VCFv4.2\n##FORMAT=<ID=GT,Number=1,Type=String,Description="x">\n'
COLUMNS = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS1\n"


@cache
def tables():
    return load_rules(ROOT / "rules").genes


def read_cases():
    with CASES.open(encoding="utf-8") as file:
        yield from csv.DictReader((line for line in file if not line.startswith("#")), delimiter="\t")


def record(variant, text):
    """One line of a VCF for a genotype such as `G|A:2`; bases that the table lacks become further ALTs."""
    genotype, _, phase_set = text.partition(":")
    bases = re.split(r"[/|]", genotype)
    alts = list(dict.fromkeys((*variant.alts, *(base for base in bases if base not in (".", variant.ref)))))
    order = [variant.ref, *alts]
    codes = re.sub(r"[^/|]+", lambda found: "." if found[0] == "." else str(order.index(found[0])), genotype)
    keys = ("GT:PS", f"{codes}:{phase_set}") if phase_set else ("GT", codes)
    fields = (variant.contig, variant.grch38, ".", variant.ref, ",".join(alts), ".", "PASS", ".", *keys)
    return variant.grch38, "\t".join(map(str, fields)) + "\n"


def write_vcf(path, gene, genotypes):
    """Write the genotypes given, in order of position, and REF everywhere else."""
    given = [entry.rsplit(" ", 1) for entry in genotypes.split("; ") if entry]
    lines = []
    for variant in gene.positions:
        mine = [text for name, text in given if name == variant.name] or [f"{variant.ref}/{variant.ref}"]
        lines += [record(variant, text) for text in mine if text != "-"]
    names = {name for name, _ in given}
    assert names <= {variant.name for variant in gene.positions}, names
    path.write_text(HEAD + COLUMNS + "".join(line for _, line in sorted(lines, key=lambda entry: entry[0])))


def call_case(case, folder):
    gene = tables()[case["gene"]]
    path = folder / "x.vcf"
    write_vcf(path, gene, case["genotypes"])
    sexes = {"S1": Sex(case["sex"])} if case["sex"] else {}
    options = ReadOptions(build=Build.GRCH38, sexes=sexes, list_unexplained=False)
    table = read_genotypes([path], [gene], options)[0][gene.symbol]
    calls = call_gene(gene, table, CallOptions(combinations="combinations" in case["options"]))
    return calls.calls[calls.index[0]]


@pytest.mark.parametrize("case", list(read_cases()), ids=lambda case: case["name"])
def test_called_as_the_row_says(case, tmp_path):
    call = call_case(case, tmp_path)
    codes = {note.code for note in call.notes}
    assert [diplotype.name for diplotype in call.best_diplotypes] == [n for n in case["diplotypes"].split(" or ") if n]
    assert call.status.value == case["status"]
    assert codes >= set(case["notes"].split())
    assert not codes & set(case["not_notes"].split())
    if case["lookup"]:
        assert "/".join(call.best_diplotypes[0].lookup_alleles) == case["lookup"]
    if case["green"]:
        assert call.never_green is (case["green"] == "never")
    if case["not_excluded"]:
        assert set(case["not_excluded"].split(" or ")) <= set(call.evidence.not_excluded)
