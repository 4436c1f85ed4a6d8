"""Order of allele names: numbers compared as numbers, so that *2 stands before *10."""

from __future__ import annotations

import re

_PARTS = re.compile(r"(\d+)")

NameKey = tuple[tuple[int, int, str], ...]


def name_key(name: str) -> NameKey:
    """Return a sort key that compares runs of digits as numbers.

    >>> sorted(["*10", "*2", "*2A"], key=name_key)
    ['*2', '*2A', '*10']
    """
    return tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in _PARTS.split(name) if part)
