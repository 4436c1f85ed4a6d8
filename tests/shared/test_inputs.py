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
    bases_at,
    canonical,
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
from pgx.domain.gene import Gene
from pgx.domain.genotype import Pattern, Sex
from pgx.domain.ruleset import RuleSet
from pgx.domain.variant import Build
from pgx.genotypes import ReadOptions, read_genotypes
from pgx.phenotypes.withholding import REFERENCE_UNTESTED
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
                beside = panel_pattern(folder, rules.genes[symbol], sample)
                yield Case(path.name, sample, rules.genes[symbol], diplotype, call, pattern, beside, path, Build.GRCH37)


def panel_pattern(folder: Path, gene: Gene, sample: str) -> Pattern | None:
    """The same person's genotypes in the GRCh38 panel, whose reads are others than those of the consumer files."""
    path = folder.parents[1] / f"1kgp/GRCh38/{gene.symbol}.vcf.gz"
    options = ReadOptions(build=Build.GRCH38, samples=(sample,))
    return read_genotypes([path], [gene], options)[0][gene.symbol].pattern(0) if path.is_file() else None


def read_again(path: Path, marker: str) -> str:
    """The genotype of a marker as the text has it."""
    line = next(line for line in path.read_text().splitlines() if line.startswith(f"{marker}\t"))
    return "".join(sorted("".join(line.split("\t")[3:])))


def judge_consumer(case: Case, reported: set[str]) -> Verdict:
    """Compare with the truth.

    `newer`: the consensus, which knows the alleles in `reported`, never names the one that is called; its variants
    stand so in the text of the file, and in the panel of the other build, a call set made from other reads.
    """
    wanted, best = pairs_today(case), [canonical(d.alleles) for d in case.call.best_diplotypes]
    if not case.call.status.has_result:
        return Verdict("no call")
    if set(best) & wanted:
        return Verdict("given")
    names = {name for pair in wanted for name in pair}
    if names & set(case.call.evidence.not_excluded):
        return Verdict("left open", f"{', '.join(sorted(names & set(case.call.evidence.not_excluded)))} not excluded")
    against = min((conflicts(case, pair) for pair in wanted), key=len, default=[])
    newer = is_newer(case, wanted, best, reported)
    if newer and against and all(is_confirmed(case, row) for row in against):
        return Verdict("newer", f"{newer.reason}; {'; '.join(shown(case, row) for row in against)} in file and panel")
    return Verdict("unexplained", "; ".join(shown(case, row) for row in against))


def is_confirmed(case: Case, row: int) -> bool:
    """True where the text of the file and the panel of the other build have the genotype that was called."""
    marker, called = case.gene.positions[row].name, bases(case, row)
    assert case.beside is not None
    return called == read_again(case.file, marker) == "".join(bases_at(case.beside, row))


def bases(case: Case, row: int) -> str:
    return "".join(sorted(case.pattern.bases[row][code] for code in case.pattern.genotypes[row].alleles))


def test_consumer_files_give_their_truth_or_no_call(shared, rules, capsys):
    """Nothing else may come: where the truth is not given, there is no call, or the truth is older than the allele."""
    reported = Consensus(shared / "truth/getrm_consensus.tsv").names
    cases = list(consumer_cases(shared / "data/arrays/consumer", rules))
    judged = [(case, judge_consumer(case, reported[case.gene.symbol])) for case in cases]
    counts = Counter(verdict.kind for _, verdict in judged)
    with capsys.disabled():
        print(f"\nconsumer files: {dict(counts)}")
        for case, verdict in judged:
            if "23andme" in case.origin and verdict.kind not in ("given", "no call"):
                best = " or ".join(d.name for d in case.call.best_diplotypes[:3])
                reason = f"{verdict.kind}: {verdict.reason}"
                print(f"  {case.sample} {case.gene.symbol} {case.consensus}, here {best}: {reason}")
    assert len({case.origin for case, _ in judged}) == 10
    assert counts.keys() == {"given", "no call", "newer"}
    assert (counts["given"], counts["no call"]) == (46, 44)
    newer = Counter((case.sample, case.gene.symbol) for case, verdict in judged if verdict.kind == "newer")
    assert newer == {("HG00276", "CYP4F2"): 2, ("NA10851", "CYP4F2"): 2}
    both = {(case.sample, case.gene.symbol, case.call) for case, _ in judged}
    assert len(both) == len(judged) / 2, "the two layouts of a person give the same calls"


def test_a_gene_alone_is_read_as_among_all(shared, rules):
    """The other genes' markers tell the strand of a consumer file, whichever genes are asked for."""
    path = min((shared / "data/arrays/consumer").glob("*.txt"))
    whole = run([path], RunOptions(advise=False), rules).samples[0].genes
    for symbol in rules.genes:
        alone = run([path], RunOptions(genes=(symbol,), advise=False), rules).samples[0].genes[symbol]
        assert alone == whole[symbol]


def test_what_consumer_files_do_not_test_is_not_reference(shared, rules, capsys):
    """A result of reference alleles alone stands only where no untested allele would change what guidelines see."""
    kept: Counter[str] = Counter()
    withheld: Counter[str] = Counter()
    for path in sorted((shared / "data/arrays/consumer").glob("*.txt")):
        sample = run([path], RunOptions(), rules).samples[0]
        for symbol, result in sample.genes.items():
            whole = {allele.printed_name for allele in rules.genes[symbol].alleles if allele.defines_all}
            found = {name for d in result.call.best_diplotypes for strand in d.components for name in strand}
            if result.call.status.has_result and found <= whole:
                kept[symbol] += 1
                assert not result.unseen, f"{path.name} {symbol}"
            withheld[symbol] += any(note.code == REFERENCE_UNTESTED for note in result.call.notes)
        green = [line for line in sample.advice if line.severity is Severity.GREEN]
        assert all(sample.genes[r.gene].gives_advice for line in green for r in line.readings if r.gene in sample.genes)
        silent = {symbol for symbol, result in sample.genes.items() if not result.gives_advice}
        assert not [line.drug for line in sample.advice if set(line.guideline.genes) <= silent]
    with capsys.disabled():
        print(f"\nof 10 consumer files, reference alone: kept {dict(+kept)}, not called {dict(+withheld)}")
    assert kept.keys().isdisjoint({"CYP2C19", "TPMT", "DPYD"})
    assert withheld["TPMT"]


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
