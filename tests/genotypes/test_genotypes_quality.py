"""Cut-offs of quality: what fails is no reference, and is counted by reason."""

from __future__ import annotations

import pytest
from making import META, Build, gene, read, read_paths, vcf, write
from test_genotypes_files import convert

from pgx.errors import InputError
from pgx.genotypes import ReadOptions

CASES = [
    ("GT:GQ 0/1:19", {"min_gq": 20}, "filtered", "genotype quality below 20"),
    ("GT:GQ 0/0:19", {"min_gq": 20}, "filtered", "genotype quality below 20"),
    ("GT:GQ 0/1:20", {"min_gq": 20}, "G/A", ""),
    ("GT:DP 0/1:9", {"min_dp": 10}, "filtered", "depth below 10"),
    ("GT:MIN_DP:DP 0/0:3:30", {"min_dp": 10}, "filtered", "depth below 10"),
    ("GT:FT 0/1:LowGQ", {"require_pass": True}, "filtered", "failed FILTER"),
    ("GT:FT 0/0:LowGQ", {"require_pass": True}, "filtered", "failed FILTER"),
    ("GT:FT 0/1:PASS", {"require_pass": True}, "G/A", ""),
    ("GT:FT 0/1:.", {"require_pass": True}, "G/A", ""),
    ("FILTER=LowQual GT 0/0", {"require_pass": True}, "filtered", "failed FILTER"),
    ("FILTER=LowQual GT 0/1", {}, "G/A", ""),
    ("GT:AD 0/1:18,2", {"min_balance": 0.2}, "filtered", "allele balance below 0.2"),
    ("GT:AD 0/1:8,2", {"min_balance": 0.2}, "G/A", ""),
    ("GT:AD 0/1:8", {"min_balance": 0.2}, "G/A", ""),
    ("GT:AD 0/1:.", {"min_balance": 0.2}, "G/A", ""),
    ("GT:AD 0/1:20,0", {}, "no_call", "heterozygous with reads for one allele only"),
    ("GT:DP 0/0:0", {}, "no_call", "no depth"),
    ("GT:GQ 0/0:.", {}, "no_call", "no genotype quality"),
    ("GT:GP 0/1:0.02,0.96,0.02", {}, "G/A", ""),
    ("GT:GP 0/1:0.2,0.7,0.1", {}, "no_call", "imputed with certainty below 0.9"),
    ("GT:GP 0/0:0.85,0.1,0.05", {}, "no_call", "imputed with certainty below 0.9"),
    ("GT:GP 0/0:0.85,0.1,0.05", {"min_certainty": 0.8}, "G/G", ""),
    ("GT:GP ./.:0.02,0.03,0.95", {}, "A/A", ""),
    ("GT:GP 0/1:30,0,40", {}, "G/A", ""),
    ("GT:GP 0/1:.", {}, "G/A", ""),
    ("GT:DS 0|1:1.05", {}, "G|A", ""),
    ("GT:DS 0|1:1.3", {}, "no_call", "imputed with certainty below 0.9"),
    ("GT:DS 0|0:0.3", {}, "no_call", "imputed with certainty below 0.9"),
    ("GT:HDS 0|1:0.01,0.98", {}, "G|A", ""),
    ("GT:HDS 0|1:0.2,0.98", {}, "no_call", "imputed with certainty below 0.9"),
    ("DS 1.97", {}, "A/A", ""),
    ("GP 0.97,0.02,0.01", {}, "G/G", ""),
]
FORMATS = "".join(
    f'##FORMAT=<ID={name},Number={number},Type={kind},Description="x">\n'
    for name, number, kind in (
        ("GT", 1, "String"), ("GQ", 1, "Integer"), ("DP", 1, "Integer"), ("MIN_DP", 1, "Integer"), ("FT", 1, "String"),
        ("AD", ".", "Integer"), ("GP", ".", "Float"), ("DS", ".", "Float"), ("HDS", ".", "Float"),
    )
)  # fmt: skip


@pytest.mark.parametrize("kind", ["vcf", "bcf"])
@pytest.mark.parametrize(("entry", "options", "expected", "reason"), CASES)
def test_cut_offs(tmp_path, entry, options, expected, reason, kind):
    path = write(tmp_path, vcf(f"10000 G A {entry}", meta=META + FORMATS))
    result = read_paths([path if kind == "vcf" else convert(path, "bcf")], ReadOptions(**options))
    assert result.text("snv") == expected
    assert dict(result.report.genotypes) == ({reason: 1} if reason else {})


