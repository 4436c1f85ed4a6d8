"""The order of the steps: read, call, translate, advise. The only module that knows it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pgx.calling import CallOptions, call_gene
from pgx.domain.call import CallStatus, GeneCall, Note
from pgx.domain.evidence import EvidenceState
from pgx.domain.genotype import Genotype, GenotypeTable
from pgx.domain.outside import OutsideCall, OutsideReport
from pgx.domain.results import GeneResult, InputFile, InputReport, Restriction, Results, RuleSetInfo, SampleResult
from pgx.errors import UsageError
from pgx.guidance import Adviser, Context
from pgx.outside import Prefer, merge_calls, to_gene_call
from pgx.phenotypes.extra_positions import read_extra_positions
from pgx.phenotypes.interpretation import Interpreter
from pgx.phenotypes.translation import translate

if TYPE_CHECKING:
    from pgx.domain.gene import Gene
    from pgx.domain.ruleset import RuleSet
    from pgx.genotypes import ReadOptions, ReadReport

Value = TypeVar("Value")
Progress = Callable[[int, int | None], None]

UNNAMED = "sample"
"""What a sample is called that no file names."""


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What a run is asked for, besides its files. Empty tuples mean everything."""

    genes: tuple[str, ...] = ()
    drugs: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    populations: tuple[str, ...] = ()
    outside: tuple[Path, ...] = ()
    prefer: Prefer = "outside"
    all_matches: bool = False
    advise: bool = True
    read: ReadOptions | None = None
    printed: Mapping[str, str] = field(default_factory=dict)
    """Options that deserve a place in the report, as given."""


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
    outside = _read_outside(options, rules)
    read = options.read or ReadOptions()
    if paths:
        tables, samples, report = read_genotypes([Path(path) for path in paths], genes, read, progress)
    else:
        samples = tuple(dict.fromkeys(call.sample or UNNAMED for call in outside.calls))
        tables, report = {gene.symbol: _nothing_read(gene, samples) for gene in genes}, ReadReport((), None)
    given, problems = assign_samples(outside, samples)
    results = {gene.symbol: _GeneResults(gene, tables[gene.symbol], options, report.untestable) for gene in genes}
    drugs = [rules.drugs[name] for name in restriction.drugs] or list(rules.drugs.values())
    adviser = Adviser(drugs if options.advise else (), Context(options.sources, options.populations))
    return Results(
        _tool_version(),
        RuleSetInfo(rules.version, rules.sha256, rules.date),
        _input_report(report, options),
        tuple(_sample_result(name, n, results, given.get(name, ()), adviser) for n, name in enumerate(samples)),
        restriction,
        tuple(Note("outside-call", problem.text) for problem in (*outside.problems, *problems)),
    )


def select(rules: RuleSet, options: RunOptions) -> tuple[tuple[Gene, ...], Restriction]:
    """Return the genes to call and what the run is restricted to, names spelt as in the tables."""
    drugs = tuple(_known(name, rules.drugs, "drug") for name in options.drugs)
    symbols = [_known(name, rules.genes, "gene") for name in options.genes]
    sources = tuple(_known_source(name, rules.sources) for name in options.sources)
    needed = symbols or [symbol for name in drugs for symbol in rules.drugs[name].genes]
    return rules.genes_for(dict.fromkeys(needed)), Restriction(tuple(symbols), drugs, sources)


def _known(name: str, table: Mapping[str, Value], kind: str) -> str:
    by_lower = {known.lower(): known for known in table}
    if name.lower() in by_lower:
        return by_lower[name.lower()]
    from difflib import get_close_matches

    near = get_close_matches(name.lower(), by_lower, n=3, cutoff=0.6)
    hint = f"did you mean {' or '.join(by_lower[n] for n in near)}?" if near else f"`pgx {kind}s` lists them"
    raise UsageError(f"no {kind} '{name}' in the rules; {hint}")


def _known_source(name: str, sources: Iterable[str]) -> str:
    known = tuple(sources)
    if any(source.lower().startswith(name.lower()) for source in known):
        return name
    raise UsageError(f"no source '{name}' in the rules; they have {', '.join(known)}")


class _GeneResults:
    """The results of one gene: every distinct pattern called and translated once, outside calls put beside."""

    def __init__(self, gene: Gene, table: GenotypeTable, options: RunOptions, foreign: Collection[str]) -> None:
        self._gene, self._prefer = gene, options.prefer
        self._interpreter = Interpreter(gene)
        calls = call_gene(gene, table, CallOptions(options.all_matches))
        self._table = table
        self._extra: dict[int, tuple[GeneResult, ...]] = {}
        self._calls = tuple(_untestable(call, gene) if gene.contig in foreign else call for call in calls.calls)
        self._results = tuple(self._interpreter.interpret(call) for call in self._calls)
        self._index = calls.index

    def result(self, sample: int, given: Sequence[OutsideCall]) -> GeneResult:
        """Return the result of the sample in this column, merged with what other callers say of it."""
        mine = [call for call in given if call.gene == self._gene.symbol]
        pattern = self._index[sample]
        if not mine:
            return self._results[pattern]
        outside = to_gene_call(self._gene, mine, translate)
        return self._interpreter.interpret(
            merge_calls(self._gene, self._calls[pattern], outside, self._prefer, translate)
        )

    def extra_positions(self, sample: int) -> tuple[GeneResult, ...]:
        """Return the results of positions that guidelines ask for by themselves."""
        if not self._gene.extra:
            return ()
        pattern = self._index[sample]
        if pattern not in self._extra:
            self._extra[pattern] = read_extra_positions(self._gene, self._table.pattern(sample))
        return self._extra[pattern]


def _untestable(call: GeneCall, gene: Gene) -> GeneCall:
    note = Note("other-sequence", f"{gene.contig} in the file is another sequence than the one of the tables.")
    return replace(call, status=CallStatus.UNTESTABLE, diplotypes=(), best=0, notes=(*call.notes, note))


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


def _sample_result(
    name: str, number: int, results: Mapping[str, _GeneResults], given: Sequence[OutsideCall], adviser: Adviser
) -> SampleResult:
    genes = {symbol: found.result(number, given) for symbol, found in results.items()}
    positions = {extra.gene: extra for found in results.values() for extra in found.extra_positions(number)}
    advice = adviser.advise({**genes, **positions})
    return SampleResult(name, genes, advice.lines, advice.not_assessed, advice.disagreements)


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


def _tool_version() -> str:
    from pgx import __version__

    return __version__
