"""Words that callers use for "no call", and the errors and small text tools of normalisation."""

from __future__ import annotations

import re

NO_CALL_WORDS = frozenset({
    "", ".", "-", "--", "?", "*", "none", "null", "nan", "na", "n/a", "#n/a", "no call", "nocall", "no reads",
    "no match", "no result", "no results", "not called", "not typed", "not determined", "undetermined", "unknown",
    "indeterminate", "multiple", "failed", "fail", "ambiguous", "uncalled", "not assigned to haplotypes",
})  # fmt: skip
"""Compared in lower case, with `_` read as a space."""

_CLOSING = {"[": "]", "(": ")"}


class BadCall(ValueError):  # noqa: N818 - the house names errors by what they are, and this one never leaves the step
    """A call that cannot be understood; the message says why and costs this call alone."""


def is_no_call(text: str) -> bool:
    """Tell whether a whole result, or every strand of it, is a word for "no call".

    >>> is_no_call("NO_MATCH/NO_MATCH"), is_no_call("./."), is_no_call("*1/."), is_no_call("N/A")
    (True, True, False, True)
    """
    return _is_word(text) or all(_is_word(part) for part in split_strands(text))


def _is_word(text: str) -> bool:
    return " ".join(text.replace("_", " ").lower().split()) in NO_CALL_WORDS


def split_strands(text: str) -> list[str]:
    """Split a diplotype at `/` or `|`, except inside brackets.

    >>> split_strands("*1/[*2 + *3]"), split_strands("A (x/y)|B")
    (['*1', '[*2 + *3]'], ['A (x/y)', 'B'])
    """
    parts, open_brackets = [""], 0
    for letter in text:
        open_brackets += (letter in _CLOSING) - (letter in _CLOSING.values())
        if letter in "/|" and not open_brackets:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts]


def strip_symbol(symbol: str, text: str) -> str:
    """Take a gene symbol off the front of an allele or phenotype.

    >>> strip_symbol("GENE1", "GENE1      *2"), strip_symbol("GENE1", "gene1 Normal Metabolizer")
    ('*2', 'Normal Metabolizer')
    """
    rest = re.sub(rf"^{re.escape(symbol)}(?![A-Za-z0-9])[\s:_]*", "", text.strip(), flags=re.IGNORECASE)
    return " ".join(rest.split()) or text.strip()
