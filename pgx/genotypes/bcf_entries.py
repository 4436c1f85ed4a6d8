"""FORMAT arrays of a BCF record as distinct sample entries and codes, by numpy over all samples at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pgx.errors import InputError
from pgx.genotypes.certainty import FIELDS, SCALE, weigh_column
from pgx.genotypes.classes import Numbers, first_places, tell_apart
from pgx.genotypes.entries import DOTS, parse_number
from pgx.genotypes.layers import code_values, distinct_rows, pair_codes
from pgx.genotypes.options import ReadOptions
from pgx.genotypes.records import MISSING, Detail, SampleCall, SampleCalls

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_CERTAINTY = "(certainty)"
"""Stands among the fields of a record for what GP, HDS or DS tell."""
_USED = ("GT", "MIN_DP", "DP", "GQ", "AD", "PS", "FT", "CN", *FIELDS)


def read_fields(
    place: str,
    arrays: Mapping[str, NDArray[Any]],
    columns: NDArray[np.intp] | None,
    samples: int,
    alts: tuple[str, ...],
    detail: Detail,
) -> SampleCalls:
    """Reduce the fields that bear on evidence to distinct entries. Raises InputError for a GT beyond ALT."""
    import numpy as np

    chosen = {name: arrays[name] for name in _USED if name in arrays and arrays[name].shape[1]}
    if columns is not None:
        chosen = {name: array[columns] for name, array in chosen.items()}
    count = samples if columns is None else len(columns)
    genotypes = chosen.pop("GT", None)
    weighed = weigh_column(
        np.zeros((count, 2), dtype=np.int8) if genotypes is None else genotypes, chosen, 1 + len(alts)
    )
    if weighed is not None:
        genotypes, chosen[_CERTAINTY] = weighed
    if genotypes is None:
        if "CN" not in chosen:
            return SampleCalls((SampleCall((MISSING,)),), np.zeros(count, dtype=np.uint8))
        genotypes, chosen = np.zeros((count, 1), dtype=np.int8), {"CN": chosen["CN"]}
    return _Entries(place, genotypes, chosen, alts).distinct(detail)


@dataclass(frozen=True, slots=True)
class _Entries:
    """The fields of all samples at one record. `genotypes` are BCF genotype codes, shape (samples, ploidy)."""

    place: str
    genotypes: NDArray[Any]
    fields: Mapping[str, NDArray[Any]]
    alts: tuple[str, ...]

    def distinct(self, detail: Detail) -> SampleCalls:
        """Return the entries that are to be told apart, and each sample's."""
        rows, codes = distinct_rows(self.genotypes)
        if not self.fields:
            return SampleCalls(tuple(self._genotype(row) for row in rows), codes)
        count = len(rows)
        for values, column in self._columns(detail.options):
            pairs, codes = pair_codes(codes, column, (count, values))
            count = len(pairs)
        heads = [self._call(sample) for sample in first_places(codes, count)]
        reads = self._reads if self._has_reads else None
        places, codes = tell_apart(heads, codes, Numbers(self._depths(), self._qualities(), reads), self.alts, detail)
        return SampleCalls(tuple(self._call(sample) for sample in places), codes)

    def _columns(self, options: ReadOptions) -> Iterator[tuple[int, NDArray[np.integer[Any]]]]:
        """Yield the fields that are no mere depths, qualities or reads: how many values, and each sample's."""
        if "PS" in self.fields:
            yield _code_field(self.fields["PS"])
        if "CN" in self.fields:
            yield _code_field(self.fields["CN"])
        if "FT" in self.fields and options.require_pass:
            yield _code_field(self.fields["FT"])
        if _CERTAINTY in self.fields:
            steps = self.fields[_CERTAINTY][:, 0]
            yield 3, (steps >= 0).astype("u1") + (steps / SCALE >= options.min_certainty)

    def _genotype(self, row: list[int]) -> SampleCall:
        """Decode GT: (allele + 1) << 1 | phased, negative for the end of a shorter vector."""
        values = [value for value in row if value >= 0] or [0]
        alleles = tuple((value >> 1) - 1 for value in values)
        if max(alleles) > len(self.alts):
            shown = "/".join("." if allele == MISSING else str(allele) for allele in alleles)
            raise InputError(
                f"{self.place}: genotype {shown} names an allele beyond the {len(self.alts)} in ALT; "
                "write the file again"
            )
        return SampleCall(alleles, len(values) > 1 and all(value & 1 for value in values[1:]))

    def _call(self, sample: int) -> SampleCall:
        plain = self._genotype(self.genotypes[sample].tolist())
        steps = int(self.fields[_CERTAINTY][sample, 0]) if _CERTAINTY in self.fields else MISSING
        number = round(_known(self.fields["CN"][[sample], 0])[0]) if "CN" in self.fields else MISSING
        depths, qualities = self._depths([sample]), self._qualities([sample])
        reads = self._reads([sample])[0].tolist() if self._has_reads else ()
        return SampleCall(
            plain.alleles,
            plain.phased,
            self._text("PS", sample).strip(".") if plain.phased else "",
            None if depths is None else float(depths[0]),
            None if qualities is None else float(qualities[0]),
            tuple(reads) if reads and min(reads) >= 0 else (),
            self._text("FT", sample) in ("", ".", "PASS"),
            number if number >= 0 else None,
            steps / SCALE if steps >= 0 else None,
        )

    def _text(self, name: str, sample: int) -> str:
        """Return a text, or a number that is none where it is 0 or missing."""
        if name not in self.fields:
            return ""
        value = self.fields[name][sample, 0]
        if isinstance(value, bytes):
            return value.decode("utf-8", "replace")
        return str(int(value)) if value > 0 else ""

    def _depths(self, samples: Any = slice(None)) -> NDArray[Any] | None:
        """Return MIN_DP, else DP, 0 where both are missing; None where the record has neither."""
        import numpy as np

        found = None
        for name in ("DP", "MIN_DP"):
            if name in self.fields:
                given = _known(self.fields[name][samples, 0])
                found = np.where(given >= 0, given, 0 if found is None else found)
        return found

    def _qualities(self, samples: Any = slice(None)) -> NDArray[Any] | None:
        """Return GQ, 0 where it is missing; None where the record has none."""
        import numpy as np

        return np.maximum(_known(self.fields["GQ"][samples, 0]), 0) if "GQ" in self.fields else None

    @property
    def _has_reads(self) -> bool:
        given = self.fields.get("AD")
        return given is not None and given.dtype.kind in "if" and given.shape[1] > len(self.alts)

    def _reads(self, samples: Any) -> NDArray[np.int64]:
        """Return AD, shape (samples, alleles), negative where it is missing or has another number of values."""
        import numpy as np

        given, count = self.fields["AD"][samples], 1 + len(self.alts)
        reads: NDArray[np.int64] = _known(given[:, :count]).astype(np.int64)
        if given.shape[1] > count and given.dtype.kind == "i":
            reads[(given[:, count:] != np.iinfo(given.dtype).min + 1).any(axis=1)] = -1
        return reads


def _known(values: Any) -> Any:
    """Return numbers, -1 where a fraction or a text is missing; missing whole numbers are negative as they are."""
    import numpy as np

    if values.dtype.kind == "S":
        texts = [value.decode("ascii", "replace") for value in values.tolist()]
        return np.array([-1.0 if text in DOTS else parse_number(text) for text in texts])
    return np.nan_to_num(values, nan=-1.0) if values.dtype.kind == "f" else values


def _code_field(array: NDArray[Any]) -> tuple[int, NDArray[np.integer[Any]]]:
    """Return how many distinct values a field has, and the number of each sample's."""
    import numpy as np

    values = array[:, 0]
    if values.dtype.kind in "iu":
        distinct, codes = code_values(values)
        return len(distinct), codes
    texts, codes = np.unique(values, return_inverse=True)
    return len(texts), codes
