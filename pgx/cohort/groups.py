"""Groups of people from a table of samples, and which of them are large enough to be shown."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pgx.errors import InputError, UsageError

if TYPE_CHECKING:
    import polars as pl

OVERALL = "all"
NO_GROUP = "not stated"
TOO_SMALL = "groups that are not shown"
MOST_GROUPS = 30
"""Groups that are shown at most."""


def read_groups(path: Path, column: str) -> pl.DataFrame:
    """Read a table with a line for each sample into columns `sample` and `group`. Raises InputError and UsageError."""
    import polars as pl

    if not path.is_file():
        raise InputError(f"{path}: no such file; give a table with a line for each sample")
    try:
        separator = "," if path.suffix.lower() == ".csv" else "\t"
        table = pl.read_csv(path, separator=separator, infer_schema=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise InputError(f"{path}: cannot be read as a table; give tab- or comma-separated text") from error
    if column not in table.columns or table.width < 2:
        raise UsageError(f"{path}: no column '{column}'; it has {', '.join(table.columns)}")
    name = "sample" if "sample" in table.columns else table.columns[0]
    twice = table[name].is_duplicated().arg_true()
    if len(twice):
        lines = ", ".join(str(number + 2) for number in twice[:4])
        raise InputError(f"{path}: a sample stands twice in column '{name}' (lines {lines}); keep one line a sample")
    if OVERALL in table[column]:
        raise InputError(f"{path}: a group in column '{column}' is named '{OVERALL}', which is everybody; rename it")
    return table.select(pl.col(name).alias("sample"), pl.col(column).alias("group"))


def compare_samples(path: Path, groups: pl.DataFrame, samples: pl.DataFrame) -> str:
    """Say how many samples only the table or only the batch has; empty where none. InputError if they share none."""
    both = groups.join(samples, on="sample", how="semi").height
    if not both:
        raise InputError(f"{path}: has none of the {samples.height:,} samples of the batch; compare the sample names")
    unknown, without = groups.height - both, samples.height - both
    parts = [f"not in the batch: {unknown:,} of its samples"] if unknown else []
    parts += [f"not in it, and counted as '{NO_GROUP}': {without:,} of the batch"] if without else []
    return f"{path}: {'; '.join(parts)}" if parts else ""


def shown_groups(sizes: Mapping[str, int], limit: int) -> dict[str, int]:
    """Return the groups whose size may be known: large enough, and so are all others together.

    Raises UsageError where there are too many.
    """
    groups = [group for group in sizes if group != OVERALL]
    shown = [group for group in groups if sizes[group] >= limit]
    while shown and 0 < sizes[OVERALL] - sum(sizes[group] for group in shown) < limit:
        shown.remove(min(shown, key=lambda group: (sizes[group], group)))
    if len(shown) > MOST_GROUPS:
        raise UsageError(f"--by: {len(shown)} groups of {limit} people or more; put them together to {MOST_GROUPS}")
    overall = [OVERALL] if sizes[OVERALL] >= limit else []
    return {group: sizes[group] for group in (*overall, *shown)}


def merge_unshown(everybody: pl.DataFrame, shown: Mapping[str, int]) -> pl.DataFrame:
    """Put the people of all groups that are not shown into one."""
    import polars as pl

    kept = pl.col("group").is_in([OVERALL, *shown])
    return everybody.with_columns(pl.when(kept).then("group").otherwise(pl.lit(TOO_SMALL)).alias("group"))
