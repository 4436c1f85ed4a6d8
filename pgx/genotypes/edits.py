"""What an alternative allele of a record makes of each defining position, however the allele is written.

An allele is reduced to its edit (where, which bases out, which in). An edit is explained when putting bases of the
tables into the reference gives the same sequence as the edit does; this finds shifted and padded indels, block
substitutions and several variants in one allele, and needs no reference beyond the windows of the positions and
the record's own REF.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise, product

from pgx.genotypes.records import DELETIONS, NON_REFERENCE, STAR, Record
from pgx.genotypes.targets import Target

UNTOUCHED = -1
SPANNED = -2
"""Inside a deletion that the tables know: the base is gone, the deletion itself carries the call."""
SPANNING_STAR = -3
"""ALT `*`: gone by a deletion that another record tells of."""
GONE = "*"
"""Label of a base that an undocumented deletion removed."""

Effect = int | str
"""Index among the variant's bases, one of the negative marks above, or an undocumented sequence."""

_MOST_TRIALS = 5000


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the reference from `start` over `removed` by `inserted`; either may be empty."""

    start: int
    removed: str
    inserted: str

    @property
    def end(self) -> int:
        """Last removed base; start - 1 for pure insertions."""
        return self.start + len(self.removed) - 1

    @property
    def growth(self) -> int:
        return len(self.inserted) - len(self.removed)

    @property
    def keeps_length(self) -> bool:
        return self.growth == 0

    @property
    def is_empty(self) -> bool:
        return not self.removed and not self.inserted

    def touches(self, start: int, end: int) -> bool:
        """True where a base in start..end is removed, or something is inserted between two of them."""
        return self.start <= end and self.end >= start and (bool(self.removed) or self.start > start)


def trim(position: int, ref: str, alt: str) -> Edit:
    """Strip what REF and ALT share, first from the right down to one base, then from the left.

    >>> trim(10, "CTT", "CT")
    Edit(start=11, removed='T', inserted='')
    """
    shared = 0
    while shared + 1 < min(len(ref), len(alt)) and ref[-1 - shared] == alt[-1 - shared]:
        shared += 1
    ref, alt = ref[: len(ref) - shared], alt[: len(alt) - shared]
    left = 0
    while left < min(len(ref), len(alt)) and ref[left] == alt[left]:
        left += 1
    return Edit(position + left, ref[left:], alt[left:])


def fits_reference(record: Record, target: Target) -> bool:
    """True where REF agrees with the build's sequence wherever both are known; N agrees with everything."""
    first, last = max(record.position, target.start), min(record.ref_end, target.end)
    if first > last:
        return True
    known = target.window[first - target.start : last - target.start + 1]
    given = record.ref[first - record.position : last - record.position + 1]
    return given == known or all(one in (other, "N") for one, other in zip(given, known, strict=True))


def effects_of(record: Record, targets: Sequence[Target]) -> list[tuple[Effect, ...]]:
    """Return for each target the effect of each ALT of the record. REF must fit all of them."""
    columns = [_effects_of_alt(record, alt, targets) for alt in record.alts]
    return [tuple(column[number] for column in columns) for number in range(len(targets))]


def _effects_of_alt(record: Record, alt: str, targets: Sequence[Target]) -> list[Effect]:
    if alt == STAR:
        return [SPANNING_STAR if _covers(record, target) else UNTOUCHED for target in targets]
    if alt in NON_REFERENCE:
        return [alt if _covers(record, target) else UNTOUCHED for target in targets]
    if alt in DELETIONS:
        return [GONE if _deletes(record, target) else UNTOUCHED for target in targets]
    if not alt.isalpha():
        return [UNTOUCHED] * len(targets)
    edit = trim(record.position, record.ref, alt)
    return _effects_of_edit(record, edit, targets)


def _covers(record: Record, target: Target) -> bool:
    return record.position <= target.start <= record.end


def _deletes(record: Record, target: Target) -> bool:
    return record.position < target.start <= record.end and not target.counts_copies


