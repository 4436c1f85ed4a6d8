"""Gene results and patient context to recommendations. Only this package knows how rows are chosen."""

from pgx.guidance.advice import Adviser, Context
from pgx.guidance.levels import find_scale

__all__ = ["Adviser", "Context", "find_scale"]
