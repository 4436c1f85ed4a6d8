"""Consumer arrays and tables of genotypes: layouts, builds, strands, and what insertion and deletion codes mean."""

from __future__ import annotations

import zipfile

import pytest
from making import (
    DELETION,
    FLIPPED,
    INSERTION,
    REPEAT,
    SHIFT,
    SNV,
    TRIPLE,
    Result,
    gene,
    read_paths,
    variant,
    vcf,
    write,
)

from pgx.domain.genotype import Sex
from pgx.domain.variant import Build
from pgx.errors import InputError
from pgx.genotypes import ReadOptions, read_genotypes
from pgx.genotypes.marker_sites import SEVERAL_INDELS, UNFITTING, UNREADABLE_INDEL, UNSURE_STRAND

PALINDROME = variant("rs77", 10_900, "A/T")
PROVING = tuple(variant(f"rs{n}", 20_000 + 10 * n, "G/A") for n in range(100, 130))
SITES = (SNV, FLIPPED, TRIPLE, DELETION, INSERTION, REPEAT, PALINDROME)
HEADING = "# rsid\tchromosome\tposition\tgenotype\n"
SAYS_38 = "# GRCh38\n"
SAYS_37 = "# We are using reference human assembly build 37\n"


def rows(*texts: str) -> str:
    return "".join("\t".join(text.split()) + "\n" for text in texts)


def proving(build: Build = Build.GRCH38) -> str:
    return rows(*(f"{one.name} 10 {one.position(build)} GG" for one in PROVING))


def read_text(folder, text, options=None, name="NA1.txt", variants=SITES):
    return read_paths([write(folder, text, name)], options or ReadOptions(), gene((*variants, *PROVING)))


LAYOUTS = [
    f"{SAYS_37}{HEADING}snv\t10\t5000\tAG\n",
    "#AncestryDNA raw data, build 37.1\nrsid\tchromosome\tposition\tallele1\tallele2\nsnv\t10\t5000\tG\tA\n",
    '##hg19\nRSID,CHROMOSOME,POSITION,RESULT\n"snv","10","5000","AG"\n',
    "sample,rsid,genotype\nNA1,snv,A/G\n",
    "Sample ID;SNP Name;Allele1 - Plus;Allele2 - Plus\nNA1;snv;A;G\n",
    "[Header]\nContent,GRCh38\n[Data]\nSNP Name,Sample ID,Chr,Position,Allele1 - Top,Allele2 - Top\n"
    "snv,NA1,10,10000,A,G\n",
    "rsid chromosome position genotype\r\nsnv chr10 10000 A|G\r\n",
    "\ufeffmarker\tgenotype\nSNV\ta/g\n",
    "# GRCh38\nchromosome\tposition\tgenotype\n10\t10000\tAG\n",
    "# build 38\nrs100\t10\t21000\tGG\ni500\t10\t10000\tAG\n",
]


@pytest.mark.parametrize("text", LAYOUTS)
def test_layouts(tmp_path, text):
    result = read_text(tmp_path, text)
    assert result.text("snv") == "G/A"
    assert result.text("triple") == "absent"
    assert result.table.samples == ("NA1",)


def test_packed_files(tmp_path):
    import gzip

    text = LAYOUTS[0]
    (tmp_path / "NA1.txt.gz").write_bytes(gzip.compress(text.encode()))
    with zipfile.ZipFile(tmp_path / "NA1.zip", "w") as archive:
        archive.writestr("genome.txt", text)
    for name in ("NA1.txt.gz", "NA1.zip"):
        result = read_paths([tmp_path / name], None, gene(SITES))
        assert (result.text("snv"), result.table.samples) == ("G/A", ("NA1",))


def test_samples_of_a_table_are_columns(tmp_path):
    text = "sample,rsid,genotype\n007,snv,AG\n12,snv,GG\n12,triple,CT\nS3,elsewhere,AA\n"
    result = read_text(tmp_path, text)
    assert result.table.samples == ("007", "12", "S3")
    assert [result.text("snv", n) for n in range(3)] == ["G/A", "G/G", "absent"]
    assert [result.text("triple", n) for n in range(3)] == ["absent", "C/T", "absent"]


