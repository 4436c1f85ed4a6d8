"""The shipped gene tables against the upstream files they came from: every diplotype, allele and position."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from pgx.domain.gene import CallingMode, Gene
from pgx.domain.variant import Build
from pgx.phenotypes.translation import translate
from pgx.rules.gene_tables import parse_gene
from pgx.rules.importers.release import import_gene_tables

pytestmark = pytest.mark.shared

RULES = Path(__file__).resolve().parents[2] / "rules" / "genes"
UNKNOWN = "n/a"


@cache
def table(symbol: str) -> Gene:
    path = RULES / f"{symbol}.yaml"
    return parse_gene(path.read_text(encoding="utf-8"), str(path))


def upstream(shared: Path, kind: str) -> Iterator[dict[str, Any]]:
    for path in sorted((shared / "facts" / "pharmcat" / kind).glob("*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        if "gene" in content:
            yield content


Answer = tuple[str | None, str | None, str | None]


def our_answer(gene: Gene, names: tuple[str, ...]) -> Answer:
    """Phenotype, score (`n/a` where a score gene has none) and lookup key."""
    alleles = tuple(gene.find_allele(name) for name in names)
    if None in alleles:
        return None, None, None
    found = translate(gene, tuple(allele for allele in alleles if allele))
    scored = any(rule.scored for rule in gene.phenotypes)
    score = str(found.activity_score) if found.activity_score else UNKNOWN if scored else None
    return found.phenotype, score, "/".join(found.lookup)


def names_of(row: dict[str, Any]) -> tuple[str, ...]:
    return tuple(name for name, count in row["diplotypekey"].items() for _ in range(count))


def test_each_diplotype_gives_the_same_phenotype_score_and_key(
    shared: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    counts, wrong = Counter[str](), list[str]()
    for content in upstream(shared, "phenotypes"):
        gene = table(content["gene"])
        for row in content["diplotypes"]:
            expected = (row["generesult"], row.get("activityScore"), row["lookupkey"])
            found = our_answer(gene, names_of(row))
            counts[gene.symbol] += 1
            if found != expected:
                wrong.append(f"{gene.symbol} {row['diplotype']}: {expected}, ours {found}")
    with capsys.disabled():
        total = ", ".join(f"{symbol} {count}" for symbol, count in sorted(counts.items()))
        print(f"\n{sum(counts.values())} diplotypes compared, {sum(counts.values()) - len(wrong)} equal: {total}")
    assert not wrong
    assert len(counts) == 19


@pytest.mark.parametrize("symbol", ["CYP2C9", "CYP2C19", "CYP2D6"])
def test_each_diplotype_of_the_newer_tables(symbol: str, shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = shared / "facts" / "cpic" / f"{symbol}_diplotype_phenotype_table.csv"
    gene, count, wrong = table(symbol), 0, []
    with path.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            phenotype, score, _ = our_answer(gene, tuple(row["Diplotype"].split("/")))
            expected = (row["Coded Diplotype/Phenotype Summary"], row["Activity Score"])
            count += 1
            if (phenotype, "" if score in (None, UNKNOWN) else score) != expected:
                wrong.append(f"{row['Diplotype']}: {expected}, ours {phenotype} {score}")
    with capsys.disabled():
        print(f"\n{symbol}: {count} diplotypes of the newer table compared, {count - len(wrong)} equal")
    assert not wrong


def test_each_allele_defines_the_same_bases_and_scores_alike(shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    count, scored = 0, 0
    for content in upstream(shared, "alleles"):
        gene = table(content["gene"])
        refs = [variant["ref"] for variant in content["variants"]]
        for theirs in content["namedAlleles"]:
            ours = gene.find_allele(theirs["name"])
            assert ours is not None, theirs["name"]
            core = dict(ours.core)
            bases = [core.get(v.name, v.ref if ours.defines_all else None) for v in gene.variants]
            assert bases == theirs["alleles"], (gene.symbol, theirs["name"])
            assert not ours.defines_all or any(base == ref for base, ref in zip(bases, refs, strict=True))
            count += 1
            if not gene.copy_number_required:  # upstream scores none of its alleles where copy number is needed
                assert theirs["score"] == sum(base is not None for base in bases), (gene.symbol, theirs["name"])
                scored += 1
    with capsys.disabled():
        print(f"\n{count} alleles compared, all equal; {scored} of them with an upstream score, all equal")


def test_each_allele_has_its_function(shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    count = 0
    for content in upstream(shared, "phenotypes"):
        gene = table(content["gene"])
        functions = {entry["name"]: entry["functionValue"] for entry in content.get("namedAlleles", ())}
        for name, function in (functions or content["haplotypes"]).items():
            allele = gene.find_allele(name)
            assert allele is not None
            activity = content["activityValues"].get(name, UNKNOWN)
            assert (allele.function, str(allele.activity or UNKNOWN)) == (function, activity), (gene.symbol, name)
            count += 1
    with capsys.disabled():
        print(f"\n{count} allele functions compared, all equal")


def test_positions_in_both_builds(shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lifted = {}
    with (shared / "facts" / "grch37.tsv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            lifted[row["gene"], int(row["grch38_position"])] = (int(row["grch37_position"]), row["grch37_ref"])
    assumed = 0
    for content in upstream(shared, "alleles"):
        gene = table(content["gene"])
        for theirs, ours in zip(content["variants"], gene.variants, strict=True):
            position, ref = lifted[gene.symbol, theirs["position"]]
            assert (ours.grch38, ours.bases) == (theirs["position"], (theirs["ref"], *theirs["alts"]))
            assert (ours.grch37, ours.ref37) == (position, ref or theirs["ref"])
            assert (ours.name in gene.assumed_ref37) == (not ref)
            assumed += not ref
    extra = table("CYP2C9").extra[0]
    assert (extra.name, extra.grch38, extra.grch37) == ("rs12777823", 94645745, 96405502)
    with capsys.disabled():
        print(f"\nGRCh37 REF assumed at {assumed} defining positions")


def test_position_names_are_unique_over_all_genes() -> None:
    genes = [table(path.stem) for path in RULES.glob("*.yaml")]
    names = Counter(variant.name for gene in genes for variant in gene.positions)
    assert [name for name, count in names.items() if count > 1] == []


def test_indels_extend_as_their_hgvs_names_say(shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Upstream's own name of the REF allele (`TTC`, `TA(7)`) stands where HGVS places it."""
    count = 0
    for content in upstream(shared, "alleles"):
        for theirs, ours in zip(content["variants"], table(content["gene"]).variants, strict=True):
            if ours.is_substitution:
                assert ours.tract == 0
                continue
            window = ours.window(Build.GRCH38)
            name = next(name for name, base in theirs["cpicToVcfAlleleMap"].items() if base == ours.ref)
            unit, _, copies = name.removesuffix(")").partition("(")
            sequence = "" if name == "del" else unit * int(copies or 1)
            start = theirs["cpicPosition"] - ours.grch38
            assert window[start : start + len(sequence)] == sequence, (ours, theirs["chromosomeHgvsName"])
            assert len(window) == ours.tract + 1
            count += 1
    with capsys.disabled():
        print(f"\n{count} insertions and deletions checked")


