"""The compact protocol of Thrift, as much of it as Parquet's headers need (thrift-compact-protocol.md)."""

from __future__ import annotations

from dataclasses import dataclass

_TRUE, _FALSE, _I32, _I64, _BINARY, _LIST, _STRUCT = 1, 2, 5, 6, 8, 9, 12


@dataclass(frozen=True, slots=True)
class Long:
    """A whole number of 64 bits; plain `int` has 32."""

    value: int


Value = int | bool | str | Long | list["Value"] | dict[int, "Value"]


def varint(number: int) -> bytes:
    """Return an unsigned number in groups of seven bits, lowest first.

    >>> varint(300)
    b'\\xac\\x02'
    """
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def encode_struct(fields: dict[int, Value]) -> bytes:
    """Encode a structure given by field numbers, in rising order."""
    out = bytearray()
    last = 0
    for number, value in sorted(fields.items()):
        kind = _kind(value)
        if isinstance(value, bool):
            kind = _TRUE if value else _FALSE
        out += bytes(((number - last) << 4 | kind,)) if 0 < number - last < 16 else bytes((kind,)) + _zigzag(number)
        if not isinstance(value, bool):
            out += _encode(value)
        last = number
    return bytes(out) + b"\0"


def _kind(value: Value) -> int:
    if isinstance(value, str):
        return _BINARY
    if isinstance(value, list):
        return _LIST
    if isinstance(value, dict):
        return _STRUCT
    return _I64 if isinstance(value, Long) else _I32


def _encode(value: Value) -> bytes:
    if isinstance(value, str):
        data = value.encode()
        return varint(len(data)) + data
    if isinstance(value, list):
        return _list_head(value) + b"".join(map(_encode, value))
    if isinstance(value, dict):
        return encode_struct(value)
    return _zigzag(value.value if isinstance(value, Long) else value)


def _list_head(items: list[Value]) -> bytes:
    kind = _kind(items[0]) if items else _I32
    return bytes((len(items) << 4 | kind,)) if len(items) < 15 else bytes((0xF0 | kind,)) + varint(len(items))


def _zigzag(number: int) -> bytes:
    return varint((number << 1) ^ (number >> 63))
