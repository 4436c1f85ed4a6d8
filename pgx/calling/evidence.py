"""Summaries of what was and was not seen."""

from __future__ import annotations

from pgx.calling.memory import remembered
from pgx.domain.call import Diplotype, Evidence, Note
from pgx.domain.evidence import EvidenceState
from pgx.domain.gene import Gene
from pgx.domain.genotype import Pattern

_STATES = tuple(state.label for state in EvidenceState)


def summarise_evidence(gene: Gene, pattern: Pattern, not_excluded: tuple[str, ...] = ()) -> Evidence:
    """Count the states over defining and extra positions and name what was not plainly called."""
    rows = [(row, pattern.genotypes[row].state) for row in pattern.notable]
    counts = [0] * len(_STATES)
    counts[EvidenceState.CALLED] = len(pattern.genotypes) - len(rows)
    for _, state in rows:
        counts[state] += 1
    names, defining = position_names(gene), len(gene.variants)
    return Evidence(
        tuple(zip(_STATES, counts, strict=True)),
        tuple([names[row] for row, state in rows if state > EvidenceState.ASSUMED and row < defining]),
        not_excluded,
        tuple(undocumented(gene, pattern)),
        tuple([(names[row], _STATES[state]) for row, state in rows if state is not EvidenceState.CALLED]),
    )


def position_names(gene: Gene) -> tuple[str, ...]:
    """Return the names of defining and extra positions."""
    known = remembered(gene, "position names")
    if not known:
        known[0] = tuple(variant.name for variant in gene.positions)
    names: tuple[str, ...] = known[0]
    return names


def undocumented(gene: Gene, pattern: Pattern) -> list[str]:
    """Name the positions where the sample carries a base that no allele has, with the base."""
    return [
        f"{variant.name} {pattern.bases[row][code]}"
        for row in pattern.notable
        if row < len(gene.variants) and len(pattern.bases[row]) > len(gene.variants[row].bases)
        for variant in (gene.variants[row],)
        for code in sorted(set(pattern.genotypes[row].alleles))
        if code >= len(variant.bases)
    ]


def evidence_notes(gene: Gene, pattern: Pattern, diplotypes: tuple[Diplotype, ...] = ()) -> tuple[Note, ...]:
    """Remarks on undocumented bases and on alternative alleles seen in half calls."""
    notes = []
    found = undocumented(gene, pattern)
    if found:
        as_reference = gene.undocumented_is_reference and not any(diplotype.partial for diplotype in diplotypes)
        treated = "treated as reference for the call" if as_reference else "no allele has it"
        notes.append(Note("undocumented", f"Undocumented base at {', '.join(found)}; {treated}."))
    halves = _half_calls(gene, pattern)
    if halves:
        notes.append(Note("half-call", f"Only one allele was read at {', '.join(halves)}; it gives no pair."))
    return tuple(notes)


def _half_calls(gene: Gene, pattern: Pattern) -> list[str]:
    return [
        f"{position_names(gene)[row]} ({', '.join(pattern.bases[row][code] for code in pattern.genotypes[row].seen)})"
        for row in pattern.notable
        if pattern.genotypes[row].seen
    ]
