"""Gene results and patient context to recommendations. Only this package knows how rows are chosen."""

from pgx.guidance.advice import Adviser, Context

__all__ = ["Adviser", "Context"]
