"""The end of a batch: tables that all parts share, and the manifest, once every unit is done."""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pgx.cohort.parquet_file import Coder, ColumnSpec
from pgx.cohort.pieces import ADVICE_COLUMNS, FILLED
from pgx.cohort.plan import PART_SIZE, Plan, Unit
from pgx.cohort.store import Json, Store, read_packed, write_json
from pgx.cohort.tables import Block, write_small_table
from pgx.pipeline import tool_version
from pgx.reports.provenance import provenance

if TYPE_CHECKING:
    from pgx.cohort.worker import Settings

SCHEMA = "pgx-batch/1"
ADVICE = (ColumnSpec("advice_id", int), *(ColumnSpec(column.name, column.kind) for column in ADVICE_COLUMNS))
SETS = (ColumnSpec("set_id", int), *(ColumnSpec(name, str) for name in ("drug", "genes", "reason")))


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchOptions:
    """How a batch is carried out; only `part_size`, `kind`, `evidence` and `all_advice` bear on what is written."""

    jobs: int = 1
    resume: bool = False
    shard: tuple[int, int] = (1, 1)
    part_size: int = PART_SIZE
    kind: str = "parquet"
    evidence: bool = True
    all_advice: bool = False
    scheduler: str | None = None
    """Address of a Dask scheduler; None for processes of this machine."""
    reports: tuple[str, ...] = ()
    """Formats to write for every sample as well."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a batch. `manifest` is None while other shards are at work on `missing` units."""

    samples: int
    problems: tuple[str, ...]
    manifest: Path | None
    missing: int = 0


def finish_batch(
    plan: Plan, settings: Settings, batch: BatchOptions, hashes: Mapping[str, str], problems: Sequence[str]
) -> Outcome:
    """Write the shared tables and the manifest, if every unit of the plan is done; the last of several shards does.

    What lost workers left half written is removed.
    """
    store = Store(settings.folder)
    marks = {unit: store.finished(unit) for unit in (*plan.calls, *plan.advice)}
    done = {unit: mark for unit, mark in marks.items() if mark is not None}
    found = (*problems, *dict.fromkeys(problem for mark in done.values() for problem in mark["problems"]))
    if len(done) < len(marks):
        return Outcome(plan.samples, found, None, len(marks) - len(done))
    store.sweep()
    shared = _write_shared(store, plan.advice, settings.kind) if plan.advice else []
    outputs = sorted((*(entry for mark in done.values() for entry in mark["outputs"]), *shared), key=_name)
    manifest = settings.folder / "manifest.json"
    write_json(manifest, _manifest(plan, settings, batch, hashes, found, done.values(), outputs), indent=1)
    return Outcome(plan.samples, found, manifest)


def _name(entry: Json) -> str:
    return str(entry["name"])


def _write_shared(store: Store, units: Iterable[Unit], kind: str) -> list[Json]:
    """Write each piece of advice, and each set of drugs that could not be assessed, once."""
    cells: dict[str, list[Any]] = {}
    pieces: dict[int, list[list[Any]]] = {}
    sets: dict[int, list[list[Any]]] = {}
    for unit in units:
        packed = read_packed(store.work(unit.part, f"{unit.name}.pieces"))
        cells |= packed["cells"]
        pieces |= packed["advice"]
        sets |= packed["not_assessed"]
    advice, lacking = store.folder / f"advice.{kind}", store.folder / f"not_assessed_sets.{kind}"
    blocks = _advice_blocks(cells, pieces)
    write_small_table(advice, ADVICE, blocks, kind)
    others = [(number, *row) for number in sorted(sets) for row in sets[number]]
    write_small_table(lacking, SETS, [Block.of_rows(others)], kind)
    return [store.entry(advice, len(blocks[0].coder.index)), store.entry(lacking, len(others))]


def _advice_blocks(cells: Mapping[str, Sequence[Any]], pieces: Mapping[int, Sequence[Sequence[Any]]]) -> list[Block]:
    """Return the rows of advice by drug, source and number; most of their cells many have in common."""
    import numpy as np

    drafts = {digest: number for number, digest in enumerate(cells)}
    sources = {digest: tuple(mine[:2]) for digest, mine in cells.items()}
    ordered = sorted((sources[rows[0][0]], number) for number, rows in pieces.items())
    rows = [(number, *row) for _, number in ordered for row in pieces[number]]
    common = Coder(np.array([drafts[row[1]] for row in rows], dtype=np.int32))
    numbers = Block.of_rows([(row[0],) for row in rows])
    return [
        numbers,
        Block.of_rows([mine[:FILLED] for mine in cells.values()], common),
        Block.of_rows([row[2:] for row in rows], numbers.coder),
        Block.of_rows([mine[FILLED:] for mine in cells.values()], common),
    ]


def _manifest(
    plan: Plan,
    settings: Settings,
    batch: BatchOptions,
    hashes: Mapping[str, str],
    problems: Sequence[str],
    marks: Iterable[Json],
    outputs: Sequence[Json],
) -> Json:
    written, rules, options = provenance(), settings.rules, settings.options
    marked = list(marks)
    genes = [entry for mark in marked for entry in mark.get("genes", ())]
    inputs = [{"name": path, "bytes": Path(path).stat().st_size, "sha256": digest} for path, digest in hashes.items()]
    return {
        "schema": SCHEMA,
        "tool": {"name": "pgx", "version": tool_version()},
        "rules": {"version": rules.version, "sha256": rules.sha256, "date": rules.date},
        "inputs": inputs,
        "options": {
            **options.printed,
            "part_size": batch.part_size,
            "all_advice": batch.all_advice,
            "genes": list(options.genes),
            "drugs": list(options.drugs),
            "sources": list(options.sources),
            "populations": list(options.populations),
        },
        "samples": plan.samples,
        "parts": [{"name": part.name, "samples": part.samples, "files": len(part.paths)} for part in plan.parts],
        "genes": {gene: _gene_counts(genes, gene) for gene in dict.fromkeys(entry["gene"] for entry in genes)},
        "records": _record_counts(mark["records"] for mark in marked if "records" in mark),
        "rows": _row_counts(outputs),
        "problems": list(problems),
        "outputs": list(outputs),
        "provenance": {"time": written.time, "host": written.host, "versions": _versions()},
    }


def _gene_counts(genes: Iterable[Json], symbol: str) -> Json:
    mine = [entry for entry in genes if entry["gene"] == symbol]
    statuses: Counter[str] = Counter()
    for entry in mine:
        statuses.update(entry["statuses"])
    return {"patterns": sum(entry["patterns"] for entry in mine), "samples": dict(sorted(statuses.items()))}


def _record_counts(counts: Iterable[Json]) -> Json:
    """Add up what the units counted; a record that several genes or parts read counts for each."""
    plain: Counter[str] = Counter()
    by_name: dict[str, Counter[str]] = {"discarded": Counter(), "genotypes": Counter(), "unexplained": Counter()}
    for entry in counts:
        plain.update({name: entry[name] for name in ("used", "marked")})
        for name, total in by_name.items():
            total.update(entry[name])
    return {**plain, **{name: dict(sorted(total.items())) for name, total in by_name.items()}}


def _versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that read and compute."""
    return {"python": platform.python_version(), **{name: version(name) for name in ("numpy", "cyvcf2", "msgspec")}}


def _row_counts(outputs: Iterable[Json]) -> dict[str, int]:
    rows: Counter[str] = Counter()
    for entry in outputs:
        rows[_name(entry).split("/")[0].split(".")[0]] += entry["rows"]
    return dict(sorted(rows.items()))
