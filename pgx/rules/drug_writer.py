"""Drug tables: `Drug` values in, YAML text out, one layout, lines of at most 120 characters where words allow."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterable

from pgx.domain.drug import Action, AdviceRow, Drug, Guideline, Label, ParameterValue, Requirement

WIDTH = 120
_INDENT = 8
"""Depth of the lines of a recommendation, the deepest that are wrapped."""
_PLAIN = re.compile(r"(?:[A-Za-z(]|\d(?=[A-Z]))[^\n:#,\[\]{}\"'&*!|>%@`]*")
_PLAIN_BLOCK = re.compile(r"[A-Za-z(\d](?:[^\n:#]|:(?! |$)|(?<! )#)*")
_NUMBER_LIKE = re.compile(r"[\d.+-][\d_.:eE+-]*")
_RESERVED = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})


def format_drug(drug: Drug) -> str:
    """Return the table of one drug as YAML; `parse_drug` reads back the same value."""
    lines = [f"drug: {_block(drug.name)}"]
    lines += [f"rxnorm: {_quoted(drug.rxnorm)}"] if drug.rxnorm else []
    lines += _list("atc", [_scalar(code) for code in drug.atc]) if drug.atc else []
    lines += [f"drug_class: {_block(drug.drug_class)}"] if drug.drug_class else []
    lines += ["guidelines:"] if drug.guidelines else ["guidelines: []"]
    for guideline in drug.guidelines:
        lines += _item(_guideline(guideline), 2)
    lines += ["labels:"] if drug.labels else []
    lines += [f"  - {_label(label)}" for label in drug.labels]
    return "\n".join(lines) + "\n"


def _item(lines: list[str], indent: int) -> list[str]:
    """Indent the lines of a mapping that is one entry of a list."""
    first, *rest = lines
    return [" " * indent + "- " + first, *(" " * (indent + 2) + line for line in rest)]


def _guideline(guideline: Guideline) -> list[str]:
    lines = [
        f"source: {_scalar(guideline.source)}",
        f"name: {_block(guideline.name)}",
        f"url: {guideline.url}",
        f"updated: {guideline.updated}",
    ]
    lines += [f"pmids: [{', '.join(map(str, guideline.pmids))}]"] if guideline.pmids else []
    lines += [f"levels: {_flow_map(guideline.levels)}"] if guideline.levels else []
    lines.append("recommendations:")
    for row in guideline.rows:
        lines += _item(_row(row), 2)
    return lines


def _row(row: AdviceRow) -> list[str]:
    lines = _when(row.when)
    lines += _prose("population", row.population) if row.population else []
    lines += _actions(row.actions)
    lines += _list("alternatives", [_scalar(name) for name in row.alternatives]) if row.alternatives else []
    lines += [f"strength: {_block(row.strength)}"] if row.strength else []
    lines += [f"flags: {_flow_list(row.flags)}"] if row.flags else []
    return [*lines, *_prose("implication", row.implication), *_prose("advice", row.advice)]


def _when(needs: tuple[Requirement, ...]) -> list[str]:
    pairs = [f"{_scalar(need.gene)}: {_values(need.values)}" for need in needs]
    line = f"when: {{{', '.join(pairs)}}}"
    if _fits(line):
        return [line]
    lines = ["when:"]
    for need in needs:
        items = [_scalar(value) for value in need.values]
        one = [f"{_scalar(need.gene)}: {items[0]}"]
        lines += ["  " + line for line in (one if len(items) == 1 else _list(_scalar(need.gene), items))]
    return lines


def _values(values: tuple[str, ...]) -> str:
    return _scalar(values[0]) if len(values) == 1 else _flow_list(values)


def _fits(line: str, depth: int = _INDENT) -> bool:
    return len(line) <= WIDTH - depth


def _list(name: str, items: list[str]) -> list[str]:
    """A list on one line where it fits, else one item a line."""
    line = f"{name}: [{', '.join(items)}]"
    if _fits(line):
        return [line]
    return [f"{name}:", *(f"  - {item}" for item in items)]


def _prose(name: str, text: str, depth: int = _INDENT) -> list[str]:
    line = f"{name}: {_block(text)}"
    if _fits(line, depth):
        return [line]
    wrapped = textwrap.wrap(text, WIDTH - depth - 2, break_long_words=False, break_on_hyphens=False)
    return [f"{name}: >-", *("  " + line for line in wrapped)]


def _actions(actions: tuple[Action, ...]) -> list[str]:
    """All actions on one line where they fit, else one a line, else one parameter a line."""
    flow = [_flow_map(_pairs(action)) for action in actions]
    line = f"actions: [{', '.join(flow)}]"
    if _fits(line):
        return [line]
    lines = ["actions:"]
    for action, text in zip(actions, flow, strict=True):
        lines += [f"  - {text}"] if _fits(f"  - {text}") else _item(_parameter_lines(action), 2)
    return lines


def _pairs(action: Action) -> tuple[tuple[str, ParameterValue], ...]:
    return (("action", action.kind.value), *action.parameters)


def _parameter_lines(action: Action) -> list[str]:
    lines: list[str] = []
    for name, value in _pairs(action):
        if name in ("condition", "schedule"):
            lines += _prose(name, str(value), _INDENT + 4)
        else:
            lines.append(f"{name}: {_parameter(value)}")
    return lines


def _label(label: Label) -> str:
    pairs: list[tuple[str, ParameterValue]] = [("agency", label.agency), ("level", label.level)]
    pairs += [("genes", label.genes)] if label.genes else []
    text = _flow_map(pairs)
    return f"{text[:-1]}, updated: {label.updated}}}" if label.updated else text


def _flow_map(pairs: Iterable[tuple[str, ParameterValue]]) -> str:
    return f"{{{', '.join(f'{name}: {_parameter(value)}' for name, value in pairs)}}}"


def _flow_list(values: Iterable[str]) -> str:
    return f"[{', '.join(_scalar(value) for value in values)}]"


def _parameter(value: ParameterValue) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    return _scalar(value) if isinstance(value, str) else _flow_list(value)


def _scalar(text: str) -> str:
    """Return the text plain where every YAML reader takes it for this very text, else in double quotes."""
    return text if _is_plain(_PLAIN, text) else _quoted(text)


def _block(text: str) -> str:
    """The same outside brackets, where commas and brackets are letters like others."""
    return text if _is_plain(_PLAIN_BLOCK, text) else _quoted(text)


def _is_plain(pattern: re.Pattern[str], text: str) -> bool:
    fits = pattern.fullmatch(text) is not None and text == text.strip()
    return fits and text.lower() not in _RESERVED and not _NUMBER_LIKE.fullmatch(text)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
