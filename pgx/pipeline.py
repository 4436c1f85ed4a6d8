"""The order of the steps: read, call, translate, advise. The only module that knows it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pgx.calling import CallOptions, call_pattern, call_patterns
from pgx.domain.call import Note, Outcome, part_call
from pgx.domain.evidence import EvidenceState
from pgx.domain.genotype import Genotype, GenotypeTable
from pgx.domain.outside import OutsideCall, OutsideReport
from pgx.domain.parted import part_patterns
from pgx.domain.patterns import distinct_columns
from pgx.domain.results import GeneResult, InputFile, InputReport, Restriction, Results, RuleSetInfo, SampleResult
from pgx.guidance import Adviser
from pgx.outside import merge_calls, to_gene_call
from pgx.phenotypes.extra_positions import read_extra_positions
from pgx.phenotypes.interpretation import Interpreter
from pgx.phenotypes.translation import translate
from pgx.phenotypes.withholding import Withholding
from pgx.selection import RunOptions, context_of, drugs_of, find_medicines, select

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pgx.domain.gene import Gene
    from pgx.domain.population import GeneFrequencies
    from pgx.domain.ruleset import RuleSet
    from pgx.genotypes import Reading, ReadReport

Progress = Callable[[int, int | None], None]

UNNAMED = "sample"
"""What a sample is called that no file names."""


def run(
    paths: Sequence[str | Path],
    options: RunOptions | None = None,
    rules: RuleSet | None = None,
    progress: Progress | None = None,
) -> Results:
    """Read the files, call every gene, and advise every sample.

    Raises `InputError` for files that cannot be read or contradict each other, `UsageError` for names that
    are not there, `RuleError` for rule tables that are refused.
    """
    from pgx.genotypes import ReadOptions, ReadReport, read_genotypes
    from pgx.outside import assign_samples
    from pgx.rules.ruleset import load_rules

    options = options or RunOptions()
    rules = rules or load_rules()
    genes, restriction = select(rules, options)
    context = context_of(options, rules)
    medicines, unknown = find_medicines(rules, options.medicines)
    outside = _read_outside(options, rules)
    read = options.read or ReadOptions()
    if paths:
        known = tuple(rules.genes.values())
        tables, samples, report = read_genotypes([Path(path) for path in paths], genes, read, progress, known)
    else:
        samples = tuple(dict.fromkeys(call.sample or UNNAMED for call in outside.calls))
        tables, report = {gene.symbol: _nothing_read(gene, samples) for gene in genes}, ReadReport((), None)
    given, problems = assign_samples(outside, samples)
    called = [
        CalledGene(gene, tables[gene.symbol], options, report.untestable, given, rules.frequencies.get(gene.symbol))
        for gene in genes
    ]
    drugs = drugs_of(rules, restriction)
    adviser = Adviser(drugs if options.advise else (), context)
    return Results(
        tool_version(),
        RuleSetInfo(rules.version, rules.sha256, rules.date, rules.notes),
        _input_report(report, options),
        tuple(_sample_results(samples, called, adviser)),
        restriction,
        (
            *rule_warnings(rules),
            *unknown,
            *(Note("outside-call", problem.text) for problem in (*outside.problems, *problems)),
        ),
        medicines,
    )


def rule_warnings(rules: RuleSet) -> tuple[Note, ...]:
    """Return the remark that the rules are old, measured at the time that reports bear."""
    from pgx.reports.provenance import provenance

    note = rules.age_note(provenance().time[:10])
    return (note,) if note else ()


def count_positions(rules: RuleSet, options: RunOptions) -> dict[str, int]:
    """Return the genes to be called with the number of their positions. Raises UsageError as `run` does."""
    return {gene.symbol: len(gene.positions) for gene in select(rules, options)[0]}


def samples_in(path: Path, options: RunOptions) -> tuple[str, ...]:
    """Return the samples of one file that are asked for, without reading genotypes. Raises InputError."""
    from pgx.genotypes import read_samples

    wanted = frozenset(options.read.samples) if options.read else frozenset()
    names = read_samples(path, options.read.sample_names if options.read else {})
    return tuple(name for name in names if name in wanted) if wanted else names


def can_be_read_in_parts(path: Path) -> bool:
    """True where a gene can be read without the rest of the file, as in all but plain gzip. Raises InputError."""
    from pgx.genotypes import can_be_indexed

    return can_be_indexed(path)


def is_list_of_files(path: Path) -> bool:
    """True for a text file that holds paths, or at least no genotypes. Raises InputError for what cannot be read."""
    from pgx.genotypes import holds_genotypes, names_a_file

    return names_a_file(path) or not holds_genotypes(path)


def open_run(paths: Sequence[str | Path], options: RunOptions, rules: RuleSet) -> OpenRun:
    """Check the files and settle what is to be done, without reading genotypes. Raises as `run` does."""
    from pgx.genotypes import ReadOptions, open_reading
    from pgx.outside import assign_samples

    genes, restriction = select(rules, options)
    outside = _read_outside(options, rules)
    known = tuple(rules.genes.values())
    reading = open_reading([Path(path) for path in paths], genes, options.read or ReadOptions(), known)
    given, problems = assign_samples(outside, reading.samples)
    outside_notes = (Note("outside-call", problem.text) for problem in (*outside.problems, *problems))
    notes = (*rule_warnings(rules), *outside_notes)
    return OpenRun(options, rules, genes, restriction, reading, reading.samples, given, notes)


@dataclass(frozen=True, slots=True)
class OpenRun:
    """A run whose files are open, to be carried out gene by gene and for some of the samples at a time."""

    options: RunOptions
    rules: RuleSet
    genes: tuple[Gene, ...]
    restriction: Restriction
    reading: Reading
    samples: tuple[str, ...]
    given: Mapping[str, Sequence[OutsideCall]]
    warnings: tuple[Note, ...]

    def indexed(self, *, thorough: bool = False) -> OpenRun:
        """Return the same run with its files laid out to be read gene by gene.

        With `thorough` any damage of files without an index shows. Raises InputError.
        """
        return replace(self, reading=self.reading.indexed(thorough=thorough))

    def only(self, samples: tuple[str, ...]) -> OpenRun:
        """Return the same run for some of the samples."""
        return replace(self, samples=samples, reading=self.reading.only(samples))

    def call(self, symbols: Collection[str], *, one_pass: bool = False) -> Iterator[CalledGene]:
        """Read the named genes, in one pass if asked for or if the files have no index, and yield each as called."""
        genes = tuple(gene for gene in self.genes if gene.symbol in symbols)
        foreign = self.reading.untestable()
        tables = self.reading.read(genes) if one_pass else replace(self.reading, genes=genes).tables()
        for gene, table in zip(genes, tables, strict=True):
            yield CalledGene(gene, table, self.options, foreign, self.given, self.rules.frequencies.get(gene.symbol))

    def nothing_seen(self, symbol: str) -> CalledGene:
        """Return a gene as if the files said nothing of it, where they could not be read."""
        gene = next(gene for gene in self.genes if gene.symbol == symbol)
        return CalledGene(gene, _nothing_read(gene, self.samples), self.options, (), self.given)

    def adviser(self) -> Adviser:
        drugs = drugs_of(self.rules, self.restriction)
        return Adviser(drugs if self.options.advise else (), context_of(self.options, self.rules))


class CalledGene:
    """One gene of many samples: an outcome for each distinct pattern, made as it is asked for.

    `index` gives the number of each sample's outcome, shape (samples,).
    """

    def __init__(
        self,
        gene: Gene,
        table: GenotypeTable,
        options: RunOptions,
        foreign: Collection[str],
        given: Mapping[str, Sequence[OutsideCall]],
        frequencies: GeneFrequencies | None = None,
    ) -> None:
        self.gene, self._options, self.interpreter = gene, options, Interpreter(gene)
        self._patterns, self.index = part_patterns(table)
        self._withheld = Withholding.of(self.interpreter, table, self.index, foreign, frequencies)
        self._outside = self._give(table.samples, given)

    def _give(
        self, samples: Sequence[str], given: Mapping[str, Sequence[OutsideCall]]
    ) -> list[tuple[int, Sequence[OutsideCall]]]:
        """Number the outcomes that outside calls bear on behind the others: pattern and calls of each."""
        mine = {name: [call for call in calls if call.gene == self.gene.symbol] for name, calls in given.items()}
        found: list[tuple[int, Sequence[OutsideCall]]] = []
        for sample, name in enumerate(samples if any(mine.values()) else ()):
            if mine.get(name):
                found.append((int(self.index[sample]), mine[name]))
                self.index[sample] = len(self._patterns) + len(found) - 1
        return found

    def outcomes(self) -> Iterator[Outcome]:
        """Yield the outcome of each pattern, then those that other callers' results were put beside."""
        withheld = self._withheld
        options = CallOptions(self._options.all_matches, self._options.combinations)
        for number, outcome in enumerate(call_patterns(self.gene, self._patterns, options)):
            yield part_call(withheld.checked(outcome.whole())) if withheld.concerns(number) else outcome
        for number, calls in self._outside:
            call = call_pattern(self.gene, self._patterns.whole(number), options)
            checked = withheld.checked(call) if withheld.concerns(number) else call
            outside = to_gene_call(self.gene, calls, translate)
            yield part_call(merge_calls(self.gene, checked, outside, self._options.prefer, translate))

    def results(self) -> Iterator[GeneResult]:
        """Yield the outcomes as whole calls with what they mean."""
        for outcome in self.outcomes():
            yield self.interpreter.interpret(outcome.whole())

    def extra_positions(self) -> tuple[tuple[tuple[GeneResult, ...], ...], NDArray[np.int32]]:
        """Return the distinct results of positions that guidelines ask for by themselves, and each sample's."""
        table = self._patterns.table
        first, index = distinct_columns(table.codes[len(self.gene.variants) :], len(table.samples))
        return tuple(read_extra_positions(self.gene, table.pattern(sample)) for sample in first.tolist()), index


