"""Summaries of what was and was not seen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pgx.calling.memory import remembered
from pgx.domain.call import Diplotype, Evidence, Note
from pgx.domain.evidence import EvidenceState
from pgx.domain.gene import Gene
from pgx.domain.genotype import Genotype, Pattern

_STATES = tuple(state.label for state in EvidenceState)


@dataclass(frozen=True, slots=True)
class SeenEvidence:
    """The states of the rows that were read, for patterns that differ in further rows which were not.

    `entries` are those of the read rows that are not plainly called, with their states.
    """

    gene: Gene
    entries: tuple[tuple[int, EvidenceState], ...]
    undocumented: tuple[str, ...]

    def summarise(
        self, genotypes: Sequence[Genotype], missing: Sequence[int], not_excluded: tuple[str, ...] = ()
    ) -> Evidence:
        """Count the states over defining and extra positions and name what was not plainly called.

        `genotypes` are those of the whole pattern, `missing` its rows that were not read.
        """
        rows = [(row, genotypes[row].state) for row in missing]
        if self.entries:
            rows = sorted([*self.entries, *rows])
        counts = [0] * len(_STATES)
        counts[EvidenceState.CALLED] = len(genotypes) - len(rows)
        for _, state in rows:
            counts[state] += 1
        names, defining = _position_states(self.gene), len(self.gene.variants)
        return Evidence(
            tuple(zip(_STATES, counts, strict=True)),
            tuple([names[row][0][0] for row, state in rows if state > EvidenceState.ASSUMED and row < defining]),
            not_excluded,
            self.undocumented,
            tuple([names[row][state] for row, state in rows]),
        )


def read_evidence(gene: Gene, pattern: Pattern, rows: Sequence[int]) -> SeenEvidence:
    """Note the states of the rows that were read."""
    states = ((row, pattern.genotypes[row].state) for row in rows)
    entries = tuple((row, state) for row, state in states if state is not EvidenceState.CALLED)
    return SeenEvidence(gene, entries, tuple(undocumented(gene, pattern, rows)))


def _position_states(gene: Gene) -> tuple[tuple[tuple[str, str], ...], ...]:
    """Return for every defining and extra position its name with each state."""
    known = remembered(gene, "position states")
    if not known:
        known[0] = tuple(tuple((variant.name, state) for state in _STATES) for variant in gene.positions)
    names: tuple[tuple[tuple[str, str], ...], ...] = known[0]
    return names


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
    halves = _half_calls(gene, pattern, rows)
    if halves:
        notes.append(Note("half-call", f"Only one allele was read at {', '.join(halves)}; it gives no pair."))
    return tuple(notes)


def _half_calls(gene: Gene, pattern: Pattern, rows: Iterable[int]) -> list[str]:
    return [
        f"{gene.positions[row].name} ({', '.join(pattern.bases[row][code] for code in pattern.genotypes[row].seen)})"
        for row in rows
        if pattern.genotypes[row].seen
    ]
