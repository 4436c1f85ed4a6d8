"""The pair of alleles that explains both strands, best score first.

Source of the method: the named-allele matching described for PharmCAT (PMID 31306493): score = positions
defined among those available, missing positions dropped from all alleles, ties all reported.
"""

from __future__ import annotations

from dataclasses import dataclass

from pgx.calling.consistency import consistent_pairs
from pgx.calling.finding import Finding
from pgx.calling.matrix import AlleleMatrix, allele_matrix, bits
from pgx.calling.memory import members_within, remembered
from pgx.calling.scoring import score_pair
from pgx.calling.strands import Strands, pairs, read_strands
from pgx.domain.call import Consistent, Diplotype, Note
from pgx.domain.gene import Fallback, Gene, UnphasedPriority
from pgx.domain.genotype import Pattern, Sex
from pgx.domain.names import name_key


@dataclass(frozen=True, slots=True)
class Match:
    """One pair of alleles by number, with its score."""

    score: int
    pair: tuple[int, int]


def call_diplotypes(gene: Gene, pattern: Pattern, copies: int) -> Finding:
    """Return every pair of the gene's alleles that the genotypes allow, by falling score."""
    matrix = allele_matrix(gene)
    strands = read_strands(matrix, pattern.genotypes, copies, pattern.notable)
    key = _key(gene, matrix, strands, pattern)
    known = remembered(matrix, "findings")
    if key not in known:
        matches = _ranked(matrix, strands, pattern)
        if not matches:
            return _unmatched(gene, matrix, strands, pattern)
        known[key] = _found(gene, matrix, strands, pattern, matches)
    finding: Finding = known[key]
    return finding


def _key(gene: Gene, matrix: AlleleMatrix, strands: Strands, pattern: Pattern) -> tuple[object, ...]:
    """Return all that a finding follows from.

    Of the unseen positions their number counts, which lowers the score of alleles that define every position, and
    which of those are unseen that any other candidate defines.
    """
    sets = tuple([(block.first, block.second) for block in strands.blocks])
    candidates = strands.candidates(strands.fixed)
    bearing = _bearing(matrix, candidates)
    unseen = (strands.missing & bearing, strands.missing.bit_count())
    wobble = _wobble_rows(matrix)
    codes = tuple([(row, pattern.genotypes[row].alleles) for row in pattern.notable if wobble >> row & 1])
    or_single = gene.sex_linked and pattern.sex is Sex.UNKNOWN
    turns = tuple([tuple(block.positions) for block in strands.blocks]) if codes else ()
    return (strands.copies, strands.fixed, strands.seen, sets, unseen, codes, turns, or_single, gene.symbol)


def _bearing(matrix: AlleleMatrix, candidates: int) -> int:
    """Return the positions that any candidate defines, but for those that define all."""
    known = remembered(matrix, "bearing")
    if candidates not in known:
        found = 0
        for number in bits(candidates):
            found |= 0 if matrix.alleles[number].defines_all else matrix.defined[number] | matrix.distinct[number]
            found |= matrix.wobble[number]
        known[candidates] = found
    mask: int = known[candidates]
    return mask


def _wobble_rows(matrix: AlleleMatrix) -> int:
    known = remembered(matrix, "wobble rows")
    if not known:
        rows = 0
        for mask in matrix.wobble:
            rows |= mask
        known[0] = rows
    found: int = known[0]
    return found


def _found(gene: Gene, matrix: AlleleMatrix, strands: Strands, pattern: Pattern, matches: list[Match]) -> Finding:
    """Put together what the matches say."""
    chosen, notes = _choose(gene, matrix, strands, matches)
    ordered = chosen + [match for match in matches if match not in chosen]
    or_single = gene.sex_linked and pattern.sex is Sex.UNKNOWN
    consistent, not_excluded = consistent_pairs(matrix, strands, [m.pair for m in chosen], or_single=or_single)
    diplotypes = _printed(gene, matrix, strands, ordered)
    best = len(_printed(gene, matrix, strands, chosen))
    return Finding(diplotypes, best, strands.is_phased, consistent, not_excluded, notes)


