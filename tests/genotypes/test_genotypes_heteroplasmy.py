"""Mixed mitochondrial genotypes, from the file to the call: the share of the reads decides."""

from __future__ import annotations

import pytest

from pgx.calling import CallOptions, call_gene
from pgx.domain.variant import Build
from pgx.genotypes import ReadOptions, read_genotypes
from pgx.rules.ruleset import load_rules

HEADER = """##fileformat=VCFv4.3
##contig=<ID=chrM,length=16569>
##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">
##FORMAT=<ID=AD,Number=R,Type=Integer,Description="Reads">
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS
"""


def call(tmp_path, genotype):
    gene = next(gene for gene in load_rules().genes.values() if gene.contig == "chrM")
    lines = [
        f"chrM\t{v.grch38}\t.\t{v.ref}\t{v.alts[0]}\t.\tPASS\t.\tGT:AD\t{genotype if v.grch38 == 1555 else '0:500,0'}"
        for v in sorted(gene.variants, key=lambda variant: variant.grch38)
    ]
    path = tmp_path / "m.vcf"
    path.write_text(HEADER + "\n".join(lines) + "\n")
    tables, _, _ = read_genotypes([path], [gene], ReadOptions(build=Build.GRCH38), None)
    return call_gene(gene, tables[gene.symbol], CallOptions()).calls[0]


@pytest.mark.parametrize(
    ("genotype", "name", "share"),
    [
        ("1:0,500", "m.1555A>G", None),
        ("0/1:5,495", "m.1555A>G", None),
        ("0/1:100,400", "m.1555A>G", "80%"),
        ("0/1:450,50", "Reference", "10%"),
        ("0:500,0", "Reference", None),
    ],
)
def test_share_of_the_reads_decides(tmp_path, genotype, name, share):
    found = call(tmp_path, genotype)
    assert [diplotype.name for diplotype in found.best_diplotypes] == [name]
    mixed = [note.text for note in found.notes if note.code == "heteroplasmy"]
    assert bool(mixed) == bool(share)
    assert all(share in text for text in mixed)
    assert found.never_green == bool(share)
