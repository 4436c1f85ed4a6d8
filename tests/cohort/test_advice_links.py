"""Advice spread over samples by classes and names is what each sample would get if it were asked about alone."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import pytest

from pgx.cohort.advice import Linker
from pgx.cohort.classes import Classes, load_classes, save_classes
from pgx.cohort.dealing import deal_drugs
from pgx.cohort.pieces import ADVICE_COLUMNS, AdviceBook, Blanks
from pgx.domain.call import CallStatus, Evidence, GeneCall
from pgx.domain.drug import Guideline, Severity
from pgx.domain.population import MissedShares
from pgx.domain.results import AdviceLine, Agreement, GeneResult, NotAssessed, Reading, UnseenReading

SAMPLES = 400
GENES = ("ONE", "TWO")
GUIDELINES = tuple(Guideline(source, f"{source} on all", "", "2025-01-01", ()) for source in ("first", "second"))
COLUMNS = [column.name for column in ADVICE_COLUMNS]
LOOKUP = COLUMNS.index("lookup")


@dataclass
class MadeAdvice:
    lines: tuple[AdviceLine, ...]
    not_assessed: tuple[NotAssessed, ...]


class MadeAdviser:
    """Says of every gene but silent ones what it reads, and which alleles could not be excluded."""

    asked = (("both", GENES), ("one", GENES[:1]))

    def advise_drug(self, place, genes, least):
        drug, symbols = self.asked[place]
        read = [genes[symbol] for symbol in symbols if genes[symbol].best[0].lookup != ("silent",)]
        if not read:
            return MadeAdvice((), (NotAssessed(drug, symbols, "silent"),))
        unseen = tuple(f"{r.gene} {allele}" for r in read for one in r.unseen for allele in one.alleles)
        readings = tuple(result.best[0] for result in read)
        agreement = Agreement.UNSEEN if unseen else Agreement.SAME
        lines = tuple(
            AdviceLine(drug, one, None, readings, severity, agreement, unseen)
            for one, severity in zip(GUIDELINES, (Severity.RED, Severity.GREY), strict=True)
            if severity >= least
        )
        return MadeAdvice(lines, ())


def draw_results(gene, draw):
    """Some results of a gene, among them several that differ by the names of unseen alleles alone."""
    for text in ("silent", "normal", "poor"):
        best = (Reading(gene, (text,), (), text),)
        for names in ((), ("*2",), ("*2", "*3"), ("*4",)):
            unseen = (UnseenReading(Reading(gene, ("unlike",)), names),) if names else ()
            yield GeneResult(GeneCall(gene, CallStatus.CALLED, Evidence(())), (), best, (), unseen)
    yield GeneResult(
        GeneCall(gene, CallStatus.CALLED, Evidence(())),
        (),
        (Reading(gene, ("normal",), (), "normal"),),
        (),
        tuple(UnseenReading(Reading(gene, (str(n),)), (f"*{draw.randrange(9)}",)) for n in range(2)),
    )


@pytest.fixture(params=[1, 2])
def cohort(request, tmp_path):
    """Results by gene and sample, and the same as units of advice read them."""
    draw, results, saved = random.Random(request.param), {}, {}
    for gene in GENES:
        found, classes = list(draw_results(gene, draw)), Classes()
        for result in found:
            classes.add(result)
        index = np.array([draw.randrange(len(found)) for _ in range(SAMPLES)])
        save_classes(tmp_path / gene, classes, index)
        saved[gene] = load_classes(tmp_path / gene, gene)
        results[gene] = [found[number] for number in index.tolist()]
    return results, saved


@pytest.mark.parametrize("all_advice", [False, True])
@pytest.mark.parametrize("place", [0, 1])
def test_each_sample_gets_its_own_advice(cohort, place, all_advice):
    results, saved = cohort
    book, adviser = AdviceBook(("1", "x")), MadeAdviser()
    linker = Linker(saved, adviser, book, SAMPLES, Blanks(MissedShares({})), all_advice)
    answer = linker.ask(place)
    linked = defaultdict(list)
    for (drug, source, number), samples in linker.links(answer):
        assert samples.tolist() == sorted(set(samples.tolist()))
        for sample in samples.tolist():
            linked[sample] += [
                (drug, source, book.cells[cells][LOOKUP], names) for cells, names, _ in book.rows[number]
            ]
    missing, numbers = answer.missing()
    for sample in range(SAMPLES):
        least = Severity.GREY if all_advice else Severity.AMBER
        alone = adviser.advise_drug(place, {gene: results[gene][sample] for gene in GENES}, least)
        assert sorted(linked[sample]) == sorted(map(said, alone.lines))
        assert tuple(missing[number - 1] for number in numbers[[sample]].tolist() if number) == alone.not_assessed


def said(line):
    lookup = "|".join(f"{reading.gene}={'/'.join(reading.lookup)}" for reading in line.readings)
    return line.drug, line.guideline.source, lookup, "|".join(dict.fromkeys(line.depends_on))


def test_pieces_that_say_the_same_are_numbered_alike(cohort):
    _, saved = cohort
    books = [AdviceBook(("1", "x")) for _ in range(2)]
    orders = [(0, 1), (1, 0)]
    for book, order in zip(books, orders, strict=True):
        linker = Linker(saved, MadeAdviser(), book, SAMPLES, Blanks(MissedShares({})))
        for place in order:
            list(linker.links(linker.ask(place)))
    assert (books[0].rows, books[0].cells) == (books[1].rows, books[1].cells)


def test_drugs_are_dealt_out_whole_and_alike(cohort):
    _, saved = cohort
    asked = [(f"drug {number}", [GENES, GENES[:1], GENES[1:], ("unknown",)][number % 4]) for number in range(30)]
    dealt = deal_drugs(asked, saved, SAMPLES, 3)
    assert sorted(place for places in dealt for place in places) == list(range(30))
    assert dealt == deal_drugs(asked, dict(reversed(saved.items())), SAMPLES, 3)
    for places in dealt:
        assert places == sorted(places)
    home = {place: number for number, places in enumerate(dealt) for place in places}
    assert len({(asked[place][1], number) for place, number in home.items()}) == 4
    assert asked[dealt[0][0]][1] == GENES
