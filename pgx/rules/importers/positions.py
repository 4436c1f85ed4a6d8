"""Upstream positions -> `Variant`: names, GRCh37 coordinates, and how far an insertion or deletion can slide."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pgx.domain.variant import Build, Variant
from pgx.errors import InputError
from pgx.rules.importers.facts import RawVariant

_DELETION = re.compile(r"g\.(?P<start>\d+)(?:_(?P<end>\d+))?(?:del|dup)(?P<bases>[ACGT]*)")
_INSERTION = re.compile(r"g\.(?P<start>\d+)_\d+ins(?P<bases>[ACGT]+)")
_REPEAT = re.compile(r"g\.(?P<start>\d+)(?P<unit>[ACGT]+)\[\d+\]")
_COPIES = re.compile(r"[ACGT]+\((?P<copies>\d+)\)")
_COLUMNS = ("gene", "grch38_position", "grch37_position", "grch38_ref", "grch37_ref")


@dataclass(frozen=True, slots=True)
class Lifted:
    """Where GRCh37 has a position, and REF in both builds; `ref37` is empty where no independent source gives it."""

    position: int
    ref38: str
    ref37: str


@dataclass(frozen=True, slots=True)
class Placement:
    """Where HGVS puts an indel on GRCh38: its stretch, both ends included, and the sequence if it says so."""

    start: int
    end: int
    bases: str
    inserted: bool = False


Lift = Mapping[int, Lifted]
"""GRCh37 coordinates of one gene by GRCh38 position."""


def read_grch37(path: Path) -> dict[str, dict[int, Lifted]]:
    """Read GRCh37 coordinates by gene and GRCh38 position from a tab-separated table with a header."""
    found: dict[str, dict[int, Lifted]] = {}
    try:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t"):
                gene, position, lifted, ref38, ref37 = (row[column] for column in _COLUMNS)
                found.setdefault(gene, {})[int(position)] = Lifted(int(lifted), ref38, ref37)
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from None
    except (KeyError, ValueError) as error:
        raise InputError(f"{path}: needs the columns {', '.join(_COLUMNS)}: {error}") from None
    return found


def name_positions(variants: Iterable[RawVariant]) -> list[str]:
    """Name each position by its rsID, or by place and alleles where it has none or shares it."""
    names: list[str] = []
    for raw in variants:
        place = f"{raw.contig}:{raw.position}:{raw.ref}:{','.join(raw.alts)}"
        names.append(raw.rsid if raw.rsid and raw.rsid not in names else place)
    return names


def make_variant(raw: RawVariant, name: str, lift: Lift) -> tuple[Variant, bool]:
    """Return the position and whether its GRCh37 REF had to be assumed.

    A position that `lift` lacks is placed by the gene's shift between the builds if that is one throughout.
    InputError where the HGVS placement contradicts the VCF alleles.
    """
    known = lift.get(raw.position)
    ref37 = known.ref37 if known and known.ref38 == raw.ref else ""
    grch37 = known.position if known else _shifted(raw.position, lift)
    tract = max((placement.end for placement in _placements(raw)), default=raw.position) - raw.position
    variant = Variant(name, raw.contig, raw.position, grch37, (raw.ref, *raw.alts), ref37 or raw.ref, tract)
    _check_placements(variant, raw)
    return variant, not ref37


def _shifted(position: int, lift: Lift) -> int | None:
    shifts = {lifted.position - grch38 for grch38, lifted in lift.items()}
    return position + shifts.pop() if len(shifts) == 1 else None


def _placements(raw: RawVariant) -> list[Placement]:
    if len({len(base) for base in (raw.ref, *raw.alts)}) == 1:
        return []
    return [_placement(part.strip(), raw) for part in raw.hgvs.split(";")]


def _placement(text: str, raw: RawVariant) -> Placement:
    if match := _REPEAT.fullmatch(text):
        start, unit = int(match["start"]), match["unit"]
        repeat = unit * _reference_copies(raw)
        return Placement(start, start + len(repeat) - 1, repeat)
    if match := _INSERTION.fullmatch(text):
        return Placement(int(match["start"]) + 1, int(match["start"]), match["bases"], inserted=True)
    if match := _DELETION.fullmatch(text):
        start = int(match["start"])
        return Placement(start, int(match["end"] or start), match["bases"])
    raise InputError(f"{raw.contig}:{raw.position}: cannot read the HGVS name '{text}'")


def _reference_copies(raw: RawVariant) -> int:
    """How often the unit stands in the reference, from upstream's name of the REF allele, such as `TA(7)`."""
    names = (name for name, base in raw.names if base == raw.ref)
    copies = (_COPIES.fullmatch(name) for name in names)
    return next((int(match["copies"]) for match in copies if match), 1)


def _check_placements(variant: Variant, raw: RawVariant) -> None:
    """Refuse a position whose periodic extension does not hold REF or what HGVS deletes, repeats or inserts."""
    place = f"{raw.contig}:{raw.position} {raw.hgvs}"
    window = variant.window(Build.GRCH38)
    if variant.tract < 0 or not window.startswith(variant.ref):
        raise InputError(f"{place}: REF {variant.ref} does not continue as repeats of {variant.unit}")
    for placement in _placements(raw):
        if placement.inserted:
            expected = _rotated(variant.unit, variant.tract)
        else:
            expected = window[placement.start - variant.grch38 : placement.end - variant.grch38 + 1]
            _check_length(expected, placement, variant, place)
        if placement.bases and placement.bases != expected:
            raise InputError(f"{place}: expected {expected} there, HGVS has {placement.bases}")


def _check_length(expected: str, placement: Placement, variant: Variant, place: str) -> None:
    """The stretch must lie in the window and be as long as some allele's difference from REF, or a repeat of it."""
    lengths = {abs(len(base) - len(variant.ref)) for base in variant.alts}
    if len(expected) != placement.end - placement.start + 1 or all(len(expected) % length for length in lengths):
        raise InputError(f"{place}: HGVS and VCF alleles differ in length")


def _rotated(unit: str, steps: int) -> str:
    steps %= len(unit)
    return unit[steps:] + unit[:steps]
