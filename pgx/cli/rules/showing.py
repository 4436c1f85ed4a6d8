"""`pgx rules show`, `list`, `validate` and `diff`: what a set of tables holds, and what changed between two."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pgx.cli import options as opt
from pgx.cli.printing import print_json, print_rows

if TYPE_CHECKING:
    from pgx.domain.ruleset import RuleSet

SHIPPED = "shipped"


def show_rules(rules: opt.RulesFolder = None, as_json: opt.AsJson = False) -> None:
    """Print version, date, content hash and size of the rule set, and what stands over the shipped tables.

    Example: `pgx rules show`
    """
    from pgx.rules.ruleset import load_rules

    facts = _summary(load_rules(rules))
    if as_json:
        print_json(facts)
        return
    typer.echo(f"version {facts['version']} of {facts['date']}\nsha256 {facts['sha256']}")
    typer.echo(
        f"{facts['genes']} genes, {facts['drugs']} drugs, {facts['rows']} rows from {', '.join(facts['sources'])}"
    )
    for note in facts["notes"]:
        typer.echo(note)


def _summary(tables: RuleSet) -> dict[str, Any]:
    rows = sum(len(guideline.rows) for drug in tables.drugs.values() for guideline in drug.guidelines)
    return {
        "version": tables.version,
        "date": tables.date,
        "sha256": tables.sha256,
        "genes": len(tables.genes),
        "drugs": len(tables.drugs),
        "rows": rows,
        "sources": list(tables.sources),
        "notes": [note.text for note in tables.notes],
    }


def list_rules(rules: opt.RulesFolder = None, as_json: opt.AsJson = False) -> None:
    """List every table with its date or version and its size, and whether it is shipped or your own.

    Example: `pgx rules list --rules our-rules`
    """
    from pgx.rules.ruleset import load_rules

    tables = load_rules(rules)
    print_rows(list(_rows(tables, load_rules())), as_json)


def _rows(tables: RuleSet, shipped: RuleSet) -> Iterator[dict[str, Any]]:
    for gene in tables.genes.values():
        size = f"{len(gene.alleles) or len(gene.statuses)} alleles, {len(gene.variants)} positions"
        sources = dict.fromkeys(source.name for source in gene.sources)
        origin = _origin(gene, shipped.genes.get(gene.symbol))
        yield _row("gene", gene.symbol, gene.version, size, sources, origin)
    for drug in tables.drugs.values():
        size = f"{sum(len(guideline.rows) for guideline in drug.guidelines)} rows"
        newest = max((guideline.updated for guideline in drug.guidelines), default="")
        sources = dict.fromkeys(guideline.source for guideline in drug.guidelines)
        yield _row("drug", drug.name, newest, size, sources, _origin(drug, shipped.drugs.get(drug.name)))
    for found in tables.frequencies.values():
        sources = dict.fromkeys(source.name for source in found.sources)
        origin = _origin(found, shipped.frequencies.get(found.gene))
        yield _row("frequencies", found.gene, found.version, f"{len(found.groups)} groups", sources, origin)


def _row(kind: str, name: str, version: str, size: str, sources: Iterable[str], origin: str) -> dict[str, Any]:
    return {"table": kind, "name": name, "version": version, "size": size, "sources": [*sources], "origin": origin}


def _origin(table: object, shipped: object | None) -> str:
    if table == shipped:
        return "shipped"
    return "own, in place of the shipped one" if shipped else "own"


def validate_rules(folder: Annotated[Path, typer.Argument(help="Folder of rule tables.")]) -> None:
    """Check that every table can be read; the first that cannot is named with line and reason.

    Example: `pgx rules validate our-rules`
    """
    from pgx.rules.ruleset import load_rules

    tables = load_rules(folder)
    typer.echo(f"{folder}: {len(tables.genes)} genes and {len(tables.drugs)} drugs are valid")


def diff_rules(
    old: Annotated[str, typer.Argument(metavar="OLD", help="Folder of rule tables, or the word 'shipped'.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="Folder of rule tables, or the word 'shipped'.")],
    as_json: opt.AsJson = False,
) -> None:
    """Say what changed between two sets of tables: alleles, functions, phenotypes, and each row of advice.

    Example: `pgx rules diff shipped our-rules`
    """
    from dataclasses import asdict

    from pgx.rules.diff import compare_rules
    from pgx.rules.ruleset import load_rules

    sets = [load_rules(None if folder == SHIPPED else Path(folder)) for folder in (old, new)]
    changes = compare_rules(*sets)
    if as_json:
        print_json([asdict(change) for change in changes])
        return
    for change in changes:
        typer.echo(str(change))
    if not changes:
        typer.echo(f"no table differs between {sets[0].version} and {sets[1].version}")
