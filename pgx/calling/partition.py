"""Ways to put a set of variants together from the sets of alleles that could carry some of them.

All sets are integers whose bits are variants.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

Parts = tuple[int, ...]
"""Sets that share no variant, together all variants."""

MAX_PARTITIONS = 512
"""Ways that are looked at for one strand."""


def partitions(variants: int, sets: Collection[int]) -> list[Parts]:
    """Return the ways with the fewest single variants left over, and of those the coarsest.

    A way gives place to another that only joins some of its parts. Variants that no set covers, or only sets that
    overlap others, stand alone.

    >>> partitions(0b111, [0b011, 0b001, 0b010, 0b100])
    [(3, 4)]
    >>> partitions(0b1111, [0b0111, 0b1110, 0b1000, 0b0001])
    [(7, 8), (1, 14)]
    """
    ordered = sorted(set(sets), key=lambda part: (-part.bit_count(), part))
    found = []
    for way in _cover(variants, ordered):
        found.append(way)
        if len(found) == MAX_PARTITIONS:
            break
    fewest = min(_left_over(way, ordered) for way in found)
    found = [way for way in found if _left_over(way, ordered) == fewest]
    return [way for way in found if not any(_is_finer(way, other) for other in found)]


def _cover(variants: int, sets: list[int]) -> Iterator[Parts]:
    """Yield every partition: the lowest variant's part first, wider parts before narrower ones."""
    if not variants:
        yield ()
        return
    lowest = variants & -variants
    choices = [part for part in sets if part & lowest and part & variants == part]
    if lowest not in choices:
        choices.append(lowest)
    for part in choices:
        for rest in _cover(variants ^ part, sets):
            yield (part, *rest)


def _left_over(way: Parts, sets: Collection[int]) -> int:
    return sum(part not in sets for part in way)


def _is_finer(way: Parts, other: Parts) -> bool:
    return way != other and all(any(part & wider == part for wider in other) for part in way)
