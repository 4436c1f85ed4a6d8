"""The conformance cases: what the field's reference implementation asserts, against what is found here.

Matcher and pipeline cases are read, called, merged with outside calls and translated; cases that start from
diplotypes are translated, or called from genotypes made for them. Cases where the result is meant to differ are
listed in `tests/cases/conformance_differences.tsv` with the reason, and must be exactly those.
"""

from __future__ import annotations

import csv
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from pgx.calling import CallOptions, call_pattern
from pgx.domain.call import CallSource, CallStatus, Diplotype, Evidence, GeneCall
from pgx.domain.evidence import EvidenceState
from pgx.domain.gene import CallingMode, Gene
from pgx.domain.genotype import Genotype, Pattern
from pgx.domain.outside import OutsideProblem, OutsideReport
from pgx.domain.results import GeneResult
from pgx.domain.ruleset import RuleSet
from pgx.domain.variant import Build
from pgx.errors import InputError
from pgx.genotypes import ReadOptions, read_genotypes
from pgx.outside import merge_calls, read_outside, to_gene_call
from pgx.phenotypes.interpretation import Interpreter
from pgx.phenotypes.translation import translate
from pgx.rules.ruleset import load_rules

pytestmark = pytest.mark.shared

DIFFERENCES = Path(__file__).resolve().parents[1] / "cases" / "conformance_differences.tsv"
HETEROZYGOUS = " (heterozygous)"
Case = dict[str, Any]
Difference = tuple[str, str, str]
"""Case, gene and what differs."""


@cache
def rules() -> RuleSet:
    return load_rules()


@cache
def rules_without_exemptions() -> RuleSet:
    genes = {symbol: replace(gene, required=(), priorities=()) for symbol, gene in rules().genes.items()}
    return replace(rules(), genes=genes)


