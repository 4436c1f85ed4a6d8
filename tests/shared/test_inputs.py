"""Real files of every kind against what is known of the people in them: gVCF, arrays, consumer text."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from test_getrm_consensus import (
    Case,
    Consensus,
    Verdict,
    allele,
    conflicts,
    is_copy_change,
    is_newer,
    is_phase,
    is_undocumented,
    pairs_today,
    shown,
)

from pgx.domain.drug import Severity
from pgx.domain.evidence import EvidenceState
from pgx.domain.genotype import Sex
from pgx.domain.ruleset import RuleSet
from pgx.domain.variant import Build
from pgx.genotypes import ReadOptions, read_genotypes
from pgx.pipeline import run
from pgx.rules.ruleset import load_rules
from pgx.selection import RunOptions

pytestmark = pytest.mark.shared

COVERED = "NUDT15"
COUNTED = "CYP2D6"
LINKED = "G6PD"


@pytest.fixture(scope="module")
def rules() -> RuleSet:
    return load_rules()


def test_a_gvcf_without_reads_gives_no_all_clear(shared, rules, capsys):
    path = shared / "data/gvcf/NA12878.g.vcf.gz"
    results = run([path], RunOptions(read=ReadOptions(strict=True)), rules)
    sample = results.samples[0]
    statuses = Counter(str(result.call.status) for gene, result in sample.genes.items() if gene != COVERED)
    with capsys.disabled():
        print(f"\nNA12878 gVCF: {dict(statuses)} besides {COVERED}; {dict(results.input.genotypes)}")
        print(f"  advice lines: {dict(Counter(line.severity.name for line in sample.advice))}")
    assert statuses.keys() <= {"no_data", "not_called", "untestable"}
    assert not [line for line in sample.advice if line.severity is Severity.GREEN]


class TestJoinedGvcf:
    """Ninety people over one gene, base by base, against the panel's genotypes of the same people."""

    @pytest.fixture
    def path(self, shared) -> Path:
        return shared / "data/gvcf/nygc_30X_SID.vcf.gz"

    def test_the_panel_has_the_same_genotypes(self, shared, rules, path, capsys):
        gene = rules.genes[COUNTED]
        ours, samples, report = read_genotypes([path], [gene], ReadOptions())
        options = ReadOptions(build=Build.GRCH38, samples=samples)
        panel = read_genotypes([shared / f"data/1kgp/GRCh38/{COUNTED}.vcf.gz"], [gene], options)[0]
        same, differing = 0, []
        for column, sample in enumerate(samples):
            one, other = (tables[COUNTED].pattern(column) for tables in (ours, panel))
            for row, variant in enumerate(gene.positions):
                pair = [
                    sorted(found.bases[row][n] for n in found.genotypes[row].alleles)
                    for found in (one, other)
                    if found.genotypes[row].state.gives_alleles
                ]
                same += len(pair) == 2 and pair[0] == pair[1]
                if len(pair) == 2 and pair[0] != pair[1]:
                    differing.append((sample, f"{variant.name} {'/'.join(pair[0])}, panel {'/'.join(pair[1])}"))
        with capsys.disabled():
            print(f"\n{COUNTED} gVCF against panel: {len(samples)} people, {same} equal, {len(differing)} different")
            for sample in dict.fromkeys(sample for sample, _ in differing):
                print(f"  {sample}: " + "; ".join(text for name, text in differing if name == sample))
        assert len(samples) == 90
        assert same > 5900
        assert len(differing) / (same + len(differing)) < 0.003
        assert len({sample for sample, _ in differing}) <= 3
        assert "heterozygous with reads for one allele only" not in dict(report.genotypes)

    @pytest.mark.parametrize(("floor", "others"), [(None, 8), (0.3, 1)])
    def test_candidates_contain_the_consensus(self, shared, rules, path, capsys, floor, others):
        """Reads of the neighbouring pseudogene make heterozygous genotypes; a floor on the balance leaves them out."""
        consensus = Consensus(shared / "truth/getrm_consensus.tsv")
        judged = [
            (case, self.judge(case, consensus.names[COUNTED])) for case in self.cases(path, consensus, rules, floor)
        ]
        with capsys.disabled():
            counts = dict(Counter(verdict.kind for _, verdict in judged))
            print(f"\n{COUNTED} gVCF against the consensus, --min-balance {floor}: {counts}")
            for case, verdict in judged:
                if verdict.kind not in ("agreed", "structural"):
                    names = " or ".join(d.name for d in case.call.best_diplotypes[:3]) or "nothing"
                    print(f"  {case.sample} {case.consensus}, here {names}: {verdict.kind}: {verdict.reason}")
        assert len(judged) == 32
        assert sum(verdict.kind not in ("agreed", "structural") for _, verdict in judged) <= others
        assert not [(case.sample, case.consensus) for case, verdict in judged if verdict.kind == "unexplained"]

    @staticmethod
    def cases(path: Path, consensus: Consensus, rules: RuleSet, floor: float | None) -> Iterator[Case]:
        gene = rules.genes[COUNTED]
        options = ReadOptions(min_balance=floor)
        results = run([path], RunOptions(genes=(COUNTED,), read=options, advise=False), rules)
        table = read_genotypes([path], [gene], options)[0][COUNTED]
        for column, found in enumerate(results.samples):
            truth = consensus.by_sample[found.sample].get(COUNTED)
            if truth:
                call, pattern = found.genes[COUNTED].call, table.pattern(column)
                yield Case("gVCF", found.sample, gene, truth, call, pattern, None, path, Build.GRCH38)

    @staticmethod
    def judge(case: Case, reported: set[str]) -> Verdict:
        """Compare as elsewhere, but any candidate will do, and a base is believed without reading the text again."""
        wanted, best = pairs_today(case), [tuple(d.alleles) for d in case.call.best_diplotypes]
        if {tuple(d.alleles) for d in case.call.diplotypes} & wanted:
            return Verdict("agreed")
        if any(is_structural_name(case, part) for name in case.consensus.split("/") for part in name.split("+")):
            return Verdict("structural", case.consensus)
        for reason in (is_undocumented, is_newer, is_phase):
            if verdict := reason(case, wanted, best, reported):
                return verdict
        against = min((conflicts(case, pair) for pair in wanted), key=len, default=[])
        return (
            Verdict("genotype", "; ".join(shown(case, row) for row in against)) if against else Verdict("unexplained")
        )


