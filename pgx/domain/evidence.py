"""What the input files say about one defining position of one sample."""

from __future__ import annotations

from enum import IntEnum


class EvidenceState(IntEnum):
    """Exactly one holds for each position and sample. Only the first three give alleles."""

    CALLED = 0
    REFERENCE_BLOCK = 1
    ASSUMED = 2
    ABSENT = 3
    FILTERED = 4
    NO_CALL = 5
    CONFLICT = 6

    @property
    def gives_alleles(self) -> bool:
        return self <= EvidenceState.ASSUMED

    @property
    def label(self) -> str:
        """The name used in results, such as `reference_block`."""
        return self.name.lower()
