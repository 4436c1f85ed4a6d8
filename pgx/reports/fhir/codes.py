"""The codes of the exchange format: systems, profiles, questions and those answers that LOINC has.

A result without an answer of its own stays text; it is never given the nearest code. Codes of drugs and genes
come from the rule tables alone. Questions and answers: Genomics Reporting 3.0.0, profiles and value sets.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pgx.domain.drug import Drug
    from pgx.domain.gene import Gene

Json = dict[str, Any]

GUIDE = "http://hl7.org/fhir/uv/genomics-reporting/"
LOINC = "http://loinc.org"
HGNC = "http://www.genenames.org"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
OBSERVATION_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
DIAGNOSTIC_SECTION = "http://terminology.hl7.org/CodeSystem/v2-0074"
ABSENT_REASON = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
GUIDE_CODES = f"{GUIDE}CodeSystem/tbd-codes-cs"
EVIDENCE_LEVELS = f"{GUIDE}CodeSystem/pharmgkb-evidence-level-custom-cs"
NOTE_TYPES = f"{GUIDE}CodeSystem/coded-annotation-types-cs"
RELATED_ARTIFACT = "http://hl7.org/fhir/StructureDefinition/workflow-relatedArtifact"

REPORT = "51969-4"
GENOTYPE = "84413-4"
HAPLOTYPE = "84414-2"
GENE_STUDIED = "48018-6"
MEDICATION_ASSESSED = "51963-7"
EVIDENCE_LEVEL = "93044-6"
TREATMENT_CONTEXT = "81259-4"

THERAPEUTIC_IMPLICATION = "therapeutic-implication"
CONCLUSION = "conclusion-string"

OTHER_DRUG = "LA26421-0"
DECREASE_DOSE = "LA26422-8"
INCREASE_DOSE = "LA26423-6"
USE_WITH_CAUTION = "LA26424-4"
STANDARD_DOSE = "LA26425-1"

EFFECTS = {
    "ultrarapid metabolizer": ("LA10315-2", "Ultrarapid metabolizer"),
    "rapid metabolizer": ("LA25390-8", "Rapid metabolizer"),
    "normal metabolizer": ("LA25391-6", "Normal metabolizer"),
    "intermediate metabolizer": ("LA10317-8", "Intermediate metabolizer"),
    "poor metabolizer": ("LA9657-3", "Poor metabolizer"),
    "increased function": ("LA25392-4", "Increased function"),
    "normal function": ("LA25393-2", "Normal function"),
    "decreased function": ("LA25395-7", "Decreased function"),
    "poor function": ("LA25394-0", "Poor function"),
}
"""Phenotypes, in lower case, that are answers of the guide's value set, with the answer's display."""

BUILDS = {"GRCh37": "LA14029-5", "GRCh38": "LA26806-2"}
GRADES = frozenset({"1A", "1B", "2A", "2B", "3", "4"})

_HGNC_ID = re.compile(r"HGNC:[1-9]\d*")
_RXNORM_ID = re.compile(r"[1-9]\d*")


def coding(system: str, code: str, display: str = "") -> Json:
    return {"system": system, "code": code, "display": display}


def concept(text: str = "", *codings: Json) -> Json:
    """Return a CodeableConcept; empty parts are dropped when the resource is put into the bundle."""
    return {"coding": list(codings), "text": text}


def loinc(code: str, text: str = "") -> Json:
    return concept(text, coding(LOINC, code))


def guide_code(code: str) -> Json:
    """Return one of the guide's own codes for questions that LOINC does not have."""
    return concept("", coding(GUIDE_CODES, code))


def profile(name: str) -> str:
    return f"{GUIDE}StructureDefinition/{name}"


def gene_concept(symbol: str, genes: Mapping[str, Gene]) -> Json:
    """Name a gene, with its HGNC id where the rule tables have one."""
    found = genes.get(symbol)
    if found is None or not _HGNC_ID.fullmatch(found.hgnc):
        return concept(symbol)
    return concept(symbol, coding(HGNC, found.hgnc, symbol))


def drug_concept(name: str, drugs: Mapping[str, Drug]) -> Json:
    """Name a drug, with its RxNorm id where the rule tables have one."""
    found = drugs.get(name)
    if found is None or not _RXNORM_ID.fullmatch(found.rxnorm):
        return concept(name)
    return concept(name, coding(RXNORM, found.rxnorm))


def effect_concept(text: str, phenotype: str | None) -> Json:
    """Say what a result means; coded where the phenotype is exactly one of LOINC's answers."""
    answer = EFFECTS.get((phenotype or "").casefold())
    return concept(text, coding(LOINC, *answer)) if answer else concept(text)


def build_concept(build: str) -> Json:
    return loinc(BUILDS[build], build) if build in BUILDS else concept(build)


def evidence_concept(scheme: str, level: str) -> Json:
    """Name an evidence level; coded where the guide has the scheme's grades."""
    coded = [coding(EVIDENCE_LEVELS, level)] if scheme == "clinpgx" and level in GRADES else []
    return concept(f"{SCHEME_NAMES.get(scheme, scheme)}: {level}", *coded)


SCHEME_NAMES = {
    "cpic": "CPIC level",
    "clinpgx": "ClinPGx level of evidence",
    "fda": "FDA label level",
    "dpwg": "DPWG urgency",
}
