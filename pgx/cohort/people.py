"""How many people have what, counted from the tables of a batch. The only part of a cohort's report that reads them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from itertools import compress
from pathlib import Path
from typing import TYPE_CHECKING

from pgx.cohort.groups import NO_GROUP, OVERALL
from pgx.cohort.tallies import CALLED, Person, Row

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

NONE = "none"
RESULT = ("status", "diplotypes", "alleles", "phenotype")
KINDS = ("actionable", "open")
"""Advice that asks for something, and advice that another diplotype the data allow would change."""


@dataclass(frozen=True, slots=True)
class People:
    """The tables of a batch, and each sample's group where a table of people says so."""

    folder: Path
    groups: pl.DataFrame | None = None

    def genes(self) -> list[str]:
        return sorted(path.name.partition("=")[2] for path in (self.folder / "calls").iterdir() if path.is_dir())

    def samples(self) -> pl.DataFrame:
        """Return all samples of the batch, once each."""
        return self._scan(f"calls/gene={self.genes()[0]}/*.parquet").select("sample").collect()

    def everybody(self) -> pl.DataFrame:
        """Return each sample, its group, and for every kind of advice on a drug whether the sample is told so."""
        samples = self.samples()
        return self._grouped(samples).with_columns(self._told(samples))

    def of_gene(self, gene: str, everybody: pl.DataFrame, drugs: Collection[str]) -> dict[Person, Counter[str]]:
        """Count people by result, what they are told on these drugs, and group."""
        rows = [row for row in told_rows(everybody) if row[1] in drugs]
        columns = ["=".join(row) for row in rows]
        calls = self._scan(f"calls/gene={gene}/*.parquet").select("sample", *RESULT).collect()
        people = calls.join(everybody.select("sample", "group", *columns), on="sample", how="left")
        counts = people.group_by(*RESULT, "group", *columns).len("people").select(*RESULT, "group", "people", *columns)
        found: dict[Person, Counter[str]] = {}
        for status, diplotype, alleles, phenotype, group, count, *told in counts.iter_rows():
            result = (diplotype or "", alleles or "", phenotype or NONE) if status == CALLED else ("", "", "")
            found.setdefault((status, *result, frozenset(compress(rows, told))), Counter())[group] += count
        return found

    def drugs_of_genes(self) -> dict[str, list[str]]:
        """Return the drugs whose advice looks at each gene."""
        import polars as pl

        if not self._has_advice():
            return {}
        table = self._scan("advice.parquet").select("drug", pl.col("genes").str.split("|")).explode("genes")
        pairs = table.select("drug", pl.col("genes").str.split("=").list.first()).unique().drop_nulls().collect()
        found: dict[str, list[str]] = {}
        for drug, gene in sorted(pairs.iter_rows()):
            found.setdefault(gene, []).append(drug)
        return found

    def _has_advice(self) -> bool:
        return (self.folder / "advice.parquet").is_file()

    def _told(self, samples: pl.DataFrame) -> list[pl.Series]:
        import numpy as np
        import polars as pl

        if not self._has_advice():
            return []
        asks = pl.col("severity").is_in(["amber", "red"]).any().alias(KINDS[0])
        stays = pl.col("agreement").ne("same").any().alias(KINDS[1])
        advice = self._scan("advice.parquet").group_by("advice_id").agg(asks, stays)
        places = samples.with_row_index("place").lazy()
        told: dict[str, NDArray[np.bool_]] = {}
        for path in sorted((self.folder / "recommendations").glob("*.parquet")):
            links = pl.scan_parquet(path).join(advice, on="advice_id").join(places, on="sample")
            for part in links.select("place", "drug", *KINDS).collect().partition_by("drug"):
                for kind in KINDS:
                    column = told.setdefault(f"{kind}={part['drug'][0]}", np.zeros(samples.height, dtype=bool))
                    column[part.filter(kind)["place"].to_numpy()] = True
        return [pl.Series(name, told[name]) for name in sorted(told, key=lambda name: name.split("=", 1)[::-1])]

    def _grouped(self, samples: pl.DataFrame) -> pl.DataFrame:
        import polars as pl

        if self.groups is None:
            return samples.with_columns(pl.lit(OVERALL).alias("group"))
        joined = samples.join(self.groups, on="sample", how="left", maintain_order="left")
        return joined.with_columns(pl.col("group").fill_null(NO_GROUP))

    def _scan(self, pattern: str) -> pl.LazyFrame:
        import polars as pl

        return pl.scan_parquet(self.folder / pattern, hive_partitioning=False, glob=True)


def group_sizes(everybody: pl.DataFrame) -> dict[str, int]:
    """Count all people and those of each group."""
    sizes: dict[str, int] = dict(sorted(everybody.group_by("group").len().iter_rows()))
    return {**sizes, OVERALL: everybody.height}


def told_sizes(everybody: pl.DataFrame, row: Row) -> Counter[str]:
    """Count the people of each group who are told so."""
    return Counter(dict(everybody.filter("=".join(row)).group_by("group").len().iter_rows()))


def told_rows(everybody: pl.DataFrame) -> list[Row]:
    """Return the kinds of advice on drugs that somebody is told."""
    pairs = (column.partition("=") for column in everybody.columns if "=" in column)
    return [(kind, drug) for kind, _, drug in pairs]
