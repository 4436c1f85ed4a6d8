"""The share of carriers that an array would miss: predicted from published frequencies, and measured on real genotypes.

The panel's genotypes are masked to the positions of the array. A carrier has an allele of reduced function or with a
risk in the call from all positions of the panel, and is missed when the call from the array's positions has none.
The prediction speaks of alleles whose frequency in the group is published, so carriers of these are compared;
carriers of other alleles are counted beside. Children of people in the panel are left out.

The panel's African superpopulation is two of the nine groups: people from Africa are Sub-Saharan African, those of
Barbados and the southern United States are African American/Afro-Caribbean. Each is compared with its own group, since
alleles from Europe are about a fifth of those of the second.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from math import sqrt
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pgx.assay import cover_tables, survey
from pgx.calling import CallOptions, call_gene
from pgx.cli.app import app
from pgx.domain.assay import AssayReport, AssaySource, GeneAssay
from pgx.domain.call import GeneCall
from pgx.domain.evidence import EvidenceState
from pgx.domain.gene import Gene
from pgx.domain.genotype import Genotype, GenotypeTable
from pgx.domain.population import BiogeographicGroup, GroupFrequencies, Strands, carrier_share
from pgx.domain.ruleset import RuleSet
from pgx.domain.variant import Build
from pgx.genotypes import ReadOptions, open_reading, read_genotypes
from pgx.rules.ruleset import load_rules

pytestmark = pytest.mark.shared

SUB_SAHARAN = BiogeographicGroup.SUB_SAHARAN_AFRICAN
AMERICAN = BiogeographicGroup.AFRICAN_AMERICAN
GROUPS = {name: SUB_SAHARAN for name in ("ESN", "GWD", "LWK", "MSL", "YRI")} | {"ACB": AMERICAN, "ASW": AMERICAN}
Z = 1.96
PUBLISHED_OTHERWISE = {
    ("CYP2B6", SUB_SAHARAN): "*18 is published with 5.8 % and has 8.9 % in the panel",
    ("CYP2B6", AMERICAN): "*18 is published with 3.3 % and has 7.2 % in the panel",
    ("CYP3A5", SUB_SAHARAN): "*3 is published with 24 % and has 15 % in the panel, *7 with 8.6 % and 12 %",
}
"""Genes in which published and the panel's frequencies differ by more than the panel's sampling error."""


@dataclass(frozen=True)
class Figures:
    """One gene in one group, counted person by person, in the order of `people`."""

    gene: str
    group: BiogeographicGroup
    predicted_carriers: float
    predicted: float
    own: float | None
    people: tuple[str, ...]
    carries: tuple[bool, ...]
    missed: tuple[bool, ...]
    unlisted_carriers: int
    unlisted_missed: int

    @property
    def carriers(self) -> int:
        return sum(self.carries)

    @property
    def measured(self) -> float:
        return sum(self.missed) / self.carriers

    @property
    def interval(self) -> tuple[float, float]:
        return wilson(sum(self.missed), self.carriers)

    @property
    def agrees(self) -> bool:
        low, high = self.interval
        return low <= self.predicted <= high


def wilson(hits: int, total: int, z: float = Z) -> tuple[float, float]:
    """The score interval of a proportion."""
    share, spread = hits / total, z * z / total
    middle, half = share + spread / 2, z * sqrt(share * (1 - share) / total + spread / (4 * total))
    low, high = (middle - half) / (1 + spread), (middle + half) / (1 + spread)
    return low if hits else 0.0, high if hits < total else 1.0


@cache
def rules() -> RuleSet:
    return load_rules()


@cache
def array(shared: Path) -> tuple[AssayReport, dict[str, frozenset[str]]]:
    """The survey of the array, and the positions it sees."""
    genes = tuple(rules().genes.values())
    options = ReadOptions(list_unexplained=False)
    reading = open_reading([shared / "data" / "arrays" / "variants.vcf.gz"], genes, options)
    tables = [(rules().genes[table.gene], table) for table in reading.tables()]
    coverage = cover_tables(reading.build, tables)
    source = AssaySource("array", "genotypes", "GRCh37", len(reading.samples))
    report = survey(source, coverage, rules().genes, rules().carriers, rules().panels)
    return report, {covered.gene: covered.seen for covered in coverage.genes}


def read_people(shared: Path) -> dict[str, BiogeographicGroup]:
    """Members of the African superpopulation without a parent in the panel, and their group."""
    with (shared / "data" / "1kgp" / "populations.tsv").open() as stream:
        rows = list(csv.DictReader(stream, delimiter=" "))
    known = {row["SampleID"] for row in rows}
    founders = (row for row in rows if not {row["FatherID"], row["MotherID"]} & known)
    return {row["SampleID"]: GROUPS[row["Population"]] for row in founders if row["Superpopulation"] == "AFR"}


def read_panel(shared: Path, gene: Gene) -> GenotypeTable | None:
    path = shared / "data" / "1kgp" / "GRCh38" / f"{gene.symbol}.vcf.gz"
    options = ReadOptions(Build.GRCH38, list_unexplained=False)
    return read_genotypes([path], [gene], options)[0][gene.symbol] if path.is_file() else None


def masked(gene: Gene, table: GenotypeTable, seen: frozenset[str]) -> GenotypeTable:
    absent = Genotype(EvidenceState.ABSENT)
    values = (
        values if variant.name in seen else (absent,) * len(values)
        for variant, values in zip(gene.positions, table.values, strict=True)
    )
    return replace(table, values=tuple(values))


def risk_alleles(gene: Gene, call: GeneCall) -> frozenset[str]:
    """Risk alleles in any of the best diplotypes; none without a result."""
    named = (
        name
        for diplotype in (call.best_diplotypes if call.status.has_result else ())
        for strand in diplotype.components
        for name in strand
    )
    return frozenset(name for name in named if (found := gene.find_allele(name)) and found.is_risk)


def count(found: GeneAssay, gene: Gene, shared: Path) -> Iterator[Figures]:
    """Measure one gene in each group that has frequencies of it."""
    table = read_panel(shared, gene)
    if table is None:
        return
    people = read_people(shared)
    full = call_gene(gene, table, CallOptions())
    part = call_gene(gene, masked(gene, table, array(shared)[1][gene.symbol]), CallOptions())
    risk = [risk_alleles(gene, call) for call in full.calls]
    noticed = [bool(risk_alleles(gene, call)) for call in part.calls]
    for share in found.groups:
        columns = [n for n, name in enumerate(table.samples) if people.get(name) is share.group]
        if not columns:
            continue
        known = rules().frequencies[gene.symbol].of(share.group)
        assert known is not None
        listed = frozenset(name for name, _ in known.alleles)
        carried = [risk[full.index[n]] for n in columns]
        missed = [not noticed[part.index[n]] for n in columns]
        other = [bool(alleles) and not alleles & listed for alleles in carried]
        yield Figures(
            gene.symbol,
            share.group,
            share.share.carriers,
            share.share.missed,
            own_prediction(found, gene, [full.calls[full.index[n]] for n in columns], listed),
            tuple(table.samples[n] for n in columns),
            tuple(bool(alleles & listed) for alleles in carried),
            tuple(bool(alleles & listed) and lost for alleles, lost in zip(carried, missed, strict=True)),
            sum(other),
            sum(lost for lost, unlisted in zip(missed, other, strict=True) if unlisted),
        )


def own_prediction(found: GeneAssay, gene: Gene, calls: Sequence[GeneCall], listed: frozenset[str]) -> float | None:
    """What would be predicted with the panel's own frequencies of the same alleles."""
    counts: Counter[str] = Counter()
    for call in calls:
        counts.update(call.best_diplotypes[0].lookup_alleles if call.status.has_result else ())
    strands = 2 * sum(call.status.has_result for call in calls)
    own = GroupFrequencies(SUB_SAHARAN, tuple((name, n / strands) for name, n in counts.items() if name in listed))
    risk = frozenset(allele.printed_name for allele in gene.alleles if allele.is_risk)
    share = carrier_share([Strands(own.sum_of(risk), own.sum_of(set(found.missed_risk)))])
    return share.missed if share else None


