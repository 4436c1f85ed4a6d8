"""What one record, or several together, say about one position: the evidence rules.

A record *tests* a position when one of its alternative alleles differs there; it *states* the reference when it has
no alternative sequence, or weighed REF against any other, and covers the position. A deletion that spans the position
tests nothing there, but takes the base away from those who carry it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from enum import IntEnum

from pgx.domain.evidence import EvidenceState
from pgx.domain.genotype import Genotype
from pgx.genotypes.edits import SPANNING_STAR
from pgx.genotypes.records import MISSING

OPEN = -4
"""A strand that a spanning deletion leaves alone: nothing is known of its base."""


class Weight(IntEnum):
    """How directly a record speaks of a position; the heavier one decides within a file."""

    NOTHING = 0
    TAIL = 1
    """States the reference for some of the position's bases, the first not among them."""
    DELETION = 2
    STATEMENT = 3
    TEST = 4


@dataclass(frozen=True, slots=True)
class Observation:
    """What is seen at one position of one sample.

    `alleles` index the position's bases, a strand each, or are MISSING, SPANNING_STAR or OPEN. `tested` are the
    bases that the record could have shown. `phase` is the file's number and PS of a phased genotype.
    """

    weight: Weight
    state: EvidenceState
    alleles: tuple[int, ...] = ()
    phased: bool = False
    phase: tuple[int, str] = (0, "")
    tested: frozenset[int] = frozenset()
    amounts: tuple[tuple[int, int], ...] = ()
    """In genes whose copies are counted: reads of each allele; later, copies of the gene that have it."""

    @property
    def is_complete(self) -> bool:
        return self.state.gives_alleles and min(self.alleles, default=MISSING) not in (MISSING, OPEN)

    @property
    def is_half(self) -> bool:
        return self.state is EvidenceState.NO_CALL and any(allele != MISSING for allele in self.alleles)


NOTHING = Observation(Weight.NOTHING, EvidenceState.ABSENT)


def combine_in_file(one: Observation, other: Observation, reference: int, gone: int) -> Observation:
    """Return what two records of the same file say together.

    `reference` and `gone` are the indices of the build's base and of "deleted" at the position.
    """
    strong, weak = (one, other) if one.weight >= other.weight else (other, one)
    if weak.weight is Weight.NOTHING:
        return strong
    if weak.weight is Weight.TAIL:
        return _add_tail(strong, weak)
    if strong.weight is Weight.TEST and weak.weight is Weight.TEST:
        return _combine_tests(one, other, reference)
    if weak.weight is Weight.DELETION:
        return _take_away(strong, weak, reference, gone)
    if strong.weight is weak.weight:
        return _combine_equal(strong, weak)
    return strong


def _add_tail(strong: Observation, tail: Observation) -> Observation:
    """Let no reference be stated for bases of which some were not seen."""
    if strong.weight in (Weight.TAIL, Weight.STATEMENT) and not tail.state.gives_alleles:
        return replace(strong, state=tail.state, alleles=())
    return strong


def combine_files(one: Observation, other: Observation) -> Observation:
    """Return what two files say together: equal is one, different is a conflict, and a genotype fills a gap."""
    if EvidenceState.CONFLICT in (one.state, other.state):
        return one if one.state is EvidenceState.CONFLICT else other
    if one.is_complete and other.is_complete:
        return _combine_equal(one, other)
    if one.is_complete or other.is_complete:
        return one if one.is_complete else other
    return one if one.weight >= other.weight else other


def _combine_equal(one: Observation, other: Observation) -> Observation:
    """Return the more telling of two genotypes that must agree."""
    if not (one.is_complete and other.is_complete):
        return one if one.is_complete or not other.is_complete else other
    if not _same_bases(one.alleles, other.alleles):
        return _conflict(one)
    return other if other.phased and not one.phased else one