def is_structural_name(case: Case, name: str) -> bool:
    found = allele(case.gene, name)
    return is_copy_change(case.gene, name) or (found is not None and found.structural)


def consumer_cases(folder: Path, rules: RuleSet) -> Iterator[Case]:
    with (folder / "getrm_truth.tsv").open() as stream:
        truth = [(row["sample"], row["gene"], row["diplotype"]) for row in csv.DictReader(stream, delimiter="\t")]
    for path in sorted(folder.glob("*.txt")):
        results = run([path], RunOptions(advise=False), rules)
        tables = read_genotypes([path], tuple(rules.genes.values()), ReadOptions())[0]
        for sample, symbol, diplotype in truth:
            if path.name.startswith(sample) and symbol in rules.genes:
                call, pattern = results.samples[0].genes[symbol].call, tables[symbol].pattern(0)
                yield Case(path.name, sample, rules.genes[symbol], diplotype, call, pattern, None, path, Build.GRCH37)


def read_again(path: Path, marker: str) -> str:
    """The genotype of a marker as the text has it."""
    line = next(line for line in path.read_text().splitlines() if line.startswith(f"{marker}\t"))
    return "".join(sorted("".join(line.split("\t")[3:])))


def judge_consumer(case: Case) -> Verdict:
    """Compare with the truth: given, left open, or ruled out by genotypes that stand so in the file."""
    wanted = pairs_today(case)
    if not case.call.status.has_result:
        return Verdict("no call")
    if {tuple(d.alleles) for d in case.call.best_diplotypes} & wanted:
        return Verdict("given")
    names = {name for pair in wanted for name in pair}
    if names & set(case.call.evidence.not_excluded):
        return Verdict("left open", f"{', '.join(sorted(names & set(case.call.evidence.not_excluded)))} not excluded")
    against = min((conflicts(case, pair) for pair in wanted), key=len, default=[])
    rows = [(case.gene.positions[row].name, row) for row in against]
    if rows and all(read_again(case.file, marker) == bases(case, row) for marker, row in rows):
        return Verdict("ruled out", "; ".join(shown(case, row) for _, row in rows) + " in the file")
    return Verdict("unexplained")


