"""Formats, compression, indexes, builds, and what is refused."""

from __future__ import annotations

import gzip
import re

import numpy as np
import pytest
from making import BARE, META, META37, gene, read, read_paths, vcf, write

from pgx.domain.variant import Build
from pgx.errors import InputError, PgxError, UsageError
from pgx.genotypes import ReadOptions, open_reading, parse_assume_reference, read_genotypes, read_regions, read_sexes

pysam = pytest.importorskip("pysam")

RECORDS = (
    "chr9 500 A T 0/1 0/0",
    "chr10 500 A T 0/1 0/0",
    "9000 T <NON_REF> END=9999 GT:DP 0/0:9 0/0:9",
    "10000 G A GT:DP:GQ:AD:PS 0|1:20:50:10,10:10000 1/1:9:.:0,9:.",
    "10100 A G GT 1 ./.",
    "10200 C T,A GT:DP 1/2:7 0/.:7",
    "10250 T <NON_REF> END=10320 GT:DP:MIN_DP 0/0:20:11 0/0:3:0",
    "10403 T TT GT 0/1 1/1",
    "10500 CAT C,CATAT GT:GQ 1|2:33 0/1:0",
    "10700 AAC TAG GT:FT 0|1:PASS 1|1:bad",
    "chr11 500 A T 0/1 0/0",
)
FORMATS = (
    '##INFO=<ID=END,Number=1,Type=Integer,Description="x">\n##FILTER=<ID=bad,Description="x">\n'
    '##contig=<ID=chr9>\n##contig=<ID=chr11>\n'
    + "".join(
        f'##FORMAT=<ID={name},Number={number},Type={kind},Description="x">\n'
        for name, number, kind in (
            ("GT", 1, "String"), ("DP", 1, "Integer"), ("MIN_DP", 1, "Integer"), ("GQ", 1, "Integer"),
            ("AD", "R", "Integer"), ("PS", 1, "Integer"), ("FT", 1, "String"),
        )
    )
)  # fmt: skip


@pytest.fixture
def plain(tmp_path):
    return write(tmp_path, vcf(*RECORDS, samples="S1 S2", meta=META + FORMATS))


def convert(path, kind):
    """Write the file again in another format with htslib."""
    if kind == "gzip":
        target = path.with_suffix(".gz")
        target.write_bytes(gzip.compress(path.read_bytes()))
    elif kind.startswith("bcf"):
        target = path.with_suffix(".bcf")
        with pysam.VariantFile(str(path)) as source, pysam.VariantFile(str(target), "wb", header=source.header) as out:
            for entry in source:
                out.write(entry)
        if kind == "bcf-csi":
            pysam.tabix_index(str(target), preset="bcf", force=True)
    else:
        target = path.with_suffix(".vcf.bgz")
        pysam.tabix_compress(str(path), str(target), force=True)
        if kind != "bgzip":
            pysam.tabix_index(str(target), preset="vcf", force=True, csi=kind == "csi")
    return target


def contents(result):
    shown = [[result.genotype(name, sample) for name in result.names] for sample in range(len(result.table.samples))]
    return shown, result.table.bases


@pytest.mark.parametrize("kind", ["gzip", "bgzip", "tbi", "csi", "bcf", "bcf-csi"])
def test_every_format_reads_the_same(plain, kind):
    expected = read_paths([plain])
    found = read_paths([convert(plain, kind)])
    assert contents(found) == contents(expected)
    assert found.report.used == expected.report.used
    assert found.report.genotypes == expected.report.genotypes
    assert found.report.files[0].indexed == (kind in ("tbi", "csi", "bcf-csi"))


@pytest.mark.parametrize("kind", ["bgzip", "bcf"])
def test_chosen_sample_in_every_format(plain, kind):
    found = read_paths([convert(plain, kind)], ReadOptions(samples=("S2",)))
    whole = read_paths([plain])
    assert [found.genotype(name) for name in found.names] == [whole.genotype(name, 1) for name in whole.names]


def test_gene_by_gene_gives_the_same_tables(plain):
    genes = [gene(), gene(symbol="GENE2")]
    whole, _, _ = read_genotypes([plain], genes, ReadOptions())
    reading = open_reading([convert(plain, "tbi")], genes, ReadOptions())
    for table in reading.tables():
        assert np.array_equal(table.codes, whole[table.gene].codes)
        assert table.values == whole[table.gene].values


