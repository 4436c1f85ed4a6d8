"""The picture of a gene: every position once, in the state it is in, and none on top of another."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from pgx.domain.call import CallStatus, Diplotype, Evidence, GeneCall
from pgx.domain.gene import Allele, CallingMode, Gene, LookupMethod, Region
from pgx.domain.variant import Variant
from pgx.reports.html.picture import MARGIN, WIDTH, Seen, describe, picture, sites, spread


def variant(name: str, place: int) -> Variant:
    return Variant(name, "chr1", place, place, ("A", "G"), "A")


VARIANTS = tuple(
    variant(name, place) for name, place in (("a", 100), ("b", 101), ("c", 50_000), ("d", 50_400), ("e", 90))
)
ALLELES = (
    Allele("*1", defines_all=True),
    Allele("*2", core=(("b", "G"), ("c", "R"))),
    Allele("*3", core=(("a", "G"), ("b", "G"))),
)
EXONS = (Region(95, 120), Region(50_000, 50_500))
GENE = Gene(
    "GENE", "HGNC:1", "1", "chr1", CallingMode.DIPLOTYPE, LookupMethod.PHENOTYPE, (), VARIANTS, ALLELES, (),
    exons=(("GRCh38", EXONS),),
)  # fmt: skip
NOT_CALLED = (("d", "absent"), ("e", "reference_block"))


def call(*alleles: str, status: CallStatus = CallStatus.CALLED) -> GeneCall:
    pair = Diplotype(alleles, tuple((allele,) for allele in alleles), alleles)
    evidence = Evidence((("called", 3), ("absent", 1), ("reference_block", 1)), ("d",), not_called=NOT_CALLED)
    return GeneCall("GENE", status, evidence, diplotypes=(pair,), best=1)


CASES = {
    ("*1", "*1"): {"a": Seen.READ, "b": Seen.READ, "c": Seen.READ, "d": Seen.UNSEEN, "e": Seen.BLOCK},
    ("*1", "*2"): {"a": Seen.READ, "b": Seen.VARIANT, "c": Seen.READ, "d": Seen.UNSEEN, "e": Seen.BLOCK},
    ("*2", "*3"): {"a": Seen.VARIANT, "b": Seen.VARIANT, "c": Seen.READ, "d": Seen.UNSEEN, "e": Seen.BLOCK},
}


@pytest.mark.parametrize("alleles", CASES, ids="/".join)
def test_states(alleles):
    assert {site.name: site.seen for site in sites(GENE, call(*alleles))} == CASES[alleles]


def test_strands_that_differ_are_counted():
    assert {site.name: site.strands for site in sites(GENE, call("*2", "*3")) if site.strands} == {"a": 1, "b": 2}


def test_without_a_result_nothing_is_said_of_the_bases():
    found = sites(GENE, call("*2", "*3", status=CallStatus.UNTESTABLE))
    assert describe(found) == "5 positions: 3 read; 1 covered by a reference block; 1 not seen"


def test_positions_follow_the_chromosome_and_keep_apart():
    found = sites(GENE, call("*1", "*1"))
    assert [site.name for site in found] == ["e", "a", "b", "c", "d"]
    places = spread([site.place for site in found], EXONS)
    assert all(right - left > 5 for left, right in pairwise(places[site.place] for site in found))
    assert MARGIN <= min(places.values()) <= max(places.values()) <= WIDTH - MARGIN


def test_drawing_has_exons_and_every_mark_and_says_so_in_words():
    drawn = picture(GENE, sites(GENE, call("*2", "*3")))
    assert drawn.count("<rect") == len(EXONS)
    paths = dict(re.findall(r'd="([^"]*)" class="(read|block|unseen)"', drawn))
    assert {name: path.count("M") for path, name in paths.items()} == {"read": 1, "block": 1, "unseen": 1}
    assert drawn.count("l3.5 4-3.5 4-3.5-4z") == 3
    assert 'aria-label="GENE. 5 positions: ' in drawn


def test_one_position_stands_in_the_middle():
    assert spread([5], ()) == {5: WIDTH / 2}
