"""What is wanted: `GENE=DIPLOTYPE` texts against the gene tables, with the names that come near where none fits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from pgx.domain.gene import Allele, CallingMode, Gene
from pgx.domain.names import name_key
from pgx.errors import UsageError

NAMES_LISTED = 6
"""Names that an error message lists."""


def parse_diplotypes(texts: Iterable[str], genes: Mapping[str, Gene]) -> dict[str, tuple[str, ...]]:
    """Read texts such as `GENE=*2/*17`; returns the strands wanted of each gene.

    A strand is an allele name or, where a strand holds several, `[a + b]`. Names may contain `/` and commas, so
    a diplotype is cut where both sides are names of the table. Raises UsageError.
    """
    wanted: dict[str, tuple[str, ...]] = {}
    for text in texts:
        symbol, equals, diplotype = (part.strip() for part in text.partition("="))
        if not (symbol and equals and diplotype):
            raise UsageError(f"'{text}' is no wanted diplotype; write GENE=ALLELE/ALLELE")
        gene = find_gene(genes, symbol)
        if gene.symbol in wanted:
            raise UsageError(f"{gene.symbol} is given twice; give each gene one diplotype")
        wanted[gene.symbol] = split_diplotype(gene, diplotype)
    return wanted


def find_gene(genes: Mapping[str, Gene], symbol: str) -> Gene:
    """Return the gene of this symbol, in any case; raises UsageError with near symbols, or where it has no variants."""
    known = {name.upper(): gene for name, gene in genes.items()}
    if symbol.upper() not in known:
        raise UsageError(f"no gene '{symbol}'; {_near(symbol, list(genes))}")
    gene = known[symbol.upper()]
    if gene.calling is CallingMode.PRESENCE:
        raise UsageError(f"{gene.symbol} is not called from variants; give its result as an outside call instead")
    return gene


def split_diplotype(gene: Gene, text: str) -> tuple[str, ...]:
    """Return the one or two strands that `text` names; raises UsageError where none of its readings is in the table."""
    cuts = [number for number, letter in enumerate(text) if letter == "/"]
    readings = [(text[:cut].strip(), text[cut + 1 :].strip()) for cut in cuts]
    for reading in (*readings, (text,)):
        if all(_is_strand(gene, strand) for strand in reading):
            return reading
    for strand in min(readings, key=lambda reading: abs(len(reading[0]) - len(reading[1])), default=(text,)):
        find_alleles(gene, strand)
    raise AssertionError(text)


def find_alleles(gene: Gene, strand: str) -> tuple[Allele, ...]:
    """Return the alleles that a strand such as `*2` or `[a + b]` names.

    Raises UsageError for names that the table has not, and for alleles that small variants cannot show.
    """
    names = strand[1:-1].split(" + ") if strand.startswith("[") and strand.endswith("]") else [strand]
    alleles = tuple(_find_allele(gene, name.strip()) for name in names)
    for allele in alleles:
        _refuse_unshowable(gene, allele)
    return alleles


def _find_allele(gene: Gene, name: str) -> Allele:
    tables_name = {shown: ours for ours, shown in gene.display_names}.get(name, name)
    allele = gene.find_allele(name) or gene.find_allele(tables_name)
    if allele is None:
        raise UsageError(f"{gene.symbol}: no allele '{name}'; {_near(name, [allele.name for allele in gene.alleles])}")
    return allele


def _refuse_unshowable(gene: Gene, allele: Allele) -> None:
    if allele.structural or not (allele.core or allele.defines_all):
        reason = allele.reason or "it is a structural allele or has no positions in the table"
        raise UsageError(f"{gene.symbol} {allele.name}: small variants cannot show it: {reason}; choose another allele")


def _is_strand(gene: Gene, strand: str) -> bool:
    try:
        return bool(find_alleles(gene, strand))
    except UsageError:
        return False


def _near(name: str, names: list[str]) -> str:
    """Say which names come near, or else which there are."""
    by_lower = {known.lower(): known for known in names}
    near = [by_lower[match] for match in get_close_matches(name.lower(), by_lower, NAMES_LISTED, 0.5)]
    near += [known for known in names if len(name) > 2 and name.lower() in known.lower() and known not in near]
    if near:
        return f"near it: {', '.join(near[:NAMES_LISTED])}"
    listed = sorted(names, key=name_key)[:NAMES_LISTED]
    more = f" (and {len(names) - len(listed)} more)" if len(names) > len(listed) else ""
    return f"there are {', '.join(listed)}{more}"