def test_certainty_of_many_samples_in_both_formats(tmp_path):
    entries = "0|1:0,1,0:1 0|1:0.5,0.5,0:0.5 .|.:0.01,0.01,0.98:1.97 0|0:.:0.02 0|0:.:. ./.:.:."
    path = write(tmp_path, vcf(f"10000 G A GT:GP:DS {entries}", samples="A B C D E F", meta=META + FORMATS))
    found = []
    for source in (path, convert(path, "bcf")):
        result = read_paths([source])
        found.append([result.text("snv", sample) for sample in range(6)])
    assert found[0] == found[1] == ["G|A", "no_call", "A/A", "G|G", "G|G", "no_call"]


def test_several_alternatives(tmp_path):
    assert read(tmp_path, vcf("10200 C A,T GT:GP 1/2:0,0,0,0.01,0.98,0.01")).text("triple") == "A/T"
    assert read(tmp_path, vcf("10200 C A,T GT:DS 1/2:1,0.95")).text("triple") == "A/T"
    assert read(tmp_path, vcf("10200 C A,T DS 1.6,1.4")).text("triple") == "no_call"


def test_reads_where_another_sample_has_too_many(tmp_path):
    path = write(tmp_path, vcf("10000 G A GT:AD 0/1:9,0 0/1:9,8,7 0/1:9,8", samples="A B C", meta=META + FORMATS))
    for source in (path, convert(path, "bcf")):
        result = read_paths([source], ReadOptions(min_balance=0.2))
        assert [result.text("snv", sample) for sample in range(3)] == ["no_call", "G/A", "G/A"]


@pytest.mark.parametrize("kind", ["Float", "String"])
def test_numbers_that_the_header_calls_something_else(tmp_path, kind):
    meta = META + FORMATS.replace("ID=DP,Number=1,Type=Integer", f"ID=DP,Number=1,Type={kind}")
    path = write(tmp_path, vcf("10000 G A GT:DP 0/1:9 0/1:. 0/1:10.5", samples="A B C", meta=meta))
    for source in (path, convert(path, "bcf")):
        result = read_paths([source], ReadOptions(min_dp=10))
        assert [result.text("snv", sample) for sample in range(3)] == ["filtered", "no_call", "G/A"]


def test_a_deletion_that_is_not_called_leaves_what_it_spans_open(tmp_path):
    missing, deleted = "10098 CTA C ./.", "10099 TA T 0/1"
    assert read(tmp_path, vcf(missing)).text("flipped") == "no_call"
    assert read(tmp_path, vcf(missing, deleted)).text("flipped") == read(tmp_path, vcf(deleted)).text("flipped")


JOINED = [
    ("10000 G <NON_REF>,A GT:AD 0/2:19,22,0", {}, "G/A"),
    ("10000 G <NON_REF>,A GT:AD 0/2:19,2,0", {"min_balance": 0.2}, "filtered"),
    ("10000 G <NON_REF>,A GT:AD 0/2:19,0,22", {"min_balance": 0.2}, "G/A"),
    ("10000 G <NON_REF>,A GT:AD 0/2:41,0,0", {}, "no_call"),
    ("10000 G A,<NON_REF> GT:AD 0/1:41,0,3", {}, "no_call"),
    ("10200 C <NON_REF>,A,T GT:AD 2/3:0,20,21,0", {}, "A/T"),
]


@pytest.mark.parametrize(("record", "options", "expected"), JOINED)
def test_reads_of_joined_gvcf_files(tmp_path, record, options, expected):
    name = "triple" if record.startswith("10200") else "snv"
    assert read(tmp_path, vcf(record), options=ReadOptions(**options)).text(name) == expected


def test_few_reads_for_one_allele_are_remarked_on(tmp_path):
    text = vcf("10000 G A GT:AD 0/1:40,6 0/1:20,20", samples="S1 S2")
    notes = read(tmp_path, text).report.notes
    assert next(note.text for note in notes if note.code == "allele-balance").startswith("1 heterozygous genotypes")
    assert not read(tmp_path, text, options=ReadOptions(min_balance=0.2)).report.notes


SPLIT = {
    "an allele left out and the reference": ("C A GT:AD 0/1:27,3", "C T GT:AD 0/0:30,0", "filtered"),
    "an allele left out and another": ("C A GT:AD 0/1:27,3", "C T GT:AD 0/1:15,14", "filtered"),
    "an allele left out and another, phased": ("C A GT:AD 0|1:27,3", "C T GT:AD 1|0:15,14", "filtered"),
    "both left out": ("C A GT:AD 0/1:27,3", "C T GT:AD 0/1:26,4", "filtered"),
    "both believed": ("C A GT:AD 0/1:14,15", "C T GT:AD 0/1:14,15", "A/T"),
    "one believed and the reference": ("C A GT:AD 0/1:14,15", "C T GT:AD 0/0:30,0", "C/A"),
    "no depth and the reference": ("C A GT:DP 0/1:0", "C T GT:DP 0/0:30", "no_call"),
    "no depth and two of another": ("C A GT:DP 0/0:0", "C T GT:DP 1/1:30", "T/T"),
}


