"""arcasHLA: `….genotype.json`, a list of one or two alleles a locus.

Written from real outputs; a nested form with `sample_name` and `alleles` is read too. One allele alone is not read
as homozygous. Otherwise the sample stands only in the file's name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pgx.outside.contents import Content
from pgx.outside.entries import BadLine, Entry, Format, Genes, field_text, typed_locus


def recognise(content: Content) -> bool:
    loci = list(_loci(content).values())
    return all(isinstance(alleles, list) for alleles in loci) and any("*" in str(alleles) for alleles in loci)


def _loci(content: Content) -> Mapping[str, object]:
    data = content.data
    inner = data.get("alleles", data) if isinstance(data, dict) else {}
    return inner if isinstance(inner, dict) else {}


def read(content: Content, genes: Genes) -> Iterator[Entry | BadLine]:
    assert isinstance(content.data, dict)
    sample = field_text(content.data, "sample_name", "sample") or None
    for locus, found in _loci(content).items():
        alleles = [str(allele) for allele in found] if isinstance(found, list) else []
        if len(alleles) > 2:
            yield BadLine(0, f"{len(alleles)} alleles of locus {locus}")
        else:
            first, second = (*alleles, ".", ".")[:2]
            yield from typed_locus(locus, first, second, sample=sample)


FORMAT = Format("arcasHLA", recognise, read)