def test_other_genes_markers_prove_the_strand(tmp_path):
    path = write(tmp_path, HEADING + SAYS_38 + proving() + rows("rs77 10 10900 AA", "rs78 10 1 AT"), "NA1.txt")
    chosen, other = gene((PALINDROME,)), gene((*PROVING, variant("rs78", 10_950, "A/T")), symbol="GENE2")
    for known, expected in (((), "no_call"), ((other,), "A/A"), ((chosen, other), "A/A")):
        tables, _, report = read_genotypes([path], [chosen], ReadOptions(strict=True), known=known)
        assert Result(tables["GENE1"], ["rs77"], report).text("rs77") == expected
        assert (report.read, dict(report.discarded)) == (32, {"not at a defining position": 31})


def test_a_genotype_given_twice_must_be_the_same(tmp_path):
    assert read_text(tmp_path, "rsid,genotype\nsnv,AG\nsnv,GA\n").text("snv") == "G/A"
    assert read_text(tmp_path, "rsid,genotype\nsnv,AG\nsnv,--\n").text("snv") == "G/A"
    assert read_text(tmp_path, "rsid,genotype\nsnv,AG\nsnv,GG\n").text("snv") == "conflict"


@pytest.mark.parametrize("word", ["--", "", "NC", "00", "No Call", "./.", "NOAMP", "0/0", "Undetermined"])
def test_no_calls(tmp_path, word):
    assert read_text(tmp_path, f"rsid,genotype\nsnv,{word}\n").text("snv") == "no_call"


STRANDS = [
    ("snv AG", "snv", "G/A", ""),
    ("snv CT", "snv", "G/A", ""),
    ("snv TT", "snv", "A/A", ""),
    ("snv CC", "snv", "G/G", ""),
    ("snv AC", "snv", "no_call", UNFITTING),
    ("snv GT", "snv", "no_call", UNFITTING),
    ("triple CT", "triple", "C/T", ""),
    ("triple CG", "triple", "no_call", UNFITTING),
    ("rs77 AT", "rs77", "A/T", ""),
    ("rs77 AA", "rs77", "no_call", UNSURE_STRAND),
    ("rs77 TT", "rs77", "no_call", UNSURE_STRAND),
    ("snv DI", "snv", "no_call", "alleles are not bases"),
]


@pytest.mark.parametrize(("row", "name", "expected", "reason"), STRANDS)
def test_strand(tmp_path, row, name, expected, reason):
    marker, genotype = row.split()
    result = read_text(tmp_path, f"rsid,genotype\n{marker},{genotype}\n")
    assert result.text(name) == expected
    assert [text for text, _ in result.report.genotypes] == ([reason] if reason else [])


def test_the_rest_of_the_file_proves_the_strand(tmp_path):
    text = SAYS_37.replace("37", "38") + HEADING + proving()
    assert read_text(tmp_path, text + rows("rs77 10 10900 TT")).text("rs77") == "T/T"
    turned = text + rows("rs77 10 10900 TT", "snv 10 10000 CC")
    assert read_text(tmp_path, turned).text("rs77") == "no_call"
    assert "1 genotypes were read from the other strand" in read_text(tmp_path, turned).report.notes[-1].text


def test_a_stated_strand_needs_fewer_witnesses(tmp_path):
    few = "".join(proving().splitlines(keepends=True)[:3])
    text = HEADING + few + rows("rs77 10 10900 TT")
    said = "# genotypes on the forward strand, build 38\n"
    assert read_text(tmp_path, said + text).text("rs77") == "T/T"
    assert read_text(tmp_path, "# build 38\n" + text).text("rs77") == "no_call"


INDELS = [
    ("deletion,DD", "G/G", ""),
    ("deletion,DI", "GATGA/G", ""),
    ("deletion,II", "GATGA/GATGA", ""),
    ("deletion,ATGA/-", "GATGA/G", ""),
    ("deletion,ATGA/del", "no_call", UNREADABLE_INDEL),
    ("deletion,GATGA/G", "GATGA/G", ""),
    ("deletion,GG", "no_call", UNREADABLE_INDEL),
    ("insertion,DI", "C/CT", ""),
    ("insertion,II", "CT/CT", ""),
    ("insertion,T/-", "C/CT", ""),
    ("repeat,DI", "no_call", SEVERAL_INDELS),
    ("repeat,CAT/CATAT", "CAT/CATAT", ""),
    ("repeat,C/CATATAT", "C/CATATAT", ""),
]


