"""A short report in Markdown, one file a sample, for notes and tickets. Text from files is escaped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pgx.reports.files import safe_names, write_text
from pgx.reports.input_words import describe_input
from pgx.reports.provenance import provenance
from pgx.reports.summary import headlines, summarise_sample
from pgx.reports.wording import (
    DISCLAIMER,
    GROUP_TITLES,
    OWN_MEDICINES,
    Group,
    describe_absent_medicine,
    printable,
    sentence,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from pgx.domain.results import Results
    from pgx.reports.provenance import Provenance
    from pgx.reports.summary import DrugSummary, GeneSummary, SampleSummary, Statement

_ESCAPES = {ord(sign): f"\\{sign}" for sign in "\\`*_[]|#~$"} | {ord("<"): "&lt;", ord(">"): "&gt;", ord("&"): "&amp;"}
_GENE_COLUMNS = ("Gene", "Result", "Phenotype", "Score", "How sure")


def write_markdown(results: Results, directory: Path) -> tuple[Path, ...]:
    """Write one file a sample and return the files."""
    names, written = safe_names([sample.sample for sample in results.samples]), provenance()
    return tuple(
        write_text(directory / f"{name}.md", markdown_lines(results, summarise_sample(sample), written))
        for name, sample in zip(names, results.samples, strict=True)
    )


def markdown_lines(results: Results, sample: SampleSummary, written: Provenance) -> Iterator[str]:
    """Yield the lines of one sample's report."""
    for line in _page(results, sample, written):
        yield f"{line}\n"


def _page(results: Results, sample: SampleSummary, written: Provenance) -> Iterator[str]:
    files = ", ".join(file.name for file in results.input.files)
    yield f"# Pharmacogenetic report: {escape(sample.sample)}"
    yield ""
    yield f"{escape(files)}, {results.input.build or 'build unknown'}, written {written.time}"
    yield from _paragraphs(f"**{escape(text)}**" for text in headlines(results))
    yield from _medicines(results, sample)
    yield from _actions(sample)
    for group in (Group.AS_FAR_AS_SEEN, Group.STANDARD, Group.NO_GUIDANCE, Group.NOT_ASSESSED):
        yield from _compact(sample, group)
    yield from _genes(sample.genes)
    yield from _section("Problems", [f"- {escape(problem.text)}" for problem in sample.problems])
    yield from _section("What was read", [f"- {escape(text)}" for text in describe_input(results.input)])
    rules = results.rules
    yield from _section(
        "About", [f"pgx {results.tool_version}, rules {rules.version} (sha256 {rules.sha256}).", "", DISCLAIMER]
    )


def _paragraphs(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        yield ""
        yield text


def _section(title: str, lines: list[str]) -> Iterator[str]:
    """Yield a heading and its lines; nothing where there are none."""
    if lines:
        yield from ("", f"## {title}", "", *lines)


def _medicines(results: Results, sample: SampleSummary) -> Iterator[str]:
    """The patient's own drugs, in the order given."""
    known = {drug.drug: drug for drug in sample.drugs}
    lines = []
    for name in results.medicines:
        drug = known.get(name)
        symbol, told = (drug.symbol, drug.todo) if drug else ("?", describe_absent_medicine(results))
        lines.append(f"- {symbol} **{escape(name)}**: {escape(told)}")
    yield from _section(OWN_MEDICINES, lines)


def _actions(sample: SampleSummary) -> Iterator[str]:
    drugs = sample.group(Group.ACTION)
    nothing = ["Nothing, as far as these results go."] if sample.drugs else []
    yield from _section(GROUP_TITLES[Group.ACTION], [line for drug in drugs for line in _drug(drug)] or nothing)


def _drug(drug: DrugSummary) -> Iterator[str]:
    depends = " (depends on the indication)" if drug.depends_on_indication else ""
    brief = drug.worst.brief if drug.worst else drug.todo
    yield f"- {drug.symbol} **{drug.word}: {escape(drug.drug)}**: {escape(brief)}{depends}"
    for number, statement in enumerate(drug.advising):
        yield from _statement(statement, whole=number == 0, mark=statement.first.severity is not drug.severity)
    for found in drug.disagreements:
        sides = "; ".join(f"{source}: {words}" for source, words in found.positions)
        yield f"  - ≠ Sources differ. {escape(sides)}"


def _statement(statement: Statement, *, whole: bool, mark: bool) -> Iterator[str]:
    first = statement.first
    symbol = f"{first.symbol} {first.word}, " if mark else ""
    asks = sentence(first.advice if whole else first.todo)
    text = f"  - {symbol}{escape(statement.origins)}: {escape(asks)}"
    if whole and first.alternatives:
        text += f" Instead: {escape(', '.join(first.alternatives))}."
    basis = " + ".join(one.text for one in first.genes)
    remarks = " ".join(remark for remark in (first.certainty, *(note.text for note in first.notes)) if remark)
    yield f"{text} Because of {escape(sentence(basis))}" + (f" {escape(remarks)}" if remarks else "")
    if whole and first.source_text:
        yield f"  - Wording of the guideline: {escape(first.source_text)}"


def _compact(sample: SampleSummary, group: Group) -> Iterator[str]:
    lines = [
        f"- {escape(why.removesuffix('.'))}: {escape(', '.join(drugs))}" if why else f"- {escape(', '.join(drugs))}"
        for why, drugs in sample.shared(group)
    ]
    yield from _section(f"{sample.group(group)[0].symbol} {GROUP_TITLES[group]}" if lines else "", lines)


def _genes(genes: tuple[GeneSummary, ...]) -> Iterator[str]:
    lines = [f"| {' | '.join(_GENE_COLUMNS)} |", "|" + " --- |" * len(_GENE_COLUMNS)]
    for gene in genes:
        cells = (gene.gene, gene.diplotype, gene.phenotype, gene.score, gene.certainty)
        lines.append(f"| {' | '.join(escape(cell) or '-' for cell in cells)} |")
    notes = [f"- {escape(f'{gene.gene}: {note.text}')}" for gene in genes for note in gene.notes]
    yield from _section("Genes", [*lines, *(("", *notes) if notes else ())])


def escape(text: str) -> str:
    """Return `text` so that Markdown shows it as it is, on one line.

    >>> escape("*2/*2 <b>")
    '\\\\*2/\\\\*2 &lt;b&gt;'
    """
    return printable(text).translate(_ESCAPES)
