"""Real people of known diplotype: the GeT-RM consensus against what is called from three whole genomes and two panels.

Agreement is by name, after a map of renamed alleles (`tests/cases/renamed_alleles.tsv`). What is left must have a
reason that is computed from the evidence: a copy-number change; a base that no allele has; an allele that the
consensus never names and that holds the consensus allele's variants and more; a defining position that the file
does not show; a phase that puts the consensus allele's variants on two strands; or genotypes that rule the
consensus out, read again from the text of the file.
"""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from pathlib import Path

import cyvcf2
import pytest
from plain_genes import PlainGene, allows, undocumented
from raw_genotypes import raw_bases

from pgx.domain.call import GeneCall
from pgx.domain.evidence import EvidenceState
from pgx.domain.gene import Allele, Gene
from pgx.domain.genotype import Genotype, Pattern
from pgx.domain.names import name_key
from pgx.domain.ruleset import RuleSet
from pgx.domain.variant import Build
from pgx.genotypes import AssumeReference, ReadOptions, read_genotypes
from pgx.pipeline import run
from pgx.rules.ruleset import load_rules
from pgx.selection import RunOptions

pytestmark = pytest.mark.shared

RENAMED = Path(__file__).resolve().parents[1] / "cases" / "renamed_alleles.tsv"
CANDIDATES_ONLY = "CYP2D6"
KINDS = (
    "agreed",
    "renamed",
    "tie",
    "newer",
    "unseen",
    "phase",
    "undocumented",
    "structural",
    "genotype",
    "unexplained",
)
Pair = tuple[str, ...]


@dataclass(frozen=True)
class Case:
    """One gene of one person in one set of files; `beside` is the same from the other build's call set, if there."""

    origin: str
    sample: str
    gene: Gene
    consensus: str
    call: GeneCall
    pattern: Pattern
    beside: Pattern | None
    file: Path
    build: Build


@dataclass(frozen=True)
class Verdict:
    """How a call compares with the consensus, and why."""

    kind: str
    reason: str = ""


def canonical(alleles: Iterable[str]) -> Pair:
    return tuple(sorted(alleles, key=name_key))


def read_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream, delimiter="\t"))


@cache
def renamed() -> Mapping[tuple[str, str], tuple[str, ...]]:
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in read_rows(RENAMED):
        found[row["gene"], row["consensus"]].append(row["today"])
    return {key: tuple(names) for key, names in found.items()}


def allele(gene: Gene, name: str) -> Allele | None:
    return next((a for a in gene.alleles if name in (a.name, a.suballele_of)), None)


def names_today(gene: Gene, name: str) -> tuple[str, ...]:
    """The names a consensus allele may have today: its own, where the table still has it, and those of the map."""
    own = (name,) if allele(gene, name) else ()
    return (*own, *renamed().get((gene.symbol, name), ()))


def pairs_today(case: Case) -> set[Pair]:
    names = [names_today(case.gene, name) for name in case.consensus.split("/")]
    return {canonical(pair) for pair in product(*names)}


class Consensus:
    """The truth table, and which allele names it ever uses for a gene."""

    def __init__(self, path: Path) -> None:
        self.by_sample: dict[str, dict[str, str]] = defaultdict(dict)
        self.names: dict[str, set[str]] = defaultdict(set)
        for row in read_rows(path):
            self.by_sample[row["sample"]][row["gene"]] = row["diplotype"]
            self.names[row["gene"]].update(row["diplotype"].split("/"))


def judge(case: Case, reported: set[str]) -> Verdict:
    """Compare one call; reasons are tried from the plainest on."""
    best = [canonical(d.alleles) for d in case.call.best_diplotypes]
    wanted = pairs_today(case)
    own = canonical(case.consensus.split("/"))
    if best and set(best) & wanted:
        if len(best) > 1:
            return Verdict("tie", f"one of {len(best)}")
        return Verdict("agreed" if best == [own] else "renamed")
    reasons = (is_structural, is_undocumented, is_newer, is_unseen, is_phase, is_genotype)
    found = (reason(case, wanted, best, reported) for reason in reasons)
    return next((verdict for verdict in found if verdict), Verdict("unexplained"))