@pytest.mark.parametrize(("row", "expected", "reason"), INDELS)
def test_insertion_and_deletion_codes(tmp_path, row, expected, reason):
    result = read_text(tmp_path, f"rsid,genotype\n{row}\n")
    assert result.text(row.split(",")[0]) == expected
    assert [text for text, _ in result.report.genotypes] == ([reason] if reason else [])


def test_codes_of_unknown_markers_are_not_taken_for_the_position(tmp_path):
    text = "# build 38\n" + HEADING + rows("i700 10 10300 DD", "rs9 10 10300 GG")
    result = read_text(tmp_path, text)
    assert result.text("deletion") == "absent"
    assert dict(result.report.discarded) == {"insertion or deletion of no known marker": 2}
    with pytest.raises(InputError, match="were not used"):
        read_text(tmp_path, text, ReadOptions(strict=True))


class TestBuild:
    """Told, in the comments, or by where known markers lie."""

    def test_reference_differs_between_builds(self, tmp_path):
        for build, position in ((37, 10_100 - SHIFT), (38, 10_100)):
            result = read_text(tmp_path, f"# build {build}\n{HEADING}flipped\t10\t{position}\tGG\n")
            assert (result.text("flipped"), result.report.build.value) == ("G/G", f"GRCh{build}")

    def test_from_markers(self, tmp_path):
        result = read_text(tmp_path, HEADING + proving(Build.GRCH37))
        assert (result.report.build, result.text("rs100")) == (Build.GRCH37, "G/G")

    def test_contradictions_are_refused(self, tmp_path):
        for text, options in (
            ("# build 38\n" + HEADING + proving(Build.GRCH37), None),
            (HEADING + proving(Build.GRCH37), ReadOptions(build=Build.GRCH38)),
        ):
            with pytest.raises(InputError, match="30 markers lie where GRCh37 has them"):
                read_text(tmp_path, text, options)

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("chromosome,position,genotype\n10,10000,AG\n", "give --build"),
            ("# NCBI build 36\n" + HEADING + "snv\t10\t7000\tAG\n", "build 36"),
            ("rsid,weight\nsnv,3\n", "nor a table of genotypes"),
            ("rsid,chromosome,position,genotype\nsnv,10\n", "row 1 has 2 columns"),
        ],
    )
    def test_refused(self, tmp_path, text, words):
        with pytest.raises(InputError, match=words):
            read_text(tmp_path, text)

    def test_markers_at_another_position_are_not_used(self, tmp_path):
        result = read_text(tmp_path, "# build 38\n" + HEADING + "snv\t10\t10007\tAG\n")
        assert result.text("snv") == "absent"
        assert dict(result.report.discarded) == {"marker at another position than the table's": 1}


def test_beside_a_variant_file(tmp_path):
    table = gene(SITES)
    one = write(tmp_path, vcf("10000 G A 0/1", samples="NA1"))
    other = write(tmp_path, "rsid,genotype\ntriple,CT\n", "NA1.csv")
    result = read_paths([one, other], None, table)
    assert (result.text("snv"), result.text("triple"), result.table.samples) == ("G/A", "C/T", ("NA1",))


def test_one_letter_on_x_is_a_man(tmp_path):
    table = gene((variant("rs1", 10_000, "G/A"), variant("rs2", 10_100, "C/T")), sex_linked=True)
    path = write(tmp_path, "sample,rsid,genotype\nHe,rs1,A\nHe,rs2,C\nShe,rs1,AG\nShe,rs2,CT\nWho,rs1,GG\n", "x.csv")
    tables, samples, report = read_genotypes([path], [table], ReadOptions())
    assert dict(zip(samples, tables["GENE1"].sexes, strict=True)) == {
        "He": Sex.MALE, "She": Sex.FEMALE, "Who": Sex.UNKNOWN,
    }  # fmt: skip
    assert "sex-from-x" in {note.code for note in report.notes}