def _effects_of_edit(record: Record, edit: Edit, targets: Sequence[Target]) -> list[Effect]:
    """Explain the edit by the tables, gene by gene, since two tables may hold the same position."""
    effects: list[Effect] = [UNTOUCHED] * len(targets)
    if edit.is_empty:
        return effects
    for gene in dict.fromkeys(target.gene for target in targets):
        members = [number for number, target in enumerate(targets) if target.gene == gene]
        reach = [number for number in members if _in_reach(edit, targets[number])]
        explained = _explain(record, edit, [targets[number] for number in reach])
        found = None if explained is None else {reach[number]: base for number, base in explained.items()}
        for number in members:
            target = targets[number]
            effects[number] = _undocumented(edit, target) if found is None else found.get(number, _beside(edit, target))
    return effects


def _in_reach(edit: Edit, target: Target) -> bool:
    return edit.start <= target.end + 1 and edit.end >= target.start - 1


def _beside(edit: Edit, target: Target) -> Effect:
    """Return the effect of a fully explained edit on a target that is not part of the explanation."""
    inside = target.variant.is_substitution and edit.touches(target.start, target.ref_end)
    return SPANNED if inside and not edit.keeps_length else UNTOUCHED


def _explain(record: Record, edit: Edit, targets: Sequence[Target]) -> dict[int, int] | None:
    """Return the fewest bases of targets that together make the same sequence as the edit, or None."""
    low = min([edit.start, record.position, *(target.start for target in targets)])
    high = max([edit.end, record.ref_end, *(target.end for target in targets)])
    reference = _reference(record, targets, low, high)
    if reference is None:
        return None
    wanted = _apply(reference, low, [edit])
    for chosen in _trials(targets):
        edits = [_edit_to(targets[number], base) for number, base in chosen.items()]
        growth = sum(one.growth for one in edits)
        if growth == edit.growth and _apart(edits) and _apply(reference, low, edits) == wanted:
            return chosen
    return None


def _trials(targets: Sequence[Target]) -> Iterator[dict[int, int]]:
    """Yield choices of bases other than the reference, smallest number of targets first."""
    trials = 0
    others = [[n for n in range(len(t.variant.bases)) if n != t.reference] for t in targets]
    for size in range(1, len(targets) + 1):
        for numbers in combinations(range(len(targets)), size):
            for bases in product(*(others[number] for number in numbers)):
                trials += 1
                if trials > _MOST_TRIALS:
                    return
                yield dict(zip(numbers, bases, strict=True))


def _reference(record: Record, targets: Sequence[Target], low: int, high: int) -> str | None:
    """Return the reference from low to high, pieced together; None where a base of it is not known."""
    bases: list[str | None] = [None] * (high - low + 1)
    for start, sequence in ((record.position, record.ref), *((target.start, target.window) for target in targets)):
        bases[start - low : start - low + len(sequence)] = sequence
    return None if None in bases else "".join(base for base in bases if base)


def _apply(reference: str, low: int, edits: Sequence[Edit]) -> str:
    for edit in sorted(edits, key=lambda one: one.start, reverse=True):
        reference = reference[: edit.start - low] + edit.inserted + reference[edit.end + 1 - low :]
    return reference


def _apart(edits: Sequence[Edit]) -> bool:
    ordered = sorted(edits, key=lambda one: (one.start, one.end))
    return all(one.end < other.start for one, other in pairwise(ordered))


def _edit_to(target: Target, base: int) -> Edit:
    bases = target.variant.bases
    return trim(target.start, bases[target.reference], bases[base])


def _undocumented(edit: Edit, target: Target) -> Effect:
    """Return the effect of an edit that the tables cannot explain as a whole."""
    if edit.keeps_length:
        return _substituted(edit, target)
    if target.variant.is_substitution:
        if not edit.touches(target.start, target.end):
            return UNTOUCHED
        return GONE if not edit.inserted else f"{edit.removed}>{edit.inserted}"
    if edit.start <= target.start and edit.end >= target.end:
        return GONE
    return f"{edit.removed or '-'}>{edit.inserted or '-'}" if target.start < edit.start <= target.end + 1 else UNTOUCHED


def _substituted(edit: Edit, target: Target) -> Effect:
    """Read the bases that a substitution puts at a target; length-changing targets stay as they are."""
    if not target.variant.is_substitution or not edit.touches(target.start, target.end):
        return UNTOUCHED
    sequence = "".join(
        edit.inserted[at - edit.start] if edit.start <= at <= edit.end else target.window[at - target.start]
        for at in range(target.start, target.end + 1)
    )
    bases = target.variant.bases
    if sequence == bases[target.reference]:
        return UNTOUCHED
    return bases.index(sequence) if sequence in bases else sequence
