"""Coverage and rules in, the whole survey out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pgx.assay.coverage import Coverage, GeneCoverage
from pgx.assay.sight import sights
from pgx.domain.assay import AlleleSight, AssayReport, AssaySource, GeneAssay, GroupShare, PanelGaps, Sight
from pgx.domain.call import Note
from pgx.domain.gene import Gene
from pgx.domain.names import name_key
from pgx.domain.population import BiogeographicGroup, GeneCarriers, Panel, carrier_share


def survey(
    source: AssaySource,
    coverage: Coverage,
    genes: Mapping[str, Gene],
    carriers: Mapping[str, GeneCarriers],
    panels: Iterable[Panel] = (),
    notes: tuple[Note, ...] = (),
) -> AssayReport:
    """Return what the covered positions show of every gene in `coverage`.

    The share of carriers that would be missed is predicted from published allele frequencies (`carrier_share`):
    a carrier has at least one allele of reduced function or with a risk, and is missed when none of these is
    noticed. An allele is missed when, at the seen positions alone, what is read in its place carries no risk;
    one that is taken for another risk allele is misnamed, not missed. Alleles without a frequency count as
    absent from the group, so that the share is a lower bound. A gene of which nothing is seen misses all.
    """
    by_gene = {panel.gene: panel for panel in panels}
    found = (
        _assay(genes[covered.gene], covered, carriers.get(covered.gene), by_gene.get(covered.gene))
        for covered in coverage.genes
    )
    return AssayReport(source, tuple(found), notes)


def _assay(gene: Gene, covered: GeneCoverage, carriers: GeneCarriers | None, panel: Panel | None) -> GeneAssay:
    seen = covered.seen
    alleles = sights(gene, seen)
    groups = tuple(_groups(alleles, carriers)) if carriers else ()
    return GeneAssay(
        gene.symbol,
        len(covered.shares),
        len(seen),
        covered.patchy,
        alleles,
        groups,
        carriers.frequencies.sources if carriers else (),
        _gaps(alleles, panel) if panel else None,
        tuple(_notes(gene, covered)),
    )


def _groups(alleles: tuple[AlleleSight, ...], carriers: GeneCarriers) -> Iterator[GroupShare]:
    missed = frozenset(found.allele for found in alleles if found.is_risk and found.sight is Sight.MISSED)
    for group in BiogeographicGroup:
        known = carriers.frequencies.of(group)
        share = carrier_share([carriers.strands(known, missed)]) if known and known.knows(carriers.risk) else None
        if known and share:
            named = [(name, frequency) for name, frequency in known.alleles if name in missed and frequency > 0]
            named.sort(key=lambda pair: (-pair[1], name_key(pair[0])))
            unlisted = sorted(missed - {name for name, _ in known.alleles}, key=name_key)
            yield GroupShare(group, share, tuple(named), tuple(unlisted))


def _gaps(alleles: tuple[AlleleSight, ...], panel: Panel) -> PanelGaps:
    return PanelGaps(
        panel.name,
        panel.version,
        panel.url,
        tuple((tier, (*_lacking(alleles, tier), *_beyond(panel, tier))) for tier in panel.tiers),
    )


def _lacking(alleles: tuple[AlleleSight, ...], tier: int) -> tuple[str, ...]:
    return tuple(found.allele for found in alleles if found.tier == tier and not found.testable)


def _beyond(panel: Panel, tier: int) -> tuple[str, ...]:
    return tuple(what for wanted, what in panel.beyond if wanted == tier)


def _notes(gene: Gene, covered: GeneCoverage) -> Iterator[Note]:
    if gene.statuses:
        yield Note("outside-only", "Typed by other programs; give their results with --outside.")
        return
    if not covered.seen:
        yield Note("nothing-seen", "No defining position is seen.")
    lacking = [name for name in gene.required if name not in covered.seen]
    if lacking and covered.seen:
        yield Note("required-position", f"No call without {', '.join(lacking)}.")
    if gene.copy_number_required:
        text = "No call without a copy number; the shares hold where one is given, structural alleles apart."
        yield Note("copy-number", text)
