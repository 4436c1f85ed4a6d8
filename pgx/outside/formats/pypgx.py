"""PyPGx: `results.zip`, or its `data.tsv` with a row a sample.

Written from real archives. The gene stands in the archive's metadata; a bare `data.tsv` must name it in its
file name or folder (`CYP…-results.tsv`). Archives of other kinds (variants, copy number) are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pgx.errors import InputError
from pgx.outside.contents import Content
from pgx.outside.entries import BadLine, Entry, Format, Genes, alternatives, find_gene, has_columns, table_rows

RESULTS = "SampleTable[Results]"


def recognise(content: Content) -> bool:
    return "SemanticType" in content.metadata or has_columns(content, "genotype", "haplotype1", "haplotype2")


def read(content: Content, genes: Genes) -> Iterator[Entry | BadLine]:
    kind = content.metadata.get("SemanticType", RESULTS)
    if kind != RESULTS:
        raise InputError(f"{content.path}: PyPGx archive of {kind}, not of results; give results.zip")
    gene = content.metadata.get("Gene") or _gene_in_path(content, genes)
    if not gene:
        raise InputError(
            f"{content.path}: PyPGx table without its gene; give results.zip, or name the gene in the file"
        )
    for row in table_rows(content, ("genotype",)):
        if isinstance(row, BadLine):
            yield row
            continue
        line, fields = row
        sample = fields.get("", fields.get("sample", "")) or None
        for text in alternatives(fields["genotype"]):
            yield Entry(gene, text, fields.get("phenotype", ""), "", sample, line)


def _gene_in_path(content: Content, genes: Genes) -> str:
    words = re.split(r"[^A-Za-z0-9-]+", f"{content.path.parent.name} {content.stem}")
    pieces = [piece for word in words for piece in (word, *word.split("-"))]
    return next((gene.symbol for piece in pieces if len(piece) > 2 and (gene := find_gene(genes, piece))), "")


FORMAT = Format("PyPGx", recognise, read)
