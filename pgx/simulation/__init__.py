"""Made-up genotypes: from wanted diplotypes to the text of a VCF. Nothing here reads or calls anything."""

from pgx.simulation.files import write_vcf
from pgx.simulation.simulate import Positions, simulate
from pgx.simulation.wanted import parse_diplotypes

__all__ = ["Positions", "parse_diplotypes", "simulate", "write_vcf"]
