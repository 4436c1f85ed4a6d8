"""The rule set's own version and date."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pgx.errors import RuleError

SHIPPED = "shipped"


@dataclass(frozen=True, slots=True)
class Manifest:
    """Version (year.month.number), the day the facts were last brought up to date, and what the tables stand over."""

    version: str
    date: str
    over: str = ""


def parse_manifest(text: str, place: str) -> Manifest:
    """Read `version:`, `date:` and, for a site's own tables, `over: shipped`; raises `RuleError` for anything else."""
    import yaml

    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise RuleError(f"{place}: not YAML: {' '.join(str(error).split())}") from error
    if not isinstance(document, dict) or set(document) - {"over"} != {"version", "date"}:
        raise RuleError(f"{place}: needs the keys version and date, may have over, and no other")
    if document.get("over", SHIPPED) != SHIPPED:
        raise RuleError(f"{place}: over '{document['over']}' is unknown; own tables can stand over '{SHIPPED}' only")
    version, date = str(document["version"]), str(document["date"])
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", date):
        raise RuleError(f"{place}: date '{date}' is not year-month-day")
    return Manifest(version, date, str(document.get("over", "")))