def _same_bases(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    if len(one) == len(other):
        return sorted(one) == sorted(other)
    return set(one) == set(other) and len(set(one)) == 1


def _conflict(one: Observation) -> Observation:
    return Observation(one.weight, EvidenceState.CONFLICT, tested=one.tested)


def _combine_tests(one: Observation, other: Observation, reference: int) -> Observation:
    """Join two records that test the same position: the split halves of one, a repetition, or a contradiction."""
    if EvidenceState.CONFLICT in (one.state, other.state):
        return _conflict(one)
    if not one.alleles or not other.alleles:
        return _outlive(*((other, one) if not one.alleles else (one, other)), reference)
    if one.tested == other.tested and (one.is_complete != other.is_complete):
        return one if one.is_complete else other
    if len(one.alleles) != len(other.alleles):
        return _combine_equal(one, other)
    return _join(one, other, reference)


def _outlive(kept: Observation, lost: Observation, reference: int) -> Observation:
    """Keep a genotype beside one that gives no alleles, unless its reference may be what the other one tested."""
    tested = kept.tested | lost.tested
    if kept.alleles and not lost.tested <= kept.tested and reference in kept.alleles:
        return Observation(Weight.TEST, lost.state, tested=tested)
    return replace(kept, tested=tested)


def _join(one: Observation, other: Observation, reference: int) -> Observation:
    """Let each alternative allele have the strands that the record which tests it gives it."""
    found, against = Counter(one.alleles), Counter(other.alleles)
    if any(found[base] != against[base] for base in one.tested & other.tested):
        return _conflict(one)
    tested = one.tested | other.tested
    if one.phased and other.phased and one.phase == other.phase:
        return _join_strands(one, other, reference, tested)
    pairs = ((one, other), (other, one)) if one.is_complete else ((other, one), (one, other))
    for partner, rest in pairs:
        if set(rest.alleles) <= {reference, MISSING}:
            return replace(partner, tested=tested)
    bases = [base for base in (found | against).elements() if base not in (reference, MISSING)]
    if len(bases) > len(one.alleles):
        return _conflict(one)
    return _filled(one, other, bases, reference, tested)


def _filled(
    one: Observation, other: Observation, bases: list[int], reference: int, tested: frozenset[int]
) -> Observation:
    """Put the bases found on strands; strands left over are missing if either record has a dot, else reference."""
    left = len(one.alleles) - len(bases)
    filler = MISSING if MISSING in one.alleles or MISSING in other.alleles else reference
    alleles = tuple(sorted([*bases, *[filler] * left]))
    state = EvidenceState.NO_CALL if MISSING in alleles else EvidenceState.CALLED
    return Observation(Weight.TEST, state, alleles, tested=tested)


def _join_strands(one: Observation, other: Observation, reference: int, tested: frozenset[int]) -> Observation:
    plain = (reference, MISSING)
    alleles = []
    for first, second in zip(one.alleles, other.alleles, strict=True):
        if first not in plain and second not in plain and first != second:
            return _conflict(one)
        alleles.append(second if first in plain and second != MISSING else first)
    state = EvidenceState.NO_CALL if MISSING in alleles else EvidenceState.CALLED
    return replace(one, alleles=tuple(alleles), state=state, tested=tested)


def _take_away(strong: Observation, deletion: Observation, reference: int, gone: int) -> Observation:
    """Remove the deleted strands from a genotype that does not know of the deletion."""
    if strong.weight is Weight.DELETION:
        return _both_deletions(strong, deletion)
    deleted = deletion.alleles.count(gone)
    known = sum(strong.alleles.count(mark) for mark in (gone, SPANNING_STAR))
    if not strong.is_complete or deleted <= known:
        return strong
    alleles = sorted(strong.alleles, key=lambda base: base != reference)[deleted:]
    return replace(
        strong, state=EvidenceState.CALLED, alleles=tuple(sorted([*alleles, *[gone] * deleted])), phased=False
    )


def _both_deletions(one: Observation, other: Observation) -> Observation:
    if not (one.state.gives_alleles and other.state.gives_alleles):
        return one if one.state.gives_alleles else other
    closed = sorted([*one.alleles, *other.alleles], reverse=True)[: len(one.alleles)]
    return replace(one, alleles=tuple(closed))


def conclude(observation: Observation, reference: int, bases: int) -> Genotype:
    """Turn what was seen into a genotype; `bases` is the number of the variant's own bases."""
    alleles = observation.alleles
    if observation.weight is Weight.TAIL:
        return Genotype(EvidenceState.ABSENT)
    if observation.weight is Weight.DELETION:
        return _conclude_deletion(observation, reference, bases)
    if not observation.is_complete:
        seen = tuple(sorted({allele for allele in alleles if allele > 0}))
        return Genotype(observation.state, seen=seen if observation.is_half else ())
    phased = observation.phased and len(alleles) > 1
    ordered = alleles if phased else tuple(sorted(alleles))
    return Genotype(observation.state, ordered, phased, copies=_copies(observation, ordered))


def _copies(observation: Observation, alleles: tuple[int, ...]) -> tuple[int, ...]:
    amounts = dict(observation.amounts)
    known = len(set(alleles)) > 1 and all(allele in amounts for allele in alleles)
    return tuple(amounts[allele] for allele in alleles) if known else ()


def _conclude_deletion(observation: Observation, reference: int, bases: int) -> Genotype:
    if not observation.state.gives_alleles:
        return Genotype(observation.state)
    if OPEN not in observation.alleles:
        return Genotype(EvidenceState.CALLED, tuple(sorted(observation.alleles)))
    seen = tuple(sorted({allele for allele in observation.alleles if allele >= bases}))
    return Genotype(EvidenceState.NO_CALL, seen=seen) if seen else Genotype(EvidenceState.ABSENT)