def test_many_samples_by_columns(tmp_path):
    """Lines whose entries are all of one width take another path than others."""
    entries = [f"{n % 2}|{n % 3 % 2}" for n in range(40)]
    samples = " ".join(f"S{n}" for n in range(40))
    narrow = read(tmp_path, vcf(f"10000 G A {' '.join(entries)}", samples=samples))
    wide = read(tmp_path, vcf(f"10000 G A GT:XX {' '.join(entry + ':q' for entry in entries)}", samples=samples))
    assert [narrow.genotype("snv", n) for n in range(40)] == [wide.genotype("snv", n) for n in range(40)]
    chosen = read(
        tmp_path, vcf(f"10000 G A {' '.join(entries)}", samples=samples), options=ReadOptions(samples=("S7", "S3"))
    )
    assert [chosen.genotype("snv", n) for n in range(2)] == [narrow.genotype("snv", n) for n in (7, 3)]


def test_progress_is_told(plain):
    told = []
    read_genotypes([plain], [gene()], ReadOptions(), lambda done, total: told.append((done, total)))
    assert told[-1] == (plain.stat().st_size, plain.stat().st_size)


class TestBuild:
    @pytest.mark.parametrize(
        ("meta", "build", "source"),
        [
            (META, Build.GRCH38, "contig lengths"),
            (META37, Build.GRCH37, "contig lengths"),
            (BARE + "##reference=file:///x/hg19.fa\n", Build.GRCH37, "reference header"),
            (BARE + "##contig=<ID=10,assembly=b37>\n", Build.GRCH37, "reference header"),
            (BARE + "##contig=<ID=NC_000010.11>\n", Build.GRCH38, "contig accessions"),
        ],
    )
    def test_header(self, tmp_path, meta, build, source):
        report = read(tmp_path, vcf("77 G A 0/1", meta=meta)).report
        assert (report.build, report.files[0].build_from) == (build, source)

    @pytest.mark.parametrize(("record", "build"), [("10000 G A", Build.GRCH38), ("5000 G A", Build.GRCH37)])
    def test_records(self, tmp_path, record, build):
        report = read(tmp_path, vcf(f"{record} 0/1", meta=BARE)).report
        assert (report.build, report.files[0].build_from) == (build, "records")

    def test_files_borrow_from_each_other(self, tmp_path):
        report = read(tmp_path, vcf("10000 G A 0/1", meta=BARE), vcf("77 G A 0/1", meta=META)).report
        assert [one.build_from for one in report.files] == ["other files", "contig lengths"]

    def test_nothing_at_defining_positions(self, tmp_path):
        result = read(tmp_path, vcf("77 G A 0/1", meta=BARE))
        assert result.report.build is None
        assert [note.code for note in result.report.notes] == ["build-unknown"]
        assert result.text("snv") == "absent"

    @pytest.mark.parametrize(
        ("texts", "told", "words"),
        [
            ((vcf("10000 G C 0/1", meta=BARE),), None, "--build"),
            ((vcf("9000 T <NON_REF> END=20000 GT:DP 0/0:9", meta=BARE),), None, "--build"),
            ((vcf("10000 G A 0/1"), vcf("10 5000 G A 0/1", meta=META37)), None, "GRCh37"),
            ((vcf("10000 G A 0/1", meta=BARE), vcf("5000 G A 0/1", meta=BARE)), None, "GRCh37"),
            ((vcf("10000 G A 0/1", meta=META),), Build.GRCH37, "contig lengths"),
            ((vcf("10000 G A 0/1", meta=BARE),), Build.GRCH37, "give --build GRCh38"),
            ((vcf("5000 G A 0/1", meta=META),), None, "give --build GRCh37"),
            ((vcf("1 G A 0/1", meta=META + META37.split("\n", 1)[1]),), None, "two builds"),
        ],
    )
    def test_refused(self, tmp_path, texts, told, words):
        with pytest.raises(InputError, match=re.escape(words)):
            read(tmp_path, *texts, options=ReadOptions(build=told))

    def test_mitochondrion_of_another_reference(self, tmp_path):
        meta = META37 + "##contig=<ID=chrM,length=16571>\n"
        assert read(tmp_path, vcf("10 5000 G A 0/1", meta=meta)).report.untestable == ("chrM",)
        rcrs = META37 + "##contig=<ID=MT,length=16569>\n"
        assert read(tmp_path, vcf("10 5000 G A 0/1", meta=rcrs)).report.untestable == ()


GOOD = vcf("10000 G A 0/1", "10100 A G 0/1")


