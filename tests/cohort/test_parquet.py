"""The Parquet writer against a general reader, and the hashing of columns against sorting them."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pgx.cohort.parquet_file import Coder, ColumnSpec, Names, ParquetFile
from pgx.cohort.tables import Block, write_small_table
from pgx.domain.patterns import distinct_columns

CELLS = {
    "text": (str, lambda n: f"v{n % 5}|é"),
    "gaps": (str, lambda n: None if n % 3 == 0 else f"t{n}"),
    "nothing": (str, lambda n: None),
    "whole": (int, lambda n: n * 7 - 3),
    "share": (float, lambda n: None if n % 2 else n / 3),
    "switch": (bool, lambda n: n % 2 == 0),
    "unsure": (bool, lambda n: None if n % 3 == 1 else n % 2 == 0),
}


@pytest.mark.parametrize("rows", [1, 7, 8, 9, 1000, 70_001])
@pytest.mark.parametrize("distinct", [1, 2, 3, 5, 17, 300, 66_000])
def test_what_is_written_is_read(tmp_path, rows, distinct):
    index = np.random.default_rng(rows + distinct).integers(0, distinct, rows).astype(np.int32)
    names = [f"S{number}" for number in range(rows)]
    cells = {name: [make(number) for number in range(distinct)] for name, (_, make) in CELLS.items()}
    coder = Coder(index)
    path = tmp_path / "table.parquet"
    with path.open("wb") as stream:
        file = ParquetFile(stream, (ColumnSpec("sample", str), *(ColumnSpec(name, CELLS[name][0]) for name in CELLS)))
        chunks = [Names(names).each_once(), *(coder.chunk(cells[name], CELLS[name][0]) for name in CELLS)]
        file.add(chunks, rows)
        file.add(chunks, rows)
        file.close()
    table = pl.read_parquet(path)
    assert table["sample"].to_list() == names * 2
    for name, values in cells.items():
        assert table[name].to_list() == [values[number] for number in index] * 2


@pytest.mark.parametrize("longest", [1, 2, 300])
def test_runs_of_samples(tmp_path, longest):
    times = np.random.default_rng(longest).integers(1, longest + 1, 1000)
    names = [f"S{number}" for number in range(1000)]
    path = tmp_path / "table.parquet"
    with path.open("wb") as stream:
        file = ParquetFile(stream, (ColumnSpec("sample", str),))
        file.add([Names(names).repeated(np.arange(1000), times)], int(times.sum()))
        file.close()
    assert pl.read_parquet(path)["sample"].to_list() == [names[number] for number in np.repeat(np.arange(1000), times)]


def test_no_rows(tmp_path):
    columns = [ColumnSpec("a", str), ColumnSpec("b", int)]
    write_small_table(tmp_path / "table.parquet", columns, [Block.of_rows([])], "parquet")
    assert pl.read_parquet(tmp_path / "table.parquet").shape == (0, 2)


def plain_distinct(table):
    known = {}
    index = [known.setdefault(tuple(column), len(known)) for column in table.T.tolist()]
    firsts = [index.index(number) for number in range(len(known))]
    return firsts, index


@settings(deadline=None)
@given(st.integers(0, 12), st.integers(1, 40), st.integers(1, 6), st.randoms(use_true_random=False))
def test_distinct_columns(rows, columns, codes, draw):
    table = np.array([[draw.randrange(codes) for _ in range(columns)] for _ in range(rows)], dtype=np.uint8)
    table = table.reshape(rows, columns)
    first, index = distinct_columns(table, columns)
    assert (first.tolist(), index.tolist()) == plain_distinct(table)


@pytest.mark.parametrize("common", [0.5, 0.99])
def test_distinct_columns_among_many(common):
    random = np.random.default_rng(1)
    table = (random.random((30, 20_000)) > common).astype(np.uint8) * random.integers(0, 4, (30, 20_000), np.uint8)
    first, index = distinct_columns(table, 20_000)
    assert (first.tolist(), index.tolist()) == plain_distinct(table)
