"""Drug tables against the sources they were made from: every row of CPIC and DPWG, every FDA association."""

from __future__ import annotations

import csv
import itertools
import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import yaml

from pgx.domain.drug import AdviceRow, Drug, Guideline
from pgx.domain.gene import CallingMode, Gene
from pgx.domain.names import name_key
from pgx.rules.drug_tables import parse_drug
from pgx.rules.gene_tables import parse_gene
from pgx.rules.importers.cpic_recommendations import matching_rows, read_recommendations

pytestmark = pytest.mark.shared

CHECKOUT = Path(__file__).resolve().parent.parent.parent
RULES = CHECKOUT / "rules"
READINGS = CHECKOUT / "tests" / "readings"

DPWG_FLAGS = {"dosing": "dosingInformation", "alternate": "alternateDrugAvailable", "other": "otherPrescribingGuidance"}
DPWG_STRENGTHS = {"N/A": "", None: "", "No recommendation": "No Recommendation"}
DPWG_KEYS = {"1.0 (Phenotyping)": "c.2846A>T/c.2846A>T"}
"""A score of 1 made of two partly active alleles: found by the diplotype."""
DPWG_WITHOUT_ROW = {"1511 and 1502": "the source has no advice for both; each allele finds its own row"}
DPWG_NEWER_FLAGS = {
    ("PA166182823", "0.25"): "no dose for intermediate metabolizers any more",
    ("PA166182823", "0.5"): "same",
    ("PA166182823", "0.75"): "same",
    ("PA166182823", "1.0"): "same",
    **{
        ("PA166104968", key): "no adjustment any more"
        for key in ("3.0", "4.0", "≥3.0", "≥3.25", "≥3.5", "≥4.0", "≥5.0", "≥6.0")
    },
}
REFERENCE_COUNTS = {"CPIC": 88, "DPWG": 56, "FDA table": 111}


@pytest.fixture(scope="module")
def drugs() -> list[Drug]:
    paths = sorted((RULES / "drugs").glob("*.yaml"))
    return [parse_drug(path.read_text(encoding="utf-8"), path.name) for path in paths]


@pytest.fixture(scope="module")
def genes() -> dict[str, Gene]:
    paths = sorted((RULES / "genes").glob("*.yaml"))
    return {path.stem: parse_gene(path.read_text(encoding="utf-8"), path.name) for path in paths}


def from_source(drugs: list[Drug], source: str) -> list[tuple[Drug, Guideline]]:
    return [(drug, guideline) for drug in drugs for guideline in drug.guidelines if guideline.source == source]


def test_every_cpic_row_finds_its_one_row(shared: Path, drugs: list[Drug]):
    populations = yaml.safe_load((RULES / "cpic_populations.yaml").read_text(encoding="utf-8"))
    rows = read_recommendations(shared / "facts" / "cpic", populations)
    ours = {drug.name: [g for g in drug.guidelines if g.source == "CPIC"] for drug in drugs}
    assert len(rows) == 2115
    for row in rows:
        found = matching_rows(ours[row.drug], row.population, row.lookup)
        assert [(hit.strength, hit.flags) for hit in found] == [(row.strength, row.flags)], row
    print(f"\nCPIC: {len(rows)} rows on {len({row.drug for row in rows})} drugs, each found once")


def test_no_cpic_row_reaches_further_than_its_source(shared: Path, drugs: list[Drug]):
    """Every combination of keys that CPIC uses for the genes of a drug is accepted just where CPIC lists it."""
    populations = yaml.safe_load((RULES / "cpic_populations.yaml").read_text(encoding="utf-8"))
    rows = read_recommendations(shared / "facts" / "cpic", populations)
    keys: dict[str, set[str]] = {}
    for gene, key in itertools.chain.from_iterable(row.lookup for row in rows):
        keys.setdefault(gene, set()).add(key)
    listed = {(row.drug, row.population, row.lookup) for row in rows}
    covered = {row.drug for row in rows}
    tried = 0
    for drug, guideline in from_source(drugs, "CPIC"):
        if drug.name not in covered:
            continue
        for population in {row.population for row in guideline.rows}:
            for lookup in itertools.product(
                *([(gene, key) for key in sorted(keys[gene])] for gene in sorted(guideline.genes))
            ):
                tried += 1
                found = matching_rows([guideline], population, lookup)
                assert len(found) == ((drug.name, population, lookup) in listed), (drug.name, population, lookup)
    print(f"\nCPIC: {tried} combinations tried")


