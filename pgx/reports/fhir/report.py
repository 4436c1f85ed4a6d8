"""The report that holds a sample's results together: what needs doing, what was left out, and how it was made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pgx.reports.fhir import codes
from pgx.reports.fhir.advice import headline, withheld_lines
from pgx.reports.fhir.graph import annotation, extension
from pgx.reports.summary import summarise_sample
from pgx.reports.wording import (
    GROUP_TITLES,
    OWN_MEDICINES,
    Group,
    describe_absent_medicine,
    describe_disagreement,
    describe_restriction,
)

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from pgx.domain.results import Results, SampleResult
    from pgx.reports.fhir.codes import Json
    from pgx.reports.summary import LineSummary, SampleSummary

METHODOLOGY = "test-methodology"
DISCLAIMER = "test-disclaimer"

_LIMITS = (
    "Derived by software from a genotype file at the positions that the rule tables define; other variants, and "
    "alleles that such positions cannot show, were not looked for. Co-medication, liver and kidney function and "
    "transplants can outweigh it. It supports the decision of a professional and does not replace it."
)


def diagnostic_report(
    results: Results, sample: SampleResult, patient: Json, study: Json, shown: list[Json], tasks: list[Json]
) -> Json:
    """Return the report: `shown` are its observations, `tasks` what it proposes to do."""
    notes = _notes(results, sample)
    return {
        "resourceType": "DiagnosticReport",
        "meta": {"profile": [codes.profile("genomic-report")]},
        "extension": [
            *(extension("recommended-action", valueReference=task) for task in _distinct(tasks)),
            *(extension("genomic-report-note", valueAnnotation=annotation(text, kind)) for kind, text in notes),
            extension("genomic-study-reference", valueReference=study),
        ],
        "status": "final",
        "category": [codes.concept("", codes.coding(codes.DIAGNOSTIC_SECTION, "GE"))],
        "code": codes.loinc(codes.REPORT, "Pharmacogenetic report"),
        "subject": patient,
        "result": _distinct(shown),
        "conclusion": _conclusion(results, sample),
    }


def _distinct(references: list[Json]) -> list[Json]:
    return list({reference["reference"]: reference for reference in references}.values())


def _conclusion(results: Results, sample: SampleResult) -> str:
    """What the first page says: limits of the run, the patient's own drugs, what needs doing, what is not known."""
    told, withheld = summarise_sample(sample), withheld_lines(sample)
    needed = ", ".join(f"{drug.drug} ({headline(drug, withheld)})" for drug in told.group(Group.ACTION))
    others = {group: ", ".join(drug.drug for drug in told.group(group)) for group in Group}
    parts = [f"{GROUP_TITLES[group]}: {drugs}." for group, drugs in {**others, Group.ACTION: needed}.items() if drugs]
    first = (describe_restriction(results.restriction), _medicines(results, told, withheld))
    return " ".join(part for part in (*first, *parts) if part)


def _medicines(results: Results, told: SampleSummary, withheld: Container[LineSummary]) -> str:
    """Say of each of the patient's own drugs, in the order given, what it needs; empty where none are known."""
    known = {drug.drug: headline(drug, withheld) for drug in told.drugs}
    absent = describe_absent_medicine(results).removesuffix(".")
    found = [f"{name} ({known.get(name, absent)})" for name in results.medicines]
    return f"{OWN_MEDICINES}: {', '.join(found)}." if found else ""


def _notes(results: Results, sample: SampleResult) -> list[tuple[str, str]]:
    """Return the report's notes as kind and text; empty ones left out."""
    warnings = [*results.warnings, *results.rules.notes, *results.input.notes, *sample.problems]
    told = [
        (METHODOLOGY, _method(results)),
        (DISCLAIMER, describe_restriction(results.restriction)),
        *((DISCLAIMER, note.text) for note in warnings),
        *((DISCLAIMER, text) for text in _not_assessed(sample)),
        *(("", text) for text in _disagreements(sample)),
        (DISCLAIMER, _LIMITS),
    ]
    return [(kind, text) for kind, text in told if text]


def _method(results: Results) -> str:
    """Name program, rules, input and options; file names, which may name a person, stay out."""
    given, rules = results.input, results.rules
    digests = ", ".join(file.sha256 for file in given.files if file.sha256)
    options = ", ".join(f"{name}={value}" for name, value in given.options)
    counted = ", ".join(f"{reason}: {count}" for reason, count in (*given.discarded, *given.genotypes))
    unexplained = ", ".join(f"{gene}: {count}" for gene, count in given.unexplained)
    parts = [
        f"pgx {results.tool_version}, rule set {rules.version} of {rules.date} (sha256 {rules.sha256}).",
        f"Genome build of the input: {given.build or 'not known'}.",
        f"Input sha256: {digests}." if digests else "",
        f"Records read: {given.read}, used: {given.used}{f' ({counted})' if counted else ''}.",
        f"Records that fail FILTER and were used all the same: {given.marked}." if given.marked else "",
        f"Records in exons that no table explains: {unexplained}." if unexplained else "",
        f"Options: {options}." if options else "",
    ]
    return " ".join(part for part in parts if part)


def _not_assessed(sample: SampleResult) -> Iterable[str]:
    for missing in sample.not_assessed:
        yield f"{missing.drug} could not be assessed ({', '.join(missing.genes)}). {missing.reason}"


def _disagreements(sample: SampleResult) -> Iterable[str]:
    for found in map(describe_disagreement, sample.disagreements):
        views = "; ".join(f"{source}: {text}" for source, text in found.positions)
        yield f"Sources disagree on {found.drug}: {views}."
