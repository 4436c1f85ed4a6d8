"""Opens an outside file, whatever its wrapping: plain text, JSON, gzip, or a PyPGx archive."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from pgx.errors import InputError

GZIP_MAGIC = b"\x1f\x8b"
ZIP_MAGIC = b"PK"
MAX_BYTES = 256 * 2**20
"""No caller writes more than this for a whole cohort; guards against unpacking a bomb."""


@dataclass(frozen=True, slots=True)
class Content:
    """The text of one file; `data` is the parsed JSON, `metadata` that of a PyPGx archive."""

    path: Path
    text: str
    data: object = None
    metadata: Mapping[str, str] = field(default_factory=dict)

    @property
    def lines(self) -> list[tuple[int, str]]:
        """Line numbers from 1 with the lines that are not blank."""
        numbered = enumerate(self.text.split("\n"), 1)
        return [(number, line.rstrip("\r")) for number, line in numbered if line.strip()]

    @property
    def stem(self) -> str:
        """The file name up to its first dot."""
        return self.path.name.split(".")[0]


def open_content(path: Path) -> Content:
    """Read one file whole; `InputError` where it is missing, empty, damaged or not text."""
    data = _read_bytes(path)
    if data.startswith(ZIP_MAGIC):
        return _open_archive(path, data)
    text = _decode(path, _unpack(path, data) if data.startswith(GZIP_MAGIC) else data)
    if not text.strip():
        raise InputError(f"{path}: the file is empty; give the output of a star-allele or HLA caller")
    return Content(path, text, _parse_json(path, text) if text.lstrip()[0] in "{[" else None)


def _read_bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError(f"{path}: larger than {MAX_BYTES // 2**20} MB, which no caller's result is")
        return path.read_bytes()
    except IsADirectoryError:
        raise InputError(f"{path}: is a directory; name the files in it") from None
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from None


def _unpack(path: Path, data: bytes) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
            return file.read(MAX_BYTES)
    except (OSError, EOFError, zlib.error):
        raise InputError(f"{path}: damaged gzip file; make it again") from None


def _decode(path: Path, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{path}: not a text file in UTF-8") from None


def _parse_json(path: Path, text: str) -> object:
    try:
        return json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        place = f" at line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise InputError(f"{path}: damaged JSON{place}") from None


def _open_archive(path: Path, data: bytes) -> Content:
    """Open a PyPGx archive: one folder with metadata.txt and the data."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = {PurePosixPath(info.filename).name: info for info in archive.infolist() if not info.is_dir()}
            if any(info.file_size > MAX_BYTES for info in members.values()):
                raise InputError(f"{path}: holds a file larger than {MAX_BYTES // 2**20} MB")
            texts = {name: archive.read(members[name]) for name in ("metadata.txt", "data.tsv") if name in members}
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError):
        raise InputError(f"{path}: damaged zip file; make it again") from None
    metadata = _parse_metadata(_decode(path, texts.get("metadata.txt", b"")))
    return Content(path, _decode(path, texts.get("data.tsv", b"")), None, metadata)


def _parse_metadata(text: str) -> dict[str, str]:
    pairs = (line.partition("=") for line in text.splitlines() if "=" in line)
    return {key.strip(): value.strip() for key, _, value in pairs}
