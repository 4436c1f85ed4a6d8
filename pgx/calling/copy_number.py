"""Calling with copies: strands without the gene, strands that have it several times, and what cannot be told.

A copy number comes from structural records or from the user. One strand is then called alone (the other is the
deletion allele), or the alleles of a pair are given their numbers: by phase where strands are known, by the reads at
heterozygous positions, else every way round, side by side.

Results are judged over all diplotypes that the data allow, with every unseen *position* free (design, rule 2).
A structural allele has no position that could be seen or unseen. Genes that cannot be read without knowing their
copies are therefore `untestable` until these are known. In other genes structural alleles are named in a remark and do
not count as "not excluded": they are rare (deletions of the CYP2C type: 1 carrier in 2,000, PMID 31260137), no
file of small variants can ever exclude them, and a colour that no result can have says nothing. A structural record
that touches the gene and cannot be read does forbid an all-clear.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from pgx.calling.finding import NONE_UNSEEN, Finding, Found
from pgx.calling.matrix import allele_matrix
from pgx.calling.ploidy import fit_ploidy
from pgx.calling.strands import read_strands
from pgx.calling.structural import tandems
from pgx.domain.call import AllelePair, Consistent, Diplotype, Note, UnseenAlleles
from pgx.domain.evidence import EvidenceState
from pgx.domain.gene import Allele, Deletions, Gene
from pgx.domain.genotype import Genotype, Pattern
from pgx.domain.names import name_key

Numbers = tuple[int, int]
"""Copies of the one allele of a pair and of the other."""
PLAIN_PAIR = (1, 1)


def fit_copies(gene: Gene, pattern: Pattern) -> tuple[Pattern, int, tuple[Note, ...]]:
    """Return the pattern on the strands that have the whole gene, their number, and remarks."""
    left = [strand for strand, copies in enumerate(_strands(pattern)) if copies]
    if not gene.counts_copies or len(left) == 2 or not left:
        return fit_ploidy(gene, pattern)
    strand = left[0] if pattern.structure.phased else None
    partial = bool(pattern.structure.partial)
    genotypes = tuple(_on_one_strand(genotype, strand, partial) for genotype in pattern.genotypes)
    lost = [
        variant.name
        for variant, before, after in zip(gene.positions, pattern.genotypes, genotypes, strict=True)
        if before.state.gives_alleles and not after.state.gives_alleles
    ]
    text = f"Two alleles at {', '.join(lost)}, but one strand lacks the gene or a part of it; they were not used."
    notes = (Note("one-copy-two-alleles", text),) if lost and not partial else ()
    return replace(pattern, genotypes=genotypes), 1, notes


def _strands(pattern: Pattern) -> Numbers:
    """Return the copies of the whole gene on each strand, one way round; two plain strands where nothing is known."""
    if len(pattern.structure.strands) == 2:
        return pattern.structure.strands[0], pattern.structure.strands[1]
    whole = 2 if pattern.copy_number is None else pattern.copy_number
    return (0, whole) if whole < 2 else (1, whole - 1)


def _on_one_strand(genotype: Genotype, strand: int | None, partial: bool) -> Genotype:
    if not genotype.state.gives_alleles or len(genotype.alleles) == 1:
        return genotype
    if not genotype.is_heterozygous:
        return replace(genotype, alleles=genotype.alleles[:1], phased=False)
    if strand is not None and genotype.phased and not genotype.phase_set:
        return replace(genotype, alleles=(genotype.alleles[strand],), phased=False, copies=())
    return Genotype(EvidenceState.NO_CALL if partial else EvidenceState.CONFLICT)


def place_copies(gene: Gene, pattern: Pattern, found: Found) -> Found:
    """Give the alleles of what was found their numbers of copies, and add the strands that lack the gene.

    `pattern` is the one that `fit_copies` returned and the finding was made from.
    """
    if gene.deletions is None or pattern.copy_number is None:
        return found
    strands = _strands(pattern)
    lost = _lost(gene.deletions, pattern, strands)
    if len(lost) == 2:
        return _without_gene(pattern, lost), NONE_UNSEEN
    if lost:

        def beside(pair: AllelePair, _: bool) -> list[Placed]:
            return [_placed(gene, (_counted(pair[0], max(strands)), lost[0]))]

        return _spread(found, beside)
    return found if strands == PLAIN_PAIR else _multiplied(gene, pattern, found)


def _lost(deletions: Deletions, pattern: Pattern, strands: Numbers) -> tuple[str, ...]:
    """Name the deletion allele of each strand that has not the whole gene."""
    partial = (deletions.part,) * pattern.structure.partial
    missing = strands.count(0) - len(partial)
    return ((deletions.whole,) * missing + partial)[:2]


def _without_gene(pattern: Pattern, lost: tuple[str, ...]) -> Finding:
    names = _ordered(lost)
    notes: tuple[Note, ...] = ()
    if not pattern.structure.partial and any(genotype.state.gives_alleles for genotype in pattern.genotypes):
        text = "There is no copy of the gene, yet the file has genotypes in it; they were not used."
        notes = (Note("genotypes-without-gene", text),)
    diplotype = Diplotype(names, tuple((name,) for name in names), names)
    return Finding((diplotype,), 1, True, Consistent((names,)), notes=notes, needs_no_position=True)


@dataclass(frozen=True, slots=True)
class Placed:
    """A pair with its copies: names as printed, and those that function and score come from."""

    alleles: AllelePair
    lookup: AllelePair


Place = Callable[[AllelePair, bool], list[Placed]]
"""Gives a pair its copies; True where the names stand for all alleles of the same function."""


def _spread(found: Found, place: Place) -> Found:
    """Put every placement of each pair in the place of the pair."""
    finding, unseen = found
    best = _diplotypes(finding.diplotypes[: finding.best], place)
    others = _diplotypes(finding.diplotypes[finding.best :], place)
    known = {diplotype.alleles for diplotype in best}
    diplotypes = (*best, *(diplotype for diplotype in others if diplotype.alleles not in known))
    consistent = _consistent(finding.consistent, place)
    placed = finding._replace(diplotypes=diplotypes, best=len(best), consistent=consistent)
    return placed, _with_copies(unseen, consistent)


def _diplotypes(found: Iterable[Diplotype], place: Place) -> tuple[Diplotype, ...]:
    placed = (new for diplotype in found for new in ([diplotype] if diplotype.partial else _rename(diplotype, place)))
    return tuple({diplotype.alleles: diplotype for diplotype in placed}.values())


def _rename(diplotype: Diplotype, place: Place) -> Iterator[Diplotype]:
    for one in place(diplotype.lookup_alleles, False):
        components = tuple((name,) for name in one.alleles)
        yield replace(diplotype, alleles=one.alleles, components=components, lookup_alleles=one.lookup)


def _consistent(consistent: Consistent, place: Place) -> Consistent:
    """Place all pairs."""
    seen, unseen = (
        dict.fromkeys(one.lookup for pair in pairs for one in place(pair, True))
        for pairs in (consistent.seen, consistent.unseen)
    )
    return Consistent(tuple(seen), tuple(pair for pair in unseen if pair not in seen))


def _with_copies(unseen: UnseenAlleles, consistent: Consistent) -> UnseenAlleles:
    """Let the copies of an allele stand for the same alleles that could not be excluded."""
    hidden = dict(unseen.by_class)
    for name in sorted({name for pair in consistent.unseen for name in pair}):
        base = Allele(name).parts[0][0] if Allele(name).parts else name
        if base in hidden:
            hidden.setdefault(name, hidden[base])
    return UnseenAlleles(tuple(hidden.items()), unseen.names)


def _placed(gene: Gene, names: Iterable[str]) -> Placed:
    ordered = _ordered(names)
    found = (gene.find_allele(name) for name in ordered)
    return Placed(ordered, tuple(one.printed_name if one else name for one, name in zip(found, ordered, strict=True)))


def _ordered(names: Iterable[str]) -> AllelePair:
    return tuple(sorted(names, key=name_key))


def _counted(name: str, copies: int) -> str:
    return name if copies == 1 else f"{name}x{copies}"


def _multiplied(gene: Gene, pattern: Pattern, found: Found) -> Found:
    """Place copies beyond two on the alleles of each pair, as far as phase and reads tell."""
    layout = _Layout(gene, pattern)

    def place(pair: AllelePair, by_function: bool) -> list[Placed]:
        return [_placed(gene, map(_counted, pair, numbers)) for numbers in layout.numbers(pair, by_function)]

    placed, unseen = _spread(found, place)
    same_look = _tandem_pairs(gene, placed.diplotypes[: placed.best])
    consistent = replace(placed.consistent, seen=tuple(dict.fromkeys((*placed.consistent.seen, *same_look))))
    best = found[0].diplotypes[: found[0].best]
    is_open = any(
        len(layout.numbers(diplotype.lookup_alleles, False)) > 1 for diplotype in best if not diplotype.partial
    )
    notes = (*placed.notes, *_remarks(gene, placed, is_open, same_look))
    return placed._replace(consistent=consistent, notes=notes), unseen


def _tandem_pairs(gene: Gene, diplotypes: Iterable[Diplotype]) -> list[AllelePair]:
    """Return pairs with a tandem of two genes in the place of two copies of one; small variants look alike."""
    return [
        _ordered((tandem, other))
        for diplotype in diplotypes
        for name, other in (diplotype.alleles, diplotype.alleles[::-1])
        for tandem in tandems(gene, name)
    ]


def _remarks(gene: Gene, finding: Finding, is_open: bool, same_look: list[AllelePair]) -> Iterable[Note]:
    best = finding.diplotypes[: finding.best]
    if is_open:
        text = "Which allele has more than one copy, or how many, is not told by the data; every way is listed."
        yield Note("copies-open", text)
    unknown = {name for one in best for name in one.alleles if gene.find_allele(name) is None}
    if unknown:
        yield Note("copies-without-function", f"No function is assigned to {', '.join(sorted(unknown, key=name_key))}.")
    found = {name for pair in same_look for name in pair if "+" in name}
    if found:
        names = ", ".join(sorted(found, key=name_key))
        yield Note("tandem-possible", f"Instead of copies of one allele it may be {names}, which looks the same.")


class _Layout:
    """How many copies each allele of a pair can have, given the numbers on the strands, phase and reads."""

    def __init__(self, gene: Gene, pattern: Pattern) -> None:
        self._matrix = allele_matrix(gene)
        self._pattern = pattern
        structure, total = pattern.structure, pattern.copy_number or 0
        known = tuple(structure.strands)
        self._splits = [(known[0], known[1])] if known else [(one, total - one) for one in range(1, total // 2 + 1)]
        self._phased = structure.phased and bool(known)
        strands = read_strands(self._matrix, pattern.genotypes, 2)
        self._block = next((block for block in strands.blocks if self._is_whole(block.positions[0])), None)

    def _is_whole(self, position: int) -> bool:
        """Tell whether the position is phased over the whole gene, as the strands' copies are."""
        genotype = self._pattern.genotypes[position]
        return genotype.phased and not genotype.phase_set

    def numbers(self, pair: AllelePair, by_function: bool) -> list[Numbers]:
        """Return the possible copies of the two alleles, or of any of their functions, fewest on the first first."""
        one, other = (self._members(name, by_function) for name in pair)
        possible = {numbers for split in self._splits for numbers in self._ways(split, one, other)}
        told = possible & self._told_by_reads(one, other) or possible
        if pair[0] == pair[1]:
            told = {(min(numbers), max(numbers)) for numbers in told}
        return sorted(told)

    def _members(self, name: str, by_function: bool) -> int:
        """Return the set of alleles that a name stands for: itself, all suballeles of a core allele, or its class."""
        if by_function:
            return next((members for members in self._matrix.classes if self._members(name, False) & members), 0)
        return sum(
            1 << n for n, allele in enumerate(self._matrix.alleles) if name in (allele.name, allele.printed_name)
        )

    def _ways(self, split: Numbers, one: int, other: int) -> list[Numbers]:
        both = [split, (split[1], split[0])]
        if not self._phased or self._block is None:
            return both
        first, second = self._block.first, self._block.second
        fits = (bool(one & first and other & second), bool(one & second and other & first))
        return [way for way, fit in zip(both, fits, strict=True) if fit] or both

    def _told_by_reads(self, one: int, other: int) -> set[Numbers]:
        """Return the numbers that heterozygous positions agree on; none where they do not, or tell nothing."""
        votes = set()
        for position, genotype in enumerate(self._pattern.genotypes[: len(self._matrix.allowed)]):
            if len(genotype.copies) == 2 and genotype.is_heterozygous:
                first, second = (self._matrix.allows(position, code) for code in genotype.alleles)
                straight, crossed = one & first and other & second, one & second and other & first
                if bool(straight) != bool(crossed):
                    votes.add(genotype.copies if straight else genotype.copies[::-1])
        return {(vote[0], vote[1]) for vote in votes} if len(votes) == 1 else set()
