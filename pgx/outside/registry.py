"""All formats, and which of them a file is, by its content alone."""

from __future__ import annotations

from pgx.errors import InputError
from pgx.outside.contents import Content
from pgx.outside.entries import Format
from pgx.outside.formats import (
    aldy,
    arcashla,
    cyrius,
    dragen,
    hla_hd,
    hla_la,
    optitype,
    pharmcat,
    pypgx,
    stargazer,
    starphase,
    stellarpgx,
    t1k,
)

FORMATS: tuple[Format, ...] = (
    aldy.FORMAT,
    stellarpgx.FORMAT,
    starphase.FORMAT,
    cyrius.JSON,
    dragen.FORMAT,
    arcashla.FORMAT,
    pypgx.FORMAT,
    cyrius.TABLE,
    stargazer.FORMAT,
    optitype.FORMAT,
    hla_la.FORMAT,
    t1k.FORMAT,
    hla_hd.FORMAT,
    pharmcat.FORMAT,
)
"""The most distinctive first; the plain table, which almost any text resembles, last."""


def find_format(content: Content) -> Format:
    """Return the first format that recognises the content; `InputError` where none does."""
    found = next((known for known in FORMATS if known.recognise(content)), None)
    if found is None:
        names = ", ".join(dict.fromkeys(known.name for known in FORMATS))
        raise InputError(f"{content.path}: not the output of a known caller; pgx reads {names}")
    return found
