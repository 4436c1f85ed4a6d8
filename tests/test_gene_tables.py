"""Gene tables: what is read, what is written, and that every mistake is refused in one line with its place."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pgx.domain.gene import INDETERMINATE, ActivityValue, Allele, CallingMode, Deletions, Gene
from pgx.domain.variant import Build
from pgx.errors import RuleError
from pgx.phenotypes.translation import lookups_of_phenotype, phenotype_of_score, translate
from pgx.rules.gene_tables import parse_gene
from pgx.rules.gene_writer import format_gene

TABLES = sorted((Path(__file__).resolve().parent.parent / "rules" / "genes").glob("*.yaml"))

SMALL = """\
gene: GENE1
hgnc: HGNC:1
version: 2025.11.05
sources:
  - {name: Source, version: "1", url: https://example.org}
contig: chr1
calling: diplotype
lookup: phenotype
variants:
  rs1: {grch38: 100, grch37: 90, ref: A, ref37: G, alt: [G]}
  rs2: {grch38: 200, grch37: 190, ref: CAT, alt: [C, CATAT], tract: 7, ref37_assumed: true}
alleles:
  "*1": {function: Normal function, defines: all}
  "*2": {function: No function, core: {rs1: G}, tier: 1}
  "*3": {core: {rs1: R, rs2: CATAT}}
  "*4": {function: No function, structural: true}
phenotypes:
  - {functions: [Normal function, Normal function], phenotype: Normal}
  - {functions: [No function, [Normal function, No function]], phenotype: Poor}
"""

SCORED = """\
gene: GENE2
hgnc: HGNC:2
version: "1"
sources: []
contig: chr1
calling: diplotype
lookup: activity_score
variants:
  rs1: {grch38: 100, grch37: 90, ref: A, alt: [G, T]}
alleles:
  "*1": {function: Normal function, activity: 1.0, defines: all}
  "*2": {function: No function, activity: 0.0, core: {rs1: G}}
  "*3": {function: Uncertain function, core: {rs1: T}}
  "*1x≥3": {function: Increased function, activity: "≥3.0", structural: true}
phenotypes:
  - {score: 0.0, phenotype: Poor}
  - {score: [1.0, 2.0], phenotype: Fair}
  - {score: ">=3", phenotype: Rapid}
"""

PRESENCE = """\
gene: GENE3
hgnc: HGNC:3
version: "1"
sources: []
contig: chr6
calling: presence
lookup: allele_status
statuses: ["*15:02", "*57:01"]
"""


def small(old: str = "", new: str = "") -> Gene:
    assert old in SMALL
    return parse_gene(SMALL.replace(old, new, 1), "GENE1.yaml")


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_shipped_table_reads_back(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    gene = parse_gene(text, str(path))
    assert gene.symbol == path.stem
    assert format_gene(gene) == text


@pytest.mark.parametrize("text", [SMALL, SCORED, PRESENCE], ids=["functions", "scores", "presence"])
def test_round_trip(text: str) -> None:
    gene = parse_gene(text, "x.yaml")
    assert parse_gene(format_gene(gene), "x.yaml") == gene


@pytest.mark.parametrize(
    "name", ["Y", "no", "1", "1e5", "2025-11-05", "a: b", "c.1A>G, (x)", 'q"', "", "~", "é ", "≥3.0"]
)
def test_names_survive_yaml(name: str) -> None:
    gene = replace(small(), aliases=((name, "*2"),))
    assert parse_gene(format_gene(gene), "x.yaml") == gene


def test_values_of_a_table() -> None:
    gene = small()
    first, second = gene.variants
    assert (first.reference(Build.GRCH38), first.reference(Build.GRCH37)) == ("A", "G")
    assert second.window(Build.GRCH38) == "CATATATA"
    assert gene.assumed_ref37 == ("rs2",)
    assert gene.reference_allele is gene.alleles[0]
    assert [allele.function for allele in gene.alleles][2] == "Unassigned function"
    assert [allele.structural for allele in gene.alleles] == [False, False, False, True]


MISTAKES = [
    # what, old text, new text, line, part of the message
    ("unknown key", "contig: chr1", "kontig: chr1", 6, "unknown key 'kontig'"),
    ("unknown key of a variant", "grch37: 90", "hg19: 90", 10, "unknown key 'hg19'"),
    ("unknown key of an allele", "tier: 1", "tear: 1", 14, "unknown key 'tear'"),
    ("unknown key of a rule", "phenotype: Normal}", "phenotyp: Normal}", 18, "unknown key 'phenotyp'"),
    ("key twice", "contig: chr1", "contig: chr1\ncontig: chr2", 7, "'contig' stands twice"),
    ("variant twice", "  rs2: {grch38: 200", "  rs1: {grch38: 200", 11, "'rs1' stands twice"),
    ("allele twice", '"*3": {', '"*2": {', 15, "'*2' stands twice"),
    ("missing key", "hgnc: HGNC:1\n", "", 1, "hgnc missing"),
    ("calling mode", "calling: diplotype", "calling: diploid", 7, "'diploid' is none of diplotype, lowest_function"),
    ("lookup method", "lookup: phenotype", "lookup: fenotype", 8, "'fenotype' is none of phenotype"),
    ("text for a number", "grch38: 100", "grch38: one", 10, "expected a whole number, found 'one'"),
    ("position 0", "grch38: 100", "grch38: 0", 10, "counted from 1"),
    ("no base", "ref: A,", "ref: X,", 10, "expected bases A, C, G, T, found 'X'"),
    ("alt is ref", "alt: [G]", "alt: [A]", 10, "rs1: alt must be at least one base other than ref"),
    ("no alt", "alt: [G]", "alt: []", 10, "rs1: alt must be"),
    ("ref37 elsewhere", "ref37: G", "ref37: T", 10, "rs1: ref37 'T' is neither ref nor alt"),
    ("tract of a substitution", "alt: [G]", "alt: [G], tract: 3", 10, "insertions and deletions only"),
    ("ref is no repeat", "ref: CAT", "ref: CAC", 11, "does not continue as repeats"),
    ("unknown position", "core: {rs1: G}", "core: {rs9: G}", 14, "position 'rs9' is not among the variants"),
    ("wrong base", "core: {rs1: G}", "core: {rs1: C}", 14, "'C' is no base of rs1 (A, G)"),
    ("wrong IUPAC code", "core: {rs1: R,", 'core: {rs1: "Y",', 15, "'Y' is no base of rs1 (A, G)"),
    ("allele without core", "core: {rs1: G}, tier: 1", "tier: 1", 14, "'*2' needs a core"),
    ("structural with core", "core: {rs1: G}", "core: {rs1: G}, structural: true", 14, "needs a core, or"),
    ("same definition", "core: {rs1: R, rs2: CATAT}", "core: {rs1: G}", 15, "'*3' has the same definition as '*2'"),
    ("no reference allele", "defines: all", "core: {rs1: A}", 1, "no allele with 'defines: all'"),
    ("defines", "defines: all", "defines: some", 13, "defines can only be 'all'"),
    ("unknown function", "[Normal function, Normal", "[Normal, Normal", 18,
     "no allele of the table has the function 'Normal'"),
    ("uncovered", "[No function, [Normal function, No function]]", "[No function, No function]", 18,
     "No function + Normal function: no phenotype rule"),
    ("overlap", "[No function, [", "[[No function, Normal function], [", 18, "2 phenotype rules"),
    ("rule without either", "functions: [Normal function, Normal function], ", "", 18, "either functions or score"),
    ("three sides", "[Normal function, Normal function]", "[Normal function, Normal function, No function]", 18,
     "one side (single copy) or two"),
    ("unknown required", "variants:", "required: [rs7]\nvariants:", 9, "required: 'rs7' is not defined"),
    ("deletion by SNV", "variants:", 'deletions: {whole: "*2"}\nvariants:', 9, "deletions: '*2' is not defined"),
    ("deletion unknown", "variants:", 'deletions: {whole: "*4", part: "*9"}\nvariants:', 9, "deletions: '*9' is not"),
    ("unknown preferred", "variants:", 'preferred_alleles: ["*9"]\nvariants:', 9, "preferred_alleles: '*9' is not"),
    ("pick elsewhere", "variants:", 'unphased_priorities: [{among: ["*1/*2"], pick: "*1/*3"}]\nvariants:', 9,
     "not among the diplotypes"),
    ("flag", "variants:", "sex_linked: maybe\nvariants:", 9, "expected true or false, found 'maybe'"),
    ("word", "variants:", "undocumented: ref\nvariants:", 9, "undocumented can only be 'reference'"),
    ("list for a text", "contig: chr1", "contig: [chr1]", 6, "expected a text (numbers need quotes), found a list"),
    ("number for a text", "gene: GENE1", "gene: 5", 1, "numbers need quotes"),
    ("exons", "variants:", "exons: {GRCh38: [[5, 2]]}\nvariants:", 9, "an exon is [start, end]"),
    ("build", "variants:", "exons: {hg38: [[1, 2]]}\nvariants:", 9, "unknown build 'hg38'"),
    ("not YAML", "alt: [G]}", "alt: [G]", 11, "not YAML"),
    ("extra twice", "alleles:", "extra: {rs1: {grch38: 1, ref: A, alt: [C]}}\nalleles:", 12, "'rs1' is defined twice"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"), [row[1:] for row in MISTAKES], ids=[row[0] for row in MISTAKES]
)
def test_mistake_is_refused_in_one_line(old: str, new: str, line: int, reason: str) -> None:
    with pytest.raises(RuleError) as caught:
        small(old, new)
    message = str(caught.value)
    assert message.startswith(f"GENE1.yaml:{line}: ")
    assert reason in message
    assert "\n" not in message


@pytest.mark.parametrize("text", ["", "# nothing\n", "- a\n", "gene\n"], ids=["empty", "comment", "list", "scalar"])
def test_no_table_is_refused(text: str) -> None:
    with pytest.raises(RuleError, match=r"^x\.yaml:1: "):
        parse_gene(text, "x.yaml")


def test_scores_need_a_rule_each() -> None:
    with pytest.raises(RuleError, match=r"activity score 2\.0: no phenotype rule"):
        parse_gene(SCORED.replace("[1.0, 2.0]", "[1.0, 1.5]"), "x.yaml")


def test_presence_needs_statuses() -> None:
    with pytest.raises(RuleError, match="calling: presence needs statuses"):
        parse_gene(PRESENCE.replace('["*15:02", "*57:01"]', "[]"), "x.yaml")


def lookup(gene: Gene, *names: str) -> tuple[str, ...]:
    return translate(gene, tuple(gene.find_allele(name) or Allele(name) for name in names)).lookup


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("*1", "*1"), "Normal"),
        (("*2", "*1"), "Poor"),
        (("*1", "*3"), INDETERMINATE),
        (("*2", "*3"), "Poor"),  # *2 is decisive: Poor whatever stands beside it
        (("*3", "*3"), INDETERMINATE),
        (("*1", "*77"), INDETERMINATE),
    ],
)
def test_translation_by_function(names: tuple[str, str], expected: str) -> None:
    assert lookup(small(), *names) == (expected,)


@pytest.mark.parametrize(
    ("names", "score", "phenotype", "key"),
    [
        (("*1", "*1"), ActivityValue(2.0), "Fair", "2.0"),
        (("*1", "*1x≥3"), ActivityValue(4.0, at_least=True), "Rapid", "≥4.0"),
        (("*1", "*1x7"), ActivityValue(4.0, at_least=True), "Rapid", "≥4.0"),
        (("*1", "*3"), None, INDETERMINATE, "n/a"),
        (("*1", "*2x7"), None, INDETERMINATE, "n/a"),
    ],
)
def test_translation_by_score(names: tuple[str, str], score: ActivityValue | None, phenotype: str, key: str) -> None:
    gene = parse_gene(SCORED, "x.yaml")
    found = translate(gene, tuple(gene.find_allele(name) or Allele(name) for name in names))
    assert (found.activity_score, found.phenotype, found.lookup) == (score, phenotype, (key,))


def test_phenotype_and_score_given_from_outside() -> None:
    gene = parse_gene(SCORED, "x.yaml")
    assert lookups_of_phenotype(gene, "Fair") == ("1.0", "2.0")
    assert lookups_of_phenotype(gene, "Rapid") == ("≥3.0", "≥4.0", "≥6.0")
    assert lookups_of_phenotype(gene, INDETERMINATE) == ("n/a",)
    assert lookups_of_phenotype(small(), INDETERMINATE) == (INDETERMINATE,)
    assert lookups_of_phenotype(small(), "nonsense") == ()
    assert phenotype_of_score(gene, ActivityValue.parse("1.5")) == "Fair"
    assert phenotype_of_score(gene, ActivityValue.parse("2.5")) is None


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("*57:01", "*07:02"), ("*15:02 negative", "*57:01 positive")),
        (("*57:01:01", "*15:02"), ("*15:02 positive", "*57:01 positive")),
        (("*57:01",), ("*57:01 positive",)),
        (("*07:02",), ()),
        (("*57:01", "*07"), ("*57:01 positive",)),
    ],
)
def test_presence_is_negative_only_when_both_alleles_are_typed(
    names: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    gene = parse_gene(PRESENCE, "x.yaml")
    assert gene.calling is CallingMode.PRESENCE
    assert lookup(gene, *names) == expected


def test_deletions_are_read_and_written():
    gene = parse_gene(SMALL.replace("variants:", 'deletions: {whole: "*4"}\nvariants:'), "small.yaml")
    assert gene.deletions == Deletions("*4")
    assert gene.counts_copies
    assert parse_gene(format_gene(gene), "again.yaml") == gene
