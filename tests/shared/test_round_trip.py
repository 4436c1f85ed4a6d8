"""Every allele, simulated and called again: the same diplotype, or a tie that holds it and a reason for the tie.

The reason is computed from the tables: without phase another pair explains the same genotypes as well, and the
table's curated priority may pick that one; or no position tells the two alleles apart. Structural alleles and
genes whose table wants a copy number are left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pgx.calling import CallOptions, call_gene
from pgx.domain.call import CallStatus, Diplotype, GeneCall
from pgx.domain.gene import CallingMode, Gene
from pgx.domain.genotype import Sex
from pgx.domain.variant import Build
from pgx.genotypes import ReadOptions, read_genotypes
from pgx.rules.gene_tables import parse_gene
from pgx.simulation import simulate
from pgx.simulation.records import Layout
from pgx.simulation.sites import strand_bases

RULES = Path(__file__).resolve().parent.parent.parent / "rules" / "genes"
SEXES = {"female": Sex.FEMALE, "male": Sex.MALE}
GVCF_STEP = 14
"""One sample in so many is written as a gVCF of its own."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one diplotype; `kind` is equal, tie, picked (a tie that the table's priority settles) or wrong."""

    kind: str
    gene: str
    wanted: tuple[str, ...]
    got: tuple[str, ...]
    reason: str

    def __str__(self) -> str:
        return f"{self.gene} {'/'.join(self.wanted)} -> {self.kind} {' or '.join(self.got)}: {self.reason}"


def read_genes() -> dict[str, Gene]:
    genes = (parse_gene(path.read_text(encoding="utf-8"), str(path)) for path in sorted(RULES.glob("*.yaml")))
    return {g.symbol: g for g in genes if g.calling is not CallingMode.PRESENCE and not g.copy_number_required}


@pytest.fixture(scope="module")
def genes() -> dict[str, Gene]:
    return read_genes()


