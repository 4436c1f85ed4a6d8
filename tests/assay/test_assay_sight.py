"""What files and assays see: coverage, alleles under a mask, shares of carriers, and the command."""

from __future__ import annotations

import json
import random
from itertools import product
from pathlib import Path
from xml.dom import minidom

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from pgx.assay import cover_regions, sights, survey
from pgx.calling import CallOptions
from pgx.calling.call import call_pattern
from pgx.cli.app import app
from pgx.domain.assay import AssaySource, Sight
from pgx.domain.evidence import EvidenceState
from pgx.domain.gene import IUPAC, Allele, CallingMode, Gene
from pgx.domain.genotype import Genotype, Pattern, Sex
from pgx.domain.population import BiogeographicGroup, Strands, carrier_share, largest_missed_share
from pgx.domain.variant import Build
from pgx.errors import UsageError
from pgx.rules.ruleset import load_rules

RULES = load_rules()
PAIRED = [
    gene
    for gene in RULES.genes.values()
    if gene.calling in (CallingMode.DIPLOTYPE, CallingMode.SINGLE_VARIANT)
    and not (gene.sex_linked or gene.copy_number_required or gene.priorities or gene.fallback)
]
MASKS = 3
ALLELES_TRIED = 25


def positions_of(gene: Gene) -> list[str]:
    return [variant.name for variant in gene.variants]


def strand(gene: Gene, allele: Allele) -> dict[str, str]:
    """The bases of a strand with this allele; where a code leaves the choice, the reference allele's if it can be."""
    reference = {v.name: v.ref for v in gene.variants} | dict(gene.reference_allele.core)
    bases = dict(reference)
    for name, base in allele.core:
        variant = next(v for v in gene.variants if v.name == name)
        choices = (base,) if base in variant.bases else [b for b in variant.bases if b in IUPAC[base]]
        bases[name] = reference[name] if reference[name] in choices else choices[0]
    return bases


def called(gene: Gene, bases: dict[str, str], seen: set[str]) -> set[str]:
    """Names that the caller gives to a person with two such strands of whom only these positions are seen."""
    genotypes = tuple(
        Genotype(EvidenceState.CALLED, (v.bases.index(bases[v.name]),) * 2, phased=True)
        if v.name in seen
        else Genotype(EvidenceState.ABSENT)
        for v in gene.positions
    )
    pattern = Pattern(genotypes, tuple(v.bases for v in gene.positions), Sex.FEMALE)
    call = call_pattern(gene, pattern, CallOptions())
    return (
        {name for diplotype in call.best_diplotypes for name in diplotype.alleles} if call.status.has_result else set()
    )


@pytest.mark.parametrize("gene", PAIRED, ids=lambda gene: gene.symbol)
def test_an_allele_is_read_as_the_caller_reads_it(gene):
    drawn = random.Random(gene.symbol)
    names = positions_of(gene)
    for _ in range(MASKS):
        seen = set(drawn.sample(names, drawn.randint(0, len(names))))
        found = [one for one in sights(gene, seen) if not one.reason]
        for one in drawn.sample(found, min(ALLELES_TRIED, len(found))):
            allele = next(allele for allele in gene.alleles if allele.name == one.allele)
            assert set(one.read_as) == called(gene, strand(gene, allele), seen)


@pytest.mark.parametrize("gene", RULES.genes.values(), ids=lambda gene: gene.symbol)
def test_with_every_position_no_risk_allele_of_small_variants_is_missed(gene):
    missed = [one.allele for one in sights(gene, positions_of(gene)) if one.is_risk and not one.reason
              and one.sight is Sight.MISSED]  # fmt: skip
    assert not missed
    assert all(one.testable for one in sights(gene, positions_of(gene)) if not one.reason)


@pytest.mark.parametrize("gene", RULES.genes.values(), ids=lambda gene: gene.symbol)
def test_with_no_position_everything_is_missed(gene):
    assert all(one.sight is Sight.MISSED and not one.testable for one in sights(gene, ()) if one.is_risk)


