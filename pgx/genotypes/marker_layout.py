"""Text files that list genotypes marker by marker (consumer arrays, laboratory tables): which column holds what."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from pgx.genotypes.contigs import contig_of

_NAMES = {
    "sample": ("sample", "sample id", "sampleid", "sample name", "subject", "individual", "iid", "patient"),
    "marker": (
        "rsid", "rs id", "rs", "snp", "snp id", "snpid", "snp name", "marker", "marker name", "dbsnp", "dbsnp id",
        "dbsnp rs id", "ncbi snp reference", "variant", "id",
    ),
    "contig": ("chromosome", "chrom", "chr", "contig"),
    "position": ("position", "pos", "mapinfo", "base pair position", "bp"),
    "genotype": ("genotype", "genotypes", "genotype call", "result", "call", "alleles", "gt"),
    "first": ("allele1", "allele 1", "a1", "allele1 plus", "allele1 forward", "allele1 top", "allele 1 call"),
    "second": ("allele2", "allele 2", "a2", "allele2 plus", "allele2 forward", "allele2 top", "allele 2 call"),
}  # fmt: skip
_MARKER = re.compile(r"(rs|i|kgp|exm|vg|seq-|newrs|gsa-|jhu_|axm?-|affx-|snp_a-)\S*\d+\S*", re.IGNORECASE)
_POSITIONAL = ("marker", "contig", "position")
_SECTION = "[data]"


@dataclass(frozen=True, slots=True)
class Layout:
    """The separator of a file, and the number of the column that holds each thing."""

    separator: str
    columns: tuple[tuple[str, int], ...]
    has_heading: bool

    @property
    def has_samples(self) -> bool:
        return any(name == "sample" for name, _ in self.columns)

    @property
    def has_positions(self) -> bool:
        return {"contig", "position"} <= {name for name, _ in self.columns}


def find_layout(lines: Iterable[str]) -> Layout | None:
    """Return the layout that the first lines tell, by a heading or by the look of the first row; None for neither."""
    comment = ""
    for line in _body(lines):
        if line.startswith("#"):
            comment = line
            continue
        separator = _separator(line)
        return (
            _by_heading(_split(line, separator), separator, has_heading=True)
            or _by_heading(_split(comment.lstrip("# "), separator), separator, has_heading=False)
            or _by_look(_split(line, separator), separator)
        )
    return None


def _body(lines: Iterable[str]) -> Iterator[str]:
    """Leave out empty lines and what stands before a `[Data]` line, where the file has sections."""
    lines = iter(lines)
    first = next((line for line in lines if line.strip()), "")
    if first.strip(" ,;\t").lower() == "[header]":
        for line in lines:
            if line.strip(" ,;\t").lower() == _SECTION:
                break
    elif first:
        yield first
    yield from (line for line in lines if line.strip())


def _separator(line: str) -> str:
    return next((separator for separator in ("\t", ",", ";") if separator in line), " ")


def _split(line: str, separator: str) -> list[str]:
    return next(split_lines([line], separator), [])


def split_lines(lines: Iterable[str], separator: str) -> Iterator[list[str]]:
    """Split lines into fields, quotes taken off."""
    if separator == " ":
        return (line.split() for line in lines)
    return csv.reader(lines, delimiter=separator, quoting=csv.QUOTE_MINIMAL)


def _by_heading(fields: Sequence[str], separator: str, *, has_heading: bool) -> Layout | None:
    named = [re.sub(r"[\s_-]+", " ", field.strip().strip("\"'#").lower()).strip() for field in fields]
    found: dict[str, int] = {}
    for name, spellings in _NAMES.items():
        places = (named.index(spelling) for spelling in spellings if spelling in named)
        place = next(places, None)
        if place is not None:
            found[name] = place
    located = "marker" in found or {"contig", "position"} <= found.keys()
    typed = "genotype" in found or {"first", "second"} <= found.keys()
    return Layout(separator, tuple(found.items()), has_heading) if located and typed else None


def _by_look(fields: Sequence[str], separator: str) -> Layout | None:
    """Recognise rows of marker, chromosome, position and one or two columns of alleles."""
    ends = {4: ("genotype",), 5: ("first", "second")}.get(len(fields))
    if ends is None or not _MARKER.fullmatch(fields[0].strip()):
        return None
    if contig_of(fields[1].strip()) is None or not fields[2].strip().isdecimal():
        return None
    return Layout(separator, tuple((name, n) for n, name in enumerate((*_POSITIONAL, *ends))), has_heading=False)


def read_fields(lines: Iterable[str], layout: Layout) -> Iterator[list[str]]:
    """Yield the fields of each row, heading and comments left out."""
    body = (line for line in _body(lines) if not line.startswith("#"))
    if layout.has_heading:
        next(body, None)
    return split_lines(body, layout.separator)


def comments_of(lines: Sequence[str]) -> str:
    """Return what stands before the rows: comments and sections."""
    return "\n".join(chain((line for line in lines[:200] if line.startswith("#")), _before_data(lines)))


def _before_data(lines: Sequence[str]) -> list[str]:
    names = [line.strip(" ,;\t").lower() for line in lines[:200]]
    return list(lines[: names.index(_SECTION)]) if _SECTION in names else []
