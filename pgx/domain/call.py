"""The result of calling one gene for one pattern of genotypes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from pgx.domain.gene import ActivityValue

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

AllelePair = tuple[str, ...]
"""Two allele names, or one where there is one copy."""
AllelesByClass = tuple[tuple[str, tuple[str, ...]], ...]
"""Names of alleles, by the representative of their class."""


class CallStatus(StrEnum):
    """Why there is or is not a result; the first that applies, in this order."""

    UNTESTABLE = "untestable"
    NO_DATA = "no_data"
    NOT_CALLED = "not_called"
    AMBIGUOUS = "ambiguous"
    CALLED = "called"

    @property
    def has_result(self) -> bool:
        return self in (CallStatus.AMBIGUOUS, CallStatus.CALLED)


class CallSource(StrEnum):
    """Where a gene's result comes from."""

    VCF = "vcf"
    OUTSIDE = "outside"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Note:
    """A remark on a result: a stable code and a sentence."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Diplotype:
    """One pair of strands (or one strand). `components` lists the alleles found on each strand.

    `lookup_alleles` is the pair that function, score and phenotype come from. `score` counts the positions
    that the two alleles define among those that have alleles.
    """

    alleles: tuple[str, ...]
    components: tuple[tuple[str, ...], ...]
    lookup_alleles: tuple[str, ...]
    score: int = 0
    listed: bool = False
    """True where phase is open and `alleles` are what was found, not strands."""
    partial: bool = False
    """True for combinations and partial alleles, which give no advice."""

    @property
    def name(self) -> str:
        return ("; " if self.listed else "/").join(self.alleles)


@dataclass(frozen=True, slots=True)
class Consistent:
    """All pairs of alleles that the data allow, one representative for each pair of equal function.

    `seen` need no unseen position to differ from the reference allele; `unseen` do. `unseen_alleles` gives,
    for a representative, the names of the alleles it stands for that could not be excluded.
    """

    seen: tuple[AllelePair, ...] = ()
    unseen: tuple[AllelePair, ...] = ()
    unseen_alleles: AllelesByClass = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """How many positions are in each state, by state label, and what follows for the alleles."""

    counts: tuple[tuple[str, int], ...]
    missing: tuple[str, ...] = ()
    not_excluded: tuple[str, ...] = ()
    undocumented: tuple[str, ...] = ()
    not_called: tuple[tuple[str, str], ...] = ()
    """Name and state label of each position that is not plainly called."""

    @property
    def positions(self) -> int:
        return sum(count for _, count in self.counts)


@dataclass(frozen=True, slots=True)
class GeneCall:
    """What calling found. `diplotypes` are best first; the first `best` of them share the best score."""

    gene: str
    status: CallStatus
    evidence: Evidence
    source: CallSource = CallSource.VCF
    phased: bool = False
    diplotypes: tuple[Diplotype, ...] = ()
    best: int = 0
    consistent: Consistent = field(default_factory=Consistent)
    notes: tuple[Note, ...] = ()
    never_green: bool = False
    """True where the evidence forbids an all-clear, such as an undocumented base."""
    alternatives: tuple[Diplotype, ...] = ()
    """Results of the source that was not preferred."""
    statuses: tuple[str, ...] = ()
    """For presence genes: allele statuses that are settled, such as `*57:01 positive`."""
    given_phenotype: str | None = None
    """Phenotype stated by an outside caller; it stands over the translated one."""
    given_score: str | None = None
    """Activity score stated by an outside caller; it stands over phenotype and diplotype."""

    score_interval: tuple[ActivityValue, ActivityValue] | None = None
    """Lowest and highest activity score that copy-number states leave open which were not tested."""

    @property
    def best_diplotypes(self) -> tuple[Diplotype, ...]:
        """Those that share the best score; all where none is best, such as candidates of an untestable gene."""
        return self.diplotypes[: self.best] if self.best else self.diplotypes

    @property
    def gives_advice(self) -> bool:
        """True where there is a result that guidelines can be asked with; partial alleles are none."""
        return self.status.has_result and not any(diplotype.partial for diplotype in self.best_diplotypes)


class PositionStates(NamedTuple):
    """The states of a pattern's positions, as `Evidence` has them."""

    counts: tuple[tuple[str, int], ...]
    missing: tuple[str, ...]
    not_called: tuple[tuple[str, str], ...]


class UnseenAlleles(NamedTuple):
    """Alleles that unseen positions leave open: by the representative of their class, and all in order of name."""

    by_class: AllelesByClass = ()
    names: tuple[str, ...] = ()


class Outcome(NamedTuple):
    """A call in parts, each of which many patterns of a gene share as the same object.

    `call` is what a result is made of; of the evidence it has the undocumented bases alone.
    """

    call: GeneCall
    states: PositionStates
    unseen: UnseenAlleles

    def whole(self) -> GeneCall:
        """Return the call with all its evidence."""
        call, states = self.call, self.states
        undocumented = call.evidence.undocumented
        evidence = Evidence(states.counts, states.missing, self.unseen.names, undocumented, states.not_called)
        consistent = Consistent(call.consistent.seen, call.consistent.unseen, self.unseen.by_class)
        return replace(call, evidence=evidence, consistent=consistent)


def part_call(call: GeneCall) -> Outcome:
    """Take a whole call apart."""
    evidence = call.evidence
    states = PositionStates(evidence.counts, evidence.missing, evidence.not_called)
    return Outcome(call, states, UnseenAlleles(call.consistent.unseen_alleles, evidence.not_excluded))


@dataclass(frozen=True, slots=True)
class GeneCalls:
    """One call per distinct pattern, and the pattern index of each sample."""

    gene: str
    calls: tuple[GeneCall, ...]
    index: NDArray[np.int32]
