"""Every defining variant of the shipped tables, rewritten in every equivalent way in both builds, is the same base.

The reference around a position is pieced together from what the tables know, and made up elsewhere.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pgx.domain.gene import Gene
from pgx.domain.variant import Build, Variant
from pgx.genotypes import ReadOptions, read_genotypes
from pgx.genotypes.accumulate import find_bearings
from pgx.genotypes.edits import SPANNED, UNTOUCHED
from pgx.genotypes.records import Record
from pgx.genotypes.targets import Targets, place_targets
from pgx.rules.ruleset import load_rules

MARGIN = 4
"""Bases of padding on either side, beyond what the variant itself can touch."""

Spelling = tuple[int, str, str]


@cache
def genes() -> tuple[Gene, ...]:
    return tuple(gene for gene in load_rules().genes.values() if gene.positions)


@cache
def targets(symbol: str, build: Build) -> Targets:
    return place_targets([gene for gene in genes() if gene.symbol == symbol], build)


def rewritable(build: Build) -> list[tuple[Gene, Variant, str]]:
    return [
        (gene, variant, base)
        for gene in genes()
        for variant in gene.positions
        if variant.position(build) is not None
        for base in variant.bases
        if base != variant.reference(build)
    ]


def around(gene: Gene, variant: Variant, build: Build) -> tuple[int, str]:
    """Return where a stretch of reference around a variant begins, and the stretch."""
    start = variant.position(build)
    low, high = start - 3 * MARGIN, start + len(variant.window(build)) + 3 * MARGIN
    source = random.Random(start)
    bases = {at: source.choice("ACGT") for at in range(low, high + 1)}
    ends = {}
    for other in gene.positions:
        at, window = other.position(build), other.window(build).upper()
        if at is not None:
            bases |= {at + n: base for n, base in enumerate(window) if low <= at + n <= high}
            if other is variant and not variant.is_substitution:
                ends[at + len(window)] = variant.unit[(len(window) - 1) % len(variant.unit)]
    known = {
        other.position(build) + n
        for other in gene.positions
        if other.position(build) is not None
        for n in range(len(other.window(build)))
    }
    for at, base in ends.items():  # a made-up base must not make the stretch longer in which the variant slides
        if at not in known:
            bases[at] = next(other for other in "ACGT" if other != base)
    return low, "".join(bases[at] for at in range(low, high + 1))


def spellings(gene: Gene, variant: Variant, build: Build, base: str) -> Iterator[Spelling]:
    """Every POS, REF and ALT whose replacement in the reference gives the changed sequence."""
    low, before = around(gene, variant, build)
    at, ref = variant.position(build) - low, variant.reference(build)
    after = before[:at] + base + before[at + len(ref) :]
    grown = len(after) - len(before)
    first, last = at - MARGIN, at + len(variant.window(build)) + MARGIN
    for left in range(first, last):
        for right in range(left + 1, last + 1):
            if right + grown > left and before[:left] == after[:left] and before[right:] == after[right + grown :]:
                yield low + left, before[left:right], after[left : right + grown]


@pytest.mark.parametrize("build", list(Build))
def test_every_spelling_gives_the_same_base(build):
    tried, wrong = 0, []
    for gene, variant, base in rewritable(build):
        row = gene.positions.index(variant)
        for position, ref, alt in spellings(gene, variant, build, base):
            record = Record("x", variant.contig, position, position + len(ref) - 1, ref, (alt,), True, False, None)
            found = {one.target.row: one.effects[0] for one in find_bearings(record, targets(gene.symbol, build))}
            tried += 1
            others = {effect for number, effect in found.items() if number != row}
            if found.get(row) != variant.bases.index(base) or others - {UNTOUCHED, SPANNED}:
                wrong.append((gene.symbol, variant.name, position, ref, alt, found))
    print(f"{build}: {len(rewritable(build))} bases of defining positions in {tried} spellings")
    assert tried > 20_000
    assert not wrong, (len(wrong), wrong[:5])


def whole_file(contig: str, build: Build, spelling: Spelling, genotype: str) -> str:
    position, ref, alt = spelling
    return (
        f"##fileformat=VCFv4.2\n##reference={build}\n##contig=<ID={contig}>\n"
        "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS1\n"
        f"{contig}\t{position}\t.\t{ref}\t{alt}\t.\tPASS\t.\tGT\t{genotype}\n"
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_every_spelling_gives_the_same_call(tmp_path, data):
    from pgx.calling import CallOptions, call_gene

    build = data.draw(st.sampled_from(list(Build)))
    gene, variant, base = data.draw(st.sampled_from(rewritable(build)))
    written = list(spellings(gene, variant, build, base))
    own = (variant.position(build), variant.reference(build), base)
    genotype = data.draw(st.sampled_from(["0/1", "1|0"]))
    calls = []
    for number, spelling in enumerate((own, data.draw(st.sampled_from(written)))):
        path = tmp_path / f"{number}.vcf"
        path.write_text(whole_file(variant.contig, build, spelling, genotype))
        table = read_genotypes([path], [gene], ReadOptions())[0][gene.symbol]
        calls.append((table.pattern(0), call_gene(gene, table, CallOptions()).calls))
    assert calls[0] == calls[1]
