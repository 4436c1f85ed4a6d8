"""Copies of a gene from records of copy number, and which records cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest
from making import SNV, gene, read, vcf, write

from pgx.domain.gene import Deletions, Region
from pgx.errors import UsageError
from pgx.genotypes import ReadOptions, parse_copy_numbers, read_genotypes

EXONS = (Region(9_901, 9_950), Region(9_980, 10_020), Region(10_101, 10_109))
"""A gene of 50 + 41 + 9 = 100 exonic bases."""
WHOLE = {"deletions": Deletions("*5"), "exons": (("GRCh38", EXONS),)}
PARTS = {"deletions": Deletions("*5", "*6"), "exons": (("GRCh38", EXONS),)}
NAMED = "<CN0>,<CN2>,<CN3>,<CN17>"

CASES = {
    "deletion": ("9900 A <DEL> END=10200 GT 0/1", 1, "0 1", ""),
    "deletion on both strands": ("9900 A <DEL> END=10200 GT 1/1", 0, "0 0", ""),
    "duplication": ("9900 A <DUP> END=10200 GT 0/1", 3, "1 2", ""),
    "tandem duplication, phased": ("9900 A <DUP:TANDEM> END=10200 GT 1|0", 3, "2|1", ""),
    "duplication of more": ("9900 A <DUP> END=10200 GT:CN 0/1:5", 5, "1 4", ""),
    "duplication on both strands": ("9900 A <DUP> END=10200 GT:CN 1/1:6", 6, "3 3", ""),
    "variable without a number": ("9900 A <CNV> END=10200 GT 0/1", None, "", ""),
    "variable with a number": ("9900 A <CNV> END=10200 GT:CN 0/1:4", 4, "1 3", ""),
    "number alone": ("9900 A <DEL>,<DUP> END=10200 CN 3", 3, "", ""),
    "haploid code of a caller": ("9900 A <DEL>,<DUP> END=10200 GT:CN 1:1", 1, "", ""),
    "number of a plain stretch": ("9900 A . END=10200 GT:CN ./.:2", 2, "", ""),
    "number as a fraction": ("9900 A <CNV> END=10200 GT:CN ./.:2.96", 3, "", ""),
    "numbered, phased": (f"9900 A {NAMED} END=10200 GT 1|2", 2, "0|2", ""),
    "numbered, not phased": (f"9900 A {NAMED} END=10200 GT 2/1", 2, "0 2", ""),
    "in a phase set": ("9900 A <DEL> END=10200 GT:PS 1|0:77", 1, "0 1", ""),
    "plain": (f"9900 A {NAMED} END=10200 GT 0/0", 2, "1 1", ""),
    "no genotype": (f"9900 A {NAMED} END=10200 GT ./.", None, "", ""),
    "half a genotype": (f"9900 A {NAMED} END=10200 GT ./1", None, "", ""),
    "no quality": ("9900 A <DEL> END=10200 GT:GQ 0/1:0", None, "", ""),
    "impossible": (f"9900 A {NAMED} END=10200 GT 0/4", None, "", "copy-number-impossible"),
    "impossible number": ("9900 A <CNV> END=10200 GT:CN 0/1:99", None, "", "copy-number-impossible"),
    "more than half of the exons": ("9900 A <DEL> END=9985 GT 0/1", 1, "0 1", ""),
    "less than half of the exons": ("9940 A <DEL> END=9985 GT 0/1", None, "", "copy-number-part"),
    "less than half, but plain": ("9940 A <DEL> END=9985 GT 0/0", None, "", ""),
    "introns only": ("9955 A <DEL> END=9975 GT 0/1", None, "", ""),
    "another kind of variant": ("9900 A <INV> END=10200 GT 0/1", None, "", ""),
    "a block of a gVCF": ("9900 A <NON_REF> END=10200 GT:DP 0/0:30", None, "", ""),
}


def of_first(found):
    """Return the number, the strands as text, and the codes of the remarks, of the first sample."""
    if not found.table.copies:
        return None, "", ""
    structure = found.table.structures[0]
    strands = ("|" if structure.phased else " ").join(map(str, structure.strands))
    codes = [note.code for note in structure.notes if note.code != "copy-number"]
    return found.table.copies[0], strands, " ".join(codes)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_one_record(case, tmp_path):
    record, *expected = case
    assert list(of_first(read(tmp_path, vcf(record), variants=[SNV], **WHOLE))) == expected


SEVERAL = {
    "the same twice": (f"9900 A {NAMED} END=10200 GT 0|2", f"9900 A {NAMED} END=10200 GT 0|2", 3, "1|2", ""),
    "split in two": ("9900 A <DEL> END=10200 GT 0/0", "9900 A <DUP> END=10200 GT 0/1", 3, "1 2", ""),
    "split, both changed": ("9900 A <DEL> END=10200 GT 0|1", "9900 A <DUP> END=10200 GT 1|0", 2, "2|0", ""),
    "different numbers": ("9900 A <CNV> END=10200 GT:CN 0/1:3", "9905 A <CNV> END=10200 GT:CN 0/1:4", None, "",
                          "copy-number-contradiction"),
    "number and genotype agree": ("9900 A . END=10200 GT:CN ./.:1", "9905 A <DEL> END=10200 GT 0/1", 1, "0 1", ""),
    "number and genotype differ": ("9900 A . END=10200 GT:CN ./.:2", "9905 A <DEL> END=10200 GT 0/1", None, "",
                                   "copy-number-contradiction"),
    "whole and part": ("9900 A <CNV> END=10200 GT:CN 0/1:3", "9940 A <CNV> END=9985 GT:CN 0/1:1", 3, "1 2",
                       "copy-number-part"),
}  # fmt: skip


@pytest.mark.parametrize("case", SEVERAL.values(), ids=SEVERAL)
def test_two_records(case, tmp_path):
    one, other, *expected = case
    assert list(of_first(read(tmp_path, vcf(one, other), variants=[SNV], **WHOLE))) == expected


DELETED = {
    "all exons": ("9900 A <DEL> END=10200 GT 0/1", 1, "0 1", 0, ""),
    "one whole exon": ("9900 A <DEL> END=9960 GT 0|1", 1, "1|0", 1, "partial-deletion"),
    "on both strands": ("9900 A <DEL> END=9960 GT 1/1", 0, "0 0", 2, "partial-deletion"),
    "a piece of an exon": ("9940 A <DEL> END=9960 GT 0/1", None, "", 0, "copy-number-part"),
    "part duplicated": ("9900 A <DUP> END=9960 GT 0/1", None, "", 0, "copy-number-part"),
}


@pytest.mark.parametrize("case", DELETED.values(), ids=DELETED)
def test_partial_deletions(case, tmp_path):
    record, copies, strands, partial, codes = case
    found = read(tmp_path, vcf(record), variants=[SNV], **PARTS)
    assert of_first(found) == (copies, strands, codes)
    assert (found.table.structures[0].partial if found.table.structures else 0) == partial


def test_a_deletion_is_a_copy_less_and_no_missing_base(tmp_path):
    found = read(tmp_path, vcf("9900 A <DEL> END=10200 GT 0/1", "10000 G A GT 1/1"), variants=[SNV], **WHOLE)
    assert found.text("snv") == "A/A"
    assert found.report.used == 2


def test_genes_that_count_no_copies_have_none(tmp_path):
    assert read(tmp_path, vcf("9900 A <DEL> END=10200 GT 0/1"), variants=[SNV]).table.copies == ()


def test_samples_that_a_file_lacks_have_no_number(tmp_path):
    one = vcf("10000 G A GT 0|1 0|1", samples="S1 S2")
    other = vcf("9900 A <DUP> END=10200 GT 0|1", samples="S2")
    found = read(tmp_path, one, other, variants=[SNV], **WHOLE)
    assert found.table.copies == (None, 3)
    assert found.table.structures[1].strands == (1, 2)
    assert not found.table.structures[1].phased  # phase never crosses files


def test_only_chosen_samples_are_read(tmp_path):
    text = vcf("9900 A <DUP> END=10200 GT 0|1 0|0 1|1", samples="S1 S2 S3")
    options = ReadOptions(samples=("S3", "S1"))
    assert read(tmp_path, text, options=options, variants=[SNV], **WHOLE).table.copies == (4, 3)


READS = {
    "reads tell": ("0/1:10,21", 3, (1, 2)),
    "reads do not tell": ("0/1:15,16", 3, ()),
    "few reads": ("0/1:1,2", 3, ()),
    "no reads given": ("0/1:.", 3, ()),
    "two copies": ("0/1:10,21", 2, ()),
    "homozygous": ("1/1:0,30", 3, ()),
    "phased": ("1|0:10,21", 3, (2, 1)),
}


@pytest.mark.parametrize("case", READS.values(), ids=READS)
def test_reads_tell_the_copies_of_each_allele(case, tmp_path):
    entry, copies, expected = case
    text = vcf(f"9900 A <CNV> END=10200 GT:CN ./.:{copies}", f"10000 G A GT:AD {entry}")
    assert read(tmp_path, text, variants=[SNV], **WHOLE).genotype("snv").copies == expected


def test_the_users_number_stands_over_the_file(tmp_path):
    text = vcf("9900 A <DUP> END=10200 GT 0|1")
    same = read(tmp_path, text, options=ReadOptions(copies={"GENE1": 3}), variants=[SNV], **WHOLE)
    assert of_first(same) == (3, "1|2", "")
    other = read(tmp_path, text, options=ReadOptions(copies={"GENE1": 1}), variants=[SNV], **WHOLE)
    assert of_first(other) == (1, "", "copy-number-contradiction")
    alone = read(tmp_path, vcf("10000 G A GT 0/1"), options=ReadOptions(copies={"GENE1": 1}), variants=[SNV], **WHOLE)
    assert of_first(alone) == (1, "", "")


def test_numbers_of_the_user_are_checked():
    genes = {"GENE1": gene([SNV], **WHOLE), "GENE2": gene([SNV], "GENE2")}
    assert parse_copy_numbers(["gene1=3"], genes) == {"GENE1": 3}
    for texts, reason in (
        (["GENE1=17"], "'17' copies of GENE1 cannot be; give a whole number from 0 to 14"),
        (["GENE1=-1"], "cannot be"),
        (["GENE1=2.5"], "cannot be"),
        (["GENE1"], "cannot be"),
        (["GENE2=3"], "copies of 'GENE2' are not counted; give one of GENE1"),
        (["GENE1=3", "GENE1=2"], "twice"),
    ):
        with pytest.raises(UsageError, match=reason):
            parse_copy_numbers(texts, genes)


def test_bcf_says_the_same(tmp_path: Path):
    pysam = pytest.importorskip("pysam")
    records = ("9900 A <DEL>,<DUP> END=10200 GT:CN 0/1:1 0/2:4 ./.:.", "10000 G A GT:CN 0/0:. 0/1:. 0/1:.")
    meta = (
        "##fileformat=VCFv4.2\n##contig=<ID=chr10,length=133797422>\n"
        '##INFO=<ID=END,Number=1,Type=Integer,Description="x">\n##FORMAT=<ID=GT,Number=1,Type=String,Description="x">\n'
        '##FORMAT=<ID=CN,Number=1,Type=Float,Description="x">\n'
    )
    text = write(tmp_path, vcf(*records, samples="S1 S2 S3", meta=meta))
    binary = tmp_path / "x.bcf"
    with pysam.VariantFile(str(text)) as source, pysam.VariantFile(str(binary), "wb", header=source.header) as copy:
        for record in source:
            copy.write(record)
    table = gene([SNV], **WHOLE)
    for path in (text, binary):
        tables, _, _ = read_genotypes([path], [table], ReadOptions())
        assert tables["GENE1"].copies == (1, 4, None)
