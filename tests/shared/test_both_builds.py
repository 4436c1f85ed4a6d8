"""The same people on two builds: where both panels hold the same positions, the same diplotypes come out.

Positions that only one panel holds are taken away in both. The panels are two call sets: where their genotypes or
their phase differ, the difference is listed and the call may differ; everywhere else it may not.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from raw_genotypes import raw_bases

from pgx.calling import CallOptions, call_gene
from pgx.domain.call import GeneCall
from pgx.domain.evidence import EvidenceState
from pgx.domain.gene import Gene
from pgx.domain.genotype import Genotype, GenotypeTable, Pattern, Sex
from pgx.domain.variant import Build
from pgx.genotypes import ReadOptions, read_genotypes
from pgx.rules.ruleset import load_rules

pytestmark = pytest.mark.shared

ABSENT = Genotype(EvidenceState.ABSENT)
SEXES = {"1": Sex.MALE, "2": Sex.FEMALE}


@dataclass(frozen=True)
class Pair:
    """One person's genotypes of one gene in both builds, and what was called from them."""

    sample: str
    patterns: tuple[Pattern, Pattern]
    calls: tuple[GeneCall, GeneCall]


@dataclass(frozen=True)
class Difference:
    """A position at which the call sets differ for one person."""

    gene: str
    position: str
    what: str
    row: int = -1
    """The position's row where bases differ, not only phase."""


def read_panels(shared: Path, genes: list[Gene], samples: tuple[str, ...]) -> dict[Build, dict[str, GenotypeTable]]:
    rows = [line.split() for line in (shared / "data/1kgp/populations.tsv").read_text().splitlines()[1:]]
    sexes = {row[1]: SEXES[row[4]] for row in rows if row[4] in SEXES}
    found = {}
    for build in Build:
        files = [shared / "data/1kgp" / build / f"{gene.symbol}.vcf.gz" for gene in genes]
        options = ReadOptions(build=build, samples=samples, sexes=sexes, list_unexplained=False)
        found[build] = read_genotypes(files, genes, options)[0]
    return found


def shared_samples(shared: Path) -> tuple[str, ...]:
    """People that every panel of both builds has."""
    import cyvcf2

    names = [set(cyvcf2.VCF(str(path)).samples) for path in sorted((shared / "data/1kgp").glob("*/*.vcf.gz"))]
    return tuple(sorted(set.intersection(*names)))


def held(table: GenotypeTable) -> np.ndarray:
    """Which positions the panel holds: those that are not absent for everybody."""
    rows = []
    for values, codes in zip(table.values, table.codes, strict=True):
        present = np.array([genotype.state is not EvidenceState.ABSENT for genotype in values])
        rows.append(bool(present[np.unique(codes)].any()))
    return np.array(rows)


def restrict(table: GenotypeTable, keep: np.ndarray) -> GenotypeTable:
    """Make every other position absent."""
    values = tuple(known if kept else (ABSENT,) for known, kept in zip(table.values, keep, strict=True))
    codes = np.where(keep[:, None], table.codes, 0).astype(table.codes.dtype)
    return replace(table, values=values, codes=codes)


def pairs(gene: Gene, first: GenotypeTable, second: GenotypeTable) -> Iterator[Pair]:
    calls = [call_gene(gene, table, CallOptions()) for table in (first, second)]
    for column, sample in enumerate(first.samples):
        found = [call.calls[int(call.index[column])] for call in calls]
        yield Pair(sample, (first.pattern(column), second.pattern(column)), (found[0], found[1]))


def strands(pattern: Pattern, rows: list[int]) -> list[tuple[str, ...]]:
    """The bases of each strand at these positions, strands in either order."""
    copies = max((len(pattern.genotypes[row].alleles) for row in rows), default=0)
    found = [tuple(pattern.bases[row][pattern.genotypes[row].alleles[s]] for row in rows) for s in range(copies)]
    return sorted(found)


def differences(gene: Gene, pair: Pair) -> list[Difference]:
    """Positions with other bases or another state; where there are none, heterozygous ones with another phase."""
    found = []
    for row, variant in enumerate(gene.positions):
        texts = [written(pattern, row) for pattern in pair.patterns]
        if texts[0] != texts[1]:
            found.append(Difference(gene.symbol, variant.name, f"{texts[0]} on GRCh38, {texts[1]} on GRCh37", row))
    if found:
        return found
    one, other = pair.patterns
    mixed = [row for row, genotype in enumerate(one.genotypes) if genotype.is_heterozygous]
    if mixed and strands(one, mixed) != strands(other, mixed):
        names = ", ".join(gene.positions[row].name for row in mixed)
        ways = ["/".join("-".join(strand) for strand in strands(pattern, mixed)) for pattern in pair.patterns]
        return [Difference(gene.symbol, names, f"{ways[0]} on GRCh38, {ways[1]} on GRCh37")]
    return []


