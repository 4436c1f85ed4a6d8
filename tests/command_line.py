"""The program run in this process, for tests that look at what it prints and how it ends."""

from __future__ import annotations

import contextlib
import io
import sys
from dataclasses import dataclass
from unittest.mock import patch

from pgx.cli.app import main


@dataclass(frozen=True)
class Ending:
    """How a command ended: exit code, standard output and standard error."""

    code: int
    out: str
    err: str


def run_command(*arguments: object) -> Ending:
    """Run the program; anything but an exit is a bug and comes through as it is."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    with (
        patch.object(sys, "argv", ["pgx", *map(str, arguments)]),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as ending:
            code = int(ending.code or 0)
    return Ending(code, out.getvalue(), err.getvalue())
