"""Rows of marker files: who, where, and which alleles, as written."""

from __future__ import annotations

import csv
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pgx.errors import InputError
from pgx.genotypes.compression import Compression, find_compression, read_chunks
from pgx.genotypes.contigs import contig_of
from pgx.genotypes.marker_layout import Layout, read_fields

MISSING_TEXT = ""
DASH = "-"
_ZIP_MAGIC = b"PK\x03\x04"
_LARGEST = 100_000_000
_LINE_END = re.compile(r"\r\n|\n|\r")
_BETWEEN = re.compile(r"\s*[/|:;,\s]\s*")
_NO_CALLS = frozenset({
    "", ".", "-", "--", "00", "0", "NC", "NN", "N", "NA", "N/A", "NOCALL", "NO CALL", "NO_CALL", "NOAMP", "UND",
    "UNDETERMINED", "INVALID", "FAIL", "FAILED", "?", "??", "NONE", "NULL", "./.", "0/0", "0 0", "-/-", "- -", "NAN",
})  # fmt: skip
_MISSING = frozenset({"", ".", "0", "N", "?"})
_WORDS = {"DEL": "D", "INS": "I", "DELETION": "D", "INSERTION": "I"}
_LETTERS = frozenset("ACGTID-0N.?")


@dataclass(frozen=True, slots=True)
class MarkerRow:
    """One genotype. `alleles` are texts in upper case, a strand each, MISSING_TEXT for one that was not called."""

    sample: str
    marker: str
    contig: str | None
    position: int | None
    alleles: tuple[str, ...]


def read_text(path: Path) -> str | None:
    """Return the text of a plain, compressed or zipped file; None where it is no text."""
    data = _read_bytes(path)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    return None if b"\x00" in data[:4096] else data.decode("utf-8-sig", "replace")


def _read_bytes(path: Path) -> bytes:
    compression = find_compression(path)
    with path.open("rb") as stream:
        zipped = compression is Compression.PLAIN and stream.read(4) == _ZIP_MAGIC
    if zipped:
        return _unzip(path)
    collected = bytearray()
    for chunk in read_chunks(path, compression):
        collected += chunk
        if len(collected) > _LARGEST:
            raise _too_large(path)
    return bytes(collected)


def _unzip(path: Path) -> bytes:
    try:
        with zipfile.ZipFile(path) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            if len(members) != 1:
                raise InputError(f"{path}: holds {len(members)} files; unpack it and name the one with genotypes")
            if members[0].file_size > _LARGEST:
                raise _too_large(path)
            return archive.read(members[0])
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError, ValueError) as error:
        raise InputError(f"{path}: the archive cannot be unpacked; unpack it and name the file in it") from error


def _too_large(path: Path) -> InputError:
    return InputError(f"{path}: is too large for a list of genotypes; give a VCF or BCF file")


def split_text(text: str) -> list[str]:
    return _LINE_END.split(text)


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows that are wanted, the number of the others, and the samples of all."""

    wanted: tuple[MarkerRow, ...]
    others: int
    samples: tuple[str, ...]


def read_rows(path: Path, lines: list[str], layout: Layout, near: Callable[[str, str, str], bool]) -> Rows:
    """Return the rows for which `near` (given marker, chromosome and position as written) is true.

    Raises InputError for rows that are cut off.
    """
    wanted, others = [], 0
    reader = _Reader(dict(layout.columns), sample_name(path))
    samples: dict[str, None] = {} if layout.has_samples else {sample_name(path): None}
    for number, fields in _numbered(path, read_fields(lines, layout)):
        place = reader.place(fields)
        if place is None:
            raise InputError(f"{path}: row {number} has {len(fields)} columns, too few; write the file again")
        if layout.has_samples:
            samples[reader.sample(fields)] = None
        if near(*place):
            wanted.append(reader.row(fields, place))
        else:
            others += 1
    return Rows(tuple(wanted), others, tuple(samples) or (sample_name(path),))


def _numbered(path: Path, rows: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    try:
        yield from enumerate((row for row in rows if row), start=1)
    except csv.Error as error:
        raise InputError(f"{path}: cannot be read as a table ({error}); write the file again") from error


class _Reader:
    """Takes the fields of a row apart."""

    def __init__(self, columns: dict[str, int], sample: str) -> None:
        self._columns, self._sample = columns, sample
        self._least = max(number for name, number in columns.items() if name != "second")
        self._place = tuple(columns.get(name) for name in ("marker", "contig", "position"))

    def place(self, fields: list[str]) -> tuple[str, str, str] | None:
        """Return marker, chromosome and position as written; None for a row that is too short."""
        if len(fields) <= self._least:
            return None
        marker, contig, position = ("" if number is None else fields[number].strip() for number in self._place)
        return marker, contig, position

    def sample(self, fields: list[str]) -> str:
        return (fields[self._columns["sample"]].strip() if "sample" in self._columns else "") or self._sample

    def row(self, fields: list[str], place: tuple[str, str, str]) -> MarkerRow:
        marker, contig, position = place
        number = int(position) if position.isdecimal() and position.isascii() and int(position) else None
        return MarkerRow(self.sample(fields), marker, contig_of(contig), number, self._alleles(fields))

    def _alleles(self, fields: list[str]) -> tuple[str, ...]:
        if "genotype" in self._columns:
            return parse_alleles(fields[self._columns["genotype"]])
        first = fields[self._columns["first"]]
        second = fields[self._columns["second"]] if self._columns["second"] < len(fields) else ""
        return parse_alleles(f"{first.strip() or '.'}/{second.strip() or '.'}")


def parse_alleles(text: str) -> tuple[str, ...]:
    """Take a genotype apart; an empty tuple where none was called.

    >>> parse_alleles("AG"), parse_alleles("del/AT"), parse_alleles("A/."), parse_alleles("--")
    (('A', 'G'), ('D', 'AT'), ('A', ''), ())
    """
    plain = text.strip().upper()
    if plain in _NO_CALLS:
        return ()
    parts = _BETWEEN.split(plain)
    if len(parts) == 1 and len(plain) <= 2 and _LETTERS.issuperset(plain):
        parts = list(plain)
    alleles = tuple(MISSING_TEXT if part in _MISSING else _WORDS.get(part, part) for part in parts)
    return alleles if any(allele not in (MISSING_TEXT, DASH) for allele in alleles) else ()


def sample_name(path: Path) -> str:
    """Return the file's name without what tells its kind, for files that name no sample."""
    return re.sub(r"(\.(txt|csv|tsv|tab|zip|gz|bgz))+$", "", path.name, flags=re.IGNORECASE) or path.name
