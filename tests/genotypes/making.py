"""Small genes and files for the tests of reading."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pgx.domain.gene import CallingMode, Gene, LookupMethod, Region
from pgx.domain.genotype import Genotype, GenotypeTable
from pgx.domain.variant import Build, Variant
from pgx.genotypes import ReadOptions, ReadReport, read_genotypes

SHIFT = 5000
"""GRCh37 positions of the test gene are this much less than those on GRCh38."""


def variant(name: str, position: int, bases: str, ref37: str | None = None, tract: int = 0) -> Variant:
    """Make a position from bases written as `G/A` or `CAT/C/CATAT`."""
    parts = tuple(bases.split("/"))
    return Variant(name, "chr10", position, position - SHIFT, parts, ref37 or parts[0], tract)


SNV = variant("snv", 10_000, "G/A")
FLIPPED = variant("flipped", 10_100, "A/G", ref37="G")
TRIPLE = variant("triple", 10_200, "C/A/T")
DELETION = variant("deletion", 10_300, "GATGA/G", tract=7)
INSIDE = variant("inside", 10_303, "G/C")
INSERTION = variant("insertion", 10_400, "C/CT", tract=3)
REPEAT = variant("repeat", 10_500, "CAT/C/CATAT/CATATAT", tract=8)
DOUBLE = variant("double", 10_600, "TC/CT")
NEIGHBOUR = variant("neighbour", 10_700, "A/T")
NEXT = variant("next", 10_702, "C/G")
LONE = variant("lone", 10_800, "TGGA/T", tract=3)
ALL = (SNV, FLIPPED, TRIPLE, DELETION, INSIDE, INSERTION, REPEAT, DOUBLE, NEIGHBOUR, NEXT, LONE)


def gene(variants: Sequence[Variant] = ALL, symbol: str = "GENE1", **fields: object) -> Gene:
    exons = (("GRCh38", (Region(9_900, 10_050),)), ("GRCh37", (Region(4_900, 5_050),)))
    basics = (symbol, "HGNC:1", "2025.1.1", "chr10", CallingMode.DIPLOTYPE, LookupMethod.PHENOTYPE)
    return Gene(*basics, (), tuple(variants), (), (), **{"exons": exons, **fields})  # type: ignore[arg-type]


META = '##fileformat=VCFv4.2\n##contig=<ID=chr10,length=133797422>\n##FILTER=<ID=LowQual,Description="x">\n'
META37 = "##fileformat=VCFv4.2\n##contig=<ID=10,length=135534747>\n"
BARE = "##fileformat=VCFv4.2\n"


def vcf(*records: str, samples: str = "S1", meta: str = META) -> str:
    """Write a VCF; records have blanks for tabs and may leave out what is usual: `10000 G A GT 0/1`."""
    names = "\t".join(samples.split())
    lines = [_line(record, len(samples.split())) for record in records]
    return f"{meta}#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t{names}\n" + "".join(lines)


def _line(record: str, samples: int) -> str:
    fields = record.split()
    entries = fields[-samples:]
    head = fields[: len(fields) - samples]
    chrom = head.pop(0) if not head[0].isdigit() or head[1].isdigit() else "chr10"
    position, ref, alt, *rest = head
    keys = rest.pop() if rest else "GT"
    filters = next((word[7:] for word in rest if word.startswith("FILTER=")), "PASS")
    info = next((word for word in rest if word.startswith(("END=", "SVTYPE="))), ".")
    return "\t".join([chrom, position, ".", ref, alt, "50", filters, info, keys, *entries]) + "\n"


def write(folder: Path, text: str, name: str = "x.vcf") -> Path:
    path = folder / name
    path.write_text(text)
    return path


class Result:
    """What was read of one gene, with genotypes as text: `G/A`, `A|G`, or the state."""

    def __init__(self, table: GenotypeTable, names: Sequence[str], report: ReadReport) -> None:
        self.table, self.names, self.report = table, names, report

    def genotype(self, name: str, sample: int = 0) -> Genotype:
        row = self.names.index(name)
        return self.table.values[row][int(self.table.codes[row, sample])]

    def text(self, name: str, sample: int = 0) -> str:
        found = self.genotype(name, sample)
        bases = self.table.bases[self.names.index(name)]
        if not found.state.gives_alleles:
            seen = ",".join(bases[allele] for allele in found.seen)
            return found.state.label + (f" ({seen})" if seen else "")
        return ("|" if found.phased else "/").join(bases[allele] for allele in found.alleles)


def read(
    folder: Path, *texts: str, options: ReadOptions | None = None, variants: Sequence[Variant] = ALL, **fields: object
) -> Result:
    """Read one file per text and return the one gene."""
    paths = [write(folder, text, f"file{number}.vcf") for number, text in enumerate(texts)]
    return read_paths(paths, options, gene(variants, **fields))


def read_paths(paths: Sequence[Path], options: ReadOptions | None = None, table: Gene | None = None) -> Result:
    table = table or gene()
    tables, _, report = read_genotypes(paths, [table], options or ReadOptions())
    return Result(tables[table.symbol], [one.name for one in table.positions], report)


__all__ = ["Build", "Result", "gene", "read", "read_paths", "variant", "vcf", "write"]
