"""Reports for single samples of a batch, for those who ask for them; some samples at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pgx.errors import InputError
from pgx.pipeline import run
from pgx.reports import write_reports

if TYPE_CHECKING:
    from pgx.cohort.plan import Part
    from pgx.cohort.worker import Worker

SAMPLES_AT_ONCE = 2_000
"""Samples of one folder of reports; a block takes one reading of the files, and memory grows with it."""


def write_sample_reports(worker: Worker, parts: Sequence[Part], formats: Sequence[str]) -> list[str]:
    """Write the reports of these parts below `reports`, a folder for each block, and return what could not be read."""
    problems = []
    for part in parts:
        try:
            _write_part(worker, part, formats)
        except InputError as error:
            problems.append(f"reports of {part.name}: {error}")
    return problems


def _write_part(worker: Worker, part: Part, formats: Sequence[str]) -> None:
    opened, names, _ = worker.open(part)
    settings, paths = worker.settings, [file.path for file in opened.reading.files]
    for number, start in enumerate(range(0, len(names), SAMPLES_AT_ONCE)):
        read = replace(opened.reading.options, samples=opened.samples[start : start + SAMPLES_AT_ONCE])
        results = run(paths, replace(settings.options, read=read), settings.rules)
        folder = settings.folder / "reports" / f"{part.name}-{number:04d}"
        write_reports(results, settings.rules, formats, folder)
