"""Genes without a definition file whose allele names are HGVS substitutions: the names are the definitions."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from pgx.domain.gene import Allele, Gene
from pgx.domain.variant import Variant

_SUBSTITUTION = re.compile(r"m\.(?P<position>\d+)(?P<ref>[ACGT])>(?P<alt>[ACGT])")


def define_by_name(gene: Gene, names: Iterable[str]) -> tuple[Gene, tuple[str, ...]]:
    """Add a position and an allele for each name such as `m.1555A>G`, where the gene has none yet.

    Positions count on the mitochondrial reference sequence, which both builds mean. Also returns the names
    that are neither HGVS substitutions nor defined in the gene already.
    """
    known = {allele.name for allele in gene.alleles}
    new = [name for name in names if name not in known]
    matches = {name: match for name in new if (match := _SUBSTITUTION.fullmatch(name))}
    changes: dict[tuple[int, str], list[str]] = {}
    for match in matches.values():
        changes.setdefault((int(match["position"]), match["ref"]), []).append(match["alt"])
    variants = {key: _variant(gene.contig, *key, alts) for key, alts in changes.items()}
    alleles = [
        Allele(name, core=((variants[int(match["position"]), match["ref"]].name, match["alt"]),))
        for name, match in matches.items()
    ]
    return _merged(gene, variants.values(), alleles), tuple(name for name in new if name not in matches)


def _variant(contig: str, position: int, ref: str, alts: list[str]) -> Variant:
    return Variant(f"{contig}:{position}:{ref}:{','.join(alts)}", contig, position, position, (ref, *alts), ref)


def _merged(gene: Gene, variants: Iterable[Variant], alleles: Iterable[Allele]) -> Gene:
    return replace(
        gene,
        variants=tuple(sorted((*gene.variants, *variants), key=lambda variant: variant.grch38)),
        alleles=tuple(sorted((*gene.alleles, *alleles), key=lambda allele: (not allele.defines_all, allele.order))),
    )
