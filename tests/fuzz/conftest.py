"""The fuzz tests share small genes and files with the tests of reading."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "genotypes"))
