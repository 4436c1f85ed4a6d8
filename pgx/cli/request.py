"""What the user asked for, turned into a run, and the run's results turned into output."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pgx.cli import options as opt
from pgx.errors import UsageError

if TYPE_CHECKING:
    from pgx.domain.results import Results
    from pgx.domain.ruleset import RuleSet
    from pgx.genotypes import ReadOptions
    from pgx.selection import RunOptions

DEFAULT_FORMATS = ("html", "json")

FINISHED_IN_PART = 3
"""Exit code of a run that went through but had to leave something of a sample out."""

PRINTED = (
    "assume_reference", "build", "copy_number", "min_balance", "min_certainty", "min_dp", "min_gq",
    "population", "prefer", "require_pass", "strict",
)  # fmt: skip
"""Options that change results and are shown in the report when set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """The options of `run` and `call` as given."""

    files: list[Path] | None = None
    output: Path | None = None
    formats: list[str] | None = None
    gene: list[str] | None = None
    drug: list[str] | None = None
    source: list[str] | None = None
    population: list[str] | None = None
    min_level: str = ""
    actionable: bool = False
    meds: Path | None = None
    sample: list[str] | None = None
    build: str = "auto"
    sample_map: Path | None = None
    sex: Path | None = None
    fasta: Path | None = None
    outside: list[Path] | None = None
    prefer: str = "outside"
    copy_number: list[str] | None = None
    assume_reference: str = "none"
    min_gq: float | None = None
    min_dp: float | None = None
    min_balance: float | None = None
    min_certainty: float = 0.9
    require_pass: bool = False
    strict: bool = False
    all_matches: bool = False
    combinations: bool = False
    rules: Path | None = None
    quiet: bool = False
    as_json: bool = False

    def execute(self, *, advise: bool) -> None:
        """Run, write the reports asked for, and print; everything is checked before the first output."""
        from pgx.cli.progress import reading_progress
        from pgx.pipeline import run
        from pgx.rules.ruleset import load_rules

        self._check()
        rules = load_rules(self.rules)
        options = self._run_options(rules, advise)
        with reading_progress(quiet=self.quiet or self.as_json) as progress:
            results = run(self.files or (), options, rules, progress)
        self._write(results, rules)
        self._print(results)
        _tell_problems(results)

    def _check(self) -> None:
        from pgx.reports import check_formats

        if not self.files and not self.outside:
            raise UsageError("no input; give variant files, or results of other callers with --outside")
        opt.read_prefer(self.prefer)
        check_formats(self._formats())
        if self.formats and not self.output:
            raise UsageError("--format needs a folder to write to; give --output DIR")

    def _formats(self) -> tuple[str, ...]:
        return opt.listed(self.formats) or DEFAULT_FORMATS

    def run_options(self, rules: RuleSet, *, advise: bool) -> RunOptions:
        """Return what the options ask of a run."""
        return self._run_options(rules, advise)

    def _run_options(self, rules: RuleSet, advise: bool) -> RunOptions:
        from pgx.selection import RunOptions

        return RunOptions(
            genes=opt.listed(self.gene),
            drugs=opt.listed(self.drug),
            sources=opt.listed(self.source),
            populations=tuple(self.population or ()),
            min_level=self.min_level,
            actionable=self.actionable,
            medicines=opt.read_medicines(self.meds) if self.meds else (),
            outside=tuple(self.outside or ()),
            prefer=opt.read_prefer(self.prefer),
            all_matches=self.all_matches,
            combinations=self.combinations,
            advise=advise,
            read=self._read_options(rules),
            printed=self._printed(),
        )

    def _read_options(self, rules: RuleSet) -> ReadOptions:
        from pgx.genotypes import ReadOptions, parse_assume_reference, parse_copy_numbers, read_sample_names, read_sexes

        return ReadOptions(
            build=opt.read_build(self.build),
            samples=opt.listed(self.sample),
            assume_reference=parse_assume_reference(self.assume_reference, rules.genes),
            min_gq=self.min_gq,
            min_dp=self.min_dp,
            min_balance=self.min_balance,
            min_certainty=self.min_certainty,
            require_pass=self.require_pass,
            strict=self.strict,
            sexes=read_sexes(self.sex) if self.sex else {},
            sample_names=read_sample_names(self.sample_map) if self.sample_map else {},
            fasta=self.fasta,
            copies=parse_copy_numbers(opt.listed(self.copy_number), rules.genes),
        )

    def _printed(self) -> dict[str, str]:
        given = {name: getattr(self, name) for name in PRINTED}
        usual = {"build": "auto", "prefer": "outside", "assume_reference": "none", "min_certainty": 0.9}
        return {
            name: ", ".join(value) if isinstance(value, list) else str(value)
            for name, value in given.items()
            if value not in (None, False, usual.get(name))
        }

    def _write(self, results: Results, rules: RuleSet) -> None:
        if self.output:
            from pgx.reports import write_reports

            written = write_reports(results, rules, self._formats(), self.output)
            if not self.quiet:
                shown = ", ".join(str(path) for path in written[:4])
                more = f" and {len(written) - 4} more" if len(written) > 4 else ""
                print(f"wrote {shown}{more}", file=sys.stderr)

    def _print(self, results: Results) -> None:
        if self.as_json:
            from pgx.reports.json_report import dump_json

            dump_json(results, sys.stdout)
        elif not self.quiet:
            from pgx.reports.terminal import print_results

            print_results(results)


def _tell_problems(results: Results) -> None:
    """Say which lines of outside files were left out, and end with the code for a run that lost something."""
    lost = [note.text for note in results.warnings if note.code == "outside-call"]
    for text in lost:
        print(f"pgx: {text}; left out, the rest was read", file=sys.stderr)
    if lost:
        sys.exit(FINISHED_IN_PART)
