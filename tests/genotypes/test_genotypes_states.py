"""Evidence states: one row a record or two, and what is known of a position after them."""

from __future__ import annotations

import pytest
from making import BARE, META37, read, vcf

from pgx.domain.evidence import EvidenceState
from pgx.domain.genotype import Genotype, Sex
from pgx.domain.variant import Build
from pgx.genotypes import AssumeReference, ReadOptions

CASES = [
    # records (chr10, one sample); position; expected
    ("10000 G A 0/1", "snv", "G/A"),
    ("10000 G A 1/0", "snv", "G/A"),
    ("10000 G A 1|0", "snv", "A|G"),
    ("10000 G A 1/1", "snv", "A/A"),
    ("10000 G A 1", "snv", "A"),
    ("10000 G A 0/0", "snv", "G/G"),
    ("10000 g a 0/1", "snv", "G/A"),
    ("10000 G . 0/0", "snv", "G/G"),
    ("10000 G T 0/0", "snv", "G/G"),
    ("10000 G T 0/1", "snv", "G/T"),
    ("10000 G T,A 0/2", "snv", "G/A"),
    ("10000 G T,A 1/2", "snv", "A/T"),
    ("10000 G <NON_REF>,A GT:DP:GQ 0/2:30:99", "snv", "G/A"),
    ("10000 G A ./.", "snv", "no_call"),
    ("10000 G A .", "snv", "no_call"),
    ("10000 G A 0/.", "snv", "no_call"),
    ("10000 G A ./1", "snv", "no_call (A)"),
    ("10000 G A 0/0/1", "snv", "no_call"),
    ("10000 G A DS 0.98", "snv", "G/A"),
    ("10000 G A DS 0.6", "snv", "no_call"),
    ("10000 C A 0/1", "snv", "conflict"),
    ("10000 C A 0/0", "snv", "conflict"),
    ("10000 N <NON_REF> END=10010 GT:DP 0/0:30", "snv", "G/G"),
    ("10001 C T 0/1", "snv", "absent"),
    # depth and quality
    ("10000 G A GT:DP 0/1:0", "snv", "no_call"),
    ("10000 G A GT:DP 0/1:.", "snv", "no_call"),
    ("10000 G A GT:DP 0/1", "snv", "no_call"),
    ("10000 G A GT:DP:GQ 0/1:20:0", "snv", "no_call"),
    ("10000 G A GT:DP:MIN_DP 0/1:20:.", "snv", "G/A"),
    ("10000 G A GT:AD 0/1:12,0", "snv", "no_call"),
    ("10000 G A GT:AD 0/1:12,9", "snv", "G/A"),
    ("10000 G A GT:AD 1/1:12,0", "snv", "A/A"),
    ("10000 G A GT:AD 0/1:12", "snv", "G/A"),
    ("10000 G A GT:AD 0/1:.", "snv", "G/A"),
    ("10000 G A FILTER=LowQual GT 0/1", "snv", "G/A"),
    # blocks
    ("9000 T <NON_REF> END=10050 GT:DP:GQ:MIN_DP 0/0:30:60:20", "snv", "G/G"),
    ("9000 T <*> END=10050 GT:DP 0/0:30", "snv", "G/G"),
    ("9000 T <NON_REF> END=9999 GT:DP 0/0:30", "snv", "absent"),
    ("9000 T <NON_REF> END=10050 GT:DP:MIN_DP 0/0:3:0", "snv", "no_call"),
    ("9000 T <NON_REF> END=10050 GT:DP:GQ 0/0:0:0", "snv", "no_call"),
    ("9000 T <NON_REF> END=10050 GT 0/0", "snv", "no_call"),
    ("9000 T . END=10050 GT:GQ 0/0:40", "snv", "G/G"),
    ("10000 g <NON_REF> GT:DP 0/0:30", "snv", "G/G"),
    ("10000 g <NON_REF> GT:DP 0/0:.", "snv", "no_call"),
    ("10000 C <NON_REF> GT:DP 0/0:30", "snv", "conflict"),
    ("10300 G <NON_REF> GT:DP 0/0:30", "deletion", "GATGA/GATGA"),
    ("10250 A <NON_REF> END=10350 GT:DP 0/0:30", "deletion", "GATGA/GATGA"),
    ("10301 A <NON_REF> END=10350 GT:DP 0/0:30", "deletion", "absent"),
    ("10300 G . GT:DP 0/0:30", "deletion", "GATGA/GATGA"),
    ("10300 G . 0/0", "deletion", "no_call"),
    ("10300 GATGA . 0/0", "deletion", "GATGA/GATGA"),
    ("10300 GATGAATGA . GT:DP 0/0:12", "deletion", "GATGA/GATGA"),
    ("10400 C . 0/0", "insertion", "C/C"),
    ("10400 C T 0/0", "insertion", "absent"),
    # two records
    ("10000 G A 0/1; 10000 G A 0/1", "snv", "G/A"),
    ("10000 G A 0/1; 10000 G A 1/1", "snv", "conflict"),
    ("10000 G A 0/1; 10000 G A 0/0", "snv", "conflict"),
    ("10000 G A 0/1; 10000 G A ./.", "snv", "G/A"),
    ("10200 C A 0/1; 10200 C T 0/1", "triple", "A/T"),
    ("10200 C A 0|1; 10200 C T 1|0", "triple", "T|A"),
    ("10200 C A 0|1; 10200 C T 0|1", "triple", "conflict"),
    ("10200 C A 1/.; 10200 C T ./1", "triple", "A/T"),
    ("10200 C A 0/1; 10200 C T 0/0", "triple", "C/A"),
    ("10200 C A 0|1; 10200 C T 0|0", "triple", "C|A"),
    ("10200 C A 0/1; 10200 C T ./.", "triple", "C/A"),
    ("10200 C A 1/1; 10200 C T 0/0", "triple", "A/A"),
    ("10200 C A 1/1; 10200 C T 0/1", "triple", "conflict"),
    ("10200 C A 0/0; 10200 C T 0/0", "triple", "C/C"),
    ("10000 G . GT:DP 0/0:9; 10000 G A GT:DP 0/1:9", "snv", "G/A"),
    ("10400 C . GT:DP 0/0:9; 10400 C CT GT:DP 0/1:9", "insertion", "C/CT"),
    ("10400 C T 0/1; 10400 C CT 0/1", "insertion", "C/CT"),
]


