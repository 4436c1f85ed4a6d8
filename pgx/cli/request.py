"""What the user asked for, turned into a run, and the run's results turned into output."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING

from pgx.cli import options as opt
from pgx.cli.groups import AdviceChoices, CallChoices, FileChoices, KnownChoices
from pgx.errors import UsageError

if TYPE_CHECKING:
    from pgx.domain.results import Results
    from pgx.domain.ruleset import RuleSet
    from pgx.selection import RunOptions

DEFAULT_FORMATS = ("html", "json")

FINISHED_IN_PART = 3
"""Exit code of a run that went through but had to leave something of a sample out."""

PRINTED = frozenset(
    {"assume_reference", "build", "combinations", "copy_number", "min_balance", "min_certainty", "min_dp", "min_gq"}
    | {"population", "prefer", "require_pass"}
)
"""Options that change results and are shown in the report when they are not the usual."""


@dataclass(frozen=True, slots=True)
class Output:
    """Where results go: reports in a folder, and what is printed. No formats are the usual ones."""

    folder: Path | None
    formats: tuple[str, ...] = ()
    quiet: bool = False
    as_json: bool = False

    def check(self) -> tuple[str, ...]:
        """Return the formats to write by their own names. Raises UsageError for what cannot be written."""
        from pgx.reports import check_formats

        known = check_formats(self.formats or DEFAULT_FORMATS)
        if self.formats and not self.folder:
            raise UsageError("--format needs a folder to write to; give --output DIR")
        return known

    def write(self, results: Results, rules: RuleSet) -> None:
        """Write the reports, where a folder was given, and name the files."""
        if self.folder:
            from pgx.reports import write_reports

            written = write_reports(results, rules, self.check(), self.folder)
            if not self.quiet:
                shown = ", ".join(str(path) for path in written[:4])
                more = f" and {len(written) - 4} more" if len(written) > 4 else ""
                print(f"wrote {shown}{more}", file=sys.stderr)

    def show(self, results: Results) -> None:
        """Print the results as JSON, or for people."""
        if self.as_json:
            from pgx.reports.json_report import dump_json

            dump_json(results, sys.stdout)
        elif not self.quiet:
            from pgx.reports.terminal import print_results

            print_results(results)


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be read, called and advised, as given."""

    files: list[Path] | None
    read: FileChoices
    known: KnownChoices
    call: CallChoices
    rules: Path | None = None
    advice: AdviceChoices = field(default_factory=AdviceChoices)
    strict: bool = False
    actionable: bool = False
    meds: Path | None = None

    def execute(self, output: Output, *, advise: bool) -> None:
        """Run, write the reports asked for, and print; everything is checked before the first output."""
        from pgx.cli.progress import reading_progress
        from pgx.pipeline import run
        from pgx.rules.ruleset import load_rules

        if not self.files and not self.call.outside:
            raise UsageError("no input; give variant files, or results of other callers with --outside")
        opt.read_prefer(self.call.prefer)
        output.check()
        rules = load_rules(self.rules)
        options = self.run_options(rules, advise=advise)
        with reading_progress(quiet=output.quiet or output.as_json) as progress:
            results = run(self.files or (), options, rules, progress)
        output.write(results, rules)
        output.show(results)
        _tell_problems(results)

    def run_options(self, rules: RuleSet, *, advise: bool) -> RunOptions:
        """Return what the options ask of a run. Raises UsageError and InputError for what cannot be."""
        from pgx.selection import RunOptions

        call, advice = self.call, self.advice
        return RunOptions(
            genes=opt.listed(call.gene),
            drugs=opt.listed(advice.drug),
            sources=opt.listed(advice.source),
            populations=tuple(advice.population or ()),
            min_level=advice.min_level,
            actionable=self.actionable,
            medicines=opt.read_medicines(self.meds) if self.meds else (),
            outside=tuple(call.outside or ()),
            prefer=opt.read_prefer(call.prefer),
            all_matches=call.all_matches,
            combinations=call.combinations,
            advise=advise,
            read=self.read.read_options(self.known, rules.genes, samples=opt.listed(call.sample), strict=self.strict),
            printed=self._printed(),
        )

    def _printed(self) -> dict[str, str]:
        """Return the options that deserve a place in the report, as texts."""
        given = {
            one.name: getattr(group, one.name)
            for group in (self.read, self.known, self.call, self.advice)
            for one in fields(group)
            if one.name in PRINTED and getattr(group, one.name) not in (None, one.default)
        }
        given |= {"strict": True} if self.strict else {}
        return {name: ", ".join(value) if isinstance(value, list) else str(value) for name, value in given.items()}


def _tell_problems(results: Results) -> None:
    """Say which lines of outside files were left out, and end with the code for a run that lost something."""
    lost = [note.text for note in results.warnings if note.code == "outside-call"]
    for text in lost:
        print(f"pgx: {text}; left out, the rest was read", file=sys.stderr)
    if lost:
        sys.exit(FINISHED_IN_PART)
