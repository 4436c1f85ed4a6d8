"""OptiType: `…_result.tsv` with a row a solution and two columns a locus (A1, A2, B1 …).

Written from a synthetic file of the real layout. Only the first row, the best solution, is read: later ones come
with `--enumerate` and are worse. Homozygous loci repeat the allele. The sample stands only in the file's name.
"""

from __future__ import annotations

from collections.abc import Iterator

from pgx.outside.contents import Content
from pgx.outside.entries import BadLine, Entry, Format, Genes, has_columns, table_rows, typed_locus

LOCI = ("a", "b", "c")


def recognise(content: Content) -> bool:
    return content.data is None and has_columns(content, "a1", "a2", "b1", "b2", "reads", "objective")


def read(content: Content, genes: Genes) -> Iterator[Entry | BadLine]:
    for row in table_rows(content, ("a1", "a2", "b1", "b2")):
        if isinstance(row, BadLine):
            yield row
            continue
        line, fields = row
        for locus in LOCI:
            yield from typed_locus(locus.upper(), fields.get(f"{locus}1", ""), fields.get(f"{locus}2", ""), line)
        return


FORMAT = Format("OptiType", recognise, read)
