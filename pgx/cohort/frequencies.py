"""What a cohort adds up to: alleles, diplotypes, phenotypes and advice, overall and by group."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pgx.cohort.groups import compare_samples, merge_unshown, read_groups, shown_groups
from pgx.cohort.people import People, group_sizes, told_rows, told_sizes
from pgx.cohort.suppression import show_cells
from pgx.cohort.tallies import NAMED, STRANDS, Row, Table, kinds_of_drug, kinds_of_gene
from pgx.errors import InputError, UsageError

if TYPE_CHECKING:
    import polars as pl

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
    everybody = people.everybody()
    sizes = group_sizes(everybody)
    shown = shown_groups(sizes, limit)
    everybody = merge_unshown(everybody, shown)
    for group, size in shown.items():
        yield Cell("samples", "", "", group, size, size)
    tables: dict[str, Table] = {}
    drugs = people.drugs_of_genes()
    for gene in people.genes():
        counted = kinds_of_gene(people.of_gene(gene, everybody, drugs.get(gene, ())), limit)
        tables[gene] = Table.count(counted, shown, limit)
        tables[gene].show((*NAMED, STRANDS[0]), shown)
        yield from _gene_cells(tables[gene], gene, shown)
    for row in told_rows(everybody):
        yield from _drug_cells(row, everybody, tables, shown, limit)


def _gene_cells(table: Table, gene: str, shown: Mapping[str, int]) -> Iterator[Cell]:
    """Yield the cells to print. Shares are of the whole group; those of alleles are of all alleles called."""
    for cell, value in table.values.items():
        kind, name, group = cell
        if kind in NAMED and group in shown:
            total: int | None = shown[group]
            if kind == "allele":
                strands = (*STRANDS, group)
                total = None if strands in table.hidden else table.values[strands]
            yield Cell(kind, gene, name, group, None if cell in table.hidden else value, total)


def _drug_cells(
    row: Row, everybody: pl.DataFrame, tables: Mapping[str, Table], shown: Mapping[str, int], limit: int
) -> Iterator[Cell]:
    """Yield the cells of a kind of advice on a drug: what gives nothing away, also not with the tables of genes."""
    counted = kinds_of_drug(row, told_sizes(everybody, row), group_sizes(everybody))
    table = Table.count(counted, shown, limit)
    cells = table.row(row, shown)
    systems = [table, *(each for each in tables.values() if cells.keys() <= each.values.keys())]
    hidden = show_cells(cells, [system.knowledge for system in systems])
    for cell, count in cells.items():
        yield Cell(*row, "", cell[2], None if cell in hidden else count, shown[cell[2]])
