"""Reports for single samples of a batch, for those who ask for them; some samples at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pgx.cohort.plan import find_inputs, make_plan
from pgx.pipeline import count_positions, open_run, run, samples_in
from pgx.reports import write_reports

if TYPE_CHECKING:
    from pgx.domain.ruleset import RuleSet
    from pgx.selection import RunOptions

SAMPLES_AT_ONCE = 200


def write_sample_reports(
    inputs: Sequence[Path], folder: Path, options: RunOptions, rules: RuleSet, formats: Sequence[str]
) -> None:
    """Write the reports below `reports`, a folder for each block of samples."""
    files = {str(path): samples_in(path, options) for path in find_inputs(inputs)}
    for part in make_plan(files, count_positions(rules, options)).parts:
        opened = open_run(part.paths, options, rules)
        names = opened.samples[part.start : part.stop]
        for number, start in enumerate(range(0, len(names), SAMPLES_AT_ONCE)):
            read = replace(opened.reading.options, samples=names[start : start + SAMPLES_AT_ONCE])
            results = run(part.paths, replace(options, read=read), rules)
            write_reports(results, rules, formats, folder / "reports" / f"{part.name}-{number:04d}")
