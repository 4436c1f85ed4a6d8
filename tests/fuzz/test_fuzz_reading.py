"""Damaged bytes of any format give a result or a one-line error, never a traceback."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from making import META, gene, vcf, write
from test_genotypes_files import FORMATS, RECORDS, convert

from pgx.errors import PgxError
from pgx.genotypes import ReadOptions, read_genotypes
from pgx.genotypes.compression import Compression, read_chunks

PIECES = [b"\t", b"\n", b".", b"0/7", b"-1", b"|", b"END=99999999999", b"<NON_REF>", b"*", b",", b"\x00", b"\xff"]
EDITS = st.lists(
    st.tuples(st.floats(0, 1), st.sampled_from(["put", "cut", "end"]), st.sampled_from(PIECES), st.integers(1, 30)),
    min_size=1,
    max_size=5,
)


@pytest.fixture(scope="module")
def originals(tmp_path_factory):
    plain = write(tmp_path_factory.mktemp("whole"), vcf(*RECORDS, samples="S1 S2", meta=META + FORMATS))
    packed = {kind: convert(plain, kind) for kind in ("gzip", "bgzip", "bcf")}
    unpacked = b"".join(read_chunks(packed["bcf"], Compression.BGZF))
    return {"plain": plain.read_bytes(), "unpacked bcf": unpacked} | {
        kind: path.read_bytes() for kind, path in packed.items()
    }


def damage(data: bytes, edits) -> bytes:
    for share, kind, piece, length in edits:
        at = int(share * len(data))
        rest = (piece if kind == "put" else b"") + data[at + length :]
        data = data[:at] + (b"" if kind == "end" else rest)
    return data


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kind=st.sampled_from(["plain", "gzip", "bgzip", "bcf", "unpacked bcf"]), edits=EDITS)
def test_damage(tmp_path, originals, kind, edits):
    path = tmp_path / "damaged.vcf"
    path.write_bytes(damage(originals[kind], edits))
    with contextlib.suppress(PgxError):
        read_genotypes([path], [gene()], ReadOptions(min_gq=5))