def is_structural(case: Case, wanted: set[Pair], best: list[Pair], reported: set[str]) -> Verdict | None:
    """Leave copies out and let a deletion show the other allele twice: the rest must agree, or be ruled out."""
    names = case.consensus.split("/")
    changed = [name for name in names if is_copy_change(case.gene, name)]
    if not changed:
        return None
    left = [re.sub(r"x\d+$", "", name) for name in names if not is_deletion(case.gene, name)]
    pair = canonical([*left, *left][:2])
    text = f"{' and '.join(dict.fromkeys(changed))} cannot be seen"
    if not left or pair in best:
        return Verdict("structural", text)
    rest = is_genotype(case, {pair}, best, reported)
    return Verdict("structural", f"{text}; {rest.reason}") if rest else None


def is_copy_change(gene: Gene, name: str) -> bool:
    return bool(re.search(r"x\d+$", name)) or is_deletion(gene, name)


def is_deletion(gene: Gene, name: str) -> bool:
    found = allele(gene, name)
    return found is not None and found.structural and "x" not in name


def is_undocumented(case: Case, wanted: set[Pair], best: list[Pair], reported: set[str]) -> Verdict | None:
    names = undocumented(case.gene, case.pattern)
    rows = [n for n, variant in enumerate(case.gene.variants) if variant.name in names]
    if names and not best and fits(case, wanted, ignore=rows):
        return Verdict("undocumented", f"{', '.join(shown(case, row) for row in rows)}: no allele has this base")
    return None


def is_newer(case: Case, wanted: set[Pair], best: list[Pair], reported: set[str]) -> Verdict | None:
    """Put for each allele that the consensus never names the largest one it names that is part of it."""
    known = {name for old in reported for name in names_today(case.gene, old)}
    for pair in best:
        parts = [{name} if name in reported else {name, *parts_of(case.gene, name, known)} for name in pair]
        for choice in product(*parts):
            if canonical(choice) in wanted:
                newer = dict.fromkeys(name for name, part in zip(pair, choice, strict=True) if name != part)
                return Verdict("newer", f"the consensus never names {' and '.join(newer)}")
    return None


def parts_of(gene: Gene, name: str, known: set[str]) -> set[str]:
    core = set(core_of(gene, name))
    within = {other for other in known - {name} if set(core_of(gene, other)) <= core}
    most = max((len(core_of(gene, other)) for other in within), default=0)
    return {other for other in within if len(core_of(gene, other)) == most}


def core_of(gene: Gene, name: str) -> tuple[tuple[str, str], ...]:
    found = allele(gene, name)
    assert found is not None, f"{gene.symbol} {name}"
    return found.core


def is_unseen(case: Case, wanted: set[Pair], best: list[Pair], reported: set[str]) -> Verdict | None:
    rows = [
        row
        for row, variant in enumerate(case.gene.variants)
        if case.pattern.genotypes[row].state is not EvidenceState.CALLED
        and any(variant.name in dict(core_of(case.gene, name)) for pair in wanted for name in pair)
    ]
    if rows and fits(case, wanted):
        states = (f"{case.gene.variants[row].name} {case.pattern.genotypes[row].state.label}" for row in rows)
        return Verdict("unseen", ", ".join(states))
    return None


def is_phase(case: Case, wanted: set[Pair], best: list[Pair], reported: set[str]) -> Verdict | None:
    if not fits(case, wanted, phased=False):
        return None
    rows = [row for row, genotype in enumerate(case.pattern.genotypes) if genotype.is_heterozygous]
    return Verdict("phase", f"{', '.join(shown(case, row) for row in rows)} lie on other strands in the file")


