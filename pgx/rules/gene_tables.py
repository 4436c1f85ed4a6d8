"""Gene tables: YAML text -> `Gene`, refused with file, line and reason where it cannot be read into types."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import TypeVar

from pgx.domain.gene import (
    HETEROPLASMY_THRESHOLD,
    UNASSIGNED_FUNCTION,
    ActivityValue,
    Allele,
    CallingMode,
    Deletions,
    Fallback,
    Gene,
    LookupMethod,
    PhenotypeRule,
    ProxyPosition,
    Region,
    Source,
    UnphasedPriority,
)
from pgx.domain.variant import Build, Variant
from pgx.rules.gene_checks import check_gene
from pgx.rules.yaml_nodes import Entry, compose

REQUIRED_KEYS = ("gene", "hgnc", "version", "sources", "contig", "calling", "lookup")
OPTIONAL_KEYS = (
    "copy_number", "deletions", "sex_linked", "heteroplasmy_threshold", "undocumented",
    "required", "unphased_priorities", "proxies", "fallback",
    "function_order", "preferred_alleles", "statuses", "aliases", "display_names", "exons",
    "variants", "extra", "ignored", "alleles", "phenotypes",
)  # fmt: skip
_SOURCE = ("name", "version", "url", "retrieved", "license")
_VARIANT = ("grch38", "grch37", "ref", "alt", "ref37", "tract", "ref37_assumed")
_ALLELE = ("function", "activity", "defines", "core", "suballele_of", "structural", "tier", "reason")
_PROXY = ("allele", "decides", "stands_in", "decides_only")
_BASES = re.compile("[ACGT]+")
_AT_LEAST = re.compile(r">= *(\d+(?:\.\d+)?)")

Fields = dict[str, Entry]
Choice = TypeVar("Choice", bound=StrEnum)
Value = TypeVar("Value")


def parse_gene(text: str, place: str) -> Gene:
    """Read one gene table; `place` names it in errors.

    Raises RuleError for YAML that cannot be read, unknown or repeated keys, values of a wrong type, names
    that are not defined, and phenotype rules that overlap or leave a diplotype without an answer.
    """
    table = compose(text, place)
    fields = table.fields((*REQUIRED_KEYS, *OPTIONAL_KEYS), REQUIRED_KEYS)
    gene = read_gene(fields)
    check_gene(gene, table, fields)
    return gene


def read_gene(fields: Fields) -> Gene:
    """Return the gene of a table's fields, unchecked; also for parts of a table that an importer completes."""
    contig = fields["contig"].text()
    return Gene(
        symbol=fields["gene"].text(),
        hgnc=fields["hgnc"].text(),
        version=fields["version"].word(),
        contig=contig,
        calling=_choice(CallingMode, fields["calling"]),
        lookup=_choice(LookupMethod, fields["lookup"]),
        sources=tuple(map(_source, fields["sources"].items())),
        variants=_variants(fields, "variants", contig),
        alleles=tuple(_allele(name, entry) for name, entry in _pairs(fields, "alleles")),
        phenotypes=tuple(map(_rule, _items(fields, "phenotypes"))),
        extra=_variants(fields, "extra", contig),
        ignored=_variants(fields, "ignored", contig),
        required=_texts(fields, "required"),
        priorities=tuple(map(_priority, _items(fields, "unphased_priorities"))),
        proxies=tuple(map(_proxy, _items(fields, "proxies"))),
        fallback=_fallback(fields["fallback"]) if "fallback" in fields else None,
        copy_number_required=_is_word(fields, "copy_number", "required"),
        deletions=_optional(fields, "deletions", _deletions),
        sex_linked="sex_linked" in fields and fields["sex_linked"].flag(),
        heteroplasmy_threshold=(
            fields["heteroplasmy_threshold"].number() if "heteroplasmy_threshold" in fields else HETEROPLASMY_THRESHOLD
        ),
        undocumented_is_reference=_is_word(fields, "undocumented", "reference"),
        function_order=_texts(fields, "function_order"),
        preferred_alleles=_texts(fields, "preferred_alleles"),
        statuses=_texts(fields, "statuses"),
        aliases=_names(fields, "aliases"),
        display_names=_names(fields, "display_names"),
        exons=tuple(_exons(build, entry) for build, entry in _pairs(fields, "exons")),
        assumed_ref37=_assumed(fields),
    )


