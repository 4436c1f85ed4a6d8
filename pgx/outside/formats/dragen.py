"""DRAGEN: the targeted callers' JSON and the star-allele caller's JSON.

The targeted layout (a key a gene in lower case, with `genotype` and `genotypeFilter`) is written from real
outputs of two versions. For the star-allele caller no real output was at hand: any object that names its gene,
by its key or by a field, and holds a genotype or diplotype is taken, wherever it stands in the file.
"""

from __future__ import annotations

from collections.abc import Iterator

from pgx.outside.contents import Content
from pgx.outside.entries import BadLine, Entry, Format, Genes, alternatives, field_text, filter_warning, find_gene

GENOTYPE = ("genotype", "diplotype", "starAlleleGenotype")
GENE = ("gene", "geneName", "geneSymbol", "hgncSymbol")
PHENOTYPE = ("pharmcatMetabolismStatus", "phenotypeDatabaseAnnotation", "metabolismStatus", "phenotype")
FILTER = ("genotypeFilter", "filter")
SAMPLE = ("sample", "sampleId", "sampleName")
MARKS = (
    "dragenVersion",
    "genotypeFilter",
    "phenotypeDatabaseAnnotation",
    "pharmcatMetabolismStatus",
    "locusAnnotations",
)

MAX_DEPTH = 8

Found = tuple[str, dict[str, object]]


def recognise(content: Content) -> bool:
    marked = any(f'"{mark}"' in content.text for mark in MARKS)
    return isinstance(content.data, dict) and marked and any(True for _ in _objects("", content.data))


def read(content: Content, genes: Genes) -> Iterator[Entry | BadLine]:
    assert isinstance(content.data, dict)
    sample = field_text(content.data, *SAMPLE) or None
    for name, fields in _objects("", content.data):
        gene = find_gene(genes, name)
        for text in alternatives(field_text(fields, *GENOTYPE)):
            warnings = filter_warning(field_text(fields, *FILTER))
            symbol = gene.symbol if gene else name
            yield Entry(symbol, text or "./.", field_text(fields, *PHENOTYPE), "", sample, 0, warnings)


def _objects(key: str, value: object, depth: int = 0) -> Iterator[Found]:
    """Yield every object with a genotype, with the gene it names or the key it stands under."""
    if depth > MAX_DEPTH:
        return
    if isinstance(value, list):
        for item in value:
            yield from _objects(key, item, depth + 1)
    elif isinstance(value, dict):
        name = field_text(value, *GENE) or key
        if name and field_text(value, *GENOTYPE):
            yield name, value
            return
        for inner, item in value.items():
            yield from _objects(inner, item, depth + 1)


FORMAT = Format("DRAGEN", recognise, read)
