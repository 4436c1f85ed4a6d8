"""The one unknown result that would split best what the data leave open."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterator
from itertools import combinations

from pgx.calling.matrix import AlleleMatrix, bits
from pgx.calling.strands import Block, Strands
from pgx.domain.explanation import Question
from pgx.domain.gene import Gene

Pair = tuple[int, int]
NAMED = 4
"""Names that are given for an answer."""
MAX_BLOCKS = 6
"""Phase blocks whose way to each other is asked about."""


def best_question(gene: Gene, matrix: AlleleMatrix, strands: Strands, left: list[Pair]) -> Question | None:
    """Return the unseen position, else the phase, whose answer leaves the fewest diplotypes on average.

    None where no answer would leave fewer than are open now.
    """
    positions = (
        (f"the genotype at {gene.variants[p].name}", _base_answers(gene, matrix, p)) for p in bits(strands.missing)
    )
    for choices in (positions, _phases(gene, strands)):
        asked = [(subject, split) for subject, answer in choices if len(split := _split(left, answer)) > 1]
        if asked:
            subject, split = min(asked, key=lambda entry: sum(len(pairs) ** 2 for pairs in entry[1].values()))
            return Question(subject, tuple(_answers(matrix, strands, split)))
    return None


def _split(left: list[Pair], answer: Callable[[Pair], Hashable]) -> dict[Hashable, list[Pair]]:
    found: dict[Hashable, list[Pair]] = defaultdict(list)
    for pair in left:
        found[answer(pair)].append(pair)
    return found


def _answers(
    matrix: AlleleMatrix, strands: Strands, split: dict[Hashable, list[Pair]]
) -> Iterator[tuple[str, int, tuple[str, ...]]]:
    for answer, pairs in sorted(split.items(), key=lambda entry: (-len(entry[1]), str(entry[0]))):
        names = dict.fromkeys(
            "/".join(matrix.alleles[n].printed_name for n in pair[: strands.copies]) for pair in pairs
        )
        yield str(answer), len(names), tuple(names)[:NAMED]


def _base_answers(gene: Gene, matrix: AlleleMatrix, position: int) -> Callable[[Pair], str]:
    """Say which genotype a pair of alleles would show; an allele that allows several bases shows them all."""
    bases = gene.variants[position].bases

    def side(number: int) -> str:
        return "|".join(base for code, base in enumerate(bases) if matrix.allowed[position][code] >> number & 1)

    return lambda pair: " and ".join(sorted(map(side, pair)))


def _phases(gene: Gene, strands: Strands) -> Iterator[tuple[str, Callable[[Pair], str]]]:
    for one, other in combinations(strands.blocks[:MAX_BLOCKS], 2):
        names = [gene.variants[block.positions[0]].name for block in (one, other)]
        yield f"the phase of {names[0]} to {names[1]}", _phase_answers(one, other)


def _phase_answers(one: Block, other: Block) -> Callable[[Pair], str]:
    def lies(block: Block, pair: Pair) -> set[bool]:
        ways = ((False, block.first, block.second), (True, block.second, block.first))
        return {turned for turned, first, second in ways if first >> pair[0] & 1 and second >> pair[1] & 1}

    def answer(pair: Pair) -> str:
        same = {a == b for a in lies(one, pair) for b in lies(other, pair)}
        return "either" if len(same) != 1 else "first bases together" if same == {True} else "first bases apart"

    return answer


def count_names(matrix: AlleleMatrix, strands: Strands, pairs: list[Pair]) -> int:
    """Return how many diplotypes these pairs print as."""
    return len(Counter(tuple(sorted(matrix.alleles[n].printed_name for n in pair[: strands.copies])) for pair in pairs))
