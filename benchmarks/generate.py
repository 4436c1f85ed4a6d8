"""Make a cohort of any size: `python -m benchmarks.generate SAMPLES FILE.bcf`.

Every defining position is a record. Haplotypes are resampled within a gene; each position of each haplotype is a
private variant at a rate of 2e-5; 0.2 % of the genotypes are missing; nothing is phased; every other sample has
one X chromosome. The same seed gives the same bytes.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.bcf import Site, write_bcf
from benchmarks.haplotypes import HaplotypePool, make_pools
from pgx.domain.variant import Build, Variant
from pgx.rules.ruleset import load_rules
from pgx.simulation.contigs import LENGTHS, NAMES

if TYPE_CHECKING:
    from numpy.typing import NDArray

PRIVATE = 2e-5
MISSING = 0.002
NO_ALLELE = 0
END_OF_VECTOR = 0x81
"""BCF's mark for a shorter genotype: a man's one X chromosome."""

Place = tuple[int, int, HaplotypePool, int]


def write_cohort(path: Path, samples: int, seed: int = 1, pools: Sequence[HaplotypePool] | None = None) -> str:
    """Write the cohort as BCF on GRCh38 and return a line that says what it was made of."""
    pools = pools or make_pools(load_rules().genes.values())
    names = [f"S{number:06d}" for number in range(samples)]
    contigs = list(zip(NAMES, LENGTHS[Build.GRCH38], strict=True))
    write_bcf(path, contigs, names, _records(pools, samples, np.random.default_rng(seed)))
    counts = Counter(pool.origin for pool in pools)
    positions = sum(len(pool.gene.positions) for pool in pools)
    origins = ", ".join(f"{count} genes from {origin}" for origin, count in sorted(counts.items()))
    return f"{samples:,} samples, {positions:,} positions; haplotypes: {origins}"


def _records(
    pools: Sequence[HaplotypePool], samples: int, random: np.random.Generator
) -> Iterator[tuple[Site, NDArray[np.uint8]]]:
    """Yield the records in the order of the genome; a gene's haplotypes are drawn when its first position comes."""
    drawn: dict[str, NDArray[np.intp]] = {}
    places = _places(pools)
    last = {pool.gene.symbol: place for place, (_, _, pool, _) in enumerate(places)}
    for place, (contig, position, pool, row) in enumerate(places):
        symbol = pool.gene.symbol
        if symbol not in drawn:
            drawn[symbol] = pool.draw(2 * samples, random)
        variant = pool.gene.positions[row]
        codes = pool.codes[:, row][drawn[symbol]]
        yield Site(contig, position, variant.name, variant.bases), _genotypes(codes, pool, samples, random)
        if last[symbol] == place:
            del drawn[symbol]


def _places(pools: Sequence[HaplotypePool]) -> list[Place]:
    places = [
        (NAMES.index(variant.contig), variant.grch38, pool, row)
        for pool in pools
        for row, variant in enumerate(pool.gene.positions)
    ]
    return sorted(places, key=lambda place: (place[0], place[1], _bases(place).bases))


def _bases(place: Place) -> Variant:
    return place[2].gene.positions[place[3]]


def _genotypes(
    codes: NDArray[np.uint8], pool: HaplotypePool, samples: int, random: np.random.Generator
) -> NDArray[np.uint8]:
    """Return genotypes in BCF's coding: (allele + 1) * 2, lower allele first, 0 where missing."""
    private = random.integers(0, 2 * samples, random.binomial(2 * samples, PRIVATE))
    codes[private] = 1
    pairs = np.sort(codes.reshape(samples, 2), axis=1) if samples else codes.reshape(0, 2)
    pairs = ((pairs + 1) << 1).astype(np.uint8)
    pairs[random.integers(0, samples, random.binomial(samples, MISSING))] = NO_ALLELE
    if pool.gene.sex_linked:
        pairs[::2, 1] = END_OF_VECTOR
    return pairs


def main() -> None:
    """Write one cohort and say what it was made of."""
    if len(sys.argv) != 3 or not sys.argv[1].replace(",", "").isdigit():
        print("usage: python -m benchmarks.generate SAMPLES FILE.bcf", file=sys.stderr)
        sys.exit(2)
    print(write_cohort(Path(sys.argv[2]), int(sys.argv[1].replace(",", ""))))


if __name__ == "__main__":
    main()
