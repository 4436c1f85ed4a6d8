"""The errors of pgx: what went wrong, where, and what to do, in one line.

    PgxError
    ├── UsageError     an option or name that does not exist                exit code 2
    ├── InputError     a file that is missing, broken or contradictory      exit code 1
    └── RuleError      a rule table that cannot be read into types          exit code 1

Only the command line turns these into text and exit codes; bugs keep their traceback.
"""

from __future__ import annotations

from typing import ClassVar


class PgxError(Exception):
    """A condition that the user can understand and mend; the message is one line."""

    exit_code: ClassVar[int] = 1


class UsageError(PgxError):
    """A wrong option, or the name of a sample, gene, drug or source that is not there."""

    exit_code: ClassVar[int] = 2


class InputError(PgxError):
    """An input file that is missing, damaged, or at odds with the options or other files."""


class RuleError(PgxError):
    """A rule table that is refused; the message names file, place and reason."""
