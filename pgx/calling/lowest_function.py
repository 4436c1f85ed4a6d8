"""Genes where each variant is an allele of its own and the two lowest-function alleles decide.

All variants of a strand are listed; phenotype and score come from the least functional allele of each strand.
Where phase is open the two lowest of all are looked up, and every other arrangement stays among what the
data allow.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

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
from pgx.calling.memory import remembered
from pgx.calling.proxies import Mark, Marks, Sign, is_mismatched, mismatch_note, settle, stand_in_note
from pgx.calling.seen import Genotypes
from pgx.calling.variant_table import VariantTable, variant_table
from pgx.domain.call import AllelePair, Consistent, Diplotype, Note
from pgx.domain.evidence import EvidenceState
from pgx.domain.gene import Gene
from pgx.domain.genotype import Genotype, Pattern
from pgx.domain.names import name_key

DIPLOID = 2
UNREAD = Genotype(EvidenceState.ABSENT)
MAX_ARRANGEMENTS = 64
"""Phase-set arrangements that are spelt out; the pair that decides is found without spelling them out."""


@dataclass(frozen=True, slots=True)
class Core:
    """What follows from the positions that were seen: the finding without what unseen ones leave open."""

    finding: Finding
    seen: tuple[AllelePair, ...]
    literal: tuple[Sides, ...]
    spared: frozenset[int]
    """Stand-ins that do not count if unseen, as the position that decides has no variant."""
    unseen: dict[tuple[Mark, ...], tuple[AllelePair, ...]] = field(default_factory=dict)
    """Further pairs by the marks that unseen positions could add."""


@dataclass(frozen=True, slots=True)
class SeenVariants:
    """The genotypes that were read, each variant an allele of its own.

    `lost` are rows among them that give no alleles; None for `genotypes` where a base has no allele.
    """

    table: VariantTable
    genotypes: Genotypes | None
    lost: tuple[int, ...]
    cores: dict[tuple[int, ...], Core] = field(default_factory=dict)
    """By the unseen rows of linked positions; other unseen rows have no bearing."""

    def find(self, missing: Sequence[int]) -> Finding:
        """List the alleles of each strand, or of both where phase is open, and the pair that decides."""
        if self.genotypes is None:
            return Finding()
        rows = [row for row in (*self.lost, *missing) if row < self.table.rows]
        linked = self.table.linked
        unread = tuple([row for row in rows if row in linked]) if linked else ()
        core = self.cores.get(unread)
        if core is None:
            core = self.cores[unread] = _make_core(self.table, self._with(unread))
        consistent, not_excluded = _consistent(self.table, core, [row for row in rows if row not in core.spared])
        known = core.finding
        return Finding(known.diplotypes, known.best, known.phased, consistent, not_excluded, known.notes)

    def _with(self, unread: tuple[int, ...]) -> Genotypes:
        found = Genotypes((self.genotypes or {}).items())
        found.update(dict.fromkeys(unread, UNREAD))
        return found


def read_variants(gene: Gene, pattern: Pattern, copies: int, rows: Iterable[int] | None = None) -> SeenVariants:
    """Read the genotypes of these rows, of all if none are given; the others are plain or not read.

    Both strands are always there (`copies` is 2): no gene of this kind lies on a sex chromosome.
    """
    if copies != DIPLOID:
        raise ValueError(f"{gene.symbol}: a lowest-function gene needs two copies")
    read = list(pattern.notable if rows is None else rows)
    lost = tuple(row for row in read if not pattern.genotypes[row].alleles)
    return SeenVariants(variant_table(gene), known_bases(gene, pattern, read), lost)


def _make_core(table: VariantTable, genotypes: Genotypes) -> Core:
    blocks = called_blocks(table, genotypes)
    states = arrange(blocks, table)
    literal = arrange(literal_blocks(table, genotypes), table)
    seen = {table.represent(table.pair(state)) for state in (*states, *literal)}
    return Core(_find(table, genotypes, blocks, states), tuple(sorted(seen)), tuple(literal), _spared(table, genotypes))


def _find(table: VariantTable, genotypes: Genotypes, blocks: Blocks, states: dict[Sides, Turns]) -> Finding:
    if has_open_phase(genotypes):
        lookup = min(map(table.pair, states), key=lambda pair: _severity_listed(pair, table))
        diplotypes: tuple[Diplotype, ...] = (_listed(blocks, lookup, table),)
    else:
        decisive = min(states, key=lambda state: _severity(table.pair(state), table))
        diplotypes = _arranged(blocks, states[decisive], table)
    keys = {phase_key(row, genotype) for row, genotype in genotypes.items() if genotype.is_heterozygous}
    notes = (*_proxy_notes(table, genotypes, states), *_cut_note(blocks, diplotypes))
    return Finding(diplotypes, 1, len(keys) <= 1, notes=notes)


def _severity(pair: AllelePair, table: VariantTable) -> tuple[object, ...]:
    """Order pairs from the one that decides: least function over both strands, then by preference and name."""
    ranks = sorted(table.ranks[name] for name in pair)
    return (sum(rank.function for rank in ranks), ranks[0].function, ranks)


def _severity_listed(pair: AllelePair, table: VariantTable) -> tuple[object, ...]:
    """Order pairs of a list: where functions are equal, alleles that were found stand before the reference."""
    total, lowest, ranks = _severity(pair, table)
    return (total, lowest, pair.count(table.reference), ranks)


def _consistent(table: VariantTable, core: Core, rows: list[int]) -> tuple[Consistent, tuple[str, ...]]:
    """Return all pairs that can decide: with phase open, and with alleles at unseen positions on any strand."""
    hidden, groups, marks = _hidden(table, tuple(rows))
    if marks not in core.unseen:
        core.unseen[marks] = _unseen(table, core, marks) if hidden else ()
    return Consistent(core.seen, core.unseen[marks], groups), hidden


def _unseen(table: VariantTable, core: Core, marks: tuple[Mark, ...]) -> tuple[AllelePair, ...]:
    states = add_hidden(core.literal, marks, table)
    return tuple(sorted({table.represent(table.pair(state)) for state in states}.difference(core.seen)))


def _hidden(
    table: VariantTable, rows: tuple[int, ...]
) -> tuple[tuple[str, ...], tuple[tuple[str, tuple[str, ...]], ...], tuple[Mark, ...]]:
    """Return the alleles that need unseen rows, the same by representative, and the marks that they could add."""
    known = remembered(table, "hidden")
    if rows not in known:
        hidden = table.alleles_needing(rows)
        groups: dict[str, list[str]] = {}
        for name in hidden:
            groups.setdefault(table.representative[name], []).append(name)
        open_alleles = tuple((name, tuple(members)) for name, members in groups.items())
        known[rows] = (hidden, open_alleles, tuple(_hidden_marks(table, list(rows))) if hidden else ())
    found: tuple[tuple[str, ...], tuple[tuple[str, tuple[str, ...]], ...], tuple[Mark, ...]] = known[rows]
    return found


def _spared(table: VariantTable, genotypes: Genotypes) -> frozenset[int]:
    return frozenset(
        stands_in
        for _, decides, stands_in in table.proxies
        if genotypes[decides].state.gives_alleles and not any(genotypes[decides].alleles)
    )


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
        text = (
            f"The phase sets can lie in {blocks.ways} ways; {len(diplotypes)} are listed, the one that decides first."
        )
        yield Note("arrangements", text)


def _proxy_notes(table: VariantTable, genotypes: Genotypes, states: Collection[Sides]) -> Iterator[Note]:
    """Say where a stand-in was taken for the position that decides, and where it lies without it in any case."""
    for proxy, decides, stands_in in table.proxies:
        if not genotypes[decides].state.gives_alleles and any(genotypes[stands_in].alleles):
            yield stand_in_note(proxy)
        elif all(any(is_mismatched(strand, proxy) for strand in state) for state in states):
            yield mismatch_note(proxy)
