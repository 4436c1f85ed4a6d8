"""The pair of alleles that explains both strands, best score first.

Source of the method: the named-allele matching described for PharmCAT (PMID 31306493): score = positions
defined among those available, missing positions dropped from all alleles, ties all reported.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from pgx.calling.consistency import consistent_pairs
from pgx.calling.finding import NONE_UNSEEN, Finding, Found
from pgx.calling.matrix import AlleleMatrix, allele_matrix, bits
from pgx.calling.memory import remembered
from pgx.calling.ranking import Ranking, bearing_positions, choose_pairs, rank_pairs, told
from pgx.calling.seen import Genotypes, Unseen
from pgx.calling.strands import SeenStrands, Strands, read_seen
from pgx.domain.call import Consistent, Diplotype, Note, UnseenAlleles
from pgx.domain.gene import Fallback, Gene
from pgx.domain.genotype import Pattern, Sex
from pgx.domain.names import name_key


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
        bearing = strands.missing & bearing_positions(self.matrix, pool)
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
            ranking = choose_pairs(self.gene, matrix, strands, matched[key], lost)
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
