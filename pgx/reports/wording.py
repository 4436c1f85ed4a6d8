"""Words and symbols that every report uses for severities, groups, actions, agreement and gene results.

Colour never stands alone: each severity has a word and a symbol, and an ASCII symbol for plain terminals.
"""

from __future__ import annotations

import unicodedata
from enum import StrEnum
from typing import TYPE_CHECKING

from pgx.domain.call import CallStatus
from pgx.domain.drug import Action, ActionKind, ParameterValue, Severity
from pgx.domain.results import Agreement, Disagreement
from pgx.reports.numbers import percent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pgx.domain.results import Restriction, Results


class Group(StrEnum):
    """Where a drug or a line stands in a report, in the order in which reports list them."""

    ACTION = "action"
    AS_FAR_AS_SEEN = "as_far_as_seen"
    STANDARD = "standard"
    NO_GUIDANCE = "no_guidance"
    NOT_ASSESSED = "not_assessed"

    @property
    def rank(self) -> int:
        return list(Group).index(self)


GROUP_TITLES = {
    Group.ACTION: "Needs something done",
    Group.STANDARD: "Standard dosing",
    Group.AS_FAR_AS_SEEN: "Standard as far as seen",
    Group.NO_GUIDANCE: "No guidance for this result",
    Group.NOT_ASSESSED: "Could not be assessed",
}

GROUP_WORDS = {
    Group.STANDARD: "Standard",
    Group.AS_FAR_AS_SEEN: "As far as seen",
    Group.NO_GUIDANCE: "No guidance",
    Group.NOT_ASSESSED: "Not assessed",
}
SEVERITY_WORDS = {
    Severity.RED: "Avoid or replace",
    Severity.AMBER: "Adjust or watch",
    Severity.GREEN: "Standard",
    Severity.GREY: "No all-clear",
}
SEVERITY_SYMBOLS = {Severity.RED: "✖", Severity.AMBER: "▲", Severity.GREEN: "✔", Severity.GREY: "○"}
GROUP_SYMBOLS = {Group.STANDARD: "✔", Group.AS_FAR_AS_SEEN: "◐", Group.NO_GUIDANCE: "○", Group.NOT_ASSESSED: "?"}
PLAIN_SPELLINGS = str.maketrans(
    {"✖": "X", "▲": "!", "✔": "+", "◐": "~", "○": "-", "≠": "!=", "≥": ">=", "≤": "<=", "·": "-", "×": "x"}
    | {"–": "-", "—": "-", "…": "...", "’": "'"}
)
"""How symbols and signs are written where only ASCII can be shown."""

OWN_MEDICINES = "The patient's own medicines"

DISCLAIMER = (
    "For health professionals. It supports a decision and does not replace it: weigh it with diagnosis, other drugs, "
    "organ function, age and the product information. Do not start, stop or change a drug because of this page alone."
)

ACTION_WORDS = {
    ActionKind.STANDARD: "Standard dose",
    ActionKind.NO_RECOMMENDATION: "No recommendation",
    ActionKind.NO_STATEMENT: "No statement",
    ActionKind.MONITOR: "Monitor",
    ActionKind.CAUTION: "Use with caution",
    ActionKind.TEST_FIRST: "Test first",
    ActionKind.CONSIDER_ALTERNATIVE: "Consider another drug",
    ActionKind.REDUCE_DOSE: "Reduce the dose",
    ActionKind.INCREASE_DOSE: "Increase the dose",
    ActionKind.ALTERNATIVE: "Use another drug",
    ActionKind.AVOID: "Avoid",
    ActionKind.CONTRAINDICATED: "Contraindicated",
}

_STANCES = {kind.value.replace("_", " "): words for kind, words in ACTION_WORDS.items()}

DOSE_NAMES = {"start": "starting", "loading": "loading", "maintenance": "maintenance", "daily": "daily"}

