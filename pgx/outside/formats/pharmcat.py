"""PharmCAT's outside-call table: gene, diplotype, phenotype, activity score, separated by tabs.

Written from PharmCAT's test files and real uses of it. Later columns and lines that start with `#` are ignored. A
header line may name the columns in any order; with a `sample` column the file holds many samples. This is the form
for calls written by hand, so a gene without a table is a bad line, not one to skip.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pgx.outside.contents import Content
from pgx.outside.entries import BadLine, Entry, Format, Genes

COLUMNS = ("gene", "diplotype", "phenotype", "activity score")
SYMBOL = re.compile(r"\w+(?:[-/]\w+)*")
"""A gene symbol, or a sample name where the table has a column for it."""
NAMES = {
    "sample": "sample", "sample id": "sample", "sample_id": "sample",
    "gene": "gene", "gene symbol": "gene",
    "diplotype": "diplotype", "genotype": "diplotype", "allele": "diplotype", "diplotype or single allele": "diplotype",
    "phenotype": "phenotype",
    "activity score": "activity score", "activity_score": "activity score", "activityscore": "activity score",
}  # fmt: skip


def recognise(content: Content) -> bool:
    if content.data is not None or content.metadata or content.text.startswith("##"):
        return False
    rows = [line.split("\t") for _, line in content.lines if not line.startswith("#")]
    fitting = sum(bool(SYMBOL.fullmatch(row[0].strip())) and len(row) > 1 for row in rows)
    return fitting * 2 >= len(rows) or (len(rows) == 1 and bool(SYMBOL.fullmatch(rows[0][0])))


def read(content: Content, genes: Genes) -> Iterator[Entry | BadLine]:
    columns: tuple[str, ...] = COLUMNS
    for order, (number, line) in enumerate(content.lines):
        named = _header(line) if order == 0 or not line.startswith("#") else ()
        if named:
            columns = named
        elif not line.startswith("#"):
            yield _entry(dict(zip(columns, line.split("\t"), strict=False)), number)


def _header(line: str) -> tuple[str, ...]:
    """Return the columns that a header names; empty for a line of data."""
    names = tuple(NAMES.get(name.strip().lower(), "") for name in line.lstrip("#").split("\t"))
    return names if "gene" in names and len([name for name in names if name]) > 1 else ()


def _entry(fields: dict[str, str], line: int) -> Entry | BadLine:
    texts = {name: text.strip() for name, text in fields.items()}
    gene, diplotype, phenotype, score = (texts.get(name, "") for name in COLUMNS)
    if not gene:
        return BadLine(line, "no gene")
    if not (diplotype or phenotype or score):
        return BadLine(line, f"{gene} without a diplotype, phenotype or activity score")
    return Entry(gene, diplotype, phenotype, score, texts.get("sample") or None, line)


FORMAT = Format("PharmCAT", recognise, read, any_gene=False)