def dpwg_files(shared: Path) -> list[Path]:
    return sorted((shared / "facts" / "pharmcat" / "guidelines").glob("DPWG_*.json"))


def dpwg_key(gene: str, key: object) -> str:
    if isinstance(key, dict):
        alleles = [allele for allele, copies in key.items() for _ in range(int(copies))]
        return "/".join(sorted(alleles, key=name_key))
    text = str(key)
    return DPWG_KEYS.get(text) or re.sub(r" \(.*\)", "", text)


def rows_with(guidelines: list[Guideline], gene: str, key: str) -> list[AdviceRow]:
    rows = [row for guideline in guidelines for row in guideline.rows]
    return [row for row in rows if all(need.gene == gene and need.accepts(key) for need in row.when)]


def test_every_dpwg_row_finds_its_rows(shared: Path, drugs: list[Drug]):
    by_url: dict[str, list[Guideline]] = {}
    for _, guideline in from_source(drugs, "DPWG"):
        by_url.setdefault(guideline.url.rsplit("/", 1)[1], []).append(guideline)
    seen: Counter[str] = Counter()
    for path in dpwg_files(shared):
        source = json.loads(path.read_text(encoding="utf-8"))
        number = source["guideline"]["id"]
        for row in source["recommendations"]:
            ((gene, key),) = row["lookupKey"].items()
            if str(key) in DPWG_WITHOUT_ROW:
                seen["without a row, with reason"] += 1
                continue
            found = rows_with(by_url[number], gene, dpwg_key(gene, key))
            place = (path.name, key)
            assert found, place
            assert len({hit.population for hit in found}) == len(found), place
            strength = DPWG_STRENGTHS[(row["classification"] or {}).get("term")]
            assert {hit.strength for hit in found} == {strength}, place
            flags = tuple(name for name, column in DPWG_FLAGS.items() if row[column])
            if (number, str(key)) not in DPWG_NEWER_FLAGS:
                assert {hit.flags for hit in found} == {flags}, place
            seen["found"] += 1
    assert sum(seen.values()) == 529
    print(f"\nDPWG: {dict(seen)}")


def test_every_dpwg_guideline_is_there_or_listed(shared: Path, drugs: list[Drug]):
    ours = {guideline.url for _, guideline in from_source(drugs, "DPWG")}
    listed = yaml.safe_load((RULES / "not_covered.yaml").read_text(encoding="utf-8"))["dpwg_pairs"]
    ours |= {entry["url"] for entry in listed}
    theirs = {path.stem for path in (shared / "facts" / "dpwg").glob("*.json")}
    assert {url.rsplit("/", 1)[1] for url in ours} == theirs


def test_every_fda_association_is_mapped_or_listed(shared: Path, drugs: list[Drug]):
    table = json.loads((shared / "facts/fda/fda_pgx_associations.2026-08.json").read_text(encoding="utf-8"))
    with (READINGS / "fda_mapping.csv").open(encoding="utf-8", newline="") as handle:
        mapping = {int(row["row"]): row for row in csv.DictReader(handle)}
    ours = {drug.name: [g for g in drug.guidelines if g.source == "FDA table"] for drug in drugs}
    rows_left = Counter({name: sum(len(g.rows) for g in guidelines) for name, guidelines in ours.items()})
    for number, association in enumerate(table["associations"], 1):
        entry = mapping.pop(number)
        assert (entry["gene"], entry["drug"]) == (association["gene"], association["drug"])
        assert bool(entry["when"]) != bool(entry["reason"])
        for when in json.loads(entry["when"] or "[]"):
            found = [row for g in ours[entry["table"]] for row in g.rows if fits_mapping(row, when)]
            assert found, (number, when)
            assert len({row.population for row in found}) == len(found), (number, when)
            rows_left[entry["table"]] -= len(found)
    assert not mapping
    assert not +rows_left
    print(f"\nFDA: {len(table['associations'])} associations")


