"""The flat tables as Parquet, typed. The only report that needs polars."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from pgx.reports.files import replacing
from pgx.reports.tables import flat_tables

if TYPE_CHECKING:
    from pathlib import Path

    from pgx.domain.results import Results
    from pgx.reports.tables import Row, Table

_TYPES = {str: pl.String, int: pl.Int64, float: pl.Float64, bool: pl.Boolean}


def write_parquet(results: Results, directory: Path) -> tuple[Path, ...]:
    """Write `calls.parquet`, `recommendations.parquet` and `evidence.parquet`."""
    return tuple(_write_table(table, directory / f"{table.name}.parquet") for table in flat_tables(results))


def _write_table(table: Table, path: Path) -> Path:
    frame = table_frame(table)
    with replacing(path) as temporary:
        frame.write_parquet(temporary, compression="zstd", statistics=True)
    return path


def table_frame(table: Table) -> pl.DataFrame:
    """Return a table as a data frame; rows that samples share are held once until they are joined to the names."""
    first, *others = table.columns
    names: list[str] = []
    distinct: dict[Row, int] = {}
    numbers: list[int] = []
    for name, *rest in table.rows():
        names.append(str(name))
        numbers.append(distinct.setdefault(tuple(rest), len(distinct)))
    schema = {column.name: _TYPES[column.kind] for column in others}
    frame = pl.DataFrame(list(distinct), schema=schema, orient="row")
    return frame[numbers].insert_column(0, pl.Series(first.name, names, dtype=pl.String))
