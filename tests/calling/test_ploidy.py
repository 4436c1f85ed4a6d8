"""Sex chromosomes and the mitochondrion: every kind of genotype against every sex, and mixtures by their share."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pgx.calling import CallOptions, call_pattern
from pgx.domain.evidence import EvidenceState
from pgx.domain.gene import Allele, CallingMode, Gene, LookupMethod
from pgx.domain.genotype import Genotype, Pattern, Sex
from pgx.domain.variant import Variant

VARIANTS = tuple(Variant(name, "chrX", n, n, ("A", "G"), "A") for n, name in enumerate(("one", "two"), 1))
ALLELES = (
    Allele("ref", "Normal", defines_all=True),
    Allele("bad", "Deficient", core=(("one", "G"),)),
    Allele("mild", "Reduced", core=(("two", "G"),)),
)
X = Gene(
    "XGENE", "HGNC:0", "1", "chrX", CallingMode.DIPLOTYPE, LookupMethod.PHENOTYPE, (), VARIANTS, ALLELES, (),
    sex_linked=True,
)  # fmt: skip
MITO = replace(X, symbol="MGENE", calling=CallingMode.HAPLOID, sex_linked=False)
SEEN = EvidenceState.CALLED


def call(gene, *genotypes, sex=Sex.UNKNOWN):
    read = tuple(g if isinstance(g, Genotype) else Genotype(SEEN if g else EvidenceState.ABSENT, g) for g in genotypes)
    return call_pattern(gene, Pattern(read, tuple(v.bases for v in gene.variants), sex), CallOptions())


def names(found):
    return [diplotype.name for diplotype in found.diplotypes]


READINGS = [
    # sex, genotypes at the two positions, diplotypes, what the data allow, code of a note
    ("male", (1,), (0,), ["bad"], {("bad",)}, ""),
    ("male", (1, 1), (0, 0), ["bad"], {("bad",)}, ""),
    ("male", (0, 0), (0,), ["ref"], {("ref",)}, ""),
    ("male", (0, 1), (0, 0), ["ref"], {("ref",), ("bad",)}, "ploidy"),
    ("male", (), (0,), ["ref"], {("ref",), ("bad",)}, ""),
    ("female", (0, 1), (0, 0), ["ref/bad"], {("ref", "bad")}, ""),
    ("female", (1, 1), (0, 0), ["bad/bad"], {("bad", "bad")}, ""),
    ("female", (0, 1), (0, 1), ["bad/mild"], {("bad", "mild")}, ""),
    ("female", (1,), (0, 0), ["ref/ref"], {("ref", "ref"), ("ref", "bad"), ("bad", "bad")}, "ploidy"),
    ("unknown", (1,), (0,), ["bad"], {("bad",)}, ""),
    ("unknown", (1, 1), (0, 0), ["bad/bad"], {("bad", "bad"), ("bad",)}, ""),
    ("unknown", (0, 0), (0, 0), ["ref/ref"], {("ref", "ref"), ("ref",)}, ""),
    ("unknown", (0, 1), (0, 0), ["ref/bad"], {("ref", "bad")}, ""),
    ("unknown", (0, 1), (0,), ["ref/bad"], {("ref", "bad"), ("mild", "bad")}, "ploidy"),
    ("unknown", (), (0, 0), ["ref/ref"], {("ref", "ref"), ("ref",), ("ref", "bad"), ("bad", "bad"), ("bad",)}, ""),
]


@pytest.mark.parametrize(("sex", "one", "two", "diplotypes", "allowed", "code"), READINGS)
def test_sex_linked(sex, one, two, diplotypes, allowed, code):
    found = call(X, one, two, sex=Sex(sex))
    assert names(found) == diplotypes
    pairs = {tuple(sorted(pair)) for pair in (*found.consistent.seen, *found.consistent.unseen)}
    assert pairs == {tuple(sorted(pair)) for pair in allowed}
    assert code in {"", *(note.code for note in found.notes)}


MIXTURES = [
    # alleles, share of the reads, called, mixture reported, all-clear forbidden
    ((0, 1), 0.7, ["bad"], True),
    ((0, 1), 0.6, ["bad"], True),
    ((0, 1), 0.59, ["ref"], True),
    ((0, 1), 0.05, ["ref"], True),
    ((0, 1), 0.97, ["bad"], False),
    ((1,), 0.99, ["bad"], False),
    ((1,), 0.8, ["bad"], True),
    ((1, 1), 0.3, ["ref"], True),
    ((1,), None, ["bad"], False),
    ((0,), None, ["ref"], False),
    ((0, 0), 0.0, ["ref"], False),
    ((0, 1), None, ["ref", "bad"], True),
]


@pytest.mark.parametrize(("alleles", "share", "diplotypes", "reported"), MIXTURES)
def test_mitochondrial_mixture(alleles, share, diplotypes, reported):
    found = call(MITO, Genotype(SEEN, alleles, fraction=share), (0,))
    assert names(found) == diplotypes
    texts = [note.text for note in found.notes if note.code == "heteroplasmy"]
    assert bool(texts) is reported
    assert found.never_green is reported
    assert share is None or not reported or f"{share:.0%}" in texts[0]


def test_threshold_is_a_field_of_the_table():
    mixed = Genotype(SEEN, (0, 1), fraction=0.3)
    assert names(call(replace(MITO, heteroplasmy_threshold=0.2), mixed, (0,))) == ["bad"]