def is_genotype(case: Case, wanted: set[Pair], best: list[Pair], reported: set[str]) -> Verdict | None:
    """Find the positions whose called genotype the consensus cannot have, and read them again from the file's text."""
    against = min((conflicts(case, pair) for pair in wanted), key=len, default=[])
    if not against or any(raw(case, row) != bases_at(case.pattern, row) for row in against):
        return None
    return Verdict("genotype", "; ".join(f"{shown(case, row)} in the file, {beside(case, row)}" for row in against))


def raw(case: Case, row: int) -> tuple[str, ...]:
    return raw_bases(case.file, case.gene.positions[row], case.build, case.sample)


def conflicts(case: Case, pair: Pair) -> list[int]:
    plain = PlainGene(case.gene)
    numbers = [next(n for n, a in enumerate(plain.alleles) if name in (a.name, a.suballele_of)) for name in pair]
    one, other = (plain.spelt[number] for number in numbers)
    found = []
    for row, _ in enumerate(case.gene.variants):
        bases = bases_at(case.pattern, row)
        if len(bases) == 2 and not any(
            allows(one[row], first) and allows(other[row], second) for first, second in (bases, bases[::-1])
        ):
            found.append(row)
    return found


def fits(case: Case, wanted: set[Pair], *, phased: bool = True, ignore: Iterable[int] = ()) -> bool:
    """Whether a wanted pair explains what was called, with every position that was not called left free."""
    plain = PlainGene(case.gene)
    genotypes = (
        g if g.state is EvidenceState.CALLED else Genotype(EvidenceState.ABSENT) for g in case.pattern.genotypes
    )
    pattern = replace(case.pattern, genotypes=tuple(genotypes))
    matrix = plain.pair_matrix(pattern, phased=phased, ignore=tuple(ignore))
    numbers: dict[str, list[int]] = defaultdict(list)
    for number, found in enumerate(plain.alleles):
        numbers[found.printed_name].append(number)
    return any(matrix[a, b] for one, other in wanted for a in numbers[one] for b in numbers[other])


def bases_at(pattern: Pattern, row: int) -> tuple[str, ...]:
    return tuple(sorted(pattern.bases[row][code] for code in pattern.genotypes[row].alleles))


def shown(case: Case, row: int) -> str:
    return f"{case.gene.positions[row].name} {'/'.join(bases_at(case.pattern, row))}"


def beside(case: Case, row: int) -> str:
    """What the other build's call set says of the same position."""
    if case.beside is None or not case.beside.genotypes[row].alleles:
        return "absent from the other call set"
    other = bases_at(case.beside, row)
    same = other == bases_at(case.pattern, row)
    return "the other call set has the same" if same else f"but {'/'.join(other)} in the other call set"


def read_cases(
    origin: str, files: list[Path], build: Build, consensus: Consensus, rules: RuleSet, *, assume: bool
) -> Iterator[Case]:
    """Run the files as the command does, and keep the genotypes beside the calls."""
    known = {name for file in files for name in cyvcf2.VCF(str(file)).samples}
    samples = tuple(sorted(known & set(consensus.by_sample)))
    options = ReadOptions(build, samples, AssumeReference(assume), list_unexplained=False)
    results = run(files, RunOptions(read=options, advise=False), rules)
    tables, names, _ = read_genotypes(files, tuple(rules.genes.values()), options)
    for column, result in enumerate(results.samples):
        assert names[column] == result.sample
        for symbol, diplotype in sorted(consensus.by_sample[result.sample].items()):
            if symbol in rules.genes and "*" in diplotype and rules.genes[symbol].variants:
                file = next((file for file in files if file.name.startswith(f"{symbol}.")), files[0])
                call, pattern = result.genes[symbol].call, tables[symbol].pattern(column)
                yield Case(origin, result.sample, rules.genes[symbol], diplotype, call, pattern, None, file, build)


