"""Headers of VCF and BCF files: samples, contigs, dictionaries, and what is said about the build."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pgx.errors import InputError

BCF_MAGIC = b"BCF\x02"
_BOM = b"\xef\xbb\xbf"
_LONGEST = 64_000_000
_FIELD = re.compile(r'(\w+)=("(?:[^"\\]|\\.)*"|[^,>]*)')
_DICTIONARY = re.compile(r"^##(?:FILTER|INFO|FORMAT)=<(.*)>\s*$")
_CONTIG = re.compile(r"^##contig=<(.*)>\s*$")


@dataclass(frozen=True, slots=True)
class Contig:
    """One `##contig` line."""

    name: str
    length: int | None
    assembly: str


@dataclass(frozen=True, slots=True)
class Header:
    """A parsed header. `size` is the number of bytes before the first record."""

    samples: tuple[str, ...]
    contigs: tuple[Contig, ...]
    meta: tuple[str, ...]
    size: int
    is_bcf: bool

    def assembly_texts(self) -> tuple[str, ...]:
        """Return what the header says about the reference, in its own words."""
        said = (
            line.partition("=")[2] for line in self.meta if re.match(r"##(reference|assembly|genome)\w*=", line, re.I)
        )
        return (*said, *dict.fromkeys(contig.assembly for contig in self.contigs if contig.assembly))

    def dictionary(self) -> dict[int, str]:
        """Return the names of filters and fields by their number in a BCF (VCF specification, 6.2.1)."""
        names = ["PASS"]
        numbered = {0: "PASS"}
        for line in self.meta:
            fields = _fields(_DICTIONARY, line)
            if (name := fields.get("ID", "")) and name not in names:
                numbered[_number(fields, len(names))] = name
                names.append(name)
        return numbered

    def contig_numbers(self) -> dict[int, str]:
        """Return contig names by their number in a BCF."""
        lines = [fields for line in self.meta if (fields := _fields(_CONTIG, line))]
        return {_number(fields, number): fields.get("ID", "") for number, fields in enumerate(lines)}


def read_header(path: Path, chunks: Iterator[bytes]) -> Header:
    """Read and check the header. Raises InputError for what is neither VCF nor BCF, or has no sample columns."""
    data = next(chunks, b"")
    if data.startswith(BCF_MAGIC):
        return _read_bcf(path, data, chunks)
    if not is_variant_start(data):
        raise InputError(
            f"{path}: is not a VCF or BCF file, which begins with ##fileformat=VCF, nor a table of genotypes; "
            "a table has a heading with rsid, or chromosome and position, and genotype"
        )
    return _read_vcf(path, data, chunks)


def is_variant_start(data: bytes) -> bool:
    return data.startswith(BCF_MAGIC) or data.removeprefix(_BOM).lstrip().startswith((b"##fileformat=VCF", b"#CHROM\t"))


def _read_vcf(path: Path, data: bytes, chunks: Iterator[bytes]) -> Header:
    while (columns := _find_columns(data)) is None or (end := data.find(b"\n", columns)) < 0:
        chunk = next(chunks, b"")
        if not chunk and columns is not None:
            end = len(data) - 1
            break
        if not chunk or len(data) > _LONGEST:
            raise InputError(f"{path}: the header has no #CHROM line; the file is cut off or not a VCF")
        data += chunk
    return _parse(path, data[: end + 1], end + 1, is_bcf=False)


def _find_columns(data: bytes) -> int | None:
    if data.removeprefix(_BOM).startswith(b"#CHROM"):
        return data.index(b"#CHROM")
    found = data.find(b"\n#CHROM")
    return None if found < 0 else found + 1


def _read_bcf(path: Path, data: bytes, chunks: Iterator[bytes]) -> Header:
    while len(data) < 9 or len(data) < (size := 9 + int.from_bytes(data[5:9], "little")):
        chunk = next(chunks, b"")
        if not chunk:
            raise InputError(f"{path}: the header is cut off; copy or write the file again")
        data += chunk
    return _parse(path, data[9:size].rstrip(b"\x00"), size, is_bcf=True)


def _parse(path: Path, text: bytes, size: int, *, is_bcf: bool) -> Header:
    lines = text.removeprefix(_BOM).decode("utf-8", "replace").splitlines()
    columns = next((line for line in reversed(lines) if line.startswith("#CHROM")), "")
    meta = tuple(line for line in lines if line.startswith("##"))
    return Header(_samples(path, columns), tuple(_contigs(meta)), meta, size, is_bcf)


def _samples(path: Path, columns: str) -> tuple[str, ...]:
    samples = tuple(columns.rstrip("\r\n").split("\t")[9:])
    if not samples:
        raise InputError(f"{path}: has no sample columns; a file with genotypes is needed")
    if len(set(samples)) < len(samples):
        sample = next(name for name, count in Counter(samples).items() if count > 1)
        raise InputError(f"{path}: sample '{sample}' stands twice in the header; rename one of them")
    return samples


def _contigs(meta: tuple[str, ...]) -> Iterator[Contig]:
    for line in meta:
        fields = _fields(_CONTIG, line)
        if fields and "ID" in fields:
            length = fields.get("length", "")
            yield Contig(fields["ID"], int(length) if length.isdigit() else None, fields.get("assembly", ""))


def _fields(pattern: re.Pattern[str], line: str) -> dict[str, str]:
    found = pattern.match(line)
    return {key: value.strip('"') for key, value in _FIELD.findall(found[1])} if found else {}


def _number(fields: dict[str, str], usual: int) -> int:
    """Return the number that a line gives itself, or the one that follows from its place."""
    return int(fields["IDX"]) if fields.get("IDX", "").isdecimal() else usual