def fits_mapping(row: AdviceRow, when: dict[str, list[str]]) -> bool:
    return {need.gene: set(need.values) for need in row.when} == {gene: set(values) for gene, values in when.items()}


def test_every_key_is_one_that_the_gene_tables_can_give(drugs: list[Drug], genes: dict[str, Gene]):
    known = {symbol: keys_of(gene) for symbol, gene in genes.items()}
    for variant in itertools.chain.from_iterable(gene.extra for gene in genes.values()):
        pairs = itertools.combinations_with_replacement(variant.bases, 2)
        known[variant.name] = {"any", "No Result", *("/".join(pair) for pair in pairs)}
    for drug in drugs:
        for need in itertools.chain.from_iterable(row.when for g in drug.guidelines for row in g.rows):
            for value in itertools.chain.from_iterable(values.split(" & ") for values in need.values):
                parts = (
                    value.removesuffix(" positive").split("/") if "*" in value or value.startswith("c.") else [value]
                )
                is_range = value.startswith(">=") or ".." in value
                assert is_range or set(parts) <= known[need.gene] or value in known[need.gene], (drug.name, value)


def keys_of(gene: Gene) -> set[str]:
    keys = {"any", "No Result", "Indeterminate", *(rule.phenotype for rule in gene.phenotypes)}
    keys |= {rule.lookup for rule in gene.phenotypes if rule.lookup} | {allele.name for allele in gene.alleles}
    values = [allele.activity for allele in gene.alleles if allele.activity]
    keys |= {str(one + other) for one, other in itertools.product(values, values)}
    if gene.calling is CallingMode.PRESENCE:
        keys |= {f"{status} {sign}" for status in gene.statuses for sign in ("positive", "negative")} | set(
            gene.statuses
        )
    return keys


def test_two_partly_active_alleles_are_the_phenotyping_group(drugs: list[Drug], genes: dict[str, Gene]):
    for drug, guideline in from_source(drugs, "DPWG"):
        listed = {
            value for row in guideline.rows for need in row.when for value in need.values if value.startswith("c.")
        }
        if not listed:
            continue
        gene = genes[guideline.genes[0]]
        half = sorted((a.name for a in gene.alleles if a.activity and a.activity.value == 0.5), key=name_key)
        assert listed == {f"{one}/{other}" for one, other in itertools.combinations_with_replacement(half, 2)}, (
            drug.name
        )


def test_the_reference_tools_drugs_are_there_or_listed(shared: Path, drugs: list[Drug]):
    cases = (shared / "conformance" / "cases.jsonl").read_text(encoding="utf-8").splitlines()
    (counts,) = (case for case in map(json.loads, cases) if case["id"] == "PipelineTest.testCounts")
    theirs = counts["expect"]["all_drugs"]
    ours = {drug.name.lower() for drug in drugs}
    listed = yaml.safe_load((RULES / "not_covered.yaml").read_text(encoding="utf-8"))["drugs"]
    reasons = {entry["drug"]: entry["reason"] for entry in listed}
    missing = [name for name in theirs if name.lower() not in ours]
    assert set(missing) == set(reasons)
    print(f"\n{len(theirs)} drugs of the reference tool: {len(theirs) - len(missing)} present, {len(missing)} listed")
    for source, reference in REFERENCE_COUNTS.items():
        found = from_source(drugs, source)
        names, rows = {drug.name for drug, _ in found}, sum(len(guideline.rows) for _, guideline in found)
        print(f"{source}: {len(names)} drugs ({reference} in the reference tool), {rows} rows")
        assert len(names) >= reference
    for agency, count in sorted(
        Counter(agency for drug in drugs for agency in {la.agency for la in drug.labels}).items()
    ):
        print(f"label level, {agency}: {count} drugs")


def test_the_words_are_our_own(shared: Path):
    command = [sys.executable, str(shared / "tools" / "own_words.py"), str(RULES)]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stdout
