"""Why a gene was called as it was: the candidates, what each needs, what excludes it, and what would settle it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from pgx.calling.call import call_pattern
from pgx.calling.copy_number import fit_copies
from pgx.calling.matrix import AlleleMatrix, allele_matrix, bits
from pgx.calling.options import CallOptions
from pgx.calling.questions import Pair, best_question, count_names
from pgx.calling.ranking import allele_order, pair_name, pair_order, rank_pairs, told, untold
from pgx.calling.scoring import score_pair
from pgx.calling.seen import Genotypes
from pgx.calling.strands import Strands, pairs, read_seen
from pgx.domain.call import GeneCall
from pgx.domain.explanation import Candidate, Explanation, PositionRow, Question
from pgx.domain.gene import IUPAC, CallingMode, Gene
from pgx.domain.genotype import Genotype, Pattern

RUNNERS_UP = 5
"""Candidates that were not chosen and are explained."""
MAX_CHOSEN = 8
"""Chosen candidates that get a column."""

PAIRED = frozenset({CallingMode.DIPLOTYPE, CallingMode.SINGLE_VARIANT, CallingMode.HAPLOID})
"""Modes in which a pair of alleles explains the genotypes; in the others every variant counts by itself."""


def explain_call(gene: Gene, pattern: Pattern, sample: str, options: CallOptions | None = None) -> Explanation:
    """Call one gene of one sample and give the reasons."""
    call = call_pattern(gene, pattern, options or CallOptions())
    if gene.calling not in PAIRED:
        return _explain_arrangements(gene, pattern, sample, call)
    fitted, copies, _ = fit_copies(gene, pattern)
    matrix, genotypes = allele_matrix(gene), Genotypes(enumerate(fitted.genotypes), copies)
    inquiry = _Inquiry(gene, fitted, matrix, genotypes, read_seen(matrix, genotypes, copies).without(0))
    considered = inquiry.considered(call)
    left = pairs(inquiry.strands, inquiry.strands.fixed) if inquiry.strands.available else []
    question = best_question(gene, inquiry.matrix, inquiry.strands, left) if len(left) > 1 else None
    rows = inquiry.rows([pair for _, pair in considered])
    candidates = tuple(candidate for candidate, _ in considered)
    return Explanation(sample, call, candidates, rows, count_names(inquiry.matrix, inquiry.strands, left), question)


@dataclass(frozen=True, slots=True)
class _Inquiry:
    """One pattern of one gene, held against pairs of alleles."""

    gene: Gene
    pattern: Pattern
    matrix: AlleleMatrix
    genotypes: Genotypes
    strands: Strands

    def considered(self, call: GeneCall) -> list[tuple[Candidate, Pair | None]]:
        """Return the chosen candidates, those that fit and lost, and the nearest of those that do not fit."""
        fitting = {self._name(pair): pair for pair in self._ranked()}
        chosen = [d.name for d in call.best_diplotypes][:MAX_CHOSEN]
        found: list[tuple[Candidate, Pair | None]] = [
            (Candidate(d.name, None if d.partial else d.score, True), fitting.get(d.name))
            for d in call.best_diplotypes[:MAX_CHOSEN]
        ]
        best = max((self._score(pair) for pair in fitting.values()), default=0)
        for name, pair in islice(((n, p) for n, p in fitting.items() if n not in chosen), RUNNERS_UP):
            found.append((Candidate(name, self._score(pair), False, self._lost(pair, best)), pair))
        left = RUNNERS_UP - len(found) + len(chosen)
        for pair in islice(self._nearest(set(fitting)), max(left, 2)):
            found.append((Candidate(self._name(pair), None, False, self._excluded(pair)), pair))
        return found

    def rows(self, candidates: list[Pair | None]) -> tuple[PositionRow, ...]:
        return tuple(self._row(position, candidates) for position in range(len(self.gene.variants)))

    def _row(self, position: int, candidates: list[Pair | None]) -> PositionRow:
        variant, genotype = self.gene.variants[position], self.pattern.genotypes[position]
        needs = tuple(self._needs(pair, position) if pair else "" for pair in candidates)
        conflicts = tuple(n for n, pair in enumerate(candidates) if pair and not self._agrees(pair, position))
        carries = any(code != self.matrix.reference[position] for code in genotype.alleles)
        tells = bool(conflicts) or carries or (not genotype.state.gives_alleles and len(set(needs)) > 1)
        text = genotype_text(genotype, self.pattern.bases[position])
        place = f"{variant.contig}:{variant.grch38}"
        return PositionRow(variant.name, place, text, genotype.state.label, needs, conflicts, tells)

    def _ranked(self) -> list[Pair]:
        pool = told(self.matrix, self.strands)
        return [match.pair for match in rank_pairs(self.matrix, self.strands, self.genotypes, pool)]

    def _score(self, pair: Pair) -> int:
        return score_pair(self.matrix, self.strands, self.genotypes, pair)

    def _name(self, pair: Pair) -> str:
        return pair_name(self.matrix, pair, self.strands.copies)

    def _lost(self, pair: Pair, best: int) -> str:
        score = self._score(pair)
        if score < best:
            return f"fits, but defines fewer of the positions read: score {score} against {best}"
        return "fits as well; the gene's table prefers the other"

    def _nearest(self, known: set[str]) -> Iterator[Pair]:
        """Yield pairs that do not fit, those first that the fewest positions exclude.

        Considered are alleles of which the sample shows a variant of their own, and the reference alleles.
        """
        alleles = [n for n in range(len(self.matrix.alleles)) if self._is_hinted(n)]
        choices = (
            [(a, b) for i, a in enumerate(alleles) for b in alleles[i:]]
            if self.strands.copies == 2
            else [(a, a) for a in alleles]
        )
        ranked = sorted(choices, key=lambda pair: (len(self._conflicts(pair)), pair_order(self.matrix, pair)))
        names = set(known)
        for pair in ranked:
            if self._name(pair) not in names:
                names.add(self._name(pair))
                yield pair

    def _is_hinted(self, number: int) -> bool:
        allele = self.matrix.alleles[number]
        own = [p for p in bits(self.matrix.cored[number] & self.strands.available)]
        return allele.defines_all or any(
            self.matrix.allows(p, code) >> number & 1
            for p in own
            for code in self.pattern.genotypes[p].alleles
            if code != self.matrix.reference[p]
        )

    def _conflicts(self, pair: Pair) -> list[int]:
        return [p for p in bits(self.strands.available) if not self._agrees(pair, p)]

    def _agrees(self, pair: Pair, position: int) -> bool:
        """Tell whether the genotype at this position, by itself, can come from the pair."""
        genotype = self.pattern.genotypes[position]
        if not genotype.state.gives_alleles:
            return True
        first, second = (self.matrix.allows(position, code) for code in (genotype.alleles[0], genotype.alleles[-1]))
        one, other = pair
        return bool((first >> one & 1 and second >> other & 1) or (second >> one & 1 and first >> other & 1))

    def _excluded(self, pair: Pair) -> str:
        conflicts = self._conflicts(pair)
        if not conflicts and any(untold(self.matrix, self.strands.missing) >> number & 1 for number in pair):
            return "none of the positions that would tell it was read"
        if not conflicts:
            return "each position fits, but not with the phase in the file"
        position = conflicts[0]
        read = genotype_text(self.pattern.genotypes[position], self.pattern.bases[position])
        more = f" (and {len(conflicts) - 1} more)" if len(conflicts) > 1 else ""
        return f"{self.gene.variants[position].name} is {read}, it needs {self._needs(pair, position)}{more}"

    def _needs(self, pair: Pair, position: int) -> str:
        members = sorted(pair, key=lambda number: allele_order(self.matrix, number))[: self.strands.copies]
        return "/".join(self._bases(number, position) for number in members)

    def _bases(self, number: int, position: int) -> str:
        """What an allele has at a position; an IUPAC code where it allows several bases."""
        bases = [
            b
            for c, b in enumerate(self.gene.variants[position].bases)
            if self.matrix.allowed[position][c] >> number & 1
        ]
        code = next((letter for letter, known in IUPAC.items() if sorted(known) == sorted(bases)), "")
        return bases[0] if len(bases) == 1 else code or "or".join(bases)


def genotype_text(genotype: Genotype, bases: tuple[str, ...]) -> str:
    """Write a genotype with its bases, `|` where it is phased; empty where there are none.

    >>> from pgx.domain.evidence import EvidenceState
    >>> genotype_text(Genotype(EvidenceState.CALLED, (0, 1), phased=True), ("G", "A"))
    'G|A'
    """
    if not genotype.alleles:
        return f"half: {','.join(bases[code] for code in genotype.seen)}" if genotype.seen else ""
    return ("|" if genotype.phased else "/").join(bases[code] for code in genotype.alleles)


def _explain_arrangements(gene: Gene, pattern: Pattern, sample: str, call: GeneCall) -> Explanation:
    """Explain genes where every variant counts: candidates are the ways the phase blocks can lie."""
    candidates = tuple(
        Candidate(d.name, None, number == 0, "" if number == 0 else "another arrangement; the first has less function")
        for number, d in enumerate(call.diplotypes[: 1 + RUNNERS_UP])
    )
    cores = {allele.name: dict(allele.core) for allele in gene.alleles}
    rows = []
    for position, variant in enumerate(gene.variants):
        genotype = pattern.genotypes[position]
        needs = tuple(
            "/".join(
                "+".join(dict.fromkeys(b for name in strand if (b := cores[name].get(variant.name)))) or variant.ref
                for strand in diplotype.components
            )
            for diplotype in call.diplotypes[: len(candidates)]
            if not diplotype.listed
        )
        text = genotype_text(genotype, pattern.bases[position])
        place = f"{variant.contig}:{variant.grch38}"
        tells = any(genotype.alleles) or bool(genotype.seen)
        rows.append(PositionRow(variant.name, place, text, genotype.state.label, needs, (), tells))
    consistent = call.consistent
    return Explanation(
        sample, call, candidates, tuple(rows), len(consistent.seen) + len(consistent.unseen), _gravest(gene, pattern)
    )


def _gravest(gene: Gene, pattern: Pattern) -> Question | None:
    """Ask for the unseen position whose alleles would matter most."""
    order = gene.function_order
    missing = [v.name for v, g in zip(gene.variants, pattern.genotypes, strict=False) if not g.state.gives_alleles]
    ranked = sorted(
        (
            order.index(allele.function) if allele.function in order else len(order),
            missing.index(name),
            allele.name,
            name,
        )
        for allele in gene.alleles
        if not allele.defines_all
        for name, _ in allele.core
        if name in missing
    )
    if not ranked:
        return None
    position = ranked[0][3]
    alleles = tuple(name for _, _, name, at in ranked if at == position)
    return Question(f"the genotype at {position}", (("variant", len(alleles), alleles),))
