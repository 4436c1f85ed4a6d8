"""What a cohort adds up to: alleles, diplotypes, phenotypes and advice, overall and by group."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pgx.cohort.suppression import Sum, hide_small
from pgx.errors import InputError, UsageError

if TYPE_CHECKING:
    import polars as pl

OVERALL = "all"
NO_GROUP = "not stated"
OTHER = "rarer ones"
NONE = "none"
CALLED = "called"
Z = 1.959963984540054
"""Two-sided 95 %."""


@dataclass(frozen=True, slots=True)
class Cell:
    """How many of a group have something; `count` is None where it is hidden."""

    kind: str
    subject: str
    name: str
    group: str
    count: int | None
    total: int | None

    @property
    def share(self) -> float | None:
        return None if self.count is None or not self.total else self.count / self.total

    @property
    def interval(self) -> tuple[float, float] | None:
        return None if self.count is None or not self.total else wilson(self.count, self.total)


def wilson(count: int, total: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson 1927, doi 10.1080/01621459.1927.10502953).

    >>> [round(bound, 4) for bound in wilson(10, 100)]
    [0.0552, 0.1744]
    """
    share, square = count / total, Z * Z
    middle = share + square / (2 * total)
    spread = Z * math.sqrt(share * (1 - share) / total + square / (4 * total * total))
    whole = 1 + square / total
    return max(0.0, (middle - spread) / whole), min(1.0, (middle + spread) / whole)


