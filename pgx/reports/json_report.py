"""The contract `pgx-results/1` as text: one document a run, or one document a sample and line.

Genes and recommendations that samples share are encoded once.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pgx.reports.document import (
    Json,
    gene_document,
    head_document,
    recommendation_document,
    rest_document,
    results_document,
)
from pgx.reports.files import write_text

if TYPE_CHECKING:
    from typing import TextIO

    from pgx.domain.results import Results, SampleResult

__all__ = ["dump_json", "json_chunks", "jsonl_chunks", "results_document", "write_json", "write_jsonl"]

Shared = TypeVar("Shared")

_MOST_REMEMBERED = 50_000


def write_json(results: Results, path: Path) -> Path:
    """Write the document, sample by sample; a gene or recommendation a line."""
    return write_text(path, json_chunks(results))


def write_jsonl(results: Results, path: Path) -> Path:
    """Write one document a line, each with one sample."""
    return write_text(path, jsonl_chunks(results))


def dump_json(results: Results, stream: TextIO) -> None:
    """Write the document to an open stream, such as standard output."""
    stream.writelines(json_chunks(results))


def json_chunks(results: Results) -> Iterator[str]:
    """Yield the document's text piece by piece."""
    head = [f"{_encode(key)}: {_encode(value)}" for key, value in head_document(results).items()]
    yield "{" + ",\n ".join([*head, '"samples": [']) + "\n"
    encoder = _SampleEncoder("\n      ")
    for number, sample in enumerate(results.samples):
        yield (",\n" if number else "") + "  " + encoder.text(sample)
    yield "\n]}\n"


def jsonl_chunks(results: Results) -> Iterator[str]:
    """Yield one line a sample: the same keys, with that sample alone."""
    head = _encode(head_document(results))[:-1]
    encoder = _SampleEncoder("")
    for sample in results.samples:
        yield f'{head}, "samples": [{encoder.text(sample)}]}}\n'


class _SampleEncoder:
    """Encodes samples, and genes and recommendations only once however many samples share them."""

    def __init__(self, line_break: str) -> None:
        self._line_break = line_break
        self._known: dict[int, tuple[object, str]] = {}

    def text(self, sample: SampleResult) -> str:
        genes = [f"{_encode(name)}: {self._once(result, gene_document)}" for name, result in sample.genes.items()]
        advice = [self._once(line, recommendation_document) for line in sample.advice]
        parts = [
            f'"sample": {_encode(sample.sample)}',
            f'"genes": {{{self._lines(genes)}}}',
            f'"recommendations": [{self._lines(advice)}]',
            *(f"{_encode(key)}: {_encode(value)}" for key, value in rest_document(sample).items()),
        ]
        return "{" + f",{self._line_break or ' '}".join(parts) + "}"

    def _lines(self, parts: list[str]) -> str:
        if not self._line_break:
            return ", ".join(parts)
        return "".join(f"{',' if number else ''}{self._line_break}  {part}" for number, part in enumerate(parts))

    def _once(self, value: Shared, document: Callable[[Shared], Json]) -> str:
        known = self._known.get(id(value))
        if known is None:
            if len(self._known) >= _MOST_REMEMBERED:
                self._known.clear()
            known = self._known[id(value)] = (value, _encode(document(value)))
        return known[1]


def _encode(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
