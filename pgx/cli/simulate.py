"""`pgx simulate`: a variant file for wanted diplotypes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pgx.cli import options as opt


def simulate_command(
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="VCF to write (.vcf or .vcf.gz).")],
    diplotype: Annotated[list[str], typer.Option("--diplotype", help="GENE=DIPLOTYPE; repeat for more genes.")],
    sample: Annotated[str, typer.Option("--sample", help="Name of the sample.")] = "SIMULATED",
    build: Annotated[str, typer.Option("--build", help="GRCh37 or GRCh38.")] = "GRCh38",
    phased: Annotated[bool, typer.Option("--phased", help="Write phased genotypes.")] = False,
    gvcf: Annotated[bool, typer.Option("--gvcf", help="Write reference blocks between the variants.")] = False,
    rules: opt.RulesFolder = None,
) -> None:
    """Write a VCF in which one sample has the diplotypes asked for.

    Every defining position of every gene is written; genes not named have the reference allele.

    Example: `pgx simulate --diplotype "GENE=*1/*2" -o made.vcf.gz`
    """
    from pgx.domain.variant import Build
    from pgx.rules.ruleset import load_rules
    from pgx.simulation import parse_diplotypes, simulate, write_vcf

    tables = load_rules(rules).genes
    wanted = {sample: parse_diplotypes(diplotype, tables)}
    chosen = opt.read_build(build) or Build.GRCH38
    write_vcf(output, simulate(tables, wanted, chosen, phased=phased, gvcf=gvcf))
    typer.echo(f"wrote {output}", err=True)