def bases(case: Case, row: int) -> str:
    return "".join(sorted(case.pattern.bases[row][code] for code in case.pattern.genotypes[row].alleles))


def test_consumer_files_give_their_truth_or_no_call(shared, rules, capsys):
    judged = [(case, judge_consumer(case)) for case in consumer_cases(shared / "data/arrays/consumer", rules)]
    with capsys.disabled():
        print(f"\nconsumer files: {dict(Counter(verdict.kind for _, verdict in judged))}")
        for case, verdict in judged:
            if "23andme" in case.origin and verdict.kind not in ("given", "no call"):
                best = " or ".join(d.name for d in case.call.best_diplotypes[:3])
                reason = f"{verdict.kind}: {verdict.reason}"
                print(f"  {case.sample} {case.gene.symbol} {case.consensus}, here {best}: {reason}")
    assert len({case.origin for case, _ in judged}) == 10
    assert not [(c.origin, c.gene.symbol, c.consensus) for c, verdict in judged if verdict.kind == "unexplained"]
    both = {(case.sample, case.gene.symbol, case.call) for case, _ in judged}
    assert len(both) == len(judged) / 2, "the two layouts of a person give the same calls"


def test_what_an_array_does_not_test_is_listed(shared, rules, capsys):
    results = run([shared / "data/arrays/variants.vcf.gz"], RunOptions(advise=False), rules)
    sample = results.samples[0]
    seen = {
        gene: (result.call.evidence.positions - dict(result.call.evidence.counts)["absent"], result.call.evidence)
        for gene, result in sample.genes.items()
    }
    with capsys.disabled():
        tested = {gene: f"{count} of {evidence.positions}" for gene, (count, evidence) in seen.items() if count}
        print(f"\narray: {len(results.samples)} people, tested positions {tested}")
    assert len(results.samples) == 355
    assert sum(count for count, _ in seen.values()) == 14
    for count, evidence in seen.values():
        absent = [name for name, state in evidence.not_called if state == EvidenceState.ABSENT.label]
        assert len(absent) == evidence.positions - count


def test_sex_from_x_is_never_wrong(shared, rules, capsys):
    rows = [line.split() for line in (shared / "data/1kgp/populations.tsv").read_text().splitlines()[1:]]
    known = {row[1]: {"1": Sex.MALE, "2": Sex.FEMALE}[row[4]] for row in rows}
    for build in Build:
        path = shared / f"data/1kgp/{build}/{LINKED}.vcf.gz"
        tables, samples, _ = read_genotypes([path], [rules.genes[LINKED]], ReadOptions(build=build))
        found = dict(zip(samples, tables[LINKED].sexes, strict=True))
        told = {sample: sex for sample, sex in found.items() if sex is not Sex.UNKNOWN}
        with capsys.disabled():
            print(f"\nsex from X, {build}: {dict(Counter(sex.value for sex in told.values()))} of {len(found)}")
        assert told
        assert not {sample for sample, sex in told.items() if known[sample] is not sex}
