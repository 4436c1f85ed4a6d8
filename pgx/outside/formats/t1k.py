"""T1K: `…_genotype.tsv`, a line a gene: name, number of alleles, then allele, abundance and quality twice.

Written from a real KIR output, synthetic HLA files and the project's README. An allele of quality 0 or less is not
used, as the README advises; one allele alone is not read as homozygous. A variant with a header line
(gene, allele1, allele2, score1, score2) is read too. The sample stands only in the file's name.
"""

from __future__ import annotations

from collections.abc import Iterator

from pgx.outside.contents import Content
from pgx.outside.entries import BadLine, Entry, Format, Genes, has_columns, table_rows, typed_locus

COLUMNS = 8


def recognise(content: Content) -> bool:
    if content.data is not None:
        return False
    rows = [line.split("\t") for _, line in content.lines]
    return has_columns(content, "gene", "allele1", "allele2") or all(_is_row(row) for row in rows)


def _is_row(fields: list[str]) -> bool:
    return len(fields) >= COLUMNS and fields[1].isdigit() and all(_number(fields[n]) is not None for n in (3, 4, 6, 7))


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def read(content: Content, genes: Genes) -> Iterator[Entry | BadLine]:
    if has_columns(content, "gene", "allele1", "allele2"):
        yield from _read_headed(content)
        return
    for number, line in content.lines:
        fields = [field.strip() for field in line.split("\t")]
        if not _is_row(fields):
            yield BadLine(number, f"{len(fields)} columns, expected {COLUMNS} with abundance and quality as numbers")
            continue
        alleles = [fields[n] if float(fields[n + 2]) > 0 else "." for n in (2, 5)]
        yield from typed_locus(fields[0], alleles[0], alleles[1], number)


def _read_headed(content: Content) -> Iterator[Entry | BadLine]:
    for row in table_rows(content, ("gene", "allele1", "allele2")):
        if isinstance(row, BadLine):
            yield row
        else:
            line, fields = row
            yield from typed_locus(fields["gene"], fields["allele1"], fields["allele2"], line)


FORMAT = Format("T1K", recognise, read)
