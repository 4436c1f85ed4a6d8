"""`pgx rules new` and `attach-text`: a site's own tables, and guidelines' own wording beside them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pgx.errors import UsageError

OwnFolder = Annotated[
    Path, typer.Option("--rules", metavar="FOLDER", help="Your own folder of rules; made where it is not there.")
]

new_app = typer.Typer(help="Start a table of your own.", no_args_is_help=True)


@new_app.command("gene")
def new_gene_table(
    name: Annotated[str, typer.Argument(metavar="SYMBOL", help="HGNC symbol of the gene.")], rules: OwnFolder
) -> None:
    """Write the skeleton of a gene table, with comments that say what belongs where.

    Example: `pgx rules new gene MYGENE --rules our-rules`
    """
    from pgx.rules.new_tables import new_gene

    typer.echo(f"wrote {new_gene(rules, name, _today())}; fill it in, then: pgx rules validate {rules}")


@new_app.command("drug")
def new_drug_table(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the drug.")],
    rules: OwnFolder,
    gene: Annotated[str, typer.Option("--gene", help="Gene that the first row asks about.")] = "",
) -> None:
    """Write the skeleton of a drug table; of a drug that is there already, its table with a row of the house.

    Example: `pgx rules new drug mydrug --gene MYGENE --rules our-rules`
    """
    from pgx.rules.new_tables import new_drug
    from pgx.rules.ruleset import load_rules

    tables = load_rules()
    known = tables.find_drug(name)
    symbol = gene or (known.genes[0] if known else "")
    if not symbol:
        raise UsageError(f"no drug '{name}' in the shipped rules; give --gene, so that the first row has one")
    path = new_drug(rules, known.name if known else name, symbol, _today())
    typer.echo(f"wrote {path}; fill it in, then: pgx rules validate {rules}")


def attach_text(
    download: Annotated[Path, typer.Argument(metavar="DIR", help="Your download of CPIC or ClinPGx JSON files.")],
    rules: OwnFolder,
) -> None:
    """Put guidelines' own wording beside your rules; reports show it under their own name.

    The texts go into `FOLDER/texts.json`, which keeps those of other guidelines from earlier downloads. They stand
    under their publishers' licences, so keep the file to yourself.

    Example: `pgx rules attach-text cpic-download --rules our-rules`
    """
    from pgx.rules.attaching import attach
    from pgx.rules.ruleset import load_rules

    report = attach(download, rules, load_rules(), _today())
    for line in report.lines():
        typer.echo(line)


def _today() -> str:
    from pgx.reports.provenance import provenance

    return provenance().time[:10]