def all_cases(shared: Path, consensus: Consensus, rules: RuleSet) -> list[Case]:
    panels = {
        build: list(read_cases(build, panel_files(shared, build), build, consensus, rules, assume=False))
        for build in Build
    }
    by_key = {build: {(c.sample, c.gene.symbol): c.pattern for c in cases} for build, cases in panels.items()}
    found = [
        replace(case, beside=by_key[other].get((case.sample, case.gene.symbol)))
        for build, other in ((Build.GRCH38, Build.GRCH37), (Build.GRCH37, Build.GRCH38))
        for case in panels[build]
    ]
    genomes = [shared / "data" / "getrm" / "getrm3.grch38.vcf.gz"]
    three = read_cases("3 genomes", genomes, Build.GRCH38, consensus, rules, assume=True)
    return [*(replace(c, beside=by_key[Build.GRCH38].get((c.sample, c.gene.symbol))) for c in three), *found]


def panel_files(shared: Path, build: Build) -> list[Path]:
    return sorted((shared / "data" / "1kgp" / build).glob("*.vcf.gz"))


def print_table(judged: list[tuple[Case, Verdict]]) -> None:
    """Print counts by set of files and gene, then every difference once with its reason and the people."""
    print(f"\n{'':12}{'gene':9}" + "".join(f"{kind:>13}" for kind in KINDS))
    counts = Counter((case.origin, case.gene.symbol, verdict.kind) for case, verdict in judged)
    for origin, symbol in dict.fromkeys((case.origin, case.gene.symbol) for case, _ in judged):
        shown = "".join(f"{counts[origin, symbol, kind] or '':>13}" for kind in KINDS)
        print(f"{origin:12}{symbol:9}{shown}")
    people: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for case, verdict in judged:
        if verdict.kind not in ("agreed", "renamed", "tie"):
            called = " or ".join(d.name for d in case.call.best_diplotypes[:2]) or str(case.call.status)
            line = (case.origin, case.gene.symbol, case.consensus, called, verdict.kind, verdict.reason)
            people[line].append(case.sample)
    for (origin, symbol, wanted, called, kind, reason), samples in sorted(people.items()):
        print(f"  {origin} {symbol} consensus {wanted}, here {called}: {kind}: {reason} ({', '.join(samples)})")


@pytest.fixture(scope="module")
def rules() -> RuleSet:
    return load_rules()


def test_every_difference_has_a_reason(shared, rules, capsys):
    consensus = Consensus(shared / "truth" / "getrm_consensus.tsv")
    judged = [(case, judge(case, consensus.names[case.gene.symbol])) for case in all_cases(shared, consensus, rules)]
    with capsys.disabled():
        print_table(sorted(judged, key=lambda entry: (entry[0].origin, entry[0].gene.symbol)))
    genes = {case.gene.symbol for case, _ in judged}
    assert len(genes - {CANDIDATES_ONLY}) == 10
    assert not [f"{c.origin} {c.sample} {c.gene.symbol} {c.consensus}" for c, v in judged if v.kind == "unexplained"]
    assert all(case.call.status == "untestable" for case, _ in judged if case.gene.symbol == CANDIDATES_ONLY)


def test_renamed_alleles_are_founded(shared, rules):
    """Names of today are in the tables, retired ones are not, and every change that is cited is in the log."""
    logged = read_rows(shared / "facts/cpic/cpic_change_log.tsv")
    changes = {(row["Date of Change"], row["Subject"]) for row in logged}
    for row in read_rows(RENAMED):
        gene = rules.genes[row["gene"]]
        assert allele(gene, row["today"]), row
        assert row["reason"]
        dates = re.findall(r"\d{4}-\d{2}-\d{2}", row["source"]) if "change log" in row["source"] else []
        assert all((date, gene.symbol) in changes for date in dates), row
        retired = row["reason"].startswith(("renamed", "merged", "removed", "no such"))
        assert bool(allele(gene, row["consensus"])) is not retired, row
