"""Positions with their layers become the genotype table of a gene."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pgx.domain.evidence import EvidenceState
from pgx.domain.gene import CallingMode, Gene
from pgx.domain.genotype import Genotype, GenotypeTable, Sex
from pgx.domain.variant import Build, Variant
from pgx.genotypes.accumulate import Position
from pgx.genotypes.copies import CopyCounter
from pgx.genotypes.dosage import count_alleles
from pgx.genotypes.layers import Layer, merge_equal, narrowest, pair_codes
from pgx.genotypes.observations import NOTHING, conclude
from pgx.genotypes.options import AssumeReference, ReadOptions
from pgx.genotypes.phasing import number_phase_sets
from pgx.genotypes.sexes import infer_sexes
from pgx.genotypes.spanning import resolve_stars

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Row:
    """One finished position: genotypes that occur and each sample's, and the bases they index."""

    bases: tuple[str, ...]
    values: tuple[Genotype, ...]
    codes: NDArray[np.integer[Any]]


def build_table(
    gene: Gene,
    positions: Sequence[Position | None],
    samples: tuple[str, ...],
    build: Build,
    options: ReadOptions,
    counted: CopyCounter | None = None,
) -> GenotypeTable:
    """Put the positions of one gene, in the order of its table, into a genotype table, with the copies counted.

    A position that the build lacks is None; it and positions without any record are `absent`.
    """
    layers = [_layer(position, len(samples)) for position in positions]
    layers = resolve_stars(positions, layers)
    copies, structures = counted.conclude(gene) if counted else ((), ())
    if gene.counts_copies:
        layers = count_alleles(layers, copies)
    numbered = number_phase_sets(layers)
    rows = [
        _row(variant, position, layer, numbers, _assumed(gene, variant, build, options.assume_reference))
        for variant, position, layer, numbers in zip(gene.positions, positions, layers, numbered, strict=True)
    ]
    if gene.calling is CallingMode.HAPLOID:
        rows = [replace(row, values=tuple(map(_as_mixture, row.values))) for row in rows]
    codes = _stack(rows, len(samples))
    return GenotypeTable(
        gene.symbol,
        samples,
        tuple(row.bases for row in rows),
        tuple(row.values for row in rows),
        codes,
        _sexes(rows, codes, samples, options) if gene.sex_linked else (),
        copies,
        structures,
    )


def _as_mixture(genotype: Genotype) -> Genotype:
    """Turn the reads of a mixed genotype into the share of its alternative allele."""
    if not genotype.copies:
        return genotype
    place = genotype.alleles.index(max(genotype.alleles))
    return replace(genotype, copies=(), fraction=round(genotype.copies[place] / sum(genotype.copies), 3))


def _sexes(
    rows: Sequence[Row], codes: NDArray[np.unsignedinteger[Any]], samples: tuple[str, ...], options: ReadOptions
) -> tuple[Sex, ...]:
    """Return the sexes that the user told, else those that the genotypes tell; none where nothing does."""
    told = [options.sexes.get(sample) for sample in samples] if options.sexes else []
    sexes = infer_sexes([row.values for row in rows], codes, told)
    return sexes if options.sexes or any(sex is not Sex.UNKNOWN for sex in sexes) else ()


def _layer(position: Position | None, samples: int) -> Layer:
    import numpy as np

    if position is None or position.earlier is None:
        return Layer((NOTHING,), np.zeros(samples, dtype=np.uint8))
    return position.earlier


def _stack(rows: Sequence[Row], samples: int) -> NDArray[np.unsignedinteger[Any]]:
    import numpy as np

    kind = narrowest(max((len(row.values) for row in rows), default=1))
    codes = np.zeros((len(rows), samples), dtype=kind)
    for number, row in enumerate(rows):
        if len(row.values) > 1:
            codes[number] = row.codes
    return codes


def _assumed(gene: Gene, variant: Variant, build: Build, assume: AssumeReference) -> Genotype | None:
    """Return the genotype that stands in where the position is absent, if the user wants one."""
    start = variant.position(build)
    if start is None or not assume.covers(gene.symbol, variant.contig, start):
        return None
    reference = variant.bases.index(variant.reference(build))
    return Genotype(EvidenceState.ASSUMED, (reference, reference))


def _row(
    variant: Variant,
    position: Position | None,
    layer: Layer,
    numbers: NDArray[np.integer[Any]] | None,
    assumed: Genotype | None,
) -> Row:
    reference = position.target.reference if position else 0
    concluded = [conclude(one, reference, len(variant.bases)) for one in layer.values]
    if assumed:
        concluded = [assumed if one.state is EvidenceState.ABSENT else one for one in concluded]
    values, codes = merge_equal(concluded, layer.codes)
    if numbers is not None:
        values, codes = _with_phase_sets(values, codes, numbers)
    labels = tuple(position.labels) if position else ()
    return _documented(variant, labels, values, codes)


def _with_phase_sets(
    values: tuple[Genotype, ...], codes: NDArray[np.integer[Any]], numbers: NDArray[np.integer[Any]]
) -> tuple[tuple[Genotype, ...], NDArray[np.integer[Any]]]:
    pairs, joint = pair_codes(codes, numbers, (len(values), int(numbers.max()) + 1))
    return merge_equal([replace(values[code], phase_set=number) for code, number in pairs], joint)


def _documented(
    variant: Variant, labels: tuple[str, ...], values: tuple[Genotype, ...], codes: NDArray[np.integer[Any]]
) -> Row:
    """Keep of the undocumented bases those that a sample carries, numbered in order of first appearance."""
    own = len(variant.bases)
    carried = [index for value in values for index in (*value.alleles, *value.seen) if index >= own]
    order = {index: own + number for number, index in enumerate(dict.fromkeys(sorted(carried)))}
    bases = (*variant.bases, *(labels[index - own] for index in order))
    renumbered = tuple(_renumber(value, order) for value in values) if order else values
    return Row(bases, renumbered, codes)


def _renumber(value: Genotype, order: dict[int, int]) -> Genotype:
    alleles = tuple(order.get(index, index) for index in value.alleles)
    seen = tuple(order.get(index, index) for index in value.seen)
    return replace(value, alleles=alleles, seen=seen)