class TestRefused:
    """Each is one line that names the file."""

    def refused(self, path, words, kind=InputError, **options):
        with pytest.raises(kind) as caught:
            read_paths([path], ReadOptions(**options))
        message = str(caught.value)
        assert words in message
        assert path.name in message
        assert "\n" not in message

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("", "empty"),
            ("hello\nworld\n", "not a VCF"),
            ("##fileformat=VCFv4.2\n##x=y\n", "no #CHROM"),
            ("##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n", "no sample columns"),
            (vcf("10000 G A 0/1 0/1", samples="S1 S1"), "'S1' stands twice"),
            (vcf("10000 G A 0/7"), "beyond the 1 in ALT"),
            (vcf("10000 G A a/b"), "no genotype"),
            (vcf("10000 G A -4/1"), "no genotype"),
            (GOOD[:-4], "cut off"),
            (GOOD[:-14], "cut off"),
            (GOOD + "chr10\n", "no CHROM and POS"),
            (GOOD + "chr10\tx\t.\tA\tG\t.\t.\t.\tGT\t0/1\n", "CHROM and POS"),
            (GOOD + "chr10\t10200\t.\tC\tA\n", "columns"),
            (GOOD + "chr10\t10200\t.\tC\tA\t.\t.\t.\tGT\t0/1\t0/1\n", "sample columns"),
        ],
    )
    def test_text(self, tmp_path, text, words):
        self.refused(write(tmp_path, text), words)

    def test_missing_and_directory(self, tmp_path):
        self.refused(tmp_path / "none.vcf", "no such file")
        self.refused(tmp_path, "has no variant files")

    @pytest.mark.parametrize("kind", ["gzip", "bgzip", "tbi", "bcf", "bcf-csi"])
    @pytest.mark.parametrize("kept", [0.5, 0.97])
    def test_cut_off(self, plain, kind, kept):
        path = convert(plain, kind)
        data = path.read_bytes()
        path.write_bytes(data[: int(len(data) * kept)])
        self.refused(path, "cut off")

    @pytest.mark.parametrize("kind", ["gzip", "bgzip", "bcf"])
    def test_damaged(self, plain, kind):
        path = convert(plain, kind)
        data = bytearray(path.read_bytes())
        data[60:70] = bytes(10)
        path.write_bytes(bytes(data))
        with pytest.raises(PgxError):
            read_paths([path])

    def test_unknown_sample(self, tmp_path):
        names = " ".join(f"A{n}" for n in range(1, 44))
        path = write(tmp_path, vcf("10000 G A " + "0/1 " * 43, samples=names))
        self.refused(path, "no sample 'X'; the file has A1, A2, A3 (and 40 more)", kind=UsageError, samples=("X",))

    def test_strict(self, tmp_path):
        path = write(tmp_path, vcf("9950 C T 0/1", "10000 G A 0/1"))
        self.refused(path, "--strict", strict=True)

    def test_unusable_index_costs_no_data(self, plain):
        path = convert(plain, "tbi")
        path.with_name(path.name + ".tbi").write_bytes(b"nonsense")
        assert contents(read_paths([path])) == contents(read_paths([plain]))


class TestTables:
    def test_sexes(self, tmp_path):
        path = tmp_path / "sex.tsv"
        path.write_text("sample\tsex\nA\tmale\nB,F\nC 0\n")
        assert {name: sex.value for name, sex in read_sexes(path).items()} == {
            "A": "male",
            "B": "female",
            "C": "unknown",
        }

    def test_sexes_refused(self, tmp_path):
        path = tmp_path / "sex.tsv"
        path.write_text("A\tmale\nB\tblue\n")
        with pytest.raises(InputError, match="line 2"):
            read_sexes(path)

    def test_regions(self, tmp_path):
        path = tmp_path / "x.bed"
        path.write_text("track name=x\n10\t99\t200\textra\nchrUn\t1\t2\n")
        assert read_regions(path) == (("chr10", 100, 200),)
        assert parse_assume_reference(str(path), ["GENE1"]).covers("GENE1", "chr10", 100)

    @pytest.mark.parametrize(("text", "covered"), [("all", True), ("none", False), ("gene1", True), ("GENE2", False)])
    def test_assume_reference(self, text, covered):
        assert parse_assume_reference(text, ["GENE1", "GENE2"]).covers("GENE1", "chr1", 5) is covered

    def test_assume_reference_refused(self):
        with pytest.raises(UsageError, match="'GENE9' is no gene"):
            parse_assume_reference("GENE1,GENE9", ["GENE1"])
