"""A whole run on any bytes: the outcome is a result or an error of one line. A target for tests and for atheris.

The bytes go through the program's steps, and through the command line, which has to end the same way.

By hand, with coverage-guided mutation, from the files in `sample_vcfs` on:

    pip install atheris
    PYTHONPATH=tests python tests/fuzz/fuzz_run.py -max_len=200000 -timeout=10 -rss_limit_mb=1500 corpus sample_vcfs

`corpus` is an empty folder for what the fuzzer finds; what breaks the program is written beside it as `crash-…`.
"""

from __future__ import annotations

import io
import json
import sys
import tempfile
from functools import cache
from pathlib import Path

from command_line import run_command

from pgx.domain.results import Results
from pgx.domain.ruleset import RuleSet
from pgx.errors import PgxError
from pgx.pipeline import run
from pgx.reports.json_report import dump_json
from pgx.rules.ruleset import load_rules
from pgx.selection import RunOptions

DATA_ERROR = 1
"""Exit code of a program whose input cannot be used."""


@cache
def rules() -> RuleSet:
    return load_rules()


def run_on(path: Path, *, advise: bool = True) -> Results | str:
    """Run the program's steps on a file, reports included; return the results, or the line that says what is wrong."""
    try:
        results = run([path], RunOptions(advise=advise), rules())
    except PgxError as error:
        line = str(error)
        assert line
        assert "\n" not in line.strip("\n")
        return line
    dump_json(results, io.StringIO())
    return results


def command_on(path: Path, outcome: Results | str) -> None:
    """Run the program on a file: it must print the results, or end with the same line alone and the code for it."""
    ending = run_command("run", path, "--json")
    if isinstance(outcome, str):
        assert (ending.code, ending.out, ending.err) == (DATA_ERROR, "", f"pgx: {outcome}\n")
    else:
        assert (ending.code, ending.err) == (0, "")
        assert [one["sample"] for one in json.loads(ending.out)["samples"]] == [one.sample for one in outcome.samples]


def fuzz_one(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "input"
        path.write_bytes(data)
        command_on(path, run_on(path))


if __name__ == "__main__":
    import atheris

    atheris.instrument_all()
    atheris.Setup(sys.argv, fuzz_one)
    atheris.Fuzz()
