"""Importers: rules from diplotype tables, placement of indels, names as definitions, and what is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import combinations_with_replacement
from pathlib import Path

import pytest

from pgx.domain.gene import ActivityValue, Allele, CallingMode, Gene, LookupMethod, PhenotypeRule
from pgx.domain.variant import Build
from pgx.errors import InputError
from pgx.rules.importers.assembly import GeneFacts, assemble
from pgx.rules.importers.compaction import compact
from pgx.rules.importers.cpic import Change, CpicTables, update_functions
from pgx.rules.importers.facts import DefinedAllele, Definition, DiplotypeRow, FunctionTable, RawVariant
from pgx.rules.importers.hgvs_names import define_by_name
from pgx.rules.importers.pharmcat import read_release
from pgx.rules.importers.positions import Lifted, make_variant, name_positions, read_grch37
from pgx.rules.importers.skeletons import read_skeletons

N, D, Z = "Normal function", "Decreased function", "No function"


def alleles(**functions: str) -> dict[str, Allele]:
    return {name: Allele(name, function) for name, function in functions.items()}


def rows(table: dict[str, str]) -> list[DiplotypeRow]:
    return [DiplotypeRow(tuple(key.split("/")), phenotype, phenotype) for key, phenotype in table.items()]


def test_function_rules_are_few_and_hold_every_row() -> None:
    known = alleles(a=N, b=N, c=D, d=Z)
    phenotype = {(N, N): "Normal", (N, D): "Between", (N, Z): "Between", (D, D): "Poor", (D, Z): "Poor", (Z, Z): "Poor"}
    table = {
        f"{one}/{two}": phenotype[known[one].function, known[two].function]
        for one, two in combinations_with_replacement("abcd", 2)
    }
    found = compact("GENE", rows(table), known)
    assert found == (
        PhenotypeRule("Normal", (N,), (N,)),
        PhenotypeRule("Between", (N,), (D, Z)),
        PhenotypeRule("Poor", (D, Z), (D, Z)),
    )


def test_single_copies_have_rules_of_their_own() -> None:
    found = compact("GENE", rows({"a": "Normal", "a/a": "Normal", "d": "Poor"}), alleles(a=N, d=Z))
    assert found == (
        PhenotypeRule("Normal", (N,)),
        PhenotypeRule("Normal", (N,), (N,)),
        PhenotypeRule("Poor", (Z,)),
    )


def test_an_exception_is_refused() -> None:
    with pytest.raises(InputError, match="stands for both"):
        compact("GENE", rows({"a/a": "Normal", "a/b": "Poor"}), alleles(a=N, b=N))


def scored(value: float | None) -> Allele:
    return Allele("x", N, None if value is None else ActivityValue(value))


def test_scores_become_ranges() -> None:
    known = {"a": scored(1.0), "b": scored(0.5), "c": scored(0.0), "u": scored(None)}
    known["m"] = Allele("m", N, ActivityValue(3.0, at_least=True))
    table = [
        ("c/c", "Poor", "0.0"), ("b/c", "Poor", "0.5"), ("b/b", "Fair", "1.0"), ("a/b", "Fair", "1.5"),
        ("a/a", "Good", "2.0"), ("a/m", "Rapid", "≥4.0"), ("a/u", "Indeterminate", "n/a"),
    ]  # fmt: skip
    found = compact(
        "GENE", [DiplotypeRow(tuple(key.split("/")), name, score, score) for key, name, score in table], known
    )
    assert found == (
        PhenotypeRule("Poor", minimum=0.0, maximum=0.5),
        PhenotypeRule("Fair", minimum=1.0, maximum=1.5),
        PhenotypeRule("Good", minimum=2.0, maximum=2.0),
        PhenotypeRule("Rapid", minimum=4.0),
    )


def test_a_score_that_is_no_sum_is_refused() -> None:
    with pytest.raises(InputError, match="not the sum of the activity values"):
        compact("GENE", [DiplotypeRow(("a", "a"), "Good", "1.5", "1.5")], {"a": scored(1.0)})


PLACEMENTS = [
    # HGVS, position, REF, ALTs, upstream's names, tract, window
    ("g.115_124del", 107, "CAATGGAAAGA", ["C"], {}, 17, "CAATGGAAAGAAATGGAA"),
    ("g.103_105delTTC", 100, "CTCT", ["C"], {}, 5, "CTCTTC"),
    ("g.102_110dup", 100, "C", ["CCAGTGGGCA"], {}, 10, "CCAGTGGGCAC"),
    ("g.100_101insTA", 100, "T", ["TTA"], {}, 0, "T"),
    ("g.101_102insCGGG", 100, "C", ["CGCGG"], {}, 1, "CG"),
    ("g.102TA[6]; g.102TA[8]", 100, "CAT", ["C", "CATAT"], {"TA(7)": "CAT"}, 15, "CATATATATATATATA"),
    ("g.100_101delinsAA", 100, "TT", ["AA"], {}, 0, "TT"),
    ("g.100A>G", 100, "A", ["G"], {}, 0, "A"),
]


@pytest.mark.parametrize(("hgvs", "position", "ref", "alts", "names", "tract", "window"), PLACEMENTS)
def test_placement(
    hgvs: str, position: int, ref: str, alts: list[str], names: dict[str, str], tract: int, window: str
) -> None:
    raw = RawVariant("chr1", position, "rs1", hgvs, ref, tuple(alts), tuple(names.items()))
    variant, assumed = make_variant(raw, "rs1", {position: Lifted(position - 10, ref, "")})
    assert (variant.tract, variant.window(Build.GRCH38), variant.grch37) == (tract, window, position - 10)
    assert assumed


@pytest.mark.parametrize(
    ("hgvs", "ref", "alt"),
    [
        ("g.103_105delTTT", "CTCT", "C"),
        ("g.103_104del", "CTCT", "C"),
        ("g.101_102insAA", "T", "TTA"),
        ("g.100conv", "CT", "C"),
    ],
    ids=["sequence", "length", "insertion", "unknown"],
)
def test_placement_that_contradicts_is_refused(hgvs: str, ref: str, alt: str) -> None:
    with pytest.raises(InputError, match="chr1:100"):
        make_variant(RawVariant("chr1", 100, None, hgvs, ref, (alt,), ()), "x", {})


def test_grch37_of_another_variant_at_the_position_is_not_used() -> None:
    raw = RawVariant("chr1", 100, None, "g.101_103del", "CGGT", ("C",), ())
    variant, assumed = make_variant(raw, "x", {100: Lifted(90, "C", "C"), 200: Lifted(190, "A", "A")})
    assert (variant.grch37, variant.ref37, assumed) == (90, "CGGT", True)


def test_a_missing_position_is_shifted_where_the_gene_shifts_as_one() -> None:
    raw = RawVariant("chr1", 100, None, "g.100A>G", "A", ("G",), ())
    assert make_variant(raw, "x", {200: Lifted(190, "A", "A")})[0].grch37 == 90
    assert make_variant(raw, "x", {200: Lifted(190, "A", "A"), 300: Lifted(280, "A", "A")})[0].grch37 is None


def test_positions_without_an_rsid_of_their_own_are_named_by_place() -> None:
    raws = [
        RawVariant("chr1", place, rsid, "", "A", ("C", "G"), ()) for place, rsid in ((1, "rs1"), (2, "rs1"), (3, None))
    ]
    assert name_positions(raws) == ["rs1", "chr1:2:A:C,G", "chr1:3:A:C,G"]


def skeleton() -> Gene:
    return Gene("G", "HGNC:1", "", "chrM", CallingMode.HAPLOID, LookupMethod.PHENOTYPE, (), (), (), ())


def test_hgvs_names_are_definitions() -> None:
    gene, unknown = define_by_name(skeleton(), ["m.20A>G", "m.20A>C", "m.7C>T", "m.9T>del+Cn"])
    assert unknown == ("m.9T>del+Cn",)
    assert [(variant.name, variant.bases) for variant in gene.variants] == [
        ("chrM:7:C:T", ("C", "T")),
        ("chrM:20:A:G,C", ("A", "G", "C")),
    ]
    assert [(allele.name, allele.core) for allele in gene.alleles] == [
        ("m.7C>T", (("chrM:7:C:T", "T"),)),
        ("m.20A>C", (("chrM:20:A:G,C", "C"),)),
        ("m.20A>G", (("chrM:20:A:G,C", "G"),)),
    ]


def test_assembly_reports_what_does_not_fit() -> None:
    variant = RawVariant("chr1", 100, "rs1", "g.100A>G", "A", ("G",), ())
    second = RawVariant("chr1", 200, "rs2", "g.200A>T", "A", ("T",), ())
    names = {"*1": ("A", "A"), "*2": (None, "T"), "*3": ("G", None), "*4.001": ("G", "T"), "Old, New": ("A", "T")}
    defined = tuple(DefinedAllele(name, bases, name == "*1") for name, bases in names.items())
    functions = {"*1": N, "*2": Z, "Old/New": N, "*4": D, "*5": Z}
    report = assemble(
        GeneFacts(
            skeleton(),
            Definition("G", "2025-11-05", "chr1", (variant, second), defined, (("*4.001", "*4"),)),
            FunctionTable("G", "2025-11-05", functions, {}, ()),
        )
    )
    assert report.alleles_without_function == ("*3",)
    assert report.functions_without_allele == ("*5",)
    assert report.aliases == (("Old/New", "Old, New"),)
    found = {allele.name: allele for allele in report.gene.alleles}
    assert found["Old, New"].function == N
    assert (found["*4.001"].function, found["*4.001"].printed_name) == (D, "*4")
    assert (found["*5"].function, found["*5"].structural) == (Z, True)
    assert [name for name, allele in found.items() if allele.defines_all] == ["*1", "Old, New"]
    assert report.gene.assumed_ref37 == ("rs1", "rs2")
    assert "*3" in "\n".join(report.lines())


def test_newer_diplotypes_win_and_are_reported(tmp_path: Path) -> None:
    (tmp_path / "G_diplotype_phenotype_table.csv").write_text(
        "Diplotype,Activity Score,Coded Diplotype/Phenotype Summary,EHR Priority Notation\n"
        "*1/*1,2.0,Good,x\n*1/*2,1.5,Fair,x\n*3/*3,2.0,Good,x\n*1/*3,2.0,Good,x\n",
        encoding="utf-8",
    )
    old = tuple(DiplotypeRow(pair, "Good", "2.0", "2.0") for pair in (("*1", "*1"), ("*1", "*2")))
    table = FunctionTable("G", "2024", {"*1": N, "*2": D}, {"*1": "1.0", "*2": "0.5"}, old)
    update = update_functions(CpicTables(tmp_path, {}, {}), table)
    assert update.disagreements == ("*1/*2: ('Good', '2.0', '2.0') is now ('Fair', '1.5', '1.5')",)
    assert update.new_alleles == ("*3",)
    assert (update.table.functions["*3"], update.table.activities["*3"]) == (N, "1.0")
    assert len(update.table.rows) == 4


def test_changes_after_the_imported_files_are_listed() -> None:
    log = (
        Change("2026-02-05", "ALLELE_DEFINITION", "G", "added *42"),
        Change("2026-02-05", "ALLELE_DEFINITION", "H", "added *9"),
        Change("2026-02-04", "PAIR", "G", "new pair"),
        Change("2024-01-01", "ALLELE_FUNCTION_REFERENCE", "G", "*2 is now normal"),
        Change("2023-01-01", "ALLELE_FUNCTION_REFERENCE", "G", "*1 is now normal"),
    )
    cpic = CpicTables(Path(), {}, {}, log)
    assert cpic.version == "2026-02-05"
    assert cpic.changes_after("G", definition="2025-11-05", functions="2023-12") == (
        "2026-02-05 allele_definition: added *42",
        "2024-01-01 allele_function_reference: *2 is now normal",
    )


def test_missing_and_broken_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no \*_translation\.json files"):
        read_release(tmp_path)
    (tmp_path / "alleles").mkdir()
    broken = tmp_path / "alleles" / "G_translation.json"
    broken.write_text("{", encoding="utf-8")
    with pytest.raises(InputError, match="not JSON"):
        read_release(tmp_path)
    broken.write_text(json.dumps({"gene": "G"}), encoding="utf-8")
    with pytest.raises(InputError, match="not an allele definition file"):
        read_release(tmp_path)
    (tmp_path / "lift.tsv").write_text("a\tb\n1\t2\n", encoding="utf-8")
    with pytest.raises(InputError, match="needs the columns"):
        read_grch37(tmp_path / "lift.tsv")
    with pytest.raises(InputError, match="No such file"):
        read_grch37(tmp_path / "none.tsv")


def test_hand_kept_facts_can_be_read() -> None:
    skeletons = read_skeletons()
    assert len(skeletons.genes) == 23
    assert all(gene.hgnc.startswith("HGNC:") for gene in skeletons.genes.values())
    with_exons = [gene for gene in skeletons.genes.values() if gene.exons]
    assert len(with_exons) == 21
    assert all([build for build, _ in gene.exons] == ["GRCh38", "GRCh37"] for gene in with_exons)


def test_a_structural_allele_kept_by_hand_is_added() -> None:
    variant = RawVariant("chr1", 100, "rs1", "g.100A>G", "A", ("G",), ())
    definition = Definition("G", "1", "chr1", (variant,), (DefinedAllele("*1", ("A",), True),), ())
    by_hand = (Allele("*16", structural=True),)
    report = assemble(GeneFacts(replace(skeleton(), alleles=by_hand), definition))
    assert [(allele.name, allele.structural) for allele in report.gene.alleles] == [("*1", False), ("*16", True)]
