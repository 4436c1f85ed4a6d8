"""No all-clear that the data do not bear: real genotypes with positions taken away, against a slow plain twin.

Panel genotypes of both builds are masked at random positions in random states, alone or with positions of the
other genes masked too. Wherever a line of advice is green, every diplotype that fits what is left must lead to
the same treatment. The twin tries all pairs of alleles and reads the guidelines by itself.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest
from plain_advice import Meaning, Possibilities, outcomes, position_meanings, values_asked
from plain_genes import undocumented

from pgx.calling import CallOptions, call_gene
from pgx.domain.drug import Guideline, Severity
from pgx.domain.evidence import EvidenceState
from pgx.domain.gene import CallingMode, Gene
from pgx.domain.genotype import Genotype, GenotypeTable, Pattern, Sex
from pgx.domain.results import AdviceLine, GeneResult
from pgx.domain.ruleset import RuleSet
from pgx.domain.variant import Build
from pgx.genotypes import ReadOptions, read_genotypes
from pgx.guidance import Adviser, Context
from pgx.phenotypes.extra_positions import read_extra_positions
from pgx.phenotypes.interpretation import Interpreter
from pgx.rules.ruleset import load_rules

pytestmark = pytest.mark.shared

MASKINGS = 20_400
SEED = 20_261
MASKS = (EvidenceState.ABSENT, EvidenceState.NO_CALL, EvidenceState.FILTERED)
SEXES = {"1": Sex.MALE, "2": Sex.FEMALE}


@dataclass
class Examined:
    """One gene of one sample: the tool's result, and what the twin says of the same genotypes."""

    gene: str
    results: dict[str, GeneResult]
    left: dict[str, frozenset[Meaning]]
    green_forbidden: bool


@dataclass
class Counts:
    """What the maskings came to."""

    maskings: Counter[str] = field(default_factory=Counter)
    green: Counter[str] = field(default_factory=Counter)
    withheld: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


class Bench:
    """Rules, twins and caches that all maskings share."""

    def __init__(self, rules: RuleSet) -> None:
        self.rules = rules
        self.values = values_asked(rules)
        self.twins = {s: Possibilities(gene, self.values.get(s, ())) for s, gene in rules.genes.items()}
        self.interpreters = {symbol: Interpreter(gene) for symbol, gene in rules.genes.items()}
        self.anything = {symbol: twin.anything() for symbol, twin in self.twins.items()}
        self._outcomes: dict[object, set[object]] = {}

    def examine(self, gene: Gene, patterns: list[Pattern]) -> list[Examined]:
        """Call the patterns the way a run does, and ask the twin about the same."""
        calls = call_gene(gene, as_table(gene, patterns), CallOptions())
        interpret = self.interpreters[gene.symbol].interpret
        found = [interpret(call) for call in calls.calls]
        return [self._examined(gene, p, found[int(calls.index[n])]) for n, p in enumerate(patterns)]

    def _examined(self, gene: Gene, pattern: Pattern, result: GeneResult) -> Examined:
        extra = {found.gene: found for found in read_extra_positions(gene, pattern)}
        left = {gene.symbol: self._left(gene, pattern, result)}
        for variant, genotype in zip(gene.positions, pattern.genotypes, strict=True):
            if variant.name in extra:
                bases = tuple(variant.bases[code] for code in genotype.alleles)
                left[variant.name] = position_meanings(self.values.get(variant.name, ()), variant.bases, bases)
        return Examined(gene.symbol, {gene.symbol: result, **extra}, left, bool(undocumented(gene, pattern)))

    def _left(self, gene: Gene, pattern: Pattern, result: GeneResult) -> frozenset[Meaning]:
        """Without copy number nothing is settled by small variants."""
        if gene.calling is CallingMode.PRESENCE or (gene.copy_number_required and pattern.copy_number is None):
            return self.anything[gene.symbol]
        return self.twins[gene.symbol].left_by(pattern)

    def outcomes(self, guideline: Guideline, population: str, left: Mapping[str, frozenset[Meaning]]) -> set[object]:
        key = (id(guideline), population, *(left[symbol] for symbol in guideline.genes))
        if key not in self._outcomes:
            self._outcomes[key] = outcomes(guideline, population, left)
        return self._outcomes[key]


