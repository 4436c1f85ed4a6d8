"""What a diplotype means: functions of its alleles, activity score, phenotype, and the keys guidelines look up."""

from __future__ import annotations

from dataclasses import dataclass

from pgx.domain.gene import ActivityValue


@dataclass(frozen=True, slots=True)
class Phenotype:
    """The translation of one diplotype or, for hemizygous and haploid genes, of one allele.

    `functions` run parallel to the alleles. `activity_score` is None where the gene has none or an allele's
    value is unknown; `phenotype` is None for genes that are looked up by genotype or allele status. The keys
    in `lookup` hold together and are spelt as CPIC spells them.
    """

    functions: tuple[str, ...]
    activity_score: ActivityValue | None = None
    phenotype: str | None = None
    lookup: tuple[str, ...] = ()
