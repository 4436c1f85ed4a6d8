"""`Gene` -> YAML text: one variant or allele a line, keys in a fixed order, the same bytes for the same gene."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import yaml

from pgx.domain.gene import HETEROPLASMY_THRESHOLD, UNASSIGNED_FUNCTION, Allele, Gene, PhenotypeRule, Region
from pgx.domain.variant import Variant

_PLAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 ._/+()-]|:(?=[A-Za-z0-9/]))*(?<! )")
_OTHER_TYPES = ("int", "float", "bool", "null", "merge", "value")
_BOOLEAN_LIKE = {"y", "n"}
_SOURCE = ("name", "version", "url", "retrieved", "license")
_PROXY = ("allele", "decides", "stands_in", "decides_only")


def format_gene(gene: Gene) -> str:
    """Return the gene table as YAML; `parse_gene` of it gives the same gene."""
    return "\n".join(_lines(gene)) + "\n"


def flow(value: Any) -> str:
    """Return a value as YAML in flow style.

    >>> flow({"ref": "G", "alt": ["A"], "function": "No function"})
    '{ref: G, alt: [A], function: No function}'
    """
    if isinstance(value, dict):
        return "{" + ", ".join(f"{flow(key)}: {flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(flow, value)) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return _text(value) if isinstance(value, str) else repr(value)


def _text(value: str) -> str:
    return value if _is_plain(value) else json.dumps(value, ensure_ascii=False)


@cache
def _is_plain(value: str) -> bool:
    """True where YAML reads the bare value as the same text; `Y` and `N`, flags to some readers, are quoted."""
    if not _PLAIN.fullmatch(value) or value.lower() in _BOOLEAN_LIKE:
        return False
    node = yaml.compose(value, Loader=yaml.SafeLoader)
    return node is not None and node.tag.rpartition(":")[2] not in _OTHER_TYPES


def _lines(gene: Gene) -> Iterator[str]:
    for key, value in _head(gene).items():
        yield f"{key}: {flow(value)}"
    yield from _list("sources", (_filled(_fields(source, *_SOURCE)) for source in gene.sources)) or ["sources: []"]
    yield from _settings(gene)
    yield from _list("unphased_priorities", (_fields(item, "among", "pick") for item in gene.priorities))
    yield from _list("proxies", (_fields(item, *_PROXY) for item in gene.proxies))
    yield from _table("exons", ((build, _regions(regions)) for build, regions in gene.exons))
    for key, variants in (("variants", gene.variants), ("extra", gene.extra), ("ignored", gene.ignored)):
        yield from _table(key, ((item.name, _variant(item, item.name in gene.assumed_ref37)) for item in variants))
    yield from _table("alleles", ((allele.name, _allele(allele)) for allele in gene.alleles))
    yield from _list("phenotypes", map(_rule, gene.phenotypes))


def _head(gene: Gene) -> dict[str, str]:
    return {"gene": gene.symbol, "hgnc": gene.hgnc, "version": gene.version}


def _settings(gene: Gene) -> Iterator[str]:
    fallback, deletions = gene.fallback, gene.deletions
    settings = {
        "contig": gene.contig,
        "calling": str(gene.calling),
        "lookup": str(gene.lookup),
        "copy_number": "required" if gene.copy_number_required else "",
        "deletions": _filled(_fields(deletions, "whole", "part")) if deletions else {},
        "sex_linked": gene.sex_linked,
        "heteroplasmy_threshold": _threshold(gene),
        "undocumented": "reference" if gene.undocumented_is_reference else "",
        "required": gene.required,
        "function_order": gene.function_order,
        "preferred_alleles": gene.preferred_alleles,
        "statuses": gene.statuses,
        "aliases": dict(gene.aliases),
        "display_names": dict(gene.display_names),
        "fallback": {"position": fallback.position, "alleles": dict(fallback.alleles)} if fallback else {},
    }
    return (f"{key}: {flow(value)}" for key, value in _filled(settings).items())


def _threshold(gene: Gene) -> float | None:
    """Return the threshold where the table sets one of its own."""
    return None if gene.heteroplasmy_threshold == HETEROPLASMY_THRESHOLD else gene.heteroplasmy_threshold


def _list(key: str, items: Iterable[Any]) -> list[str]:
    lines = [f"  - {flow(item)}" for item in items]
    return [f"{key}:", *lines] if lines else []


def _table(key: str, items: Iterable[tuple[str, Any]]) -> list[str]:
    lines = [f"  {_text(name)}: {flow(value)}" for name, value in items]
    return [f"{key}:", *lines] if lines else []


def _filled(values: dict[str, Any]) -> dict[str, Any]:
    """Drop what is empty, absent or false; zeros stay."""
    return {key: value for key, value in values.items() if value or (value == 0 and value is not False)}


def _fields(item: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(item, name) for name in names}


def _regions(regions: tuple[Region, ...]) -> list[tuple[int, int]]:
    return [(region.start, region.end) for region in regions]


def _variant(variant: Variant, assumed: bool) -> dict[str, Any]:
    values = {
        "grch38": variant.grch38,
        "grch37": variant.grch37,
        "ref": variant.ref,
        "ref37": variant.ref37 if variant.ref37 != variant.ref else "",
        "alt": variant.alts,
        "tract": variant.tract or "",
        "ref37_assumed": assumed,
    }
    return _filled(values)


def _allele(allele: Allele) -> dict[str, Any]:
    activity = allele.activity
    values = {
        "function": allele.function if allele.function != UNASSIGNED_FUNCTION else "",
        "activity": "" if activity is None else str(activity) if activity.at_least else activity.value,
        "defines": "all" if allele.defines_all else "",
        "core": dict(allele.core),
        "suballele_of": allele.suballele_of,
        "structural": allele.structural,
        "tier": allele.tier,
        "reason": allele.reason,
    }
    return _filled(values)


def _rule(rule: PhenotypeRule) -> dict[str, Any]:
    outcome = _filled({"phenotype": rule.phenotype, "lookup": rule.lookup})
    if rule.scored:
        return {"score": _score(rule), **outcome}
    sides = [side[0] if len(side) == 1 else side for side in (rule.first, rule.second) if side]
    return {"functions": sides, **outcome}


def _score(rule: PhenotypeRule) -> Any:
    if rule.maximum is None:
        return f">={rule.minimum}"
    return rule.minimum if rule.minimum == rule.maximum else [rule.minimum, rule.maximum]
