"""From patterns to gene calls: ploidy, the gene's own calling mode, evidence and status."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from pgx.calling.combinations import call_combinations, with_combinations
from pgx.calling.copy_number import fit_copies, place_copies
from pgx.calling.diplotype import call_diplotypes
from pgx.calling.evidence import evidence_notes, summarise_evidence, undocumented
from pgx.calling.finding import Finding
from pgx.calling.lowest_function import call_lowest_function
from pgx.calling.structural import score_interval, untested
from pgx.domain.call import CallStatus, GeneCall, GeneCalls, Note
from pgx.domain.gene import ActivityValue, CallingMode, Gene
from pgx.domain.genotype import GenotypeTable, Pattern

Mode = Callable[[Gene, Pattern, int], Finding]

CALLING_MODES: dict[CallingMode, Mode] = {
    CallingMode.DIPLOTYPE: call_diplotypes,
    CallingMode.SINGLE_VARIANT: call_diplotypes,
    CallingMode.HAPLOID: call_diplotypes,
    CallingMode.LOWEST_FUNCTION: call_lowest_function,
}

COMBINABLE = frozenset({CallingMode.DIPLOTYPE, CallingMode.SINGLE_VARIANT, CallingMode.HAPLOID})
"""Modes whose strands can be put together from several alleles; the others name all variants anyway."""

FORBIDS_GREEN = frozenset(
    {
        "undocumented", "single-position", "combination", "heteroplasmy", "half-call",
        "copy-number-contradiction", "copy-number-impossible", "copy-number-part",
        "genotypes-without-gene", "one-copy-two-alleles",
    }
)  # fmt: skip
"""Codes of remarks with which a result is never an all-clear."""


@dataclass(frozen=True, slots=True)
class CallOptions:
    """`all_matches` keeps every diplotype that fits, not only the best-scoring.

    `combinations` tries several alleles on a strand, and parts of alleles, where no plain pair fits.
    """

    all_matches: bool = False
    combinations: bool = False


def call_gene(gene: Gene, genotypes: GenotypeTable, options: CallOptions) -> GeneCalls:
    """Call every distinct genotype pattern of one gene once.

    Returns one `GeneCall` per pattern and the pattern index of each sample, shape (samples,).
    """
    patterns, index = genotypes.patterns()
    return GeneCalls(gene.symbol, tuple(call_patterns(gene, patterns, options)), index)


def call_patterns(gene: Gene, patterns: Iterable[Pattern], options: CallOptions) -> Iterator[GeneCall]:
    """Yield the call of each pattern, one after the other, so that none need be kept."""
    for pattern in patterns:
        yield call_pattern(gene, pattern, options)


def call_pattern(gene: Gene, pattern: Pattern, options: CallOptions) -> GeneCall:
    """Call one gene for one pattern of genotypes."""
    if gene.calling not in CALLING_MODES:
        note = Note("outside-only", f"{gene.symbol} is not called from variants; give another caller's result.")
        return GeneCall(gene.symbol, CallStatus.UNTESTABLE, summarise_evidence(gene, pattern), notes=(note,))
    pattern, copies, ploidy_notes = fit_copies(gene, pattern)
    finding = place_copies(gene, pattern, _find(gene, pattern, copies, options))
    status = _status(gene, pattern, finding)
    interval = score_interval(gene, finding.diplotypes[: finding.best]) if status is CallStatus.UNTESTABLE else None
    notes = (
        *pattern.structure.notes, *ploidy_notes, *evidence_notes(gene, pattern, finding.diplotypes), *finding.notes,
        *_status_notes(gene, pattern, status), *_structural_notes(gene, pattern, status, interval),
    )  # fmt: skip
    call = GeneCall(
        gene.symbol,
        status,
        summarise_evidence(gene, pattern, finding.not_excluded),
        phased=finding.phased,
        diplotypes=finding.diplotypes if options.all_matches else finding.diplotypes[: _kept(gene, finding)],
        best=finding.best,
        consistent=finding.consistent,
        notes=notes,
        never_green=any(note.code in FORBIDS_GREEN for note in notes),
        score_interval=interval,
    )
    return call if status.has_result or status is CallStatus.UNTESTABLE else replace(call, diplotypes=(), best=0)


def _find(gene: Gene, pattern: Pattern, copies: int, options: CallOptions) -> Finding:
    """Call by the gene's own mode; combinations only where asked for and where no plain pair fits."""
    combines = options.combinations and gene.calling in COMBINABLE
    if combines and gene.undocumented_is_reference and undocumented(gene, pattern):
        return call_combinations(gene, pattern, copies)
    finding = CALLING_MODES[gene.calling](gene, pattern, copies)
    if combines and not finding.diplotypes:
        return call_combinations(gene, pattern, copies)
    if combines and finding.fell_back:
        return with_combinations(finding, call_combinations(gene, pattern, copies))
    return finding


def _kept(gene: Gene, finding: Finding) -> int:
    """Lowest-function genes list all arrangements of their phase sets; others the best-scoring."""
    return len(finding.diplotypes) if gene.calling is CallingMode.LOWEST_FUNCTION else finding.best


def _status(gene: Gene, pattern: Pattern, finding: Finding) -> CallStatus:
    seen = any(genotype.state.gives_alleles for genotype in pattern.genotypes[: len(gene.variants)])
    if gene.copy_number_required and pattern.copy_number is None:
        return CallStatus.UNTESTABLE
    if finding.needs_no_position:
        return CallStatus.CALLED
    if not seen:
        return CallStatus.NO_DATA
    if _required_missing(gene, pattern) or not finding.diplotypes:
        return CallStatus.NOT_CALLED
    return CallStatus.AMBIGUOUS if finding.best > 1 else CallStatus.CALLED


def _required_missing(gene: Gene, pattern: Pattern) -> list[str]:
    if not gene.required:
        return []
    return [
        gene.variants[row].name
        for row in pattern.notable
        if row < len(gene.variants)
        and gene.variants[row].name in gene.required
        and not pattern.genotypes[row].state.gives_alleles
    ]


def _status_notes(gene: Gene, pattern: Pattern, status: CallStatus) -> tuple[Note, ...]:
    if status is CallStatus.UNTESTABLE:
        text = "Deletions, duplications and hybrids cannot be seen here; the alleles named are candidates only."
        return (Note("copy-number-unknown", text),)
    if status is CallStatus.NOT_CALLED:
        missing = _required_missing(gene, pattern)
        if missing:
            return (Note("required-missing", f"Positions without which it is not called: {', '.join(missing)}."),)
        return (Note("nothing-fits", "No pair of known alleles explains the genotypes."),)
    return ()


def _structural_notes(
    gene: Gene, pattern: Pattern, status: CallStatus, interval: tuple[ActivityValue, ActivityValue] | None
) -> tuple[Note, ...]:
    """Name the structural alleles that were not tested; or, without copy number, what all of them leave open."""
    if status is not CallStatus.UNTESTABLE:
        return untested(gene, pattern) if status.has_result else ()
    if interval is None:
        return ()
    text = (
        f"With deletions, duplications and tandems the activity score may be {interval[0]} to {interval[1]}; "
        "candidates with an allele of unknown activity are left out."
    )
    return (Note("activity-score-interval", text),)
