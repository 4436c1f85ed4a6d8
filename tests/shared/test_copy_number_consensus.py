"""Real copy-number records: 90 people of the 1000 Genomes Project (GRCh37) against the GeT-RM consensus.

Where a call differs, the reason is computed from the file: a defining position that it does not hold, genotypes or
phase that rule the consensus out, or an allele that the consensus never names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pgx.calling import CallOptions, call_pattern
from pgx.domain.call import CallStatus, GeneCall
from pgx.domain.gene import IUPAC, Allele, Gene
from pgx.domain.genotype import PLAIN, Pattern
from pgx.domain.names import name_key
from pgx.genotypes import ReadOptions, read_genotypes
from pgx.rules.ruleset import load_rules

pytestmark = pytest.mark.shared

SHARED = Path(__file__).resolve().parents[3] / "shared"
FILE = SHARED / "data" / "cnv" / "test_samples.GRCh37.SV_SID.bcf"
GENE = "CYP2D6"
Case = tuple[str, str, GeneCall, Pattern]


def consensus() -> dict[str, str]:
    lines = (SHARED / "truth" / "getrm_consensus.tsv").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines[1:])
    return {sample: diplotype for sample, gene, diplotype in rows if gene == GENE}


@pytest.fixture(scope="module")
def gene() -> Gene:
    return load_rules().genes[GENE]


@pytest.fixture(scope="module")
def patterns(gene) -> dict[str, Pattern]:
    if not FILE.is_file():
        pytest.skip("the file of copy-number records is not here")
    tables, samples, report = read_genotypes([FILE], [gene], ReadOptions())
    assert "symbolic allele" not in dict(report.discarded)
    return {sample: tables[GENE].pattern(number) for number, sample in enumerate(samples)}


def known_cases(gene: Gene, patterns: dict[str, Pattern]) -> Iterator[Case]:
    for sample, diplotype in consensus().items():
        if sample in patterns:
            yield sample, diplotype, call_pattern(gene, patterns[sample], CallOptions()), patterns[sample]


def in_order(names: list[str]) -> str:
    return "/".join(sorted(names, key=name_key))


def bases_of(gene: Gene, allele: Allele, position: int) -> set[str]:
    """Bases that a strand of this allele can have at a position."""
    variant = gene.variants[position]
    reference = dict(gene.reference_allele.core).get(variant.name, variant.ref)
    base = dict(allele.core).get(variant.name, reference)
    return {base} if base in variant.bases else set(IUPAC[base]) & set(variant.bases)


def allele_of(gene: Gene, name: str) -> Allele:
    """The allele behind a name with or without a number of copies."""
    return gene.find_allele(Allele(name).parts[0][0])


def differing(gene: Gene, pair: list[Allele], pattern: Pattern, *, phased: bool) -> list[str]:
    """Positions at which no order of the strands gives the genotype; with `phased` one order for all of them."""
    misfits = []
    for order in (pair, pair[::-1]):
        wrong = []
        for position, genotype in enumerate(pattern.genotypes[: len(gene.variants)]):
            strands = [pattern.bases[position][code] for code in genotype.alleles]
            known = [bases_of(gene, allele, position) for allele in order]
            orders = (known,) if phased else (known, known[::-1])
            if strands and not any(all(b in k for b, k in zip(strands, way, strict=True)) for way in orders):
                wrong.append(gene.variants[position].name)
        misfits.append(wrong)
    return min(misfits, key=len)


def reason(gene: Gene, case: Case) -> str:
    """Why a call differs from the consensus; empty where nothing computed explains it."""
    _, diplotype, call, pattern = case
    pair = [allele_of(gene, name) for name in diplotype.split("/")]
    unseen = [
        variant.name
        for variant, genotype in zip(gene.variants, pattern.genotypes, strict=False)
        if any(variant.name in dict(allele.core) for allele in pair) and not genotype.state.gives_alleles
    ]
    wrong, torn = (differing(gene, pair, pattern, phased=phased) for phased in (False, True))
    panel = {Allele(name).parts[0][0] for named in consensus().values() for name in named.split("/")}
    newer = sorted({name for one in call.best_diplotypes for name in one.alleles} - panel)
    if wrong:
        return f"genotype: {', '.join(wrong)}"
    if torn:
        return f"phase: {', '.join(torn)}"
    if newer:
        return f"newer: {', '.join(newer)}"
    return f"unseen: {', '.join(unseen)}" if unseen else ""


def verdict(gene: Gene, case: Case) -> str:
    _, diplotype, call, _ = case
    names = [in_order(list(one.alleles)) for one in call.best_diplotypes]
    wanted = in_order(diplotype.split("/"))
    if wanted in names:
        return "agrees" if len(names) == 1 else "tie"
    return reason(gene, case) or "unexplained"


def test_calls_with_copy_number_agree_with_the_consensus(gene, patterns, capsys):
    cases = list(known_cases(gene, patterns))
    verdicts = {case[0]: verdict(gene, case) for case in cases}
    counts = Counter(text.partition(":")[0] for text in verdicts.values())
    with capsys.disabled():
        print(f"\n{GENE} with copy number, {len(cases)} people:", dict(counts))
        for sample, diplotype, call, _ in cases:
            if verdicts[sample] not in ("agrees", "tie"):
                shown = " or ".join(one.name for one in call.best_diplotypes)
                print(f"  {sample}: consensus {diplotype}, called {shown}; {verdicts[sample]}")
    assert not counts["unexplained"]
    assert (counts["agrees"], counts["tie"]) == (13, 16)


def test_the_number_of_copies_is_that_of_the_consensus(gene, patterns):
    lost = gene.deletions.whole
    for sample, diplotype, _, pattern in known_cases(gene, patterns):
        names = [allele for allele in diplotype.split("/") if allele != lost]
        assert pattern.copy_number == sum(Allele(name).parts[0][1] for name in names), sample


def test_every_copy_is_placed_by_the_phase_of_its_record(gene, patterns):
    """The records are phased, as are the genotypes: no result leaves open which allele has the copies."""
    for sample, pattern in patterns.items():
        found = call_pattern(gene, pattern, CallOptions())
        homozygous = all(len({name.split("x")[0] for name in one.alleles}) == 1 for one in found.best_diplotypes)
        ties = {name.split("x")[0] for one in found.best_diplotypes for name in one.alleles}
        if "copies-open" in {note.code for note in found.notes}:
            assert homozygous or len(ties) > 2, sample


def test_without_the_records_the_interval_holds_the_result(gene, patterns):
    """What is left open without copy numbers contains what is called with them."""
    tried = 0
    for case in known_cases(gene, patterns):
        sample, diplotype, _, pattern = case
        blind = call_pattern(gene, replace(pattern, copy_number=None, structure=PLAIN), CallOptions())
        assert blind.status is CallStatus.UNTESTABLE
        one, other = (gene.find_allele(name).activity for name in diplotype.split("/"))
        if blind.score_interval and one and other and verdict(gene, case) in ("agrees", "tie"):
            low, high = blind.score_interval
            assert low.value <= (one + other).value <= high.value, sample
            tried += 1
    assert tried > 10