def _choice(choices: type[Choice], entry: Entry) -> Choice:
    try:
        return choices(entry.text())
    except ValueError:
        raise entry.error(f"'{entry.text()}' is none of {', '.join(choices)}") from None


def _is_word(fields: Fields, key: str, word: str) -> bool:
    if key in fields and fields[key].text() != word:
        raise fields[key].error(f"{key} can only be '{word}'; leave it out otherwise")
    return key in fields


def _items(fields: Fields, key: str) -> tuple[Entry, ...]:
    return fields[key].items() if key in fields else ()


def _pairs(fields: Fields, key: str) -> tuple[tuple[str, Entry], ...]:
    return fields[key].pairs() if key in fields else ()


def _texts(fields: Fields, key: str) -> tuple[str, ...]:
    return fields[key].texts() if key in fields else ()


def _names(fields: Fields, key: str) -> tuple[tuple[str, str], ...]:
    return tuple((name, entry.text()) for name, entry in _pairs(fields, key))


def _optional(fields: Fields, key: str, read: Callable[[Entry], Value]) -> Value | None:
    return read(fields[key]) if key in fields else None


def _source(entry: Entry) -> Source:
    fields = entry.fields(_SOURCE, ("name", "version", "url"))
    return Source(**{key: value.word() for key, value in fields.items()})


def _variants(fields: Fields, key: str, contig: str) -> tuple[Variant, ...]:
    return tuple(_variant(name, entry, contig) for name, entry in _pairs(fields, key))


def _variant(name: str, entry: Entry, contig: str) -> Variant:
    fields = entry.fields(_VARIANT, ("grch38", "ref", "alt"))
    bases = (_bases(fields["ref"]), *map(_bases, fields["alt"].items()))
    ref37 = _bases(fields["ref37"]) if "ref37" in fields else bases[0]
    grch37 = _optional(fields, "grch37", _coordinate)
    tract = _optional(fields, "tract", Entry.integer) or 0
    variant = Variant(name, contig, _coordinate(fields["grch38"]), grch37, bases, ref37, tract)
    _check_variant(variant, entry)
    return variant


def _check_variant(variant: Variant, entry: Entry) -> None:
    if len(set(variant.bases)) < len(variant.bases) or len(variant.bases) < 2:
        raise entry.error(f"{variant.name}: alt must be at least one base other than ref, each once")
    if variant.ref37 not in variant.bases:
        raise entry.error(f"{variant.name}: ref37 '{variant.ref37}' is neither ref nor alt")
    if variant.is_substitution:
        if variant.tract:
            raise entry.error(f"{variant.name}: tract is for insertions and deletions only")
    elif variant.tract < 0 or not variant.window(Build.GRCH38).startswith(variant.ref):
        raise entry.error(f"{variant.name}: ref '{variant.ref}' does not continue as repeats of '{variant.unit}'")


def _coordinate(entry: Entry) -> int:
    position = entry.integer()
    if position < 1:
        raise entry.error(f"positions are counted from 1, found {position}")
    return position


def _bases(entry: Entry) -> str:
    text = entry.text()
    if not _BASES.fullmatch(text):
        raise entry.error(f"expected bases A, C, G, T, found '{text}'")
    return text


def _assumed(fields: Fields) -> tuple[str, ...]:
    entries = [pair for key in ("variants", "extra", "ignored") for pair in _pairs(fields, key)]
    marks = ((name, dict(entry.pairs()).get("ref37_assumed")) for name, entry in entries)
    return tuple(name for name, mark in marks if mark is not None and mark.flag())


