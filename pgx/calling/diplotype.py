"""The pair of alleles that explains both strands, best score first.

Source of the method: the named-allele matching described for PharmCAT (PMID 31306493): score = positions
defined among those available, missing positions dropped from all alleles, ties all reported.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from pgx.calling.consistency import consistent_pairs
from pgx.calling.finding import NONE_UNSEEN, Finding, Found
from pgx.calling.matrix import AlleleMatrix, allele_matrix, bits
from pgx.calling.memory import members_within, remembered
from pgx.calling.scoring import score_pair
from pgx.calling.seen import Genotypes, Unseen
from pgx.calling.strands import SeenStrands, Strands, pairs, read_seen
from pgx.domain.call import Consistent, Diplotype, Note, UnseenAlleles
from pgx.domain.gene import Allele, Fallback, Gene, UnphasedPriority
from pgx.domain.genotype import Pattern, Sex
from pgx.domain.names import name_key


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


@dataclass(frozen=True, slots=True)
class Rankings:
    """What was found before for strands of the same blocks and the same genotypes at positions with IUPAC codes."""

    ranked: dict[object, Ranking | None] = field(default_factory=dict)
    allowed: dict[object, tuple[Consistent, UnseenAlleles]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SeenPairs:
    """The genotypes that were read, to be explained by pairs of alleles."""

    gene: Gene
    pattern: Pattern
    genotypes: Genotypes
    matrix: AlleleMatrix
    strands: SeenStrands
    rankings: Rankings

    def find(self, unseen: Unseen) -> Found:
        """Return every pair of the gene's alleles that the genotypes allow, by falling score."""
        strands = self.strands.without(unseen.positions)
        ranking = self._rank(strands)
        if ranking is None:
            return self._unmatched(strands)
        consistent, alleles = self._allow(strands, ranking)
        known = self.matrix.known.findings
        key = (id(ranking), id(consistent), strands.is_phased)
        if key not in known:
            made = Finding(ranking.diplotypes, ranking.best, strands.is_phased, consistent, ranking.notes)
            known[key] = (ranking, consistent, made)
        return known[key][2], alleles

    def _allow(self, strands: Strands, ranking: Ranking) -> tuple[Consistent, UnseenAlleles]:
        """Return what the data allow; it is the same wherever the same alleles fit."""
        or_single = self.gene.sex_linked and self.pattern.sex is Sex.UNKNOWN
        known = self.rankings.allowed
        key = (strands.fixed, strands.seen, bool(strands.missing), ranking.chosen, or_single)
        if key not in known:
            known[key] = consistent_pairs(self.matrix, strands, ranking.chosen, or_single=or_single)
        return known[key]

    def _rank(self, strands: Strands) -> Ranking | None:
        """Rank the pairs, or find them ranked before.

        Of the unseen positions those count which any candidate defines that does not define all; of the others the
        number, which every allele that defines all positions loses from its score.
        """
        pool = strands.candidates(told(self.matrix, strands))
        bearing = strands.missing & _bearing(self.matrix, pool)
        lost = (strands.missing & ~bearing).bit_count()
        known = self.rankings.ranked
        key = (pool, bearing, lost)
        if key not in known:
            known[key] = self._rank_anew(strands, pool, bearing, lost)
        return known[key]

    def _rank_anew(self, strands: Strands, pool: int, bearing: int, lost: int) -> Ranking | None:
        """Rank the pairs; strands whose blocks look alike to the candidates rank them alike, whatever else they are."""
        matrix = self.matrix
        sides = tuple([(block.first & pool, block.second & pool) for block in strands.blocks])
        key = (strands.copies, pool, sides, bearing, self._wobbly(strands, pool))
        matched, ranked = remembered(matrix, "matches"), remembered(matrix, "ranked")
        if key not in matched:
            available = strands.available | strands.missing & ~bearing
            matched[key] = rank_pairs(matrix, strands._replace(available=available), self.genotypes, pool)
        if (key, lost) not in ranked:
            ranking = _rank(self.gene, matrix, strands, matched[key], lost)
            ranked[key, lost] = remembered(matrix, "rankings by content").setdefault(ranking, ranking)
        found: Ranking | None = ranked[key, lost]
        return found

    def _wobbly(self, strands: Strands, pool: int) -> object:
        """Return the genotypes where candidates have IUPAC codes, on which their scores hang, with their blocks."""
        wobble = 0
        for number in bits(pool):
            wobble |= self.matrix.wobble[number]
        rows = bits(wobble & strands.carried)
        return tuple([(row, self.genotypes[row].alleles, strands.block_of(row)) for row in rows])

    def _unmatched(self, strands: Strands) -> Found:
        """Nothing fits, or nothing was seen; then no allele but the reference can be told to be excluded."""
        if strands.available:
            fallback = self.gene.fallback
            finding = self._fall_back(fallback, strands) if fallback else Finding(phased=strands.is_phased)
            return finding, NONE_UNSEEN
        named = sorted((allele for allele in self.matrix.alleles if not allele.defines_all), key=lambda a: a.order)
        names = dict.fromkeys(allele.printed_name for allele in named)
        return Finding(phased=strands.is_phased), UnseenAlleles(names=tuple(names))

    def _fall_back(self, fallback: Fallback, strands: Strands) -> Finding:
        """Look at one position alone where no pair of alleles fits."""
        row = next(n for n, variant in enumerate(self.gene.variants) if variant.name == fallback.position)
        if strands.missing >> row & 1:
            return Finding()
        return _fall_back(fallback, [self.pattern.bases[row][code] for code in self.genotypes[row].alleles])


def read_pairs(gene: Gene, pattern: Pattern, copies: int, rows: Iterable[int] | None = None) -> SeenPairs:
    """Read the genotypes of these rows, of all if none are given; the others are plain or not read."""
    matrix = allele_matrix(gene)
    read = range(len(gene.variants)) if rows is None else rows
    genotypes = Genotypes(((row, pattern.genotypes[row]) for row in read), copies)
    strands = read_seen(matrix, genotypes, copies)
    wobbly = tuple([(row, genotypes[row].alleles) for row in bits(strands.carried & matrix.wobbly)])
    sets = tuple([(block.first, block.second) for block in strands.blocks])
    turns = tuple([tuple(block.positions) for block in strands.blocks]) if wobbly else ()
    rankings = remembered(matrix, "rankings").setdefault((copies, sets, wobbly, turns), Rankings())
    return SeenPairs(gene, pattern, genotypes, matrix, strands, rankings)


def _rank(gene: Gene, matrix: AlleleMatrix, strands: Strands, matches: list[Match], lost: int) -> Ranking | None:
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
    """Take unseen positions from the score that only alleles count which define all."""
    defining = sum(matrix.alleles[number].defines_all for number in match.pair[:copies])
    return Match(match.score - defining * lost, match.pair)


def _bearing(matrix: AlleleMatrix, candidates: int) -> int:
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


def _fall_back(fallback: Fallback, bases: list[str]) -> Finding:
    """Name the alleles of the lookup from the bases at one position."""
    table = dict(fallback.alleles)
    if len(bases) != 2 or not all(base in table for base in bases):
        return Finding()
    bases.sort(key=lambda base: name_key(table[base]))
    names = tuple(f"{fallback.position} {base}" for base in sorted(bases))
    lookup = tuple(table[base] for base in bases)
    note = Note("single-position", f"No pair of alleles fits; the advice rests on {fallback.position} alone.")
    diplotype = Diplotype(names, tuple((name,) for name in names), lookup, 1)
    return Finding((diplotype,), 1, len(set(bases)) == 1, Consistent((lookup,)), notes=(note,), fell_back=True)
