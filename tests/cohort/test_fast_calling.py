"""Calling by what differs says what calling by every row says."""

from __future__ import annotations

import sys
from dataclasses import replace

import pytest
from made_cohorts import GENES, write_cohort

from pgx.calling import CallOptions, call_gene, call_pattern
from pgx.domain.genotype import Remarkable
from pgx.domain.parted import part_patterns, read_rows
from pgx.genotypes import ReadOptions, read_genotypes
from pgx.rules.ruleset import load_rules

OPTIONS = CallOptions(all_matches=True)


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    path = write_cohort(tmp_path_factory.mktemp("calling") / "cohort.vcf", 150)
    genes = load_rules().genes
    return genes, read_genotypes([path], list(genes.values()), ReadOptions())[0]


@pytest.mark.parametrize("symbol", GENES)
def test_patterns_of_a_table(tables, symbol):
    table = tables[1][symbol]
    patterns, index = table.patterns()
    every = list(patterns)
    assert len({*index.tolist()}) == len(every)
    for sample, number in enumerate(index.tolist()):
        pattern = table.pattern(sample)
        assert (every[number], every[number].notable) == (pattern, pattern.notable)
        assert every[number].plain_strands == pattern.plain_strands


@pytest.mark.parametrize("symbol", GENES)
def test_patterns_in_parts(tables, symbol):
    table = tables[1][symbol]
    parted, index = part_patterns(table)
    assert len({(read, unread) for read, unread in zip(parted.read, parted.unread, strict=True)}) == len(parted)
    reads = list(parted.reads)
    for sample, number in enumerate(index.tolist()):
        pattern = table.pattern(sample)
        assert parted.whole(number) == pattern
        shared, unread = reads[parted.read[number]], parted.unreads[parted.unread[number]]
        rows = read_rows(pattern)
        assert (rows, shared.plain_strands) == (read_rows(shared), pattern.plain_strands)
        assert [pattern.genotypes[row] for row in rows] == [shared.genotypes[row] for row in rows]
        left = {row: pattern.genotypes[row].state for row in pattern.notable if row not in rows}
        assert unread == tuple(left.items())


@pytest.mark.parametrize("symbol", GENES)
def test_nothing_remembered_and_nothing_left_out(tables, symbol, monkeypatch):
    gene, table = tables[0][symbol], tables[1][symbol]
    patterns, _ = table.patterns()
    fast = call_gene(gene, table, OPTIONS).calls
    for name, module in list(sys.modules.items()):
        if name.startswith("pgx.calling.") and hasattr(module, "remembered"):
            monkeypatch.setattr(module, "remembered", lambda owner, kind: {})
    for pattern, call in zip(patterns, fast, strict=True):
        every = Remarkable(pattern.genotypes, tuple(range(len(pattern.genotypes))), frozenset())
        assert call_pattern(gene, replace(pattern, remarkable=every), OPTIONS) == call
