"""Resources of one bundle under addresses that follow from their content, so that equal input gives equal bytes."""

from __future__ import annotations

import json
import re
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from pgx.reports.fhir.codes import GUIDE, NOTE_TYPES, Json, coding, concept, profile
from pgx.reports.wording import printable

_MARKUP = re.compile(r"([\\`*_\[\]<>|~#&]|:(?=//))")


class ResourceGraph:
    """The resources of one bundle in the order in which they were added; equal ones are kept once."""

    def __init__(self, *origin: str) -> None:
        """Start a bundle; `origin` sets it apart from bundles that happen to hold equal resources."""
        self._space: UUID = uuid5(uuid5(NAMESPACE_URL, GUIDE), json.dumps(clean(list(origin))))
        self._entries: dict[str, Json] = {}

    def add(self, resource: Json, **volatile: str) -> Json:
        """Add a resource and return a reference to it; `volatile` values do not count for its address."""
        kept: Json = clean(resource)
        address = f"urn:uuid:{uuid5(self._space, json.dumps(kept, sort_keys=True))}"
        self._entries.setdefault(address, {**kept, **volatile})
        return {"reference": address}

    @property
    def entries(self) -> list[Json]:
        return [{"fullUrl": address, "resource": resource} for address, resource in self._entries.items()]


def clean(value: Any) -> Any:
    """Drop what is empty and make every text printable, as the format asks for.

    >>> clean({"a": "x\\x07", "b": "", "c": [{}, None], "d": False})
    {'a': 'x�', 'd': False}
    """
    if isinstance(value, str):
        return printable(value).strip()
    if isinstance(value, dict):
        parts = ((name, clean(part)) for name, part in value.items())
        return {name: part for name, part in parts if not _is_empty(part)}
    if isinstance(value, list):
        return [part for part in map(clean, value) if not _is_empty(part)]
    return value


def _is_empty(value: object) -> bool:
    return value is None or value in ("", [], {})


def escape_markup(text: str) -> str:
    """Escape text for Markdown, which fields for notes are read as: `*1/*2` keeps its stars, tags stay text.

    >>> print(escape_markup("*1/*2 <b>"))
    \\*1/\\*2 \\<b\\>
    """
    return _MARKUP.sub(r"\\\1", printable(text))


def annotation(text: str, kind: str = "") -> Json:
    """Return a note; `kind` is one of the guide's note types."""
    code = {"url": profile("annotation-code"), "valueCodeableConcept": concept("", coding(NOTE_TYPES, kind))}
    return {"extension": [code] if kind else [], "text": escape_markup(text)}


def extension(name: str, **value: object) -> Json:
    """Return one of the guide's extensions with its value or its parts."""
    return {"url": profile(name), **value}


def is_web_address(url: str) -> bool:
    """Tell whether a text can stand where the format wants an address.

    >>> is_web_address("https://example.org/a"), is_web_address("javascript:alert(1)"), is_web_address("http://a b")
    (True, False, False)
    """
    return url.startswith(("https://", "http://")) and url.isprintable() and not re.search(r'[\s<>"\\]', url)
