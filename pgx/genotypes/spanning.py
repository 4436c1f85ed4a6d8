"""ALT `*`: the base that a deletion told of in another record removed on this strand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from pgx.genotypes.accumulate import Position
from pgx.genotypes.edits import GONE, SPANNING_STAR, trim
from pgx.genotypes.layers import Layer, combine_layers
from pgx.genotypes.observations import Observation
from pgx.genotypes.targets import Target


def resolve_stars(positions: Sequence[Position | None], layers: list[Layer]) -> list[Layer]:
    """Read `*` as the reference base where the sample has a deletion of the table that spans the position.

    The deletion itself then carries the call. Where no such deletion is seen on as many strands, `*` is an
    undocumented base.
    """
    resolved = list(layers)
    for row, (position, layer) in enumerate(zip(positions, layers, strict=True)):
        if position is not None and any(SPANNING_STAR in value.alleles for value in layer.values):
            resolved[row] = _resolve(position, layer, positions, layers)
    return resolved


def _resolve(position: Position, layer: Layer, positions: Sequence[Position | None], layers: Sequence[Layer]) -> Layer:
    gone = position.label(GONE)
    for other, beneath in zip(positions, layers, strict=True):
        bases = _spanning_bases(other.target, position.target) if other else frozenset()
        if bases:
            layer = combine_layers(
                layer, beneath, partial(_read_star, bases=bases, reference=position.target.reference)
            )
    return Layer(tuple(_replace_stars(value, gone) for value in layer.values), layer.codes)


def _spanning_bases(deletion: Target, target: Target) -> frozenset[int]:
    """Return the bases of one position that delete the other."""
    if deletion.variant.is_substitution:
        return frozenset()
    ref = deletion.variant.bases[deletion.reference]
    edits = [(number, trim(deletion.start, ref, base)) for number, base in enumerate(deletion.variant.bases)]
    return frozenset(number for number, edit in edits if edit.start <= target.start <= edit.end)


def _read_star(star: Observation, deletion: Observation, *, bases: frozenset[int], reference: int) -> Observation:
    marks = [strand for strand, allele in enumerate(star.alleles) if allele == SPANNING_STAR]
    if not marks or not deletion.is_complete or not star.is_complete:
        return star
    together = star.phased and deletion.phased and star.phase == deletion.phase
    if together:
        marks = [
            strand for strand in marks if deletion.alleles[strand : strand + 1] and deletion.alleles[strand] in bases
        ]
    else:
        marks = marks[: sum(allele in bases for allele in deletion.alleles)]
    alleles = tuple(reference if strand in marks else allele for strand, allele in enumerate(star.alleles))
    return replace(star, alleles=alleles)


def _replace_stars(value: Observation, gone: int) -> Observation:
    return replace(value, alleles=tuple(gone if allele == SPANNING_STAR else allele for allele in value.alleles))
