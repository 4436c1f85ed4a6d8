"""Plain, gzip and BGZF files as chunks of uncompressed bytes, whole or between virtual offsets."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from enum import Enum
from functools import partial
from pathlib import Path
from typing import BinaryIO, NamedTuple

from pgx.errors import InputError

_decompress: Callable[[bytes, int, int], bytes] = zlib.decompress
_ERRORS: tuple[type[Exception], ...] = (zlib.error,)
try:  # several times as fast as zlib, checksum included; not there on every platform
    from isal import isal_zlib

    _decompress = isal_zlib.decompress
    _ERRORS = (zlib.error, isal_zlib.IsalError)  # type: ignore[assignment]  # its stub makes it an instance
except ImportError:
    pass

CHUNK = 1 << 20
_GZIP_MAGIC = b"\x1f\x8b"
_BGZF_END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")
_WITH_GZIP_HEADER = 31
_LARGEST_BLOCK = 1 << 16

Progress = Callable[[int, int | None], None]
"""Told what is done, and of how much where that is known."""

VirtualRange = tuple[int, int]
"""First virtual offset and the one after the last: block start in the file << 16 | offset in the block.

In a plain file, which has no blocks, the offsets themselves."""


class Block(NamedTuple):
    """A piece of a file: where it begins in the file, how many bytes it holds, and what gives these uncompressed."""

    offset: int
    size: int
    load: Callable[[], bytes]


def _whole(offset: int, data: bytes) -> Block:
    return Block(offset, len(data), lambda: data)


class Compression(Enum):
    """How the bytes of a file are packed."""

    PLAIN = "plain"
    GZIP = "gzip"
    BGZF = "bgzf"


def find_compression(path: Path) -> Compression:
    """Look at the first bytes; names do not count. Raises InputError for what is no readable, filled file."""
    if path.is_dir():
        raise InputError(f"{path}: is a directory; give the files in it")
    try:
        with path.open("rb") as stream:
            start = stream.read(18)
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); check the permissions") from error
    if not start:
        raise InputError(f"{path}: is empty; it has not even a header")
    if not start.startswith(_GZIP_MAGIC):
        return Compression.PLAIN
    return Compression.BGZF if start[12:14] == b"BC" else Compression.GZIP


def check_end(path: Path) -> None:
    """Raise InputError where a BGZF file lacks its end marker, which an index fetch would not notice."""
    with path.open("rb") as stream:
        size = stream.seek(0, 2)
        stream.seek(max(0, size - len(_BGZF_END)))
        if stream.read() != _BGZF_END:
            raise _cut_off(path)


def read_chunks(path: Path, compression: Compression, progress: Progress | None = None) -> Iterator[bytes]:
    """Yield the uncompressed bytes of a whole file. `progress` is told bytes of the file read and their total."""
    return (b"".join(batch) for batch in _batches(block.load() for block in read_blocks(path, compression, progress)))


def read_blocks(path: Path, compression: Compression, progress: Progress | None = None) -> Iterator[Block]:
    """Yield a whole file in the pieces it comes in. Only one of a BGZF file or a plain one can be found again."""
    with path.open("rb") as stream:
        size, told = path.stat().st_size, -1
        for block in _unpack(path, stream, compression):
            if progress is not None and stream.tell() != told:
                progress(told := stream.tell(), size)
            yield block


def _unpack(path: Path, stream: BinaryIO, compression: Compression) -> Iterator[Block]:
    if compression is Compression.BGZF:
        return _blocks(path, stream, 0)
    if compression is Compression.GZIP:
        return (_whole(0, chunk) for chunk in _gzip_chunks(path, stream))
    return _plain_blocks(stream)


def _plain_blocks(stream: BinaryIO) -> Iterator[Block]:
    offset = 0
    while data := stream.read(CHUNK):
        yield _whole(offset, data)
        offset += len(data)


def read_ahead(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the same blocks, unpacking the next ones in a thread while the last ones are worked on."""
    batches = _batches(blocks)
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, batches, None)
        while (batch := coming.result()) is not None:
            coming = pool.submit(next, batches, None)
            yield from batch


