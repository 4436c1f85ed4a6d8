"""What the user can choose about reading, and the small tables that come with it (regions, sexes)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pgx.domain.gene import MOST_COPIES, Gene
from pgx.domain.genotype import Sex
from pgx.domain.variant import Build
from pgx.errors import InputError, UsageError
from pgx.genotypes.contigs import contig_of

_SEX_WORDS = {
    "1": Sex.MALE, "m": Sex.MALE, "male": Sex.MALE, "xy": Sex.MALE,
    "2": Sex.FEMALE, "f": Sex.FEMALE, "female": Sex.FEMALE, "xx": Sex.FEMALE,
    "0": Sex.UNKNOWN, "": Sex.UNKNOWN, ".": Sex.UNKNOWN, "na": Sex.UNKNOWN, "unknown": Sex.UNKNOWN,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class AssumeReference:
    """Where an absent position may be taken as the REF base of the file's build.

    Everywhere, in the named genes, or in regions (contig as in gene tables, start, end; 1-based, inclusive,
    in the coordinates of the file's build).
    """

    everywhere: bool = False
    genes: frozenset[str] = frozenset()
    regions: tuple[tuple[str, int, int], ...] = ()

    def covers(self, gene: str, contig: str, position: int) -> bool:
        if self.everywhere or gene in self.genes:
            return True
        return any(name == contig and start <= position <= end for name, start, end in self.regions)


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How to read. `build` None is "find out"; no `samples` means all of them.

    `min_balance` is the smallest share of reads that each allele of a heterozygous genotype must have;
    `hash_limit` is the size in bytes up to which the SHA-256 of a file is computed.
    """

    build: Build | None = None
    samples: tuple[str, ...] = ()
    assume_reference: AssumeReference = AssumeReference()
    min_gq: float | None = None
    min_dp: float | None = None
    min_balance: float | None = None
    min_certainty: float = 0.9
    """Imputed genotypes (GP, HDS, DS) below this are no call."""
    require_pass: bool = False
    strict: bool = False
    sexes: Mapping[str, Sex] = field(default_factory=dict)
    copies: Mapping[str, int] = field(default_factory=dict)
    """Copies of a gene that the user knows of, by symbol; they hold for every sample."""
    sample_names: Mapping[str, str] = field(default_factory=dict)
    """Names of samples in the files and the names to use instead."""
    fasta: Path | None = None
    """Reference sequence to check positions and records with."""
    hash_limit: int = 200_000_000
    list_unexplained: bool = True


def parse_assume_reference(text: str, genes: Iterable[str]) -> AssumeReference:
    """Read `all`, `none`, a comma-separated list of gene symbols, or the path of a BED file."""
    if text.lower() in ("all", "none", ""):
        return AssumeReference(everywhere=text.lower() == "all")
    known = {gene.upper(): gene for gene in genes}
    names = [name.strip() for name in text.split(",") if name.strip()]
    if all(name.upper() in known for name in names):
        return AssumeReference(genes=frozenset(known[name.upper()] for name in names))
    if Path(text).is_file():
        return AssumeReference(regions=read_regions(Path(text)))
    unknown = next(name for name in names if name.upper() not in known)
    raise UsageError(f"--assume-reference: '{unknown}' is no gene and '{text}' no file; give all, genes or a BED file")


def parse_copy_numbers(texts: Iterable[str], genes: Mapping[str, Gene]) -> dict[str, int]:
    """Read `GENE=3`, once a gene. Raises UsageError for other genes, and for numbers that cannot be."""
    known = {symbol.upper(): symbol for symbol, gene in genes.items() if gene.counts_copies}
    found: dict[str, int] = {}
    for text in texts:
        name, _, number = (part.strip() for part in text.partition("="))
        symbol = known.get(name.upper())
        if symbol is None:
            raise UsageError(
                f"--copy-number: copies of '{name}' are not counted; give one of {', '.join(known.values())}"
            )
        if not number.isdecimal() or int(number) > MOST_COPIES:
            raise UsageError(
                f"--copy-number: '{number}' copies of {symbol} cannot be; give a whole number from 0 to {MOST_COPIES}"
            )
        if found.setdefault(symbol, int(number)) != int(number):
            raise UsageError(f"--copy-number: {symbol} is given twice; give one number")
    return found


def read_regions(path: Path) -> tuple[tuple[str, int, int], ...]:
    """Read a BED file as (contig, start, end), 1-based and inclusive. Lines on other contigs are left out."""
    regions = []
    for number, line in enumerate(_text_lines(path), start=1):
        if not line.strip() or line.startswith(("#", "track", "browser")):
            continue
        fields = line.split()
        if len(fields) < 3 or not (fields[1].isdigit() and fields[2].isdigit()):
            raise InputError(f"{path}, line {number}: not a BED line; it needs contig, start and end")
        contig = contig_of(fields[0])
        if contig is not None:
            regions.append((contig, int(fields[1]) + 1, int(fields[2])))
    return tuple(regions)


def read_sexes(path: Path) -> dict[str, Sex]:
    """Read sample and sex, two columns with tab, comma or blank between them; a heading line is allowed."""
    sexes: dict[str, Sex] = {}
    for number, line in enumerate(_text_lines(path), start=1):
        fields = _split(line)
        if not fields or line.startswith("#"):
            continue
        word = fields[1].lower() if len(fields) > 1 else None
        if word in _SEX_WORDS:
            sexes[fields[0]] = _SEX_WORDS[word]
        elif number > 1:
            raise InputError(
                f"{path}, line {number}: no sex in '{line.strip()[:60]}'; write sample, then male, female or unknown"
            )
    return sexes


def read_sample_names(path: Path) -> dict[str, str]:
    """Read a table of two columns, name in the file and name to use, with tab, comma or blank between them."""
    names: dict[str, str] = {}
    for number, line in enumerate(_text_lines(path), start=1):
        fields = _split(line)
        if not fields or line.startswith("#"):
            continue
        if len(fields) != 2:
            raise InputError(f"{path}, line {number}: not two names; write the name in the file, then the new one")
        names[fields[0]] = fields[1]
    return names


def _split(line: str) -> list[str]:
    """Split at tabs where there are any, else at commas, else at blanks, which names may hold otherwise."""
    separator = next((sign for sign in ("\t", ",") if sign in line), None)
    return [field.strip() for field in line.split(separator)] if line.strip() else []


def _text_lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read as text ({error.__class__.__name__}); give a text file") from error