def test_missed_and_misnamed_are_told_apart():
    gene = RULES.genes["SLCO1B1"]
    by_name = {one.allele: one for one in sights(gene, {"rs4149056"})}
    assert by_name["*15"].sight is Sight.MISNAMED
    assert "*5" in by_name["*15"].read_as
    assert by_name["*15"].lacking == ("rs2306283",)
    assert by_name["*5"].testable
    assert by_name["*9"].sight is Sight.MISSED
    assert by_name["*9"].read_as == ("*1", "*45")


def test_structural_alleles_show_their_parts():
    gene = RULES.genes["CYP2D6"]
    by_name = {one.allele: one for one in sights(gene, positions_of(gene))}
    assert by_name["*4x2"].read_as == ("*4",)
    assert by_name["*4x2"].sight is Sight.MISNAMED
    assert by_name["*5"].sight is Sight.MISSED
    assert not by_name["*5"].testable


frequencies = st.lists(st.floats(0, 0.12), min_size=1, max_size=4)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seen=frequencies, missed=frequencies, copies=st.sampled_from([1, 2]))
def test_shares_are_those_of_counting_every_pair_of_strands(seen, missed, copies):
    kinds = [("seen", f) for f in seen] + [("missed", f) for f in missed]
    kinds.append(("none", 1 - sum(f for _, f in kinds)))
    carriers = lost = partly = 0.0
    for pair in product(kinds, repeat=copies):
        chance = 1.0
        for _, frequency in pair:
            chance *= frequency
        on = {kind for kind, _ in pair}
        carriers += chance * (on != {"none"})
        lost += chance * ("missed" in on and "seen" not in on)
        partly += chance * ("missed" in on)
    share = carrier_share([Strands(sum(seen) + sum(missed), sum(missed), copies)])
    if carriers < 1e-9:
        return
    assert share is not None
    assert (share.carriers, share.missed * carriers, share.incomplete * carriers) == pytest.approx(
        (carriers, lost, partly), abs=1e-9
    )


def test_nobody_carries_nothing():
    assert carrier_share([Strands(0.0, 0.0)]) is None
    assert carrier_share([]) is None


def test_share_over_two_genes_counts_people_once():
    share = carrier_share([Strands(0.5, 0.5), Strands(0.5, 0.0)])
    assert share is not None
    assert share.carriers == 1 - 0.25 * 0.25
    assert share.missed == pytest.approx((0.25 - 0.0625) / 0.9375)


def test_missed_share_of_a_line_is_that_of_the_worst_group():
    carriers = RULES.carriers
    whole = largest_missed_share(["CYP2C9"], carriers)
    assert whole == 1.0
    one = largest_missed_share(["CYP2C9 *8"], carriers)
    assert one is not None
    assert 0.2 < one < 0.9
    assert largest_missed_share(["CYP2C9 *8", "CYP2C9 *11"], carriers) > one
    assert largest_missed_share(["CYP2C9 *8", "rs12777823"], carriers) == one
    assert largest_missed_share(["CYP2C9 *88"], carriers) is None
    assert largest_missed_share(["NAT2", "NAT2 *5"], carriers) is None


def test_regions_must_hold_the_whole_reach_of_an_indel():
    gene = RULES.genes["UGT1A1"]
    repeat = next(v for v in gene.variants if v.tract)
    start, reach = repeat.grch38, len(repeat.window(Build.GRCH38))

    def seen(*regions):
        return repeat.name in cover_regions(Build.GRCH38, [gene], regions).genes[0].seen

    assert seen((gene.contig, start, start + reach - 1))
    assert not seen((gene.contig, start, start + reach - 2))
    assert not seen((gene.contig, start + 1, start + reach))
    assert seen((gene.contig, start - 5, start + 1), (gene.contig, start + 2, start + reach))
    assert not seen((gene.contig, start - 5, start + 1), (gene.contig, start + 3, start + reach))
    assert not seen(("chrY", start, start + reach))


def test_regions_are_read_in_their_own_build():
    gene = RULES.genes["VKORC1"]
    (variant,) = gene.variants
    region = [(gene.contig, variant.grch37, variant.grch37)]
    assert cover_regions(Build.GRCH37, [gene], region).genes[0].seen == {variant.name}
    assert not cover_regions(Build.GRCH38, [gene], region).genes[0].seen


