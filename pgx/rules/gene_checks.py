"""What a gene table must hold beyond its types: names that exist, bases that fit, rules that cover everything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, combinations_with_replacement

from pgx.domain.gene import IUPAC, UNASSIGNED_FUNCTION, Allele, CallingMode, Gene, PhenotypeRule
from pgx.domain.variant import Variant
from pgx.rules.yaml_nodes import Entry

Fields = Mapping[str, Entry]


def check_gene(gene: Gene, table: Entry, fields: Fields) -> None:
    """Refuse a table that contradicts itself; `table` and `fields` give the places of its parts."""
    _check_variant_names(gene, fields)
    if gene.calling is CallingMode.PRESENCE:
        _check_presence(gene, table, fields)
        return
    if gene.reference_allele is None:
        raise table.error("no allele with 'defines: all'; the reference allele defines every position")
    _check_alleles(gene, fields["alleles"])
    _check_names(gene, fields)
    _check_rules(gene, fields)


def _check_presence(gene: Gene, table: Entry, fields: Fields) -> None:
    if not gene.statuses:
        raise table.error("calling: presence needs statuses, the alleles that guidelines ask about")
    for key in ("variants", "alleles", "phenotypes"):
        if key in fields:
            raise fields[key].error(f"{key} has no meaning with calling: presence")


def _check_variant_names(gene: Gene, fields: Fields) -> None:
    seen = {variant.name for variant in gene.variants}
    for key, variants in (("extra", gene.extra), ("ignored", gene.ignored)):
        for variant in variants:
            if variant.name in seen:
                raise fields[key].error(f"position '{variant.name}' is defined twice")
            seen.add(variant.name)


def _check_alleles(gene: Gene, alleles: Entry) -> None:
    variants = {variant.name: variant for variant in gene.variants}
    entries = dict(alleles.pairs())
    definitions: dict[object, str] = {}
    for allele in gene.alleles:
        _check_definition(allele, variants, entries[allele.name])
        definition = allele.name if allele.structural else (allele.core, allele.defines_all)
        twin = definitions.setdefault(definition, allele.name)
        if twin != allele.name:
            raise entries[allele.name].error(f"allele '{allele.name}' has the same definition as '{twin}'")


def _check_definition(allele: Allele, variants: Mapping[str, Variant], entry: Entry) -> None:
    if allele.structural == bool(allele.core or allele.defines_all):
        raise entry.error(f"allele '{allele.name}' needs a core, or 'structural: true' where no small variant shows it")
    for position, base in allele.core:
        if position not in variants:
            raise entry.error(f"allele '{allele.name}': position '{position}' is not among the variants")
        if not _is_base_of(base, variants[position]):
            bases = ", ".join(variants[position].bases)
            raise entry.error(f"allele '{allele.name}': '{base}' is no base of {position} ({bases})")


def _is_base_of(base: str, variant: Variant) -> bool:
    return base in variant.bases or (base in IUPAC and set(IUPAC[base]) <= set(variant.bases))


def _check_names(gene: Gene, fields: Fields) -> None:
    alleles = {allele.name for allele in gene.alleles} | {allele.printed_name for allele in gene.alleles}
    positions = {variant.name for variant in gene.positions}
    for key, names, known in (
        ("required", gene.required, positions),
        ("preferred_alleles", gene.preferred_alleles, alleles),
        ("aliases", [ours for _, ours in gene.aliases], alleles),
        ("display_names", [ours for ours, _ in gene.display_names], alleles),
        ("deletions", _deletion_alleles(gene), {allele.name for allele in gene.alleles if allele.structural}),
        ("function_order", gene.function_order, {allele.function for allele in gene.alleles}),
        ("unphased_priorities", _priority_alleles(gene), alleles),
        ("proxies", _proxy_positions(gene), positions),
        ("proxies", _proxy_alleles(gene), alleles),
        ("fallback", [gene.fallback.position] if gene.fallback else [], positions),
        ("fallback", [name for _, name in gene.fallback.alleles] if gene.fallback else [], alleles),
    ):
        _refuse_unknown(key, names, known, fields)


def _refuse_unknown(key: str, names: Iterable[str], known: set[str], fields: Fields) -> None:
    for name in names:
        if name not in known:
            raise fields[key].error(f"{key}: '{name}' is not defined in this table")


def _priority_alleles(gene: Gene) -> Iterator[str]:
    return chain.from_iterable(pair.split("/") for priority in gene.priorities for pair in priority.among)


def _deletion_alleles(gene: Gene) -> tuple[str, ...]:
    return tuple(name for name in (gene.deletions.whole, gene.deletions.part) if name) if gene.deletions else ()


def _proxy_positions(gene: Gene) -> Iterator[str]:
    return chain.from_iterable((proxy.decides, proxy.stands_in) for proxy in gene.proxies)


def _proxy_alleles(gene: Gene) -> Iterator[str]:
    return chain.from_iterable((proxy.allele, proxy.decides_only) for proxy in gene.proxies)


def _check_rules(gene: Gene, fields: Fields) -> None:
    if not gene.phenotypes:
        return
    entry = fields["phenotypes"]
    _check_rule_functions(gene, entry)
    if any(rule.scored for rule in gene.phenotypes):
        _check_score_rules(gene, entry)
    else:
        _check_function_rules(gene, entry)


def _check_rule_functions(gene: Gene, entry: Entry) -> None:
    functions = {allele.function for allele in gene.alleles}
    for rule, place in zip(gene.phenotypes, entry.items(), strict=True):
        unknown = [name for name in rule.first + rule.second if name not in functions]
        if unknown:
            raise place.error(f"no allele of the table has the function '{unknown[0]}'")


def _check_score_rules(gene: Gene, entry: Entry) -> None:
    values = {allele.activity for allele in gene.alleles if allele.activity is not None}
    for one, two in combinations_with_replacement(sorted(values, key=str), 2):
        fitting = [rule for rule in gene.phenotypes if rule.fits_score(one + two)]
        _check_answer(fitting, f"activity score {one + two}", entry)


def _check_function_rules(gene: Gene, entry: Entry) -> None:
    functions = sorted({allele.function for allele in gene.alleles} - {UNASSIGNED_FUNCTION})
    if gene.calling is not CallingMode.HAPLOID:
        for one, two in combinations_with_replacement(functions, 2):
            fitting = [rule for rule in gene.phenotypes if rule.fits_functions(one, two)]
            _check_answer(fitting, f"{one} + {two}", entry)
    if gene.calling is CallingMode.HAPLOID or gene.sex_linked:
        for function in functions:
            fitting = [rule for rule in gene.phenotypes if rule.fits_functions(function, None)]
            _check_answer(fitting, f"{function} alone", entry)


def _check_answer(fitting: list[PhenotypeRule], subject: str, entry: Entry) -> None:
    if len(fitting) != 1:
        problem = "no phenotype rule" if not fitting else f"{len(fitting)} phenotype rules"
        raise entry.error(f"{subject}: {problem}; each combination needs exactly one")
