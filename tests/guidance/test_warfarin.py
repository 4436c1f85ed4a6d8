"""Every branch of CPIC's warfarin flow charts for adults and children, row by row: `tests/cases/warfarin.tsv`."""

from __future__ import annotations

from pathlib import Path

import pytest
from guidance_cases import Case, check_case, read_cases, run_case

CASES = read_cases("warfarin.tsv")


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_branch(case: Case, tmp_path: Path):
    check_case(case, run_case(case, tmp_path))


def test_every_population_of_the_guideline_has_a_row():
    assert {case["population"] for case in CASES} == {
        "adult, not of African ancestry",
        "adult of African ancestry",
        "African American adult",
        "child of European ancestry",
        "child of other ancestry",
    }


def test_every_source_stands_beside(tmp_path: Path):
    case = next(case for case in CASES if case["name"] == "CYP2C9 *3/*3 and VKORC1 AA")
    sources = {line.guideline.source for line in run_case(case, tmp_path).samples[0].advice if line.row}
    assert sources == {"CPIC", "DPWG", "FDA table"}
