"""Codes of distinct values: the quick ways against a plain twin, for many and few, common and rare values."""

from __future__ import annotations

import random

import numpy as np
import pytest

from pgx.domain.evidence import EvidenceState
from pgx.domain.genotype import Genotype, Sex
from pgx.genotypes.layers import code_values, distinct_rows, merge_equal, narrowest, pair_codes
from pgx.genotypes.options import ReadOptions
from pgx.genotypes.records import Detail
from pgx.genotypes.sexes import infer_sexes
from pgx.genotypes.text_entries import read_entries


def draw_values(count, distinct, rare, seed):
    """Return values of which a share is unusual, the first of them or not."""
    random = np.random.default_rng(seed)
    values = np.full(count, 514, dtype=np.uint16)
    places = random.random(count) < rare
    values[places] = random.integers(0, distinct, places.sum())
    return values


@pytest.mark.parametrize("kind", [np.uint8, np.uint16, np.uint32, np.uint64])
@pytest.mark.parametrize("count", [0, 1, 7, 700, 20_000])
@pytest.mark.parametrize("distinct", [1, 3, 60, 250, 300, 5000])
@pytest.mark.parametrize("rare", [0.0, 0.001, 0.02, 0.3, 1.0])
def test_codes_stand_for_the_values(kind, count, distinct, rare):
    values = draw_values(count, distinct, rare, count + distinct).astype(kind)
    found, codes = code_values(values)
    assert sorted(found) == np.unique(values).tolist()
    assert np.array_equal(np.array(found, dtype=kind)[codes], values)
    assert codes.dtype == narrowest(len(found)) or codes.dtype == np.uint8


@pytest.mark.parametrize("offset", range(4))
@pytest.mark.parametrize(("kind", "width"), [("<i1", 1), ("<i1", 2), ("<i1", 3), ("<i2", 2), ("<i4", 2), ("<i4", 5)])
def test_rows_of_a_record_at_any_address(offset, kind, width):
    random = np.random.default_rng(width)
    table = random.integers(-2, 3, (900, width)).astype(kind)
    data = bytes(offset) + table.tobytes()
    view = np.frombuffer(data, dtype=kind, offset=offset).reshape(-1, width)
    rows, codes = distinct_rows(view)
    assert np.array_equal(np.array(rows)[codes], table)
    assert sorted(map(tuple, rows)) == sorted(set(map(tuple, table.tolist())))


@pytest.mark.parametrize(
    "counts", [(1, 1), (1, 5), (3, 4), (1, 256), (16, 16), (256, 1), (1, 65_536), (200, 200), (300, 70_000)]
)
def test_pairs(counts):
    random = np.random.default_rng(counts[1])
    one, other = (random.integers(0, count, 3000).astype(narrowest(count)) for count in counts)
    pairs, codes = pair_codes(one, other, counts)
    assert [pairs[code] for code in codes.tolist()] == list(zip(one.tolist(), other.tolist(), strict=True))
    assert len(set(pairs)) == len(pairs)


@pytest.mark.parametrize("distinct", [1, 2, 8, 9, 200])
def test_equal_values_get_one_code(distinct):
    random = np.random.default_rng(distinct)
    names = [f"x{number // 2}" for number in range(distinct)]
    codes = random.integers(0, distinct, 2000).astype(np.uint8)
    merged, joint = merge_equal(names, codes)
    assert len(set(merged)) == len(merged)
    assert [merged[code] for code in joint.tolist()] == [names[code] for code in codes.tolist()]


ENTRIES = {
    "one width": ("0/0", "0|1", "./.", "1/2"),
    "several widths": ("0", "1", "0/0", "0|1", ".", "./.", "0/0/1"),
    "up to eight bytes": ("0/1:12", "0/0:3", "./.:.", "0/1:1234", "1"),
    "longer": ("0/1:12:99:7,5", "0/0:3", "1|1:4444444"),
}


def entries(keys, texts, columns=None, end=b""):
    """Decode the entries of a record with two ALTs, without cut-offs."""
    return read_entries(
        "x", keys, "\t".join(texts).encode() + end, len(texts), columns, ("A", "T"), Detail(ReadOptions())
    )


def shown(call):
    """What of an entry is judged without cut-offs: of numbers, whether they are there and more than 0."""
    reads = call.reads if call.is_heterozygous else ()
    return call.alleles, call.phased, call.depth and 1, call.quality and 1, [count > 0 for count in reads]


@pytest.mark.parametrize("words", ENTRIES.values(), ids=ENTRIES)
@pytest.mark.parametrize("samples", [3, 8, 500])
@pytest.mark.parametrize("chosen", [False, True])
@pytest.mark.parametrize("end", [b"", b"\r"])
def test_entries_of_any_width(words, samples, chosen, end):
    draw = random.Random(samples)
    texts = [draw.choice(words) for _ in range(samples)]
    columns = np.array([draw.randrange(samples) for _ in range(5)], dtype=np.intp) if chosen else None
    calls = entries("GT:DP:GQ:AD", texts, columns, end)
    wanted = texts if columns is None else [texts[column] for column in columns]
    alone = [entries("GT:DP:GQ:AD", [text]).distinct[0] for text in wanted]
    assert [shown(calls.distinct[code]) for code in calls.codes.tolist()] == list(map(shown, alone))


def test_fields_that_nothing_is_read_from_make_no_difference():
    """Entries may also leave out fields at their end."""
    short = ("0/1:12:99", "./.", "0|1:3", "0/0:0:5")
    texts = [f"{text}:{'0,' * 9}{number}" if text.count(":") == 2 else text for number, text in enumerate(short * 9)]
    calls = entries("GT:DP:GQ:PL", texts)
    alone = [entries("GT:DP:GQ", [text]).distinct[0] for text in short * 9]
    assert [shown(calls.distinct[code]) for code in calls.codes.tolist()] == list(map(shown, alone))
    assert len(calls.distinct) == len(short)


MALE, REF, HET = (Genotype(EvidenceState.CALLED, alleles) for alleles in ((0,), (0, 0), (0, 1)))
ABSENT = Genotype(EvidenceState.ABSENT)


@pytest.mark.parametrize(
    ("genotypes", "sex"),
    [
        ((MALE, MALE, ABSENT), Sex.MALE),
        ((MALE, REF, MALE), Sex.UNKNOWN),
        ((HET, REF, HET), Sex.FEMALE),
        ((HET, HET, MALE), Sex.UNKNOWN),
        ((HET, REF, REF), Sex.UNKNOWN),
        ((ABSENT, ABSENT, ABSENT), Sex.UNKNOWN),
    ],
)
@pytest.mark.parametrize("others", [0, 40])
def test_sex(genotypes, sex, others):
    """With few and with many distinct genotypes at a position."""
    many = tuple(Genotype(EvidenceState.CALLED, (number, number)) for number in range(2, 2 + others))
    values = [(*many, MALE, REF, HET, ABSENT)] * len(genotypes)
    codes = np.array([[row.index(one)] for row, one in zip(values, genotypes, strict=True)], dtype=np.uint8)
    assert infer_sexes(values, codes, []) == (sex,)
    assert infer_sexes(values, codes, [None]) == (sex,)
    assert infer_sexes(values, codes, [Sex.MALE]) == (Sex.MALE,)
