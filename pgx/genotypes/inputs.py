"""What the user names as input, as a list of files: folders, lists of files, and standard input are resolved here."""

from __future__ import annotations

import atexit
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from pgx.errors import InputError

STANDARD_INPUT = "-"
_VARIANT_NAMES = re.compile(r"\.(g?vcf|bcf)(\.gz|\.bgz|\.bgzf)?$", re.IGNORECASE)
_LONGEST_LIST = 10_000_000
_PIECES = re.compile(r"(\d+)")


def find_inputs(paths: Sequence[Path]) -> list[Path]:
    """Return the files that the paths stand for, each once, in the order given.

    A folder stands for the variant files in it; `@files.txt`, `files.list` and a text file of paths for the files
    they list, one a line, found from the list's folder or the current one; `-` for standard input.
    Raises InputError for folders and lists without files.
    """
    found = [file for path in paths for file in _resolve(path)]
    first: dict[Path, Path] = {}
    for file in found:
        first.setdefault(file.resolve(), file)
    return list(first.values())


def _resolve(path: Path) -> Iterator[Path]:
    if str(path) == STANDARD_INPUT:
        yield _keep_standard_input()
        return
    listed = _find_list(path)
    if listed is None:
        yield from _in_folder(path) if path.is_dir() else [path]
        return
    for entry in _read_list(listed):
        yield from _in_folder(entry) if entry.is_dir() else [entry]


def _in_folder(folder: Path) -> list[Path]:
    """Return the variant files of a folder, numbers in their names in order of size."""
    names = [path for path in folder.iterdir() if _VARIANT_NAMES.search(path.name) and path.is_file()]
    if not names:
        raise InputError(f"{folder}: has no variant files (.vcf, .vcf.gz, .bcf); name the files")
    return sorted(names, key=lambda path: [(part.isdigit(), part.zfill(12)) for part in _PIECES.split(path.name)])


def _find_list(path: Path) -> Path | None:
    """Return the list that a path means, if it means one."""
    if path.name.startswith("@") or str(path).startswith("@"):
        return Path(str(path).removeprefix("@")) if not path.is_file() else None
    if path.suffix.lower() == ".list":
        return path
    return path if path.suffix.lower() in (".txt", ".fofn") and names_a_file(path) else None


def names_a_file(path: Path) -> bool:
    """True where the first line of a text file is the path of a file or folder."""
    try:
        with path.open("rb") as stream:
            start = stream.read(4096)
        first = start.decode("utf-8-sig").strip().splitlines()[0].strip()
    except (OSError, UnicodeDecodeError, IndexError):
        return False
    return bool(first) and "\t" not in first and not first.startswith("#") and _beside(path, first).exists()


def _beside(path: Path, entry: str) -> Path:
    beside = path.parent / entry
    return beside if beside.exists() else Path(entry)


def _read_list(path: Path) -> Iterator[Path]:
    try:
        if path.stat().st_size > _LONGEST_LIST:
            raise InputError(f"{path}: is too large for a list of files; write one path a line")
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read as a list of files; write one path a line") from error
    entries = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    if not entries:
        raise InputError(f"{path}: lists no files; write one path a line")
    for entry in entries:
        file = _beside(path, entry)
        if not file.exists():
            raise InputError(f"{path}: lists '{entry[:200]}', which does not exist; mend the list")
        yield file


@cache
def _keep_standard_input() -> Path:
    """Write standard input to a private file, since files are read more than once; it goes when the program ends."""
    if sys.stdin is None or sys.stdin.isatty():
        raise InputError("standard input: nothing comes in; pipe a file into the command")
    folder = Path(tempfile.mkdtemp(prefix="pgx-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = folder / "standard-input"
    try:
        with path.open("wb") as kept:
            shutil.copyfileobj(sys.stdin.buffer, kept)
    except OSError as error:
        raise InputError(
            f"standard input: cannot be kept in {folder.parent} ({error.strerror}); name a file"
        ) from error
    return path
