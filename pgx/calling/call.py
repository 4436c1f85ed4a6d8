"""From patterns to gene calls: strands, the gene's own calling mode, evidence and status."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from pgx.calling.combinations import SeenCombinations
from pgx.calling.copy_number import fit_copies
from pgx.calling.diplotype import read_pairs
from pgx.calling.evidence import read_evidence
from pgx.calling.lowest_function import read_variants
from pgx.calling.options import CallOptions
from pgx.calling.seen import Seen
from pgx.calling.seen_pattern import SeenPattern
from pgx.domain.call import CallStatus, GeneCall, GeneCalls, Note
from pgx.domain.gene import CallingMode, Gene
from pgx.domain.genotype import PLAIN, GenotypeTable, Pattern

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

MOST_KEPT = 50_000
"""Patterns whose read part is kept at a time."""


def call_gene(gene: Gene, genotypes: GenotypeTable, options: CallOptions) -> GeneCalls:
    """Call every distinct genotype pattern of one gene once.

    Returns one `GeneCall` per pattern and the pattern index of each sample, shape (samples,).
    """
    patterns, index = genotypes.patterns()
    return GeneCalls(gene.symbol, tuple(call_patterns(gene, patterns, options)), index)


def call_patterns(gene: Gene, patterns: Iterable[Pattern], options: CallOptions) -> Iterator[GeneCall]:
    """Yield the call of each pattern, one after the other, so that none need be kept."""
    return map(Caller(gene, options).call, patterns)


def call_pattern(gene: Gene, pattern: Pattern, options: CallOptions) -> GeneCall:
    """Call one gene for one pattern of genotypes."""
    return Caller(gene, options).call(pattern)


@dataclass(frozen=True, slots=True)
class Caller:
    """Calls patterns of one gene.

    In a cohort most patterns are new only in what was not read. What follows from the rest is worked out once for
    all that share it, found by the identity of the genotypes, which the patterns of one table share.
    """

    gene: Gene
    options: CallOptions
    _known: dict[object, tuple[Pattern, SeenPattern | None]] = field(default_factory=dict)
    """What was read before; the pattern keeps the genotypes alive that the key names by identity."""

    def call(self, pattern: Pattern) -> GeneCall:
        if self.gene.calling not in CALLING_MODES:
            return self._call_elsewhere(pattern)
        if pattern.copy_number is not None or self.options.combinations or pattern.structure != PLAIN:
            return self._call_alone(pattern)
        read, missing = _split(pattern)
        genotypes = pattern.genotypes
        key = (tuple([(row, id(genotypes[row])) for row in read]), pattern.plain_strands, pattern.sex)
        if key not in self._known:
            if len(self._known) >= MOST_KEPT:
                self._known.clear()
            self._known[key] = (pattern, self._read(pattern, read))
        shared = self._known[key][1]
        return shared.call(genotypes, missing) if shared else self._call_alone(pattern)

    def _call_elsewhere(self, pattern: Pattern) -> GeneCall:
        note = Note("outside-only", f"{self.gene.symbol} is not called from variants; give another caller's result.")
        evidence = read_evidence(self.gene, pattern, pattern.notable).summarise(pattern.genotypes, ())
        return GeneCall(self.gene.symbol, CallStatus.UNTESTABLE, evidence, notes=(note,))

    def _call_alone(self, pattern: Pattern) -> GeneCall:
        """Call a pattern by itself, all its rows taken as read."""
        fitted, copies, notes = fit_copies(self.gene, pattern)
        seen = self._seen(fitted, copies, notes, fitted.notable)
        return seen.call(fitted.genotypes, ())

    def _read(self, pattern: Pattern, rows: tuple[int, ...]) -> SeenPattern | None:
        """Return what follows from the rows that were read; None where that hangs on the others being plain."""
        fitted, copies, notes = fit_copies(self.gene, pattern)
        if fitted.genotypes is not pattern.genotypes:
            notable = set(pattern.notable)
            if not all(one.is_plain for row, one in enumerate(fitted.genotypes) if row not in notable):
                return None
        return self._seen(fitted, copies, notes, rows)

    def _seen(self, fitted: Pattern, copies: int, notes: tuple[Note, ...], rows: tuple[int, ...]) -> SeenPattern:
        gene = self.gene
        seen = CALLING_MODES[gene.calling](gene, fitted, copies, rows)
        if self.options.combinations and gene.calling in COMBINABLE:
            seen = SeenCombinations(gene, fitted, copies, rows, seen)
        lost = tuple(row for row in rows if not fitted.genotypes[row].alleles)
        evidence = read_evidence(gene, fitted, rows)
        return SeenPattern(gene, fitted, rows, lost, seen, evidence, notes, self.options)


def _split(pattern: Pattern) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the rows that are not plain: those that tell something, and those that were not read."""
    genotypes = pattern.genotypes
    read: list[int] = []
    missing: list[int] = []
    for row in pattern.notable:
        genotype = genotypes[row]
        (read if genotype.alleles or genotype.seen else missing).append(row)
    return tuple(read), tuple(missing)
