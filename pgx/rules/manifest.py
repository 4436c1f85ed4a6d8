"""The rule set's own version and date."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pgx.errors import RuleError


@dataclass(frozen=True, slots=True)
class Manifest:
    """Version (year.month.number) and the day the facts were last brought up to date."""

    version: str
    date: str


def parse_manifest(text: str, place: str) -> Manifest:
    """Read `version:` and `date:`; raises `RuleError` for anything else."""
    import yaml

    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise RuleError(f"{place}: not YAML: {' '.join(str(error).split())}") from error
    if not isinstance(document, dict) or set(document) != {"version", "date"}:
        raise RuleError(f"{place}: needs exactly the keys version and date")
    version, date = str(document["version"]), str(document["date"])
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", date):
        raise RuleError(f"{place}: date '{date}' is not year-month-day")
    return Manifest(version, date)