@pytest.fixture(scope="module")
def figures(shared: Path) -> list[Figures]:
    report = array(shared)[0]
    genes = [(found, rules().genes[found.gene]) for found in report.genes if found.groups]
    return [one for found, gene in genes if not gene.copy_number_required for one in count(found, gene, shared)]


def test_the_array_misses_the_predicted_share(figures: list[Figures]) -> None:
    """Over all genes, a person counts once for each gene in which an allele is carried; people are the units drawn.

    Most genes are missed whole or not at all, so that the total rests much on how common carriers are, and genes
    that are missed more often than predicted stand against others; the next test looks at each.
    """
    for name, wanted in (("both", tuple(GROUPS.values())), (SUB_SAHARAN, (SUB_SAHARAN,)), (AMERICAN, (AMERICAN,))):
        chosen = [one for one in figures if one.group in wanted]
        measured, error = pooled(chosen)
        weights = [len(one.people) * one.predicted_carriers for one in chosen]
        predicted = sum(w * one.predicted for w, one in zip(weights, chosen, strict=True)) / sum(weights)
        low, high = measured - Z * error, measured + Z * error
        print(f"{name}: predicted {predicted:.3f}, measured {measured:.3f} [{low:.3f}, {high:.3f}]")
        assert low <= predicted <= high