@pytest.mark.parametrize(("records", "name", "expected"), CASES, ids=[f"{case[0]}-{case[1]}" for case in CASES])
def test_state(tmp_path, records, name, expected):
    assert read(tmp_path, vcf(*records.split("; "))).text(name) == expected


@pytest.mark.parametrize(
    ("record", "state"),
    [
        ("10000 G A 0/0", EvidenceState.CALLED),
        ("10000 G . GT:DP 0/0:8", EvidenceState.REFERENCE_BLOCK),
        ("9990 T <NON_REF> END=10050 GT:DP 0/0:8", EvidenceState.REFERENCE_BLOCK),
        ("10000 G A,<NON_REF> GT:DP 0/0:8", EvidenceState.CALLED),
    ],
)
def test_how_reference_was_seen(tmp_path, record, state):
    assert read(tmp_path, vcf(record)).genotype("snv").state is state


@pytest.mark.parametrize(
    ("options", "record", "expected", "reason"),
    [
        ({"require_pass": True}, "10000 G A FILTER=LowQual GT 0/1", "filtered", "failed FILTER"),
        ({"require_pass": True}, "10000 G A FILTER=. GT 0/1", "G/A", ""),
        ({"require_pass": True}, "10000 G A GT:FT 0/1:LowGQ", "filtered", "failed FILTER"),
        ({"min_dp": 10}, "10000 G A GT:DP 0/1:9", "filtered", "depth below 10"),
        ({"min_dp": 10}, "10000 G A GT:DP 0/1:10", "G/A", ""),
        ({"min_dp": 10}, "9000 T <NON_REF> END=10010 GT:DP:MIN_DP 0/0:30:9", "filtered", "depth below 10"),
        ({"min_gq": 20}, "10000 G A GT:GQ 0/1:19", "filtered", "genotype quality below 20"),
        ({"min_gq": 20}, "10000 G A GT 0/1", "G/A", ""),
        ({"min_balance": 0.2}, "10000 G A GT:AD 0/1:95,5", "filtered", "allele balance below 0.2"),
        ({"min_balance": 0.2}, "10000 G A GT:AD 0/1:70,30", "G/A", ""),
    ],
)
def test_cut_offs(tmp_path, options, record, expected, reason):
    result = read(tmp_path, vcf(record), options=ReadOptions(**options))
    assert result.text("snv") == expected
    assert dict(result.report.genotypes) == ({reason: 1} if reason else {})


