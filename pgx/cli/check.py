"""`pgx check`: what a file or an assay can see of each gene, and how many carriers it would miss."""

from __future__ import annotations

import sys
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pgx.cli import options as opt
from pgx.cli.groups import FileChoices, KnownChoices, expand_groups
from pgx.errors import UsageError

if TYPE_CHECKING:
    from pgx.assay import Coverage
    from pgx.domain.assay import AssayReport
    from pgx.domain.call import Note
    from pgx.domain.gene import Gene
    from pgx.domain.population import BiogeographicGroup
    from pgx.domain.ruleset import RuleSet

Target = Annotated[
    Path, typer.Argument(metavar="FILE|BED", help="VCF, gVCF or BCF file, or the regions of an assay (.bed).")
]
Groups = Annotated[
    list[str] | None, typer.Option("--group", help="Only these biogeographic groups (repeat; part of a name will do).")
]
Plot = Annotated[Path | None, typer.Option("--plot", metavar="FILE.svg", help="Draw the missed shares as a heat map.")]


@expand_groups
def check_command(
    *,
    target: Target,
    gene: opt.Genes = None,
    sample: opt.Samples = None,
    read: FileChoices,
    strict: opt.Strict = False,
    group: Groups = None,
    plot: Plot = None,
    rules: opt.RulesFolder = None,
    quiet: opt.Quiet = False,
    as_json: opt.AsJson = False,
) -> None:
    """Say which alleles a file or an assay can tell, and the share of carriers it would miss in each group.

    Positions that a file is silent about count as not seen, and so do those whose genotypes the options leave out.
    A BED file needs `--build`, and has no samples or genotypes to choose from.

    Example: `pgx check array.vcf.gz --plot missed.svg`
    """
    from pgx.rules.ruleset import load_rules

    groups = _read_groups(group)
    _check_plot(plot)
    tables = load_rules(rules)
    report = _survey(target, _Wanted(opt.listed(gene), opt.listed(sample), read, strict), tables)
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


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is to be checked: genes and samples, all where none are named, and how files are read."""

    genes: tuple[str, ...]
    samples: tuple[str, ...]
    read: FileChoices
    strict: bool

    @property
    def about_genotypes(self) -> str:
        """An option that regions cannot answer to; empty where there is none."""
        chosen = [field.name for field in fields(self.read) if getattr(self.read, field.name) != field.default]
        chosen += ["sample"] if self.samples else []
        chosen += ["strict"] if self.strict else []
        return next((f"--{name.replace('_', '-')}" for name in chosen if name != "build"), "")


def _survey(target: Path, wanted: _Wanted, rules: RuleSet) -> AssayReport:
    from pgx.assay import survey
    from pgx.domain.assay import AssaySource
    from pgx.selection import RunOptions, select

    genes, _ = select(rules, RunOptions(genes=wanted.genes))
    regions = target.suffix.lower() == ".bed"
    coverage, notes = _cover_regions(target, wanted, genes) if regions else _cover_file(target, wanted, genes, rules)
    kind = "regions of an assay" if regions else "genotypes"
    source = AssaySource(target.name, kind, coverage.build, coverage.samples)
    return survey(source, coverage, rules.genes, rules.carriers, rules.panels, notes)


def _cover_regions(target: Path, wanted: _Wanted, genes: tuple[Gene, ...]) -> tuple[Coverage, tuple[Note, ...]]:
    from pgx.assay import cover_regions
    from pgx.genotypes import read_regions

    build = opt.read_build(wanted.read.build)
    if build is None:
        raise UsageError(f"{target}: regions do not tell their build; give --build GRCh37 or GRCh38")
    if wanted.about_genotypes:
        raise UsageError(f"{target}: {wanted.about_genotypes} is for genotypes, which regions have not; leave it out")
    return cover_regions(build, genes, read_regions(target)), ()


def _cover_file(
    target: Path, wanted: _Wanted, genes: tuple[Gene, ...], rules: RuleSet
) -> tuple[Coverage, tuple[Note, ...]]:
    from pgx.assay import cover_tables
    from pgx.domain.call import Note
    from pgx.genotypes import open_reading
    from pgx.reports.input_words import describe_genotypes

    options = wanted.read.read_options(
        KnownChoices(), {}, samples=wanted.samples, strict=wanted.strict, list_unexplained=False
    )
    reading = open_reading([target], genes, options, tuple(rules.genes.values()))
    by_symbol = {gene.symbol: gene for gene in genes}
    tables = [(by_symbol[table.gene], table) for table in reading.tables()]
    report = reading.report()
    lost = describe_genotypes(report.genotypes)
    notes = (*report.notes, *((Note("genotypes", lost),) if lost else ()))
    return cover_tables(report.build, tables, report.untestable), notes


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
