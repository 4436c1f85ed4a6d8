"""Real files: against a plain reading with another library, and the traps they hold."""

from __future__ import annotations

from collections import Counter

import pytest

from pgx.domain.evidence import EvidenceState
from pgx.domain.variant import Build
from pgx.genotypes import ReadOptions, read_genotypes
from pgx.genotypes.contigs import contig_of

pytestmark = pytest.mark.shared
cyvcf2 = pytest.importorskip("cyvcf2")


@pytest.fixture(scope="module")
def genes():
    from pgx.rules.ruleset import load_rules

    return tuple(load_rules().genes.values())


def plain_genotypes(path, genes, build):
    """Yield (gene, row, sample, bases, phased) for substitutions that stand in one record only."""
    places = {}
    for gene in genes:
        for row, variant in enumerate(gene.positions):
            if variant.is_substitution and variant.position(build):
                places.setdefault((variant.contig, variant.position(build)), []).append((gene.symbol, row, variant))
    reader = cyvcf2.VCF(str(path))
    records = [(r.CHROM, r.POS, r.REF, r.ALT, r.genotypes) for r in reader if (contig_of(r.CHROM), r.POS) in places]
    times = Counter((chrom, position) for chrom, position, *_ in records)
    for chrom, position, ref, alts, genotypes in records:
        for symbol, row, variant in places[contig_of(chrom), position]:
            if times[chrom, position] == 1 and ref == variant.reference(build):
                for sample, (*alleles, phased) in zip(reader.samples, genotypes, strict=True):
                    yield (
                        symbol,
                        row,
                        sample,
                        [[ref, *alts][allele] if allele >= 0 else "." for allele in alleles],
                        phased,
                    )


@pytest.mark.parametrize(
    ("pattern", "build", "least"),
    [
        ("getrm/*.vcf.gz", Build.GRCH38, 1000),
        ("1kgp/GRCh38/[CG]*.vcf.gz", Build.GRCH38, 300_000),
        ("1kgp/GRCh37/[CG]*.vcf.gz", Build.GRCH37, 100_000),
        ("arrays/*.vcf.gz", Build.GRCH37, 4000),
    ],
)
def test_same_as_a_plain_reading(shared, genes, pattern, build, least):
    paths = sorted((shared / "data").glob(pattern))
    tables, samples, report = read_genotypes(paths, genes, ReadOptions(build=build))
    columns = {sample: number for number, sample in enumerate(samples)}
    compared, differing = 0, []
    for path in paths:
        for symbol, row, sample, bases, phased in plain_genotypes(path, genes, build):
            table = tables[symbol]
            found = table.values[row][table.codes[row, columns[sample]]]
            ours = [table.bases[row][allele] for allele in found.alleles] or ["."] * len(bases)
            same = ours == bases if found.phased and phased else sorted(ours) == sorted(bases)
            compared += 1
            if not same and "*" not in ours and "*" not in found.state.label:
                differing.append((symbol, row, sample, bases, ours))
    assert compared >= least
    assert not differing
    assert report.read == report.used + sum(count for _, count in report.discarded)


def test_blocks_without_reads_are_no_reference(shared, genes):
    tables, _, report = read_genotypes([shared / "data/gvcf/NA12878.g.vcf.gz"], genes, ReadOptions())
    states = Counter(
        table.values[row][table.codes[row, 0]].state for table in tables.values() for row in range(len(table.values))
    )
    assert report.build is Build.GRCH38
    assert states[EvidenceState.REFERENCE_BLOCK] <= 4
    assert states[EvidenceState.NO_CALL] >= 1197
    assert states[EvidenceState.CALLED] == 0


def test_every_conformance_file_is_read(shared, genes):
    paths = sorted((shared / "conformance/vcf").glob("*.vcf"))
    used = [read_genotypes([path], genes, ReadOptions())[2].used for path in paths]
    assert len(used) > 250
    assert sum(count > 0 for count in used) > 250
