"""`pgx rules`: look at the rule tables, compare and check them, write own ones, bring in upstream releases."""

import typer

from pgx.cli.rules.importing import import_app
from pgx.cli.rules.showing import diff_rules, list_rules, show_rules, validate_rules
from pgx.cli.rules.writing import attach_text, new_app

rules_app = typer.Typer(help="The rule tables: list, compare, check, write your own.", no_args_is_help=True)
rules_app.command("show")(show_rules)
rules_app.command("list")(list_rules)
rules_app.command("validate")(validate_rules)
rules_app.command("diff")(diff_rules)
rules_app.command("attach-text")(attach_text)
rules_app.add_typer(new_app, name="new")
rules_app.add_typer(import_app, name="import")
