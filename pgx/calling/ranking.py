"""Which of the pairs of alleles that fit are the best: scores, order of names, and priorities where phase is open."""

from __future__ import annotations

from typing import NamedTuple

from pgx.calling.matrix import AlleleMatrix, bits
from pgx.calling.memory import members_within
from pgx.calling.scoring import score_pair
from pgx.calling.seen import Genotypes
from pgx.calling.strands import Strands, pairs
from pgx.domain.call import Diplotype, Note
from pgx.domain.gene import Allele, Gene, UnphasedPriority


class Match(NamedTuple):
    """One pair of alleles by number, with its score."""

    score: int
    pair: tuple[int, int]


class Ranking(NamedTuple):
    """The pairs of alleles that fit, as far as that does not hang on what unseen positions leave open."""

    chosen: tuple[tuple[int, int], ...]
    diplotypes: tuple[Diplotype, ...]
    best: int
    notes: tuple[Note, ...]


def choose_pairs(gene: Gene, matrix: AlleleMatrix, strands: Strands, matches: list[Match], lost: int) -> Ranking | None:
    """Pick the best of the pairs that fit; None where none does.

    `lost` unseen positions are first taken from the scores of alleles that define all positions; others do not count
    them.
    """
    if not matches:
        return None
    if lost:
        matches = _in_order(matrix, [_less(matrix, match, strands.copies, lost) for match in matches])
    chosen, notes = _choose(gene, matrix, strands, matches)
    ordered = chosen + [match for match in matches if match not in chosen]
    diplotypes = _printed(matrix, strands, ordered)
    best = len(_printed(matrix, strands, chosen)) if len(chosen) < len(matches) else len(diplotypes)
    return Ranking(tuple(match.pair for match in chosen), diplotypes, best, notes)


def _less(matrix: AlleleMatrix, match: Match, copies: int, lost: int) -> Match:
    """Take unseen positions from the scores of alleles that define all positions."""
    defining = sum(matrix.alleles[number].defines_all for number in match.pair[:copies])
    return Match(match.score - defining * lost, match.pair)


def bearing_positions(matrix: AlleleMatrix, candidates: int) -> int:
    """Return the positions that any candidate defines, but for those that define all."""
    known = matrix.known.bearing
    if candidates not in known:
        found = 0
        for number in bits(candidates):
            found |= 0 if matrix.alleles[number].defines_all else matrix.defined[number] | matrix.distinct[number]
            found |= matrix.wobble[number]
        known[candidates] = found
    return known[candidates]


def rank_pairs(matrix: AlleleMatrix, strands: Strands, genotypes: Genotypes, pool: int) -> list[Match]:
    """Return all pairs of alleles of the pool that explain both strands, best score first, then by names."""
    matches = [Match(score_pair(matrix, strands, genotypes, pair), pair) for pair in pairs(strands, pool)]
    return _in_order(matrix, matches)


def _in_order(matrix: AlleleMatrix, matches: list[Match]) -> list[Match]:
    if len(matches) < 2:
        return matches
    return sorted(matches, key=lambda match: (-match.score, *pair_order(matrix, match.pair)))


def told(matrix: AlleleMatrix, strands: Strands) -> int:
    """Return the fitting alleles that have something left to tell them by.

    An allele of which only reference bases were seen is not called; it stays among those not excluded.
    """
    return strands.fixed & ~untold(matrix, strands.missing)


def untold(matrix: AlleleMatrix, missing: int) -> int:
    """Return the alleles that have nothing left to tell them by where these positions were not read."""
    known = matrix.known.untold
    if missing not in known:
        known[missing] = _untold(matrix, missing)
    return known[missing]


def _untold(matrix: AlleleMatrix, missing: int) -> int:
    groups = matrix.known.told_by
    if not groups:
        for number, allele in enumerate(matrix.alleles):
            telling = (matrix.defined if allele.defines_all else matrix.distinct)[number]
            groups[telling] = groups.get(telling, 0) | 1 << number
    return members_within(groups, missing)


def pair_order(matrix: AlleleMatrix, pair: tuple[int, int]) -> tuple[int, int]:
    one, other = (allele_order(matrix, number) for number in pair)
    return (one, other) if one <= other else (other, one)


def allele_order(matrix: AlleleMatrix, number: int) -> int:
    """Order of names within a diplotype: by number; a reference allele that has no number stands first."""
    known = matrix.known.orders
    if not known:
        ordered = sorted(range(len(matrix.alleles)), key=lambda number: _name_order(matrix.alleles[number]))
        known += [0] * len(ordered)
        for place, allele in enumerate(ordered):
            known[allele] = place
    return known[number]


def _name_order(allele: Allele) -> tuple[object, ...]:
    is_plain_reference = allele.defines_all and not allele.core and not allele.name.startswith("*")
    return (not is_plain_reference, allele.order)


def _choose(
    gene: Gene, matrix: AlleleMatrix, strands: Strands, matches: list[Match]
) -> tuple[list[Match], tuple[Note, ...]]:
    """Pick the best: by score, or for genes with curated priorities and open phase, by the list.

    Where a single strand shows two bases, nothing tells which counts, and all that fit stay side by side.
    """
    if strands.copies == 1 and strands.blocks:
        return matches, ()
    if not gene.priorities or strands.is_phased:
        return [match for match in matches if match.score == matches[0].score], ()
    names = {pair_name(matrix, match.pair): match for match in matches}
    fitting = [priority for priority in gene.priorities if set(priority.among) <= set(names)]
    if not fitting:
        return matches, ()
    priority = max(fitting, key=lambda entry: len(entry.among))
    return [names[priority.pick]], (_priority_note(priority),)


def pair_name(matrix: AlleleMatrix, pair: tuple[int, int], copies: int = 2) -> str:
    """Return the printed names of a pair in the order of a diplotype, or of its only allele."""
    return "/".join(_printed_names(matrix, pair, copies))


def _printed_names(matrix: AlleleMatrix, pair: tuple[int, int], copies: int) -> tuple[str, ...]:
    known = matrix.known.printed_names
    if (pair, copies) not in known:
        ordered = sorted(pair, key=lambda number: allele_order(matrix, number))[:copies]
        known[pair, copies] = tuple(matrix.alleles[number].printed_name for number in ordered)
    return known[pair, copies]


def _priority_note(priority: UnphasedPriority) -> Note:
    others = " or ".join(name for name in priority.among if name != priority.pick)
    return Note("unphased-priority", f"Phase is open; {priority.pick} is far more frequent than {others}.")


def _printed(matrix: AlleleMatrix, strands: Strands, matches: list[Match]) -> tuple[Diplotype, ...]:
    """Diplotypes under their core alleles' names, each name once with its best score."""
    found: dict[tuple[str, ...], Diplotype] = {}
    for match in matches:
        names = _printed_names(matrix, match.pair, strands.copies)
        if names not in found:
            found[names] = Diplotype(names, tuple([(name,) for name in names]), names, match.score)
    return tuple(found.values())
