"""Reference sequence from a FASTA file, to check the tables' positions and the records' REF with."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pgx.domain.gene import Gene
from pgx.domain.variant import Build, Variant
from pgx.errors import InputError
from pgx.genotypes.contigs import MITOCHONDRION, contig_of

_FOR_ANY = "N"


class Fasta:
    """An indexed FASTA file whose sequence at the defining positions is that of the tables."""

    def __init__(self, path: Path, genes: Sequence[Gene], build: Build) -> None:
        self._path = path
        self._file = _open(path)
        names = (name for name in self._file.references)
        self._names = {contig: name for name in names if (contig := contig_of(name))}
        self.checked = self._check(genes, build)

    def _check(self, genes: Sequence[Gene], build: Build) -> int:
        """Compare REF at every defining position. Raises InputError where any differs, or none could be compared."""
        variants = [variant for gene in genes for variant in gene.positions if variant.position(build) is not None]
        compared = [variant for variant in variants if self._sequence_at(variant, build)]
        wrong = [one for one in compared if not _fits(one.reference(build), self._sequence_at(one, build))]
        if wrong:
            raise InputError(
                f"{self._path}: differs from the tables' {build} at {len(wrong)} of {len(compared)} positions "
                f"({wrong[0].name} first); give the FASTA file of the build in which the variant files are"
            )
        if variants and not compared:
            raise InputError(f"{self._path}: has none of the chromosomes of the tables; give a whole genome")
        return len(compared)

    @property
    def statement(self) -> str:
        return f"REF of {self.checked} defining positions and of the records there was checked with {self._path.name}."

    def _sequence_at(self, variant: Variant, build: Build) -> str:
        start = variant.position(build)
        return self.sequence(variant.contig, start, len(variant.reference(build))) if start else ""

    def sequence(self, contig: str, start: int, length: int) -> str:
        """Return so many bases from `start` (1-based) in upper case; empty where the file does not have them."""
        name = self._names.get(contig)
        if name is None or start < 1:
            return ""
        try:
            found = str(self._file.fetch(name, start - 1, start - 1 + length)).upper()
        except (ValueError, OSError) as error:
            raise InputError(f"{self._path}: cannot be read at {contig}:{start} ({error}); index it again") from error
        return found if len(found) == length else ""

    def agrees(self, contig: str, position: int, ref: str) -> bool:
        """True unless the file has another sequence there; the mitochondrion, which has several, is left alone."""
        if contig == MITOCHONDRION:
            return True
        found = self.sequence(contig, position, len(ref))
        return not found or _fits(ref, found)


def _fits(given: str, known: str) -> bool:
    return given == known or all(
        one == other or _FOR_ANY in (one, other) for one, other in zip(given, known, strict=True)
    )


def _open(path: Path) -> Any:
    import pysam

    if not path.is_file():
        raise InputError(f"{path}: no such file")
    before = pysam.set_verbosity(0)
    try:
        return pysam.FastaFile(str(path))
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: is no FASTA file with an index beside it; run samtools faidx on it") from error
    finally:
        pysam.set_verbosity(before)
