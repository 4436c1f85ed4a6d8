"""One writer per report format; all read the same `Results`. A writer is imported when its format is asked for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pgx.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pgx.domain.results import Results
    from pgx.domain.ruleset import RuleSet

    Writer = Callable[[Results, Path, RuleSet | None], tuple[Path, ...]]

__all__ = ["WRITERS", "check_formats", "write_reports"]


def _cds_hooks(results: Results, directory: Path, rules: RuleSet | None) -> tuple[Path, ...]:
    from pgx.reports.cds_hooks import write_cds_hooks

    return write_cds_hooks(results, directory, rules.drugs if rules else {})


def _fhir(results: Results, directory: Path, rules: RuleSet | None) -> tuple[Path, ...]:
    from pgx.reports.fhir import write_fhir

    return write_fhir(results, directory, rules.genes if rules else {}, rules.drugs if rules else {})


def _html(results: Results, directory: Path, rules: RuleSet | None) -> tuple[Path, ...]:
    from pgx.reports.html import write_html

    tables = (rules.genes, rules.drugs) if rules else ({}, {})
    return write_html(results, directory, *tables, results.medicines)


def _json(results: Results, directory: Path, rules: RuleSet | None) -> tuple[Path, ...]:
    from pgx.reports.json_report import write_json

    return (write_json(results, directory / "results.json"),)


def _jsonl(results: Results, directory: Path, rules: RuleSet | None) -> tuple[Path, ...]:
    from pgx.reports.json_report import write_jsonl

    return (write_jsonl(results, directory / "results.jsonl"),)


def _markdown(results: Results, directory: Path, rules: RuleSet | None) -> tuple[Path, ...]:
    from pgx.reports.markdown import write_markdown

    return write_markdown(results, directory)


def _parquet(results: Results, directory: Path, rules: RuleSet | None) -> tuple[Path, ...]:
    from pgx.reports.parquet import write_parquet

    return write_parquet(results, directory)


def _pdf(results: Results, directory: Path, rules: RuleSet | None) -> tuple[Path, ...]:
    from pgx.reports.pdf import write_pdf

    return write_pdf(results, directory, rules.genes if rules else {}, rules.drugs if rules else {})


def _tsv(results: Results, directory: Path, rules: RuleSet | None) -> tuple[Path, ...]:
    from pgx.reports.tsv import write_tsv

    return write_tsv(results, directory)


def _xlsx(results: Results, directory: Path, rules: RuleSet | None) -> tuple[Path, ...]:
    from pgx.reports.xlsx import write_xlsx

    return (write_xlsx(results, directory / "results.xlsx"),)


WRITERS: dict[str, Writer] = {
    "cds-hooks": _cds_hooks,
    "fhir": _fhir,
    "html": _html,
    "json": _json,
    "jsonl": _jsonl,
    "markdown": _markdown,
    "parquet": _parquet,
    "pdf": _pdf,
    "tsv": _tsv,
    "xlsx": _xlsx,
}
"""Each writes into a folder and returns the files; rule tables are for pictures and codes and may be left out."""

OTHER_NAMES = {"md": "markdown", "excel": "xlsx"}


def check_formats(formats: Sequence[str]) -> tuple[str, ...]:
    """Return the formats by their own names, each once. Raises UsageError, listing them all, for an unknown one."""
    names = [OTHER_NAMES.get(name.lower(), name.lower()) for name in formats]
    for given, name in zip(formats, names, strict=True):
        if name not in WRITERS:
            raise UsageError(f"--format: '{given}' is unknown; the formats are {', '.join(WRITERS)}")
    return tuple(dict.fromkeys(names))


def write_reports(results: Results, rules: RuleSet | None, formats: Sequence[str], directory: Path) -> tuple[Path, ...]:
    """Write the results in every format asked for and return the files written."""
    return tuple(path for name in check_formats(formats) for path in WRITERS[name](results, directory, rules))
