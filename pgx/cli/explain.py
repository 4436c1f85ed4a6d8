"""`pgx explain`: why a gene was called as it was, position by position."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pgx.cli import options as opt
from pgx.cli.groups import FileChoices, KnownChoices, expand_groups
from pgx.errors import InputError, UsageError

if TYPE_CHECKING:
    from pgx.domain.explanation import Explanation
    from pgx.domain.gene import Gene
    from pgx.domain.genotype import GenotypeTable
    from pgx.domain.ruleset import RuleSet
    from pgx.genotypes import ReadOptions

SHOWN = 5
"""Sample names in an error message."""


@expand_groups
def explain_command(
    *,
    gene: Annotated[str, typer.Argument(help="The gene to explain.")],
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="VCF, gVCF or BCF files.")],
    sample: Annotated[str | None, typer.Option("--sample", help="The sample, where the files have several.")] = None,
    read: FileChoices,
    known: KnownChoices,
    strict: opt.Strict = False,
    combinations: opt.Combinations = False,
    every_position: Annotated[bool, typer.Option("--every-position", help="List positions that tell nothing.")] = False,
    rules: opt.RulesFolder = None,
    as_json: opt.AsJson = False,
) -> None:
    """Show what was read, what each candidate needs, why the others lost, and what would settle it.

    Example: `pgx explain GENE sample.vcf.gz --sample NAME`
    """
    from pgx.calling import CallOptions, explain_call
    from pgx.reports.explanation import dump_explanation, print_explanation
    from pgx.rules.ruleset import load_rules
    from pgx.selection import RunOptions, select

    tables = load_rules(rules)
    table = select(tables, RunOptions(genes=(gene,)))[0][0]
    samples = (sample,) if sample else ()
    options = read.read_options(known, tables.genes, samples=samples, strict=strict, list_unexplained=False)
    genotypes = _read_sample(files, table, options, tuple(tables.genes.values()))
    explanation = explain_call(
        table, genotypes.pattern(0), genotypes.samples[0], CallOptions(combinations=combinations)
    )
    explanation = _as_passed_on(explanation, genotypes, table, tables)
    if as_json:
        typer.echo(dump_explanation(explanation))
    else:
        print_explanation(explanation, every_position=every_position)


def _as_passed_on(explanation: Explanation, genotypes: GenotypeTable, gene: Gene, rules: RuleSet) -> Explanation:
    """Return the explanation of what runs report: a call that they withhold has no result here either."""
    from pgx.phenotypes.interpretation import Interpreter
    from pgx.phenotypes.withholding import Withholding

    frequencies = rules.frequencies.get(gene.symbol)
    withholding = Withholding.of(Interpreter(gene), genotypes, (0,), frequencies=frequencies)
    call = withholding.checked(explanation.call) if withholding.concerns(0) else explanation.call
    return explanation if call is explanation.call else explanation.withheld(call, "fits, but too little was tested")


def _read_sample(files: list[Path], gene: Gene, options: ReadOptions, known: Sequence[Gene]) -> GenotypeTable:
    """Return the genotypes of the one sample asked for, or of the only one."""
    from pgx.genotypes import read_genotypes

    tables, samples, report = read_genotypes(files, [gene], options, known=known)
    if len(samples) != 1:
        more = f" (and {len(samples) - SHOWN} more)" if len(samples) > SHOWN else ""
        raise UsageError(f"{files[0]}: give one --sample; the file has {', '.join(samples[:SHOWN])}{more}")
    if gene.contig in report.untestable:
        raise InputError(f"{files[0]}: {gene.contig} in the file is another sequence than the one of the tables")
    return tables[gene.symbol]