def _nothing_read(gene: Gene, samples: tuple[str, ...]) -> GenotypeTable:
    """Return the table of a run without variant files: the files say nothing about any position."""
    import numpy as np

    absent = (Genotype(EvidenceState.ABSENT),)
    codes = np.zeros((len(gene.positions), len(samples)), dtype=np.uint8)
    bases = tuple(variant.bases for variant in gene.positions)
    return GenotypeTable(gene.symbol, samples, bases, (absent,) * len(gene.positions), codes)


def _read_outside(options: RunOptions, rules: RuleSet) -> OutsideReport:
    from pgx.outside import read_outside

    return read_outside(options.outside, rules.genes) if options.outside else OutsideReport()


def _sample_results(samples: Sequence[str], called: Sequence[CalledGene], adviser: Adviser) -> Iterator[SampleResult]:
    """Put the results of all genes together for each sample, and advise it."""
    found = [(gene.gene.symbol, gene.index, tuple(gene.results())) for gene in called]
    extra = [gene.extra_positions() for gene in called if gene.gene.extra]
    for number, name in enumerate(samples):
        genes = {symbol: results[index[number]] for symbol, index, results in found}
        positions = {one.gene: one for results, index in extra for one in results[index[number]]}
        advice = adviser.advise({**genes, **positions})
        yield SampleResult(name, genes, advice.lines, advice.not_assessed, advice.disagreements)


def _input_report(report: ReadReport, options: RunOptions) -> InputReport:
    return InputReport(
        tuple(InputFile(file.name, file.sha256 or "") for file in report.files),
        report.build,
        report.read,
        report.used,
        report.discarded,
        report.marked,
        report.genotypes,
        tuple(sorted(report.unexplained_counts.items())),
        tuple(sorted(options.printed.items())),
        report.notes,
    )


def tool_version() -> str:
    """Return the version of this program."""
    from pgx import __version__

    return __version__
