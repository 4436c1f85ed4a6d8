"""The VCF's result and the outside result of one gene -> one, by preference, with what the other would have said."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Literal

from pgx.domain.call import CallSource, CallStatus, Diplotype, GeneCall, Note
from pgx.domain.gene import CallingMode, Gene
from pgx.outside.gene_call import Translate, alleles_of
from pgx.outside.phenotype_names import phenotype_of_score

Prefer = Literal["outside", "vcf", "report-both"]
Meaning = tuple[object, ...]
"""What guidelines see of a result; equal meanings lead to equal advice."""

_STAR = re.compile(r"\*[0-9A-Za-z]+?(?=x[≥\dN]|\W|$)")


def merge_calls(
    gene: Gene, vcf_call: GeneCall, outside_call: GeneCall, prefer: Prefer, translate: Translate
) -> GeneCall:
    """Return the preferred result, with a note where the other differs and its diplotypes as alternatives.

    Where the preferred side has no result the other one stands, except that an outside no-call that is preferred
    leaves the gene not called. A result not used that means something worse than the reference forbids green.
    """
    used, unused = (vcf_call, outside_call) if _takes_vcf(vcf_call, outside_call, prefer) else (outside_call, vcf_call)
    told = unused.status.has_result or bool(unused.diplotypes)
    if not told:
        return used
    differs = _differs(gene, used, unused, translate)
    both = prefer == "report-both" and used.status.has_result and unused.status.has_result
    return replace(
        used,
        source=CallSource.BOTH if both else used.source,
        alternatives=unused.diplotypes,
        notes=(*used.notes, *((_difference(used, unused),) if differs else ())),
        never_green=used.never_green
        or (unused.never_green and unused.status.has_result)
        or (differs and _has_risk(gene, used, unused, translate)),
    )


def _takes_vcf(vcf_call: GeneCall, outside_call: GeneCall, prefer: Prefer) -> bool:
    if prefer == "vcf":
        return vcf_call.status.has_result
    return prefer == "report-both" and not outside_call.status.has_result and vcf_call.status.has_result


def _difference(used: GeneCall, unused: GeneCall) -> Note:
    text = f"{_label(used)}: {_said(used)}; {_label(unused)}: {_said(unused)}."
    return Note("sources-differ", f"The sources differ. {text} The first is used.")


def _label(call: GeneCall) -> str:
    return "Outside call" if call.source is CallSource.OUTSIDE else "VCF"


def _said(call: GeneCall) -> str:
    names = " or ".join(dict.fromkeys(diplotype.name for diplotype in _best(call)))
    stated = " ".join(text for text in (call.given_phenotype, call.given_score) if text)
    said = ", ".join(text for text in (names, ", ".join(call.statuses), stated) if text)
    return (said or "no call") + ("" if call.status is not CallStatus.UNTESTABLE else " (small variants only)")


def _best(call: GeneCall) -> tuple[Diplotype, ...]:
    return call.diplotypes[: call.best] or call.diplotypes


def _differs(gene: Gene, used: GeneCall, unused: GeneCall, translate: Translate) -> bool:
    if unused.status is CallStatus.UNTESTABLE:
        return not _candidates_fit(gene, used, unused, translate)
    names = [{diplotype.alleles for diplotype in _best(call)} for call in (used, unused)]
    return names[0] != names[1] or _meanings(gene, used, translate) != _meanings(gene, unused, translate)


def _has_risk(gene: Gene, used: GeneCall, unused: GeneCall, translate: Translate) -> bool:
    """Tell whether the side not used means anything but the reference, and anything but the side that is."""
    if unused.status is CallStatus.UNTESTABLE:
        return True
    harmless = _meanings(gene, used, translate) | _reference_meanings(gene, translate)
    return not _meanings(gene, unused, translate) <= harmless


def _candidates_fit(gene: Gene, used: GeneCall, candidates: GeneCall, translate: Translate) -> bool:
    """Tell whether some small-variant candidate has no altered allele that the result lacks.

    Copies and hybrids are beyond such candidates, so only the alleles themselves are compared.
    """
    known = _stars(name for diplotype in used.diplotypes for name in diplotype.alleles)
    altered = [
        {name for name in diplotype.lookup_alleles if _is_altered(gene, name, translate)}
        for diplotype in _best(candidates)
    ]
    return not used.diplotypes or any(_stars(names) <= known for names in altered)


def _stars(names: Iterable[str]) -> set[str]:
    return {star for name in names for star in (_STAR.findall(name) or [name])}


def _is_altered(gene: Gene, name: str, translate: Translate) -> bool:
    reference = gene.reference_allele
    if reference is None:
        return True
    pairs = ((reference.name, name), (reference.name, reference.name))
    one, other = (translate(gene, alleles_of(gene, pair)) for pair in pairs)
    return one.lookup != other.lookup


def _meanings(gene: Gene, call: GeneCall, translate: Translate) -> set[Meaning]:
    if call.given_phenotype or call.given_score:
        return {("phenotype", call.given_phenotype or phenotype_of_score(gene, call.given_score or ""))}
    if call.statuses:
        return {("status", status) for status in call.statuses}
    return {_meaning(gene, diplotype.lookup_alleles, translate) for diplotype in _best(call)}


def _meaning(gene: Gene, names: tuple[str, ...], translate: Translate) -> Meaning:
    reading = translate(gene, alleles_of(gene, names))
    return ("phenotype", reading.phenotype) if reading.phenotype else ("lookup", reading.lookup)


def _reference_meanings(gene: Gene, translate: Translate) -> set[Meaning]:
    """Return what the reference means: alone and as a pair; for presence genes every negative status."""
    if gene.calling is CallingMode.PRESENCE:
        return {("status", f"{status} negative") for status in gene.statuses}
    reference = gene.reference_allele
    if reference is None:
        return set()
    return {_meaning(gene, (reference.name,) * copies, translate) for copies in (1, 2)}
