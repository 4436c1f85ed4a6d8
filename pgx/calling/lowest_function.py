"""Genes where each variant is an allele of its own and the two lowest-function alleles decide.

All variants of a strand are listed; phenotype and score come from the least functional allele of each strand.
Where phase is open the two lowest of all are looked up, and every other arrangement stays among what the
data allow.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
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
from pgx.calling.finding import NONE_UNSEEN, Finding, Found
from pgx.calling.memory import remembered
from pgx.calling.proxies import Mark, Marks, Sign, is_mismatched, mismatch_note, settle, stand_in_note
from pgx.calling.seen import Genotypes, Unseen
from pgx.calling.variant_table import VariantTable, variant_table
from pgx.domain.call import AllelePair, Consistent, Diplotype, Note, UnseenAlleles
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
    findings: dict[tuple[Mark, ...], Finding] = field(default_factory=dict)
    """With further pairs, by the marks that unseen positions could add."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """What rows that were not read could hide: alleles, and the marks that they could add to a strand.

    `linked` are those of the rows that belong to linked positions.
    """

    alleles: UnseenAlleles
    marks: tuple[Mark, ...]
    linked: tuple[int, ...]


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

    def find(self, unseen: Unseen) -> Found:
        """List the alleles of each strand, or of both where phase is open, and the pair that decides."""
        if self.genotypes is None:
            return Finding(), NONE_UNSEEN
        rows = (*self.lost, *unseen.rows) if self.lost else unseen.rows
        hidden = _hidden(self.table, rows)
        core = self.cores.get(hidden.linked)
        if core is None:
            core = self.cores[hidden.linked] = _make_core(self.table, self._with(hidden.linked))
        if core.spared and not core.spared.isdisjoint(rows):
            hidden = _hidden(self.table, tuple([row for row in rows if row not in core.spared]))
        finding = core.findings.get(hidden.marks)
        if finding is None:
            finding = core.findings[hidden.marks] = _with_unseen(self.table, core, hidden)
        return finding, hidden.alleles

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
    lost = tuple(row for row in read if not pattern.genotypes[row].alleles and row < len(gene.variants))
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


def _with_unseen(table: VariantTable, core: Core, hidden: Hidden) -> Finding:
    """Add the pairs that can decide with alleles at unseen positions, on any strand."""
    known = core.finding
    further = _unseen(table, core, hidden.marks) if hidden.alleles.names else ()
    return Finding(known.diplotypes, known.best, known.phased, Consistent(core.seen, further), known.notes)


def _unseen(table: VariantTable, core: Core, marks: tuple[Mark, ...]) -> tuple[AllelePair, ...]:
    states = add_hidden(core.literal, marks, table)
    return tuple(sorted({table.represent(table.pair(state)) for state in states}.difference(core.seen)))


def _hidden(table: VariantTable, rows: tuple[int, ...]) -> Hidden:
    """Return what unseen rows could hide, worked out once."""
    known = remembered(table, "hidden")
    found: Hidden | None = known.get(rows)
    if found is None:
        found = known[rows] = _find_hidden(table, rows)
    return found


def _find_hidden(table: VariantTable, rows: tuple[int, ...]) -> Hidden:
    names = table.alleles_needing(rows)
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(table.representative[name], []).append(name)
    by_class = tuple((name, tuple(members)) for name, members in groups.items())
    marks = tuple(_hidden_marks(table, list(rows))) if names else ()
    return Hidden(UnseenAlleles(by_class, names), marks, tuple([row for row in rows if row in table.linked]))


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
