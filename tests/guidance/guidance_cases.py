"""Cases of guidance as rows of a table: what is found and what is not seen, and the advice that follows.

Columns of `tests/cases/guidance.tsv` and `tests/cases/warfarin.tsv`:

* `genotypes`: `GENE=*1/*2`, or the bases of a position that a guideline asks for (`rs1=G/A`), parted by `; `. All
  else is the reference allele.
* `unseen`: what the file is silent about: a gene, a position, or the positions of an allele (`GENE *2`).
* `outside`: results of other callers, `GENE=*1/*4` or `GENE=*1:01 positive`.
* `phased`: yes where the file tells the strands.
* `guideline`: part of the guideline's name, where a source has several for the drug.
* `actions`: with their amount, joined by ` + `; several outcomes of equal standing are joined by ` or `, `no row` is
  a result on which the source makes no statement, and empty means that there is no line at all.
* `depends_on`: alleles that must be named, `notes`: words that must stand in a remark.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from pgx.domain.drug import Action, AdviceRow
from pgx.domain.gene import CallingMode, Gene
from pgx.domain.results import AdviceLine, Results
from pgx.domain.ruleset import RuleSet
from pgx.domain.variant import Build, Variant
from pgx.genotypes import ReadOptions
from pgx.pipeline import run
from pgx.rules.ruleset import load_rules
from pgx.selection import RunOptions
from pgx.simulation import parse_diplotypes, simulate

ROOT = Path(__file__).resolve().parents[2]
Case = dict[str, str]


def read_cases(name: str) -> list[Case]:
    with (ROOT / "tests" / "cases" / name).open(encoding="utf-8") as file:
        return list(csv.DictReader((line for line in file if not line.startswith("#")), delimiter="\t"))


@cache
def shipped() -> RuleSet:
    return load_rules(ROOT / "rules")


def parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def run_case(case: Case, folder: Path, rules: RuleSet | None = None) -> Results:
    """Write the files that a row describes and advise on its drug."""
    rules = rules or shipped()
    genes = {gene.symbol: gene for gene in rules.genes_for(rules.drugs[case["drug"]].genes)}
    variants = folder / "made.vcf"
    variants.write_text(variant_file(case, genes), encoding="utf-8")
    return run([variants], RunOptions(drugs=(case["drug"],), outside=outside_file(case, folder),
               read=ReadOptions(build=Build.GRCH38)), rules)  # fmt: skip


def variant_file(case: Case, genes: dict[str, Gene]) -> str:
    extras = {variant.name: variant for gene in genes.values() for variant in gene.extra}
    given = parts(case["genotypes"])
    named = [text for text in given if text.partition("=")[0] not in extras]
    bases = dict(text.split("=") for text in given if text not in named)
    sites = {symbol: gene for symbol, gene in genes.items() if gene.calling is not CallingMode.PRESENCE}
    wanted = {"made": parse_diplotypes(named, sites)}
    text = simulate(sites, wanted, Build.GRCH38, phased=case.get("phased") == "yes")
    hidden = {place(variant) for item in parts(case["unseen"]) for variant in variants_of(item, sites)}
    return "".join(written(text, {place(extras[name]): (extras[name], found) for name, found in bases.items()}, hidden))


def written(
    text: str, bases: dict[tuple[str, int], tuple[Variant, str]], hidden: set[tuple[str, int]]
) -> Iterator[str]:
    for line in text.splitlines(keepends=True):
        fields = line.rstrip("\n").split("\t")
        where = None if line.startswith("#") else (fields[0], int(fields[1]))
        if where in bases:
            variant, found = bases[where]
            fields[-1] = "/".join(str(variant.bases.index(base)) for base in found.split("/"))
            fields[4], fields[8] = ",".join(variant.alts), "GT"
            line = "\t".join(fields) + "\n"
        if where not in hidden:
            yield line


def place(variant: Variant) -> tuple[str, int]:
    return variant.contig, variant.grch38


def variants_of(item: str, genes: dict[str, Gene]) -> list[Variant]:
    """The positions of a gene (without the extra ones), of an allele, or one by its name."""
    symbol, _, allele = item.partition(" ")
    if symbol not in genes:
        return [variant for gene in genes.values() for variant in gene.positions if variant.name == item]
    if not allele:
        return list(genes[symbol].variants)
    core = dict(next(found.core for found in genes[symbol].alleles if found.name == allele))
    return [variant for variant in genes[symbol].variants if variant.name in core]


def outside_file(case: Case, folder: Path) -> tuple[Path, ...]:
    given = [text.split("=", 1) for text in parts(case["outside"])]
    if not given:
        return ()
    path = folder / "other_callers.tsv"
    rows = (f"{gene}\t\t{text}\n" if text.endswith("tive") else f"{gene}\t{text}\n" for gene, text in given)
    path.write_text("".join(rows), encoding="utf-8")
    return (path,)


def chosen_lines(case: Case, results: Results) -> list[AdviceLine]:
    """The lines of the row's source, guideline and population; a line without a row is of every population."""
    return [
        line
        for line in results.samples[0].advice
        if line.guideline.source == case["source"]
        and case.get("guideline", "") in line.guideline.name
        and (line.row is None or line.row.population == case["population"])
    ]


def actions_of(row: AdviceRow | None) -> str:
    return " + ".join(map(action_words, row.actions)) if row else "no row"


def action_words(action: Action) -> str:
    given = dict(action.parameters)
    low, high = given.get("percent_min", ""), given.get("percent_max", "")
    amounts = (
        f" {given['percent']}%" if "percent" in given else "",
        f" {low}-{high}%" if low or high else "",
        f" x{given['factor']}" if "factor" in given else "",
    )
    return action.kind.value + "".join(amounts)


def check_case(case: Case, results: Results) -> None:
    """Compare the lines of a row with what it expects."""
    lines = chosen_lines(case, results)
    assert sorted(actions_of(line.row) for line in lines) == sorted(filter(None, case["actions"].split(" or ")))
    assert {line.severity.label for line in lines} == set(filter(None, case["severity"].split(" or ")))
    assert {line.agreement.value for line in lines} <= {case["agreement"]}
    depends_on = {name for line in lines for name in line.depends_on}
    assert depends_on >= set(parts(case["depends_on"]))
    assert bool(depends_on) == bool(case["depends_on"])
    remarks = " ".join(note.text for line in lines for note in line.notes)
    assert all(words in remarks for words in parts(case["notes"]))
    if case.get("strength"):
        assert {line.row.strength for line in lines if line.row} == {case["strength"]}
