"""Everything that a run found, as values; every report format is a view of `Results`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from pgx.domain.drug import AdviceRow, Guideline, Severity

if TYPE_CHECKING:
    from pgx.domain.call import GeneCall, Note
    from pgx.domain.phenotype import Phenotype


class Agreement(StrEnum):
    """Over which diplotypes an advice line holds (design, rule 2). Only `same` may be green."""

    SAME = "same"
    BEST_ONLY = "best_only"
    UNSEEN = "unseen"
    DIFFERS = "differs"


@dataclass(frozen=True, slots=True)
class Reading:
    """What guidelines see of one gene: the keys it is looked up with, and the pair behind them."""

    gene: str
    lookup: tuple[str, ...]
    alleles: tuple[str, ...] = ()
    phenotype: str | None = None

    @property
    def text(self) -> str:
        """The phenotype where there is one, else the lookup keys or the alleles."""
        return self.phenotype or ", ".join(self.lookup) or "/".join(self.alleles)

    def has_key(self, key: str) -> bool:
        """True where the gene is looked up with this key: a lookup text, the phenotype or the diplotype."""
        return key in (*self.lookup, self.phenotype, "/".join(self.alleles), "/".join(reversed(self.alleles)))


@dataclass(frozen=True, slots=True)
class UnseenReading:
    """A reading that only alleles at unseen positions would give; `alleles` could not be excluded."""

    reading: Reading
    alleles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GeneResult:
    """A gene call with its translation.

    `phenotypes` runs parallel to `call.diplotypes`. `best`, `seen` and `unseen` are the distinct readings of
    the best-scoring diplotypes, of all others that the data allow, and of those that need unseen alleles.
    """

    call: GeneCall
    phenotypes: tuple[Phenotype, ...]
    best: tuple[Reading, ...]
    seen: tuple[Reading, ...]
    unseen: tuple[UnseenReading, ...]

    @property
    def gene(self) -> str:
        return self.call.gene

    @property
    def phenotype(self) -> str | None:
        """The one phenotype of the best diplotypes; None where they differ or there is none."""
        names = {reading.phenotype for reading in self.best}
        return names.pop() if len(names) == 1 else None

    @property
    def gives_advice(self) -> bool:
        """True where there is a result that guidelines can be asked with; partial alleles are none."""
        return self.call.gives_advice

    @property
    def lookup(self) -> tuple[str, ...]:
        """Sorted union of the lookup keys of the best diplotypes; empty without a result."""
        if not self.gives_advice:
            return ()
        return tuple(sorted({key for reading in self.best for key in reading.lookup}))


@dataclass(frozen=True, slots=True)
class AdviceLine:
    """One recommendation for one patient: a guideline's row, how far it holds, and what it rests on.

    `row` is None where the source has no row for the result.
    """

    drug: str
    guideline: Guideline
    row: AdviceRow | None
    readings: tuple[Reading, ...]
    severity: Severity
    agreement: Agreement
    depends_on: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    missed_share: float | None = None
    """For `unseen` lines: the share of carriers of an allele that matters in whom all such alleles would lie among
    those of `depends_on`, and so be missed; in the biogeographic group where it is largest. None where no
    frequency is published (`pgx.domain.population.largest_missed_share`)."""

    @property
    def source_text(self) -> str:
        """The guideline's own wording for these readings, where a site attached it; else empty."""
        by_gene = {reading.gene: reading for reading in self.readings}
        fitting = (
            text.text
            for text in (self.row.texts if self.row else ())
            if all(gene in by_gene and by_gene[gene].has_key(key) for gene, key in text.lookup)
        )
        return next(fitting, "")


@dataclass(frozen=True, slots=True)
class NotAssessed:
    """A drug that no source could be asked about, and the genes that gave no result."""

    drug: str
    genes: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Sources that ask for different things for one patient and drug, one text a source."""

    drug: str
    positions: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class SampleResult:
    """One sample: gene results by symbol, advice lines, worst first, and what could not be done."""

    sample: str
    genes: Mapping[str, GeneResult]
    advice: tuple[AdviceLine, ...]
    not_assessed: tuple[NotAssessed, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()
    problems: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class InputFile:
    """One input file; `sha256` is empty where it was not computed."""

    name: str
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class InputReport:
    """What was read and what was not."""

    files: tuple[InputFile, ...]
    build: str | None
    read: int = 0
    used: int = 0
    discarded: tuple[tuple[str, int], ...] = ()
    marked: int = 0
    """Records that fail FILTER and were used all the same."""
    genotypes: tuple[tuple[str, int], ...] = ()
    """Single genotypes that gave no alleles, by reason."""
    unexplained: tuple[tuple[str, int], ...] = ()
    """Records in exons that no table explains, by gene."""
    options: tuple[tuple[str, str], ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleSetInfo:
    """Which rules were applied: version, content hash and the date they stand for."""

    version: str
    sha256: str
    date: str
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Restriction:
    """What a run was limited to; empty means everything.

    `min_level` is the least level of evidence of advice that was wanted; with `actionable`, lines that ask for
    nothing were left out, but for the patient's own medicines.
    """

    genes: tuple[str, ...] = ()
    drugs: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    min_level: str = ""
    actionable: bool = False

    @property
    def active(self) -> bool:
        return bool(self.genes or self.drugs or self.sources or self.min_level or self.actionable)


@dataclass(frozen=True, slots=True)
class Results:
    """A whole run. `samples` are in the order of the input."""

    tool_version: str
    rules: RuleSetInfo
    input: InputReport
    samples: tuple[SampleResult, ...]
    restriction: Restriction = Restriction()
    warnings: tuple[Note, ...] = ()
    medicines: tuple[str, ...] = ()
    """The patient's own drugs in the order given, spelt as in the drug tables where these have them."""