def _unmatched(gene: Gene, matrix: AlleleMatrix, strands: Strands, pattern: Pattern) -> Finding:
    """Nothing fits, or nothing was seen; then no allele but the reference can be told to be excluded."""
    if strands.available:
        return _fall_back(gene.fallback, gene, pattern) if gene.fallback else Finding(phased=strands.is_phased)
    open_alleles = sorted((allele for allele in matrix.alleles if not allele.defines_all), key=lambda a: a.order)
    names = dict.fromkeys(allele.printed_name for allele in open_alleles)
    return Finding(phased=strands.is_phased, not_excluded=tuple(names))


def _ranked(matrix: AlleleMatrix, strands: Strands, pattern: Pattern) -> list[Match]:
    """All pairs of alleles that have something left to tell them by, best score first, then by names.

    An allele of which only reference bases were seen is not called; it stays among those not excluded.
    """
    groups = remembered(matrix, "told by")
    if not groups:
        for number, allele in enumerate(matrix.alleles):
            telling = (matrix.defined if allele.defines_all else matrix.distinct)[number]
            groups[telling] = groups.get(telling, 0) | 1 << number
    left = (1 << len(matrix.alleles)) - 1 & ~members_within(groups, strands.missing)
    matches = [
        Match(score_pair(matrix, strands, pattern.genotypes, pair), pair)
        for pair in pairs(strands, strands.fixed & left)
    ]
    return sorted(matches, key=lambda match: (-match.score, *_order(matrix, match.pair)))


def _order(matrix: AlleleMatrix, pair: tuple[int, int]) -> tuple[object, ...]:
    return tuple(sorted(_allele_order(matrix, number) for number in pair))


def _allele_order(matrix: AlleleMatrix, number: int) -> tuple[object, ...]:
    """Order of names within a diplotype: by number; a reference allele that has no number stands first."""
    known = remembered(matrix, "order")
    if number not in known:
        allele = matrix.alleles[number]
        is_plain_reference = allele.defines_all and not allele.core and not allele.name.startswith("*")
        known[number] = (not is_plain_reference, allele.order)
    order: tuple[object, ...] = known[number]
    return order


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
    names = {_name(matrix, match.pair): match for match in matches}
    fitting = [priority for priority in gene.priorities if set(priority.among) <= set(names)]
    if not fitting:
        return matches, ()
    priority = max(fitting, key=lambda entry: len(entry.among))
    return [names[priority.pick]], (_priority_note(priority),)


def _name(matrix: AlleleMatrix, pair: tuple[int, int]) -> str:
    ordered = sorted(pair, key=lambda number: _allele_order(matrix, number))
    return "/".join(matrix.alleles[number].printed_name for number in ordered)


def _priority_note(priority: UnphasedPriority) -> Note:
    others = " or ".join(name for name in priority.among if name != priority.pick)
    return Note("unphased-priority", f"Phase is open; {priority.pick} is far more frequent than {others}.")


def _printed(gene: Gene, matrix: AlleleMatrix, strands: Strands, matches: list[Match]) -> tuple[Diplotype, ...]:
    """Diplotypes under their core alleles' names, each name once with its best score."""
    found: dict[tuple[str, ...], Diplotype] = {}
    for match in matches:
        members = sorted(match.pair, key=lambda number: _allele_order(matrix, number))[: strands.copies]
        names = tuple(matrix.alleles[number].printed_name for number in members)
        found.setdefault(names, Diplotype(names, tuple((name,) for name in names), names, match.score))
    return tuple(found.values())


def _fall_back(fallback: Fallback, gene: Gene, pattern: Pattern) -> Finding:
    """Name the alleles of the lookup from one position where no pair of alleles fits."""
    row = next(n for n, variant in enumerate(gene.variants) if variant.name == fallback.position)
    genotype, table = pattern.genotypes[row], dict(fallback.alleles)
    bases = [pattern.bases[row][code] for code in genotype.alleles]
    if len(bases) != 2 or not all(base in table for base in bases):
        return Finding()
    bases.sort(key=lambda base: name_key(table[base]))
    names = tuple(f"{fallback.position} {base}" for base in sorted(bases))
    lookup = tuple(table[base] for base in bases)
    note = Note("single-position", f"No pair of alleles fits; the advice rests on {fallback.position} alone.")
    diplotype = Diplotype(names, tuple((name,) for name in names), lookup, 1)
    return Finding((diplotype,), 1, len(set(bases)) == 1, Consistent((lookup,)), notes=(note,), fell_back=True)
