"""How many people have what, counted from the tables of a batch. The only part of a cohort's report that reads them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pgx.cohort.groups import NO_GROUP, OVERALL, TOO_SMALL
from pgx.cohort.tallies import CALLED, Result, Row, Told

if TYPE_CHECKING:
    import polars as pl

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

    def sizes(self) -> dict[str, int]:
        """Count all people and those of each group."""
        import polars as pl

        counts = self._grouped(self.samples().lazy()).group_by("group").agg(pl.len()).collect()
        sizes: dict[str, int] = dict(sorted(counts.iter_rows()))
        return {OVERALL: sum(sizes.values()), **({} if self.groups is None else sizes)}

    def of_gene(self, gene: str, shown: Mapping[str, int], drugs: Sequence[str] = ()) -> Counter[Told]:
        """Count people by group, result and what they are told on these drugs; groups that are not shown are one."""
        import polars as pl

        frame = self._calls(gene)
        if drugs:
            frame = frame.join(self._told(drugs), on="sample", how="left")
        else:
            frame = frame.with_columns(pl.lit(None, pl.String).alias("told"))
        counts = self._grouped(frame).group_by("group", *RESULT, "told").agg(pl.len()).collect()
        found: Counter[Told] = Counter()
        for *values, told, count in counts.iter_rows():
            found[_result(values, shown), _read_told(told)] += count
        return found

    def of_drugs(self, shown: Mapping[str, int]) -> dict[str, dict[str, Counter[str]]]:
        """Count people by drug, kind of advice and group."""
        import polars as pl

        if not self._has_advice():
            return {}
        sums = self._grouped(self._advised()).group_by("group", "drug").agg(pl.col(kind).sum() for kind in KINDS)
        found: dict[str, dict[str, Counter[str]]] = {}
        for group, drug, *counts in sums.collect().iter_rows():
            kinds = found.setdefault(drug, {kind: Counter() for kind in KINDS})
            for kind, count in zip(KINDS, counts, strict=True):
                kinds[kind][_group(group, shown)] += count
        return dict(sorted(found.items()))

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

    def _told(self, drugs: Sequence[str]) -> pl.LazyFrame:
        """Return what each person is told on these drugs, as one text."""
        import polars as pl

        kinds = [pl.when(pl.col(kind)).then(pl.lit(f"{kind}=") + pl.col("drug")).otherwise(None) for kind in KINDS]
        told = pl.concat_list(kinds).list.drop_nulls().alias("told")
        each = self._advised().filter(pl.col("drug").is_in(drugs)).select("sample", told).explode("told").drop_nulls()
        return each.group_by("sample").agg(pl.col("told").sort().str.join("|"))

    def _advised(self) -> pl.LazyFrame:
        """Return each person and drug with links to advice, and which kinds of it."""
        import polars as pl

        asks = pl.col("severity").is_in(["amber", "red"]).any().alias("actionable")
        stays = pl.col("agreement").ne("same").any().alias("open")
        advice = self._scan("advice.parquet").group_by("advice_id").agg(asks, stays)
        links = self._scan("recommendations/*.parquet").join(advice, on="advice_id")
        return links.group_by("sample", "drug").agg(pl.col(kind).any() for kind in KINDS)

    def _calls(self, gene: str) -> pl.LazyFrame:
        return self._scan(f"calls/gene={gene}/*.parquet").select("sample", *RESULT)

    def _grouped(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        import polars as pl

        if self.groups is None:
            return frame.with_columns(pl.lit(OVERALL).alias("group"))
        joined = frame.join(self.groups.lazy(), on="sample", how="left")
        return joined.with_columns(pl.col("group").fill_null(NO_GROUP))

    def _scan(self, pattern: str) -> pl.LazyFrame:
        import polars as pl

        return pl.scan_parquet(self.folder / pattern, hive_partitioning=False, glob=True)


def _group(name: str, shown: Mapping[str, int]) -> str:
    return name if name in shown or name == OVERALL else TOO_SMALL


def _result(values: Sequence[Any], shown: Mapping[str, int]) -> Result:
    group, status, diplotype, alleles, phenotype = values
    if status != CALLED:
        return _group(group, shown), status, "", "", ""
    return _group(group, shown), status, diplotype or "", alleles or "", phenotype or NONE


def _read_told(text: str | None) -> frozenset[Row]:
    pairs = (part.partition("=") for part in (text or "").split("|") if part)
    return frozenset((kind, drug) for kind, _, drug in pairs)
