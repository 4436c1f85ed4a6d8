"""Input files in, genotype tables with evidence out. Only this package knows file formats and builds."""

from pgx.genotypes.files import can_be_indexed
from pgx.genotypes.inputs import names_a_file
from pgx.genotypes.options import (
    AssumeReference,
    ReadOptions,
    parse_assume_reference,
    parse_copy_numbers,
    read_regions,
    read_sample_names,
    read_sexes,
)
from pgx.genotypes.reading import Reading, holds_genotypes, open_reading, read_genotypes, read_samples
from pgx.genotypes.report import FileInfo, ReadReport, Unexplained

__all__ = [
    "AssumeReference",
    "FileInfo",
    "ReadOptions",
    "ReadReport",
    "Reading",
    "Unexplained",
    "can_be_indexed",
    "holds_genotypes",
    "names_a_file",
    "open_reading",
    "parse_assume_reference",
    "parse_copy_numbers",
    "read_genotypes",
    "read_regions",
    "read_sample_names",
    "read_samples",
    "read_sexes",
]
