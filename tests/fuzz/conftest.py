"""The fuzz tests share small genes and files with the tests of reading, and the command line with all others."""

from __future__ import annotations

import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "genotypes")]
