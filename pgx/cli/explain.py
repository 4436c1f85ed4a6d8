"""`pgx explain`: why a gene was called as it was, position by position."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pgx.cli import options as opt
from pgx.errors import InputError, UsageError

if TYPE_CHECKING:
    from pgx.domain.gene import Gene
    from pgx.domain.genotype import Pattern
    from pgx.genotypes import ReadOptions

SHOWN = 5
"""Sample names in an error message."""


def explain_command(
    gene: Annotated[str, typer.Argument(help="The gene to explain.")],
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="VCF, gVCF or BCF files.")],
    sample: Annotated[str | None, typer.Option("--sample", help="The sample, where the files have several.")] = None,
    build: opt.BuildName = "auto",
    sex: opt.SexFile = None,
    assume_reference: opt.Assume = "none",
    combinations: Annotated[bool, typer.Option("--combinations", help="Name combinations of alleles too.")] = False,
    every_position: Annotated[bool, typer.Option("--every-position", help="List positions that tell nothing.")] = False,
    rules: opt.RulesFolder = None,
    as_json: opt.AsJson = False,
) -> None:
    """Show what was read, what each candidate needs, why the others lost, and what would settle it.

    Example: `pgx explain GENE sample.vcf.gz --sample NAME`
    """
    from pgx.calling import CallOptions, explain_call
    from pgx.genotypes import ReadOptions, parse_assume_reference, read_sexes
    from pgx.reports.explanation import dump_explanation, print_explanation
    from pgx.rules.ruleset import load_rules
    from pgx.selection import RunOptions, select

    tables = load_rules(rules)
    table = select(tables, RunOptions(genes=(gene,)))[0][0]
    options = ReadOptions(
        build=opt.read_build(build),
        samples=(sample,) if sample else (),
        assume_reference=parse_assume_reference(assume_reference, tables.genes),
        sexes=read_sexes(sex) if sex else {},
        list_unexplained=False,
    )
    name, pattern = _read_pattern(files, table, options)
    explanation = explain_call(table, pattern, name, CallOptions(combinations=combinations))
    if as_json:
        typer.echo(dump_explanation(explanation))
    else:
        print_explanation(explanation, every_position=every_position)


def _read_pattern(files: list[Path], gene: Gene, options: ReadOptions) -> tuple[str, Pattern]:
    """Return the one sample asked for, or the only one, and its genotypes."""
    from pgx.genotypes import read_genotypes

    tables, samples, report = read_genotypes(files, [gene], options)
    if len(samples) != 1:
        more = f" (and {len(samples) - SHOWN} more)" if len(samples) > SHOWN else ""
        raise UsageError(f"{files[0]}: give one --sample; the file has {', '.join(samples[:SHOWN])}{more}")
    if gene.contig in report.untestable:
        raise InputError(f"{files[0]}: {gene.contig} in the file is another sequence than the one of the tables")
    return samples[0], tables[gene.symbol].pattern(0)
