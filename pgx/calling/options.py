"""What a user may ask of calling."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CallOptions:
    """`all_matches` keeps every diplotype that fits, not only the best-scoring.

    `combinations` tries several alleles on a strand, and parts of alleles, where no plain pair fits.
    """

    all_matches: bool = False
    combinations: bool = False
