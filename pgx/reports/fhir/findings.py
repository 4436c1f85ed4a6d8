"""What was found: haplotypes, genotypes, and genes that advice rests on without a genotype of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pgx.domain.call import CallSource, CallStatus
from pgx.reports.fhir import codes
from pgx.reports.fhir.graph import ResourceGraph, annotation
from pgx.reports.summary import summarise_gene
from pgx.reports.wording import STATUS_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pgx.domain.call import GeneCall
    from pgx.domain.gene import Gene
    from pgx.domain.results import GeneResult
    from pgx.reports.fhir.codes import Json
    from pgx.reports.summary import GeneSummary

CATEGORY = [
    codes.concept("", codes.coding(codes.OBSERVATION_CATEGORY, "laboratory")),
    codes.concept("", codes.coding(codes.DIAGNOSTIC_SECTION, "GE")),
]
"""The two categories of every observation, each with exactly one coding."""

_ABSENT = {
    CallStatus.UNTESTABLE: "unsupported",
    CallStatus.NO_DATA: "not-performed",
    CallStatus.NOT_CALLED: "unknown",
}


class Findings:
    """Adds observations on genes to a bundle and remembers, by gene, what advice can be derived from."""

    def __init__(self, graph: ResourceGraph, patient: Json, genes: Mapping[str, Gene]) -> None:
        self._graph, self._patient, self._genes = graph, patient, genes
        self._by_gene: dict[str, Json] = {}
        self.references: list[Json] = []
        """Everything added, for the report's list of results."""

    def add(self, results: Iterable[GeneResult]) -> None:
        """Add a genotype, with its haplotypes, for each gene that has one."""
        for result in results:
            if _has_genotype(result.call):
                self._by_gene[result.gene] = self._keep(self._genotype(result))

    def basis(self, gene: str, result: GeneResult | None) -> Json:
        """Return the observation that advice on `gene` rests on; one without a genotype is added on first use."""
        if gene not in self._by_gene:
            self._by_gene[gene] = self._keep(self._without_genotype(gene, result))
        return self._by_gene[gene]

    def _keep(self, observation: Json) -> Json:
        reference = self._graph.add(observation)
        if reference not in self.references:
            self.references.append(reference)
        return reference

    def _genotype(self, result: GeneResult) -> Json:
        told = summarise_gene(result)
        return {
            **observation("genotype", codes.loinc(codes.GENOTYPE), self._patient),
            "valueCodeableConcept": codes.concept(f"{told.gene} {told.diplotype}"),
            "note": [annotation(text) for text in _remarks(result, told)],
            "derivedFrom": self._haplotypes(result.call),
            "component": [self._gene_studied(told.gene), conclusion(_meaning(told))],
        }

    def _haplotypes(self, call: GeneCall) -> list[Json]:
        """One haplotype a distinct allele; none while several diplotypes fit equally well."""
        best = call.best_diplotypes
        if len({diplotype.name for diplotype in best}) != 1:
            return []
        return [self._keep(self._haplotype(call.gene, allele)) for allele in dict.fromkeys(best[0].alleles)]

    def _haplotype(self, gene: str, allele: str) -> Json:
        return {
            **observation("haplotype", codes.loinc(codes.HAPLOTYPE), self._patient),
            "valueCodeableConcept": codes.concept(f"{gene} {allele}"),
            "component": [self._gene_studied(gene)],
        }

    def _without_genotype(self, gene: str, result: GeneResult | None) -> Json:
        """A phenotype that came without a genotype, or the statement that there is no result."""
        given = summarise_gene(result) if result and result.call.status.has_result else None
        status = result.call.status if result else CallStatus.NO_DATA
        absent = codes.coding(codes.ABSENT_REASON, _ABSENT.get(status, "unknown"))
        value = (
            {"valueCodeableConcept": codes.concept(f"{gene} {given.phenotype}")}
            if given and given.phenotype
            else {"dataAbsentReason": codes.concept(f"{gene}: {STATUS_WORDS[status]}", absent)}
        )
        told = _remarks(result, given) if result and given else []
        return {
            **observation("", codes.concept(f"{gene}: result without a genotype"), self._patient),
            **value,
            "note": [annotation(text) for text in told],
            "component": [self._gene_studied(gene)],
        }

    def _gene_studied(self, gene: str) -> Json:
        return {
            "code": codes.loinc(codes.GENE_STUDIED),
            "valueCodeableConcept": codes.gene_concept(gene, self._genes),
        }


def observation(name: str, code: Json, patient: Json) -> Json:
    """Return what all observations share; `name` is the profile, empty for none."""
    return {
        "resourceType": "Observation",
        "meta": {"profile": [codes.profile(name)] if name else []},
        "status": "final",
        "category": CATEGORY,
        "code": code,
        "subject": patient,
    }


def conclusion(text: str) -> Json:
    """Return the component that holds a conclusion in words."""
    return {"code": codes.guide_code(codes.CONCLUSION), "valueString": text} if text else {}


def _has_genotype(call: GeneCall) -> bool:
    """Candidates of a gene that cannot be called are no genotype."""
    return call.status.has_result and bool(call.diplotypes)


def _meaning(told: GeneSummary) -> str:
    score = f"activity score {told.score}" if told.score else ""
    return "; ".join(part for part in (told.phenotype, score, told.functions, told.certainty) if part)


def _remarks(result: GeneResult, told: GeneSummary) -> list[str]:
    """Where the result comes from, what another source says, and its notes."""
    call = result.call
    others = " or ".join(other.name for other in call.alternatives)
    remarks = [
        "Reported by an outside caller." if call.source is not CallSource.VCF else "",
        f"The source that was not preferred gives {others}." if others else "",
        "Phase is open: the alleles listed are what was found, not strands."
        if any(diplotype.listed for diplotype in call.diplotypes)
        else "",
        *(note.text for note in told.notes),
    ]
    return [remark for remark in remarks if remark]
