"""The gene tables that ship, and the case tables beside the tests."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pgx.domain.gene import Gene
from pgx.rules.gene_tables import parse_gene

HERE = Path(__file__).resolve().parent
FILES = HERE / "files"


@cache
def shipped_genes() -> dict[str, Gene]:
    tables = sorted((HERE.parent.parent / "rules" / "genes").glob("*.yaml"))
    genes = (parse_gene(path.read_text(encoding="utf-8"), path.name) for path in tables)
    return {gene.symbol: gene for gene in genes}


def read_cases(path: Path) -> list[dict[str, str]]:
    """Rows of a tab-separated table as dictionaries; missing cells at the end are empty."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    columns = lines[0].split("\t")
    return [dict.fromkeys(columns, "") | dict(zip(columns, line.split("\t"), strict=False)) for line in lines[1:]]


def cells(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("|") if part.strip())