def _allele(name: str, entry: Entry) -> Allele:
    fields = entry.fields(_ALLELE)
    if "defines" in fields and fields["defines"].text() != "all":
        raise fields["defines"].error("defines can only be 'all'; leave it out otherwise")
    return Allele(
        name=name,
        function=fields["function"].text() if "function" in fields else UNASSIGNED_FUNCTION,
        activity=_optional(fields, "activity", _activity),
        core=_names(fields, "core"),
        defines_all="defines" in fields,
        suballele_of=_optional(fields, "suballele_of", Entry.text),
        structural="structural" in fields and fields["structural"].flag(),
        tier=_optional(fields, "tier", Entry.integer),
        reason=_optional(fields, "reason", Entry.text) or "",
    )


def _activity(entry: Entry) -> ActivityValue:
    if entry.is_number:
        return ActivityValue(entry.number())
    try:
        return ActivityValue.parse(entry.text())
    except ValueError as error:
        raise entry.error(str(error)) from None


def _rule(entry: Entry) -> PhenotypeRule:
    fields = entry.fields(("functions", "score", "phenotype", "lookup"), ("phenotype",))
    if ("functions" in fields) == ("score" in fields):
        raise entry.error("a phenotype rule needs either functions or score")
    phenotype, lookup = fields["phenotype"].text(), _optional(fields, "lookup", Entry.text)
    if "score" in fields:
        minimum, maximum = _score_range(fields["score"])
        return PhenotypeRule(phenotype, minimum=minimum, maximum=maximum, lookup=lookup)
    sides = tuple(map(_functions, fields["functions"].items()))
    if len(sides) not in (1, 2):
        raise fields["functions"].error("functions lists one side (single copy) or two")
    return PhenotypeRule(phenotype, sides[0], sides[1] if len(sides) == 2 else (), lookup=lookup)


def _functions(entry: Entry) -> tuple[str, ...]:
    functions = entry.texts() if entry.is_list else (entry.text(),)
    if not functions:
        raise entry.error("a side of a phenotype rule lists no function")
    return functions


def _score_range(entry: Entry) -> tuple[float, float | None]:
    if entry.is_number:
        return entry.number(), entry.number()
    if not entry.is_list:
        match = _AT_LEAST.fullmatch(entry.text())
        if match is None:
            raise entry.error(f"expected a score, [lowest, highest] or '>=lowest', found '{entry.text()}'")
        return float(match[1]), None
    ends = [end.number() for end in entry.items()]
    if len(ends) != 2 or ends[0] > ends[1]:
        raise entry.error("a score range is [lowest, highest]")
    return ends[0], ends[1]


def _priority(entry: Entry) -> UnphasedPriority:
    fields = entry.fields(("among", "pick"), ("among", "pick"))
    priority = UnphasedPriority(fields["among"].texts(), fields["pick"].text())
    if priority.pick not in priority.among:
        raise fields["pick"].error(f"'{priority.pick}' is not among the diplotypes to pick from")
    return priority


def _proxy(entry: Entry) -> ProxyPosition:
    return ProxyPosition(**{key: value.text() for key, value in entry.fields(_PROXY, _PROXY).items()})


def _deletions(entry: Entry) -> Deletions:
    return Deletions(**{key: value.text() for key, value in entry.fields(("whole", "part"), ("whole",)).items()})


def _fallback(entry: Entry) -> Fallback:
    fields = entry.fields(("position", "alleles"), ("position", "alleles"))
    return Fallback(fields["position"].text(), _names(fields, "alleles"))


def _exons(build: str, entry: Entry) -> tuple[str, tuple[Region, ...]]:
    if build not in list(Build):
        raise entry.error(f"unknown build '{build}'; known are {', '.join(Build)}")
    return build, tuple(_regions(entry.items()))


def _regions(entries: Iterable[Entry]) -> Iterable[Region]:
    for entry in entries:
        ends = [_coordinate(end) for end in entry.items()]
        if len(ends) != 2 or ends[0] > ends[1]:
            raise entry.error("an exon is [start, end], counted from 1, both ends included")
        yield Region(ends[0], ends[1])
