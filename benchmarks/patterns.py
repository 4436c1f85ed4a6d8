"""Count the distinct genotype patterns of each gene in a file: `python -m benchmarks.patterns FILE`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from pgx.domain.variant import Build
from pgx.genotypes import ReadOptions, read_genotypes
from pgx.rules.ruleset import load_rules


def count_patterns(path: Path) -> dict[str, int]:
    """Return the number of distinct genotype patterns by gene."""
    options = ReadOptions(build=Build.GRCH38, list_unexplained=False)
    tables, _, _ = read_genotypes([path], tuple(load_rules().genes.values()), options)
    return {symbol: len(table.patterns()[0]) for symbol, table in tables.items()}


if __name__ == "__main__":
    print(json.dumps(count_patterns(Path(sys.argv[1]))))
