"""From wanted diplotypes to the text of a VCF: names, genotypes, builds, strands, deletions, reference blocks."""

from __future__ import annotations

from pathlib import Path

import pysam
import pytest

from pgx.domain.gene import Allele, CallingMode, Gene, LookupMethod
from pgx.domain.genotype import Sex
from pgx.domain.variant import Build, Variant
from pgx.errors import PgxError, UsageError
from pgx.simulation import Positions, parse_diplotypes, simulate, write_vcf

SITE_COLUMNS = 9


def made_gene(symbol: str, contig: str, variants: tuple[Variant, ...], alleles: tuple[Allele, ...], **fields) -> Gene:
    values = {"calling": CallingMode.DIPLOTYPE, "lookup": LookupMethod.PHENOTYPE} | fields
    return Gene(
        symbol, "HGNC:1", "2025.01.01", contig, sources=(), phenotypes=(), variants=variants, alleles=alleles, **values
    )


PLAIN = made_gene(
    "PLAIN1",
    "chr2",
    (
        Variant("rs1", "chr2", 1000, 900, ("A", "G"), "G"),
        Variant("rs2", "chr2", 1100, 1000, ("C", "T", "G"), "C"),
        Variant("chr2:1200:CTA:C", "chr2", 1200, 1100, ("CTA", "C", "CTATA"), "CTA", 6),
        Variant("rs4", "chr2", 1201, 1101, ("T", "G"), "T"),
    ),
    (
        Allele("*1", defines_all=True, core=(("rs1", "G"),)),
        Allele("*9", defines_all=True),
        Allele("*2", core=(("rs1", "G"), ("rs2", "T"))),
        Allele("*3", core=(("chr2:1200:CTA:C", "C"), ("rs1", "G"))),
        Allele("*4", core=(("rs1", "G"), ("rs4", "G"))),
        Allele("*5", structural=True, reason="the whole gene is gone"),
        Allele("*6", core=(("rs2", "K"),)),
        Allele("*7", core=(("rs2", "Y"),)),
        Allele("Two, A", core=(("rs2", "G"),)),
        Allele("One/Two", core=(("rs2", "T"),)),
        Allele("*45.001", core=(("rs4", "G"),), suballele_of="*45"),
    ),
    extra=(Variant("rs9", "chr2", 500, 400, ("G", "A"), "G"),),
    aliases=(("old 2", "*2"),),
    display_names=(("Two, A", "2A"),),
)
ON_X = made_gene(
    "XLINK",
    "chrX",
    (Variant("rs11", "chrX", 50, 60, ("G", "A"), "G"),),
    (Allele("B", defines_all=True), Allele("A-", core=(("rs11", "A"),))),
    sex_linked=True,
)
ALONE = made_gene(
    "MITO",
    "chrM",
    (Variant("chrM:10:A:G", "chrM", 10, 10, ("A", "G"), "A"),),
    (Allele("Reference", defines_all=True), Allele("m.10A>G", core=(("chrM:10:A:G", "G"),))),
    calling=CallingMode.HAPLOID,
)
STATUS = made_gene("TISSUE", "chr6", (), (), calling=CallingMode.PRESENCE, statuses=("*57:01",))
GENES = {gene.symbol: gene for gene in (ON_X, PLAIN, ALONE, STATUS)}


def records(text: str) -> dict[str, list[str]]:
    """Records by CHROM:POS."""
    rows = (line.split("\t") for line in text.splitlines() if not line.startswith("#"))
    return {f"{row[0]}:{row[1]}": row for row in rows}


def made(*diplotypes: str, build: Build = Build.GRCH38, sex: Sex = Sex.UNKNOWN, **options) -> dict[str, list[str]]:
    wanted = {"S": parse_diplotypes(diplotypes, GENES)}
    return records(simulate(GENES, wanted, build, sex={"S": sex}, **options))


def genotype(row: list[str], sample: int = 0) -> str:
    """The genotype spelt in bases."""
    bases = [row[3], *row[4].split(",")]
    code = row[SITE_COLUMNS + sample].split(":")[0]
    separator = "|" if "|" in code else "/"
    return separator.join(bases[int(number)] for number in code.split(separator))


@pytest.mark.parametrize(
    ("text", "strands"),
    [
        ("PLAIN1=*1/*2", ("*1", "*2")),
        ("plain1 = *1 / *2", ("*1", "*2")),
        ("PLAIN1=Two, A/*2", ("Two, A", "*2")),
        ("PLAIN1=One/Two/One/Two", ("One/Two", "One/Two")),
        ("PLAIN1=*1/One/Two", ("*1", "One/Two")),
        ("PLAIN1=2A/old 2", ("2A", "old 2")),
        ("PLAIN1=*45/*1", ("*45", "*1")),
        ("PLAIN1=*1/[*2 + *4]", ("*1", "[*2 + *4]")),
        ("XLINK=A-", ("A-",)),
        ("MITO=m.10A>G", ("m.10A>G",)),
    ],
)
def test_diplotype_is_cut_where_both_sides_are_names(text, strands):
    assert list(parse_diplotypes([text], GENES).values()) == [strands]


