"""From one sample entry of one record to an observation at one position, quality rules included."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from pgx.domain.evidence import EvidenceState
from pgx.genotypes.edits import GONE, SPANNED, SPANNING_STAR, UNTOUCHED, Effect
from pgx.genotypes.observations import NOTHING, OPEN, Observation, Weight
from pgx.genotypes.options import ReadOptions
from pgx.genotypes.records import MISSING, NON_REFERENCE, Record, SampleCall
from pgx.genotypes.targets import Target

FEW_READS = 0.2
"""A smaller share of reads for one allele of a heterozygous genotype is remarked on."""
_PLOIDY = 2


@dataclass(frozen=True, slots=True)
class Bearing:
    """How a record bears on a target: the effect of each ALT there, and with what weight it speaks."""

    target: Target
    effects: tuple[Effect, ...]
    weight: Weight
    fits: bool = True


def weigh(record: Record, target: Target, effects: tuple[Effect, ...], fits: bool) -> Bearing:
    """Decide whether the record tests the target, states its reference, or only spans it with a deletion."""
    covers = record.position <= target.start <= record.end
    if any(_is_test(effect) for effect in effects) or (not fits and covers):
        weight = Weight.TEST
    elif covers and (record.is_reference_only or record.has_non_reference):
        weight = Weight.STATEMENT
    elif any(effect in (GONE, SPANNED) for effect in effects):
        weight = Weight.DELETION
    elif record.is_reference_only and target.start < record.position <= target.ref_end:
        weight = Weight.TAIL
    else:
        weight = Weight.NOTHING
    return Bearing(target, effects, weight, fits)


def _is_test(effect: Effect) -> bool:
    if isinstance(effect, str):
        return effect != GONE and effect not in NON_REFERENCE
    return effect >= 0 or effect == SPANNING_STAR


def judge_quality(call: SampleCall, record: Record, options: ReadOptions) -> tuple[EvidenceState, str]:
    """Return the state that the entry's quality allows, and the reason where it is not `called`.

    A depth or genotype quality that the record has, but as 0 or a dot, is `no_call`; what fails a cut-off of
    the options is `filtered`.
    """
    if call.doubt:
        return EvidenceState.NO_CALL, call.doubt
    if call.is_missing:
        return EvidenceState.NO_CALL, "no genotype"
    if len(call.alleles) > _PLOIDY:
        return EvidenceState.NO_CALL, "more than two alleles"
    if call.depth == 0:
        return EvidenceState.NO_CALL, "no depth"
    if call.quality == 0:
        return EvidenceState.NO_CALL, "no genotype quality"
    if call.certainty is not None and call.certainty < options.min_certainty:
        return EvidenceState.NO_CALL, f"imputed with certainty below {options.min_certainty:g}"
    if options.require_pass and not (record.passed and call.passed):
        return EvidenceState.FILTERED, "failed FILTER"
    return _judge_numbers(call, options)


def _judge_numbers(call: SampleCall, options: ReadOptions) -> tuple[EvidenceState, str]:
    if options.min_dp is not None and call.depth is not None and call.depth < options.min_dp:
        return EvidenceState.FILTERED, f"depth below {options.min_dp:g}"
    if options.min_gq is not None and call.quality is not None and call.quality < options.min_gq:
        return EvidenceState.FILTERED, f"genotype quality below {options.min_gq:g}"
    if call.reads and call.is_heterozygous and MISSING not in call.alleles:
        return _judge_balance(call, options.min_balance)
    return EvidenceState.CALLED, ""


def _judge_balance(call: SampleCall, floor: float | None) -> tuple[EvidenceState, str]:
    reads = [call.reads[allele] for allele in set(call.alleles)]
    if min(reads) == 0:
        return EvidenceState.NO_CALL, "heterozygous with reads for one allele only"
    if floor is not None and min(reads) < floor * sum(reads):
        return EvidenceState.FILTERED, f"allele balance below {floor:g}"
    return EvidenceState.CALLED, ""


def order_reads(call: SampleCall, record: Record) -> SampleCall:
    """Return the entry with its reads in the order of ALT.

    Programs that join gVCF files may put `<NON_REF>` first among the ALTs and leave its reads at the end: an allele
    that was called has none then, and `<NON_REF>` has them.
    """
    place = next((n for n, alt in enumerate(record.alts, start=1) if alt in NON_REFERENCE), 0)
    if not call.reads or place in (0, len(record.alts)) or place in call.alleles or not call.reads[place]:
        return call
    if all(call.reads[allele] for allele in call.alleles if allele != MISSING):
        return call
    shifted = (*call.reads[:place], call.reads[-1], *call.reads[place:-1])
    return replace(call, reads=shifted)


def is_unbalanced(call: SampleCall, record: Record) -> bool:
    """True for a heterozygous genotype of whose reads few have one of the alleles."""
    reads = order_reads(call, record).reads
    if not reads or not call.is_heterozygous or MISSING in call.alleles:
        return False
    own = [reads[allele] for allele in set(call.alleles)]
    return 0 < min(own) < FEW_READS * sum(own)


def observe(
    call: SampleCall, record: Record, bearing: Bearing, options: ReadOptions, label: Callable[[str], int]
) -> tuple[Observation, str]:
    """Return what one entry says about one target, and the reason where it gives no alleles.

    `label` returns the index of an undocumented base, which it registers.
    """
    if bearing.weight is Weight.NOTHING or not call.alleles:
        return NOTHING, ""
    call = order_reads(call, record)
    state, reason = judge_quality(call, record, options)
    if bearing.weight is Weight.TAIL:
        return Observation(Weight.TAIL, state), ""
    if state is not EvidenceState.CALLED:
        return Observation(bearing.weight, state, _missing(call, reason), tested=_tested(bearing, label)), reason
    if not bearing.fits:
        return Observation(Weight.TEST, EvidenceState.CONFLICT), "REF differs from the reference sequence"
    if bearing.weight is Weight.DELETION:
        return _observe_deletion(call, bearing, label), ""
    return _observe_bases(call, record, bearing, label)


def _missing(call: SampleCall, reason: str) -> tuple[int, ...]:
    """Keep the strands of a plain missing genotype, which another half of a split record may fill."""
    return call.alleles if reason == "no genotype" else ()


def _tested(bearing: Bearing, label: Callable[[str], int]) -> frozenset[int]:
    return frozenset(
        label(effect) if isinstance(effect, str) else effect for effect in bearing.effects if _is_test(effect)
    )


def _observe_deletion(call: SampleCall, bearing: Bearing, label: Callable[[str], int]) -> Observation:
    alleles = []
    for allele in call.alleles:
        effect = bearing.effects[allele - 1] if allele > 0 else UNTOUCHED
        if effect == GONE:
            alleles.append(label(GONE))
        else:
            alleles.append(bearing.target.reference if effect == SPANNED else OPEN)
    if all(allele == OPEN for allele in alleles):
        return NOTHING
    return Observation(Weight.DELETION, EvidenceState.CALLED, tuple(alleles))


def _observe_bases(
    call: SampleCall, record: Record, bearing: Bearing, label: Callable[[str], int]
) -> tuple[Observation, str]:
    alleles = tuple(_base(allele, bearing, label) for allele in call.alleles)
    state, reason = EvidenceState.CALLED, ""
    if MISSING in alleles:
        state, reason = EvidenceState.NO_CALL, "one allele missing"
    elif bearing.weight is Weight.STATEMENT and set(alleles) == {bearing.target.reference}:
        state, reason = _judge_statement(call, record, bearing.target)
    kept = alleles if state.gives_alleles or reason == "one allele missing" else ()
    return (
        Observation(
            bearing.weight, state, kept, call.phased, (0, call.phase_set), _tested(bearing, label),
            _amounts(call, alleles) if bearing.target.counts_copies or bearing.target.weighs_reads else (),
        ),
        reason,
    )  # fmt: skip


def _amounts(call: SampleCall, alleles: tuple[int, ...]) -> tuple[tuple[int, int], ...]:
    """Return the reads of each allele of a heterozygous genotype, where the record has them."""
    if len(set(alleles)) < 2 or MISSING in alleles or not call.reads:
        return ()
    return tuple(sorted({base: call.reads[allele] for base, allele in zip(alleles, call.alleles, strict=True)}.items()))


def _base(allele: int, bearing: Bearing, label: Callable[[str], int]) -> int:
    if allele == MISSING:
        return MISSING
    effect = bearing.effects[allele - 1] if allele else UNTOUCHED
    if isinstance(effect, str):
        return label(effect)
    return bearing.target.reference if effect in (UNTOUCHED, SPANNED) else effect


def _judge_statement(call: SampleCall, record: Record, target: Target) -> tuple[EvidenceState, str]:
    """Return the state of a hom-ref statement.

    With reads behind it, it is a reference block. Without any depth in the record it counts only where it is
    the very record of the position (same POS, same REF, no block); blocks and covering records do not.
    """
    if call.depth is not None or call.quality is not None:
        return EvidenceState.REFERENCE_BLOCK, ""
    own = record.position == target.start and len(record.ref) == target.length
    if own and not record.is_block and not record.has_non_reference:
        return EvidenceState.CALLED, ""
    return EvidenceState.NO_CALL, "reference block without depth"
