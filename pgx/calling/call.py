"""From patterns to gene calls: strands, the gene's own calling mode, evidence and status."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from pgx.calling.combinations import SeenCombinations
from pgx.calling.copy_number import fit_copies
from pgx.calling.diplotype import read_pairs
from pgx.calling.evidence import half_calls, read_evidence
from pgx.calling.finding import NONE_UNSEEN, Finding
from pgx.calling.lowest_function import read_variants
from pgx.calling.options import CallOptions
from pgx.calling.seen import Seen, Unseen, read_unseen
from pgx.calling.seen_pattern import SeenPattern
from pgx.domain.call import CallStatus, Evidence, GeneCall, GeneCalls, Note, Outcome
from pgx.domain.gene import CallingMode, Gene
from pgx.domain.genotype import PLAIN, GenotypeTable, Pattern
from pgx.domain.parted import PartedPatterns, part_patterns, read_rows

Mode = Callable[[Gene, Pattern, int, Sequence[int]], Seen]
"""Reads the given rows of a pattern on so many strands."""

CALLING_MODES: dict[CallingMode, Mode] = {
    CallingMode.DIPLOTYPE: read_pairs,
    CallingMode.SINGLE_VARIANT: read_pairs,
    CallingMode.HAPLOID: read_pairs,
    CallingMode.LOWEST_FUNCTION: read_variants,
}

COMBINABLE = frozenset({CallingMode.DIPLOTYPE, CallingMode.SINGLE_VARIANT, CallingMode.HAPLOID})
"""Modes whose strands can be put together from several alleles; the others name all variants anyway."""


def call_gene(gene: Gene, genotypes: GenotypeTable, options: CallOptions) -> GeneCalls:
    """Call every distinct genotype pattern of one gene once.

    Returns one `GeneCall` per pattern and the pattern index of each sample, shape (samples,).
    """
    patterns, index = part_patterns(genotypes)
    return GeneCalls(gene.symbol, tuple(one.whole() for one in call_patterns(gene, patterns, options)), index)


def call_patterns(gene: Gene, patterns: PartedPatterns, options: CallOptions) -> Iterator[Outcome]:
    """Yield the call of each pattern, one after the other, so that none need be kept.

    What follows from either part of a pattern alone is worked out once for all that share it.
    """
    caller = _Caller(gene, options)
    unseen = [read_unseen(gene, entries) for entries in patterns.unreads]
    seen = [caller.read(pattern) for pattern in patterns.reads]
    parts = zip(patterns.read.tolist(), patterns.unread.tolist(), strict=True)
    for number, (read, unread) in enumerate(parts):
        shared = seen[read]
        yield shared.call(unseen[unread]) if shared else caller.call(patterns.whole(number))


def call_pattern(gene: Gene, pattern: Pattern, options: CallOptions) -> GeneCall:
    """Call one gene for one pattern of genotypes, by itself."""
    return _Caller(gene, options).call(pattern).whole()


@dataclass(frozen=True, slots=True)
class _Caller:
    """Calls patterns of one gene: in one piece, or first the part that was read."""

    gene: Gene
    options: CallOptions
    _calls: dict[object, dict[object, tuple[Finding, GeneCall]]] = field(default_factory=dict)
    """Calls made before, by what is to be said of the part that was read besides the finding."""

    def call(self, pattern: Pattern) -> Outcome:
        """Call a pattern by itself, all its rows taken as read."""
        nothing = read_unseen(self.gene)
        if self.gene.calling not in CALLING_MODES:
            return self._call_elsewhere(pattern, nothing)
        fitted, copies, notes = fit_copies(self.gene, pattern)
        return self._seen(fitted, copies, notes, fitted.notable).call(nothing)

    def _call_elsewhere(self, pattern: Pattern, nothing: Unseen) -> Outcome:
        note = Note("outside-only", f"{self.gene.symbol} is not called from variants; give another caller's result.")
        evidence = read_evidence(self.gene, pattern, pattern.notable)
        found = Evidence((), undocumented=evidence.undocumented)
        call = GeneCall(self.gene.symbol, CallStatus.UNTESTABLE, found, notes=(note,))
        return Outcome(call, evidence.states(nothing), NONE_UNSEEN)

    def read(self, pattern: Pattern) -> SeenPattern | None:
        """Return what follows from the rows that were read; None where the pattern must be called by itself."""
        alone = pattern.copy_number is not None or self.options.combinations or pattern.structure != PLAIN
        if alone or self.gene.calling not in CALLING_MODES:
            return None
        fitted, copies, notes = fit_copies(self.gene, pattern)
        if fitted.genotypes is not pattern.genotypes:
            notable = set(pattern.notable)
            if not all(one.is_plain for row, one in enumerate(fitted.genotypes) if row not in notable):
                return None
        seen = self._seen(fitted, copies, notes, read_rows(pattern))
        said = (notes, seen.evidence.undocumented, tuple(half_calls(self.gene, fitted, seen.rows)))
        return replace(seen, calls=self._calls.setdefault(said, seen.calls))

    def _seen(self, fitted: Pattern, copies: int, notes: tuple[Note, ...], rows: tuple[int, ...]) -> SeenPattern:
        gene = self.gene
        seen = CALLING_MODES[gene.calling](gene, fitted, copies, rows)
        if self.options.combinations and gene.calling in COMBINABLE:
            seen = SeenCombinations(gene, fitted, copies, rows, seen)
        lost = tuple(row for row in rows if not fitted.genotypes[row].alleles)
        evidence = read_evidence(gene, fitted, rows)
        return SeenPattern(gene, fitted, rows, lost, seen, evidence, notes, self.options)