def test_every_gene_calls_as_designed() -> None:
    modes = Counter(table(path.stem).calling for path in RULES.glob("*.yaml"))
    assert modes == {
        CallingMode.DIPLOTYPE: 16,
        CallingMode.LOWEST_FUNCTION: 2,
        CallingMode.SINGLE_VARIANT: 2,
        CallingMode.PRESENCE: 2,
        CallingMode.HAPLOID: 1,
    }


def test_import_writes_the_shipped_tables_again(shared: Path, tmp_path: Path) -> None:
    facts = shared / "facts"
    report = import_gene_tables(facts / "pharmcat", facts / "cpic", facts / "grch37.tsv", tmp_path, retrieved="2026-08")
    assert sorted(path.name for path in report.files) == sorted(path.name for path in RULES.glob("*.yaml"))
    for path in report.files:
        assert path.read_text(encoding="utf-8") == (RULES / path.name).read_text(encoding="utf-8"), path.name
    silent = Counter({item.gene.symbol: len(item.alleles_without_function) for item in report.genes})
    assert +silent == {
        "RYR1": 290, "CYP3A4": 33, "CYP2D6": 24, "CYP4F2": 23, "CYP2C9": 13, "NUDT15": 12,
        "SLCO1B1": 9, "NAT2": 6, "TPMT": 3, "CYP2C19": 2, "CYP2B6": 1,
    }  # fmt: skip
    aliases = [alias for item in report.genes for alias in item.aliases]
    assert aliases == [("Telti/Kobe", "Telti, Kobe")]
