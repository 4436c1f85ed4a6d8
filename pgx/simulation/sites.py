"""What each sample carries at each defining position: bases by strand, with `*` where a deletion takes the base."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from pgx.domain.gene import IUPAC, CallingMode, Gene
from pgx.domain.genotype import Sex
from pgx.domain.variant import Build, Variant
from pgx.errors import UsageError
from pgx.simulation.wanted import find_alleles, find_gene

SPANNED = "*"
"""VCF 4.3, section 1.6.1: the allele is missing because of an overlapping deletion."""

Strand = tuple[str, ...]
"""One base for each of a gene's positions, defining and extra."""


@dataclass(frozen=True, slots=True)
class Site:
    """One position on the wanted build; `carried` holds each sample's bases, one or two strands."""

    variant: Variant
    position: int
    ref: str
    carried: tuple[tuple[str, ...], ...]

    @property
    def alts(self) -> tuple[str, ...]:
        """All bases of the table but REF, then `*` where a sample has it."""
        known = tuple(base for base in self.variant.bases if base != self.ref)
        return (*known, SPANNED) if any(SPANNED in bases for bases in self.carried) else known

    @property
    def varies(self) -> bool:
        """True where a sample has a base other than REF here, not just none."""
        return any(base not in (self.ref, SPANNED) for bases in self.carried for base in bases)

    @property
    def end(self) -> int:
        return self.position + len(self.ref) - 1

    @property
    def deletes(self) -> dict[str, range]:
        """The positions that each deleting base takes away, in left-most placement."""
        return {
            base: range(self.position + 1, self.position + 1 + len(self.ref) - len(base))
            for base in self.variant.bases
            if len(base) < len(self.ref)
        }


def gene_sites(
    gene: Gene, wanted: Mapping[str, Mapping[str, tuple[str, ...]]], build: Build, sexes: Mapping[str, Sex]
) -> tuple[Site, ...]:
    """Return the gene's positions on `build`, with the bases of each sample of `wanted`.

    A sample for which nothing is wanted of this gene has the reference allele on every strand. Raises UsageError.
    """
    names = [_strands(gene, sample, genes.get(gene.symbol), sexes) for sample, genes in wanted.items()]
    bases = {name: strand_bases(gene, name) for pair in names for name in pair}
    sites = [
        Site(variant, position, variant.reference(build), tuple(tuple(bases[name][row] for name in p) for p in names))
        for row, variant in enumerate(gene.positions)
        if (position := variant.position(build)) is not None
    ]
    deleting = [site for site in sites if site.deletes]
    return tuple(_spanned(site, deleting) for site in sites)


def strand_bases(gene: Gene, strand: str | None) -> Strand:
    """Return the bases of one strand at all positions; None is the reference allele.

    An IUPAC code becomes the reference allele's base where it allows that, else its first base. Where several
    alleles lie on the strand they may not disagree (UsageError).
    """
    reference = _reference_core(gene)
    core: dict[str, str] = {}
    for allele in find_alleles(gene, strand) if strand else ():
        for name, code in allele.core:
            if core.setdefault(name, code) != code:
                raise UsageError(f"{gene.symbol}: {strand} needs two bases at {name}; put the alleles on two strands")
    bases = {v.name: _resolve(reference.get(v.name, v.ref), v.ref, v) for v in gene.positions}
    return tuple(_resolve(core.get(v.name, bases[v.name]), bases[v.name], v) for v in gene.positions)


def _reference_core(gene: Gene) -> dict[str, str]:
    reference = gene.reference_allele
    return dict(reference.core) if reference else {}


def _resolve(code: str, reference: str, variant: Variant) -> str:
    if code in variant.bases:
        return code
    allowed = [base for base in variant.bases if base in IUPAC[code]]
    return reference if reference in allowed else allowed[0]


def _strands(
    gene: Gene, sample: str, wanted: tuple[str, ...] | None, sexes: Mapping[str, Sex]
) -> tuple[str | None, ...]:
    """Return as many strands as the sample has of this gene; raises UsageError where others are wanted."""
    sex = sexes.get(sample, Sex.UNKNOWN)
    if wanted is None:
        return (None,) * _copies(gene, sex, 2)
    copies = _copies(gene, sex, len(wanted))
    if len(wanted) != copies:
        whose = f"a {sex} sample" if gene.sex_linked and sex is not Sex.UNKNOWN else "it"
        alleles = "one allele" if copies == 1 else "two alleles"
        given = "/".join(wanted)
        raise UsageError(
            f"{sample}, {gene.symbol}: {whose} has {alleles}, but '{given}' is {len(wanted)}; give {alleles}"
        )
    return wanted


def _copies(gene: Gene, sex: Sex, given: int) -> int:
    if gene.calling is CallingMode.HAPLOID:
        return 1
    if not gene.sex_linked or sex is Sex.FEMALE:
        return 2
    return 1 if sex is Sex.MALE or given == 1 else 2


def _spanned(site: Site, deleting: Iterable[Site]) -> Site:
    """Put `*` on the strands of `site` where another site's deletion takes its base away."""
    over = [other for other in deleting if any(site.position in span for span in other.deletes.values())]
    if not over:
        return site
    carried = tuple(
        tuple(SPANNED if base == site.ref and _taken(site, over, sample, strand) else base for strand, base in row)
        for sample, row in enumerate(tuple(enumerate(bases)) for bases in site.carried)
    )
    return replace(site, carried=carried)


def _taken(site: Site, over: Iterable[Site], sample: int, strand: int) -> bool:
    return any(site.position in other.deletes.get(other.carried[sample][strand], ()) for other in over)


def all_sites(
    genes: Mapping[str, Gene],
    wanted: Mapping[str, Mapping[str, tuple[str, ...]]],
    build: Build,
    sexes: Mapping[str, Sex],
) -> tuple[Site, ...]:
    """Return the sites of all genes; raises UsageError for wanted genes that there are not."""
    for symbol in sorted({symbol for genes_wanted in wanted.values() for symbol in genes_wanted}):
        find_gene(genes, symbol)
    return tuple(site for gene in genes.values() for site in gene_sites(gene, wanted, build, sexes))
