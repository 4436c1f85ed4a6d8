"""HLA allele names and statuses as callers write them -> two fields, without locus: `*57:01`, `*57:01 positive`."""

from __future__ import annotations

import re

from pgx.domain.call import Note
from pgx.domain.gene import Gene
from pgx.outside.words import BadCall, strip_symbol

Named = tuple[str, tuple[Note, ...]]

_LOCUS = re.compile(r"(?:HLA-)?([A-Z]{1,4}\d?)\*(?=\d)")
_FIELDS = re.compile(r"\*?(\d{2,4}(?::\d{2,4})*)([A-Z]?)")
_STATUS = re.compile(r"(.*?)\s*\b(positive|negative)", re.IGNORECASE)
GROUP_SUFFIXES = ("G", "P")


def normalise_typing(gene: Gene, text: str) -> Named:
    """Return an allele name cut to two fields; `BadCall` for another locus or a name that is none."""
    name = strip_symbol(gene.symbol, text)
    prefix = _LOCUS.match(name)
    if prefix is not None:
        _check_locus(gene, prefix[1], text)
        name = name[prefix.end() :]
    match = _FIELDS.fullmatch(name)
    if match is None:
        raise BadCall(f"'{text}' is not an allele name of {gene.symbol}; expected fields such as *01:01")
    short = _cut(match[1].split(":"), match[2])
    is_cut = short != f"*{name.removeprefix('*')}"
    if not is_cut and prefix is None:
        return short, ()
    return short, (Note("outside-fields" if is_cut else "outside-locus-prefix", f"{text} is read as {short}."),)


def _check_locus(gene: Gene, locus: str, text: str) -> None:
    ours = gene.symbol.rpartition("-")[2]
    if locus != ours:
        raise BadCall(f"'{text}' is an allele of locus {locus}, not of {gene.symbol}")


def _cut(fields: list[str], suffix: str) -> str:
    """Join the first two fields; an expression suffix belongs to the whole name, so it goes with the rest."""
    kept = suffix if len(fields) <= 2 and suffix not in GROUP_SUFFIXES else ""
    return f"*{':'.join(fields[:2])}{kept}"


def find_statuses(gene: Gene, text: str) -> tuple[str, ...]:
    """Return the statuses that a text states, such as `*57:01 positive`; none where it states none.

    A bare "positive" is understood where guidelines ask about one allele of the gene only.
    """
    found = []
    for part in re.split("[;,]", text):
        match = _STATUS.fullmatch(part.strip())
        if match is not None:
            found.append(f"{_status_allele(gene, match[1])} {match[2].lower()}")
    return tuple(dict.fromkeys(found))


def _status_allele(gene: Gene, text: str) -> str:
    name = strip_symbol(gene.symbol, text)
    if name and name.casefold() != gene.symbol.casefold():
        return normalise_typing(gene, name)[0]
    if len(gene.statuses) != 1:
        raise BadCall(f"'{text or 'positive or negative'}' does not say for which allele of {gene.symbol}")
    return gene.statuses[0]
