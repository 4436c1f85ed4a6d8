"""Sample columns of a VCF line as distinct entries and codes, without taking each of them apart."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pgx.errors import InputError
from pgx.genotypes.classes import Numbers, first_places, tell_apart
from pgx.genotypes.entries import DOTS, USED, parse_entry, parse_number, parse_reads
from pgx.genotypes.layers import code_values, narrowest, pair_codes
from pgx.genotypes.records import Detail, SampleCall, SampleCalls

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_TAB, _COLON = ord("\t"), ord(":")
_NUMBERS = ("MIN_DP", "DP", "GQ", "AD")
_MOST_READS = (1 << 31) - 1
_FEW = 8
_WORD = 8


def read_entries(
    place: str,
    keys: str,
    entries: bytes,
    samples: int,
    columns: NDArray[np.intp] | None,
    alts: tuple[str, ...],
    detail: Detail,
) -> SampleCalls:
    """Decode the sample columns of one line; of entries that are judged alike, one is parsed.

    Raises InputError for a wrong number of columns, an unreadable GT and a GT beyond the ALT alleles.
    """
    names = tuple(keys.split(":"))
    entries = entries.rstrip(b"\r")
    fields = _find_fields(names, entries, samples, columns)
    if fields is not None:
        return _classes_of(place, names, fields, alts, detail)
    entries = _leave_out(names, entries)
    texts, codes = (
        _uniform_entries(entries, samples, columns)
        or _short_entries(entries, samples, columns)
        or _split_entries(place, entries, samples, columns)
    )
    return SampleCalls(tuple(_parse(place, names, text, 1 + len(alts)) for text in texts), codes)


@dataclass(frozen=True, slots=True)
class _Fields:
    """Where the fields of each entry lie in a line.

    `ends` are the places of all colons and tabs in `data`, `starts` and `last` those at which each entry begins and
    ends, `first` the number among `ends` of its first; shape (samples,).
    """

    data: NDArray[np.uint8]
    ends: NDArray[np.intp]
    first: NDArray[np.intp]
    starts: NDArray[np.intp]
    last: NDArray[np.intp]

    def entry(self, sample: int) -> bytes:
        return self.data[self.starts[sample] : self.last[sample]].tobytes()

    def texts(self, field: int, samples: Any = slice(None)) -> tuple[list[bytes], NDArray[np.integer[Any]]]:
        """Return the distinct texts of a field and the number of each sample's; an absent one is empty."""
        import numpy as np

        before, final = self.first[samples] + (field - 1), len(self.ends) - 1
        begins = self.ends[np.minimum(before, final)] + 1 if field else self.starts[samples]
        ends = self.ends[np.minimum(before + 1, final)]
        lengths = np.where(begins <= self.last[samples], ends - begins, 0)
        codes, count = self._codes(begins, lengths)
        texts = [
            self.data[begins[sample] : begins[sample] + lengths[sample]].tobytes()
            for sample in first_places(codes, count)
        ]
        return texts, codes

    def _codes(self, begins: NDArray[np.intp], lengths: NDArray[np.intp]) -> tuple[NDArray[np.integer[Any]], int]:
        """Number the distinct texts, which are compared eight bytes at a time."""
        import numpy as np

        masks = np.array([(1 << 8 * length) - 1 for length in range(_WORD + 1)], dtype=np.uint64)
        words = np.ndarray(len(self.data) - _WORD + 1, dtype="<u8", buffer=self.data, strides=(1,))
        found, codes = code_values(words[begins] & masks[np.minimum(lengths, _WORD)])
        count = len(found)
        for done in range(_WORD, int(lengths.max(initial=0)), _WORD):
            left = np.clip(lengths - done, 0, _WORD)
            found, more = code_values(words[np.minimum(begins + done, len(words) - 1)] & masks[left])
            pairs, codes = pair_codes(codes, more, (count, len(found)))
            count = len(pairs)
        return codes, count


def _find_fields(
    names: tuple[str, ...], entries: bytes, samples: int, columns: NDArray[np.intp] | None
) -> _Fields | None:
    """Return where the fields lie; None where only genotypes are read, or the line is odd or short."""
    import numpy as np

    used = [name for name in names if name in USED]
    if used in ([], ["GT"]) or len(set(used)) < len(used) or samples < _FEW or b"\0" in entries:
        return None
    data = np.frombuffer(b"".join((entries, b"\t", bytes(_WORD))), dtype=np.uint8)
    ends = np.flatnonzero((data == _TAB) | (data == _COLON))
    tabs = np.flatnonzero(data[ends] == _TAB)
    if len(tabs) != samples:
        return None
    first, last = np.append(0, tabs[:-1] + 1), ends[tabs]
    starts = np.append(0, last[:-1] + 1)
    if columns is not None:
        first, last, starts = first[columns], last[columns], starts[columns]
    return _Fields(data, ends, first, starts, last)


