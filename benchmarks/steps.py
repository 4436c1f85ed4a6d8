"""Where the time of one `pgx run` goes: `python -m benchmarks.steps START ARGUMENTS…`, timed from outside.

The steps' own functions are wrapped with a clock and the command is run in this process; START is the time at
which the parent started it. Prints one JSON object of seconds by step.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import sys
import time
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any

from benchmarks.measure import ask

STEPS = {
    "start-up": ("pgx.rules.ruleset:load_rules",),
    "reading": ("pgx.genotypes:read_genotypes",),
    "calling": ("pgx.calling.call:Caller.call", "pgx.phenotypes.interpretation:Interpreter.interpret"),
    "advising": ("pgx.guidance:Adviser.advise",),
    "writing": ("pgx.reports:write_reports", "pgx.reports.terminal:print_results"),
}
"""Functions by step. What lies between them (imports, options) counts as start-up."""


def measure_steps(arguments: Sequence[str | Path]) -> dict[str, float]:
    """Run the command in a fresh process and return the seconds of each step, start of Python included."""
    found: dict[str, float] = json.loads(ask("steps", str(time.time()), *arguments))
    return found


def _clocked(function: Callable[..., Any], step: str, spent: dict[str, float]) -> Callable[..., Any]:
    @wraps(function)
    def run(*args: Any, **kwargs: Any) -> Any:
        begin = time.perf_counter()
        try:
            return function(*args, **kwargs)
        finally:
            spent[step] += time.perf_counter() - begin

    return run


def _wrap(place: str, step: str, spent: dict[str, float]) -> None:
    module, _, path = place.partition(":")
    owner: Any = importlib.import_module(module)
    *parents, name = path.split(".")
    for parent in parents:
        owner = getattr(owner, parent)
    setattr(owner, name, _clocked(getattr(owner, name), step, spent))


def main() -> None:
    """Run pgx with the arguments, its output thrown away, and print the seconds of each step."""
    start, arguments = float(sys.argv[1]), sys.argv[2:]
    spent = dict.fromkeys(STEPS, 0.0)
    for step, places in STEPS.items():
        for place in places:
            _wrap(place, step, spent)
    from pgx.cli.app import main as pgx

    sys.argv = ["pgx", *arguments]
    nowhere = io.StringIO()
    with contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere), contextlib.suppress(SystemExit):
        pgx()
    whole = time.time() - start
    spent["start-up"] += whole - sum(spent.values())
    print(json.dumps(spent))


if __name__ == "__main__":
    main()
