"""Diplotype -> function, activity score, phenotype and lookup keys, by the rules of the gene table alone."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from itertools import combinations_with_replacement, product
from operator import add

from pgx.domain.gene import (
    INDETERMINATE,
    UNASSIGNED_FUNCTION,
    UNSPECIFIED_SCORE,
    ActivityValue,
    Allele,
    CallingMode,
    Gene,
    LookupMethod,
    PhenotypeRule,
)
from pgx.domain.phenotype import Phenotype


def translate(gene: Gene, alleles: tuple[Allele, ...]) -> Phenotype:
    """Translate the alleles of a diplotype; one allele for hemizygous and haploid results, else two.

    Indeterminate where the table's rules say so, where an allele's function is unassigned and the other
    allele alone does not decide, and where a score needs an activity value that an allele lacks.
    """
    functions = tuple(allele.function for allele in alleles)
    if not alleles:
        return Phenotype(())
    if gene.calling is CallingMode.PRESENCE:
        return Phenotype(functions, lookup=_allele_statuses(gene, alleles))
    if not gene.phenotypes:
        return Phenotype(functions, lookup=("/".join(_names_in_order(alleles)),))
    if _is_scored(gene):
        return _translate_score(gene, functions, _sum_activity(alleles))
    return _translate_functions(gene, functions)


def phenotype_of_score(gene: Gene, score: ActivityValue) -> str | None:
    """Return the phenotype that a score stands for; None where no rule of the gene holds for it."""
    return next((rule.phenotype for rule in gene.phenotypes if rule.fits_score(score)), None)


def lookups_of_phenotype(gene: Gene, phenotype: str) -> tuple[str, ...]:
    """Return every lookup key that a phenotype given without a diplotype can have; none where it is unknown.

    For score genes these are the scores that two alleles of the table can reach, in rising order.
    """
    if gene.calling is CallingMode.PRESENCE:
        return (phenotype,) if phenotype in _possible_statuses(gene) else ()
    if phenotype == INDETERMINATE:
        return (_indeterminate_key(gene),)
    if _is_scored(gene):
        return _scores_of_phenotype(gene, phenotype)
    keys = (rule.lookup or rule.phenotype for rule in gene.phenotypes if rule.phenotype == phenotype)
    return tuple(dict.fromkeys(keys))


def _is_scored(gene: Gene) -> bool:
    return any(rule.scored for rule in gene.phenotypes)


def _indeterminate_key(gene: Gene) -> str:
    return UNSPECIFIED_SCORE if gene.lookup is LookupMethod.ACTIVITY_SCORE else INDETERMINATE


def _indeterminate(gene: Gene, functions: tuple[str, ...]) -> Phenotype:
    return Phenotype(functions, None, INDETERMINATE, (_indeterminate_key(gene),))


def _sum_activity(alleles: tuple[Allele, ...]) -> ActivityValue | None:
    values = [allele.activity for allele in alleles if allele.activity is not None]
    return reduce(add, values) if len(values) == len(alleles) else None


def _translate_score(gene: Gene, functions: tuple[str, ...], score: ActivityValue | None) -> Phenotype:
    rule = None if score is None else next((rule for rule in gene.phenotypes if rule.fits_score(score)), None)
    if score is None or rule is None:
        return _indeterminate(gene, functions)
    by_score = gene.lookup is LookupMethod.ACTIVITY_SCORE
    return Phenotype(functions, score, rule.phenotype, (rule.lookup or (str(score) if by_score else rule.phenotype),))


def _translate_functions(gene: Gene, functions: tuple[str, ...]) -> Phenotype:
    rule = _find_rule(gene, functions) or _find_deciding_rule(gene, functions)
    if rule is None:
        return _indeterminate(gene, functions)
    return Phenotype(functions, None, rule.phenotype, (rule.lookup or rule.phenotype,))


def _find_rule(gene: Gene, functions: tuple[str, ...]) -> PhenotypeRule | None:
    one, two = functions[0], functions[1] if len(functions) > 1 else None
    return next((rule for rule in gene.phenotypes if rule.fits_functions(one, two)), None)


def _find_deciding_rule(gene: Gene, functions: tuple[str, ...]) -> PhenotypeRule | None:
    """Where one function is unassigned: the rule that the other leads to whatever stands beside it."""
    known = [function for function in functions if function != UNASSIGNED_FUNCTION]
    if len(known) != 1 or len(functions) != 2:
        return None
    partners = {name for rule in gene.phenotypes for name in (*rule.first, *rule.second) if rule.second}
    found = [_find_rule(gene, (known[0], partner)) for partner in sorted(partners)]
    outcomes = {(rule.phenotype, rule.lookup) if rule else None for rule in found}
    return found[0] if len(outcomes) == 1 else None


def _scores_of_phenotype(gene: Gene, phenotype: str) -> tuple[str, ...]:
    values = sorted(
        {allele.activity for allele in gene.alleles if allele.activity is not None},
        key=lambda activity: (activity.value, activity.at_least),
    )
    scores = {one + two for one, two in combinations_with_replacement(values, 2)}
    reached = (score for score in scores if phenotype_of_score(gene, score) == phenotype)
    return tuple(str(score) for score in sorted(reached, key=lambda score: (score.value, score.at_least)))


def _names_in_order(alleles: Iterable[Allele]) -> list[str]:
    return [allele.printed_name for allele in sorted(alleles, key=lambda allele: allele.order)]


def _allele_statuses(gene: Gene, alleles: tuple[Allele, ...]) -> tuple[str, ...]:
    """`X positive` for each allele found; `X negative` only where both alleles are typed to two fields."""
    typed = {_two_fields(allele.name) for allele in alleles}
    complete = len(alleles) == 2 and None not in typed
    states = ((status, status in typed) for status in gene.statuses)
    return tuple(f"{status} {'positive' if found else 'negative'}" for status, found in states if found or complete)


def _possible_statuses(gene: Gene) -> set[str]:
    return {f"{status} {state}" for status, state in product(gene.statuses, ("positive", "negative"))}


def _two_fields(name: str) -> str | None:
    """Return the first two fields of an allele name (`*57:01` of `*57:01:01`); None where there is one only."""
    fields = name.split(":")
    return ":".join(fields[:2]) if len(fields) > 1 else None
