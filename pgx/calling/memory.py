"""What was worked out for a gene's tables before, kept as long as the tables are the same objects."""

from __future__ import annotations

from typing import Any

MOST = 200_000
"""Entries of one kind that are kept for one owner; then it starts anew."""

_KNOWN: dict[tuple[int, str], tuple[object, dict[Any, Any]]] = {}


def remembered(owner: object, kind: str) -> dict[Any, Any]:
    """Return the store of one kind for one object; it is emptied when it has grown too large."""
    key = (id(owner), kind)
    known = _KNOWN.get(key)
    if known is None or known[0] is not owner:
        known = _KNOWN[key] = (owner, {})
    elif len(known[1]) > MOST:
        known[1].clear()
    return known[1]


def subsets(number: int) -> list[int]:
    """Return every set of the bits of a number, itself and the empty one among them.

    >>> subsets(0b101)
    [0, 1, 4, 5]
    """
    found = [0]
    while number:
        low = number & -number
        found += [known | low for known in found]
        number ^= low
    return found


def members_within(groups: dict[int, int], mask: int) -> int:
    """Join the groups whose key has no bit outside the mask."""
    joined = 0
    if 1 << mask.bit_count() < len(groups):
        for part in subsets(mask):
            joined |= groups.get(part, 0)
        return joined
    for key, group in groups.items():
        if not key & ~mask:
            joined |= group
    return joined
