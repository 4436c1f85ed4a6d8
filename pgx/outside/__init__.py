"""Results of other callers: files in any of their formats to `OutsideCall`, then to one `GeneCall` a gene."""

from pgx.outside.assignment import assign_samples
from pgx.outside.gene_call import to_gene_call
from pgx.outside.merging import Prefer, merge_calls
from pgx.outside.reading import read_outside

__all__ = ["Prefer", "assign_samples", "merge_calls", "read_outside", "to_gene_call"]
