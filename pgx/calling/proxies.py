"""Linked positions of which one decides and the other stands in for it.

Each position puts a sign on the strands that carry its variant. What the signs mean is settled for a whole
strand, once all its blocks are put together, so the two positions may lie in one phase set, in two, or in none.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from pgx.domain.call import Note
from pgx.domain.gene import ProxyPosition

Names = tuple[str, ...]


class Sign(NamedTuple):
    """The variant of one proxy's deciding position, or of its stand-in, on a strand."""

    proxy: ProxyPosition
    decides: bool


Mark = str | Sign
"""What a position puts on a strand: an allele, or the sign of a linked position."""
Marks = tuple[Mark, ...]


def settle(marks: Collection[Mark]) -> Names:
    """Name the alleles of one strand: both signs make the full allele, the deciding one alone the lesser.

    A stand-in alone is nothing.
    """
    names = [mark for mark in marks if isinstance(mark, str)]
    if len(names) == len(marks):
        return tuple(names)
    decided = dict.fromkeys(mark.proxy for mark in marks if isinstance(mark, Sign) and mark.decides)
    return (*names, *(proxy.allele if Sign(proxy, False) in marks else proxy.decides_only for proxy in decided))


def is_mismatched(marks: Collection[Mark], proxy: ProxyPosition) -> bool:
    """Tell whether a strand has the stand-in's variant without the one that decides."""
    return Sign(proxy, False) in marks and Sign(proxy, True) not in marks


def stand_in_note(proxy: ProxyPosition) -> Note:
    text = f"{proxy.decides} was not seen; {proxy.stands_in}, which is linked to it, stands in."
    return Note("proxy-stands-in", text)


def mismatch_note(proxy: ProxyPosition) -> Note:
    text = f"{proxy.stands_in} has its variant on a strand where {proxy.decides}, which decides, has not."
    return Note("proxy-mismatch", text)
