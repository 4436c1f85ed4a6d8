"""Runs whose bundles the FHIR tests look at, and ways to look into a bundle."""

from __future__ import annotations

from dataclasses import replace

from made_results import HOSTILE_NAMES, POOR, advice, gene_result, line, results, with_wording

from pgx.domain.call import CallSource, CallStatus, Evidence, Note
from pgx.domain.drug import Drug
from pgx.domain.gene import CallingMode, Gene, LookupMethod
from pgx.domain.results import Reading, Restriction
from pgx.reports.fhir import fhir_bundle

HGNC = {"CYP2C19": "HGNC:2621", "SLCO1B1": "HGNC:10959", "TPMT": "HGNC:12014", "DPYD": "HGNC:3012", "HLA-B": ""}
RXNORM = {"clopidogrel": "32968", "simvastatin": "36567", "azathioprine": "1256", "sertraline": "n/a"}
GENES = {
    symbol: Gene(symbol, hgnc, "1", "chr1", CallingMode.DIPLOTYPE, LookupMethod.PHENOTYPE, (), (), (), ())
    for symbol, hgnc in HGNC.items()
}
DRUGS = {name: Drug(name, (), rxnorm) for name, rxnorm in RXNORM.items()}


def bundle_of(run):
    return fhir_bundle(run, run.samples[0], GENES, DRUGS)


def with_advice(*lines):
    run = results()
    return replace(run, samples=(replace(run.samples[0], advice=lines),))


def with_gene(made, *lines):
    run = results()
    first = run.samples[0]
    return replace(run, samples=(replace(first, genes={**first.genes, made.gene: made}, advice=lines),))


def outside_phenotype():
    """A phenotype from outside, without a genotype."""
    made = gene_result("CYP2C19", CallStatus.CALLED, (), (), Evidence(()), source=CallSource.OUTSIDE)
    return replace(made, best=(Reading("CYP2C19", ("Poor Metabolizer",), (), "Poor Metabolizer"),))


RUNS = {
    "every kind": results(),
    "nothing": with_advice(),
    "restricted": results(restriction=Restriction(drugs=("clopidogrel",)), warnings=(Note("old", "Old rules."),)),
    "phenotype alone": with_gene(outside_phenotype(), line("clopidogrel", "CPIC", advice()[0].row, POOR)),
    "no gene result": with_advice(line("codeine", "CPIC", advice()[0].row, Reading("CYP2D6", ("No Result",)))),
    "gene not in sample": with_advice(line("codeine", "CPIC", advice()[0].row, Reading("G6PD", ("No Result",)))),
    "wording and medicines": with_wording(results(medicines=("clopidogrel", "aspirin"))),
    "no build": replace(results(), input=replace(results().input, build=None)),
    **{repr(name): results(name) for name in HOSTILE_NAMES},
}


def of_type(bundle, kind, profile=""):
    found = [entry["resource"] for entry in bundle["entry"] if entry["resource"]["resourceType"] == kind]
    return [one for one in found if any(url.endswith(profile) for url in one.get("meta", {}).get("profile", [""]))]


def parts(value):
    """Every object in a document."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from parts(one)


def codings(value):
    return [one for one in parts(value) if {"system", "code"} <= one.keys()]


def values_of(observation, code):
    asked = (part for part in observation["component"] if part["code"]["coding"][0]["code"] == code)
    return [part.get("valueCodeableConcept", part.get("valueString")) for part in asked]
