"""What an import did, and everything in the upstream files that did not fit together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pgx.domain.gene import Gene


@dataclass(frozen=True, slots=True)
class GeneReport:
    """One gene table as imported. Names are allele names, except for the positions in `assumed_ref37`."""

    gene: Gene
    diplotypes: int = 0
    alleles_without_function: tuple[str, ...] = ()
    functions_without_allele: tuple[str, ...] = ()
    """Kept for outside calls: no small variants define these alleles in the upstream files."""
    aliases: tuple[tuple[str, str], ...] = ()
    derived_functions: tuple[str, ...] = ()
    """Alleles that an updated diplotype table adds; their function follows from their activity value."""
    disagreements: tuple[str, ...] = ()
    later_changes: tuple[str, ...] = ()
    """What CPIC's change log says of this gene after the dates of the imported files; not in the table."""

    @property
    def assumed_ref37(self) -> tuple[str, ...]:
        return self.gene.assumed_ref37

    @property
    def not_testable(self) -> tuple[tuple[str, str], ...]:
        """Alleles that small variants cannot show, with the reason where it is not a structural change."""
        return tuple((allele.name, allele.reason) for allele in self.gene.alleles if allele.structural)

    def lines(self) -> Iterator[str]:
        gene = self.gene
        yield (
            f"{gene.symbol}: {len(gene.alleles)} alleles, {len(gene.positions)} positions, "
            f"{len(gene.phenotypes)} phenotype rules for {self.diplotypes} diplotypes"
        )
        for title, names in self._findings():
            if names:
                yield f"  {title} ({len(names)}): {'; '.join(names)}"

    def _findings(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        yield "alleles without a function", self.alleles_without_function
        yield "functions without a definition, kept for outside calls", self.functions_without_allele
        yield "aliases", tuple(f"{other} = {ours}" for other, ours in self.aliases)
        yield "function derived from the activity value", self.derived_functions
        yield "not testable", tuple(f"{name} ({reason})" for name, reason in self.not_testable if reason)
        yield "sources disagree", self.disagreements
        yield "changed upstream since", self.later_changes
        yield "GRCh37 REF assumed", self.assumed_ref37


@dataclass(frozen=True, slots=True)
class ImportReport:
    """All gene tables of an import and the files they were written to."""

    genes: tuple[GeneReport, ...]
    files: tuple[Path, ...] = field(default=())

    def lines(self) -> Iterator[str]:
        """Yield the report as text, a gene in a few lines, totals last."""
        for report in self.genes:
            yield from report.lines()
        yield self._totals()

    def _totals(self) -> str:
        alleles = sum(len(report.gene.alleles) for report in self.genes)
        silent = sum(len(report.alleles_without_function) for report in self.genes)
        assumed = sum(len(report.assumed_ref37) for report in self.genes)
        return (
            f"{len(self.genes)} gene tables: {alleles} alleles, {silent} of them without a function; "
            f"GRCh37 REF assumed at {assumed} positions"
        )
