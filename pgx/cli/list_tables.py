"""`pgx genes` and `pgx drugs`: what the rules cover, from which source, of which date."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from pgx.cli import options as opt


def list_genes(rules: opt.RulesFolder = None, as_json: opt.AsJson = False) -> None:
    """List the genes: how each is called, its alleles and positions, and the drugs that depend on it."""
    from pgx.rules.ruleset import load_rules

    tables = load_rules(rules)
    drugs = {symbol: sorted(d.name for d in tables.drugs.values() if symbol in d.genes) for symbol in tables.genes}
    rows = [
        {
            "gene": gene.symbol,
            "calling": gene.calling.value,
            "alleles": len(gene.alleles) or len(gene.statuses),
            "positions": len(gene.variants),
            "drugs": len(drugs[gene.symbol]),
            "version": gene.version,
            "sources": ", ".join(source.name for source in gene.sources),
        }
        for gene in tables.genes.values()
    ]
    _show(rows, as_json)


def list_drugs(drug: opt.Drugs = None, rules: opt.RulesFolder = None, as_json: opt.AsJson = False) -> None:
    """List the drugs: genes, and for each source its date, rows and evidence levels."""
    from pgx.rules.ruleset import load_rules

    tables = load_rules(rules)
    wanted = {name.lower() for name in opt.listed(drug)}
    rows = [
        {
            "drug": entry.name,
            "source": guideline.source,
            "genes": ", ".join(guideline.genes),
            "rows": len(guideline.rows),
            "updated": guideline.updated,
            "levels": ", ".join(f"{name} {level}" for name, level in guideline.levels),
        }
        for entry in tables.drugs.values()
        if not wanted or entry.name.lower() in wanted
        for guideline in entry.guidelines
    ]
    _show(rows, as_json)


def _show(rows: Sequence[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        print(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD)
    for name in rows[0] if rows else ():
        table.add_column(name, justify="right" if isinstance(rows[0][name], int) else "left")
    for row in rows:
        table.add_row(*(str(value) for value in row.values()))
    Console().print(table)
