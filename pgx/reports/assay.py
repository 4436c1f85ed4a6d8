"""What a file or an assay can see: JSON, and a table and lists for a terminal."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pgx.domain.population import BiogeographicGroup
from pgx.reports.assay_plot import share_text
from pgx.reports.numbers import percent
from pgx.reports.wording import abbreviate, printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import TextIO

    from rich.console import Console
    from rich.table import Table

    from pgx.domain.assay import AlleleSight, AssayReport, GeneAssay, GroupShare, PanelGaps
    from pgx.domain.ruleset import RuleSet

SCHEMA = "pgx-check/1"
WORTH_NAMING = 0.001
"""Frequency in some group from which a missed allele is listed on the terminal."""
MOST_NAMED = 6
HEADINGS = {
    BiogeographicGroup.AFRICAN_AMERICAN: "Afro-\nAmer.",
    BiogeographicGroup.AMERICAN: "Amer-\nican",
    BiogeographicGroup.CENTRAL_SOUTH_ASIAN: "C./S.\nAsian",
    BiogeographicGroup.EAST_ASIAN: "East\nAsian",
    BiogeographicGroup.EUROPEAN: "Euro-\npean",
    BiogeographicGroup.LATINO: "Latino",
    BiogeographicGroup.NEAR_EASTERN: "Near\nEast.",
    BiogeographicGroup.OCEANIAN: "Ocea-\nnian",
    BiogeographicGroup.SUB_SAHARAN_AFRICAN: "Sub-S.\nAfr.",
}
"""Names of the groups in six letters' width, so that all nine fit 80 columns."""


def assay_document(report: AssayReport, rules: RuleSet, tool_version: str) -> dict[str, Any]:
    """Return the survey as JSON values; shares are fractions, to four digits."""
    source = report.source
    return {
        "schema": SCHEMA,
        "tool": {"name": "pgx", "version": tool_version},
        "rules": {"version": rules.version, "sha256": rules.sha256},
        "input": {"name": source.name, "kind": source.kind, "build": source.build, "samples": source.samples},
        "genes": {found.gene: _gene(found) for found in report.genes},
        "notes": [{"code": note.code, "text": note.text} for note in report.notes],
    }


def dump_assay(report: AssayReport, rules: RuleSet, tool_version: str, stream: TextIO) -> None:
    """Write the survey as JSON."""
    json.dump(assay_document(report, rules, tool_version), stream, ensure_ascii=False, indent=1)
    stream.write("\n")


def _gene(found: GeneAssay) -> dict[str, Any]:
    return {
        "positions": found.positions,
        "seen": found.seen,
        "patchy": {name: round(share, 4) for name, share in found.patchy},
        "testable": list(found.testable),
        "untestable": list(found.untestable),
        "missed_risk": list(found.missed_risk),
        "misnamed_risk": {allele.allele: list(allele.read_as) for allele in found.misnamed_risk},
        "alleles": [_allele(allele) for allele in found.alleles],
        "groups": {share.group.value: _share(share) for share in found.groups},
        "frequencies": [{"name": s.name, "version": s.version, "url": s.url} for s in found.sources],
        "panel": _panel(found.panel) if found.panel else None,
        "notes": [{"code": note.code, "text": note.text} for note in found.notes],
    }


def _allele(allele: AlleleSight) -> dict[str, Any]:
    return {
        "allele": allele.allele,
        "function": allele.function or None,
        "risk": allele.is_risk,
        "sight": allele.sight.value,
        "read_as": list(allele.read_as),
        "lacking": list(allele.lacking),
        "reason": allele.reason or None,
        "tier": allele.tier,
    }


def _share(found: GroupShare) -> dict[str, Any]:
    return {
        "carriers": round(found.share.carriers, 4),
        "missed": round(found.share.missed, 4),
        "incomplete": round(found.share.incomplete, 4),
        "missed_alleles": dict(found.missed),
        "without_frequency": list(found.unlisted),
    }


def _panel(panel: PanelGaps) -> dict[str, Any]:
    tiers = {str(tier): list(lacking) for tier, lacking in panel.tiers}
    return {"name": panel.name, "version": panel.version, "url": panel.url, "missing": tiers}


