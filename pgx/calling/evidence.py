"""Summaries of what was and was not seen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pgx.calling.position_states import summarise
from pgx.calling.seen import Unseen
from pgx.domain.call import Diplotype, Note, PositionStates
from pgx.domain.evidence import EvidenceState
from pgx.domain.gene import Gene
from pgx.domain.genotype import Pattern


@dataclass(frozen=True, slots=True)
class SeenEvidence:
    """The states of the rows that were read, for patterns that differ in further rows which were not.

    `entries` are those of the read rows that are not plainly called, with their states.
    """

    gene: Gene
    entries: tuple[tuple[int, EvidenceState], ...]
    undocumented: tuple[str, ...]

    def states(self, unseen: Unseen) -> PositionStates:
        """Return the states of all positions where these were not read."""
        return summarise(self.gene, sorted([*self.entries, *unseen.entries])) if self.entries else unseen.states


def read_evidence(gene: Gene, pattern: Pattern, rows: Sequence[int]) -> SeenEvidence:
    """Note the states of the rows that were read."""
    states = ((row, pattern.genotypes[row].state) for row in rows)
    entries = tuple((row, state) for row, state in states if state is not EvidenceState.CALLED)
    return SeenEvidence(gene, entries, tuple(undocumented(gene, pattern, rows)))


def undocumented(gene: Gene, pattern: Pattern, rows: Iterable[int]) -> list[str]:
    """Name the positions where the sample carries a base that no allele has, with the base."""
    return [
        f"{variant.name} {pattern.bases[row][code]}"
        for row in rows
        if row < len(gene.variants) and len(pattern.bases[row]) > len(gene.variants[row].bases)
        for variant in (gene.variants[row],)
        for code in sorted(set(pattern.genotypes[row].alleles))
        if code >= len(variant.bases)
    ]


def evidence_notes(
    gene: Gene, pattern: Pattern, rows: Sequence[int], found: Sequence[str], diplotypes: tuple[Diplotype, ...] = ()
) -> tuple[Note, ...]:
    """Remarks on the undocumented bases found and on alternative alleles seen in half calls."""
    notes = []
    if found:
        as_reference = gene.undocumented_is_reference and not any(diplotype.partial for diplotype in diplotypes)
        treated = "treated as reference for the call" if as_reference else "no allele has it"
        notes.append(Note("undocumented", f"Undocumented base at {', '.join(found)}; {treated}."))
    halves = half_calls(gene, pattern, rows)
    if halves:
        notes.append(Note("half-call", f"Only one allele was read at {', '.join(halves)}; it gives no pair."))
    return tuple(notes)


def half_calls(gene: Gene, pattern: Pattern, rows: Iterable[int]) -> list[str]:
    """Name the positions of these rows where only one allele was read, with the bases."""
    return [
        f"{gene.positions[row].name} ({', '.join(pattern.bases[row][code] for code in pattern.genotypes[row].seen)})"
        for row in rows
        if pattern.genotypes[row].seen
    ]
