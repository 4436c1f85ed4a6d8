"""All rule tables together, typed and checked: what a run applies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pgx.domain.drug import Drug
from pgx.domain.gene import Gene


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Gene and drug tables by name, with the version, date and content hash of the whole."""

    version: str
    date: str
    sha256: str
    genes: Mapping[str, Gene]
    drugs: Mapping[str, Drug]

    def genes_for(self, symbols: Iterable[str]) -> tuple[Gene, ...]:
        """Return the named gene tables, or all where none is named; an extra position stands for its gene."""
        owners = {variant.name: gene.symbol for gene in self.genes.values() for variant in gene.extra}
        wanted = dict.fromkeys(owners.get(symbol, symbol) for symbol in symbols)
        return tuple(self.genes[symbol] for symbol in wanted) if wanted else tuple(self.genes.values())

    @property
    def sources(self) -> tuple[str, ...]:
        """Sources of guidance, in order of name."""
        return tuple(sorted({guideline.source for drug in self.drugs.values() for guideline in drug.guidelines}))
