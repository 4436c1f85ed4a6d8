"""The shipped patients are what their list says, are small, and give the diplotypes they were made for."""

from __future__ import annotations

import gzip
import runpy
from pathlib import Path

import pytest
import yaml

from pgx.calling import CallOptions, call_gene
from pgx.domain.gene import Gene
from pgx.genotypes import ReadOptions, read_genotypes
from pgx.simulation import parse_diplotypes
from pgx.simulation.wanted import find_alleles

FOLDER = Path(__file__).resolve().parents[2] / "sample_vcfs"
PATIENTS = yaml.safe_load((FOLDER / "patients.yaml").read_text(encoding="utf-8"))
MAKE = runpy.run_path(str(FOLDER / "make.py"))
LARGEST = 100_000


@pytest.fixture(scope="module")
def genes() -> dict[str, Gene]:
    return MAKE["read_genes"](FOLDER.parent / "rules" / "genes")


def text_of(path: Path) -> str:
    data = path.read_bytes()
    return (gzip.decompress(data) if path.suffix == ".gz" else data).decode()


def made_files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.suffix in (".gz", ".tbi", ".vcf", ".tsv")}


def test_files_are_as_the_list_says(tmp_path):
    MAKE["main"](tmp_path)
    assert made_files(tmp_path) == made_files(FOLDER)
    for name in made_files(tmp_path):
        if not name.endswith(".tbi"):
            assert text_of(tmp_path / name) == text_of(FOLDER / name), f"{name} is old; run sample_vcfs/make.py"


@pytest.mark.parametrize("name", PATIENTS["files"])
def test_file_is_small_and_described(name):
    assert (FOLDER / name).stat().st_size < LARGEST
    assert f"`{name}`" in (FOLDER / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PATIENTS["files"])
def test_patients_have_the_diplotypes_they_were_made_for(name, genes):
    tables, samples, _ = read_genotypes([FOLDER / name], tuple(genes.values()), ReadOptions())
    entries = PATIENTS["files"][name]["samples"]
    assert set(samples) == set(entries)
    for column, sample in enumerate(samples):
        for symbol, strands in parse_diplotypes(entries[sample].get("wanted", ()), genes).items():
            gene = genes[symbol]
            calls = call_gene(gene, tables[symbol], CallOptions())
            found = [diplotype.components for diplotype in calls.calls[calls.index[column]].diplotypes]
            assert components(gene, strands) in [sorted(map(sorted, strand_names)) for strand_names in found]


def components(gene: Gene, strands: tuple[str, ...]) -> list[list[str]]:
    return sorted(sorted(allele.printed_name for allele in find_alleles(gene, strand)) for strand in strands)