@pytest.mark.parametrize(
    ("texts", "part"),
    [
        (["PLAN1=*1/*2"], "no gene 'PLAN1'; near it: PLAIN1"),
        (["QQQ=*1/*2"], "no gene 'QQQ'; there are "),
        (["PLAIN1"], "'PLAIN1' is no wanted diplotype; write GENE=ALLELE/ALLELE"),
        (["PLAIN1="], "is no wanted diplotype"),
        (["PLAIN1=*1/*2", "plain1=*1/*1"], "PLAIN1 is given twice"),
        (["PLAIN1=*1/*22"], "PLAIN1: no allele '*22'; near it: "),
        (["PLAIN1=*1/"], "PLAIN1: no allele ''"),
        (["PLAIN1=Two A/*1"], "no allele 'Two A'; near it: Two, A"),
        (["PLAIN1=*1/*5"], "PLAIN1 *5: small variants cannot show it: the whole gene is gone"),
        (["TISSUE=*57:01/*58:01"], "TISSUE is not called from variants"),
    ],
)
def test_wrong_names_are_one_line_with_near_names(texts, part):
    with pytest.raises(UsageError) as error:
        parse_diplotypes(texts, GENES)
    assert part in str(error.value)
    assert "\n" not in str(error.value)


def test_every_position_has_a_record_in_file_order():
    rows = list(made("PLAIN1=*1/*2"))
    assert rows == ["chr2:500", "chr2:1000", "chr2:1100", "chr2:1200", "chr2:1201", "chrX:50", "chrM:10"]


@pytest.mark.parametrize(
    ("build", "place", "ref", "alts", "bases"),
    [
        (Build.GRCH38, "chr2:1000", "A", "G", "G/G"),
        (Build.GRCH37, "2:900", "G", "A", "G/G"),
        (Build.GRCH38, "chr2:1100", "C", "T,G", "C/T"),
        (Build.GRCH37, "2:1000", "C", "T,G", "C/T"),
        (Build.GRCH38, "chr2:500", "G", "A", "G/G"),
        (Build.GRCH37, "MT:10", "A", "G", "A"),
    ],
)
def test_bases_are_those_of_the_alleles_on_either_build(build, place, ref, alts, bases):
    row = made("PLAIN1=*1/*2", build=build)[place]
    assert (row[3], row[4], genotype(row)) == (ref, alts, bases)


@pytest.mark.parametrize(
    ("diplotype", "phased", "bases"),
    [
        ("PLAIN1=*2/*1", True, "T|C"),
        ("PLAIN1=*1/*2", True, "C|T"),
        ("PLAIN1=*2/*1", False, "C/T"),
        ("PLAIN1=Two, A/*2", False, "T/G"),
        ("PLAIN1=Two, A/*2", True, "G|T"),
        ("PLAIN1=*6/*7", True, "T|C"),
    ],
    ids=str,
)
def test_phase_and_iupac_codes(diplotype, phased, bases):
    assert genotype(made(diplotype, phased=phased)["chr2:1100"]) == bases


def test_an_allele_that_defines_all_has_its_own_bases():
    assert genotype(made("PLAIN1=*1/*9", phased=True)["chr2:1000"]) == "G|A"


def test_a_strand_may_hold_several_alleles():
    rows = made("PLAIN1=*1/[*2 + *4]", phased=True)
    assert (genotype(rows["chr2:1100"]), genotype(rows["chr2:1201"])) == ("C|T", "T|G")
    with pytest.raises(UsageError, match="needs two bases at rs2"):
        made("PLAIN1=*1/[*2 + Two, A]")


def test_a_base_that_a_deletion_takes_away_is_a_star():
    rows = made("PLAIN1=*3/*4", phased=True)
    assert genotype(rows["chr2:1200"]) == "C|CTA"
    assert rows["chr2:1201"][4] == "G,*"
    assert genotype(rows["chr2:1201"]) == "*|G"
    assert made("PLAIN1=*1/*4")["chr2:1201"][4] == "G"


@pytest.mark.parametrize(
    ("diplotype", "sex", "bases"),
    [
        ("XLINK=A-", Sex.MALE, "A"),
        ("XLINK=A-", Sex.UNKNOWN, "A"),
        ("XLINK=A-/B", Sex.FEMALE, "G/A"),
        ("XLINK=A-/B", Sex.UNKNOWN, "G/A"),
        ("PLAIN1=*1/*1", Sex.MALE, "G"),
        ("PLAIN1=*1/*1", Sex.FEMALE, "G/G"),
    ],
)
def test_strands_on_a_sex_chromosome(diplotype, sex, bases):
    assert genotype(made(diplotype, sex=sex)["chrX:50"]) == bases


@pytest.mark.parametrize(
    ("diplotype", "sex", "part"),
    [
        ("XLINK=A-/B", Sex.MALE, "S, XLINK: a male sample has one allele, but 'A-/B' is 2; give one allele"),
        ("XLINK=A-", Sex.FEMALE, "a female sample has two alleles"),
        ("MITO=Reference/m.10A>G", Sex.UNKNOWN, "it has one allele"),
        ("PLAIN1=*1", Sex.UNKNOWN, "it has two alleles, but '*1' is 1"),
    ],
)
def test_too_many_or_few_alleles_are_refused(diplotype, sex, part):
    with pytest.raises(UsageError) as error:
        made(diplotype, sex=sex)
    assert part in str(error.value)


