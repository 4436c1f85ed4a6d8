"""Reads a PharmCAT release folder: alleles/, phenotypes/, alleles/exemptions.json and, for statuses, guidelines/."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from pgx.errors import InputError
from pgx.rules.importers.facts import (
    DefinedAllele,
    Definition,
    DiplotypeRow,
    Exemption,
    FunctionTable,
    Json,
    RawVariant,
    Release,
)

_DATE = re.compile(r"\d{4}-\d\d(-\d\d)?")
_STATUS = re.compile(r"(?P<allele>\S+) (?:positive|negative)")


def read_release(folder: Path) -> Release:
    """Read all genes of a release; InputError where a folder or file is missing or is not what it should be."""
    definitions = {table.gene: table for table in map(_definition, _files(folder / "alleles", "*_translation.json"))}
    functions = {table.gene: table for table in map(_functions, _files(folder / "phenotypes", "*.json"))}
    return Release(
        version=max(table.version for table in definitions.values()),
        definitions=definitions,
        functions=functions,
        exemptions={gene: _exemption(entry) for gene, entry in load(folder / "alleles" / "exemptions.json").items()},
        statuses=collect_statuses(_guideline_keys(folder / "guidelines")),
    )


def load(path: Path) -> Json:
    """Return the content of a JSON file."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; is this the folder of a release?") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: not JSON: {error}") from None


def collect_statuses(keys: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    """Return, by gene, the alleles that lookup keys such as `*57:01 positive` name."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for gene, key in keys:
        if match := _STATUS.fullmatch(key):
            found[gene].add(match["allele"])
    return {gene: frozenset(alleles) for gene, alleles in found.items()}


def _files(folder: Path, pattern: str) -> list[Path]:
    files = sorted(folder.glob(pattern))
    if not files:
        raise InputError(f"{folder}: no {pattern} files; is this the folder of a release?")
    return files


def _definition(path: Path) -> Definition:
    table = load(path)
    try:
        return Definition(
            gene=table["gene"],
            version=_date(table["version"]),
            contig=table["chromosome"],
            variants=tuple(map(_variant, table["variants"])),
            alleles=tuple(map(_allele, table["namedAlleles"])),
            suballeles=tuple(table["suballelesMap"].items()),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{path}: not an allele definition file: {error!r}") from None


def _allele(entry: Json) -> DefinedAllele:
    return DefinedAllele(entry["name"], tuple(entry["alleles"]), entry["reference"])


def _variant(entry: Json) -> RawVariant:
    return RawVariant(
        contig=entry["chromosome"],
        position=entry["position"],
        rsid=entry["rsid"],
        hgvs=entry["chromosomeHgvsName"],
        ref=entry["ref"],
        alts=tuple(entry["alts"]),
        names=tuple(entry["cpicToVcfAlleleMap"].items()),
    )


def _functions(path: Path) -> FunctionTable:
    table = load(path)
    try:
        named = table.get("namedAlleles") or ()
        functions = {entry["name"]: entry["functionValue"] for entry in named}
        return FunctionTable(
            gene=table["gene"],
            version=_date(table["version"]) or _date(path.name),
            functions=functions or dict(table["haplotypes"]),
            activities=dict(table["activityValues"]),
            rows=tuple(map(_row, table["diplotypes"])),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{path}: not a phenotype file: {error!r}") from None


def _row(entry: Json) -> DiplotypeRow:
    alleles = tuple(name for name, count in entry["diplotypekey"].items() for _ in range(count))
    return DiplotypeRow(alleles, entry["generesult"], entry["lookupkey"], entry.get("activityScore"))


def _exemption(entry: Json) -> Exemption:
    return Exemption(
        required=tuple(entry["requiredPositions"]),
        ignored=tuple(map(_variant, entry["ignoredPositions"])),
        extra=tuple(map(_variant, entry["extraPositions"])),
        ignored_alleles=tuple(entry["ignoredAlleles"]),
        priorities=tuple((tuple(item["list"]), item["pick"]) for item in entry["unphasedDiplotypePriorities"]),
        tier1=tuple(entry["amp1Alleles"]),
    )


def _guideline_keys(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.glob("*.json")):
        for recommendation in load(path).get("recommendations", ()):
            for gene, key in (recommendation.get("lookupKey") or {}).items():
                yield gene, str(key)


def _date(text: str) -> str:
    """Return the date in a version or file name, `2025-11-05` of `2025-11-05-00-25`; empty where there is none."""
    match = _DATE.search(text)
    return match[0] if match else ""