def read_cases(shared: Path) -> list[Case]:
    lines = (shared / "conformance" / "cases.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def genes_of(case: Case) -> list[str]:
    """The genes that the case asserts something about."""
    found = {
        gene
        for value in case["expect"].values()
        if isinstance(value, dict | list)
        for gene in value
        if isinstance(gene, str) and gene in rules().genes
    }
    return sorted(found)


def run_case(shared: Path, case: Case) -> dict[str, GeneResult]:
    """Results of the sample that the expectations are for, outside calls merged in."""
    folder = shared / "conformance"
    given = read_outside([folder / name for name in case["outside_call_files"] or ()], rules().genes)
    results = call_file(folder / case["vcf"], case) if case["vcf"] else {}
    for symbol in genes_of(case):
        gene = rules().genes[symbol]
        mine = [call for call in given.calls if call.gene == symbol]
        if mine:
            outside = to_gene_call(gene, mine, translate)
            known = results.get(symbol)
            results[symbol] = merge_calls(gene, known, outside, "outside", translate) if known else outside
    return {symbol: Interpreter(rules().genes[symbol]).interpret(call) for symbol, call in results.items()}


def call_file(path: Path, case: Case) -> dict[str, GeneCall]:
    options = CallOptions(case["options"]["all_matches"], case["options"]["research_combinations"])
    tables = rules_without_exemptions() if case["exemptions"] == "none" else rules()
    genes = [tables.genes[symbol] for symbol in genes_of(case)]
    found, samples, _ = read_genotypes([path], genes, ReadOptions(build=Build.GRCH38, list_unexplained=False))
    column = samples.index(case["sample"]) if case["sample"] in samples else 0
    return {gene.symbol: call_pattern(gene, found[gene.symbol].pattern(column), options) for gene in genes}


def run_given(case: Case) -> dict[str, GeneResult]:
    """Results of cases that start from diplotypes."""
    given = case["input"].get("matcher_diplotypes") or {
        symbol: ["/".join(pair)] for symbol, pair in case["input"]["diplotype"].items()
    }
    return {symbol: call_given(rules().genes[symbol], names) for symbol, names in given.items()}


def call_given(gene: Gene, names: list[str]) -> GeneResult:
    """Translate the diplotypes; for lowest-function genes call genotypes made so that these are the arrangements."""
    strands = [tuple(frozenset(strand.strip("[]").split(" + ")) for strand in name.split("/")) for name in names]
    carried = {frozenset(one | other) for one, other in strands}
    of_one_sample = len(carried) == 1 and {allele.name for allele in gene.alleles}.issuperset(*carried)
    if gene.calling is CallingMode.LOWEST_FUNCTION and of_one_sample:
        return Interpreter(gene).interpret(call_pattern(gene, genotypes_of(gene, strands), CallOptions()))
    pairs = [tuple(name.split("/")) for name in names]
    diplotypes = tuple(Diplotype(pair, tuple((name,) for name in pair), pair) for pair in pairs)
    call = GeneCall(gene.symbol, CallStatus.CALLED, Evidence(()), phased=True, diplotypes=diplotypes, best=len(pairs))
    return Interpreter(gene).interpret(call)


def genotypes_of(gene: Gene, diplotypes: list[tuple[frozenset[str], ...]]) -> Pattern:
    """Phased genotypes; alleles that lie differently to each other in two diplotypes go into different phase sets."""
    one, other = diplotypes[0]
    cores = {allele.name: allele.core for allele in gene.alleles if allele.name in one | other}
    apart = {
        pair
        for pair in combinations(sorted(cores), 2)
        if len({frozenset(pair) <= a or frozenset(pair) <= b for a, b in diplotypes}) > 1
    }
    sets: list[set[str]] = []
    for name in sorted(cores):
        home = next((s for s in sets if not any((a, name) in apart or (name, a) in apart for a in s)), None)
        (sets.append({name}) if home is None else home.add(name))
    strands = [{position: (base, name) for name in side for position, base in cores[name]} for side in (one, other)]
    genotypes = []
    for variant in gene.positions:
        found = [strand.get(variant.name) for strand in strands]
        codes = tuple(variant.bases.index(entry[0]) if entry else 0 for entry in found)
        names = [entry[1] for entry in found if entry]
        number = next((n for n, members in enumerate(sets, 1) if names and names[0] in members), 1)
        genotypes.append(Genotype(EvidenceState.CALLED, codes, True, number))
    return Pattern(tuple(genotypes), tuple(v.bases for v in gene.positions))


def spelt(gene: Gene, name: str) -> str:
    """An expected call in our spelling: both strands, tandems without blanks."""
    if name.endswith(HETEROZYGOUS) and gene.reference_allele:
        name = f"{gene.reference_allele.name}/{name.removesuffix(HETEROZYGOUS)}"
    return name.replace(" + ", "+") if gene.copy_number_required else name


def names_found(result: GeneResult) -> list[str]:
    """Our calls as the corpus spells them; a result without alleles by what was stated."""
    call = result.call
    if not call.diplotypes and call.given_score:
        return [f"{result.phenotype} ({call.given_score})"]
    if not call.diplotypes and call.given_phenotype:
        return [call.given_phenotype]
    if call.diplotypes and call.diplotypes[0].listed:
        return list(call.diplotypes[0].alleles)
    return [diplotype.name for diplotype in call.diplotypes]


def compare_names(case: Case, gene: Gene, result: GeneResult) -> Iterator[str]:
    expect, symbol = case["expect"], gene.symbol
    if symbol not in expect["calls"]:
        return
    wanted = [spelt(gene, name) for name in expect["calls"][symbol] if name != "Not called"]
    found = names_found(result)
    level = expect["call_level"][symbol]
    if level == "matcher_first":
        found = found[:1]
    elif level == "matcher_haplotypes" and result.call.diplotypes:
        found = list(result.call.diplotypes[0].alleles)
    if found != wanted:
        yield "order of calls" if sorted(found) == sorted(wanted) else "calls"


def compare_lookups(case: Case, gene: Gene, result: GeneResult) -> Iterator[str]:
    expect, symbol, best = case["expect"], gene.symbol, result.call.best_diplotypes
    pairs = [sorted(diplotype.lookup_alleles) for diplotype in best]
    wanted = [sorted(pair) for pair in expect.get("recommendation_diplotypes", {}).get(symbol, [])]
    labels = [sorted(label.split("/")) for label in expect.get("recommendation_labels", {}).get(symbol, [])]
    if (wanted or labels) and not all(pair in pairs for pair in wanted + labels):
        yield "lookup alleles"
    count = expect.get("recommendation_diplotype_count", {}).get(symbol)
    if count is not None and result.call.status.has_result and len(best) != count:
        yield "number of lookups"
    keys = [key for reading in result.best for key in reading.lookup]
    if not set(expect["lookup_keys"].get(symbol, keys)) <= set(keys):
        yield "lookup keys"
    if len(keys) < expect.get("lookup_key_count_at_least", {}).get(symbol, 0):
        yield "number of lookup keys"


def compare_phenotypes(case: Case, gene: Gene, result: GeneResult) -> Iterator[str]:
    expect, symbol = case["expect"], gene.symbol
    found = {reading.phenotype for reading in result.best} | {entry.phenotype for entry in result.phenotypes}
    for group in expect["phenotypes"].get(symbol, {}).values():
        wanted = {group} if isinstance(group, str) else set(group)
        if not {None if name == "n/a" else name for name in wanted} <= found:
            yield "phenotypes"
    scores = {str(entry.activity_score or "n/a") for entry in result.phenotypes} | {result.call.given_score}
    if expect["activity_scores"].get(symbol, "n/a") not in (scores | {"n/a"}):
        yield "activity score"


def compare_status(case: Case, gene: Gene, result: GeneResult) -> Iterator[str]:
    expect, symbol, call = case["expect"], gene.symbol, result.call
    of_ours = call.status.has_result and call.source is CallSource.VCF
    if symbol in expect["not_called"] and call.status.has_result:
        yield "called"
    if symbol in expect.get("not_called_by_matcher", ()) and of_ours:
        yield "called"
    if symbol in expect.get("called_by_matcher", ()) and not of_ours and not call.diplotypes:
        yield "not called"
    if symbol in expect.get("phased", {}) and call.phased != expect["phased"][symbol] and call.source is CallSource.VCF:
        yield "phased"
    count = expect.get("matcher_diplotype_count", {}).get(symbol)
    if count is not None and len(call.diplotypes) != count:
        yield "number of diplotypes"
    if len(call.diplotypes) < expect.get("matcher_diplotype_count_at_least", {}).get(symbol, 0):
        yield "number of diplotypes"
    if expect.get("any_diplotype_has_partial", {}).get(symbol) and not any(d.partial for d in call.diplotypes):
        yield "partial"


def compare(case: Case, results: dict[str, GeneResult]) -> Iterator[tuple[str, str]]:
    for symbol, result in results.items():
        gene = rules().genes[symbol]
        for check in (compare_names, compare_lookups, compare_phenotypes, compare_status):
            yield from ((symbol, what) for what in check(case, gene, result))


def parse_differences(shared: Path, case: Case) -> Iterator[tuple[str, str]]:
    """Compare cases of the outside-call parser."""
    expect = case["expect"]
    gene = case["gene_focus"][0]
    try:
        report = read_outside([shared / "conformance" / name for name in case["outside_call_files"]], rules().genes)
    except InputError:
        report = OutsideReport(problems=(OutsideProblem(case["id"], 1, "refused whole"),))
    if expect.get("error"):
        if not report.problems or report.calls:
            yield gene, "not refused"
        return
    if report.problems or not report.calls:
        yield gene, "refused"
    for row, call in zip(expect.get("parsed", ()), report.calls, strict=False):
        if row["diplotype"] != ("/".join(call.alleles) or None):
            yield gene, "calls"
        if row.get("phenotype") and row["phenotype"] != call.phenotype:
            yield gene, "phenotypes"


def judge(shared: Path, case: Case) -> tuple[list[str], list[tuple[str, str]]]:
    """The genes compared, and what differs."""
    if case["stage"] == "outside_call_parser":
        return case["gene_focus"][:1], list(parse_differences(shared, case))
    results: dict[str, GeneResult] = {}
    if case["vcf"] or case["outside_call_files"]:
        results |= run_case(shared, case)
    if case["input"]:
        results |= run_given(case)
    compared = [symbol for symbol in genes_of(case) if symbol in results]
    return compared, list(dict.fromkeys(compare(case, {symbol: results[symbol] for symbol in compared})))


def read_differences() -> dict[Difference, str]:
    lines = [line for line in DIFFERENCES.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    rows = csv.DictReader(lines, delimiter="\t")
    return {(row["case"], row["gene"], row["what"]): row["reason"] for row in rows}


def test_every_case_agrees_or_has_a_reason(shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    counts: dict[str, Counter[bool]] = defaultdict(Counter)
    found: set[Difference] = set()
    cases = read_cases(shared)
    for case in cases:
        compared, differences = judge(shared, case)
        found |= {(case["id"], gene, what) for gene, what in differences}
        for gene in compared:
            counts[gene][all(gene != symbol for symbol, _ in differences)] += 1
    known = read_differences()
    with capsys.disabled():
        agreeing = len(cases) - len({case for case, _, _ in found})
        print(f"\n{len(cases)} conformance cases, {agreeing} agree in everything compared; by gene:")
        print(", ".join(f"{gene} {n[True]} of {n.total()}" for gene, n in sorted(counts.items())))
    assert len(cases) == 312
    assert all(known.values()), "a difference without a reason"
    assert sorted(found - known.keys()) == []
    assert sorted(known.keys() - found) == []
