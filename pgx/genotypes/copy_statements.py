"""What several records say together of one sample's copies of a gene."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

from pgx.domain.call import Note
from pgx.domain.gene import MOST_COPIES
from pgx.domain.genotype import Structure

Strands = tuple[int, ...]
Known = tuple[int | None, Structure]
_PLAIN = 2


class Extent(IntEnum):
    """How much of a gene a record covers: none of its exons, a piece of one, one as a whole, or (nearly) all."""

    NONE = 0
    PART = 1
    EXON = 2
    WHOLE = 3


@dataclass(frozen=True, slots=True)
class Statement:
    """What one record says. `alts` are those of a genotype, empty where the number itself was given.

    `strands` are the copies on each strand, in the order of phased genotypes if `phased`, else rising; empty where
    only their sum is known.
    """

    alts: tuple[str, ...]
    total: int
    strands: Strands = ()
    phased: bool = False
    extent: Extent = Extent.WHOLE

    @property
    def is_plain(self) -> bool:
        return self.total == _PLAIN and self.strands in ((), (1, 1))


def conclude_copies(statements: Sequence[Statement], told: int | None) -> Known:
    """Return the number of copies and what else is known; `told` is the user's number, which stands over the file's.

    A number that cannot be, and records that disagree, give no number but a remark.
    """
    total, structure = _conclude_file(statements)
    if told is None:
        return total, structure
    if total == told:
        return told, structure
    notes = [Note("copy-number", f"{_copies(told)}, as given by --copy-number.")]
    if total is not None:
        text = f"The file's records of copy number say {_copies(total)}; the number given by the user was used."
        notes.append(Note("copy-number-contradiction", text))
    return told, Structure(notes=tuple(notes))


def _conclude_file(statements: Sequence[Statement]) -> Known:
    impossible = sorted({one.total for one in statements if not 0 <= one.total <= MOST_COPIES})
    if impossible:
        text = f"The file says {_copies(impossible[-1])}, which cannot be (at most {MOST_COPIES}); it was not used."
        return None, Structure(notes=(Note("copy-number-impossible", text),))
    whole = [one for one in statements if one.extent is Extent.WHOLE]
    joined = _join(whole)
    if whole and joined is None:
        said = ", ".join(str(total) for total in sorted({one.total for one in whole}))
        text = f"Records disagree on the number of copies ({said}); none was used."
        return None, Structure(notes=(Note("copy-number-contradiction", text),))
    parts = [one for one in statements if one.extent is not Extent.WHOLE and not one.is_plain]
    return _with_parts(joined, parts)


def _join(statements: Sequence[Statement]) -> Statement | None:
    """Return what all records of the whole gene say: the same, or changes that add up where one record was split."""
    groups = [
        _agree([one for one in statements if one.alts == alts]) for alts in {one.alts: None for one in statements}
    ]
    found = [one for one in groups if one is not None]
    if len(found) < len(groups):
        return None
    given = next((one for one in found if not one.alts), None)
    called = _sum_up([one for one in found if one.alts])
    if given is None:
        return called
    return _agree([given, called]) if called and not called.is_plain else given


def _agree(statements: Sequence[Statement]) -> Statement | None:
    """Return the fullest of statements that say the same; None where they do not."""
    shapes = {tuple(sorted(one.strands)) for one in statements if one.strands}
    if len({one.total for one in statements}) > 1 or len(shapes) > 1:
        return None
    return max(statements, key=lambda one: (bool(one.strands), one.phased))


def _sum_up(called: Sequence[Statement]) -> Statement | None:
    """Add up genotypes of records with different ALTs; those that share an ALT must agree."""
    changed = [one for one in called if not one.is_plain]
    if len(changed) < 2:
        return next(iter(changed or called), None)
    alts = [alt for one in changed for alt in one.alts]
    if len(set(alts)) < len(alts):
        return _agree(changed)
    phased = all(one.phased for one in changed)
    strands = tuple(1 + sum(one.strands[n] - 1 for one in changed) for n in (0, 1)) if phased else ()
    return Statement(tuple(alts), _PLAIN + sum(one.total - _PLAIN for one in changed), strands, phased)


def _with_parts(whole: Statement | None, parts: Sequence[Statement]) -> Known:
    """Count strands that have lost a part of the gene; other changes of a part are beyond what can be read."""
    same = len({(one.total, one.strands, one.phased) for one in parts}) == 1
    if not same or any(one.extent is not Extent.EXON or one.total >= _PLAIN for one in parts):
        layout = (whole.strands, whole.phased) if whole else ((), False)
        return whole.total if whole else None, Structure(*layout, notes=tuple(_notes(whole, parts)))
    lost = _PLAIN - parts[0].total
    note = Note("partial-deletion", f"Part of the gene is deleted on {'one strand' if lost == 1 else 'both strands'}.")
    notes = (*_notes(whole, ()), note)
    if whole is None or whole.is_plain:
        return parts[0].total, Structure(parts[0].strands, parts[0].phased, lost, notes)
    return max(0, whole.total - lost), Structure(partial=lost, notes=notes)


def _notes(whole: Statement | None, parts: Sequence[Statement]) -> Iterator[Note]:
    if whole:
        shown = f" ({' and '.join(map(str, whole.strands))} on the two strands)" if whole.strands else ""
        yield Note("copy-number", f"{_copies(whole.total)} of the gene by the file's records of copy number{shown}.")
    if parts:
        text = "A record of copy number covers a part of the gene only; what it stands for cannot be told."
        yield Note("copy-number-part", text)


def _copies(number: int) -> str:
    return f"{number} {'copy' if number == 1 else 'copies'}"
