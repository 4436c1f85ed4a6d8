"""Patterns of genotypes to diplotypes. One module per calling mode; only this package knows how genes are called."""

from pgx.calling.call import call_gene, call_pattern, call_patterns
from pgx.calling.explanation import explain_call
from pgx.calling.options import CallOptions

__all__ = ["CallOptions", "call_gene", "call_pattern", "call_patterns", "explain_call"]
