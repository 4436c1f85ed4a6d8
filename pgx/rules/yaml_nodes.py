"""YAML with places: every value knows its file and line, so that a refusal can say where.

Values are read by the type that is wanted of them; a value of another type, an unknown key or a key that
stands twice is a `RuleError` of one line.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import yaml

from pgx.errors import RuleError

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAG = "tag:yaml.org,2002:"


@dataclass(frozen=True, slots=True)
class Entry:
    """One YAML value and the file it stands in."""

    node: yaml.Node
    place: str

    def error(self, reason: str) -> RuleError:
        """Return (not raise) the refusal of this value."""
        return RuleError(f"{self.place}:{self.node.start_mark.line + 1}: {reason}")

    def text(self) -> str:
        """Return a text; dates count as text, numbers and flags must be quoted."""
        return self._scalar("a text (numbers need quotes)", "str", "timestamp")

    def word(self) -> str:
        """Return a scalar of any type as it is written, such as a version number."""
        return self._scalar("a single value", "str", "timestamp", "int", "float")

    def integer(self) -> int:
        return int(self._scalar("a whole number", "int").replace("_", ""), 10)

    def number(self) -> float:
        return float(self._scalar("a number", "int", "float").replace("_", ""))

    def flag(self) -> bool:
        return self._scalar("true or false", "bool").lower() in ("true", "yes", "on")

    @property
    def is_number(self) -> bool:
        return self.node.tag in (f"{_TAG}int", f"{_TAG}float")

    @property
    def is_list(self) -> bool:
        return isinstance(self.node, yaml.SequenceNode)

    def items(self) -> tuple[Entry, ...]:
        """Return the values of a list."""
        if not isinstance(self.node, yaml.SequenceNode):
            raise self.error("expected a list")
        return tuple(Entry(value, self.place) for value in self.node.value)

    def texts(self) -> tuple[str, ...]:
        return tuple(entry.text() for entry in self.items())

    def pairs(self) -> tuple[tuple[str, Entry], ...]:
        """Return keys and values of a mapping in their order."""
        if not isinstance(self.node, yaml.MappingNode):
            raise self.error("expected a mapping (key: value)")
        found: dict[str, Entry] = {}
        for key_node, value in self.node.value:
            key = Entry(key_node, self.place)
            if key.text() in found:
                raise key.error(f"'{key.text()}' stands twice")
            found[key.text()] = Entry(value, self.place)
        return tuple(found.items())

    def fields(self, known: Collection[str], required: Collection[str] = ()) -> dict[str, Entry]:
        """Return a mapping whose keys are all among `known` and which has those of `required`."""
        found = dict(self.pairs())
        for key, entry in found.items():
            if key not in known:
                raise entry.error(f"unknown key '{key}'; known are {', '.join(known)}")
        missing = [key for key in required if key not in found]
        if missing:
            raise self.error(f"{', '.join(missing)} missing")
        return found

    def _scalar(self, wanted: str, *types: str) -> str:
        if not isinstance(self.node, yaml.ScalarNode) or self.node.tag not in [_TAG + name for name in types]:
            raise self.error(f"expected {wanted}, found {_describe(self.node)}")
        return str(self.node.value)


def compose(text: str, place: str) -> Entry:
    """Return the only document of a YAML text; RuleError where it is not YAML or empty."""
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise RuleError(f"{place}:{line}: not YAML: {error.problem or error.context}") from None
    except yaml.YAMLError as error:
        raise RuleError(f"{place}:1: not YAML: {' '.join(str(error).split())}") from None
    if node is None:
        raise RuleError(f"{place}:1: empty table")
    return Entry(node, place)


def _describe(node: yaml.Node) -> str:
    if isinstance(node, yaml.ScalarNode):
        return f"'{node.value}'"
    return "a list" if isinstance(node, yaml.SequenceNode) else "a mapping"
