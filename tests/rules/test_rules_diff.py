"""What `pgx rules diff` says: every kind of change, in words and as values."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pgx.domain.ruleset import RuleSet
from pgx.rules.diff import What, compare_rules
from pgx.rules.drug_tables import parse_drug
from pgx.rules.gene_tables import parse_gene

GENE = """\
gene: GENE1
hgnc: HGNC:1
version: 2026.01.01
sources:
  - {name: Somewhere, version: "1", url: https://example.org}
contig: chr1
calling: diplotype
lookup: phenotype
variants:
  rs1: {grch38: 100, grch37: 90, ref: C, alt: [T]}
  rs2: {grch38: 200, grch37: 190, ref: G, alt: [A]}
alleles:
  "*1": {function: Normal function, defines: all}
  "*2": {function: No function, core: {rs1: T}}
  "*3": {function: No function, core: {rs2: A}}
phenotypes:
  - {functions: [Normal function, Normal function], phenotype: Normal Metabolizer}
  - {functions: [Normal function, No function], phenotype: Intermediate Metabolizer}
  - {functions: [No function, No function], phenotype: Poor Metabolizer}
"""

DRUG = """\
drug: examplin
rxnorm: "1"
guidelines:
  - source: CPIC
    name: GENE1 and examplin
    url: https://example.org/guideline
    updated: 2022-01-16
    recommendations:
      - when: {GENE1: [Poor Metabolizer, Intermediate Metabolizer]}
        population: adult
        actions: [{action: reduce_dose, percent: 50, of: start}]
        strength: Strong
        implication: Levels rise.
        advice: Halve the starting dose.
labels:
  - {agency: FDA, level: Actionable PGx, genes: [GENE1]}
"""


def rules(gene: str = GENE, drug: str = DRUG) -> RuleSet:
    return RuleSet(
        "x", "2026-01-01", "", {"GENE1": parse_gene(gene, "g.yaml")}, {"examplin": parse_drug(drug, "d.yaml")}
    )


ROW = "drug examplin: CPIC, GENE1 and examplin, adult"
GENE_CHANGES = [
    ("version: 2026.01.01", "version: 2026.02.01", ["gene GENE1: version: 2026.01.01 -> 2026.02.01"]),
    (
        '  "*3": {function: No function, core: {rs2: A}}\n',
        '  "*3": {function: No function, core: {rs2: A}}\n  "*4": {function: No function, core: {rs1: T, rs2: A}}\n',
        ["gene GENE1: allele *4: added (No function)"],
    ),
    ("core: {rs2: A}", "core: {rs1: T, rs2: A}", ["gene GENE1: allele *3: bases: rs2 A -> rs1 T, rs2 A"]),
    ("grch38: 200", "grch38: 201", ["gene GENE1: position rs2: GRCh38: chr1:200 -> chr1:201"]),
    (
        "phenotype: Poor Metabolizer",
        "phenotype: Poor",
        ["gene GENE1: functions No function + No function: phenotype: Poor Metabolizer -> Poor"],
    ),
]
DRUG_CHANGES = [
    ('rxnorm: "1"', 'rxnorm: "2"', ["drug examplin: RxNorm: 1 -> 2"]),
    ("level: Actionable PGx", "level: Testing Required", [
        "drug examplin: FDA label, GENE1: level: Actionable PGx -> Testing Required"
    ]),
    ("updated: 2022-01-16", "updated: 2026", ["drug examplin: CPIC, GENE1 and examplin: updated: 2022-01-16 -> 2026"]),
    ("strength: Strong", "strength: Moderate", [
        f"{ROW}: GENE1 Poor Metabolizer; GENE1 Intermediate Metabolizer: strength: Strong -> Moderate"
    ]),
    ("percent: 50", "percent: 25", [
        f"{ROW}: GENE1 Poor Metabolizer; GENE1 Intermediate Metabolizer: actions: reduce_dose (percent 50, of start)"
        " -> reduce_dose (percent 25, of start)"
    ]),
    ("[Poor Metabolizer, Intermediate Metabolizer]", "Poor Metabolizer", [
        f"{ROW}: GENE1 Intermediate Metabolizer: removed (reduce_dose (percent 50, of start))"
    ]),
    ("[Poor Metabolizer, Intermediate Metabolizer]", "[Intermediate Metabolizer, Poor Metabolizer]", []),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "expected"), GENE_CHANGES, ids=[case[2][0][:60] for case in GENE_CHANGES])
def test_a_change_of_a_gene_table(old: str, new: str, expected: list[str]):
    assert old in GENE
    assert list(map(str, compare_rules(rules(), rules(gene=GENE.replace(old, new))))) == expected


@pytest.mark.parametrize(("old", "new", "expected"), DRUG_CHANGES, ids=[str(case[1]) for case in DRUG_CHANGES])
def test_a_change_of_a_drug_table(old: str, new: str, expected: list[str]):
    assert old in DRUG
    assert list(map(str, compare_rules(rules(), rules(drug=DRUG.replace(old, new))))) == expected


def test_whole_tables_come_and_go():
    empty = replace(rules(), genes={}, drugs={})
    assert list(map(str, compare_rules(empty, rules()))) == ["gene GENE1: added", "drug examplin: added"]
    assert [change.what for change in compare_rules(rules(), empty)] == [What.REMOVED, What.REMOVED]


def test_grouping_of_rows_does_not_matter():
    row = DRUG[DRUG.index("      - when") : DRUG.index("labels:")]
    one = row.replace("[Poor Metabolizer, Intermediate Metabolizer]", "Poor Metabolizer")
    other = row.replace("[Poor Metabolizer, Intermediate Metabolizer]", "Intermediate Metabolizer")
    assert compare_rules(rules(), rules(drug=DRUG.replace(row, one + other))) == ()


def test_the_same_rules_differ_in_nothing():
    assert compare_rules(rules(), rules()) == ()
