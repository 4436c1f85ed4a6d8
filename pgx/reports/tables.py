"""The three flat tables `calls`, `recommendations` and `evidence`, made of the documents that JSON is made of.

* `calls` has one row a sample and gene, `recommendations` one a sample, drug, source, population and outcome,
  `evidence` one a sample, gene and position that is not plainly called.
* Columns are named as in the contract. A column that exists on two levels is the outer one; the inner one is
  named `diplotypes.phenotype` and so on. Members of `evidence` stand by themselves.
* A list is joined by `|`, its inner lists by `/`. A mapping is a list of `key=value`. An action is written
  `reduce_dose(percent=50; of=start)`. A note is `code: text`. In texts `\\` and `|` are preceded by `\\`.
* A value that is null is empty. `not_assessed` in `calls` names the drugs that no source could be asked about
  for want of this gene, among others. `source_text` is the guideline's own wording, where the site attached it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from pgx.reports.document import STATES, Json, gene_document, recommendation_document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from pgx.domain.results import AdviceLine, GeneResult, Results, SampleResult

Cell = str | int | float | bool | None
Row = tuple[Cell, ...]
Kind = type[str] | type[int] | type[float] | type[bool]

_MOST_REMEMBERED = 50_000


@dataclass(frozen=True, slots=True)
class Column:
    """A column and the type of its cells; any cell may be None."""

    name: str
    kind: Kind = str


@dataclass(frozen=True, slots=True)
class Table:
    """A named table whose rows are made as they are asked for; `rows` starts anew at every call."""

    name: str
    columns: tuple[Column, ...]
    rows: Callable[[], Iterator[Row]]


_LABELS = tuple(state.label for state in STATES)
_EVIDENCE_COUNTS = ("positions", *(state.label for state in STATES))
_RULES = (Column("rules.version"), Column("rules.sha256"))

CALLS = (
    *(Column(name) for name in ("sample", "gene", "status", "source")),
    Column("phased", bool),
    *(Column(name) for name in ("diplotypes", "alleles", "lookup_alleles", "functions", "score")),
    *(Column(f"diplotypes.{name}") for name in ("phenotype", "activity_score", "lookup")),
    Column("phenotype"),
    Column("activity_score", float),
    Column("activity_score_min", bool),
    Column("lookup"),
    *(Column(name, int) for name in _EVIDENCE_COUNTS),
    *(Column(name) for name in ("missing", "not_excluded", "undocumented", "alternatives", "notes", "not_assessed")),
    *_RULES,
)
RECOMMENDATIONS = (
    *(Column(name) for name in ("sample", "drug", "source", "guideline", "url", "updated", "population", "genes")),
    *(Column(name) for name in ("lookup", "action", "actions", "alternatives", "severity", "strength", "levels")),
    *(Column(name) for name in ("implication", "advice", "flags", "pmids", "agreement", "depends_on")),
    Column("missed_share", float),
    Column("notes"),
    Column("source_text"),
    *_RULES,
)
EVIDENCE = tuple(Column(name) for name in ("sample", "gene", "position", "state"))


def flat_tables(results: Results) -> tuple[Table, Table, Table]:
    """Return the three tables of a run."""
    return (
        Table("calls", CALLS, partial(call_rows, results)),
        Table("recommendations", RECOMMENDATIONS, partial(recommendation_rows, results)),
        Table("evidence", EVIDENCE, partial(evidence_rows, results)),
    )


def call_rows(results: Results) -> Iterator[Row]:
    """Yield one row a sample and gene."""
    known = _Remembered(_call_cells)
    rules = (results.rules.version, results.rules.sha256)
    for sample in results.samples:
        waiting = _drugs_without(sample)
        for gene, result in sample.genes.items():
            yield (sample.sample, gene, *known.cells(result), flat_list(waiting.get(gene, ())), *rules)


def recommendation_rows(results: Results) -> Iterator[Row]:
    """Yield one row a sample, drug, source, population and outcome."""
    known = _Remembered(advice_cells)
    rules = (results.rules.version, results.rules.sha256)
    for sample in results.samples:
        for line in sample.advice:
            yield (sample.sample, *known.cells(line), *rules)


def evidence_rows(results: Results) -> Iterator[Row]:
    """Yield one row a sample, gene and position that is not plainly called."""
    for sample in results.samples:
        for gene, result in sample.genes.items():
            for position, state in result.call.evidence.not_called:
                yield (sample.sample, gene, position, state)


class _Remembered:
    """Makes the cells of a gene result or advice line once, however many samples share it."""

    def __init__(self, make: Callable[[Any], Row]) -> None:
        self._make = make
        self._known: dict[int, tuple[object, Row]] = {}

    def cells(self, value: GeneResult | AdviceLine) -> Row:
        known = self._known.get(id(value))
        if known is None:
            if len(self._known) >= _MOST_REMEMBERED:
                self._known.clear()
            known = self._known[id(value)] = (value, self._make(value))
        return known[1]


def _call_cells(result: GeneResult) -> Row:
    evidence = result.call.evidence
    states = [column[0] for column in state_columns([evidence.counts], [evidence.missing])]
    return (*result_cells(result), *states, names_cell(evidence.not_excluded), *remark_cells(result))


def state_columns(
    counts: Sequence[Iterable[tuple[str, int]]], missing: Iterable[Sequence[str]]
) -> list[Sequence[Cell]]:
    """Return the columns of `calls` from `positions` to `missing`, for counts by state and names of positions."""
    known = [dict(one) for one in counts]
    numbers = [[one.get(label, 0) for one in known] for label in _LABELS]
    return [list(map(sum, zip(*numbers, strict=True))), *numbers, list(map(names_cell, missing))]


def names_cell(names: Sequence[str]) -> str:
    """Return the cell of a list of names."""
    return flat_list(names) if names else ""


def remark_cells(result: GeneResult) -> Row:
    """Return the cells of `calls` from `undocumented` to `notes`."""
    document = gene_document(result)
    undocumented = names_cell(document["evidence"]["undocumented"])
    return undocumented, flat_list(one["name"] for one in document["alternatives"]), _flat_notes(document)


def result_cells(result: GeneResult) -> Row:
    """Return the cells of `calls` from `status` to `lookup`, which do not depend on the evidence."""
    document = gene_document(result)
    found = document["diplotypes"]
    return (
        document["status"],
        document["source"],
        document["phased"],
        flat_list(one["name"] for one in found),
        *(flat_list("/".join(one[name]) for one in found) for name in ("alleles", "lookup_alleles", "functions")),
        *(flat_list(_text(one[name]) for one in found) for name in ("score", "phenotype")),
        flat_list(_score_text(one) for one in found),
        flat_list("/".join(one["lookup"]) for one in found),
        document["phenotype"],
        document["activity_score"],
        document.get("activity_score_min", False),
        flat_list(document["lookup"]),
    )


def advice_cells(line: AdviceLine) -> Row:
    """Return the cells of `recommendations` between the sample and the rules."""
    document = recommendation_document(line)
    lookup = {gene: "/".join(keys) for gene, keys in document["lookup"].items()}
    flat = {
        **document,
        "genes": _flat_mapping(document["genes"]),
        "lookup": _flat_mapping(lookup),
        "actions": flat_list(map(_flat_action, document["actions"])),
        "levels": _flat_mapping(document["levels"]),
        "notes": _flat_notes(document),
        "source_text": line.source_text,
        **{name: flat_list(map(str, document[name])) for name in ("alternatives", "flags", "pmids", "depends_on")},
    }
    return tuple(flat[column.name] for column in RECOMMENDATIONS[1 : -len(_RULES)])


def _drugs_without(sample: SampleResult) -> dict[str, list[str]]:
    """Drugs that could not be assessed, by each gene without a result that they need."""
    waiting: dict[str, list[str]] = {}
    for missing in sample.not_assessed:
        for gene in missing.genes:
            waiting.setdefault(gene, []).append(missing.drug)
    return waiting


def flat_list(items: Iterable[str]) -> str:
    """Join texts so that they can be taken apart again; empty where all are.

    >>> flat_list(["*1/*2", "a|b"])
    '*1/*2|a\\\\|b'
    """
    texts = list(items)
    joined, bars = "|".join(texts), max(len(texts) - 1, 0)
    if "\\" not in joined and joined.count("|") == bars:
        return joined if len(joined) > bars else ""
    return "|".join(text.replace("\\", "\\\\").replace("|", "\\|") for text in texts) if any(texts) else ""


def _flat_mapping(mapping: Json) -> str:
    return flat_list(f"{key}={value}" for key, value in mapping.items())


def _flat_notes(document: Json) -> str:
    return flat_list(f"{note['code']}: {note['text']}" for note in document["notes"])


def _flat_action(action: Json) -> str:
    given = [f"{name}={_text(value)}" for name, value in action.items() if name != "action"]
    return f"{action['action']}({'; '.join(given)})" if given else str(action["action"])


def _score_text(diplotype: Json) -> str:
    return ("≥" if diplotype.get("activity_score_min") else "") + _text(diplotype["activity_score"])


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
