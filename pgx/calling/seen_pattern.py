"""Patterns that differ only in what was not read, called together."""

from __future__ import annotations

from dataclasses import dataclass, field

from pgx.calling.copy_number import place_copies
from pgx.calling.evidence import SeenEvidence, evidence_notes
from pgx.calling.finding import Finding
from pgx.calling.options import CallOptions
from pgx.calling.seen import Seen, Unseen
from pgx.calling.structural import score_interval, untested
from pgx.domain.call import CallStatus, Evidence, GeneCall, Note, Outcome
from pgx.domain.gene import ActivityValue, CallingMode, Gene
from pgx.domain.genotype import Pattern

FORBIDS_GREEN = frozenset(
    {
        "undocumented", "single-position", "combination", "heteroplasmy", "half-call",
        "copy-number-contradiction", "copy-number-impossible", "copy-number-part",
        "genotypes-without-gene", "one-copy-two-alleles",
    }
)  # fmt: skip
"""Codes of remarks with which a result is never an all-clear."""


@dataclass(frozen=True, slots=True)
class SeenPattern:
    """The rows of a pattern that were read, on the strands that the gene has, and all that follows from them alone.

    `pattern` is one of those that share these rows, with its genotypes fitted to the strands; `rows` are the read
    ones that are not plain, `lost` those among them that give no alleles. `calls` are those made before, by finding;
    patterns about which the same is to be said besides may share them.
    """

    gene: Gene
    pattern: Pattern
    rows: tuple[int, ...]
    lost: tuple[int, ...]
    seen: Seen
    evidence: SeenEvidence
    notes: tuple[Note, ...]
    options: CallOptions
    calls: dict[object, tuple[Finding, GeneCall]] = field(default_factory=dict)

    def call(self, unseen: Unseen) -> Outcome:
        """Call a pattern that has these rows, and has not read the others given here."""
        found = self.seen.find(unseen)
        if self.pattern.copy_number is not None:
            found = place_copies(self.gene, self.pattern, found)
        finding, alleles = found
        required = self._required_missing(unseen) if self.gene.required else ()
        key = (id(finding), required, self._is_empty(unseen))
        known = self.calls.get(key)
        if known is None:
            known = self.calls[key] = (finding, self._judge(finding, required, empty=key[2]))
        return Outcome(known[1], self.evidence.states(unseen), alleles)

    def _is_empty(self, unseen: Unseen) -> bool:
        """True where no defining position gives alleles."""
        defining = len(self.gene.variants)
        if len(self.lost) + len(unseen.rows) < defining:
            return False
        return sum(row < defining for row in self.lost) + len(unseen.rows) == defining

    def _required_missing(self, unseen: Unseen) -> tuple[str, ...]:
        variants, required = self.gene.variants, self.gene.required
        rows = (row for row in sorted((*self.lost, *unseen.rows)) if row < len(variants))
        return tuple(variants[row].name for row in rows if variants[row].name in required)

    def _judge(self, finding: Finding, required: tuple[str, ...], *, empty: bool) -> GeneCall:
        gene = self.gene
        status = self._status(finding, required, empty=empty)
        untestable = status is CallStatus.UNTESTABLE
        interval = score_interval(gene, finding.diplotypes[: finding.best]) if untestable else None
        notes = (
            *self.pattern.structure.notes, *self.notes,
            *evidence_notes(gene, self.pattern, self.rows, self.evidence.undocumented, finding.diplotypes),
            *finding.notes,
            *_status_notes(status, required), *self._structural_notes(status, interval),
        )  # fmt: skip
        kept = finding.diplotypes if self.options.all_matches else finding.diplotypes[: self._kept(finding)]
        told = status.has_result or untestable
        return GeneCall(
            gene.symbol,
            status,
            Evidence((), undocumented=self.evidence.undocumented),
            phased=finding.phased,
            diplotypes=kept if told else (),
            best=finding.best if told else 0,
            consistent=finding.consistent,
            notes=notes,
            never_green=any(note.code in FORBIDS_GREEN for note in notes),
            score_interval=interval,
        )

    def _status(self, finding: Finding, required: tuple[str, ...], *, empty: bool) -> CallStatus:
        if self.gene.copy_number_required and self.pattern.copy_number is None:
            return CallStatus.UNTESTABLE
        if finding.needs_no_position:
            return CallStatus.CALLED
        if empty:
            return CallStatus.NO_DATA
        if required or not finding.diplotypes:
            return CallStatus.NOT_CALLED
        return CallStatus.AMBIGUOUS if finding.best > 1 else CallStatus.CALLED

    def _kept(self, finding: Finding) -> int:
        """Lowest-function genes list all arrangements of their phase sets; others the best-scoring."""
        return len(finding.diplotypes) if self.gene.calling is CallingMode.LOWEST_FUNCTION else finding.best

    def _structural_notes(
        self, status: CallStatus, interval: tuple[ActivityValue, ActivityValue] | None
    ) -> tuple[Note, ...]:
        """Name the structural alleles that were not tested; or, without copy number, what all of them leave open."""
        if status is not CallStatus.UNTESTABLE:
            return untested(self.gene, self.pattern) if status.has_result else ()
        if interval is None:
            return ()
        text = (
            f"With deletions, duplications and tandems the activity score may be {interval[0]} to {interval[1]}; "
            "candidates with an allele of unknown activity are left out."
        )
        return (Note("activity-score-interval", text),)


def _status_notes(status: CallStatus, required: tuple[str, ...]) -> tuple[Note, ...]:
    if status is CallStatus.UNTESTABLE:
        text = "Deletions, duplications and hybrids cannot be seen here; the alleles named are candidates only."
        return (Note("copy-number-unknown", text),)
    if status is CallStatus.NOT_CALLED:
        if required:
            return (Note("required-missing", f"Positions without which it is not called: {', '.join(required)}."),)
        return (Note("nothing-fits", "No pair of known alleles explains the genotypes."),)
    return ()
