"""Genes where each variant is an allele of its own and the two lowest-function alleles decide.

All variants of a strand are listed; phenotype and score come from the least functional allele of each strand.
Where phase is open the two lowest of all are looked up, and every other arrangement stays among what the
data allow.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from pgx.calling.arrangements import (
    Blocks,
    Sides,
    Turns,
    add_hidden,
    arrange,
    called_blocks,
    has_open_phase,
    known_bases,
    literal_blocks,
    phase_key,
)
from pgx.calling.finding import Finding
from pgx.calling.proxies import Mark, Marks, Sign, is_mismatched, mismatch_note, settle, stand_in_note
from pgx.calling.variant_table import VariantTable, variant_table
from pgx.domain.call import AllelePair, Consistent, Diplotype, Note
from pgx.domain.gene import Gene
from pgx.domain.genotype import Genotype, Pattern
from pgx.domain.names import name_key

DIPLOID = 2
MAX_ARRANGEMENTS = 64
"""Phase-set arrangements that are spelt out; the pair that decides is found without spelling them out."""


def call_lowest_function(gene: Gene, pattern: Pattern, copies: int) -> Finding:
    """List the alleles of each strand, or of both where phase is open, and the pair that decides.

    Both strands are always there (`copies` is 2): no gene of this kind lies on a sex chromosome.
    """
    if copies != DIPLOID:
        raise ValueError(f"{gene.symbol}: a lowest-function gene needs two copies")
    table, genotypes = variant_table(gene), known_bases(gene, pattern)
    if genotypes is None:
        return Finding()
    blocks = called_blocks(table, genotypes)
    states = arrange(blocks, table)
    consistent, not_excluded = _consistent(table, genotypes, states)
    if has_open_phase(genotypes):
        lookup = min(map(table.pair, states), key=lambda pair: _severity_listed(pair, table))
        diplotypes: tuple[Diplotype, ...] = (_listed(blocks, lookup, table),)
    else:
        decisive = min(states, key=lambda state: _severity(table.pair(state), table))
        diplotypes = _arranged(blocks, states[decisive], table)
    keys = {phase_key(row, genotype) for row, genotype in enumerate(genotypes) if genotype.is_heterozygous}
    notes = (*_proxy_notes(table, genotypes, states), *_cut_note(blocks, diplotypes))
    return Finding(diplotypes, 1, len(keys) <= 1, consistent, not_excluded, notes)


def _severity(pair: AllelePair, table: VariantTable) -> tuple[object, ...]:
    """Order pairs from the one that decides: least function over both strands, then by preference and name."""
    ranks = sorted(table.ranks[name] for name in pair)
    return (sum(rank.function for rank in ranks), ranks[0].function, ranks)


def _severity_listed(pair: AllelePair, table: VariantTable) -> tuple[object, ...]:
    """Order pairs of a list: where functions are equal, alleles that were found stand before the reference."""
    total, lowest, ranks = _severity(pair, table)
    return (total, lowest, pair.count(table.reference), ranks)


def _consistent(
    table: VariantTable, genotypes: tuple[Genotype, ...], called: Collection[Sides]
) -> tuple[Consistent, tuple[str, ...]]:
    """Return all pairs that can decide: with phase open, and with alleles at unseen positions on any strand."""
    literal = arrange(literal_blocks(table, genotypes), table)
    seen = {table.represent(table.pair(state)) for state in (*called, *literal)}
    rows = _open_rows(table, genotypes)
    hidden = table.alleles_needing(rows)
    if not hidden:
        return Consistent(tuple(sorted(seen))), ()
    states = add_hidden(literal, _hidden_marks(table, rows), table)
    unseen = {table.represent(table.pair(state)) for state in states} - seen
    groups: dict[str, list[str]] = {}
    for name in hidden:
        groups.setdefault(table.representative[name], []).append(name)
    open_alleles = tuple((name, tuple(members)) for name, members in groups.items())
    return Consistent(tuple(sorted(seen)), tuple(sorted(unseen)), open_alleles), hidden


def _open_rows(table: VariantTable, genotypes: tuple[Genotype, ...]) -> list[int]:
    """Rows without alleles; a stand-in does not count where the position that decides has no variant."""
    missing = [row for row, genotype in enumerate(genotypes) if not genotype.state.gives_alleles]
    spared = {
        stands_in
        for _, decides, stands_in in table.proxies
        if genotypes[decides].state.gives_alleles and not any(genotypes[decides].alleles)
    }
    return [row for row in missing if row not in spared]


def _hidden_marks(table: VariantTable, rows: list[int]) -> list[Mark]:
    """One mark for all alleles that no guideline can tell apart, and every sign."""
    marks = [mark for row in rows for found in table.marks_at.get(row, {}).values() for mark in found]
    return list(dict.fromkeys(mark if isinstance(mark, Sign) else table.representative[mark] for mark in marks))


def _listed(blocks: Blocks, lookup: AllelePair, table: VariantTable) -> Diplotype:
    """One entry for open phase: every allele found, twice if on both strands."""
    names = [name for strand in blocks.strands([False] * len(blocks.sides)) for name in settle(strand)]
    if len(names) < DIPLOID:
        names.append(table.reference)
    names.sort(key=lambda name: (name != table.reference, name_key(name)))
    return Diplotype(tuple(names), tuple((name,) for name in names), lookup, listed=True)


def _arranged(blocks: Blocks, decisive: Turns, table: VariantTable) -> tuple[Diplotype, ...]:
    """Every way the blocks can lie to each other, the one that decides first."""
    found: dict[tuple[tuple[str, ...], ...], Diplotype] = {}
    for turns in (decisive, *blocks.turns(MAX_ARRANGEMENTS)):
        diplotype = _strand_pair(blocks.strands(turns), table)
        found.setdefault(diplotype.components, diplotype)
    first, *others = found.values()
    return (first, *sorted(others, key=lambda d: (*_severity(d.lookup_alleles, table), d.components)))


def _strand_pair(strands: Sides, table: VariantTable) -> Diplotype:
    components = sorted(
        (_components(marks, table) for marks in strands),
        key=lambda strand: (strand != (table.reference,), len(strand), [name_key(name) for name in strand]),
    )
    names = tuple(strand[0] if len(strand) == 1 else f"[{' + '.join(strand)}]" for strand in components)
    return Diplotype(names, tuple(components), tuple(table.lowest(strand) for strand in components))


def _components(marks: Marks, table: VariantTable) -> tuple[str, ...]:
    return tuple(sorted(settle(marks), key=name_key)) or (table.reference,)


def _cut_note(blocks: Blocks, diplotypes: tuple[Diplotype, ...]) -> Iterator[Note]:
    if blocks.ways > MAX_ARRANGEMENTS and not diplotypes[0].listed:
        text = f"The phase sets can lie in {blocks.ways} ways; {len(diplotypes)} are listed, the one that decides first."
        yield Note("arrangements", text)


def _proxy_notes(table: VariantTable, genotypes: tuple[Genotype, ...], states: Collection[Sides]) -> Iterator[Note]:
    """Say where a stand-in was taken for the position that decides, and where it lies without it in any case."""
    for proxy, decides, stands_in in table.proxies:
        if not genotypes[decides].state.gives_alleles and any(genotypes[stands_in].alleles):
            yield stand_in_note(proxy)
        elif all(any(is_mismatched(strand, proxy) for strand in state) for state in states):
            yield mismatch_note(proxy)