def wanted_pairs(gene: Gene) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield sex and strands: each allele with the reference allele and with itself; alone where there is one copy."""
    reference = gene.reference_allele
    assert reference is not None
    for allele in gene.alleles:
        if allele.structural:
            continue
        if gene.calling is not CallingMode.HAPLOID:
            yield "female", (reference.name, allele.name)
            yield "female", (allele.name, allele.name)
        if gene.calling is CallingMode.HAPLOID or gene.sex_linked:
            yield "male", (allele.name,)


def cohort(genes: dict[str, Gene]) -> dict[str, dict[str, tuple[str, ...]]]:
    """Put the diplotypes of all genes side by side, one of each gene to a sample; names tell the sex."""
    samples: dict[str, dict[str, tuple[str, ...]]] = {}
    for gene in genes.values():
        counts: Counter[str] = Counter()
        for sex, strands in wanted_pairs(gene):
            home = "male" if sex == "male" else "female"
            samples.setdefault(f"{home}-{counts[home]}", {})[gene.symbol] = strands
            counts[home] += 1
    return samples


def printed(gene: Gene, strands: tuple[str, ...]) -> tuple[str, ...]:
    """The names under which a call prints these strands, in any order."""
    alleles = (gene.find_allele(strand) for strand in strands)
    return tuple(sorted(allele.printed_name for allele in alleles if allele))


def judge(gene: Gene, strands: tuple[str, ...], call: GeneCall, phased: bool) -> Outcome:
    best = call.diplotypes[: call.best]
    names = tuple(diplotype.name for diplotype in best)
    wanted = printed(gene, strands)
    if call.status.has_result and wanted in [tuple(sorted(diplotype.alleles)) for diplotype in best]:
        if len(best) == 1 and call.status is CallStatus.CALLED:
            return Outcome("equal", gene.symbol, strands, names, "")
        reason = tie_reason(gene, strands, best, phased)
        return Outcome("tie" if reason else "wrong", gene.symbol, strands, names, reason or "a tie without a reason")
    among = curated_tie(gene, wanted, call)
    reason = tie_reason(gene, strands, among, phased) if among else ""
    if reason:
        every = tuple(diplotype.name for diplotype in among)
        return Outcome("picked", gene.symbol, strands, every, f"{reason}; the table's priority picks {names[0]}")
    return Outcome("wrong", gene.symbol, strands, names, f"{call.status}; {'; '.join(n.text for n in call.notes)}")


def curated_tie(gene: Gene, wanted: tuple[str, ...], call: GeneCall) -> tuple[Diplotype, ...]:
    """Return the diplotypes of the tie that a curated priority settled, if the wanted one is among them."""
    picked = [diplotype.name for diplotype in call.diplotypes[: call.best]]
    among = {name for priority in gene.priorities if [priority.pick] == picked for name in priority.among}
    tied = tuple(diplotype for diplotype in call.diplotypes if diplotype.name in among)
    return tied if wanted in [tuple(sorted(diplotype.alleles)) for diplotype in tied] else ()


def tie_reason(gene: Gene, strands: tuple[str, ...], best: tuple[Diplotype, ...], phased: bool) -> str:
    """Say why each other diplotype of the tie cannot be told from the wanted one; empty where it could be."""
    reasons = {
        reason_for(gene, strands, diplotype, phased)
        for diplotype in best
        if tuple(sorted(diplotype.alleles)) != printed(gene, strands)
    }
    return "" if "" in reasons else "; ".join(sorted(reasons))


def reason_for(gene: Gene, strands: tuple[str, ...], other: Diplotype, phased: bool) -> str:
    mine, theirs = spelt(gene, strands), spelt(gene, other.alleles)
    if sorted(mine) == sorted(theirs):
        return "no position tells the alleles apart"
    if not phased and genotypes(mine) == genotypes(theirs):
        return "without phase both pairs give the same genotypes"
    return ""


def spelt(gene: Gene, strands: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [strand_bases(gene, strand) for strand in strands]


def genotypes(strands: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    return [tuple(sorted(bases)) for bases in zip(*strands, strict=True)]


def round_trip(
    genes: dict[str, Gene], wanted: dict[str, dict[str, tuple[str, ...]]], file: Path, layout: Layout
) -> list[Outcome]:
    """Write the samples, read them, call them, and judge every diplotype that was wanted."""
    sexes = {sample: SEXES[sample.split("-")[0]] for sample in wanted}
    text = simulate(genes, wanted, layout.build, phased=layout.phased, gvcf=layout.gvcf, sex=sexes)
    file.write_text(text, encoding="utf-8")
    tables, samples, _ = read_genotypes([file], tuple(genes.values()), ReadOptions(build=layout.build, sexes=sexes))
    return [
        judge(gene, wanted[sample][gene.symbol], calls.calls[calls.index[column]], layout.phased)
        for gene in genes.values()
        for calls in [call_gene(gene, tables[gene.symbol], CallOptions(all_matches=True))]
        for column, sample in enumerate(samples)
        if gene.symbol in wanted[sample]
    ]


def show(title: str, outcomes: list[Outcome]) -> None:
    """Print the counts by kind and every outcome that is not plainly equal."""
    print(f"\n{title}: {dict(Counter(outcome.kind for outcome in outcomes))} of {len(outcomes)}")
    print("".join(f"  {outcome}\n" for outcome in outcomes if outcome.kind != "equal"), end="")


@pytest.mark.parametrize("phased", [True, False], ids=["phased", "unphased"])
@pytest.mark.parametrize("build", list(Build))
def test_every_allele_comes_back(genes, build, phased, tmp_path, capsys):
    outcomes = round_trip(genes, cohort(genes), tmp_path / "cohort.vcf", Layout(build, phased, gvcf=False))
    with capsys.disabled():
        show(f"{build} {'phased' if phased else 'unphased'}", outcomes)
    assert len(outcomes) == sum(len(list(wanted_pairs(gene))) for gene in genes.values())
    assert not [str(outcome) for outcome in outcomes if outcome.kind == "wrong"]


@pytest.mark.parametrize("build", list(Build))
def test_alleles_come_back_from_a_gvcf_of_one_sample(genes, build, tmp_path, capsys):
    some = list(cohort(genes).items())[::GVCF_STEP]
    layout = Layout(build, phased=False, gvcf=True)
    outcomes = [o for sample in some for o in round_trip(genes, dict([sample]), tmp_path / "one.g.vcf", layout)]
    with capsys.disabled():
        show(f"{build} gVCF", outcomes)
    assert outcomes
    assert not [str(outcome) for outcome in outcomes if outcome.kind == "wrong"]
