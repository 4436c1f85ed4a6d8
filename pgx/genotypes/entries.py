"""Sample entries of VCF text, such as `0|1:35:99`, as `SampleCall`."""

from __future__ import annotations

from functools import lru_cache
from math import isfinite

from pgx.genotypes.certainty import FIELDS, weigh_genotype
from pgx.genotypes.records import MISSING, SampleCall

USED = frozenset({"GT", "PS", "HP", "MIN_DP", "DP", "GQ", "AD", "FT", "CN", *FIELDS})
"""Fields that something is read from."""
DOTS = ("", ".")
"""What stands for a missing value."""


@lru_cache(maxsize=4096)
def parse_genotype(text: str) -> tuple[tuple[int, ...], bool]:
    """Read a GT field as allele indices and whether it is phased. Raises ValueError for what is none.

    >>> parse_genotype("0|1"), parse_genotype("./1"), parse_genotype("0")
    (((0, 1), True), ((-1, 1), False), ((0,), False))
    """
    parts = text.lstrip("/|").replace("|", "/").split("/")
    alleles = tuple(MISSING if part in DOTS else int(part) for part in parts)
    if min(alleles) < MISSING:
        raise ValueError(text)
    return alleles, "|" in text.lstrip("/|") and "/" not in text.lstrip("/|")


def parse_entry(keys: tuple[str, ...], text: str, allele_count: int) -> SampleCall:
    """Read one sample's entry; `keys` are the names in FORMAT. Raises ValueError where GT cannot be read."""
    if keys == ("GT",):
        alleles, phased = parse_genotype(text)
        return SampleCall(alleles, phased)
    values = dict(zip(keys, text.split(":"), strict=False))
    alleles, phased = parse_genotype(values.get("GT", "."))
    phase_set = _text(values.get("PS")) if phased else ""
    if "HP" in values and not phased:
        alleles, phased, phase_set = _read_haplotypes(alleles, values["HP"])
    stated, certainty = _weigh(alleles, values, allele_count)
    return SampleCall(
        stated,
        phased and stated == alleles,
        phase_set,
        _depth(keys, values),
        parse_number(values.get("GQ", ".")) if "GQ" in keys else None,
        parse_reads(values.get("AD", "."), allele_count),
        _text(values.get("FT")) in ("", "PASS"),
        _copy_number(values["CN"]) if "CN" in values else None,
        certainty,
    )


def _weigh(alleles: tuple[int, ...], values: dict[str, str], allele_count: int) -> tuple[tuple[int, ...], float | None]:
    fields = {name: _numbers(values[name]) for name in FIELDS if name in values}
    return weigh_genotype(alleles, fields, allele_count) if fields else (alleles, None)


def _numbers(text: str) -> tuple[float, ...]:
    """Return the numbers of a list; none where one of them is missing."""
    try:
        numbers = tuple(float(part) for part in text.split(","))
    except ValueError:
        return ()
    return numbers if all(isfinite(number) for number in numbers) else ()


def _text(value: str | None) -> str:
    return "" if value is None or value in DOTS else value


def parse_number(text: str) -> float:
    """Return a count or quality; a dot is 0."""
    try:
        return 0.0 if text in DOTS else float(text)
    except ValueError:
        return 0.0


def _copy_number(text: str) -> int | None:
    """Return CN, which some callers write as a fraction; None for a dot."""
    try:
        return round(float(text))
    except (ValueError, OverflowError):
        return None


def _depth(keys: tuple[str, ...], values: dict[str, str]) -> float | None:
    declared = [name for name in ("MIN_DP", "DP") if name in keys]
    given = [values[name] for name in declared if values.get(name, ".") not in DOTS]
    return parse_number(given[0]) if given else 0.0 if declared else None


def parse_reads(text: str, allele_count: int) -> tuple[int, ...]:
    parts = text.split(",")
    if len(parts) != allele_count or not all(part.isdigit() for part in parts):
        return ()
    return tuple(int(part) for part in parts)


def _read_haplotypes(alleles: tuple[int, ...], text: str) -> tuple[tuple[int, ...], bool, str]:
    """Phase a heterozygous genotype by its HP tag: `100-2,100-1` puts the first allele on the second strand."""
    parts = [part.rpartition("-") for part in text.split(",")]
    if len(alleles) != 2 or sorted(part[2] for part in parts) != ["1", "2"]:
        return alleles, False, ""
    ordered = alleles if parts[0][2] == "1" else alleles[::-1]
    return ordered, True, parts[0][0]
