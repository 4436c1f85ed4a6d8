"""Write the made-up patients of `patients.yaml` as VCF files: `python sample_vcfs/make.py [FOLDER]`.

The files are the same, byte for byte, each time; the folder is the one of this script unless another is given.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from pgx.domain.gene import Gene
from pgx.domain.genotype import Sex
from pgx.domain.variant import Build
from pgx.rules.gene_tables import parse_gene
from pgx.simulation import Positions, parse_diplotypes, simulate, write_vcf

HERE = Path(__file__).resolve().parent
SITE_COLUMNS = 9


def main(folder: Path) -> None:
    patients = yaml.safe_load((HERE / "patients.yaml").read_text(encoding="utf-8"))
    genes = read_genes(HERE.parent / "rules" / "genes")
    for name, entry in patients["files"].items():
        write_vcf(folder / name, file_text(entry, patients["usual"], genes))
        if "outside" in entry:
            write_outside(folder / f"{name.split('.')[0]}.outside.tsv", entry["outside"])


def read_genes(folder: Path) -> dict[str, Gene]:
    tables = [parse_gene(path.read_text(encoding="utf-8"), str(path)) for path in sorted(folder.glob("*.yaml"))]
    return {gene.symbol: gene for gene in tables}


def file_text(entry: Mapping[str, Any], usual: list[str], genes: Mapping[str, Gene]) -> str:
    samples = entry["samples"]
    text = simulate(
        genes,
        {name: wanted_of(sample, usual, genes) for name, sample in samples.items()},
        Build(entry["build"]),
        phased=entry.get("phased", False),
        gvcf=entry.get("gvcf", False),
        positions=Positions(entry.get("positions", "all")),
        sex={name: Sex(sample["sex"]) for name, sample in samples.items()},
    )
    return "".join(f"{line}\n" for line in thinned(text.splitlines(), entry))


def wanted_of(sample: Mapping[str, Any], usual: list[str], genes: Mapping[str, Gene]) -> dict[str, tuple[str, ...]]:
    return parse_diplotypes(usual, genes) | parse_diplotypes(sample.get("wanted", ()), genes)


def thinned(lines: list[str], entry: Mapping[str, Any]) -> Iterator[str]:
    """Leave out the records and fields that the file's kind of assay has not."""
    keep, bare = entry.get("keep"), entry.get("genotypes_only", False)
    for line in lines:
        fields = line.split("\t")
        if line.startswith("#") or keep is None or fields[2] in keep:
            if line.startswith(("##FORMAT=<ID=DP", "##FORMAT=<ID=GQ")) and bare:
                continue
            yield genotypes_only(fields) if bare and not line.startswith("#") else line


def genotypes_only(fields: list[str]) -> str:
    genotypes = [field.split(":")[0] for field in fields[SITE_COLUMNS:]]
    return "\t".join((*fields[: SITE_COLUMNS - 1], "GT", *genotypes))


def write_outside(path: Path, rows: list[list[str]]) -> None:
    path.write_text("".join("\t".join(row) + "\n" for row in rows), encoding="utf-8", newline="")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
