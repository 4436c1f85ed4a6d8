"""Where reports go: files that appear whole or not at all, under names that are safe on every file system."""

from __future__ import annotations

import os
import unicodedata
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from pgx.errors import PgxError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

BLOCK = 1 << 20
"""Characters that are written at once."""

LONGEST_NAME = 120
"""Bytes of a file name before its ending."""

_RESERVED = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))})


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary path beside `path`; rename it to `path` on success, remove it on failure.

    Raises PgxError, in one line, where the file cannot be written.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        temporary.replace(path)
    except OSError as error:
        reason = error.strerror or str(error)
        raise PgxError(f"{path}: cannot be written: {reason}; choose another place with -o") from error
    finally:
        with suppress(OSError):
            temporary.unlink()


def write_text(path: Path, chunks: Iterable[str]) -> Path:
    """Write pieces of text to `path` as UTF-8; the file appears whole when all pieces are there.

    What UTF-8 cannot hold, such as half of a surrogate pair, is written as an escape.
    """
    with replacing(path) as temporary, temporary.open("wb") as stream:
        for block in _blocks(chunks):
            stream.write(block.encode("utf-8", "backslashreplace"))
    return path


def _blocks(chunks: Iterable[str]) -> Iterator[str]:
    """Put small pieces together, so that few and large ones are encoded and written."""
    waiting: list[str] = []
    size = 0
    for chunk in chunks:
        waiting.append(chunk)
        size += len(chunk)
        if size >= BLOCK:
            yield "".join(waiting)
            waiting, size = [], 0
    yield "".join(waiting)


def safe_names(names: Sequence[str], reserved: Iterable[str] = ()) -> tuple[str, ...]:
    """Return a file name without ending for each name: no separators, no hidden files, no two alike.

    Names that are safe already stay as they are; others give way to them.

    >>> safe_names(["../../x", "<script>", "a/b", "a_b", ""])
    ('x', 'script', 'a_b-2', 'a_b', 'sample')
    """
    wanted = [_safe_name(name) for name in names]
    taken = {name.casefold() for name in reserved}
    chosen: dict[int, str] = {}
    for number in sorted(range(len(names)), key=lambda number: wanted[number] != names[number]):
        chosen[number] = _untaken(wanted[number], taken)
        taken.add(chosen[number].casefold())
    return tuple(chosen[number] for number in range(len(names)))


def _safe_name(name: str) -> str:
    """Keep letters, digits and `.-_+=@`, shortened to what file systems take."""
    kept = "".join(char if char.isalnum() or char in ".-_+=@" else "_" for char in unicodedata.normalize("NFC", name))
    short = kept.encode("utf-8", "ignore")[:LONGEST_NAME].decode("utf-8", "ignore").strip("._- ") or "sample"
    return f"{short}_" if short.split(".")[0].casefold() in _RESERVED else short


def _untaken(name: str, taken: set[str]) -> str:
    number, candidate = 1, name
    while candidate.casefold() in taken:
        number += 1
        candidate = f"{name}-{number}"
    return candidate