def test_failed_filter_is_marked(tmp_path):
    assert read(tmp_path, vcf("10000 G A FILTER=LowQual GT 0/1")).report.marked == 1


class TestBuilds:
    """The same person in both builds gives the same indices."""

    def test_reference_of_the_other_build(self, tmp_path):
        on37 = read(tmp_path, vcf("10 5100 G A 0/1", "10 5000 G A 0/1", meta=META37))
        on38 = read(tmp_path, vcf("10100 A G 0/1", "10000 G A 0/1"))
        assert [on37.genotype(name) for name in ("flipped", "snv")] == [
            on38.genotype(name) for name in ("flipped", "snv")
        ]

    def test_hom_ref_is_the_base_of_the_build(self, tmp_path):
        assert read(tmp_path, vcf("10 5100 G A 0/0", meta=META37)).text("flipped") == "G/G"

    def test_assumed_is_the_base_of_the_build(self, tmp_path):
        options = ReadOptions(assume_reference=AssumeReference(everywhere=True))
        result = read(tmp_path, vcf("10 5000 G A 0/1", meta=META37), options=options)
        assert result.genotype("flipped") == Genotype(EvidenceState.ASSUMED, (1, 1))
        assert result.genotype("snv").state is EvidenceState.CALLED


@pytest.mark.parametrize(
    ("assume", "expected"),
    [
        (AssumeReference(), "absent"),
        (AssumeReference(everywhere=True), "C/C"),
        (AssumeReference(genes=frozenset({"GENE1"})), "C/C"),
        (AssumeReference(genes=frozenset({"OTHER"})), "absent"),
        (AssumeReference(regions=(("chr10", 10_200, 10_200),)), "C/C"),
        (AssumeReference(regions=(("chr10", 10_201, 10_300),)), "absent"),
    ],
)
def test_assume_reference(tmp_path, assume, expected):
    result = read(tmp_path, vcf("10000 G A ./."), options=ReadOptions(assume_reference=assume))
    assert result.text("triple") == expected
    assert result.text("snv") == "no_call"


class TestPhase:
    def test_phase_sets_are_numbered_by_appearance(self, tmp_path):
        result = read(
            tmp_path,
            vcf(
                "10000 G A GT:PS 0|1:900",
                "10100 A G GT:PS 1|0:77",
                "10200 C A GT:PS 0|1:900",
                "10700 A T GT:PS 0/1:900",
            ),
        )
        assert [result.genotype(name).phase_set for name in ("snv", "flipped", "triple", "neighbour")] == [1, 2, 1, 0]
        assert not result.genotype("neighbour").phased

    def test_numbers_run_per_sample(self, tmp_path):
        result = read(
            tmp_path,
            vcf("10000 G A GT:PS 0|0:. 0|1:5", "10100 A G GT:PS 0|1:8 0|1:8", samples="S1 S2"),
        )
        assert [result.genotype("flipped", sample).phase_set for sample in (0, 1)] == [1, 2]

    def test_phased_without_set(self, tmp_path):
        result = read(tmp_path, vcf("10000 G A 0|1", "10100 A G 0|1"))
        assert result.genotype("snv") == Genotype(EvidenceState.CALLED, (0, 1), phased=True, phase_set=0)

    def test_phase_does_not_cross_files(self, tmp_path):
        result = read(tmp_path, vcf("10000 G A 0|1"), vcf("10100 A G 0|1"))
        assert [result.genotype(name).phase_set for name in ("snv", "flipped")] == [1, 2]

    def test_haplotype_tags(self, tmp_path):
        result = read(tmp_path, vcf("10000 G A GT:HP 0/1:100-1,100-2", "10100 A G GT:HP 0/1:100-2,100-1"))
        assert (result.text("snv"), result.text("flipped")) == ("G|A", "G|A")


