"""Haplotypes to make cohorts of: from the 1000 Genomes panels, else from allele frequencies, else from the tables."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.measure import shared_folder
from pgx.domain.gene import CallingMode, Gene
from pgx.domain.variant import Build
from pgx.genotypes import ReadOptions, read_genotypes
from pgx.simulation.sites import strand_bases

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pgx.domain.genotype import GenotypeTable

REFERENCE_SHARE = 0.9
"""Share of reference haplotypes where neither panel nor frequencies are at hand; the other alleles share the rest."""


@dataclass(frozen=True, slots=True)
class HaplotypePool:
    """Haplotypes of one gene: base codes, shape (haplotypes, positions), and how often each is drawn."""

    gene: Gene
    codes: NDArray[np.uint8]
    weights: NDArray[np.float64]
    origin: str

    def draw(self, count: int, random: np.random.Generator) -> NDArray[np.intp]:
        """Return the numbers of `count` haplotypes, drawn by weight."""
        if self.origin == "panel":
            return random.integers(0, len(self.codes), count)
        return np.searchsorted(np.cumsum(self.weights), random.random(count) * self.weights.sum()).astype(np.intp)


def variant_genes(genes: Iterable[Gene]) -> tuple[Gene, ...]:
    """Return the genes that nuclear variants define."""
    return tuple(g for g in genes if g.variants and g.calling not in (CallingMode.PRESENCE, CallingMode.HAPLOID))


def make_pools(genes: Iterable[Gene]) -> tuple[HaplotypePool, ...]:
    """Return one pool for each gene that variants define, from the best source there is."""
    wanted = variant_genes(genes)
    panels = _read_panels(wanted)
    frequencies = _read_frequencies(shared_folder() / "facts" / "frequencies" / "allele_frequencies.tsv")
    return tuple(
        _from_panel(gene, panels.get(gene.symbol)) or _from_frequencies(gene, frequencies.get(gene.symbol, {}))
        for gene in wanted
    )


def _read_panels(genes: tuple[Gene, ...]) -> Mapping[str, GenotypeTable]:
    folder = shared_folder() / "data" / "1kgp" / "GRCh38"
    files = [path for gene in genes if (path := folder / f"{gene.symbol}.vcf.gz").is_file()]
    if not files:
        return {}
    options = ReadOptions(build=Build.GRCH38, list_unexplained=False)
    return read_genotypes(files, genes, options)[0]


def _from_panel(gene: Gene, table: GenotypeTable | None) -> HaplotypePool | None:
    """Take every strand of every sample that has data; absent positions and undocumented bases are reference."""
    if table is None:
        return None
    first, second, seen = (np.zeros(table.codes.shape, dtype=np.uint8) for _ in range(3))
    for row, (variant, values) in enumerate(zip(gene.positions, table.values, strict=True)):
        pairs = [(g.alleles[0], g.alleles[-1]) if g.alleles else (0, 0) for g in values]
        known = np.array(pairs, dtype=np.uint8).reshape(-1, 2)
        known[known >= len(variant.bases)] = 0
        codes = table.codes[row]
        first[row], second[row] = known[codes, 0], known[codes, 1]
        seen[row] = np.array([bool(g.alleles) for g in values], dtype=np.uint8)[codes]
    with_data = seen.any(axis=0)
    if not with_data.any():
        return None
    codes = np.ascontiguousarray(np.hstack([first[:, with_data], second[:, with_data]]).T)
    return HaplotypePool(gene, codes, np.ones(len(codes)), "panel")


def _from_frequencies(gene: Gene, frequencies: Mapping[str, float]) -> HaplotypePool:
    """Take the alleles with their mean frequency; the reference allele has what is left."""
    reference = gene.reference_allele
    alleles = [allele for allele in gene.alleles if not allele.structural and allele is not reference]
    known = {allele.name: frequencies[allele.name] for allele in alleles if frequencies.get(allele.name)}
    origin = "frequencies" if known else "tables"
    if not known and alleles:
        known = {allele.name: (1 - REFERENCE_SHARE) / len(alleles) for allele in alleles}
    names: list[str | None] = [None, *known]
    strands = [strand_bases(gene, name) for name in names]
    codes = [[v.bases.index(b) for v, b in zip(gene.positions, bases, strict=True)] for bases in strands]
    weights = np.array([max(0.0, 1 - sum(known.values())), *known.values()])
    return HaplotypePool(gene, np.array(codes, dtype=np.uint8), weights, origin)


def _read_frequencies(path: Path) -> dict[str, dict[str, float]]:
    """Read gene, allele, population and frequency, and average over populations."""
    if not path.is_file():
        return {}
    collected: dict[str, dict[str, list[float]]] = {}
    with path.open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream, delimiter="\t"):
            found = collected.setdefault(row["gene"], {}).setdefault(row["allele"], [])
            found.append(float(row["frequency"] or 0))
    return {
        gene: {allele: sum(values) / len(values) for allele, values in alleles.items()}
        for gene, alleles in collected.items()
    }