def print_assay(report: AssayReport, groups: Sequence[BiogeographicGroup], console: Console | None = None) -> None:
    """Print what is seen of each gene, the shares of carriers missed in these groups, and which alleles they carry."""
    from rich.console import Console
    from rich.text import Text

    console = console or Console(highlight=False, emoji=False)
    for line in _head(report):
        console.print(Text(printable(line)))
    console.print(_genes_table(report.genes))
    counted = [found for found in report.genes if _shares(found, groups)]
    if counted:
        console.print(Text("Percent of the carriers of a reduced-function or risk allele that would be missed", "bold"))
        console.print(_shares_table(counted, groups))
        for line in _missed_lines(counted, groups):
            console.print(Text(line))
        console.print(Text(_EXPLANATION, "bright_black"))


_EXPLANATION = (
    "Predicted from published allele frequencies. ≥: at least; risk alleles are missed too whose frequency there is "
    "not published; –: no frequencies. --json has every allele, what it is taken for, and the sources."
)


def _head(report: AssayReport) -> Iterator[str]:
    source = report.source
    samples = f" · {source.samples} sample{'s' if source.samples != 1 else ''}" if source.samples else ""
    yield f"{source.name} · {source.kind} · {source.build or 'build unknown'}{samples}"
    yield from (f"! {note.text}" for note in report.notes)


def _table(*columns: str, numbers: int = 0) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for place, name in enumerate(columns):
        number = 0 < place <= numbers
        table.add_column(name, justify="right" if number else "left", overflow="fold", no_wrap=number or not place)
    return table


def _genes_table(genes: Sequence[GeneAssay]) -> Table:
    table = _table("Gene", "Positions", "Alleles", "Risk alleles missed", "AMP tiers lack", "Remark", numbers=2)
    for found in genes:
        total = len(found.alleles)
        table.add_row(
            found.gene,
            f"{found.seen}/{found.positions}",
            f"{len(found.testable)}/{total}",
            _missed_text(found),
            "; ".join(_tier_lines(found.panel)) if found.panel else "",
            " ".join(note.text for note in found.notes),
        )
    return table


def _missed_text(found: GeneAssay) -> str:
    """Name the risk alleles that are missed, the commonest first, and count those noticed without a sure name."""
    risk = sum(allele.is_risk for allele in found.alleles)
    names = found.missed_risk
    if len(names) == risk:
        return f"all {risk}" if risk else ""
    common = _highest(found, found.groups)
    ordered = sorted(names, key=lambda name: -common[name][0] if name in common else 0)
    missed = f"{len(names)} of {risk}: {abbreviate(ordered, most=4)}" if names else "none"
    other = len(found.misnamed_risk)
    return f"{missed}; {other} noticed, name unsure" if other else missed


def _tier_lines(panel: PanelGaps) -> Iterator[str]:
    for tier, lacking in panel.tiers:
        yield f"tier {tier}: {abbreviate(lacking, most=4) if lacking else 'complete'}"


def _shares(found: GeneAssay, groups: Sequence[BiogeographicGroup]) -> list[GroupShare]:
    return [share for share in found.groups if share.group in groups]


def _shares_table(genes: Sequence[GeneAssay], groups: Sequence[BiogeographicGroup]) -> Table:
    table = _table("Gene", *(HEADINGS[group] for group in groups), numbers=len(groups))
    for found in genes:
        by_group = {share.group: share_text(share).removesuffix(" %") for share in found.groups}
        table.add_row(found.gene, *(by_group.get(group, "–") for group in groups))
    return table


def _missed_lines(genes: Sequence[GeneAssay], groups: Sequence[BiogeographicGroup]) -> Iterator[str]:
    """Name, for each gene, the missed alleles with the group in which each is commonest."""
    for found in genes:
        common = _highest(found, _shares(found, groups))
        worth = [(name, *place) for name, place in common.items() if place[0] >= WORTH_NAMING]
        worth.sort(key=lambda entry: -entry[1])
        named = [f"{name} {percent(share)} {group}" for name, share, group in worth[:MOST_NAMED]]
        more = f"; {len(worth) - MOST_NAMED} more" if len(worth) > MOST_NAMED else ""
        if named:
            yield f"{found.gene} misses {'; '.join(named)}{more}"


def _highest(found: GeneAssay, shares: Sequence[GroupShare]) -> dict[str, tuple[float, str]]:
    """Return the highest frequency of each missed allele and the group that has it."""
    highest: dict[str, tuple[float, str]] = {}
    for share in shares:
        for name, frequency in share.missed:
            if frequency > highest.get(name, (0.0, ""))[0]:
                highest[name] = (frequency, share.group.value)
    return highest
