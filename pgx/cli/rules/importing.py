"""`pgx rules`: look at the rule tables, check them, and bring in a new upstream release."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pgx.cli import options as opt

rules_app = typer.Typer(help="The rule tables: show, validate, import.", no_args_is_help=True)
import_app = typer.Typer(help="Write gene tables from upstream files.", no_args_is_help=True)
rules_app.add_typer(import_app, name="import")


@rules_app.command("show")
def show_rules(rules: opt.RulesFolder = None) -> None:
    """Print version, date, content hash and size of the rule set."""
    from pgx.rules.ruleset import load_rules

    tables = load_rules(rules)
    rows = sum(len(guideline.rows) for drug in tables.drugs.values() for guideline in drug.guidelines)
    typer.echo(f"version {tables.version} of {tables.date}\nsha256 {tables.sha256}")
    typer.echo(f"{len(tables.genes)} genes, {len(tables.drugs)} drugs, {rows} rows from {', '.join(tables.sources)}")


@rules_app.command("validate")
def validate_rules(folder: Annotated[Path, typer.Argument(help="Folder of rule tables.")]) -> None:
    """Check that every table can be read; the first that cannot is named with line and reason."""
    from pgx.rules.ruleset import load_rules

    tables = load_rules(folder)
    typer.echo(f"{folder}: {len(tables.genes)} genes and {len(tables.drugs)} drugs are valid")


@import_app.command("pharmcat")
def import_pharmcat(
    folder: Annotated[Path, typer.Argument(help="Folder of a PharmCAT release: alleles/, phenotypes/.")],
    grch37: Annotated[Path, typer.Option("--grch37", help="Table of GRCh37 positions.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the gene tables.")] = Path("rules/genes"),
    cpic: Annotated[Path | None, typer.Option("--cpic", help="Folder of CPIC API tables.")] = None,
    retrieved: Annotated[str, typer.Option("--retrieved", help="When the CPIC tables were fetched (year-month).")] = "",
) -> None:
    """Write rules/genes/*.yaml from a release and say what was assumed.

    Example: `pgx rules import pharmcat pharmcat-3.1.1 --grch37 grch37.tsv`
    """
    from pgx.rules.importers.release import import_gene_tables

    report = import_gene_tables(folder, cpic, grch37, output, retrieved=retrieved)
    for line in report.lines():
        typer.echo(line)
