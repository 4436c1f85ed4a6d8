"""Cyrius: a table of samples (Sample, Genotype, Filter), or JSON with one object a sample.

Written from real outputs of both kinds. The files do not name the gene: it is the one called with its copy
number. Calls that Cyrius could not assign to haplotypes (`*1_*2_*10`) give no diplotype.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pgx.domain.call import Note
from pgx.outside.contents import Content
from pgx.outside.entries import (
    BadLine,
    Entry,
    Format,
    Genes,
    alternatives,
    copy_number_gene,
    field_text,
    filter_warning,
    has_columns,
    table_rows,
)


def recognise_table(content: Content) -> bool:
    return content.data is None and has_columns(content, "sample", "genotype", "filter")


def read_table(content: Content, genes: Genes) -> Iterator[Entry | BadLine]:
    gene = copy_number_gene(genes)
    for row in table_rows(content, ("sample", "genotype")):
        if isinstance(row, BadLine):
            yield row
        else:
            line, fields = row
            yield from _entries(gene, fields["sample"], fields["genotype"], fields.get("filter", ""), line)


def recognise_json(content: Content) -> bool:
    data = content.data
    if not isinstance(data, dict) or not data:
        return False
    return all(isinstance(sample, dict) and "Genotype" in sample and "Filter" in sample for sample in data.values())


def read_json(content: Content, genes: Genes) -> Iterator[Entry]:
    assert isinstance(content.data, dict)
    gene = copy_number_gene(genes)
    for sample, fields in content.data.items():
        yield from _entries(gene, sample, field_text(fields, "Genotype"), field_text(fields, "Filter"), 0)


def _entries(gene: str, sample: str, genotype: str, passed: str, line: int) -> Iterable[Entry]:
    if "_" in genotype:
        found = genotype.replace("_", ", ")
        note = Note("outside-unassigned", f"Alleles {found} were found but not assigned to strands.")
        return [Entry(gene, "./.", sample=sample, line=line, warnings=(note,))]
    warnings = filter_warning(passed)
    return [Entry(gene, text or "./.", sample=sample, line=line, warnings=warnings) for text in alternatives(genotype)]


TABLE = Format("Cyrius", recognise_table, read_table)
JSON = Format("Cyrius JSON", recognise_json, read_json)
