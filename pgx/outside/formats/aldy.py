"""Aldy 4: a tab-separated `.aldy` file; each solution is repeated on a line a variant.

Written from real outputs. Solutions are equally good, so each is a call of its own. Phenotype and score, which
newer versions add to the `#Solution` comment (`cpic=…; cpic_score=…`), follow public descriptions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pgx.outside.contents import Content
from pgx.outside.entries import BadLine, Entry, Format, Genes, has_columns, header

SOLUTION = re.compile(r"#Solution\s+(\d+)")
PHENOTYPE = re.compile(r"cpic=([\w ]+)")
SCORE = re.compile(r"cpic_score=([\d.]+)")


def recognise(content: Content) -> bool:
    return has_columns(content, "sample", "gene", "solutionid", "major")


def read(content: Content, genes: Genes) -> Iterator[Entry | BadLine]:
    columns: list[str] = []
    remark = ""
    seen: set[tuple[str, ...]] = set()
    for number, line in content.lines:
        if line.startswith("#"):
            columns = header(line) if "solutionid" in line.lower() else columns
            remark = line if SOLUTION.match(line) else remark
            continue
        fields = dict(zip(columns, line.split("\t"), strict=False))
        if "major" not in fields:
            yield BadLine(number, f"{len(line.split())} columns, expected those of the header")
            continue
        key = (fields["sample"], fields["gene"], fields["solutionid"], fields["major"])
        if key not in seen:
            seen.add(key)
            yield _entry(fields, remark, number)


def _entry(fields: dict[str, str], remark: str, line: int) -> Entry:
    phenotype, score = PHENOTYPE.search(remark), SCORE.search(remark)
    return Entry(
        fields["gene"],
        fields["major"] or "./.",
        phenotype[1] if phenotype else "",
        score[1] if score else "",
        fields["sample"] or None,
        line,
    )


FORMAT = Format("Aldy", recognise, read)
