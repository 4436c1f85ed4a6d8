"""What a format module takes out of a file, still in the caller's own words, and the tools to do so."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from pgx.domain.call import Note
from pgx.domain.gene import CallingMode, Gene
from pgx.outside.contents import Content

Genes = Mapping[str, Gene]
Row = tuple[int, dict[str, str]]
"""A line number and the fields of the line by column name, in lower case."""

MAX_TYPINGS = 16
"""Equally good typings of one locus that are spelt out."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One call as the file words it; empty texts for what it does not say."""

    gene: str
    diplotype: str = ""
    phenotype: str = ""
    score: str = ""
    sample: str | None = None
    line: int = 0
    warnings: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that is not of the format."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Format:
    """One caller's output: how it is recognised by content, and how it is read."""

    name: str
    recognise: Callable[[Content], bool]
    read: Callable[[Content, Genes], Iterable[Entry | BadLine]]
    any_gene: bool = True
    """False where every gene named must have a table, as in files written for this purpose."""


def find_gene(genes: Genes, name: str) -> Gene | None:
    """Return the gene meant by a symbol in any case, by one of several joined with `/`, or by an HLA locus."""
    wanted = _plain(name)
    by_name = {_plain(symbol): gene for symbol, gene in genes.items()}
    if wanted in by_name:
        return by_name[wanted]
    loci = {symbol.rpartition("-")[2]: gene for symbol, gene in genes.items() if gene.calling is CallingMode.PRESENCE}
    parts = [_plain(part) for part in name.split("/")]
    return loci.get(name.strip().upper()) or next((by_name[part] for part in parts if part in by_name), None)


def _plain(name: str) -> str:
    return re.sub(r"[^A-Z0-9/]", "", name.upper())


def copy_number_gene(genes: Genes) -> str:
    """Return the one gene that is called with its copy number: what a caller of one such gene leaves unsaid."""
    found = [symbol for symbol, gene in genes.items() if gene.copy_number_required]
    return found[0] if len(found) == 1 else ""


def table_rows(content: Content, required: Iterable[str], comment: str = "") -> Iterator[Row | BadLine]:
    """Read a tab-separated table by its header; a line too short to hold the required columns is bad."""
    lines = [(number, line) for number, line in content.lines if not (comment and line.startswith(comment))]
    if not lines:
        return
    columns = header(lines[0][1])
    last = max(columns.index(name) for name in required)
    for number, line in lines[1:]:
        fields = [field.strip() for field in line.split("\t")]
        if len(fields) <= last:
            yield BadLine(number, f"{len(fields)} of at least {last + 1} columns")
        else:
            yield number, dict(zip(columns, fields, strict=False))


def header(line: str) -> list[str]:
    """Return a header's column names in lower case, a leading `#` stripped."""
    return [name.strip().lower() for name in line.lstrip("#").split("\t")]


def has_columns(content: Content, *names: str) -> bool:
    """Tell whether the first line is a header with all these columns."""
    lines = content.lines
    return bool(lines) and set(names) <= set(header(lines[0][1]))


def alternatives(text: str) -> list[str]:
    """Split calls that a caller could not decide between.

    >>> alternatives("*1/*46;*43/*45"), alternatives("*1/*2 or *3/*4")
    (['*1/*46', '*43/*45'], ['*1/*2', '*3/*4'])
    """
    choice = re.fullmatch(r"\[(.*\bor\b.*)\]", text.strip())
    parts = re.split(r";|\bor\b", choice[1] if choice else text)
    return [part.strip() for part in parts if part.strip()] or [text]


def filter_warning(word: str) -> tuple[Note, ...]:
    """Keep a caller's own filter, unless it is passed or empty."""
    if word.strip().lower() in ("", "pass", "none", "."):
        return ()
    return (Note("outside-filter", f"The caller's own filter says {word.strip()}."),)


def typed_locus(locus: str, first: str, second: str, line: int = 0, sample: str | None = None) -> list[Entry]:
    """Return the typings of one HLA locus; equally good alleles joined by `;` or `,` give one entry a pairing."""
    sides = [_two_field_choices(text) for text in (first, second)]
    pairs = list(product(*sides))[:MAX_TYPINGS]
    return [Entry(locus, f"{one or '.'}/{other or '.'}", sample=sample, line=line) for one, other in pairs]


def _two_field_choices(text: str) -> list[str]:
    """Names that stay apart at two fields, each in the longest spelling given first."""
    names = [name.strip() for name in re.split("[;,]", text)]
    short = {":".join(re.split(":", name)[:2]): name for name in reversed(names)}
    return list(reversed(list(short.values())))


def field_text(data: Mapping[str, object], *keys: str) -> str:
    """Return the first of these fields of a JSON object that holds a text or number, as text."""
    for key in keys:
        value = data.get(key)
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            return str(value)
    return ""