@pytest.mark.parametrize("case", SPLIT.values(), ids=SPLIT)
def test_what_one_half_of_a_split_record_leaves_out_is_no_reference(case, tmp_path):
    *halves, expected = case
    for one, other in (halves, halves[::-1]):
        text = vcf(f"10200 {one}", f"10200 {other}")
        assert read(tmp_path, text, options=ReadOptions(min_balance=0.2)).text("triple") == expected


def test_a_repeated_record_stands_in_for_one_that_is_left_out(tmp_path):
    text = vcf("10000 G A GT:AD 0/1:27,3", "10000 G A GT:AD 0/1:14,15")
    assert read(tmp_path, text, options=ReadOptions(min_balance=0.2)).text("snv") == "G/A"


class TestTails:
    """Blocks that begin within the bases of an indel."""

    def test_reference_needs_reads_over_all_of_it(self, tmp_path):
        covered = "10290 T <NON_REF> END=10301 GT:DP 0/0:30"
        for dp, expected in ((30, "GATGA/GATGA"), (0, "no_call")):
            text = vcf(covered, f"10302 T <NON_REF> END=10350 GT:DP 0/0:{dp}")
            assert read(tmp_path, text).text("deletion") == expected
            assert read(tmp_path, text, options=ReadOptions(strict=True)).report.used == 2

    def test_a_tail_alone_is_nothing(self, tmp_path):
        result = read(tmp_path, vcf("10302 T <NON_REF> END=10302 GT:DP 0/0:30"), options=ReadOptions(strict=True))
        assert result.text("deletion") == "absent"

    def test_a_block_beside_the_bases_is_ordinary(self, tmp_path):
        result = read(tmp_path, vcf("10402 T <NON_REF> END=10410 GT:DP 0/0:30"), options=ReadOptions(strict=True))
        assert dict(result.report.discarded) == {"not at a defining position": 1}

    def test_a_tail_does_not_take_a_deletion_away(self, tmp_path):
        text = vcf("10300 GATGA G,<NON_REF> GT:DP 0/1:30", "10302 T <NON_REF> GT:DP 0/0:0")
        assert read(tmp_path, text).text("deletion") == "GATGA/G"


class TestFasta:
    """REF of the tables and of the records against a reference sequence."""

    @pytest.fixture
    def fasta(self, tmp_path):
        bases = ["T"] * 11_000
        for build in Build:
            for one in gene().positions:
                start = one.position(build) - 1
                bases[start : start + len(one.window(build))] = one.window(build)
        bases[9_998] = "C"
        return write(tmp_path, ">10 a chromosome\n" + "".join(bases) + "\n", "x.fa")

    def test_agreement_is_noted(self, tmp_path, fasta):
        result = read(tmp_path, vcf("9999 CG CA 0/1"), options=ReadOptions(fasta=fasta))
        assert result.text("snv") == "G/A"
        assert any("REF of 11 defining positions" in note.text for note in result.report.notes)

    def test_a_record_with_another_ref_is_a_conflict(self, tmp_path, fasta):
        assert read(tmp_path, vcf("9999 TG TA 0/1")).text("snv") == "G/A"
        assert read(tmp_path, vcf("9999 TG TA 0/1"), options=ReadOptions(fasta=fasta)).text("snv") == "conflict"

    def test_another_reference_is_refused(self, tmp_path):
        other = write(tmp_path, ">chr10\n" + "A" * 12_000 + "\n", "y.fa")
        with pytest.raises(InputError, match="differs from the tables' GRCh38 at 9 of 11 positions"):
            read(tmp_path, vcf("10000 G A 0/1"), options=ReadOptions(fasta=other))
        with pytest.raises(InputError, match="has none of the chromosomes"):
            read(tmp_path, vcf("10000 G A 0/1"), options=ReadOptions(fasta=write(tmp_path, ">a\nAC\n", "z.fa")))
        with pytest.raises(InputError, match="no such file"):
            read(tmp_path, vcf("10000 G A 0/1"), options=ReadOptions(fasta=tmp_path / "none.fa"))
