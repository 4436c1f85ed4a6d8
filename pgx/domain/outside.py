"""What other programs and laboratories say of a gene, as values."""

from __future__ import annotations

from dataclasses import dataclass

from pgx.domain.call import Note


@dataclass(frozen=True, slots=True)
class CallOrigin:
    """The file and line a call was read from; the line is 0 for formats without lines."""

    format: str
    file: str
    line: int = 0

    @property
    def text(self) -> str:
        """Format and place, such as `Cyrius, calls.tsv line 3`.

        >>> CallOrigin("Cyrius", "calls.tsv", 3).text
        'Cyrius, calls.tsv line 3'
        """
        return f"{self.format}, {self.file}" + (f" line {self.line}" if self.line else "")


@dataclass(frozen=True, slots=True)
class OutsideCall:
    """One statement on one gene of one sample, names spelt as in the gene's table.

    `alleles` has one name a strand, in order: none where only a phenotype, score or status is stated, one
    where only one is known or there is one copy. A name that the table lacks is kept as it was given.
    `sample` is None where the file names none.
    """

    sample: str | None
    gene: str
    diplotype: str
    """As given, gene prefixes and spaces included."""
    alleles: tuple[str, ...]
    source: CallOrigin
    phenotype: str | None = None
    activity_score: str | None = None
    statuses: tuple[str, ...] = ()
    """For presence genes: statuses stated in words, such as `*57:01 positive`."""
    no_call: bool = False
    warnings: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class OutsideProblem:
    """A line that could not be used; the other lines of the file still count."""

    file: str
    line: int
    reason: str

    @property
    def text(self) -> str:
        return f"{self.file}" + (f" line {self.line}" if self.line else "") + f": {self.reason}"


@dataclass(frozen=True, slots=True)
class OutsideReport:
    """Everything read from outside files. `skipped` counts entries of genes that have no table."""

    calls: tuple[OutsideCall, ...] = ()
    problems: tuple[OutsideProblem, ...] = ()
    skipped: tuple[tuple[str, int], ...] = ()
