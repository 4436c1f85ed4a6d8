"""What was tested and what was not: the genomic study, its analyses with their regions, and the program as a device."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pgx.domain.call import CallSource
from pgx.reports.fhir import codes
from pgx.reports.fhir.graph import ResourceGraph, annotation, extension
from pgx.reports.wording import STATUS_WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pgx.domain.call import Evidence
    from pgx.domain.gene import Gene
    from pgx.domain.results import GeneResult, Results, SampleResult
    from pgx.reports.fhir.codes import Json

_FROM_FILES = "Defining positions of the genes in the rule tables"
_FROM_OTHERS = "Results taken from other callers"


def add_study(
    graph: ResourceGraph, patient: Json, results: Results, sample: SampleResult, genes: Mapping[str, Gene]
) -> Json:
    """Add device, analyses and study; return a reference to the study."""
    device = graph.add(_device(results))
    own = [result for result in sample.genes.values() if result.call.source is not CallSource.OUTSIDE]
    other = [result for result in sample.genes.values() if result.call.source is CallSource.OUTSIDE]
    described = [(_FROM_FILES, own, results.input.build or ""), (_FROM_OTHERS, other, "")]
    analyses = [
        graph.add(_analysis(title, tested, build, patient, device, genes))
        for title, tested, build in described
        if tested
    ]
    return graph.add(_study(patient, analyses))


def _device(results: Results) -> Json:
    rules = results.rules
    versions = [
        ("program", results.tool_version),
        ("rule set", rules.version),
        ("rule set date", rules.date),
        ("rule set sha256", rules.sha256),
    ]
    return {
        "resourceType": "Device",
        "deviceName": [{"name": "pgx", "type": "other"}],
        "type": codes.concept("Software that derives dosing advice from genotypes"),
        "version": [{"type": codes.concept(kind), "value": value} for kind, value in versions if value],
    }


def _study(patient: Json, analyses: list[Json]) -> Json:
    return {
        **_procedure("genomic-study", patient),
        "extension": [extension("genomic-study-analysis-ext", valueReference=analysis) for analysis in analyses],
        "code": codes.concept("Pharmacogenetic analysis of a genotype file"),
    }


def _analysis(
    title: str,
    tested: list[GeneResult],
    build: str,
    patient: Json,
    device: Json,
    genes: Mapping[str, Gene],
) -> Json:
    """Describe one analysis. Software works on a file, so no laboratory method is stated."""
    used = [{"url": "device", "valueReference": device}]
    return {
        **_procedure("genomic-study-analysis", patient),
        "extension": [
            *([extension("genomic-study-analysis-genome-build", valueCodeableConcept=codes.build_concept(build))]
              if build else []),
            extension("genomic-study-analysis-title", valueString=title),
            extension("genomic-study-analysis-regions", extension=_regions(tested, genes)),
            extension("genomic-study-analysis-device", extension=used),
        ],
        "note": [annotation(text) for text in map(_unseen_text, tested) if text],
    }  # fmt: skip


def _procedure(name: str, patient: Json) -> Json:
    laboratory = codes.coding(codes.OBSERVATION_CATEGORY, "laboratory")
    return {
        "resourceType": "Procedure",
        "meta": {"profile": [codes.profile(name)]},
        "status": "completed",
        "category": codes.concept("", laboratory),
        "subject": patient,
    }


def _regions(tested: list[GeneResult], genes: Mapping[str, Gene]) -> list[Json]:
    """List genes studied, called and not; unseen positions of a called gene are text, since its code names it whole."""
    called = [result for result in tested if result.call.status.has_result]
    failed = [result for result in tested if not result.call.status.has_result]
    named = [
        *(("studied", codes.gene_concept(result.gene, genes)) for result in tested),
        *(("called", codes.gene_concept(result.gene, genes)) for result in called),
        *(("uncalled", codes.gene_concept(result.gene, genes)) for result in failed),
        *(("uncalled", codes.concept(text)) for text in map(_positions_text, called) if text),
    ]
    summary = f"{len(called)} of {len(tested)} genes called; positions and alleles that were not seen are listed"
    return [
        {"url": "description", "valueString": summary},
        *({"url": url, "valueCodeableConcept": concept} for url, concept in named),
    ]


def _positions_text(result: GeneResult) -> str:
    """Name the positions of a called gene that were not plainly called."""
    evidence = result.call.evidence
    unseen = _unseen_positions(evidence)
    return f"{result.gene} ({len(unseen)} of {evidence.positions} positions): {', '.join(unseen)}" if unseen else ""


def _unseen_positions(evidence: Evidence) -> tuple[str, ...]:
    states = (f"{name} ({state})" for name, state in evidence.not_called)
    return tuple(states) or evidence.missing


def _unseen_text(result: GeneResult) -> str:
    """Say why a gene has no result, or which alleles could not be excluded."""
    call = result.call
    if not call.status.has_result:
        return f"{result.gene}: {STATUS_WORDS[call.status]}."
    alleles = ", ".join(call.evidence.not_excluded)
    return f"{result.gene}: {alleles} could not be excluded." if alleles else ""
