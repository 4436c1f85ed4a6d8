"""Guidelines are asked by kinds of readings; a plain twin looks for every row again with every reading."""

from __future__ import annotations

import random
from itertools import product

import pytest
from guidance_cases import shipped

from pgx.domain.call import CallStatus, Evidence, GeneCall, Note
from pgx.domain.drug import BOTH, Severity
from pgx.domain.gene import NO_RESULT
from pgx.domain.results import GeneResult, Reading, UnseenReading
from pgx.guidance import Adviser, Context
from pgx.guidance.matching import value_weight

SCORES = ("0.0", "0.25", "0.5", "1.0", "1.5", "2.0", "2.25", "≥3.0")
DRAWS = 12


def plain_row(rows, readings):
    """The most specific row that fits, of several the first."""
    best, most = None, 0
    for row in rows:
        fits = [max(value_weight(value, readings[need.gene]) for value in need.values) for need in row.when]
        if all(fits) and sum(fits) > most:
            best, most = row, sum(fits)
    return best


def plain_lines(guideline, results):
    """What a guideline says of some results: row, readings, agreement, alleles and severity of each line."""
    if not any(result.gives_advice for result in results):
        return []
    found = []
    for name in dict.fromkeys(["", *guideline.populations]):
        found += plain_lines_for(guideline, name, results)
    answered = {line[1] for line in found if line[0]}
    told = [line for line in found if line[0] or (line[2] == "differs" and line[1] not in answered)] or found[:1]
    return list({(id(line[0]), line[1]): line for line in told}.values())


def plain_lines_for(guideline, population, results):
    own = [row for row in guideline.rows if row.population == population]
    everybody = [row for row in guideline.rows if not row.population]

    def row_of(combination):
        readings = dict(zip(guideline.genes, combination, strict=True))
        return plain_row(own, readings) or plain_row(everybody, readings)

    def treatment(combination):
        row = row_of(combination)
        return row and (row.actions, row.alternatives)

    best = list(product(*(result.best for result in results)))
    if population and not any(row and row.population for row in map(row_of, best)):
        return []
    treatments = list(map(treatment, best))
    lines = []
    for place, combination in enumerate(best):
        if treatments.index(treatments[place]) < place:
            continue
        several = any(other != treatments[0] for other in treatments)
        agreement, names = ("differs", ()) if several else plain_agreement(results, treatments[0], treatment)
        worst = max((row.severity for row in map(row_of, product(*map(silent_readings, results))) if row), default=0)
        severity = plain_severity(row_of(combination), agreement, results, worst)
        lines.append((row_of(combination), combination, agreement, names, severity))
    return lines


def silent_readings(result):
    unseen = tuple(one.reading for one in result.unseen)
    return result.best if result.gives_advice else unseen or result.best


def plain_agreement(results, wanted, treatment):
    seen = [(*result.best, *result.seen) for result in results]
    if any(treatment(one) != wanted for one in product(*seen)):
        return "best_only", ()
    every = [(*mine, *(one.reading for one in result.unseen)) for mine, result in zip(seen, results, strict=True)]
    names = {}
    for place, result in enumerate(results):
        for one in result.unseen:
            others = product(*every[:place], (one.reading,), *every[place + 1 :])
            if any(treatment(combination) != wanted for combination in others):
                names |= dict.fromkeys([f"{result.gene} {allele}" for allele in one.alleles] or [result.gene])
    return ("unseen", tuple(names)) if names else ("same", ())


def plain_severity(row, agreement, results, worst):
    severity = row.severity if row else Severity.GREY
    if row and severity <= Severity.GREEN and not all(result.gives_advice for result in results):
        return Severity.AMBER if worst is Severity.RED else Severity.GREY
    doubtful = agreement != "same" or any(result.call.never_green for result in results)
    return Severity.GREY if severity is Severity.GREEN and doubtful else severity


def readings_asked(guidelines, gene):
    """Readings that the guidelines' rows look for, and one that none does."""
    values = {v for g in guidelines for row in g.rows for need in row.when if need.gene == gene for v in need.values}
    texts = sorted({part for value in values for part in value.split(BOTH)} - {NO_RESULT})
    plain = [
        Reading(gene, (text,), (), text) for text in texts if not text.startswith((">=", "*")) and ".." not in text
    ]
    pairs = [
        Reading(gene, ("?",), tuple(text.removesuffix(" positive").split("/"))) for text in texts if text[0] == "*"
    ]
    scores = [Reading(gene, (score,)) for score in SCORES]
    return [*plain, *pairs, *scores, Reading(gene, ("nothing asked",))]


def draw_result(draw, gene, pool):
    if draw.random() < 0.2:
        call = GeneCall(gene, CallStatus.NO_DATA, Evidence(()))
        unseen = tuple(UnseenReading(reading, ()) for reading in draw.sample(pool, 2))
        return GeneResult(call, (), (Reading(gene, (NO_RESULT,)),), (), unseen)
    doubted = draw.random() < 0.1
    notes = (Note("made-up", "A made-up remark."),) if doubted else ()
    call = GeneCall(gene, CallStatus.CALLED, Evidence(()), notes=notes, never_green=doubted)
    chosen = draw.sample(pool, min(len(pool), 6))
    best, seen = draw.choice([(1, 1), (1, 1), (1, 2), (2, 2), (2, 3)])
    unseen = chosen[seen : seen + draw.randrange(3)]
    alleles = [(f"*{number}", f"*{number + 50}") for number in range(len(unseen))]
    others = tuple(UnseenReading(reading, names) for reading, names in zip(unseen, alleles, strict=True))
    return GeneResult(call, (), tuple(chosen[:best]), tuple(chosen[best:seen]), others)


@pytest.mark.parametrize("name", sorted(shipped().drugs))
def test_lines_are_those_of_the_plain_twin(name):
    drug, draw = shipped().drugs[name], random.Random(name)
    adviser = Adviser([drug], Context())
    pools = {gene: readings_asked(drug.guidelines, gene) for gene in drug.genes}
    for _ in range(DRAWS):
        genes = {gene: draw_result(draw, gene, pool) for gene, pool in pools.items()}
        expected = [
            line
            for guideline in drug.guidelines
            for line in plain_lines(guideline, [genes[gene] for gene in guideline.genes])
        ]
        for least in (Severity.GREY, Severity.AMBER):
            found = adviser.advise_drug(0, genes, least).lines if adviser.asked else ()
            told = [(x.row, x.readings, x.agreement, x.depends_on, x.severity) for x in found]
            assert told == [line for line in expected if line[-1] >= least]