STATUS_WORDS = {
    CallStatus.UNTESTABLE: "cannot be called from this kind of data",
    CallStatus.NO_DATA: "no defining position seen",
    CallStatus.NOT_CALLED: "not called: nothing fits, or positions that decide are missing",
    CallStatus.AMBIGUOUS: "ambiguous",
    CallStatus.CALLED: "called",
}

_SPELT_OUT = frozenset(
    {"percent", "percent_min", "percent_max", "factor", "factor_min", "factor_max", "max", "target", "target_min"}
    | {"target_max", "unit", "of", "schedule", "what", "condition", "optional"}
)


def place_word(group: Group, severity: Severity) -> str:
    """The word that stands beside the colour: the severity's where something needs doing, else the group's."""
    return GROUP_WORDS.get(group, SEVERITY_WORDS[severity])


def place_symbol(group: Group, severity: Severity) -> str:
    """The symbol that stands beside the word."""
    return GROUP_SYMBOLS.get(group, SEVERITY_SYMBOLS[severity])


def abbreviate(names: Sequence[str], most: int = 6) -> str:
    """Join names, only the first ones where there are many.

    >>> abbreviate(("*2", "*3", "*4"), most=2)
    '*2, *3 and 1 more'
    """
    shown = ", ".join(names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown


def sentence(text: str) -> str:
    """End `text` with a full stop where it has no end."""
    return text if text.endswith((".", "!", "?")) else f"{text}."


def no_statement(source: str) -> str:
    """What a line says where its source has no row for the result."""
    return f"{source} makes no statement on this result."


def describe_action(action: Action) -> str:
    """Say in words what an action asks for, with its amount, schedule and condition.

    >>> describe_action(Action(ActionKind.REDUCE_DOSE, (("percent", 50), ("of", "start"))))
    'Reduce the starting dose by 50%'
    """
    given = dict(action.parameters)
    parts = [_with_dose(ACTION_WORDS[action.kind], given), _amount(given)]
    text = " ".join(part for part in parts if part)
    if "what" in given:
        text += f": {_plain(given['what'])}"
    if "schedule" in given:
        text += f", {_plain(given['schedule'])}"
    return text + _in_brackets(given)


def describe_briefly(action: Action) -> str:
    """Say what an action asks for without conditions, schedules and lists.

    >>> describe_briefly(Action(ActionKind.AVOID, (("condition", "in children"),)))
    'Avoid (conditional)'
    """
    given = dict(action.parameters)
    text = " ".join(part for part in (_with_dose(ACTION_WORDS[action.kind], given), _amount(given)) if part)
    return f"{text} (conditional)" if action.is_conditional else text


def _with_dose(words: str, given: Mapping[str, ParameterValue]) -> str:
    """Name the dose that is meant, such as the starting dose."""
    if "of" not in given:
        return words
    kind = _plain(given["of"])
    name = f"{DOSE_NAMES.get(kind, kind)} dose"
    return words.replace("dose", name) if "dose" in words else f"{words}, {name}"


def _amount(given: Mapping[str, ParameterValue]) -> str:
    """Say by how much, to what multiple, to what dose, and at most how much."""
    unit = f" {given['unit']}" if "unit" in given else ""
    found = [
        _span(given, "percent", "by {}%"),
        _span(given, "factor", "to {} times the usual"),
        _span(given, "target", f"to {{}}{unit}"),
        f"to at most {_plain(given['max'])}{unit}" if "max" in given else "",
    ]
    return ", ".join(part for part in found if part)


def _span(given: Mapping[str, ParameterValue], name: str, template: str) -> str:
    """Fill `template` with a value or a range; a range open on one side says so."""
    low, high = given.get(f"{name}_min"), given.get(f"{name}_max")
    if name in given:
        return template.format(_plain(given[name]))
    if low is not None and high is not None:
        return template.format(f"{_plain(low)}–{_plain(high)}")
    if low is not None:
        return template.format(f"at least {_plain(low)}")
    return template.format(f"up to {_plain(high)}") if high is not None else ""


def _in_brackets(given: Mapping[str, ParameterValue]) -> str:
    """Put condition, option and any parameter without words of its own in brackets."""
    remarks = [_plain(given["condition"])] if "condition" in given else []
    if given.get("optional"):
        remarks.append("optional")
    remarks += [f"{name} {_plain(value)}" for name, value in given.items() if name not in _SPELT_OUT]
    return f" ({'; '.join(remarks)})" if remarks else ""


def _plain(value: ParameterValue) -> str:
    if isinstance(value, tuple):
        return ", ".join(value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def describe_agreement(agreement: Agreement, depends_on: tuple[str, ...], missed_share: float | None) -> str:
    """Say how far a line holds; empty where every result that the data allow leads to it."""
    if agreement is Agreement.SAME:
        return ""
    if agreement is Agreement.BEST_ONLY:
        return "Holds for the likeliest result; another one that the data allow leads elsewhere."
    if agreement is Agreement.DIFFERS:
        return "Equally good results lead to different advice."
    return _unseen(depends_on, missed_share)


def _unseen(depends_on: tuple[str, ...], missed_share: float | None) -> str:
    """Tell alleles, named with their gene, from genes that gave no result at all."""
    alleles: dict[str, list[str]] = {}
    genes = [name for name in depends_on if " " not in name]
    for gene, _, allele in (name.partition(" ") for name in depends_on if " " in name):
        alleles.setdefault(gene, []).append(allele)
    named = "; ".join(f"{gene} {abbreviate(names)}" for gene, names in alleles.items())
    reasons = [f"{named or 'some alleles'} could not be excluded"] if alleles or not genes else []
    reasons += [f"{', '.join(genes)} could change it"] if genes else []
    share = (
        f" (up to {percent(missed_share)} of carriers could be missed, depending on ancestry)"
        if missed_share is not None
        else ""
    )
    return f"Holds as far as seen: {' and '.join(reasons)}{share}."


def describe_disagreement(found: Disagreement) -> Disagreement:
    """Put what each source asks for in words; guidance names it by its kind of action.

    >>> describe_disagreement(Disagreement("drug", (("A", "avoid"), ("B", "consider alternative")))).positions
    (('A', 'avoid'), ('B', 'consider another drug'))
    """
    return Disagreement(found.drug, tuple((source, _name_stance(kind)) for source, kind in found.positions))


def _name_stance(kind: str) -> str:
    words = _STANCES.get(kind.replace("_", " "), kind)
    return words[:1].lower() + words[1:]


def describe_absent_medicine(results: Results) -> str:
    """Say why a report holds nothing on one of the patient's own drugs."""
    left_out = "or left out of this restricted run" if results.restriction.active else "nothing is known here"
    return f"Not in the rules{',' if results.restriction.active else ';'} {left_out}."


def describe_restriction(restriction: Restriction) -> str:
    """Say what a run was limited to; empty for a full run.

    >>> from pgx.domain.results import Restriction
    >>> describe_restriction(Restriction(sources=("A", "B")))
    'Restricted run: only sources A, B. Everything else was left out.'
    """
    limits = [("genes", restriction.genes), ("drugs", restriction.drugs), ("sources", restriction.sources)]
    named = [f"{kind} {', '.join(names)}" for kind, names in limits if names]
    if restriction.min_level:
        named.append(f"guidance rated {restriction.min_level} or better")
    if restriction.actionable:
        named.append("advice that asks for something")
    return f"Restricted run: only {'; '.join(named)}. Everything else was left out." if named else ""


def printable(text: str) -> str:
    """Replace control and direction-changing characters, so that text from a file stays text.

    >>> printable("a\\x1b[31mb")
    'a�[31mb'
    """
    if text.isprintable():
        return text
    return "".join(" " if char.isspace() else "�" if _is_control(char) else char for char in text)


def _is_control(char: str) -> bool:
    return unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn"}