def as_table(gene: Gene, patterns: list[Pattern]) -> GenotypeTable:
    """Put patterns side by side as the samples of a table. All must know the same bases."""
    numbers: list[dict[Genotype, int]] = [{} for _ in gene.positions]
    codes = np.zeros((len(gene.positions), len(patterns)), dtype=np.uint16)
    for column, pattern in enumerate(patterns):
        for row, genotype in enumerate(pattern.genotypes):
            codes[row, column] = numbers[row].setdefault(genotype, len(numbers[row]))
    names = tuple(f"s{number}" for number in range(len(patterns)))
    values = tuple(tuple(known) for known in numbers)
    sexes, copies = tuple(p.sex for p in patterns), tuple(p.copy_number for p in patterns)
    return GenotypeTable(gene.symbol, names, patterns[0].bases, values, codes, sexes, copies)


def read_panels(shared: Path, build: Build, genes: Mapping[str, Gene]) -> dict[str, GenotypeTable]:
    rows = [line.split() for line in (shared / "data/1kgp/populations.tsv").read_text().splitlines()[1:]]
    sexes = {row[1]: SEXES[row[4]] for row in rows if row[4] in SEXES}
    files = sorted((shared / "data/1kgp" / build).glob("*.vcf.gz"))
    present = {path.name.split(".")[0] for path in files}
    options = ReadOptions(build=build, list_unexplained=False, sexes=sexes)
    return read_genotypes(files, [genes[symbol] for symbol in sorted(present)], options)[0]


def assume_reference(gene: Gene, pattern: Pattern, build: Build) -> Pattern:
    """Fill absent positions with the build's reference: the fullest set of genotypes there is to mask."""
    genotypes = []
    for variant, genotype in zip(gene.positions, pattern.genotypes, strict=True):
        if genotype.state is EvidenceState.ABSENT:
            code = variant.bases.index(variant.reference(build))
            copies = 1 if gene.sex_linked and pattern.sex is Sex.MALE else 2
            genotype = Genotype(EvidenceState.ASSUMED, (code,) * copies)
        genotypes.append(genotype)
    return replace(pattern, genotypes=tuple(genotypes))


def mask(pattern: Pattern, chance: random.Random) -> Pattern:
    """Take one position, a few, or many of those that have alleles away, each in a state of its own."""
    known = [row for row, genotype in enumerate(pattern.genotypes) if genotype.state.gives_alleles]
    few, many = min(5, len(known)), len(known)
    wanted = chance.choice((1, 1, 1, chance.randint(1, max(few, 1)), chance.randint(1, max(many, 1))))
    genotypes = list(pattern.genotypes)
    for row in chance.sample(known, min(wanted, len(known))):
        genotypes[row] = Genotype(chance.choice(MASKS))
    return replace(pattern, genotypes=tuple(genotypes))


def vary(gene: Gene, pattern: Pattern, build: Build, chance: random.Random) -> Pattern:
    """Choose what else is known of the sample: gaps filled or not, phase, sex, copy number."""
    if chance.random() < 0.85:
        pattern = assume_reference(gene, pattern, build)
    if chance.random() < 0.4:
        pattern = replace(pattern, genotypes=tuple(replace(g, phased=False, phase_set=0) for g in pattern.genotypes))
    if gene.sex_linked and chance.random() < 0.2:
        pattern = replace(pattern, sex=Sex.UNKNOWN)
    if gene.copy_number_required and chance.random() < 0.7:
        pattern = replace(pattern, copy_number=2)
    return pattern


def sample_patterns(gene: Gene, table: GenotypeTable, build: Build, chance: random.Random) -> Iterator[Pattern]:
    """Draw real patterns without end: half of them by sample, half each distinct one alike."""
    distinct = table.patterns()[0]
    while True:
        by_sample = chance.random() < 0.5
        number = chance.randrange(len(table.samples if by_sample else distinct))
        yield vary(gene, table.pattern(number) if by_sample else distinct[number], build, chance)


def draw(gene: Gene, table: GenotypeTable, build: Build, count: int, chance: random.Random) -> list[Pattern]:
    found = sample_patterns(gene, table, build, chance)
    return [mask(next(found), chance) for _ in range(count)]


def nothing_known(gene: Gene) -> Pattern:
    return Pattern(
        tuple(Genotype(EvidenceState.ABSENT) for _ in gene.positions), tuple(v.bases for v in gene.positions)
    )


def find_wrong(bench: Bench, line: AdviceLine, examined: list[Examined]) -> str:
    """Say why a green line should not be green; empty where it may."""
    left = {symbol: meanings for one in examined for symbol, meanings in one.left.items()}
    assert line.row is not None
    if has_undocumented(line, examined):
        return "an undocumented base"
    wanted = {(line.row.actions, line.row.alternatives)}
    populations = {row.population for row in line.guideline.rows} if not line.row.population else {line.row.population}
    for population in sorted({line.row.population, *populations}):
        found = bench.outcomes(line.guideline, population, left)
        if population == line.row.population and found != wanted:
            return f"{len(found)} outcomes"
        if len(found) > 1:
            return f"{len(found)} outcomes for {population}"
    return ""


