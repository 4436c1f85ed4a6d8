"""The program `pgx`: its commands, and the one place where errors become lines and exit codes."""

from __future__ import annotations

import gc
import logging
import sys
from typing import Annotated

import typer

from pgx import __version__
from pgx.cli.batch import batch_command
from pgx.cli.check import check_command
from pgx.cli.cohort import cohort_command
from pgx.cli.explain import explain_command
from pgx.cli.list_tables import list_drugs, list_genes
from pgx.cli.rules import rules_app
from pgx.cli.run import call_command, run_command
from pgx.cli.simulate import simulate_command
from pgx.errors import PgxError, UsageError

INTERRUPTED = 130
"""Exit code after Ctrl-C, which the option parser turns into it."""
RARELY = 100_000
"""New objects after which Python looks for cycles; rules and tables live to the end of a run, and hold none."""

app = typer.Typer(
    name="pgx",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    help="From a VCF to dosing advice: star alleles, phenotypes, and what to do about which drug, with the evidence.",
)
app.command("run")(run_command)
app.command("call")(call_command)
app.command("batch")(batch_command)
app.command("cohort")(cohort_command)
app.command("explain")(explain_command)
app.command("check")(check_command)
app.command("simulate")(simulate_command)
app.command("genes")(list_genes)
app.command("drugs")(list_drugs)
app.add_typer(rules_app, name="rules")


def _print_version(value: bool) -> None:
    if value:
        typer.echo(f"pgx {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Log what happens to standard error.")] = False,
) -> None:
    logging.basicConfig(level=logging.DEBUG if debug else logging.WARNING, format="%(name)s: %(message)s")


def main() -> None:
    """Run the program; known errors are one line on standard error."""
    gc.set_threshold(RARELY)
    try:
        code = app(standalone_mode=False)
        if code == INTERRUPTED:
            print("pgx: interrupted", file=sys.stderr)
        sys.exit(code)
    except PgxError as error:
        print(f"pgx: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        print("pgx: interrupted", file=sys.stderr)
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except Exception as error:
        _exit_for_usage(error)
        raise


def _exit_for_usage(error: Exception) -> None:
    """End with one line where the option parser refused the command; its errors know their own text and exit code."""
    message = getattr(error, "format_message", None)
    if message is not None:
        text = message().strip().rstrip(".")
        if text:
            print(f"pgx: {text}; `pgx COMMAND --help` lists what there is", file=sys.stderr)
        sys.exit(getattr(error, "exit_code", UsageError.exit_code))