def read_ranges(path: Path, compression: Compression, ranges: Sequence[VirtualRange]) -> Iterator[bytes]:
    """Yield the uncompressed bytes between virtual offsets of a BGZF file or offsets of a plain one."""
    with path.open("rb") as stream:
        for begin, end in ranges:
            if compression is Compression.BGZF:
                yield from _range_blocks(path, stream, begin, end)
            else:
                yield from _plain_range(stream, begin, end)


def _plain_range(stream: BinaryIO, begin: int, end: int) -> Iterator[bytes]:
    stream.seek(begin)
    while block := stream.read(min(CHUNK, end - stream.tell())):
        yield block


def _range_blocks(path: Path, stream: BinaryIO, begin: int, end: int) -> Iterator[bytes]:
    stream.seek(begin >> 16)
    last, skip = end >> 16, begin & 0xFFFF
    for block in _blocks(path, stream, begin >> 16):
        if block.offset > last or (block.offset == last and not end & 0xFFFF):
            return
        yield block.load()[skip : end & 0xFFFF if block.offset == last else None]
        skip = 0


def _batches(blocks: Iterator[bytes]) -> Iterator[list[bytes]]:
    """Put blocks together to about a megabyte, empty ones left out."""
    waiting: list[bytes] = []
    size = 0
    for block in blocks:
        waiting.append(block)
        size += len(block)
        if size >= CHUNK:
            yield waiting
            waiting, size = [], 0
    if size:
        yield waiting


def _blocks(path: Path, stream: BinaryIO, offset: int) -> Iterator[Block]:
    """Yield each BGZF block from here on, to be inflated when asked for (SAM specification, section 4.1)."""
    waiting = b""
    while True:
        at = 0
        while len(waiting) - at >= 18 and len(waiting) - at >= (size := _block_size(path, waiting, at, offset)):
            yield _packed(path, waiting[at : at + size], offset)
            at += size
            offset += size
        more = stream.read(CHUNK)
        if not more:
            if len(waiting) > at:
                raise _cut_off(path)
            return
        waiting = waiting[at:] + more


def _block_size(path: Path, data: bytes, at: int, offset: int) -> int:
    if data[at : at + 2] != _GZIP_MAGIC or data[at + 12 : at + 14] != b"BC":
        raise _damaged(path, offset)
    return int.from_bytes(data[at + 16 : at + 18], "little") + 1


def _packed(path: Path, block: bytes, offset: int) -> Block:
    return Block(offset, int.from_bytes(block[-4:], "little"), partial(_inflate, path, block, offset))


def _inflate(path: Path, block: bytes, offset: int) -> bytes:
    try:
        return _decompress(block, _WITH_GZIP_HEADER, _LARGEST_BLOCK)
    except _ERRORS:
        raise _damaged(path, offset) from None


def _gzip_chunks(path: Path, stream: BinaryIO) -> Iterator[bytes]:
    """Inflate gzip, which may hold several members one after the other."""
    inflater = zlib.decompressobj(_WITH_GZIP_HEADER)
    while data := stream.read(CHUNK):
        while data:
            if inflater.eof:
                inflater = zlib.decompressobj(_WITH_GZIP_HEADER)
            try:
                chunk = inflater.decompress(data, CHUNK * 4)
            except zlib.error:
                raise _damaged(path, stream.tell()) from None
            yield chunk
            data = inflater.unused_data if inflater.eof else inflater.unconsumed_tail
    if not inflater.eof:
        raise _cut_off(path)


def _cut_off(path: Path) -> InputError:
    return InputError(f"{path}: the compressed data are cut off; copy or write the file again")


def _damaged(path: Path, offset: int) -> InputError:
    return InputError(f"{path}: damaged compressed data near byte {offset}; copy or write the file again")
