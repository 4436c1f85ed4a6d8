"""A whole upstream release -> rules/genes/*.yaml, with a report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from pgx.domain.gene import CallingMode, Gene, Source
from pgx.errors import InputError
from pgx.rules.gene_tables import parse_gene
from pgx.rules.gene_writer import format_gene
from pgx.rules.importers.assembly import GeneFacts, assemble
from pgx.rules.importers.cpic import CpicTables, Update, has_diplotypes, read_cpic, update_functions
from pgx.rules.importers.facts import Exemption, Release
from pgx.rules.importers.pharmcat import read_release
from pgx.rules.importers.positions import Lifted, read_grch37
from pgx.rules.importers.report import GeneReport, ImportReport
from pgx.rules.importers.skeletons import Skeletons, read_skeletons


@dataclass(frozen=True, slots=True)
class _Upstream:
    """All that was read, before any gene is put together."""

    skeletons: Skeletons
    release: Release
    cpic: CpicTables | None
    grch37: dict[str, dict[int, Lifted]]
    retrieved: str


def import_gene_tables(
    pharmcat: Path, cpic: Path | None, grch37: Path, output: Path, retrieved: str = ""
) -> ImportReport:
    """Write one gene table for each gene that is kept by hand, from a PharmCAT release and CPIC's tables.

    `grch37` is a table of GRCh37 coordinates; `retrieved` says when CPIC's tables, which carry no version,
    were fetched. Every table is read back before the first file is written. InputError or RuleError where
    the files are missing or contradict each other.
    """
    upstream = _Upstream(
        read_skeletons(), read_release(pharmcat), read_cpic(cpic) if cpic else None, read_grch37(grch37), retrieved
    )
    reports = tuple(_import_gene(upstream, skeleton) for skeleton in upstream.skeletons.genes.values())
    texts = {output / f"{report.gene.symbol}.yaml": _checked_text(report.gene) for report in reports}
    output.mkdir(parents=True, exist_ok=True)
    for path, text in texts.items():
        _write(path, text)
    return ImportReport(reports, tuple(texts))


def _write(path: Path, text: str) -> None:
    draft = path.with_suffix(".part")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def _checked_text(gene: Gene) -> str:
    text = format_gene(gene)
    if parse_gene(text, f"{gene.symbol}.yaml") != gene:
        raise InputError(f"{gene.symbol}: the written table does not read back as the same gene")
    return text


def _import_gene(upstream: _Upstream, skeleton: Gene) -> GeneReport:
    release, symbol = upstream.release, skeleton.symbol
    update = _update(upstream, symbol)
    facts = GeneFacts(
        skeleton=_with_statuses(upstream, skeleton),
        definition=release.definitions.get(symbol),
        functions=update.table if update else release.functions.get(symbol),
        exemption=release.exemptions.get(symbol, Exemption()),
        lift=upstream.grch37.get(symbol),
    )
    if skeleton.calling is not CallingMode.PRESENCE and not (facts.definition or facts.functions):
        raise InputError(f"{symbol}: neither definitions nor functions in the release")
    report = assemble(facts)
    sources = (*_sources(upstream, facts, bool(update)), *skeleton.sources)
    version = (facts.definition.version if facts.definition else release.version).replace("-", ".")
    return replace(
        report,
        gene=replace(report.gene, version=version, sources=sources),
        derived_functions=update.new_alleles if update else (),
        later_changes=_later_changes(upstream, facts),
        disagreements=(*_gene_disagreements(upstream.cpic, skeleton), *(update.disagreements if update else ())),
    )


def _update(upstream: _Upstream, symbol: str) -> Update | None:
    table = upstream.release.functions.get(symbol)
    if table is None or upstream.cpic is None or not has_diplotypes(upstream.cpic, symbol):
        return None
    return update_functions(upstream.cpic, table)


def _with_statuses(upstream: _Upstream, skeleton: Gene) -> Gene:
    """For presence genes, add the alleles that the guidelines of both upstream folders ask about."""
    if skeleton.calling is not CallingMode.PRESENCE:
        return skeleton
    found = set(skeleton.statuses) | upstream.release.statuses.get(skeleton.symbol, frozenset())
    if upstream.cpic:
        found |= upstream.cpic.statuses.get(skeleton.symbol, frozenset())
    return replace(skeleton, statuses=tuple(sorted(found)))


def _sources(upstream: _Upstream, facts: GeneFacts, updated: bool) -> Iterator[Source]:
    make = upstream.skeletons.source
    if facts.definition:
        yield make("definitions", facts.definition.version)
    if facts.functions:
        yield make("functions", facts.functions.version or upstream.release.version)
    if upstream.cpic and facts.skeleton.symbol in upstream.cpic.genes:
        role = "cpic_diplotypes" if updated else "cpic"
        yield make(role, upstream.cpic.version, upstream.retrieved)
    if facts.skeleton.exons:
        yield make("exons")


def _later_changes(upstream: _Upstream, facts: GeneFacts) -> tuple[str, ...]:
    if upstream.cpic is None:
        return ()
    definition = facts.definition.version if facts.definition else upstream.release.version
    functions = facts.functions.version if facts.functions else upstream.release.version
    return upstream.cpic.changes_after(facts.skeleton.symbol, definition, functions)


def _gene_disagreements(cpic: CpicTables | None, skeleton: Gene) -> Iterator[str]:
    theirs = cpic.genes.get(skeleton.symbol) if cpic else None
    if theirs is not None:
        if theirs.hgnc != skeleton.hgnc:
            yield f"CPIC has {theirs.hgnc}, kept {skeleton.hgnc}"
        if theirs.lookup != skeleton.lookup:
            yield f"CPIC looks up by {theirs.lookup}, kept {skeleton.lookup}"
