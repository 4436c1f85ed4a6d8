"""Upstream facts and hand-kept facts of one gene -> its gene table, with a report of what did not fit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from pgx.domain.gene import UNASSIGNED_FUNCTION, UNSPECIFIED_SCORE, ActivityValue, Allele, Gene, UnphasedPriority
from pgx.domain.variant import Variant
from pgx.errors import InputError
from pgx.rules.importers.compaction import compact
from pgx.rules.importers.facts import DefinedAllele, Definition, DiplotypeRow, Exemption, FunctionTable
from pgx.rules.importers.hgvs_names import define_by_name
from pgx.rules.importers.positions import Lift, make_variant, name_positions
from pgx.rules.importers.report import GeneReport

_LETTERS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class GeneFacts:
    """Everything known of one gene before it is put together."""

    skeleton: Gene
    definition: Definition | None = None
    functions: FunctionTable | None = None
    exemption: Exemption = field(default_factory=Exemption)
    lift: Lift | None = None


def assemble(facts: GeneFacts) -> GeneReport:
    """Return the gene with its report; InputError where facts contradict each other."""
    gene, undefined = _with_definitions(facts)
    if facts.functions is None:
        return _finish(facts, gene)
    aliases = _find_aliases(gene, facts.functions.functions)
    gene = replace(gene, aliases=tuple(dict([*gene.aliases, *aliases]).items()))
    added = _undefined_alleles(gene, facts.functions)
    gene = replace(gene, alleles=_with_functions((*gene.alleles, *added), gene, facts.functions))
    rows = facts.functions.rows
    gene = replace(gene, phenotypes=compact(gene.symbol, rows, _by_name(gene, rows)))
    report = _finish(facts, gene)
    names = tuple(dict.fromkeys((*undefined, *(allele.name for allele in added))))
    return replace(report, functions_without_allele=names, diplotypes=len(rows))


def _finish(facts: GeneFacts, gene: Gene) -> GeneReport:
    gene = _with_structural(gene, facts.skeleton)
    gene = replace(gene, alleles=_with_tiers(gene, facts))
    silent = tuple(allele.name for allele in gene.alleles if allele.function == UNASSIGNED_FUNCTION)
    return GeneReport(gene, alleles_without_function=silent, aliases=gene.aliases)


def _with_structural(gene: Gene, skeleton: Gene) -> Gene:
    """Add structural alleles that are kept by hand, as upstream neither defines them nor gives them a function."""
    known = {allele.name for allele in gene.alleles}
    added = tuple(allele for allele in skeleton.alleles if allele.structural and allele.name not in known)
    return replace(gene, alleles=(*gene.alleles, *added))


def _with_definitions(facts: GeneFacts) -> tuple[Gene, tuple[str, ...]]:
    """Add positions and alleles; also the skeleton's alleles that stay undefined."""
    if facts.definition is not None:
        return _define(facts.skeleton, facts.definition, facts), ()
    if facts.functions is None:
        return facts.skeleton, ()
    gene, unknown = define_by_name(facts.skeleton, facts.functions.functions)
    if unknown:
        raise InputError(f"{gene.symbol}: no definition and no HGVS name: {', '.join(unknown)}")
    return gene, tuple(allele.name for allele in gene.alleles if allele.structural)


def _define(skeleton: Gene, definition: Definition, facts: GeneFacts) -> Gene:
    """Add the definition's positions and alleles, and the exemptions that refer to them."""
    exemption = facts.exemption
    made = _make_variants(skeleton, definition, facts)
    variants = [variant for variant, _ in made]
    ours, extra = len(definition.variants), len(definition.variants) + len(exemption.extra)
    names = {variant.grch38: variant.name for variant in variants[:extra]}
    return replace(
        skeleton,
        contig=definition.contig,
        variants=tuple(variants[:ours]),
        extra=tuple(variants[ours:extra]),
        ignored=tuple(variants[extra:]),
        assumed_ref37=tuple(variant.name for variant, assumed in made if assumed),
        alleles=_make_alleles(definition, [variant.name for variant in variants[:ours]], exemption),
        required=tuple(names[position] for position in exemption.required),
        priorities=tuple(UnphasedPriority(among, pick) for among, pick in exemption.priorities),
    )


def _make_variants(skeleton: Gene, definition: Definition, facts: GeneFacts) -> list[tuple[Variant, bool]]:
    """Defining, extra and ignored positions in this order; one that is kept by hand stands over upstream's."""
    raws = (*definition.variants, *facts.exemption.extra, *facts.exemption.ignored)
    by_hand = {variant.name: variant for variant in skeleton.positions + skeleton.ignored}
    return [
        (replace(by_hand[name], contig=raw.contig), False)
        if name in by_hand
        else make_variant(raw, name, facts.lift or {})
        for raw, name in zip(raws, name_positions(raws), strict=True)
    ]


