"""`pgx check`: what a file or an assay can see of each gene, and how many carriers it would miss."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pgx.cli import options as opt
from pgx.errors import UsageError

if TYPE_CHECKING:
    from pgx.assay import Coverage
    from pgx.domain.assay import AssayReport
    from pgx.domain.call import Note
    from pgx.domain.gene import Gene
    from pgx.domain.population import BiogeographicGroup
    from pgx.domain.ruleset import RuleSet
    from pgx.domain.variant import Build

Target = Annotated[
    Path, typer.Argument(metavar="FILE|BED", help="VCF, gVCF or BCF file, or the regions of an assay (.bed).")
]
Groups = Annotated[
    list[str] | None, typer.Option("--group", help="Only these biogeographic groups (repeat; part of a name will do).")
]
Plot = Annotated[Path | None, typer.Option("--plot", metavar="FILE.svg", help="Draw the missed shares as a heat map.")]


def check_command(
    target: Target,
    build: opt.BuildName = "auto",
    gene: opt.Genes = None,
    group: Groups = None,
    plot: Plot = None,
    rules: opt.RulesFolder = None,
    quiet: opt.Quiet = False,
    as_json: opt.AsJson = False,
) -> None:
    """Say which alleles a file or an assay can tell, and the share of carriers it would miss in each group.

    Positions that a file is silent about count as not seen. A BED file needs `--build`.

    Example: `pgx check array.vcf.gz --plot missed.svg`
    """
    from pgx.rules.ruleset import load_rules

    groups = _read_groups(group)
    _check_plot(plot)
    tables = load_rules(rules)
    report = _survey(target, opt.read_build(build), tables, opt.listed(gene))
    if plot:
        from pgx.reports.assay_plot import write_plot

        write_plot(report, groups, plot)
    _print(report, tables, groups, quiet=quiet, as_json=as_json)


def _read_groups(given: list[str] | None) -> tuple[BiogeographicGroup, ...]:
    from pgx.domain.population import BiogeographicGroup

    wanted = opt.listed(given)
    for text in wanted:
        if not any(text.lower() in group.lower() for group in BiogeographicGroup):
            raise UsageError(f"--group: '{text}' is in none of {', '.join(BiogeographicGroup)}")
    chosen = (group for group in BiogeographicGroup if any(text.lower() in group.lower() for text in wanted))
    return tuple(chosen) if wanted else tuple(BiogeographicGroup)


def _check_plot(plot: Path | None) -> None:
    if plot and plot.suffix.lower() != ".svg":
        raise UsageError(f"--plot: {plot.name} is no .svg; the drawing is SVG")


def _survey(target: Path, build: Build | None, rules: RuleSet, names: tuple[str, ...]) -> AssayReport:
    from pgx.assay import survey
    from pgx.domain.assay import AssaySource
    from pgx.selection import RunOptions, select

    genes, _ = select(rules, RunOptions(genes=names))
    regions = target.suffix.lower() == ".bed"
    coverage, notes = (_cover_regions if regions else _cover_file)(target, build, genes)
    kind = "regions of an assay" if regions else "genotypes"
    source = AssaySource(target.name, kind, coverage.build, coverage.samples)
    return survey(source, coverage, rules.genes, rules.carriers, rules.panels, notes)


def _cover_regions(target: Path, build: Build | None, genes: tuple[Gene, ...]) -> tuple[Coverage, tuple[Note, ...]]:
    from pgx.assay import cover_regions
    from pgx.genotypes import read_regions

    if build is None:
        raise UsageError(f"{target}: regions do not tell their build; give --build GRCh37 or GRCh38")
    return cover_regions(build, genes, read_regions(target)), ()


def _cover_file(target: Path, build: Build | None, genes: tuple[Gene, ...]) -> tuple[Coverage, tuple[Note, ...]]:
    from pgx.assay import cover_tables
    from pgx.genotypes import ReadOptions, open_reading

    reading = open_reading([target], genes, ReadOptions(build=build, list_unexplained=False))
    by_symbol = {gene.symbol: gene for gene in genes}
    tables = [(by_symbol[table.gene], table) for table in reading.tables()]
    report = reading.report()
    return cover_tables(report.build, tables, report.untestable), report.notes


def _print(
    report: AssayReport, rules: RuleSet, groups: tuple[BiogeographicGroup, ...], *, quiet: bool, as_json: bool
) -> None:
    if as_json:
        from pgx import __version__
        from pgx.reports.assay import dump_assay

        dump_assay(report, rules, __version__, sys.stdout)
    elif not quiet:
        from pgx.reports.assay import print_assay

        print_assay(report, groups)
