"""Combinations and parts of alleles: how strands are put together, and how changes are named."""

from __future__ import annotations

import pytest

from pgx.calling import CallOptions, call_pattern
from pgx.calling.changes import name_change
from pgx.calling.combinations import MAX_LISTED
from pgx.domain.evidence import EvidenceState
from pgx.domain.gene import Allele, CallingMode, Gene, LookupMethod
from pgx.domain.genotype import Genotype, Pattern
from pgx.domain.variant import Variant

VARIANTS = tuple(Variant(f"p{n}", "chr1", n, n, ("A", "G", "T"), "A") for n in range(1, 13))
CORES = {
    "*2": "1", "*3": "2", "*4": "3", "*5": "1 2", "*6": "4 5", "*7": "5 6", "*8": "1 2 7", "*9": "8R",
}  # fmt: skip


def allele(name, core):
    positions = ((f"p{text.rstrip('R')}", "R" if text.endswith("R") else "G") for text in core.split())
    return Allele(name, "No function", core=tuple(positions))


ALLELES = (Allele("*1", "Normal function", defines_all=True), *(allele(*entry) for entry in CORES.items()))
BASICS = ("TOY", "HGNC:0", "1", "chr1", CallingMode.DIPLOTYPE, LookupMethod.PHENOTYPE, ())
GENE = Gene(*BASICS, VARIANTS, ALLELES, ())


def call(genotypes, combinations=True):
    """Call genotypes such as `1:0|1 2:1/1`; other positions are homozygous for REF, `x` is unseen."""
    given = dict(entry.split(":", 1) for entry in genotypes.split())
    read = []
    for n in range(1, len(VARIANTS) + 1):
        text, _, number = given.get(str(n), "0/0").partition("@")
        if text == "x":
            read.append(Genotype(EvidenceState.ABSENT))
            continue
        codes = tuple(int(code) for code in text.replace("|", "/").split("/"))
        read.append(Genotype(EvidenceState.CALLED, codes, "|" in text, int(number or 0)))
    pattern = Pattern(tuple(read), tuple((*v.bases, "C") for v in VARIANTS))
    return call_pattern(GENE, pattern, CallOptions(combinations=combinations))


CASES = [
    ("two alleles on a strand", "1:0|1 3:0|1", "*1/[*2 + *4]"),
    ("an allele that contains others keeps them out", "1:0|1 2:0|1 3:0|1", "*1/[*4 + *5]"),
    ("the widest of them", "1:0|1 2:0|1 3:0|1 7:0|1", "*1/[*4 + *8]"),
    ("two ways to split", "4:0|1 5:0|1 6:0|1", "*1/[*6 + g.6A>G] or *1/[*7 + g.4A>G]"),
    ("an unseen position reopens the question", "1:0|1 2:0|1 3:0|1 7:x", "*1/[*4 + *5] or *1/[*4 + *8]"),
    ("part of an allele", "4:0/1", "*1/g.4A>G"),
    ("an allele and a change", "1:0|1 4:0|1", "*1/[*2 + g.4A>G]"),
    ("another base than the allele's", "1:0/2", "*1/g.1A>T"),
    ("a base that the table lacks", "1:0/3", "*1/g.1A>C"),
    ("changes on both strands", "4:1/1", "g.4A>G/g.4A>G"),
    ("open phase", "1:0/1 4:0/1", "*1/[*2 + g.4A>G] or *2/g.4A>G"),
    ("phase sets", "1:0|1@1 3:0|1@1 4:0|1@2", "*1/[*2 + *4 + g.4A>G] or g.4A>G/[*2 + *4]"),
    ("homozygous combination", "1:1/1 3:1/1", "[*2 + *4]/[*2 + *4]"),
    ("a position with several allowed bases", "8:0|1 4:0|1", "*1/[*9 + g.4A>G]"),
    ("two bases that are both changes", "4:1/2", "g.4A>G/g.4A>T"),
]


@pytest.mark.parametrize(("genotypes", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_strands_are_put_together(genotypes, expected):
    found = call(genotypes)
    assert " or ".join(diplotype.name for diplotype in found.diplotypes) == expected
    assert all(diplotype.partial for diplotype in found.diplotypes)
    assert (found.best, found.never_green) == (len(found.diplotypes), True)
    assert "combination" in {note.code for note in found.notes}


def test_a_plain_pair_stays_as_it_is():
    assert call("1:0/1 2:0/1") == call("1:0/1 2:0/1", combinations=False)


def test_nothing_is_tried_unless_asked_for():
    assert not call("4:0/1", combinations=False).diplotypes


def test_many_open_phases_are_cut_off_and_said():
    found = call(" ".join(f"{n}:0/2" for n in range(1, 13)))
    assert len(found.diplotypes) == MAX_LISTED
    assert "arrangements" in {note.code for note in found.notes}


CHANGES = [
    # bases, bases over which it can slide, changed to, name
    (("G", "A"), 0, "A", "g.100G>A"),
    (("CAT", "C"), 2, "C", "g.101_102del"),
    (("CAT", "C"), 4, "C", "g.103_104del"),
    (("CA", "C"), 1, "C", "g.101del"),
    (("C", "CA"), 0, "CA", "g.100_101insA"),
    (("C", "CA"), 3, "CA", "g.103dup"),
    (("CAT", "CATAT"), 4, "CATAT", "g.103_104dup"),
    (("C", "CAG"), 1, "CAG", "g.101_102insGA"),
    (("TC", "CT"), 0, "CT", "g.100_101delinsCT"),
    (("G", "<DEL>"), 0, "<DEL>", "g.100G><DEL>"),
]


@pytest.mark.parametrize(("bases", "tract", "base", "expected"), CHANGES)
def test_changes_are_named_as_hgvs_does(bases, tract, base, expected):
    assert name_change(Variant("p", "chr1", 100, None, bases, bases[0], tract), bases[0], base) == expected