@dataclass(frozen=True, slots=True)
class Cohort:
    """The tables of a batch, and each sample's group where a metadata table says so."""

    folder: Path
    groups: pl.DataFrame | None = None

    def cells(self, limit: int) -> Iterator[Cell]:
        """Yield every cell that may be shown or has to be named as hidden, gene by gene, then drug by drug."""
        sizes = self._sizes()
        shown = _shown_groups(sizes, limit)
        for group, size in shown.items():
            yield Cell("samples", "", "", group, size, size)
        for gene in sorted(path.name.partition("=")[2] for path in (self.folder / "calls").iterdir() if path.is_dir()):
            yield from _gene_cells(gene, self._gene_counts(gene), sizes, shown, limit)
        for drug, counts in self._drug_counts():
            yield from _drug_cells(drug, counts, sizes, shown, limit)

    def _grouped(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        import polars as pl

        if self.groups is None:
            return frame.with_columns(pl.lit(OVERALL).alias("group"))
        joined = frame.join(self.groups.lazy(), on="sample", how="left")
        return joined.with_columns(pl.col("group").fill_null(NO_GROUP))

    def _scan(self, pattern: str) -> pl.LazyFrame:
        import polars as pl

        return pl.scan_parquet(self.folder / pattern, hive_partitioning=False, glob=True)

    def _sizes(self) -> dict[str, int]:
        import polars as pl

        first = sorted((self.folder / "calls").iterdir())[0]
        samples = self._scan(f"calls/{first.name}/*.parquet").select("sample")
        counts = self._grouped(samples).group_by("group").agg(pl.len()).collect()
        sizes = dict(sorted(counts.iter_rows()))
        return {OVERALL: sum(sizes.values()), **({} if self.groups is None else sizes)}

    def _gene_counts(self, gene: str) -> Counter[tuple[str, str, str, str, str]]:
        """Count people by group, status, diplotype, alleles and phenotype."""
        import polars as pl

        columns = ["status", "diplotypes", "alleles", "phenotype"]
        frame = self._scan(f"calls/gene={gene}/*.parquet").select("sample", *columns)
        counts = self._grouped(frame).group_by("group", *columns).agg(pl.len()).collect()
        found: Counter[tuple[str, str, str, str, str]] = Counter()
        for group, status, diplotype, alleles, phenotype, count in counts.iter_rows():
            known = status == CALLED
            key = (
                group,
                status,
                diplotype if known else "",
                alleles if known else "",
                (phenotype or NONE) if known else "",
            )
            found[key] += count
        return found

    def _drug_counts(self) -> Iterator[tuple[str, dict[str, Counter[str]]]]:
        """Yield each drug with the people by group who are asked for something, and whose advice stays open."""
        import polars as pl

        if not (self.folder / "advice.parquet").is_file():
            return
        open_lines = pl.col("agreement").ne("same").any().alias("open")
        asks = pl.col("severity").is_in(["amber", "red"]).any().alias("asks")
        advice = self._scan("advice.parquet").group_by("advice_id").agg(asks, open_lines)
        links = self._scan("recommendations/*.parquet").join(advice, on="advice_id")
        people = links.group_by("sample", "drug").agg(pl.col("asks").any(), pl.col("open").any())
        counts = self._grouped(people).group_by("group", "drug").agg(pl.col("asks").sum(), pl.col("open").sum())
        found: dict[str, dict[str, Counter[str]]] = {}
        for group, drug, asking, staying in counts.collect().iter_rows():
            kinds = found.setdefault(drug, {"actionable": Counter(), "open": Counter()})
            kinds["actionable"][group] += asking
            kinds["open"][group] += staying
        yield from sorted(found.items())


def open_cohort(folder: Path, metadata: Path | None, column: str | None) -> Cohort:
    """Check the folder and read the groups. Raises UsageError and InputError."""
    if not (folder / "calls").is_dir() or not any((folder / "calls").glob("gene=*/*.parquet")):
        raise InputError(f"{folder}: holds no tables of a batch in Parquet; give the folder of `pgx batch -o`")
    if (metadata is None) != (column is None):
        raise UsageError("--metadata and --by go together: a table of samples, and the column to group by")
    return Cohort(folder, _read_groups(metadata, column) if metadata and column else None)


def _read_groups(path: Path, column: str) -> pl.DataFrame:
    import polars as pl

    try:
        separator = "," if path.suffix.lower() == ".csv" else "\t"
        table = pl.read_csv(path, separator=separator, infer_schema=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise InputError(f"{path}: cannot be read as a table; give tab- or comma-separated text") from error
    if column not in table.columns or table.width < 2:
        raise UsageError(f"{path}: no column '{column}'; it has {', '.join(table.columns)}")
    name = "sample" if "sample" in table.columns else table.columns[0]
    groups = table.select(pl.col(name).alias("sample"), pl.col(column).alias("group"))
    if groups["sample"].is_duplicated().any():
        raise InputError(f"{path}: a sample stands twice in column '{name}'; keep one line a sample")
    return groups


def _shown_groups(sizes: Mapping[str, int], limit: int) -> dict[str, int]:
    """Return the groups whose size may be known; where one is too small, another goes with it."""
    groups = [group for group in sizes if group != OVERALL]
    sums: list[Sum] = [{OVERALL: -1, **dict.fromkeys(groups, 1)}] if groups else []
    values: dict[Hashable, int] = dict(sizes.items())
    hidden = hide_small(values, sums, limit, open_cells=[OVERALL] if sizes[OVERALL] >= limit else [])
    return {group: size for group, size in sizes.items() if group not in hidden}


class _Tallies:
    """Counts by row and group, with what ties them: rows add up over groups, and to totals."""

    def __init__(self, sizes: Mapping[str, int], shown: Mapping[str, int]) -> None:
        self._shown = [("size", "", group) for group in shown]
        self._groups = [group for group in sizes if group != OVERALL]
        self.values: dict[Hashable, int] = {("size", "", group): size for group, size in sizes.items()}
        self.sums: list[Sum] = [self._over_groups("size", "")] if self._groups else []

    def add(self, kind: str, name: str, counts: Mapping[str, int]) -> None:
        """Add a row; without groups `counts` has the overall count only."""
        self.values[kind, name, OVERALL] = sum(counts.values())
        for group in self._groups:
            self.values[kind, name, group] = counts.get(group, 0)
        if self._groups:
            self.sums.append(self._over_groups(kind, name))

    def tie(self, total: tuple[str, str], parts: Mapping[tuple[str, str], int]) -> None:
        """Say that in every group a row is the sum of other rows, with factors."""
        for group in (OVERALL, *self._groups):
            self.sums.append({(*total, group): -1, **{(*part, group): factor for part, factor in parts.items()}})

    def _over_groups(self, kind: str, name: str) -> Sum:
        return {(kind, name, OVERALL): -1, **{(kind, name, group): 1 for group in self._groups}}

    def hidden(self, limit: int) -> frozenset[Hashable]:
        sizes = [cell for cell in self.values if isinstance(cell, tuple) and cell[0] == "size"]
        never = [cell for cell in sizes if cell not in self._shown]
        return hide_small(self.values, self.sums, limit, open_cells=self._shown, hidden_cells=never)


def _gene_cells(
    gene: str,
    counts: Counter[tuple[str, str, str, str, str]],
    sizes: Mapping[str, int],
    shown: Mapping[str, int],
    limit: int,
) -> Iterator[Cell]:
    tallies = _Tallies(sizes, shown)
    rows = {place: _by_name(counts, place) for place in (1, 2, 4)}
    for status, found in rows[1].items():
        tallies.add("status", status, found)
    tallies.tie(("size", ""), {("status", status): 1 for status in rows[1]})
    diplotypes = _common(rows[2], limit)
    phenotypes = _common(rows[4], limit)
    for kind, named in (("diplotype", diplotypes), ("phenotype", phenotypes)):
        for name, by_group in named.items():
            tallies.add(kind, name, by_group)
        if CALLED in rows[1]:
            tallies.tie(("status", CALLED), {(kind, name): 1 for name in named})
    copies = _alleles(counts)
    _tie_phenotypes(tallies, counts, diplotypes, phenotypes)
    strands = _tie_alleles(tallies, counts, copies, diplotypes, limit)
    hidden = tallies.hidden(limit)
    yield from _show(tallies, gene, hidden, shown, strands)


def _by_name(counts: Counter[tuple[str, str, str, str, str]], place: int) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {}
    for key, count in sorted(counts.items()):
        if place == 1 or key[1] == CALLED:
            found.setdefault(key[place], Counter())[key[0]] += count
    return found


def _common(found: Mapping[str, Counter[str]], limit: int) -> dict[str, Counter[str]]:
    """Put names that too few people have together; nothing is said of any of them."""
    kept = {name: by_group for name, by_group in found.items() if by_group.total() >= limit}
    rest: Counter[str] = Counter()
    for name, by_group in found.items():
        if name not in kept:
            rest += by_group
    return {**kept, OTHER: rest} if rest else kept


def _alleles(counts: Counter[tuple[str, str, str, str, str]]) -> dict[str, Counter[str]]:
    """Count copies of each allele by group."""
    found: dict[str, Counter[str]] = {}
    for (group, status, _, alleles, _), count in sorted(counts.items()):
        for allele in alleles.split("/") if status == CALLED and alleles else ():
            found.setdefault(allele, Counter())[group] += count
    return found


def _tie_phenotypes(
    tallies: _Tallies,
    counts: Counter[tuple[str, str, str, str, str]],
    diplotypes: Mapping[str, object],
    phenotypes: Mapping[str, object],
) -> None:
    """A phenotype is the sum of its diplotypes, and of rarer ones, which nobody prints."""
    of: dict[str, set[str]] = {}
    rare: dict[str, Counter[str]] = {}
    for (group, status, diplotype, _, phenotype), count in sorted(counts.items()):
        if status == CALLED and phenotype in phenotypes:
            if diplotype in diplotypes:
                of.setdefault(phenotype, set()).add(diplotype)
            else:
                rare.setdefault(phenotype, Counter())[group] += count
    for phenotype, names in sorted(of.items()):
        tallies.add("rare of phenotype", phenotype, rare.get(phenotype, Counter()))
        parts = {("diplotype", name): 1 for name in sorted(names)}
        tallies.tie(("phenotype", phenotype), {**parts, ("rare of phenotype", phenotype): 1})


def _tie_alleles(
    tallies: _Tallies,
    counts: Counter[tuple[str, str, str, str, str]],
    copies: Mapping[str, Counter[str]],
    diplotypes: Mapping[str, object],
    limit: int,
) -> dict[str, int]:
    """An allele's copies are those in its diplotypes and in rarer ones; return all copies by group."""
    parts: dict[str, Counter[str]] = {}
    rare: dict[str, Counter[str]] = {}
    strands: Counter[str] = Counter()
    seen: set[str] = set()
    for (group, status, diplotype, alleles, _), count in sorted(counts.items()):
        names = alleles.split("/") if status == CALLED and alleles else []
        strands[group] += count * len(names)
        strands[OVERALL] += count * len(names) if group != OVERALL else 0
        for allele, factor in Counter(names).items():
            if diplotype not in diplotypes:
                rare.setdefault(allele, Counter())[group] += factor * count
            elif diplotype not in seen:
                parts.setdefault(allele, Counter())[diplotype] += factor
        if diplotype in diplotypes:
            seen.add(diplotype)
    for allele in sorted(copies):
        if copies[allele].total() < limit:
            continue
        tallies.add("allele", allele, copies[allele])
        tallies.add("rare of allele", allele, rare.get(allele, Counter()))
        own = {("diplotype", name): factor for name, factor in parts.get(allele, Counter()).items()}
        tallies.tie(("allele", allele), {**own, ("rare of allele", allele): 1})
    return dict(strands)


def _show(
    tallies: _Tallies, gene: str, hidden: frozenset[Hashable], shown: Mapping[str, int], strands: Mapping[str, int]
) -> Iterator[Cell]:
    """Yield the cells to print. Shares are of the whole group; those of alleles are of the strands that were called."""
    for cell, value in tallies.values.items():
        kind, name, group = cell if isinstance(cell, tuple) else ("", "", "")
        if kind.startswith("rare of") or kind == "size" or group not in shown:
            continue
        total: int | None = shown[group] if kind != "allele" else strands.get(group, 0)
        if kind == "allele" and ("status", CALLED, group) in hidden:
            total = None
        yield Cell(kind, gene, name, group, None if cell in hidden else value, total)


def _drug_cells(
    drug: str, counts: Mapping[str, Counter[str]], sizes: Mapping[str, int], shown: Mapping[str, int], limit: int
) -> Iterator[Cell]:
    for kind, by_group in counts.items():
        tallies = _Tallies(sizes, shown)
        groups = [group for group in sizes if group != OVERALL] or [OVERALL]
        tallies.add("yes", drug, by_group)
        tallies.add("no", drug, Counter({group: sizes[group] - by_group.get(group, 0) for group in groups}))
        tallies.tie(("size", ""), {("yes", drug): 1, ("no", drug): 1})
        hidden = tallies.hidden(limit)
        for group, size in shown.items():
            cell = ("yes", drug, group)
            yield Cell(kind, drug, "", group, None if cell in hidden else tallies.values[cell], size)
