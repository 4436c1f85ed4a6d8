"""Why a gene was called as it was, on a terminal or as JSON: the positions as a matrix, and what would settle it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pgx.reports.wording import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pgx.domain.explanation import Explanation, PositionRow, Question

MOST_MISSING = 12
"""Positions and alleles that are named before only their number is given."""


def print_explanation(
    explanation: Explanation, *, every_position: bool = False, console: Console | None = None
) -> None:
    """Print candidates, positions and what is open; without `every_position` only rows that tell something."""
    console = console or Console(highlight=False, emoji=False)
    console.print(_text(f"{explanation.call.gene} of {explanation.sample}: {_headline(explanation)}", "bold"))
    if explanation.candidates:
        console.print(_candidates(explanation))
    shown = [row for row in explanation.rows if every_position or row.tells_apart]
    if shown:
        console.print(_matrix(explanation, shown))
    for line in _lines(explanation, len(explanation.rows) - len(shown)):
        console.print(_text(line))


def dump_explanation(explanation: Explanation) -> str:
    """Return the explanation as JSON text."""
    return json.dumps(explanation_document(explanation), ensure_ascii=False, indent=1)


def explanation_document(explanation: Explanation) -> dict[str, Any]:
    """Return the explanation as plain values; rows name the candidates they exclude by number from 0."""
    call, question = explanation.call, explanation.question
    return {
        "sample": explanation.sample,
        "gene": call.gene,
        "status": call.status.value,
        "phased": call.phased,
        "diplotypes": [diplotype.name for diplotype in call.best_diplotypes],
        "candidates": [
            {"name": c.name, "score": c.score, "chosen": c.chosen, "reason": c.reason} for c in explanation.candidates
        ],
        "positions": [_row_document(row) for row in explanation.rows],
        "missing": list(call.evidence.missing),
        "not_excluded": list(call.evidence.not_excluded),
        "open": explanation.left_open,
        "question": None if question is None else _question_document(question),
        "notes": [{"code": note.code, "text": note.text} for note in call.notes],
    }


def _row_document(row: PositionRow) -> dict[str, Any]:
    return {
        "position": row.name,
        "grch38": row.position,
        "genotype": row.genotype,
        "state": row.state,
        "needs": list(row.needs),
        "excludes": list(row.conflicts),
    }


def _question_document(question: Question) -> dict[str, Any]:
    answers = [{"answer": answer, "leaves": count, "such_as": list(names)} for answer, count, names in question.answers]
    return {"subject": question.subject, "answers": answers}


def _headline(explanation: Explanation) -> str:
    call = explanation.call
    names = " or ".join(diplotype.name for diplotype in call.best_diplotypes[:4])
    more = f" and {len(call.best_diplotypes) - 4} more" if len(call.best_diplotypes) > 4 else ""
    status = call.status.value.replace("_", " ")
    return f"{names}{more} ({status}{', phased' if call.phased else ''})" if names else status


def _candidates(explanation: Explanation) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    for name in ("", "Candidate", "Score", "Why"):
        table.add_column(name, justify="right" if name == "Score" else "left")
    for number, candidate in enumerate(explanation.candidates, 1):
        score = "" if candidate.score is None else str(candidate.score)
        style = "bold" if candidate.chosen else ""
        why = "chosen" if candidate.chosen else candidate.reason
        table.add_row(*(_text(text, style) for text in (str(number), candidate.name, score, why)))
    return table


def _matrix(explanation: Explanation, rows: list[PositionRow]) -> Table:
    """What each candidate needs, in a column headed by its number; what the genotype excludes is marked with `!`."""
    table = Table(box=box.SIMPLE_HEAD)
    numbers = range(max((len(row.needs) for row in rows), default=0))
    for name in ("Position", "Genotype", "State", *(str(number + 1) for number in numbers)):
        table.add_column(name, no_wrap=name in ("Position", "Genotype", "State"), overflow="fold")
    for row in rows:
        needs = [
            _text(f"{need}{' !' if number in row.conflicts else ''}", "red" if number in row.conflicts else "")
            for number, need in enumerate(row.needs)
        ]
        table.add_row(_text(row.name), _text(row.genotype or "-"), _text(row.state.replace("_", " ")), *needs)
    return table


def _lines(explanation: Explanation, hidden: int) -> Iterator[str]:
    call = explanation.call
    if hidden:
        yield f"{hidden} more positions tell nothing: no variant, and nothing there excludes a candidate."
    if call.evidence.missing:
        yield f"Without a result: {_some(call.evidence.missing)}."
    if call.evidence.not_excluded:
        yield f"Not excluded for that: {_some(call.evidence.not_excluded)}."
    if explanation.left_open > 1:
        yield f"{explanation.left_open} diplotypes are consistent with what was read."
    if explanation.question:
        yield f"What would narrow it most: {explanation.question.subject}."
        yield from (f"  {_answer(*answer)}" for answer in explanation.question.answers)
    for note in call.notes:
        yield f"Note: {note.text}"


def _answer(answer: str, count: int, names: tuple[str, ...]) -> str:
    return f"{answer}: {', '.join(names)}" + (f" and {count - len(names)} more" if count > len(names) else "")


def _some(names: tuple[str, ...]) -> str:
    more = len(names) - MOST_MISSING
    return ", ".join(names[:MOST_MISSING]) + (f" and {more} more" if more > 0 else "")


def _text(words: str, style: str = "") -> Text:
    """Text that cannot be taken for markup or terminal codes."""
    return Text(printable(words), style=style)
