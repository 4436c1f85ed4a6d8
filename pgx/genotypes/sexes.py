"""Sex from genotypes on X, where nobody tells it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pgx.domain.genotype import Genotype, Sex

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_FEW = 16
"""Up to so many codes are looked for one by one, which is far quicker."""


def infer_sexes(
    values: Sequence[Sequence[Genotype]], codes: NDArray[np.unsignedinteger[Any]], told: Sequence[Sex | None]
) -> tuple[Sex, ...]:
    """Return the sex of each sample from its genotypes at positions of X outside the shared ends.

    `values` and `codes` are those of a genotype table, `told` what is known already, if anything. One allele at every
    position makes a man, heterozygous genotypes at two positions or more and none with one allele a woman; anything
    else is unknown. Two equal alleles say nothing: many callers write men so.
    """
    import numpy as np

    single = np.zeros(codes.shape[1], dtype=bool)
    double, mixed, twice_mixed = np.zeros_like(single), np.zeros_like(single), np.zeros_like(single)
    for row, column in zip(values, codes, strict=True):
        single |= _among(column, [len(one.alleles) == 1 for one in row])
        double |= _among(column, [len(one.alleles) > 1 for one in row])
        here = _among(column, [one.is_heterozygous for one in row])
        twice_mixed |= mixed & here
        mixed |= here
    sexes = np.array([Sex.UNKNOWN, Sex.MALE, Sex.FEMALE], dtype=object)
    found = sexes[(single & ~double) + 2 * (twice_mixed & ~single)].tolist()
    return tuple(sex if given is None else given for given, sex in zip(told, found, strict=True)) if told else (*found,)


def _among(column: NDArray[np.unsignedinteger[Any]], wanted: Sequence[bool]) -> NDArray[np.bool_]:
    """Return where the column has a code that is wanted."""
    import numpy as np

    if sum(wanted) > _FEW:
        return np.array(wanted).take(column)
    found = np.zeros(len(column), dtype=bool)
    for code, is_wanted in enumerate(wanted):
        if is_wanted:
            found |= column == code
    return found


def describe_sexes(inferred: Mapping[str, Sex], shown: int = 3) -> str:
    """Say whose sex was taken from X, with a few names.

    >>> describe_sexes({"A": Sex.MALE, "B": Sex.MALE})
    'The sex of 2 samples was taken from their genotypes on X (male: A, B).'
    """
    parts = []
    for sex in (Sex.MALE, Sex.FEMALE):
        names = [name for name, found in inferred.items() if found is sex]
        more = f" and {len(names) - shown} more" if len(names) > shown else ""
        parts += [f"{sex}: {', '.join(names[:shown])}{more}"] if names else []
    count = f"{len(inferred)} sample{'s were' if len(inferred) > 1 else ' was'}"
    return f"The sex of {count.rsplit(' ', 1)[0]} was taken from their genotypes on X ({'; '.join(parts)})."
