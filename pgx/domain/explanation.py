"""Why a gene was called as it was, as values: what was read, what each candidate needs, and what would settle it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pgx.domain.call import GeneCall


@dataclass(frozen=True, slots=True)
class Candidate:
    """One diplotype that was considered. `reason` says why it was not chosen; it is empty where it was."""

    name: str
    score: int | None
    chosen: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PositionRow:
    """One defining position: what was read, and what each candidate needs there, in the order of the candidates.

    `conflicts` numbers the candidates that the genotype excludes.
    """

    name: str
    position: str
    genotype: str
    state: str
    needs: tuple[str, ...]
    conflicts: tuple[int, ...] = ()
    tells_apart: bool = False
    """True where a variant was read, nothing was read, or the candidates need different bases."""


@dataclass(frozen=True, slots=True)
class Question:
    """A result that is not known and would split best what is left open: each answer with what it would leave."""

    subject: str
    answers: tuple[tuple[str, int, tuple[str, ...]], ...]
    """Answer, number of diplotypes it leaves, and the first of their names."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """The call of one gene and sample with everything behind it; chosen candidates first."""

    sample: str
    call: GeneCall
    candidates: tuple[Candidate, ...]
    rows: tuple[PositionRow, ...]
    left_open: int = 0
    """How many diplotypes the data allow, unseen positions free."""
    question: Question | None = None

    def withheld(self, call: GeneCall, reason: str) -> Explanation:
        """Return the same with a call that has no result: what was chosen is not, for this reason."""
        candidates = (replace(one, chosen=False, reason=reason) if one.chosen else one for one in self.candidates)
        return replace(self, call=call, candidates=tuple(candidates))
