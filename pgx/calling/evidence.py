"""Summaries of what was and was not seen."""

from __future__ import annotations

from collections import Counter

from pgx.domain.call import Diplotype, Evidence, Note
from pgx.domain.evidence import EvidenceState
from pgx.domain.gene import Gene
from pgx.domain.genotype import Genotype, Pattern


def summarise_evidence(gene: Gene, pattern: Pattern, not_excluded: tuple[str, ...] = ()) -> Evidence:
    """Count the states over defining and extra positions and name what was not plainly called."""
    counts = Counter(genotype.state for genotype in pattern.genotypes)
    rows = list(zip(gene.positions, pattern.genotypes, strict=True))
    return Evidence(
        tuple((state.label, counts[state]) for state in EvidenceState),
        tuple(variant.name for variant, genotype in rows[: len(gene.variants)] if not genotype.state.gives_alleles),
        not_excluded,
        tuple(undocumented(gene, pattern)),
        tuple(
            (variant.name, genotype.state.label)
            for variant, genotype in rows
            if genotype.state is not EvidenceState.CALLED
        ),
    )


def undocumented(gene: Gene, pattern: Pattern) -> list[str]:
    """Name the positions where the sample carries a base that no allele has, with the base."""
    return [
        f"{variant.name} {pattern.bases[row][code]}"
        for row, (variant, genotype) in enumerate(zip(gene.variants, pattern.genotypes, strict=False))
        for code in sorted(set(genotype.alleles))
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
    halves = _half_calls(gene, pattern.genotypes, pattern.bases)
    if halves:
        notes.append(Note("half-call", f"Only one allele was read at {', '.join(halves)}; it gives no pair."))
    return tuple(notes)


def _half_calls(gene: Gene, genotypes: tuple[Genotype, ...], bases: tuple[tuple[str, ...], ...]) -> list[str]:
    return [
        f"{variant.name} ({', '.join(known[code] for code in genotype.seen)})"
        for variant, genotype, known in zip(gene.positions, genotypes, bases, strict=True)
        if genotype.seen
    ]
