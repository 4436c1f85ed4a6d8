"""Phenotypes and activity scores as callers write them -> the gene table's own terms."""

from __future__ import annotations

import re

from pgx.domain.gene import INDETERMINATE, ActivityValue, Gene
from pgx.outside.words import BadCall, is_no_call, strip_symbol

ABBREVIATIONS = {
    "nm": "normal metabolizer", "em": "normal metabolizer", "pm": "poor metabolizer", "im": "intermediate metabolizer",
    "rm": "rapid metabolizer", "um": "ultrarapid metabolizer",
    "lim": "likely intermediate metabolizer", "lpm": "likely poor metabolizer",
}  # fmt: skip
SPELLINGS = (
    (r"[_\s]+", " "),
    (r"\bultra[ -]?rapid\b", "ultrarapid"),
    (r"-", " "),
    (r"\bmetaboli[sz](?:er|or)s?\b", "metabolizer"),
    (r"\bfunctions\b", "function"),
    (r"\bextensive\b", "normal"),
)
_ABBREVIATED = re.compile(r"(?P<name>.*\S) ?\((?:[a-z]{2,3})\)")
_SHORT = re.compile(r" (?:metabolizer|function)$")


def find_phenotype(gene: Gene, text: str) -> str | None:
    """Return the table's phenotype for this text; None where the table has no such phenotype.

    Understands British spelling, plurals, case, abbreviations, "Extensive", and a leading gene symbol.
    """
    known = {_key(name): name for name in (*(rule.phenotype for rule in gene.phenotypes), INDETERMINATE)}
    wanted = _key(strip_symbol(gene.symbol, text))
    if wanted in known:
        return known[wanted]
    short = [name for key, name in known.items() if _SHORT.sub("", key) == wanted]
    return short[0] if len(short) == 1 else None


def _key(text: str) -> str:
    key = text.strip().lower()
    for pattern, replacement in SPELLINGS:
        key = re.sub(pattern, replacement, key)
    match = _ABBREVIATED.fullmatch(key)
    key = match["name"] if match else key
    return ABBREVIATIONS.get(key, key).strip()


def is_scored(gene: Gene) -> bool:
    """Tell whether the gene's phenotypes follow from activity scores."""
    return any(rule.scored for rule in gene.phenotypes)


def find_score(text: str) -> str | None:
    """Return an activity score in CPIC's spelling; None for "no call" words, `BadCall` for anything else.

    >>> find_score("1"), find_score(">=3"), find_score("0.25"), find_score("n/a")
    ('1.0', '≥3.0', '0.25', None)
    """
    if is_no_call(text):
        return None
    try:
        return str(ActivityValue.parse(text))
    except ValueError:
        raise BadCall(f"'{text}' is not an activity score") from None


def phenotype_of_score(gene: Gene, score: str) -> str | None:
    """Return the phenotype that a score stands for; None where no rule of the gene holds for it."""
    value = ActivityValue.parse(score)
    return next((rule.phenotype for rule in gene.phenotypes if rule.fits_score(value)), None)