def written(pattern: Pattern, row: int) -> str:
    """Bases in order, or the state; a man's one X chromosome may be written once or twice."""
    genotype = pattern.genotypes[row]
    if not genotype.alleles:
        return genotype.state.label
    bases = sorted(pattern.bases[row][code] for code in genotype.alleles)
    return "/".join(dict.fromkeys(bases)) if pattern.sex is Sex.MALE and len(set(bases)) == 1 else "/".join(bases)


def is_misread(shared: Path, gene: Gene, pair: Pair, difference: Difference) -> bool:
    """Whether the text of a panel says something else than was read, where a substitution differs."""
    variant = gene.positions[difference.row]
    if difference.row < 0 or not variant.is_substitution:
        return False
    for build, pattern in zip((Build.GRCH38, Build.GRCH37), pair.patterns, strict=True):
        genotype = pattern.genotypes[difference.row]
        bases = tuple(sorted(pattern.bases[difference.row][code] for code in genotype.alleles))
        if bases != raw_bases(shared / "data/1kgp" / build / f"{gene.symbol}.vcf.gz", variant, build, pair.sample):
            return True
    return False


def print_found(counts: dict[str, Counter[str]], listed: dict[Difference, list[str]]) -> None:
    kinds = ("people", "both", "same", "genotype differs", "phase differs", "call differs", "unexplained")
    print(f"\n{'gene':9}{'positions':>10}" + "".join(f"{kind:>18}" for kind in kinds[2:]))
    for symbol, count in counts.items():
        print(f"{symbol:9}{count['positions']:>10}" + "".join(f"{count[kind] or '':>18}" for kind in kinds[2:]))
    print("Positions at which the call sets differ, with the number of people and how many are called differently:")
    for difference, people in sorted(
        listed.items(), key=lambda entry: (entry[0].gene, entry[0].position, entry[0].what)
    ):
        called = sum(name.startswith("!") for name in people)
        names = ", ".join(name.removeprefix("!") for name in people[:3])
        more = f" and {len(people) - 3} more" if len(people) > 3 else ""
        print(f"  {difference.gene} {difference.position}: {difference.what}: {len(people)} ({called}): {names}{more}")


def test_same_people_same_diplotypes(shared, capsys):
    rules = load_rules()
    symbols = sorted(path.name.split(".")[0] for path in (shared / "data/1kgp/GRCh38").glob("*.vcf.gz"))
    genes = [rules.genes[symbol] for symbol in symbols]
    samples = shared_samples(shared)
    tables = read_panels(shared, genes, samples)
    counts: dict[str, Counter[str]] = {}
    listed: dict[Difference, list[str]] = defaultdict(list)
    wrong = []
    for gene in genes:
        both = [tables[build][gene.symbol] for build in (Build.GRCH38, Build.GRCH37)]
        keep = held(both[0]) & held(both[1])
        count = counts[gene.symbol] = Counter(positions=int(keep.sum()))
        for pair in pairs(gene, *(restrict(table, keep) for table in both)):
            names = [[d.name for d in call.best_diplotypes] for call in pair.calls]
            same = names[0] == names[1] and pair.calls[0].status == pair.calls[1].status
            found = differences(gene, pair)
            kind = "phase differs" if found and found[0].row < 0 else "genotype differs"
            count[kind if found else "same"] += 1
            count["call differs"] += not same
            wrong += [
                f"{gene.symbol} {pair.sample}: {d.position} misread" for d in found if is_misread(shared, gene, pair, d)
            ]
            for difference in found:
                listed[difference].append(pair.sample if same else f"!{pair.sample}")
            if not same and not found:
                count["unexplained"] += 1
                wrong.append(f"{gene.symbol} {pair.sample}: {names[0]} on GRCh38, {names[1]} on GRCh37")
    with capsys.disabled():
        print(f"\n{len(samples)} people on both builds")
        print_found(counts, listed)
    assert len(samples) > 1_000
    assert sum(count["positions"] for count in counts.values()) > 100
    assert not wrong, "\n".join(wrong[:20])
