"""A whole run on any bytes: the outcome is a result or an error of one line. A target for tests and for atheris.

By hand, with coverage-guided mutation, from the files in `sample_vcfs` on:

    pip install atheris
    python tests/fuzz/fuzz_run.py -max_len=200000 -timeout=10 -rss_limit_mb=1500 corpus sample_vcfs

`corpus` is an empty folder for what the fuzzer finds; what breaks the program is written beside it as `crash-…`.
"""

from __future__ import annotations

import io
import sys
import tempfile
from functools import cache
from pathlib import Path

from pgx.domain.results import Results
from pgx.domain.ruleset import RuleSet
from pgx.errors import PgxError
from pgx.pipeline import run
from pgx.reports.json_report import dump_json
from pgx.rules.ruleset import load_rules
from pgx.selection import RunOptions


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


def fuzz_one(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "input"
        path.write_bytes(data)
        run_on(path)


if __name__ == "__main__":
    import atheris

    atheris.instrument_all()
    atheris.Setup(sys.argv, fuzz_one)
    atheris.Fuzz()
