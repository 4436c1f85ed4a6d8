"""Gene results in words: one gene of one sample, and the gene results behind an advice line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pgx.domain.call import CallStatus
from pgx.domain.evidence import EvidenceState
from pgx.domain.gene import NO_RESULT
from pgx.reports.wording import STATUS_WORDS, abbreviate

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pgx.domain.call import GeneCall, Note
    from pgx.domain.phenotype import Phenotype
    from pgx.domain.results import GeneResult, Reading


MOST_CANDIDATES = 3


@dataclass(frozen=True, slots=True)
class GeneBasis:
    """One gene result behind an advice line, as text; `seen` is False for `No Result`."""

    gene: str
    diplotype: str
    result: str
    seen: bool = True

    @property
    def text(self) -> str:
        return " ".join(dict.fromkeys(part for part in (self.gene, self.diplotype, self.result) if part))


@dataclass(frozen=True, slots=True)
class GeneSummary:
    """One gene result, worded. `certainty` says how sure it is and why; `missing` names positions not seen."""

    gene: str
    status: CallStatus
    source: str
    diplotype: str
    functions: str
    phenotype: str
    score: str
    certainty: str
    positions: int
    missing: tuple[str, ...]
    not_excluded: tuple[str, ...]
    undocumented: tuple[str, ...]
    notes: tuple[Note, ...]


def summarise_gene(result: GeneResult) -> GeneSummary:
    """Word one gene result."""
    call, names, phenotype = result.call, _names(result.call), _phenotype(result)
    return GeneSummary(
        gene=call.gene,
        status=call.status,
        source=call.source.value,
        diplotype=names,
        functions=_either(" / ".join(phenotype.functions) for phenotype in _best(result)),
        phenotype=phenotype if phenotype != names else "",
        score=_score(result),
        certainty=describe_certainty(call),
        positions=call.evidence.positions,
        missing=call.evidence.missing,
        not_excluded=call.evidence.not_excluded,
        undocumented=call.evidence.undocumented,
        notes=call.notes,
    )


def summarise_basis(reading: Reading, result: GeneResult | None) -> GeneBasis:
    """Word one gene result behind an advice line, with the diplotypes that read so."""
    seen = NO_RESULT not in reading.lookup
    return GeneBasis(reading.gene, _diplotypes_of(reading, result) if result and seen else "", reading.text, seen)


def describe_certainty(call: GeneCall) -> str:
    """Say how sure a call is, and what stands against it."""
    if not call.status.has_result:
        return STATUS_WORDS[call.status]
    return "; ".join(_doubts(call)) or ("all positions seen" if call.evidence.positions else "as given")


def _doubts(call: GeneCall) -> Iterable[str]:
    evidence = call.evidence
    assumed = dict(evidence.counts).get(EvidenceState.ASSUMED.label, 0)
    if call.status is CallStatus.AMBIGUOUS:
        yield f"{max(call.best, 2)} results fit equally well"
    if evidence.missing:
        yield f"{len(evidence.missing)} of {evidence.positions} positions not seen"
    if assumed:
        yield f"{assumed} of {evidence.positions} positions assumed to be reference"
    if evidence.not_excluded:
        yield f"{abbreviate(evidence.not_excluded)} not excluded"
    if evidence.undocumented:
        yield f"undocumented base at {abbreviate(evidence.undocumented)}"
    if call.never_green and not evidence.undocumented:
        yield "doubtful, see notes"


def _names(call: GeneCall) -> str:
    """Name the best diplotypes, or the first candidates where the gene cannot be called."""
    names = tuple(dict.fromkeys(diplotype.name for diplotype in call.best_diplotypes))
    if call.status is CallStatus.UNTESTABLE and names:
        return f"candidates {abbreviate(names, MOST_CANDIDATES)}"
    return " or ".join(names)


def _diplotypes_of(reading: Reading, result: GeneResult) -> str:
    """Names of the best diplotypes that give this reading; all of them where none can be told apart."""
    paired = zip(result.call.best_diplotypes, _best(result), strict=False)
    same = _either(
        diplotype.name
        for diplotype, phenotype in paired
        if (phenotype.lookup, phenotype.phenotype) == (reading.lookup, reading.phenotype)
    )
    return same or _names(result.call)


def _best(result: GeneResult) -> tuple[Phenotype, ...]:
    """Phenotypes of the best diplotypes; none for candidates, which have no meaning yet."""
    return result.phenotypes[: len(result.call.best_diplotypes)] if result.call.status.has_result else ()


def _phenotype(result: GeneResult) -> str:
    """The phenotype, all of them where the best diplotypes differ, or what the gene is looked up with."""
    return _either(reading.text for reading in result.best) if result.call.status.has_result else ""


def _score(result: GeneResult) -> str:
    given = result.call.given_score
    return given or _either(str(one.activity_score) for one in _best(result) if one.activity_score is not None)


def _either(names: Iterable[str]) -> str:
    return " or ".join(dict.fromkeys(name for name in names if name))
