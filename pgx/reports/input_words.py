"""What reading the files left out, and why, in words for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pgx.domain.results import InputReport


def describe_input(report: InputReport) -> Iterator[str]:
    """Yield a sentence for each thing that was left out or used with a remark; none where all was plainly used.

    >>> from pgx.domain.results import InputReport
    >>> list(describe_input(InputReport((), None, 9, 8, (("symbolic allele", 1),), genotypes=(("depth below 20", 3),))))
    ['1 of 9 records not used: symbolic allele.', '3 genotypes give no alleles: depth below 20.']
    """
    if report.discarded:
        count = _total(report.discarded)
        yield f"{count:,} of {_counted(report.read, 'record')} not used: {_reasons(report.discarded)}."
    if report.marked:
        verb = "fails" if report.marked == 1 else "fail"
        yield f"{_counted(report.marked, 'record')} used that {verb} FILTER; --require-pass leaves them out."
    lost = describe_genotypes(report.genotypes)
    if lost:
        yield lost
    if report.unexplained:
        named = ", ".join(f"{gene} {count:,}" for gene, count in report.unexplained)
        yield f"{_counted(_total(report.unexplained), 'record')} in exons that no table explains: {named}."


def describe_genotypes(reasons: Sequence[tuple[str, int]]) -> str:
    """Say how many genotypes gave no alleles and for what reasons; empty where all did.

    >>> describe_genotypes((("depth below 20", 3), ("no genotype", 1)))
    '4 genotypes give no alleles: 3 depth below 20; 1 no genotype.'
    """
    if not reasons:
        return ""
    count = _total(reasons)
    return f"{_counted(count, 'genotype')} {'gives' if count == 1 else 'give'} no alleles: {_reasons(reasons)}."


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _reasons(counts: Sequence[tuple[str, int]]) -> str:
    """Name reasons with their counts; a single one needs none."""
    if len(counts) == 1:
        return counts[0][0]
    return "; ".join(f"{count:,} {reason}" for reason, count in counts)


def _total(counts: Sequence[tuple[str, int]]) -> int:
    return sum(count for _, count in counts)