def test_panels_name_what_is_lacking_and_only_checked_tiers():
    gene = RULES.genes["CYP2C9"]
    rest = [v.name for v in gene.variants if v.name != "rs7900194"]
    regions = [(gene.contig, v.grch38, v.grch38 + 60) for v in gene.variants if v.name in rest]
    coverage = cover_regions(Build.GRCH38, [gene], regions)
    (found,) = survey(AssaySource("x", "regions", "GRCh38"), coverage, RULES.genes, RULES.carriers, RULES.panels).genes
    assert found.panel is not None
    lacking = {"*8"} if "rs7900194" not in coverage.genes[0].seen else set()
    assert dict(found.panel.tiers) == {1: tuple(sorted(lacking))}


VERIFIED = {
    ("CYP2C9", 1): "*2 *3 *5 *6 *8 *11",
    ("CYP2D6", 1): "*2 *3 *4 *5 *6 *9 *10 *17 *29 *41",
    ("CYP2D6", 2): "*7 *8 *12 *14 *15 *21 *31 *36 *40 *42 *49 *56 *59 *36+*10",
}
"""The tiers that were read in the publications (PMC7057225 table 3, PMC8579245 table 5)."""


def test_the_tiers_claimed_are_those_of_the_publications():
    claimed = {(panel.gene, tier) for panel in RULES.panels for tier in panel.tiers}
    assert claimed == VERIFIED.keys()
    for (symbol, tier), names in VERIFIED.items():
        assert {allele.name for allele in RULES.genes[symbol].alleles if allele.tier == tier} == set(names.split())
    (beyond,) = (panel.beyond for panel in RULES.panels if panel.beyond)
    assert [tier for tier, _ in beyond] == [1]


def test_risk_alleles_noticed_under_another_name_are_told(tmp_path: Path):
    """Of the two variants of an allele one is seen: it is noticed, as one of those that have this variant."""
    gene = RULES.genes["CYP2B6"]
    path = tmp_path / "x.bed"
    path.write_text("".join(f"19\t{v.grch38 - 1}\t{v.grch38}\n" for v in gene.variants if v.name == "rs3745274"))
    options = ["check", str(path), "--build", "GRCh38", "--gene", gene.symbol]
    found = json.loads(CliRunner().invoke(app, [*options, "--json"]).stdout)["genes"][gene.symbol]
    assert {"*6", "*9"} <= set(found["misnamed_risk"]["*6"])
    assert not set(found["misnamed_risk"]) & set(found["missed_risk"])
    told = CliRunner().invoke(app, options, env={"COLUMNS": "200"}).stdout
    assert f"; {len(found['misnamed_risk'])} noticed, name unsure" in told


def test_check_reports_both_tiers(bed: Path):
    told = CliRunner().invoke(app, ["check", str(bed), "--build", "GRCh38", "--json"])
    found = {name: gene["panel"] for name, gene in json.loads(told.stdout)["genes"].items() if gene["panel"]}
    assert {(name, int(tier)) for name, panel in found.items() for tier in panel["missing"]} == VERIFIED.keys()
    for (name, tier), names in VERIFIED.items():
        assert set(names.split()) <= set(found[name]["missing"][str(tier)])
    assert any("xN" in what for what in found["CYP2D6"]["missing"]["1"])


def test_every_group_is_one_of_nine_and_no_gene_exceeds_the_whole():
    assert len(BiogeographicGroup) == 9
    for table in RULES.frequencies.values():
        if not RULES.genes[table.gene].statuses:
            for group in table.groups:
                assert sum(share for _, share in group.alleles) <= 1.001, (table.gene, group.group)


@pytest.fixture
def bed(tmp_path: Path) -> Path:
    gene = RULES.genes["CYP3A5"]
    path = tmp_path / "<b> & panel.bed"
    path.write_text(
        "".join(f"7\t{v.grch38 - 1}\t{v.grch38}\n" for v in gene.variants if v.name == "rs776746"), encoding="utf-8"
    )
    return path