def _classes_of(
    place: str, names: tuple[str, ...], fields: _Fields, alts: tuple[str, ...], detail: Detail
) -> SampleCalls:
    """Return one entry of each class, and each sample's."""
    import numpy as np

    ignored = _NUMBERS if detail.options.require_pass else (*_NUMBERS, "FT")
    codes: NDArray[np.integer[Any]] = np.zeros(len(fields.first), dtype=np.uint8)
    count = 1
    for number, name in enumerate(names):
        if name in USED and name not in ignored:
            texts, column = fields.texts(number)
            pairs, codes = pair_codes(codes, column, (count, len(texts)))
            count = len(pairs)

    def parse(samples: list[int]) -> tuple[SampleCall, ...]:
        return tuple(_parse(place, names, fields.entry(sample), 1 + len(alts)) for sample in samples)

    places, codes = tell_apart(
        parse(first_places(codes, count)), codes, _numbers(names, fields, 1 + len(alts)), alts, detail
    )
    return SampleCalls(parse(places), codes)


def _numbers(names: tuple[str, ...], fields: _Fields, allele_count: int) -> Numbers:
    """Read depth and quality of all samples, and the reads as they are asked for."""
    import numpy as np

    def read(name: str) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        texts, codes = fields.texts(names.index(name))
        words = [text.decode("ascii", "replace") for text in texts]
        given = np.array([word not in DOTS for word in words])
        return np.array([parse_number(word) for word in words]).take(codes), given.take(codes)

    def reads(samples: NDArray[np.intp]) -> NDArray[np.int64]:
        texts, codes = fields.texts(names.index("AD"), samples)
        found = [parse_reads(text.decode("ascii", "replace"), allele_count) for text in texts]
        rows = [[min(number, _MOST_READS) for number in row] or [-1] * allele_count for row in found]
        return np.array(rows, dtype=np.int64).take(codes, axis=0)

    depth = None
    for name in ("DP", "MIN_DP"):
        if name in names:
            values, given = read(name)
            depth = np.where(given, values, 0.0 if depth is None else depth)
    return Numbers(depth, read("GQ")[0] if "GQ" in names else None, reads if "AD" in names else None)


def _leave_out(names: tuple[str, ...], entries: bytes) -> bytes:
    """Cut fields off the end of each entry that nothing is read from, such as PL, in which most entries differ."""
    used = max((number for number, name in enumerate(names, start=1) if name in USED), default=1)
    if used >= len(names):
        return entries
    return re.sub(rb"((?:[^:\t]*:){%d}[^:\t]*):[^\t]*" % (used - 1), rb"\1", entries)


def _parse(place: str, names: tuple[str, ...], text: bytes, allele_count: int) -> SampleCall:
    try:
        call = parse_entry(names, text.decode("ascii", "replace"), allele_count)
    except ValueError:
        raise InputError(
            f"{place}: '{text[:20].decode('ascii', 'replace')}' is no genotype; write the file again"
        ) from None
    if max(call.alleles) >= allele_count:
        shown = text.split(b":")[0].decode("ascii", "replace")
        raise InputError(
            f"{place}: genotype {shown} names an allele beyond the {allele_count - 1} in ALT; write the file again"
        )
    return call


_Coded = tuple[list[bytes], "NDArray[np.integer[Any]]"]


def _uniform_entries(entries: bytes, samples: int, columns: NDArray[np.intp] | None) -> _Coded | None:
    """Read lines whose entries are all three characters wide, such as `0|1`, without splitting them."""
    import numpy as np

    if samples < _FEW or len(entries) != 4 * samples - 1:
        return None
    table = np.frombuffer(entries + b"\t", dtype="<u4")
    if columns is not None and not ((table >> 24) == _TAB).all():
        return None
    distinct, codes = code_values(table if columns is None else table[columns])
    texts = [value.to_bytes(4, "little") for value in distinct]
    return None if any(text.find(_TAB) != 3 for text in texts) else ([text[:3] for text in texts], codes)


def _short_entries(entries: bytes, samples: int, columns: NDArray[np.intp] | None) -> _Coded | None:
    """Read lines whose entries have no more than eight bytes, such as `0` and `0|1`, as one number each."""
    import numpy as np

    if samples < _FEW or len(entries) >= (_WORD + 1) * samples or b"\0" in entries:
        return None
    data = np.frombuffer(b"".join((entries, b"\t", bytes(_WORD))), dtype=np.uint8)
    ends = np.flatnonzero(data == _TAB)
    if len(ends) != samples:
        return None
    starts = np.append(0, ends[:-1] + 1)
    if columns is not None:
        starts, ends = starts[columns], ends[columns]
    lengths = ends - starts
    if lengths.max(initial=0) > _WORD:
        return None
    masks = np.array([(1 << 8 * length) - 1 for length in range(_WORD + 1)], dtype=np.uint64)
    words = np.ndarray(len(data) - _WORD + 1, dtype="<u8", buffer=data, strides=(1,))[starts]
    distinct, codes = code_values(words & masks[lengths])
    return [value.to_bytes(_WORD, "little").rstrip(b"\0") for value in distinct], codes


def _split_entries(place: str, entries: bytes, samples: int, columns: NDArray[np.intp] | None) -> _Coded:
    import numpy as np

    texts = entries.split(b"\t")
    if len(texts) != samples:
        raise InputError(f"{place}: has {len(texts)} sample columns, the header {samples}; write the file again")
    if columns is not None:
        texts = [texts[column] for column in columns.tolist()]
    numbers: dict[bytes, int] = {}
    codes = [numbers.setdefault(text, len(numbers)) for text in texts]
    return list(numbers), np.array(codes, dtype=narrowest(len(numbers)))