def _make_alleles(definition: Definition, names: list[str], exemption: Exemption) -> tuple[Allele, ...]:
    parents = dict(definition.suballeles)
    defined = (item for item in definition.alleles if item.name not in exemption.ignored_alleles)
    return tuple(_allele(item, definition, names, parents) for item in defined)


def _allele(item: DefinedAllele, definition: Definition, names: list[str], parents: Mapping[str, str]) -> Allele:
    """An allele with a base at every position defines all; its core is then where it differs from REF."""
    refs = [raw.ref for raw in definition.variants]
    core = [(name, base, ref) for name, base, ref in zip(names, item.bases, refs, strict=True) if base is not None]
    differing = [(name, base) for name, base, ref in core if base != ref]
    defines_all = item.reference or (len(core) == len(names) and len(differing) < len(names))
    kept = differing if defines_all else [(name, base) for name, base, _ in core]
    return Allele(item.name, core=tuple(kept), defines_all=defines_all, suballele_of=parents.get(item.name))


def _find_aliases(gene: Gene, functions: Iterable[str]) -> list[tuple[str, str]]:
    """Pair names that differ from a defined allele's in punctuation only, such as `A/B` and `A, B`."""
    names = {allele.name for allele in gene.alleles}
    by_letters = {_LETTERS.sub("", name).lower(): name for name in names if name[0].isalpha()}
    candidates = ((name, by_letters.get(_LETTERS.sub("", name).lower())) for name in functions if name not in names)
    return [(name, ours) for name, ours in candidates if ours is not None]


def _undefined_alleles(gene: Gene, table: FunctionTable) -> list[Allele]:
    """Alleles that have a function but no definition; only outside callers can name them."""
    known = {allele.name for allele in gene.alleles} | {allele.printed_name for allele in gene.alleles}
    known |= {other for other, _ in gene.aliases}
    new = (Allele(name, structural=True) for name in table.functions if name not in known)
    return sorted(new, key=lambda allele: allele.order)


def _with_functions(alleles: Iterable[Allele], gene: Gene, table: FunctionTable) -> tuple[Allele, ...]:
    """Give each allele its function and activity value; a suballele has those of its core allele."""
    spelling = {ours: other for other, ours in gene.aliases}
    return tuple(_with_function(allele, allele.printed_name, spelling, table) for allele in alleles)


def _with_function(allele: Allele, name: str, spelling: Mapping[str, str], table: FunctionTable) -> Allele:
    key = name if name in table.functions else spelling.get(name, name)
    activity = table.activities.get(key, UNSPECIFIED_SCORE)
    return replace(
        allele,
        function=table.functions.get(key, UNASSIGNED_FUNCTION),
        activity=None if activity == UNSPECIFIED_SCORE else ActivityValue.parse(activity),
    )


def _with_tiers(gene: Gene, facts: GeneFacts) -> tuple[Allele, ...]:
    """Add what is kept by hand of single alleles, and tier 1 as upstream lists it."""
    by_hand = {allele.name: allele for allele in facts.skeleton.alleles}
    unknown = set(by_hand) | set(facts.exemption.tier1)
    unknown -= {allele.name for allele in gene.alleles}
    if unknown:
        raise InputError(f"{gene.symbol}: no such allele any more: {', '.join(sorted(unknown))}")
    return tuple(_with_tier(allele, by_hand.get(allele.name), facts.exemption) for allele in gene.alleles)


def _with_tier(allele: Allele, by_hand: Allele | None, exemption: Exemption) -> Allele:
    if by_hand is not None:
        allele = replace(allele, tier=by_hand.tier, reason=by_hand.reason)
    return replace(allele, tier=1) if allele.name in exemption.tier1 else allele


def _by_name(gene: Gene, rows: Iterable[DiplotypeRow]) -> dict[str, Allele]:
    """Return the allele that each name in the rows means, in the order of the gene's alleles."""
    names = dict.fromkeys(name for row in rows for name in row.alleles)
    found = {name: gene.find_allele(name) for name in names}
    missing = [name for name, allele in found.items() if allele is None]
    if missing:
        raise InputError(f"{gene.symbol}: diplotype rows with alleles without a function: {', '.join(missing)}")
    return {name: allele for name, allele in found.items() if allele is not None}