def test_check_reads_a_bed_file(bed: Path, tmp_path: Path):
    plot = tmp_path / "plot.svg"
    options = ["check", str(bed), "--build", "GRCh38", "--json", "--plot", str(plot)]
    first, second = CliRunner().invoke(app, options), CliRunner().invoke(app, options)
    assert first.exit_code == 0
    assert first.stdout == second.stdout
    document = json.loads(first.stdout)
    assert document["schema"] == "pgx-check/1"
    assert document["genes"]["CYP3A5"]["seen"] == 1
    assert set(document["genes"]) == set(RULES.genes)
    drawn = minidom.parseString(plot.read_text(encoding="utf-8"))
    assert "<b> & panel.bed" in drawn.getElementsByTagName("title")[0].firstChild.data


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], {"1/5", "2.6 %", "–"}),
        (["--group", "european"], {"1/5", "<0.1 %"}),
        (["--gene", "IFNL3"], {"No frequencies are published for these genes."}),
    ],
)
def test_nothing_in_the_plot_is_cut_off(bed: Path, tmp_path: Path, options: list[str], said: set[str]):
    """Whatever is drawn and however long the file's name is; letters have the width that usual fonts give them."""
    path = bed.rename(tmp_path / f"{'of_a_rather_long_name_' * 6}.bed")
    plot = tmp_path / "plot.svg"
    told = CliRunner().invoke(app, ["check", str(path), "--build", "GRCh38", "-q", "--plot", str(plot), *options])
    assert told.exit_code == 0
    drawn = minidom.parseString(plot.read_text(encoding="utf-8")).documentElement
    texts = [(element, element.firstChild.data) for element in drawn.getElementsByTagName("text")]
    assert said <= {words for _, words in texts}
    for element, words in texts:
        assert 0 < int(element.getAttribute("y")) < int(drawn.getAttribute("height"))
        shift = {"": 0, "middle": 0.5, "end": 1}[element.getAttribute("text-anchor")]
        width = 0.62 if element.getAttribute("font-weight") else 0.55
        length = width * int(element.getAttribute("font-size")) * len(words)
        start = int(element.getAttribute("x")) - shift * length
        assert start >= 0, words
        assert start + length <= int(drawn.getAttribute("width")), words


def test_check_prints_a_table(bed: Path):
    told = CliRunner().invoke(app, ["check", str(bed), "--build", "hg38", "--gene", "CYP3A5", "--group", "european"])
    assert told.exit_code == 0
    assert "CYP3A5" in told.stdout
    assert "pean" in told.stdout
    assert "nian" not in told.stdout


def test_all_groups_fit_a_terminal(bed: Path):
    told = CliRunner().invoke(app, ["check", str(bed), "--build", "hg38", "--gene", "CYP3A5"], env={"COLUMNS": "80"})
    lines = told.stdout.splitlines()
    *_, shares = (line.split() for line in lines if line.split()[:1] == ["CYP3A5"] and "misses" not in line)
    assert shares == ["CYP3A5", "33", "–", "≥0", "<0.1", "<0.1", "2.6", "1.2", "–", "45"]
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ([], "give --build GRCh37 or GRCh38"),
        (["--build", "GRCh38", "--plot", "x.png"], "is no .svg"),
        (["--build", "GRCh38", "--group", "Martian"], "'Martian' is in none of"),
        (["--build", "GRCh38", "--gene", "CYP9Z9"], "no gene 'CYP9Z9'"),
    ],
)
def test_wrong_options_are_one_line(bed: Path, options: list[str], reason: str):
    told = CliRunner().invoke(app, ["check", str(bed), *options])
    assert isinstance(told.exception, UsageError)
    assert reason in str(told.exception)
    assert "\n" not in str(told.exception)


@pytest.mark.shared
def test_a_file_without_reads_sees_nothing(shared: Path):
    told = CliRunner().invoke(app, ["check", str(shared / "data" / "gvcf" / "NA12878.g.vcf.gz"), "--json"])
    seen = {name: found["seen"] for name, found in json.loads(told.stdout)["genes"].items() if found["seen"]}
    assert list(seen) == ["NUDT15"]
