"""Star alleles, phenotypes and dosing advice from variant files.

>>> from pgx import load_rules, run          # doctest: +SKIP
>>> results = run(["sample.vcf.gz"])         # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["Results", "RunOptions", "__version__", "load_rules", "run"]

if TYPE_CHECKING:
    from pgx.domain.results import Results
    from pgx.pipeline import run
    from pgx.rules.ruleset import load_rules
    from pgx.selection import RunOptions

_LAZY = {
    "Results": "pgx.domain.results",
    "RunOptions": "pgx.selection",
    "load_rules": "pgx.rules.ruleset",
    "run": "pgx.pipeline",
}


def __getattr__(name: str) -> Any:
    """Import the public names on first use, so that `import pgx` costs nothing."""
    if name not in _LAZY:
        raise AttributeError(f"module 'pgx' has no attribute '{name}'")
    from importlib import import_module

    return getattr(import_module(_LAZY[name]), name)
