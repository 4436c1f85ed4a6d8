"""The bundle of one sample, and the files that hold them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pgx.reports.fhir.advice import Advice
from pgx.reports.fhir.findings import Findings
from pgx.reports.fhir.graph import ResourceGraph
from pgx.reports.fhir.report import diagnostic_report
from pgx.reports.fhir.study import add_study
from pgx.reports.files import safe_names, write_text
from pgx.reports.provenance import provenance

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from pgx.domain.drug import Drug
    from pgx.domain.gene import Gene
    from pgx.domain.results import Results, SampleResult
    from pgx.reports.fhir.codes import Json

SUFFIX = ".fhir.json"


def fhir_bundle(results: Results, sample: SampleResult, genes: Mapping[str, Gene], drugs: Mapping[str, Drug]) -> Json:
    """Return the Bundle of one sample as plain values.

    `genes` and `drugs` are the rule tables by symbol and by name; what they lack is written as text without code.
    """
    written = provenance().time
    graph = ResourceGraph(sample.sample, results.rules.sha256, *(file.sha256 for file in results.input.files))
    patient = graph.add({"resourceType": "Patient", "identifier": [{"value": sample.sample}]})
    study = add_study(graph, patient, results, sample, genes)
    findings = Findings(graph, patient, genes)
    findings.add(sample.genes.values())
    advice = Advice(graph, patient, findings, drugs)
    advice.add(sample)
    shown = [*advice.implications, *findings.references]
    graph.add(diagnostic_report(results, sample, patient, study, shown, advice.tasks), issued=written)
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": written,
        "entry": graph.entries[-1:] + graph.entries[:-1],
    }


def write_fhir(
    results: Results, directory: Path, genes: Mapping[str, Gene], drugs: Mapping[str, Drug]
) -> tuple[Path, ...]:
    """Write one bundle a sample, `NAME.fhir.json`; return the paths in the order of the samples."""
    names = safe_names([sample.sample for sample in results.samples])
    return tuple(
        write_text(directory / f"{name}{SUFFIX}", _chunks(fhir_bundle(results, sample, genes, drugs)))
        for name, sample in zip(names, results.samples, strict=True)
    )


def _chunks(bundle: Json) -> Iterator[str]:
    """Yield the bundle's text, one entry a line."""
    head = _encode({name: value for name, value in bundle.items() if name != "entry"})
    yield f'{head[:-1]}, "entry": [\n'
    for number, entry in enumerate(bundle["entry"]):
        yield (",\n" if number else "") + _encode(entry)
    yield "\n]}\n"


def _encode(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