def pooled(figures: Sequence[Figures]) -> tuple[float, float]:
    """The share missed over several genes and its standard error, that of a ratio of sums over people."""
    missed: Counter[str] = Counter()
    carried: Counter[str] = Counter()
    for one in figures:
        missed.update(dict(zip(one.people, map(int, one.missed), strict=True)))
        carried.update(dict(zip(one.people, map(int, one.carries), strict=True)))
    share = missed.total() / carried.total()
    return share, sqrt(sum((missed[name] - share * carried[name]) ** 2 for name in carried)) / carried.total()


def test_each_gene_is_missed_as_predicted_where_frequencies_agree(figures: list[Figures]) -> None:
    print(
        f"{'gene':8} {'group':32} predicted  measured [95 % interval]  missed/carriers  other alleles missed/carriers"
    )
    for one in figures:
        low, high = one.interval
        print(
            f"{one.gene:8} {one.group:32} {one.predicted:9.3f} {one.measured:9.3f} [{low:.3f}, {high:.3f}] "
            f"{sum(one.missed):10}/{one.carriers:<4} {one.unlisted_missed:10}/{one.unlisted_carriers}"
        )
    apart = {(one.gene, one.group) for one in figures if not one.agrees}
    assert apart == set(PUBLISHED_OTHERWISE)


def test_with_the_panels_own_frequencies_every_gene_is_missed_as_predicted(figures: list[Figures]) -> None:
    for one in figures:
        low, high = one.interval
        print(f"{one.gene:8} {one.group:32} predicted {one.own}, measured {one.measured:.3f} [{low:.3f}, {high:.3f}]")
        assert one.own is not None
        assert low <= round(one.own, 9) <= high


def test_where_unpublished_alleles_are_missed_the_share_is_marked_as_a_bound(
    figures: list[Figures], shared: Path
) -> None:
    shares = {(found.gene, share.group): share for found in array(shared)[0].genes for share in found.groups}
    hit = [one for one in figures if one.unlisted_missed]
    assert ("SLCO1B1", SUB_SAHARAN) in {(one.gene, one.group) for one in hit}
    assert all(shares[one.gene, one.group].is_bound for one in hit if one.predicted < 1)


def test_check_names_what_the_array_misses_in_african_ancestry(shared: Path) -> None:
    path = shared / "data" / "arrays" / "variants.vcf.gz"
    printed = CliRunner().invoke(app, ["check", str(path), "--json"])
    assert printed.exit_code == 0
    genes = json.loads(printed.stdout)["genes"]
    missed = {name: list(found["groups"][SUB_SAHARAN]["missed_alleles"]) for name, found in genes.items()
              if SUB_SAHARAN in found["groups"]}  # fmt: skip
    assert missed["CYP3A5"] == ["*6", "*7"]
    assert missed["CYP2B6"] == ["*18", "*28"]
    assert {"*5", "*6", "*8", "*11"} <= set(missed["CYP2C9"])
    assert missed["DPYD"][0] == "c.557A>G"
    assert sum(found["seen"] for found in genes.values()) == 14
    table = CliRunner().invoke(app, ["check", str(path), "--group", "african"], env={"COLUMNS": "160"})
    assert "CYP3A5 misses *6 19 % Sub-Saharan African" in table.stdout
