"""The contract `pgx-results/1` as plain values; JSON and the flat tables are made of these."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pgx.domain.call import CallStatus
from pgx.domain.drug import ActionKind
from pgx.domain.evidence import EvidenceState
from pgx.domain.gene import NO_RESULT, ActivityValue
from pgx.reports.provenance import provenance
from pgx.reports.wording import no_statement

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pgx.domain.call import Diplotype, Evidence, GeneCall, Note
    from pgx.domain.drug import Action, ParameterValue
    from pgx.domain.phenotype import Phenotype
    from pgx.domain.results import AdviceLine, GeneResult, InputReport, Restriction, Results, SampleResult

SCHEMA = "pgx-results/1"
Json = dict[str, Any]

STATES = (
    EvidenceState.CALLED,
    EvidenceState.REFERENCE_BLOCK,
    EvidenceState.ABSENT,
    EvidenceState.FILTERED,
    EvidenceState.NO_CALL,
    EvidenceState.CONFLICT,
    EvidenceState.ASSUMED,
)
"""Evidence states in the contract's order."""

_NO_STATEMENT: Json = {"action": ActionKind.NO_STATEMENT.value}


def results_document(results: Results) -> Json:
    """Return the whole document."""
    return {**head_document(results), "samples": [_sample(sample) for sample in results.samples]}


def head_document(results: Results) -> Json:
    """Return everything but the samples."""
    written, rules = provenance(), results.rules
    return {
        "schema": SCHEMA,
        "tool": {"name": "pgx", "version": results.tool_version},
        "rules": {"version": rules.version, "sha256": rules.sha256, "date": rules.date, "notes": _notes(rules.notes)},
        "input": _input(results.input),
        "restriction": _restriction(results.restriction),
        "warnings": _notes(results.warnings),
        "medicines": [*results.medicines],
        "provenance": {"time": written.time, "host": written.host},
    }


def _restriction(limits: Restriction) -> Json:
    named = {"genes": [*limits.genes], "drugs": [*limits.drugs], "sources": [*limits.sources]}
    return {**named, "min_level": limits.min_level or None, "actionable": limits.actionable}


def _input(report: InputReport) -> Json:
    return {
        "files": [{"name": file.name, "sha256": file.sha256} for file in report.files],
        "build": report.build,
        "records": {
            "read": report.read,
            "used": report.used,
            "discarded": dict(report.discarded),
            "marked": report.marked,
            "genotypes": dict(report.genotypes),
            "unexplained": dict(report.unexplained),
        },
        "options": dict(report.options),
        "notes": _notes(report.notes),
    }


def _sample(sample: SampleResult) -> Json:
    return {
        "sample": sample.sample,
        "genes": {name: gene_document(result) for name, result in sample.genes.items()},
        "recommendations": [recommendation_document(line) for line in sample.advice],
        **rest_document(sample),
    }


def rest_document(sample: SampleResult) -> Json:
    """Return what a sample has beside name, genes and recommendations."""
    return {
        "not_assessed": [
            {"drug": missing.drug, "genes": [*missing.genes], "reason": missing.reason}
            for missing in sample.not_assessed
        ],
        "disagreements": [
            {"drug": found.drug, "positions": [{"source": source, "text": text} for source, text in found.positions]}
            for found in sample.disagreements
        ],
        "problems": _notes(sample.problems),
    }


def gene_document(result: GeneResult) -> Json:
    """Return one gene result in the contract's shape."""
    call = result.call
    return {
        "status": call.status.value,
        "source": call.source.value,
        "phased": call.phased,
        "diplotypes": _diplotypes(call, result.phenotypes),
        "phenotype": result.phenotype if call.status.has_result else None,
        **_gene_score(result),
        **_score_interval(call),
        "lookup": [key for key in result.lookup if key != NO_RESULT],
        "evidence": _evidence(call.evidence),
        "alternatives": [_diplotype(other, None) for other in call.alternatives],
        "notes": _notes(call.notes),
    }


def _diplotypes(call: GeneCall, phenotypes: tuple[Phenotype, ...]) -> list[Json]:
    """Best first. Candidates of an untestable gene have no meaning yet, only names."""
    known: Sequence[Phenotype | None] = () if call.status is CallStatus.UNTESTABLE else phenotypes
    padded = (*known, *[None] * len(call.diplotypes))
    return [_diplotype(diplotype, padded[number]) for number, diplotype in enumerate(call.diplotypes)]


