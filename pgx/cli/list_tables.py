"""`pgx genes` and `pgx drugs`: what the rules cover, from which source, of which date."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pgx.cli import options as opt
from pgx.cli.printing import print_json, print_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pgx.domain.drug import Drug, Guideline
    from pgx.domain.gene import Gene
    from pgx.domain.ruleset import RuleSet


def list_genes(gene: opt.Genes = None, rules: opt.RulesFolder = None, as_json: opt.AsJson = False) -> None:
    """List the genes: how each is called, its alleles and positions, its sources, and the drugs that depend on it.

    `--json` has the drugs by name, and version, address and licence of every source.

    Example: `pgx genes`
    """
    from pgx.rules.ruleset import load_rules
    from pgx.selection import known_genes

    tables = load_rules(rules)
    genes = [tables.genes[symbol] for symbol in known_genes(tables, opt.listed(gene)) or tables.genes]
    if as_json:
        print_json([_gene_document(entry, tables) for entry in genes])
    else:
        print_rows([_gene_row(entry, tables) for entry in genes], as_json)


def _gene_row(gene: Gene, tables: RuleSet) -> dict[str, Any]:
    return {
        "gene": gene.symbol,
        "calling": gene.calling.value,
        "alleles": len(gene.alleles) or len(gene.statuses),
        "positions": len(gene.variants),
        "drugs": len(_drugs_of(gene, tables)),
        "version": gene.version,
        "sources": [*dict.fromkeys(f"{source.name} {source.version}".strip() for source in gene.sources)],
    }


def _gene_document(gene: Gene, tables: RuleSet) -> dict[str, Any]:
    sources = [
        {name: getattr(source, name) for name in ("name", "version", "url", "retrieved", "license")}
        for source in gene.sources
    ]
    return {
        **_gene_row(gene, tables),
        "hgnc": gene.hgnc,
        "contig": gene.contig,
        "lookup": gene.lookup.value,
        "drugs": _drugs_of(gene, tables),
        "sources": sources,
        "frequencies": gene.symbol in tables.frequencies,
    }


def _drugs_of(gene: Gene, tables: RuleSet) -> list[str]:
    names = {gene.symbol, *(variant.name for variant in gene.extra)}
    return sorted(drug.name for drug in tables.drugs.values() if names & set(drug.genes))


def list_drugs(
    drug: opt.Drugs = None,
    gene: opt.Genes = None,
    source: opt.Sources = None,
    rules: opt.RulesFolder = None,
    as_json: opt.AsJson = False,
) -> None:
    """List the drugs: for each source its genes, date, number of rows and levels of evidence; then drug labels.

    `--json` has one entry a drug, with codes, populations, addresses and PMIDs.

    Example: `pgx drugs --source DPWG`
    """
    from pgx.rules.ruleset import load_rules
    from pgx.selection import known_drugs, known_genes, known_sources

    tables = load_rules(rules)
    symbols = known_genes(tables, opt.listed(gene))
    sources = known_sources(tables, opt.listed(source))
    drugs = [tables.drugs[name] for name in known_drugs(tables, opt.listed(drug)) or tables.drugs]
    found = [(entry, [*_chosen(entry, symbols, sources)]) for entry in drugs]
    chosen = [(entry, some) for entry, some in found if some or (not sources and _has_label(entry, symbols))]
    if as_json:
        print_json([_drug_document(entry, guidelines) for entry, guidelines in chosen])
    else:
        print_rows([row for entry, guidelines in chosen for row in _drug_rows(entry, guidelines)], as_json)


def _chosen(drug: Drug, genes: Iterable[str], sources: Iterable[str]) -> Iterator[Guideline]:
    wanted = set(genes)
    for guideline in drug.guidelines:
        of_gene = not wanted or wanted & set(guideline.genes)
        if of_gene and (not sources or guideline.source in sources):
            yield guideline


def _has_label(drug: Drug, genes: Iterable[str]) -> bool:
    wanted = set(genes)
    return any(not wanted or wanted & set(label.genes) for label in drug.labels)


def _drug_rows(drug: Drug, guidelines: list[Guideline]) -> Iterator[dict[str, Any]]:
    """One row a guideline, then one for the levels of the drug's labels."""
    for guideline in guidelines:
        levels = [f"{name} {level}" for name, level in guideline.levels]
        yield _row(drug, guideline.source, guideline.genes, len(guideline.rows), guideline.updated, levels)
    if drug.labels:
        genes = dict.fromkeys(gene for label in drug.labels for gene in label.genes)
        levels = [*dict.fromkeys(f"{label.agency} {label.level}" for label in drug.labels)]
        yield _row(drug, "labels", genes, 0, max(label.updated for label in drug.labels), levels)


def _row(drug: Drug, source: str, genes: Iterable[str], rows: int, updated: str, levels: list[str]) -> dict[str, Any]:
    return {
        "drug": drug.name,
        "source": source,
        "genes": [*genes],
        "rows": rows,
        "updated": updated,
        "levels": levels,
    }


def _drug_document(drug: Drug, guidelines: list[Guideline]) -> dict[str, Any]:
    return {
        "drug": drug.name,
        "rxnorm": drug.rxnorm,
        "atc": [*drug.atc],
        "genes": [*drug.genes],
        "guidelines": [_guideline_document(guideline) for guideline in guidelines],
        "labels": [
            {"agency": label.agency, "level": label.level, "genes": [*label.genes], "updated": label.updated}
            for label in drug.labels
        ],
    }


def _guideline_document(guideline: Guideline) -> dict[str, Any]:
    return {
        "source": guideline.source,
        "name": guideline.name,
        "url": guideline.url,
        "updated": guideline.updated,
        "genes": [*guideline.genes],
        "populations": [*guideline.populations],
        "rows": len(guideline.rows),
        "levels": dict(guideline.levels),
        "pmids": [*guideline.pmids],
    }
