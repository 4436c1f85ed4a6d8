"""Reads CPIC's tables: gene.json, recommendation.json, diplotype tables as CSV, and the change log."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from pgx.domain.gene import UNSPECIFIED_SCORE, ActivityValue
from pgx.errors import InputError
from pgx.rules.importers.facts import DiplotypeRow, FunctionTable
from pgx.rules.importers.pharmcat import collect_statuses, load

_TABLE = "{gene}_diplotype_phenotype_table.csv"
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_DEFINITION_CHANGE = "ALLELE_DEFINITION"
_FUNCTION_CHANGES = ("ALLELE_FUNCTION_REFERENCE", "GENE_CDS")
_COLUMNS = ("Diplotype", "Activity Score", "Coded Diplotype/Phenotype Summary")


@dataclass(frozen=True, slots=True)
class CpicGene:
    """What CPIC's gene table says of one gene."""

    hgnc: str
    lookup: str


@dataclass(frozen=True, slots=True)
class Change:
    """An entry of the change log: `kind` says which of CPIC's tables changed, `subject` which gene or drug."""

    date: str
    kind: str
    subject: str
    note: str


@dataclass(frozen=True, slots=True)
class CpicTables:
    """A folder of CPIC tables; they carry no version, but the change log says what they hold."""

    folder: Path
    genes: dict[str, CpicGene]
    statuses: dict[str, frozenset[str]]
    changes: tuple[Change, ...] = ()

    @property
    def version(self) -> str:
        """Date of the last entry in the change log."""
        return max((change.date for change in self.changes), default="")

    def changes_after(self, gene: str, definition: str, functions: str) -> tuple[str, ...]:
        """Return what changed in a gene's alleles and functions after these dates, newest first."""
        since = {**dict.fromkeys(_FUNCTION_CHANGES, functions), _DEFINITION_CHANGE: definition}
        later = (item for item in self.changes if item.subject == gene and item.date > since.get(item.kind, "~"))
        return tuple(f"{item.date} {item.kind.lower()}: {item.note}" for item in later)


@dataclass(frozen=True, slots=True)
class Update:
    """A diplotype table brought up to date: what changed, and the alleles that are new in it."""

    table: FunctionTable
    disagreements: tuple[str, ...]
    new_alleles: tuple[str, ...]


def read_cpic(folder: Path) -> CpicTables:
    """Read the tables of a folder; InputError where one is missing or unreadable."""
    genes = {entry["symbol"]: CpicGene(entry["hgncid"], entry["lookupmethod"].lower()) for entry in _genes(folder)}
    recommendations = load(folder / "recommendation.json")
    keys = ((gene, key) for entry in recommendations for gene, key in entry["lookupkey"].items())
    return CpicTables(folder, genes, collect_statuses(keys), tuple(_changes(folder / "cpic_change_log.tsv")))


def has_diplotypes(cpic: CpicTables, gene: str) -> bool:
    return (cpic.folder / _TABLE.format(gene=gene)).exists()


def update_functions(cpic: CpicTables, table: FunctionTable) -> Update:
    """Take over a gene's diplotypes from its CSV table where there is one; they are newer and win.

    A new allele's activity value is half the score of its homozygote. CPIC's table has no functions: a new
    allele gets the function that all other alleles of its activity value have.
    """
    path = cpic.folder / _TABLE.format(gene=table.gene)
    newer = {_key(row): row for row in _read_rows(path, scored=bool(table.activities))}
    older = {_key(row): row for row in table.rows}
    changed = [key for key in older if key in newer and _facts(older[key]) != _facts(newer[key])]
    known = {name for row in table.rows for name in row.alleles}
    new = tuple(dict.fromkeys(name for row in newer.values() for name in row.alleles if name not in known))
    return Update(
        table=replace(
            _with_alleles(table, new, newer),
            rows=tuple({**older, **newer}.values()),
        ),
        disagreements=tuple(f"{'/'.join(key)}: {_facts(older[key])} is now {_facts(newer[key])}" for key in changed),
        new_alleles=new,
    )


def _with_alleles(
    table: FunctionTable, names: tuple[str, ...], rows: dict[tuple[str, ...], DiplotypeRow]
) -> FunctionTable:
    activities = {name: _homozygous_half(rows, name) for name in names}
    functions = {name: _function_of(table, activity) for name, activity in activities.items()}
    return replace(
        table,
        functions={**table.functions, **{name: function for name, function in functions.items() if function}},
        activities={**table.activities, **activities} if table.activities else {},
    )


def _homozygous_half(rows: dict[tuple[str, ...], DiplotypeRow], name: str) -> str:
    row = rows.get((name, name))
    if row is None or row.score in (None, UNSPECIFIED_SCORE):
        return UNSPECIFIED_SCORE
    score = ActivityValue.parse(row.score or "")
    return str(ActivityValue(score.value / 2, score.at_least))


def _function_of(table: FunctionTable, activity: str) -> str | None:
    functions = {table.functions[name] for name, value in table.activities.items() if value == activity}
    return functions.pop() if len(functions) == 1 and activity != UNSPECIFIED_SCORE else None


def _key(row: DiplotypeRow) -> tuple[str, ...]:
    return tuple(sorted(row.alleles))


def _facts(row: DiplotypeRow) -> tuple[str, str, str | None]:
    return row.phenotype, row.lookup, row.score


def _genes(folder: Path) -> Iterator[dict[str, str]]:
    yield from load(folder / "gene.json")


def _read_rows(path: Path, scored: bool) -> Iterator[DiplotypeRow]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                diplotype, score, phenotype = (row[column].strip() for column in _COLUMNS)
                key = (score or UNSPECIFIED_SCORE) if scored else None
                yield DiplotypeRow(tuple(diplotype.split("/")), phenotype, key or phenotype, key)
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from None
    except (KeyError, AttributeError) as error:
        raise InputError(f"{path}: needs the columns {', '.join(_COLUMNS)}: {error!r}") from None


def _changes(path: Path) -> Iterator[Change]:
    """Yield the log's entries; lines that carry on a note do not start with a date and are left out."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.reader(file, delimiter="\t"):
                if len(row) == 4 and _DATE.fullmatch(row[0]):
                    yield Change(row[0], row[1], row[2], " ".join(row[3].split()))
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from None
