"""What a cohort adds up to: alleles, diplotypes, phenotypes and advice, overall and by group."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pgx.cohort.groups import OVERALL, compare_samples, merge_unshown, read_groups, shown_groups
from pgx.cohort.people import People
from pgx.cohort.tallies import GeneTable, Row, Tallies
from pgx.errors import InputError, UsageError

PRINTED = ("status", "diplotype", "phenotype", "allele")
Z = 1.959963984540054
"""Two-sided 95 %."""


@dataclass(frozen=True, slots=True)
class Cell:
    """How many of a group have something; `count` is None where it is hidden."""

    kind: str
    subject: str
    name: str
    group: str
    count: int | None
    total: int | None

    @property
    def share(self) -> float | None:
        return None if self.count is None or not self.total else self.count / self.total

    @property
    def interval(self) -> tuple[float, float] | None:
        return None if self.count is None or not self.total else wilson(self.count, self.total)


def wilson(count: int, total: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson 1927, doi 10.1080/01621459.1927.10502953).

    >>> [round(bound, 4) for bound in wilson(10, 100)]
    [0.0552, 0.1744]
    """
    share, square = count / total, Z * Z
    middle = share + square / (2 * total)
    spread = Z * math.sqrt(share * (1 - share) / total + square / (4 * total * total))
    whole = 1 + square / total
    return max(0.0, (middle - spread) / whole), min(1.0, (middle + spread) / whole)


def open_cohort(folder: Path, metadata: Path | None, column: str | None) -> tuple[People, str]:
    """Check the folder and read the groups; also say how the table's samples differ from the batch's.

    Raises UsageError and InputError.
    """
    if not (folder / "calls").is_dir() or not any((folder / "calls").glob("gene=*/*.parquet")):
        raise InputError(f"{folder}: holds no tables of a batch in Parquet; give the folder of `pgx batch -o`")
    if (metadata is None) != (column is None):
        raise UsageError("--metadata and --by go together: a table of samples, and the column to group by")
    if metadata is None or column is None:
        return People(folder), ""
    groups = read_groups(metadata, column)
    return People(folder, groups), compare_samples(metadata, groups, People(folder).samples())


def count_cells(people: People, limit: int) -> Iterator[Cell]:
    """Yield every cell that may be shown or has to be named as hidden, gene by gene, then drug by drug.

    Raises UsageError for too many groups.
    """
    every = people.sizes()
    shown = shown_groups(every, limit)
    sizes = merge_unshown(every, shown)
    for group, size in shown.items():
        yield Cell("samples", "", "", group, size, size)
    tables: dict[str, GeneTable] = {}
    drugs = people.drugs_of_genes()
    for gene in people.genes():
        told = people.of_gene(gene, shown, drugs.get(gene, ()))
        tables[gene] = GeneTable.count(told, sizes, shown, limit)
        yield from _gene_cells(tables[gene], gene, shown)
    for drug, counts in people.of_drugs(shown).items():
        genes = [gene for gene in tables if drug in drugs.get(gene, ())]
        for kind, by_group in counts.items():
            tallies = _yes_and_no(drug, kind, by_group, sizes, shown)
            hidden = _hidden_of_drug((kind, drug), tallies, tables, genes, limit)
            for group, size in shown.items():
                cell = (kind, drug, group)
                yield Cell(kind, drug, "", group, None if cell in hidden else tallies.values[cell], size)


def _gene_cells(table: GeneTable, gene: str, shown: Mapping[str, int]) -> Iterator[Cell]:
    """Yield the cells to print. Shares are of the whole group; those of alleles are of all alleles called."""
    for cell, value in table.tallies.values.items():
        kind, name, group = cell
        if kind not in PRINTED or group not in shown:
            continue
        total: int | None = shown[group]
        if kind == "allele":
            strands = ("strands", "", group)
            total = None if strands in table.hidden else table.tallies.values[strands]
        yield Cell(kind, gene, name, group, None if cell in table.hidden else value, total)


def _hidden_of_drug(
    row: Row, tallies: Tallies, tables: dict[str, GeneTable], genes: Sequence[str], limit: int
) -> frozenset[tuple[str, str, str]]:
    """Return the cells to hide: all if with the tables of the genes they gave a count away."""
    every = tallies.row(*row)
    hidden = tallies.hidden(limit).intersection(every)
    seen = {gene: tables[gene].reveal(row, hidden, limit) for gene in genes}
    safe = {gene: table for gene, table in seen.items() if table is not None}
    if len(safe) < len(seen):
        return frozenset(every)
    tables.update(safe)
    return hidden


def _yes_and_no(
    drug: str, kind: str, by_group: Counter[str], sizes: Mapping[str, int], shown: Mapping[str, int]
) -> Tallies:
    tallies = Tallies(sizes, shown)
    groups = [group for group in sizes if group != OVERALL] or [OVERALL]
    tallies.add(kind, drug, by_group)
    tallies.add("no", drug, Counter({group: sizes[group] - by_group.get(group, 0) for group in groups}))
    tallies.tie(("size", ""), {(kind, drug): 1, ("no", drug): 1})
    return tallies