def test_variant_sites_only_leaves_out_what_is_reference():
    assert list(made("PLAIN1=*1/*2", positions=Positions.VARIANTS)) == ["chr2:1000", "chr2:1100"]
    on_37 = made("PLAIN1=*1/*2", positions=Positions.VARIANTS, build=Build.GRCH37)
    assert list(on_37) == ["2:1000"]
    assert list(made("PLAIN1=*9/*3", positions=Positions.VARIANTS)) == ["chr2:1000", "chr2:1200"]


def test_blocks_cover_what_the_records_of_a_gvcf_leave_open():
    rows = made("PLAIN1=*9/*2", gvcf=True)
    assert {place: row[7] for place, row in rows.items()} == {
        "chr2:500": "END=500",
        "chr2:1000": ".",
        "chr2:1100": ".",
        "chr2:1200": "END=1206",
        "chrX:50": "END=50",
        "chrM:10": "END=10",
    }
    assert rows["chr2:1200"][3:5] == ["C", "<NON_REF>"]
    assert rows["chr2:1200"][8:] == ["GT:DP:GQ:MIN_DP", "0/0:32:99:28"]
    assert rows["chrM:10"][9] == "0:16:99:14"
    assert rows["chr2:1100"][4] == "T,G,<NON_REF>"


def test_a_record_inside_a_tract_cuts_the_block():
    rows = made("PLAIN1=*9/*4", gvcf=True)
    ends = {place: row[7] for place, row in rows.items() if "chr2:11" <= place < "chr2:2"}
    assert ends == {"chr2:1100": "END=1200", "chr2:1201": ".", "chr2:1202": "END=1206"}
    assert rows["chr2:1202"][3] == "A"


def test_a_gvcf_of_variant_sites_is_refused():
    with pytest.raises(UsageError, match="a gVCF covers every position"):
        made("PLAIN1=*1/*1", gvcf=True, positions=Positions.VARIANTS)


def test_many_samples_stand_side_by_side():
    wanted = {"a": {"PLAIN1": ("*1", "*2")}, "b": {}, "c": {"PLAIN1": ("*2", "*2")}}
    text = simulate(GENES, wanted, Build.GRCH38)
    assert text.splitlines()[-8].split("\t")[SITE_COLUMNS:] == ["a", "b", "c"]
    row = records(text)["chr2:1100"]
    assert [genotype(row, sample) for sample in range(3)] == ["C/T", "C/C", "T/T"]


@pytest.mark.parametrize("name", ["", " ", "a\tb", "a\nb"])
def test_sample_names_that_would_break_the_file_are_refused(name):
    with pytest.raises(UsageError, match="cannot be a sample's name"):
        simulate(GENES, {name: {}}, Build.GRCH38)


def test_no_sample_and_unknown_gene_are_refused():
    with pytest.raises(UsageError, match="no sample is wanted"):
        simulate(GENES, {}, Build.GRCH38)
    with pytest.raises(UsageError, match="no gene 'PLAIN'; near it: PLAIN1"):
        simulate(GENES, {"S": {"PLAIN": ("*1", "*1")}}, Build.GRCH38)


@pytest.mark.parametrize(
    ("build", "contig", "length"), [(Build.GRCH38, "chr2", 242193529), (Build.GRCH37, "2", 243199373)]
)
@pytest.mark.parametrize("gvcf", [False, True])
def test_written_files_are_read_back_by_htslib(tmp_path, build, contig, length, gvcf):
    path = tmp_path / "made.vcf.gz"
    text = simulate(GENES, {"S": {"PLAIN1": ("*3", "*4")}}, build, gvcf=gvcf)
    write_vcf(path, text)
    with pysam.VariantFile(str(path)) as file:
        assert file.header.contigs[contig].length == length
        found = [record.pos for record in file.fetch(contig)]
    assert found == [int(row[1]) for place, row in records(text).items() if place.startswith(f"{contig}:")]
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["made.vcf.gz", "made.vcf.gz.tbi"]


def test_the_same_wish_gives_the_same_bytes(tmp_path):
    texts = {simulate(GENES, {"S": {"PLAIN1": ("*1", "*2")}}, Build.GRCH38) for _ in range(2)}
    assert len(texts) == 1
    for name in ("a.vcf.gz", "b.vcf.gz", "c.vcf"):
        write_vcf(tmp_path / name, next(iter(texts)))
    assert (tmp_path / "a.vcf.gz").read_bytes() == (tmp_path / "b.vcf.gz").read_bytes()
    assert (tmp_path / "c.vcf").read_text(encoding="utf-8") in texts


def test_nothing_is_left_where_a_file_cannot_be_written(tmp_path):
    with pytest.raises(PgxError, match="cannot be written"):
        write_vcf(Path(tmp_path / "missing" / "x.vcf"), "")
    assert not list(tmp_path.iterdir())