def has_undocumented(line: AdviceLine, examined: list[Examined]) -> bool:
    return any(one.green_forbidden and one.gene in line.guideline.genes for one in examined)


def is_same(bench: Bench, line: AdviceLine, examined: list[Examined]) -> bool:
    left = {symbol: meanings for one in examined for symbol, meanings in one.left.items()}
    if has_undocumented(line, examined) or any(reading.phenotype == "Indeterminate" for reading in line.readings):
        return False
    return line.row is not None and len(bench.outcomes(line.guideline, line.row.population, left)) == 1


def check(bench: Bench, adviser: Adviser, symbol: str, examined: list[Examined], counts: Counts) -> None:
    results = {name: result for one in examined for name, result in one.results.items()}
    for line in adviser.advise(results).lines:
        if line.severity is Severity.GREEN:
            counts.green[symbol] += 1
            wrong = find_wrong(bench, line, examined)
            if wrong:
                counts.wrong.append(describe(line, examined, wrong))
        elif line.row is not None and line.row.severity is Severity.GREEN and is_same(bench, line, examined):
            counts.withheld[symbol] += 1


def describe(line: AdviceLine, examined: list[Examined], wrong: str) -> str:
    parts = []
    for one in examined:
        if one.gene in line.guideline.genes:
            call = one.results[one.gene].call
            parts.append(f"{one.gene} {call.status} {[d.name for d in call.best_diplotypes]} {call.evidence.counts}")
    return f"{line.drug} ({line.guideline.source}, {line.row.population if line.row else ''}): {wrong}; {parts}"


def partners(drugs: tuple[object, ...], symbol: str, owners: Mapping[str, str]) -> list[str]:
    found = {owners.get(name, name) for drug in drugs for name in drug.genes}
    return sorted(found - {symbol})


def test_no_green_line_is_wrong(shared, capsys):
    rules, chance, counts = load_rules(), random.Random(SEED), Counts()
    bench = Bench(rules)
    owners = {variant.name: gene.symbol for gene in rules.genes.values() for variant in gene.extra}
    for build in Build:
        tables = read_panels(shared, build, rules.genes)
        each = -(-MASKINGS // (len(tables) * len(Build)))
        maskings = {
            s: bench.examine(rules.genes[s], draw(rules.genes[s], t, build, each, chance)) for s, t in tables.items()
        }
        rest = {s: bench.examine(g, [nothing_known(g)]) for s, g in rules.genes.items() if s not in tables}
        whole = {s: whole_samples(bench, rules.genes[s], t, build, chance) for s, t in tables.items()}
        for symbol, mine in maskings.items():
            drugs = tuple(drug for drug in rules.drugs.values() if symbol in {owners.get(n, n) for n in drug.genes})
            adviser = Adviser(drugs, Context())
            for examined in mine:
                others = [
                    chance.choice(rest.get(name) or (maskings if chance.random() < 0.3 else whole)[name])
                    for name in partners(drugs, symbol, owners)
                ]
                counts.maskings[symbol] += 1
                check(bench, adviser, symbol, [examined, *others], counts)
    with capsys.disabled():
        print_counts(counts)
    assert counts.maskings.total() >= 20_000
    assert counts.green.total() > 10_000
    assert not counts.wrong, f"{len(counts.wrong)} green lines are wrong:\n" + "\n".join(counts.wrong[:10])


def whole_samples(
    bench: Bench, gene: Gene, table: GenotypeTable, build: Build, chance: random.Random
) -> list[Examined]:
    """Forty samples with no position masked."""
    found = sample_patterns(gene, table, build, chance)
    return bench.examine(gene, [next(found) for _ in range(40)])


def print_counts(counts: Counts) -> None:
    print(f"\n{'gene':10}{'maskings':>10}{'green':>10}{'wrong':>8}{'withheld though one outcome':>30}")
    for symbol, maskings in sorted(counts.maskings.items()):
        print(f"{symbol:10}{maskings:>10,}{counts.green[symbol]:>10,}{'':>8}{counts.withheld[symbol]:>30,}")
    total = (counts.maskings.total(), counts.green.total(), len(counts.wrong), counts.withheld.total())
    print(f"{'all':10}{total[0]:>10,}{total[1]:>10,}{total[2]:>8,}{total[3]:>30,}")