class TestFiles:
    def test_joined_on_sample(self, tmp_path):
        result = read(
            tmp_path,
            vcf("10000 G A 0/1 1/1", samples="S1 S2"),
            vcf("10100 A G 0/1 0/0", samples="S3 S1"),
        )
        assert result.table.samples == ("S1", "S2", "S3")
        assert [result.text("snv", n) for n in range(3)] == ["G/A", "A/A", "absent"]
        assert [result.text("flipped", n) for n in range(3)] == ["A/A", "absent", "A/G"]

    @pytest.mark.parametrize(
        ("one", "other", "expected"),
        [
            ("0/1", "0/1", "G/A"),
            ("0/1", "1|0", "A|G"),
            ("0/1", "1/1", "conflict"),
            ("0/1", "./.", "G/A"),
            ("./.", "0/1", "G/A"),
            ("1", "1/1", "A"),
        ],
    )
    def test_same_position_twice(self, tmp_path, one, other, expected):
        result = read(tmp_path, vcf(f"10000 G A {one}"), vcf(f"10000 G A {other}"))
        assert result.text("snv") == expected

    def test_block_against_variant(self, tmp_path):
        result = read(tmp_path, vcf("9000 T <NON_REF> END=10050 GT:DP 0/0:20"), vcf("10000 G A 0/1"))
        assert result.text("snv") == "conflict"

    def test_chosen_samples(self, tmp_path):
        text = vcf("10000 G A 0/1 1/1 0/0", samples="S1 S2 S3")
        result = read(tmp_path, text, options=ReadOptions(samples=("S3", "S2")))
        assert result.table.samples == ("S3", "S2")
        assert [result.text("snv", n) for n in range(2)] == ["G/G", "A/A"]

    def test_renamed_samples_are_joined(self, tmp_path):
        options = ReadOptions(sample_names={"lab7": "S1"})
        result = read(tmp_path, vcf("10000 G A 0/1"), vcf("10100 A G 0/1", samples="lab7"), options=options)
        assert result.table.samples == ("S1",)

    def test_numeric_sample_names(self, tmp_path):
        assert read(tmp_path, vcf("10000 G A 0/1", samples="17")).table.samples == ("17",)


def test_sexes_only_for_sex_linked_genes(tmp_path):
    options = ReadOptions(sexes={"S1": Sex.MALE})
    text = vcf("10000 G A 0 0/1", samples="S1 S2")
    assert read(tmp_path, text, options=options).table.sexes == ()
    assert read(tmp_path, text, options=options, sex_linked=True).table.sexes == (Sex.MALE, Sex.UNKNOWN)


@pytest.mark.parametrize("contig", ["chr10", "10", "NC_000010.11", "CM000672.2", "Chr10"])
def test_contig_names(tmp_path, contig):
    options = ReadOptions(build=Build.GRCH38)
    assert read(tmp_path, vcf(f"{contig} 10000 G A 0/1", meta=BARE), options=options).text("snv") == "G/A"


def test_counts(tmp_path):
    result = read(
        tmp_path,
        vcf("chr9 10000 G A 0/1", "9000 G A 0/1", "9950 C T 0/1", "9960 C T 0/0", "10000 G A 0/1", "10302 T TC 0/1"),
    )
    report = result.report
    assert (report.read, report.used) == (6, 2)
    assert dict(report.discarded) == {"in an exon, but in no table": 1, "not at a defining position": 3}
    assert report.read == report.used + sum(count for _, count in report.discarded)
    assert [(one.position, one.alt, one.carriers) for one in report.unexplained] == [(9950, "T", ("S1",))]
