"""Work out small counts from a cohort's table, as somebody would who knows the genes and guidelines but no person.

People of a gene are told apart by group, result and the advice they get; how many of each there are is unknown, and
every printed count is a sum of these. What is a combination of printed sums is given away.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

ADVICE = ("actionable", "open")


def given_away(folder: Path, cells: list[dict[str, str]], groups: dict[str, str] | None, limit: int) -> list[tuple]:
    """Return what follows from the printed cells: hidden ones with fewer people than the limit, and sums of them."""
    advice = _advice_of(folder)
    genes = sorted({cell["subject"] for cell in cells if cell["kind"] == "status"})
    return [(gene, *found) for gene in genes for found in _of_gene(folder, gene, cells, groups, limit, advice)]


def _advice_of(folder: Path) -> pl.DataFrame:
    """One row for a person, drug and kind of advice."""
    pieces = (
        pl.read_parquet(folder / "advice.parquet")
        .group_by("advice_id")
        .agg(
            pl.col("severity").is_in(["amber", "red"]).any().alias("actionable"),
            pl.col("agreement").ne("same").any().alias("open"),
            pl.col("genes").first(),
        )
    )
    links = pl.read_parquet(folder / "recommendations/*.parquet").join(pieces, on="advice_id")
    return links.unpivot(on=ADVICE, index=["sample", "drug", "genes"], variable_name="kind").filter("value")


def _of_gene(folder, gene, cells, groups, limit, advice):
    calls = pl.read_parquet(folder / f"calls/gene={gene}/*.parquet")
    drugs = advice.filter(pl.col("genes").str.contains(gene, literal=True))["drug"].unique().to_list()
    told: dict[str, set[tuple[str, str]]] = {}
    for sample, drug, kind in advice.filter(pl.col("drug").is_in(drugs)).select("sample", "drug", "kind").iter_rows():
        told.setdefault(sample, set()).add((kind, drug))
    kinds: dict[tuple, int] = {}
    columns = calls.select("sample", "status", "diplotypes", "alleles", "phenotype")
    for sample, *result in columns.iter_rows():
        group = "all" if groups is None else groups.get(sample, "not stated")
        key = (group, *result, frozenset(told.get(sample, ())))
        kinds[key] = kinds.get(key, 0) + 1
    everybody = {group for group, *_ in kinds}
    kinds = {(group, *kind): kinds.get((group, *kind), 0) for group in everybody for kind in {key[1:] for key in kinds}}
    mine = [cell for cell in cells if cell["subject"] == gene or (cell["kind"] in ADVICE and cell["subject"] in drugs)]
    mine += [cell for cell in cells if cell["kind"] == "samples"]
    named = {(cell["kind"], cell["name"]) for cell in mine}
    sums = {cell_key(cell): np.array([_factor(cell, kind, named) for kind in kinds], float) for cell in mine}
    printed = [sums[cell_key(cell)] for cell in mine if cell["hidden"] == "false"]
    counts = np.array(list(kinds.values()))
    for group in {cell["group"] for cell in mine if cell["kind"] == "allele" and cell["total"]}:
        printed.append(np.array([_strands(group, kind) for kind in kinds], float))
    shown = np.array(printed)
    _, sizes, basis = np.linalg.svd(shown, full_matrices=False)
    basis = basis[sizes > 1e-9]
    small: dict[tuple, list[np.ndarray]] = {}
    for cell in mine:
        wanted = sums[cell_key(cell)]
        total = wanted @ counts
        if cell["hidden"] == "false":
            assert int(cell["count"]) == total, cell
        elif 0 < total < limit:
            for secret in _secrets(cell):
                small.setdefault(secret, []).append(wanted)
    for secret, parts in small.items():
        wanted = np.sum(parts, axis=0)
        if wanted @ counts < limit and abs(wanted - wanted @ basis.T @ basis).max() < 1e-7:
            yield secret


def _secrets(cell: dict[str, str]) -> list[tuple]:
    """Name what a small cell is a part of: itself, what is small of its row, and what is small of its kind there."""
    kind, subject, name, group = key = cell_key(cell)
    row = [(kind, subject, name, "every group")] if group != "all" else []
    column = [(kind, subject, "every name", group)] if kind not in ADVICE else []
    return [key, *row, *column]


def cell_key(cell: dict[str, str]) -> tuple[str, str, str, str]:
    return cell["kind"], cell["subject"], cell["name"], cell["group"]


def _factor(cell, kind, named) -> int:
    """How often a person of this kind is counted in a cell."""
    group, status, diplotype, alleles, phenotype, told = kind
    if cell["group"] not in ("all", group):
        return 0
    called = status == "called"
    match cell["kind"]:
        case "samples":
            return 1
        case "status":
            return int(status == cell["name"])
        case "actionable" | "open":
            return int((cell["kind"], cell["subject"]) in told)
        case "allele":
            names = alleles.split("/") if called and alleles else []
            return sum(_named("allele", name, named) == cell["name"] for name in names)
    value = diplotype if cell["kind"] == "diplotype" else phenotype or "none"
    return int(called and _named(cell["kind"], value, named) == cell["name"])


def _strands(group, kind) -> int:
    return len(kind[3].split("/")) if group in ("all", kind[0]) and kind[1] == "called" and kind[3] else 0


def _named(kind, name, named) -> str:
    return name if (kind, name) in named else "rarer ones"
