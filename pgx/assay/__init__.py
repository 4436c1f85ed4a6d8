"""What a file or an assay can see of each gene, and how many carriers it would miss."""

from pgx.assay.coverage import Coverage, GeneCoverage, cover_regions, cover_tables
from pgx.assay.sight import sights
from pgx.assay.survey import survey

__all__ = ["Coverage", "GeneCoverage", "cover_regions", "cover_tables", "sights", "survey"]