def _diplotype(diplotype: Diplotype, phenotype: Phenotype | None) -> Json:
    marks = {"listed": diplotype.listed, "partial": diplotype.partial}
    return {
        "name": diplotype.name,
        "alleles": [*diplotype.alleles],
        "components": [[*strand] for strand in diplotype.components],
        "lookup_alleles": [*diplotype.lookup_alleles],
        "functions": [*phenotype.functions] if phenotype else [],
        "score": diplotype.score,
        "phenotype": phenotype.phenotype if phenotype else None,
        **_score(phenotype.activity_score if phenotype else None),
        "lookup": [*phenotype.lookup] if phenotype else [],
        **{name: True for name, holds in marks.items() if holds},
    }


def _gene_score(result: GeneResult) -> Json:
    """The one score of the best diplotypes, or the one that was given; null where there is none or they differ."""
    call = result.call
    if not call.status.has_result:
        return _score(None)
    if call.given_score is not None:
        return _score(read_score(call.given_score))
    best = result.phenotypes[: len(call.best_diplotypes)]
    scores = {phenotype.activity_score for phenotype in best}
    return _score(scores.pop() if len(scores) == 1 else None)


def _score_interval(call: GeneCall) -> Json:
    """Least and greatest score that unseen copy numbers leave open, where the gene has such."""
    if call.score_interval is None:
        return {}
    return {"activity_score_interval": [str(score) for score in call.score_interval]}


def read_score(text: str) -> ActivityValue | None:
    """Read an activity score as guidelines spell it; None where it is not a number.

    >>> read_score("≥3.0"), read_score("n/a")
    (ActivityValue(value=3.0, at_least=True), None)
    """
    bare = text.strip().removeprefix("≥").removeprefix(">=").strip()
    if not bare.replace(".", "", 1).isdecimal():
        return None
    return ActivityValue(float(bare), bare != text.strip())


def _score(score: ActivityValue | None) -> Json:
    if score is None:
        return {"activity_score": None}
    return {"activity_score": score.value, **({"activity_score_min": True} if score.at_least else {})}


def _evidence(evidence: Evidence) -> Json:
    counts = dict(evidence.counts)
    return {
        "positions": evidence.positions,
        **{state.label: counts.get(state.label, 0) for state in STATES},
        "missing": [*evidence.missing],
        "not_excluded": [*evidence.not_excluded],
        "undocumented": [*evidence.undocumented],
        "not_called": [{"position": name, "state": state} for name, state in evidence.not_called],
    }


def recommendation_document(line: AdviceLine) -> Json:
    """Return one advice line in the contract's shape; a source without a row gives `no_statement`."""
    row, guideline = line.row, line.guideline
    actions = [_action(action) for action in row.actions] if row else [_NO_STATEMENT]
    return {
        "drug": line.drug,
        "source": guideline.source,
        "guideline": guideline.name,
        "url": guideline.url,
        "updated": guideline.updated,
        "population": row.population if row else "",
        "genes": {reading.gene: reading.text for reading in line.readings},
        "lookup": {reading.gene: [*reading.lookup] for reading in line.readings},
        "action": actions[0]["action"],
        "actions": actions,
        "alternatives": [*row.alternatives] if row else [],
        "severity": line.severity.label,
        "strength": row.strength if row else "",
        "levels": dict(guideline.levels),
        "implication": row.implication if row else "",
        "advice": row.advice if row else no_statement(guideline.source),
        "flags": [*row.flags] if row else [],
        "pmids": [*guideline.pmids],
        "agreement": line.agreement.value,
        "depends_on": [*line.depends_on],
        "missed_share": line.missed_share,
        "notes": _notes(line.notes),
        **({"source_text": line.source_text} if line.source_text else {}),
    }


def _action(action: Action) -> Json:
    return {"action": action.kind.value, **{name: _parameter(value) for name, value in action.parameters}}


def _parameter(value: ParameterValue) -> Any:
    """Whole numbers without a fraction, so that 50 and 50.0 are the same text."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return [*value] if isinstance(value, tuple) else value


def _notes(notes: Iterable[Note]) -> list[Json]:
    return [{"code": note.code, "text": note.text} for note in notes]
