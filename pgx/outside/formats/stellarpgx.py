"""StellarPGx: a `.alleles` text file a gene and sample, with the answer under `Result:`.

Written from the project's README and public descriptions; no real output was at hand. The gene stands in the
title line; the sample only in the file's name. Undecided results are joined by `or`; remarks such as
"Possible novel allele" stand in place of a diplotype.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from pgx.domain.call import Note
from pgx.outside.contents import Content
from pgx.outside.entries import BadLine, Entry, Format, Genes, alternatives

TITLE = re.compile(r"(\S+) Star Allele Calling with", re.IGNORECASE)
STAR = re.compile(r"\*\w")


def recognise(content: Content) -> bool:
    return content.data is None and bool(TITLE.search(content.text)) and "Result:" in content.text


def read(content: Content, genes: Genes) -> Iterator[Entry | BadLine]:
    title = TITLE.search(content.text)
    assert title is not None
    number, result = _section(content, "result")
    diplotype, _, remark = result.partition("\t")
    if not STAR.search(diplotype):
        diplotype, remark = "./.", result
    warnings = (Note("outside-remark", f"The caller remarks: {remark.strip()}."),) if remark.strip() else ()
    phenotype, score = _section(content, "metaboliser status")[1], _section(content, "activity score")[1]
    for text in alternatives(diplotype):
        called = text != "./."
        yield Entry(title[1], text, phenotype if called else "", score if called else "", None, number, warnings)


def _section(content: Content, heading: str) -> tuple[int, str]:
    """Return the line after a heading that ends in a colon, unless that is a heading itself."""
    for (_, line), (number, text) in pairwise(content.lines):
        if line.strip().lower() == f"{heading}:" and not text.strip().endswith(":"):
            return number, text.strip()
    return 0, ""


FORMAT = Format("StellarPGx", recognise, read)
