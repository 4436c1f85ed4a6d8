"""HLA-HD: `…_final.result.txt`, a line a locus with two alleles.

Written from a synthetic file of the real layout and public descriptions. `-` in place of the second allele is not
read as homozygous, and `Not typed` is no call. The sample stands only in the file's name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pgx.outside.contents import Content
from pgx.outside.entries import BadLine, Entry, Format, Genes, typed_locus

LOCUS = re.compile(r"(?:HLA-)?([A-Z]+\d*)")
ALLELE = re.compile(r"(?:HLA-)?[A-Z]+\d*\*\d+(?::\d+)*[A-Z]?|-|not typed", re.IGNORECASE)


def recognise(content: Content) -> bool:
    rows = [line.split("\t") for _, line in content.lines]
    return content.data is None and len(rows) > 1 and sum(_is_row(row) for row in rows) > len(rows) / 2


def _is_row(fields: list[str]) -> bool:
    alleles = [field.strip() for field in fields[1:] if field.strip()]
    return bool(LOCUS.fullmatch(fields[0])) and len(alleles) >= 2 and all(map(ALLELE.fullmatch, alleles))


def read(content: Content, genes: Genes) -> Iterator[Entry | BadLine]:
    for number, line in content.lines:
        fields = [field.strip() for field in line.split("\t")]
        locus = LOCUS.fullmatch(fields[0])
        if locus is None or len(fields) < 3:
            yield BadLine(number, "expected a locus and two alleles")
        else:
            yield from typed_locus(locus[1], fields[1], fields[2], number)


FORMAT = Format("HLA-HD", recognise, read)
