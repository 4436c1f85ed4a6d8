"""All rule tables together, typed and checked: what a run applies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pgx.domain.call import Note
from pgx.domain.drug import Drug
from pgx.domain.gene import Gene
from pgx.domain.population import GeneCarriers, GeneFrequencies, Panel

OLD_AFTER_MONTHS = 18
"""Age at which rules say on the first page that guidelines may have moved on."""


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Gene and drug tables by name, with the version, date and content hash of the whole.

    `notes` say what a site put over the shipped tables.
    """

    version: str
    date: str
    sha256: str
    genes: Mapping[str, Gene]
    drugs: Mapping[str, Drug]
    frequencies: Mapping[str, GeneFrequencies] = field(default_factory=dict)
    """Published allele frequencies, by gene; not every gene has them."""
    panels: tuple[Panel, ...] = ()
    notes: tuple[Note, ...] = ()

    def find_drug(self, text: str) -> Drug | None:
        """Return the drug of this name, in any case, or of this RxNorm code (`32968`, `RxNorm:32968`)."""
        wanted = " ".join(text.casefold().split())
        code = wanted.removeprefix("rxnorm:").strip()
        return next((d for d in self.drugs.values() if d.name.casefold() == wanted or d.rxnorm == code != ""), None)

    def age_note(self, day: str) -> Note | None:
        """Return the remark that these rules are old on this day (YYYY-MM-DD); None where they are not.

        >>> RuleSet("2024.1.0", "2024-01-15", "", {}, {}).age_note("2025-07-15") is None
        True
        >>> RuleSet("2024.1.0", "2024-01-15", "", {}, {}).age_note("2025-07-16").code
        'old-rules'
        """
        year, month, date = (int(part) for part in self.date.split("-"))
        last = year * 12 + month - 1 + OLD_AFTER_MONTHS
        if day <= f"{last // 12:04d}-{last % 12 + 1:02d}-{date:02d}":
            return None
        text = f"The rules are of {self.date}, more than {OLD_AFTER_MONTHS} months old; guidelines may have changed."
        return Note("old-rules", text)

    def genes_for(self, symbols: Iterable[str]) -> tuple[Gene, ...]:
        """Return the named gene tables, or all where none is named; an extra position stands for its gene."""
        owners = {variant.name: gene.symbol for gene in self.genes.values() for variant in gene.extra}
        wanted = dict.fromkeys(owners.get(symbol, symbol) for symbol in symbols)
        return tuple(self.genes[symbol] for symbol in wanted) if wanted else tuple(self.genes.values())

    @property
    def carriers(self) -> Mapping[str, GeneCarriers]:
        """What the share of carriers follows from, for the genes with frequencies."""
        return {symbol: GeneCarriers.of(self.genes[symbol], found) for symbol, found in self.frequencies.items()}

    @property
    def sources(self) -> tuple[str, ...]:
        """Sources of guidance, in order of name."""
        return tuple(sorted({guideline.source for drug in self.drugs.values() for guideline in drug.guidelines}))
