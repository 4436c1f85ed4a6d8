"""Bare changes at defining positions, named as HGVS names them (g. or m., GRCh38, right-most placement)."""

from __future__ import annotations

from pgx.domain.variant import Variant

MITOCHONDRION = "chrM"
_LETTERS = frozenset("ACGT")


def name_change(variant: Variant, reference: str, base: str) -> str:
    """Name the change from the reference allele's base to another, such as `g.41010006G>C`.

    >>> name_change(Variant("p", "chr1", 100, None, ("CAT", "C"), "CAT", 4), "CAT", "C")
    'g.103_104del'
    """
    prefix = "m." if variant.contig == MITOCHONDRION else "g."
    return prefix + _describe(variant, reference, base)


def _describe(variant: Variant, reference: str, base: str) -> str:
    start = variant.grch38
    if not _LETTERS.issuperset(base) or len(reference) == len(base) == 1:
        return f"{start}{reference}>{base}"
    if base.startswith(reference):
        return _describe_insertion(start, base[len(reference) :], _right_of(variant, reference))
    if reference.startswith(base):
        length = len(reference) - len(base)
        last = start + max(variant.tract, len(reference) - 1)
        return f"{_span(last - length + 1, last)}del"
    return f"{_span(start, start + len(reference) - 1)}delins{base}"


def _right_of(variant: Variant, reference: str) -> int:
    """Return how many bases right of the anchor an insertion can slide."""
    return max(variant.tract, len(reference) - 1)


def _describe_insertion(start: int, inserted: str, slide: int) -> str:
    last, length = start + slide, len(inserted)
    if slide >= length:
        return f"{_span(last - length + 1, last)}dup"
    turn = slide % length
    return f"{last}_{last + 1}ins{inserted[turn:]}{inserted[:turn]}"


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}_{last}"
