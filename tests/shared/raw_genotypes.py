"""Genotypes read from the text of a file by a few plain lines, to check that the reader says the same."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pysam

from pgx.domain.variant import Build, Variant


@cache
def heading(file: Path) -> tuple[list[str], dict[str, int]]:
    """Contigs of the index, and the column of each sample."""
    with pysam.TabixFile(str(file)) as table:
        names = next(line for line in table.header if line.startswith("#CHROM")).split("\t")
        return list(table.contigs), {name: column for column, name in enumerate(names)}


def raw_bases(file: Path, variant: Variant, build: Build, sample: str) -> tuple[str, ...]:
    """The sample's bases at a substitution, sorted; several records for one position are laid over each other."""
    contigs, columns = heading(file)
    position, ref = variant.position(build), variant.reference(build)
    assert position is not None
    contig = next(name for name in contigs if name.removeprefix("chr") == variant.contig.removeprefix("chr"))
    found: list[str] = []
    with pysam.TabixFile(str(file)) as table:
        for line in table.fetch(contig, position - 1, position):
            fields = line.split("\t")
            if int(fields[1]) != position or fields[3] != ref:
                continue
            codes = [int(code) for code in re.findall(r"\d+", fields[columns[sample]].split(":")[0])]
            found = found or [ref] * len(codes)
            bases = [ref, *fields[4].split(",")]
            found = [bases[code] if code else known for code, known in zip(codes, found, strict=True)]
    return tuple(sorted(found))
