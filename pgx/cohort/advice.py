"""Units of advice: each distinct piece of advice once, and which sample, drug and source it is for.

A drug's guidelines are asked once for every combination of classes of its genes that some sample has; the answer is
spread over the samples by number. Samples whose advice hangs on alleles that could not be excluded get the piece that
names their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from pgx.cohort.classes import SavedGene
from pgx.cohort.pieces import AdviceBook, Blanks
from pgx.domain.drug import Severity
from pgx.domain.patterns import distinct_columns

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pgx.domain.results import AdviceLine, GeneResult, NotAssessed

Piece = tuple[str, str, int]
"""Drug, source and number of the advice."""


class DrugAdvice(Protocol):
    """What is said of one drug."""

    @property
    def lines(self) -> tuple[AdviceLine, ...]: ...
    @property
    def not_assessed(self) -> tuple[NotAssessed, ...]: ...


class Adviser(Protocol):
    """Who is asked for advice, drug by drug."""

    @property
    def asked(self) -> tuple[tuple[str, tuple[str, ...]], ...]: ...
    def advise_drug(self, place: int, genes: Mapping[str, GeneResult], least: Severity) -> DrugAdvice: ...


@dataclass(frozen=True, slots=True)
class Combinations:
    """What the samples of a part have of some genes.

    `members` are the combinations of classes that occur. Where the names of unseen alleles differ too, one has several
    variants: `of_variant` gives each variant's combination, `first` a sample that has it, shape (variants,), and
    `index` each sample's variant, shape (samples,).
    """

    members: tuple[dict[str, GeneResult], ...]
    of_variant: NDArray[np.integer[Any]]
    first: NDArray[np.integer[Any]]
    index: NDArray[np.integer[Any]]

    def spread(self, codes: NDArray[np.int32]) -> NDArray[np.int32]:
        """Return for each sample the code of its combination."""
        found: NDArray[np.int32] = codes[self.of_variant][self.index]
        return found


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said of a drug, one entry a combination."""

    drug: str
    combinations: Combinations
    advice: tuple[DrugAdvice, ...]

    def missing(self) -> tuple[list[NotAssessed], NDArray[np.int32]] | None:
        """Return what samples lack for the drug, and each sample's number among it, 0 where it was assessed."""
        import numpy as np

        numbers: dict[NotAssessed, int] = {}
        lacking = [
            numbers.setdefault(advice.not_assessed[0], 1 + len(numbers)) if advice.not_assessed else 0
            for advice in self.advice
        ]
        return (list(numbers), self.combinations.spread(np.array(lacking, dtype=np.int32))) if numbers else None


@dataclass(slots=True)
class Linker:
    """Links the samples of a part with the advice on one drug after the other."""

    genes: Mapping[str, SavedGene]
    adviser: Adviser
    book: AdviceBook
    samples: int
    blanks: Blanks
    all_advice: bool = False
    _combinations: dict[tuple[str, ...], Combinations] = field(default_factory=dict)

    def ask(self, place: int) -> Answer:
        """Ask about the drug at this place."""
        drug, symbols = self.adviser.asked[place]
        combinations = self.combine(symbols)
        least = Severity.GREY if self.all_advice else Severity.AMBER
        advice = tuple([self.adviser.advise_drug(place, genes, least) for genes in combinations.members])
        return Answer(drug, combinations, advice)

    def links(self, answer: Answer) -> Iterator[tuple[Piece, NDArray[np.intp]]]:
        """Yield each piece of advice on a drug with the samples it is for, in rising order."""
        for source in dict.fromkeys(line.guideline.source for found in answer.advice for line in found.lines):
            lines = [
                tuple([line for line in found.lines if line.guideline.source == source]) for found in answer.advice
            ]
            for number, samples in self._spread(lines, answer.combinations):
                yield (answer.drug, source, number), samples

    def combine(self, symbols: Sequence[str]) -> Combinations:
        """Return the combinations of classes of the genes that were called."""
        called = tuple(symbol for symbol in symbols if symbol in self.genes)
        known = self._combinations.get(called)
        if known is None:
            known = self._combinations[called] = self._combine(called)
        return known

    def _combine(self, called: tuple[str, ...]) -> Combinations:
        saved = [self.genes[symbol] for symbol in called]
        first, index = distinct_columns([gene.index for gene in saved], self.samples)
        classes = [gene.classes[gene.index[first]] for gene in saved]
        chosen, of_variant = distinct_columns(classes, len(first))
        members = tuple(
            {name: gene.members[int(mine[variant])] for name, gene, mine in zip(called, saved, classes, strict=True)}
            for variant in chosen.tolist()
        )
        return Combinations(members, of_variant, first, index)

    def _spread(
        self, lines: Sequence[tuple[AdviceLine, ...]], combinations: Combinations
    ) -> Iterator[tuple[int, NDArray[np.intp]]]:
        """Give the lines of each combination to its samples; those with blanks by the names that each sample has."""
        import numpy as np

        drafts = np.array([self.book.draft(found) if found else -1 for found in lines], dtype=np.int32)
        of_variant = drafts[combinations.of_variant]
        variants = np.flatnonzero(of_variant >= 0)
        pieces, index = self._pieces(of_variant[variants], combinations.first[variants])
        ordered = sorted(set(pieces))
        places = {piece: place for place, piece in enumerate(ordered)}
        ranks = np.array([places[piece] for piece in pieces], dtype=np.int32)
        of_variant[variants] = ranks[index]
        numbers = [number for _, number in ordered]
        yield from zip(numbers, _members(of_variant[combinations.index], len(numbers)), strict=True)

    def _pieces(
        self, drafts: NDArray[np.int32], samples: NDArray[np.integer[Any]]
    ) -> tuple[list[tuple[bool, int]], NDArray[np.int32]]:
        """Fill in the drafts with the names that these samples have.

        Returns, for each distinct draft with names, whether it had blanks and the number of its piece, and which of
        these each sample has.
        """
        import numpy as np

        used = {number: self.book.drafts[number] for number in np.unique(drafts).tolist()}
        genes = sorted({gene for draft in used.values() for gene in draft.genes})
        names = [self.genes[gene].names_of(samples) for gene in genes]
        asked = [np.isin(drafts, [n for n, draft in used.items() if gene in draft.genes]) for gene in genes]
        first, index = distinct_columns(
            [drafts, *(np.where(mine, every + 1, 0) for mine, every in zip(asked, names, strict=True))], len(drafts)
        )
        pieces = []
        for place in first.tolist():
            draft = used[int(drafts[place])]
            mine = {gene: self.genes[gene].names[int(every[place])] for gene, every in zip(genes, names, strict=True)}
            pieces.append((bool(draft.genes), self.book.number(self.blanks.fill(draft, mine))))
        return pieces, index


def _members(groups: NDArray[np.int32], count: int) -> list[NDArray[np.intp]]:
    """Return the places of each group from 0 on, in rising order; places of group -1 are in none."""
    import numpy as np

    places = np.flatnonzero(groups >= 0)
    chosen = groups[places].astype(np.uint16 if count <= 1 << 16 else np.uint32)
    ordered = places[np.argsort(chosen, kind="stable")]
    return np.split(ordered, np.cumsum(np.bincount(chosen, minlength=count))[:-1]) if count else []
