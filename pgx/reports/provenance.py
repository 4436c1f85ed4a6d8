"""When and where a report was written; the only part of a report that is not fixed by its input."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from datetime import UTC, datetime

from pgx.errors import UsageError


@dataclass(frozen=True, slots=True)
class Provenance:
    """Time of writing (UTC, ISO 8601, to the second) and host; no host where the time is fixed from outside."""

    time: str
    host: str | None


def provenance() -> Provenance:
    """Return time and host of this run; `SOURCE_DATE_EPOCH` fixes the time and leaves the host out.

    Raises UsageError where `SOURCE_DATE_EPOCH` is not a number of seconds.
    """
    fixed = os.environ.get("SOURCE_DATE_EPOCH", "").strip()
    if not fixed:
        return Provenance(_iso(datetime.now(UTC)), platform.node())
    try:
        return Provenance(_iso(datetime.fromtimestamp(int(fixed), UTC)), None)
    except (ValueError, OverflowError, OSError) as error:
        raise UsageError(f"SOURCE_DATE_EPOCH: {fixed!r} is not a number of seconds since 1970; unset it") from error


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
