"""Names, phenotypes and scores as callers write them, one case a row of `outside_names.tsv`."""

from __future__ import annotations

import pytest
from outside_tables import HERE, cells, read_cases, shipped_genes

from pgx.domain.outside import CallOrigin
from pgx.outside.entries import Entry, alternatives, find_gene
from pgx.outside.normalise import Normaliser
from pgx.outside.words import BadCall

ORIGIN = CallOrigin("test", "file.tsv", 1)
CASES = read_cases(HERE / "outside_names.tsv")


def normalise(case):
    entry = Entry(case["gene"], case["diplotype"], case["phenotype"], case["score"])
    return Normaliser(shipped_genes()[case["gene"]]).normalise(entry, ORIGIN)


@pytest.mark.parametrize("case", [case for case in CASES if not case["error"]], ids=lambda case: case["name"])
def test_read_as(case):
    call = normalise(case)
    assert call.alleles == cells(case["alleles"])
    assert (call.phenotype or "", call.activity_score or "") == (case["stated"], case["stated_score"])
    assert call.statuses == cells(case["statuses"])
    assert " ".join(dict.fromkeys(note.code for note in call.warnings)) == case["warnings"]
    assert call.no_call == (not any((call.alleles, call.statuses, call.phenotype, call.activity_score)))
    assert call.diplotype == case["diplotype"]


@pytest.mark.parametrize("case", [case for case in CASES if case["error"]], ids=lambda case: case["name"])
def test_refused(case):
    with pytest.raises(BadCall) as refused:
        normalise(case)
    assert case["error"] in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "symbol"),
    [
        ("cyp2d6", "CYP2D6"),
        ("HLA-B", "HLA-B"),
        ("B", "HLA-B"),
        ("IFNL3/4", "IFNL3"),
        ("MTRNR1", "MT-RNR1"),
        ("C", None),
    ],
)
def test_gene_symbols(name, symbol):
    gene = find_gene(shipped_genes(), name)
    assert (gene.symbol if gene else None) == symbol


def test_undecided_calls_are_split():
    assert alternatives("*1/*46;*43/*45") == ["*1/*46", "*43/*45"]
    assert alternatives("[*1/*2 or *3/*4]") == ["*1/*2", "*3/*4"]
    assert alternatives("*1/[*2 + *3]") == ["*1/[*2 + *3]"]
    assert alternatives("") == [""]


def test_every_name_of_every_table_is_read_as_itself():
    for gene in shipped_genes().values():
        normaliser = Normaliser(gene)
        for allele in gene.alleles:
            call = normaliser.normalise(Entry(gene.symbol, allele.name), ORIGIN)
            assert call.alleles == (allele.printed_name,), f"{gene.symbol} {allele.name}"
