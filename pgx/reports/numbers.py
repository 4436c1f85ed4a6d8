"""Numbers as every readable report writes them."""

from __future__ import annotations


def percent(share: float) -> str:
    """Write a share in percent with two digits, whole where that is enough.

    >>> percent(0.4504), percent(0.0123), percent(1.0), percent(0.0), percent(0.0001)
    ('45 %', '1.2 %', '100 %', '0 %', '<0.1 %')
    """
    if 0 < share < 0.0005:
        return "<0.1 %"
    value = 100 * share
    return f"{value:.0f} %" if value >= 9.95 or value == 0 else f"{value:.1f} %"
