"""Stargazer: `genotype-calls.tsv` (or the older `genotype.txt`) and `report.tsv`.

Written from public descriptions of its columns; no real output was at hand. Its scores are on a scale of its own
and are left out. Where the file has no gene column, the gene is taken from the file's name or folder.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pgx.errors import InputError
from pgx.outside.contents import Content
from pgx.outside.entries import BadLine, Entry, Format, Genes, find_gene, has_columns, table_rows


def recognise(content: Content) -> bool:
    if content.data is not None:
        return False
    return has_columns(content, "hap1_main", "hap2_main") or has_columns(content, "gene", "diplotype", "may also be")


def read(content: Content, genes: Genes) -> Iterator[Entry | BadLine]:
    required = ("hap1_main", "hap2_main") if has_columns(content, "hap1_main") else ("gene", "diplotype")
    for row in table_rows(content, required):
        if isinstance(row, BadLine):
            yield row
            continue
        line, fields = row
        gene = fields.get("gene") or fields.get("target_gene") or _gene_in_path(content, genes)
        sample = fields.get("name") or fields.get("sample") or None
        yield Entry(gene.upper(), _diplotype(fields), fields.get("phenotype", ""), "", sample, line)


def _diplotype(fields: dict[str, str]) -> str:
    return fields.get("diplotype") or f"{fields.get('hap1_main') or '.'}/{fields.get('hap2_main') or '.'}"


def _gene_in_path(content: Content, genes: Genes) -> str:
    words = re.split(r"[^A-Za-z0-9]+", f"{content.path.parent.name} {content.stem}")
    found = next((gene.symbol for word in words if len(word) > 2 and (gene := find_gene(genes, word))), "")
    if not found:
        raise InputError(f"{content.path}: Stargazer table without a gene column; name the gene in the file's name")
    return found


FORMAT = Format("Stargazer", recognise, read)
