"""Rule tables taken apart: each thing that a table says, under a name that a reader knows, as fields of text.

Rows of a guideline are taken apart into single combinations of gene results, so that it does not matter how a table
groups them.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator

from pgx.domain.drug import Action, AdviceRow, Drug, Guideline
from pgx.domain.gene import Allele, Gene, PhenotypeRule
from pgx.domain.variant import Variant

Facts = dict[str, str]
"""What is said of one thing, by field, the chief one first; an empty text where nothing is said."""

Part = tuple[str, str]
"""What a fact is about: a thing of the table, and in a guideline the combination of gene results."""

TABLE: Part = ("", "")
"""The part that holds what is said of the table as a whole."""


def gene_parts(gene: Gene) -> dict[Part, Facts]:
    """Take a gene table apart: alleles, positions, and what functions or scores mean."""
    parts: dict[Part, Facts] = {TABLE: _gene_facts(gene)}
    parts |= {(f"allele {allele.name}", ""): _allele_facts(allele) for allele in gene.alleles}
    uses = {"defining": gene.variants, "extra": gene.extra, "ignored": gene.ignored}
    for use, variants in uses.items():
        parts |= {(f"position {variant.name}", ""): _variant_facts(variant, use) for variant in variants}
    for rule in gene.phenotypes:
        facts = {"phenotype": rule.phenotype, "lookup key": rule.lookup or ""}
        parts |= {(name, ""): facts for name in _rule_names(rule)}
    return parts


def _gene_facts(gene: Gene) -> Facts:
    return {
        "version": gene.version,
        "calling": gene.calling.value,
        "lookup": gene.lookup.value,
        "required positions": ", ".join(gene.required),
        "copy number required": _yes(gene.copy_number_required),
        "statuses": ", ".join(gene.statuses),
        "sources": "; ".join(f"{source.name} {source.version}" for source in gene.sources),
    }


def _allele_facts(allele: Allele) -> Facts:
    bases = ", ".join(f"{name} {base}" for name, base in allele.core)
    return {
        "function": allele.function,
        "activity": "" if allele.activity is None else str(allele.activity),
        "bases": ", ".join(filter(None, ("all positions" if allele.defines_all else "", bases))),
        "core allele": allele.suballele_of or "",
        "structural": _yes(allele.structural),
    }


def _variant_facts(variant: Variant, use: str) -> Facts:
    return {
        "bases": "/".join(variant.bases),
        "GRCh38": f"{variant.contig}:{variant.grch38}",
        "GRCh37": str(variant.grch37 or ""),
        "GRCh37 REF": variant.ref37,
        "use": use,
    }


def _rule_names(rule: PhenotypeRule) -> Iterator[str]:
    """Name a rule by each pair of functions it holds for, or by its scores."""
    if rule.scored:
        low, high = ("" if end is None else f"{end:g}" for end in (rule.minimum, rule.maximum))
        yield f"score {low}..{high}"
        return
    for pair in itertools.product(rule.first, rule.second or ("",)):
        yield f"functions {' + '.join(sorted(filter(None, pair)))}"


def drug_parts(drug: Drug) -> dict[Part, Facts]:
    """Take a drug table apart: labels, guidelines, and their advice for each combination of gene results."""
    parts: dict[Part, Facts] = {
        TABLE: {"RxNorm": drug.rxnorm, "ATC": ", ".join(drug.atc), "class": drug.drug_class},
    }
    for label in drug.labels:
        name = f"{label.agency} label, {', '.join(label.genes)}"
        parts[(name, "")] = {"level": label.level, "updated": label.updated}
    for guideline in drug.guidelines:
        parts |= _guideline_parts(guideline)
    return parts


def _guideline_parts(guideline: Guideline) -> dict[Part, Facts]:
    genes = "" if all(gene in guideline.name for gene in guideline.genes) else f" ({', '.join(guideline.genes)})"
    name = f"{guideline.source}, {guideline.name}{genes}"
    parts: dict[Part, Facts] = {
        (name, ""): {
            "updated": guideline.updated,
            "levels": ", ".join(f"{scale} {level}" for scale, level in guideline.levels),
            "url": guideline.url,
            "PMIDs": ", ".join(map(str, guideline.pmids)),
        }
    }
    for row in guideline.rows:
        place = f"{name}, {row.population}" if row.population else name
        parts |= {(place, lookup): _row_facts(row) for lookup in _lookups(row)}
    return parts


def _lookups(row: AdviceRow) -> Iterable[str]:
    choices = ([f"{need.gene} {value}" for value in need.values] for need in row.when)
    return (" + ".join(combination) for combination in itertools.product(*choices))


def _row_facts(row: AdviceRow) -> Facts:
    return {
        "actions": "; ".join(map(action_text, row.actions)),
        "alternatives": ", ".join(row.alternatives),
        "strength": row.strength,
        "flags": ", ".join(row.flags),
        "implication": row.implication,
        "advice": row.advice,
    }


def action_text(action: Action) -> str:
    """Write an action on one line.

    >>> from pgx.domain.drug import ActionKind
    >>> action_text(Action(ActionKind.REDUCE_DOSE, (("percent", 50), ("of", "start"))))
    'reduce_dose (percent 50, of start)'
    """
    given = (f"{name} {'/'.join(value) if isinstance(value, tuple) else value}" for name, value in action.parameters)
    parameters = ", ".join(given)
    return f"{action.kind.value} ({parameters})" if parameters else action.kind.value


def _yes(holds: bool) -> str:
    return "yes" if holds else ""
