"""Alleles that no small variant shows: copies, tandems, hybrids; which are tested, and what they leave open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pgx.calling.memory import remembered
from pgx.domain.call import AllelePair, Diplotype, Note
from pgx.domain.gene import ActivityValue, Allele, Gene
from pgx.domain.genotype import Pattern
from pgx.domain.names import name_key


def tandems(gene: Gene, name: str) -> Iterator[str]:
    """Yield the table's tandems that have as many genes as `name` has copies of its allele, that allele among them."""
    base, copies = Allele(name).parts[0]
    for allele in gene.alleles:
        parts = allele.parts if allele.structural else ()
        if copies > 1 and len(parts) > 1 and base in dict(parts) and sum(count for _, count in parts) == copies:
            yield allele.name


def untested(gene: Gene, pattern: Pattern) -> tuple[Note, ...]:
    """Name the alleles that nothing here can show; copies and deletions are left out where they were counted."""
    known = remembered(gene, "untested")
    counted = pattern.copy_number is not None
    if counted not in known:
        known[counted] = _name_untested(gene, counted=counted)
    notes: tuple[Note, ...] = known[counted]
    return notes


def _name_untested(gene: Gene, *, counted: bool) -> tuple[Note, ...]:
    changes, others = [], []
    for allele in gene.alleles:
        if not allele.structural or (counted and _is_counted(gene, allele)):
            continue
        if allele.reason:
            others.append(f"{allele.name} ({allele.reason})")
        else:
            changes.append(allele.name)
    notes = []
    if changes:
        names = ", ".join(sorted(changes, key=name_key))
        notes.append(Note("structural-not-testable", f"Structural alleles that were not tested: {names}."))
    if others:
        notes.append(Note("allele-not-testable", f"Alleles that the positions cannot show: {'; '.join(others)}."))
    return tuple(notes)


def _is_counted(gene: Gene, allele: Allele) -> bool:
    """Tell whether copy numbers show this allele: a deletion, or several copies of one allele."""
    deletions = (gene.deletions.whole, gene.deletions.part) if gene.deletions else ()
    return allele.name in deletions or (len(allele.parts) == 1 and allele.parts[0][1] > 1)


def score_interval(gene: Gene, diplotypes: Sequence[Diplotype]) -> tuple[ActivityValue, ActivityValue] | None:
    """Return the lowest and highest activity score of these candidates over all copies and tandems of the table.

    A strand can be lacking only where both alleles are the same: with one copy nothing is heterozygous. Candidates
    with an allele of unknown activity are left out; None where no other is left.
    """
    known = remembered(gene, "score intervals")
    key = tuple([(diplotype.lookup_alleles, diplotype.alleles) for diplotype in diplotypes])
    if key not in known:
        known[key] = _interval(gene, diplotypes)
    interval: tuple[ActivityValue, ActivityValue] | None = known[key]
    return interval


def _interval(gene: Gene, diplotypes: Sequence[Diplotype]) -> tuple[ActivityValue, ActivityValue] | None:
    known = remembered(gene, "score intervals of pairs")
    scores: list[ActivityValue] = []
    for diplotype in diplotypes:
        key = (diplotype.lookup_alleles, len(set(diplotype.alleles)) == 1)
        if key not in known:
            known[key] = _extremes(_scores(gene, *key))
        scores += known[key]
    found = _extremes(scores)
    return (found[0], found[1]) if found else None


def _scores(gene: Gene, names: AllelePair, alike: bool) -> list[ActivityValue]:
    one, *others = (_activities(gene, name) for name in names)
    scores = [first + second for other in others for first in one for second in other]
    return [*scores, *(first + gone for first in one for gone in _deletion(gene))] if alike else scores


def _extremes(scores: Sequence[ActivityValue]) -> tuple[ActivityValue, ...]:
    return (min(scores, key=_order), max(scores, key=_order)) if scores else ()


def _order(score: ActivityValue) -> tuple[float, bool]:
    return score.value, score.at_least


def _activities(gene: Gene, name: str) -> list[ActivityValue]:
    """Return the activities of an allele and of all structural alleles it can be part of; none where one is unknown."""
    found = gene.find_allele(name)
    if found is None or found.activity is None:
        return []
    return [found.activity, *_wholes(gene).get(name, ())]


def _wholes(gene: Gene) -> dict[str, list[ActivityValue]]:
    """Return for each allele the known activities of the structural alleles it is a part of."""
    known: dict[str, list[ActivityValue]] = remembered(gene, "wholes")
    if not known:
        for allele in gene.alleles:
            if allele.structural and allele.activity is not None:
                for name in dict(allele.parts):
                    known.setdefault(name, []).append(allele.activity)
    return known


def _deletion(gene: Gene) -> list[ActivityValue]:
    allele = gene.find_allele(gene.deletions.whole) if gene.deletions else None
    return [allele.activity] if allele and allele.activity is not None else []
