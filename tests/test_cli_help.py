"""What `--help` tells: an example, and every argument and option in words."""

from __future__ import annotations

import pytest
from command_line import run_command
from typer.main import get_command

from pgx.cli.app import app

COMMANDS = sorted(get_command(app).commands)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_parameter_is_explained(name):
    command = get_command(app).commands[name]
    unexplained = [one.name for one in command.params if not getattr(one, "help", None)]
    assert not [name for name in unexplained if name != "help"]


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "rules"])
def test_help_has_an_example(name):
    ending = run_command(name, "--help")
    assert (ending.code, ending.err) == (0, "")
    assert f"pgx {name}" in " ".join(ending.out.split()).replace("Usage: ", "").partition("Example")[2]
