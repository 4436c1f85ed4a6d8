"""HTML as nested calls: every text is escaped unless it is `Html` already, so nothing from a file becomes markup."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from pgx.reports.wording import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

    Child = str | None | Iterable["Child"]
    Attribute = str | int | bool | None

_EMPTY = frozenset({"meta", "input", "link", "br"})
_DRAWN = frozenset({"use", "path", "rect", "line"})
_SIGNS = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&#x27;"))
_NOT_IN_NAMES = re.compile(r"[^0-9a-z]+")


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


def text(value: str) -> Html:
    """Escape a text, and replace characters that cannot be shown.

    >>> text("<b> & 'x'")
    '&lt;b&gt; &amp; &#x27;x&#x27;'
    """
    return value if isinstance(value, Html) else _escaped(value)


@lru_cache(4096)
def _escaped(value: str) -> Html:
    escaped = printable(value)
    for sign, written in _SIGNS:
        escaped = escaped.replace(sign, written)
    return Html(escaped)


def join(*children: Child) -> Html:
    """Put pieces together, leaving out None."""
    return Html("".join(_flat(children)))


def _flat(children: Iterable[Child]) -> Iterable[str]:
    for child in children:
        if isinstance(child, str):
            yield text(child)
        elif child is not None:
            yield from _flat(child)


def tag(name: str, /, *children: Child, **attributes: Attribute) -> Html:
    """Write one element. `class_` is class, `data_x` is data-x; None and False leave an attribute out.

    >>> tag("p", "a < b", class_="note", hidden=True)
    '<p class="note" hidden>a &lt; b</p>'
    """
    start = name + "".join(_attribute(key, value) for key, value in attributes.items())
    if name in _EMPTY:
        return Html(f"<{start}>")
    inner = join(*children)
    return Html(f"<{start}/>") if name in _DRAWN and not inner else Html(f"<{start}>{inner}</{name}>")


@lru_cache(4096, typed=True)
def _attribute(key: str, value: Attribute) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{text(str(value))}"'


def link(url: str, *children: Child) -> Html:
    """Link to a page on the web; an address of any other kind gives the text alone."""
    if not url.startswith(("https://", "http://")):
        return join(*children)
    return tag("a", *children, href=url, rel="noreferrer")


def joined(children: Iterable[Child], separator: str = ", ") -> Html:
    """Put pieces together with a separator between them."""
    return Html(text(separator).join(join(child) for child in children))


def anchors(prefix: str, names: Iterable[str]) -> dict[str, str]:
    """Return an element id for each name, no two alike.

    >>> anchors("x", ["A b", "a/B", "*"])
    {'A b': 'x-a-b', 'a/B': 'x-a-b-2', '*': 'x'}
    """
    found: dict[str, str] = {}
    used: dict[str, int] = {}
    for name in dict.fromkeys(names):
        base = f"{prefix}-{_NOT_IN_NAMES.sub('-', name.casefold()).strip('-')}".rstrip("-")
        used[base] = used.get(base, 0) + 1
        found[name] = base if used[base] == 1 else f"{base}-{used[base]}"
    return found
