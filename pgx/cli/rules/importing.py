"""`pgx rules import`: bring in a new upstream release, or say what it would change."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pgx.cli import options as opt

import_app = typer.Typer(help="Bring in a new release of an upstream source.", no_args_is_help=True)


@import_app.command("cpic")
def import_cpic(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Download: recommendation.json and drug.json.")],
    rules: opt.RulesFolder = None,
    as_json: opt.AsJson = False,
) -> None:
    """List what CPIC's tables changed against the rules: rows added and removed, other strengths, other flags.

    Nothing is written: the actions of a changed row are typed by someone who has read it.

    Example: `pgx rules import cpic cpic-download`
    """
    from dataclasses import asdict

    from pgx.cli.printing import print_json
    from pgx.rules.attaching import read_populations
    from pgx.rules.importers.cpic_recommendations import compare_recommendations, read_recommendations
    from pgx.rules.ruleset import load_rules

    rows = read_recommendations(folder, read_populations())
    changes = compare_recommendations(rows, load_rules(rules).drugs.values())
    if as_json:
        print_json([{**asdict(change), "lookup": dict(change.lookup)} for change in changes])
        return
    for change in changes:
        typer.echo(str(change))
    typer.echo(f"{len(rows)} rows read, {len(changes)} changes")


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


@import_app.command("frequencies")
def import_frequency_tables(
    table: Annotated[Path, typer.Argument(metavar="FILE", help="Table: gene, allele, population, frequency, …")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the tables.")] = Path("rules/populations"),
    rules: opt.RulesFolder = None,
) -> None:
    """Write rules/populations/*.yaml from published allele frequencies and say what was left out.

    Example: `pgx rules import frequencies allele_frequencies.tsv`
    """
    from pgx.rules.importers.frequencies import import_frequencies
    from pgx.rules.ruleset import load_rules

    for line in import_frequencies(table, load_rules(rules).genes, output).lines():
        typer.echo(line)
