"""HLA*LA: `R1_bestguess_G.txt`, a line a locus and chromosome.

Written from a real output. Equally good alleles are joined by `;`. The sample stands only in the file's name.
"""

from __future__ import annotations

from collections.abc import Iterator

from pgx.outside.contents import Content
from pgx.outside.entries import BadLine, Entry, Format, Genes, has_columns, table_rows, typed_locus


def recognise(content: Content) -> bool:
    return content.data is None and has_columns(content, "locus", "chromosome", "allele")


def read(content: Content, genes: Genes) -> Iterator[Entry | BadLine]:
    loci: dict[str, list[tuple[int, str]]] = {}
    for row in table_rows(content, ("locus", "chromosome", "allele")):
        if isinstance(row, BadLine):
            yield row
        else:
            line, fields = row
            loci.setdefault(fields["locus"], []).append((line, fields["allele"]))
    for locus, found in loci.items():
        alleles = [allele for _, allele in found]
        if len(alleles) > 2:
            yield BadLine(found[2][0], f"{len(alleles)} alleles of locus {locus}")
        else:
            yield from typed_locus(locus, alleles[0], alleles[1] if len(alleles) > 1 else ".", found[0][0])


FORMAT = Format("HLA*LA", recognise, read)
