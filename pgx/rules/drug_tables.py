"""Drug tables: YAML text in, checked `Drug` values out. The layout is the one `drug_writer` writes.

Nothing is guessed: an unknown key, action or parameter, a size without a unit or a range the wrong way round is
a `RuleError` that names file, line and reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from pgx.domain.drug import BOTH, Action, ActionKind, AdviceRow, Drug, Guideline, Label, ParameterValue, Requirement
from pgx.rules.yaml_nodes import Entry, compose

SOURCES = ("CPIC", "DPWG", "FDA label", "FDA table", "house")
FLAGS = ("dosing", "alternate", "other")
LEVELS = ("cpic", "clinpgx", "fda", "dpwg")
DOSES = ("start", "loading", "maintenance", "daily")

DRUG_KEYS = ("drug", "rxnorm", "atc", "drug_class", "guidelines", "labels")
LABEL_KEYS = ("agency", "level", "genes", "updated")
GUIDELINE_KEYS = ("source", "name", "url", "updated", "pmids", "levels", "recommendations")
ROW_KEYS = ("when", "population", "actions", "alternatives", "strength", "flags", "implication", "advice")
NUMBERS = ("percent", "percent_min", "percent_max", "factor", "factor_min", "factor_max")
AMOUNTS = ("max", "target", "target_min", "target_max")
PARAMETERS = (*NUMBERS, *AMOUNTS, "unit", "of", "schedule", "what", "condition", "optional")
ACTIONS = tuple(kind.value for kind in ActionKind if kind is not ActionKind.NO_STATEMENT)
SIZED = (ActionKind.REDUCE_DOSE, ActionKind.INCREASE_DOSE)
WATCHED = (ActionKind.MONITOR, ActionKind.TEST_FIRST)

_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_RANGE = re.compile(r">=(\d+(?:\.\d+)?)|(\d+(?:\.\d+)?)\.\.(\d+(?:\.\d+)?)")
_OPENS_RANGE = re.compile(r"[<>]|.*\.\.")


def parse_drug(text: str, place: str) -> Drug:
    """Read one drug table. `place` names the file in errors.

    Raises RuleError on anything that is not a complete, consistent table.
    """
    top = compose(text, place).fields(DRUG_KEYS, ("drug", "guidelines"))
    return Drug(
        name=_filled(top["drug"]),
        guidelines=tuple(_guideline(node) for node in top["guidelines"].items()),
        rxnorm=_text(top, "rxnorm"),
        atc=_texts(top, "atc"),
        drug_class=_text(top, "drug_class"),
        labels=tuple(_label(node) for node in top["labels"].items()) if "labels" in top else (),
    )


def _text(fields: dict[str, Entry], name: str) -> str:
    return _filled(fields[name]) if name in fields else ""


def _filled(entry: Entry) -> str:
    text = " ".join(entry.text().split())
    if not text:
        raise entry.error("empty text")
    return text


def _texts(fields: dict[str, Entry], name: str) -> tuple[str, ...]:
    return _all_filled(fields[name]) if name in fields else ()


def _all_filled(entry: Entry) -> tuple[str, ...]:
    return tuple(_filled(item) for item in entry.items())


def _date(fields: dict[str, Entry], name: str) -> str:
    text = fields[name].word() if name in fields else ""
    if name in fields and not _DATE.fullmatch(text):
        raise fields[name].error(f"'{name}' must be a date, YYYY-MM-DD, YYYY-MM or YYYY, not '{text}'")
    return text


def _one_of(node: Entry, known: tuple[str, ...], noun: str) -> str:
    text = node.text()
    if text not in known:
        raise node.error(f"unknown {noun} '{text}'; known are {', '.join(known)}")
    return text


def _label(node: Entry) -> Label:
    fields = node.fields(LABEL_KEYS, ("agency", "level"))
    return Label(_filled(fields["agency"]), _filled(fields["level"]), _texts(fields, "genes"), _date(fields, "updated"))


def _guideline(node: Entry) -> Guideline:
    fields = node.fields(GUIDELINE_KEYS, ("source", "name", "url", "updated", "recommendations"))
    rows = tuple(_row(item) for item in fields["recommendations"].items())
    if not rows:
        raise fields["recommendations"].error("a guideline needs at least one recommendation")
    return Guideline(
        source=_one_of(fields["source"], SOURCES, "source"),
        name=_filled(fields["name"]),
        url=_filled(fields["url"]),
        updated=_date(fields, "updated"),
        rows=rows,
        pmids=tuple(item.integer() for item in fields["pmids"].items()) if "pmids" in fields else (),
        levels=_levels(fields["levels"]) if "levels" in fields else (),
    )


def _levels(node: Entry) -> tuple[tuple[str, str], ...]:
    return tuple((name, _filled(value)) for name, value in node.fields(LEVELS).items())


def _row(node: Entry) -> AdviceRow:
    fields = node.fields(ROW_KEYS, ("when", "actions", "implication", "advice"))
    actions = tuple(_action(item) for item in fields["actions"].items())
    if not actions:
        raise fields["actions"].error("a recommendation needs at least one action")
    flags = fields["flags"].items() if "flags" in fields else ()
    return AdviceRow(
        when=_when(fields["when"]),
        actions=actions,
        advice=_prose(fields["advice"]),
        implication=_prose(fields["implication"]),
        population=_text(fields, "population"),
        strength=_text(fields, "strength"),
        alternatives=_texts(fields, "alternatives"),
        flags=tuple(_one_of(item, FLAGS, "flag") for item in flags),
    )


def _prose(node: Entry) -> str:
    text = _filled(node)
    if "{" in text or "}" in text:
        raise node.error("a placeholder was left in the text")
    return text


def _when(node: Entry) -> tuple[Requirement, ...]:
    needs = tuple(
        Requirement(gene, tuple(_value(item) for item in (value.items() if value.is_list else (value,))))
        for gene, value in node.pairs()
    )
    if not needs:
        raise node.error("'when' names no gene")
    for need in needs:
        if not need.values or len(set(need.values)) < len(need.values):
            raise node.error(f"'{need.gene}' has no value, or one value twice")
    return needs


def _value(node: Entry) -> str:
    text = _filled(node)
    for part in text.split(BOTH):
        span = _RANGE.fullmatch(part)
        if _OPENS_RANGE.match(part) and (span is None or (span[2] and float(span[2]) >= float(span[3]))):
            raise node.error(f'\'{part}\' is not a range; write ">=2.25" or "0.25..1.0"')
    return text


def _action(node: Entry) -> Action:
    fields = node.fields(("action", *PARAMETERS), ("action",))
    kind = ActionKind(_one_of(fields.pop("action"), ACTIONS, "action"))
    parameters = tuple((name, _PARAMETER_READERS[name](value)) for name, value in fields.items())
    reason = _flaw(kind, dict(parameters))
    if reason:
        raise node.error(f"{kind.value}: {reason}")
    return Action(kind, parameters)


def _number(node: Entry) -> ParameterValue:
    number = node.number()
    if number <= 0:
        raise node.error(f"expected a number above 0, found {number:g}")
    return int(number) if number.is_integer() else number


def _dose(node: Entry) -> ParameterValue:
    return _one_of(node, DOSES, "dose")


def _flag(node: Entry) -> ParameterValue:
    if not node.flag():
        raise node.error("leave 'optional' out where it is not true")
    return True


_PARAMETER_READERS: dict[str, Callable[[Entry], ParameterValue]] = {
    **dict.fromkeys((*NUMBERS, *AMOUNTS), _number),
    "unit": _filled,
    "schedule": _filled,
    "condition": _filled,
    "what": _all_filled,
    "of": _dose,
    "optional": _flag,
}


def _flaw(kind: ActionKind, given: dict[str, ParameterValue]) -> str:
    """Return why these parameters do not fit the action, or an empty text."""
    checks = (_misplaced, _unitless, _wrong_way_round, _wrong_size)
    return next((flaw for check in checks if (flaw := check(kind, given))), "")


def _misplaced(kind: ActionKind, given: dict[str, ParameterValue]) -> str:
    sizes = [name for name in NUMBERS if name in given]
    if sizes and kind not in SIZED:
        return f"'{sizes[0]}' belongs to reduce_dose and increase_dose"
    if "what" in given and kind not in WATCHED:
        return "'what' belongs to monitor and test_first"
    if kind in WATCHED and not given.get("what"):
        return "'what' is missing"
    return ""


def _unitless(kind: ActionKind, given: dict[str, ParameterValue]) -> str:
    amounts = [name for name in AMOUNTS if name in given]
    if amounts and "unit" not in given:
        return f"'{amounts[0]}' needs a unit"
    return "'unit' without an amount" if "unit" in given and not amounts else ""


def _wrong_way_round(kind: ActionKind, given: dict[str, ParameterValue]) -> str:
    for name in ("percent", "factor", "target"):
        low, high = given.get(f"{name}_min"), given.get(f"{name}_max")
        if isinstance(low, int | float) and isinstance(high, int | float) and low >= high:
            return f"'{name}_min' is not below '{name}_max'"
    return ""


def _wrong_size(kind: ActionKind, given: dict[str, ParameterValue]) -> str:
    for name in NUMBERS:
        value = given.get(name)
        if not isinstance(value, int | float):
            continue
        if kind is ActionKind.REDUCE_DOSE and value >= (100 if name.startswith("percent") else 1):
            return f"'{name}: {value}' is no reduction"
        if kind is ActionKind.INCREASE_DOSE and name.startswith("factor") and value <= 1:
            return f"'{name}: {value}' is no increase"
    return ""
