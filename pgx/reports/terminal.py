"""What needs doing, on a terminal: one sample in blocks, several samples a line each.

The only report that needs rich; import it when something is to be printed. Colour only doubles what a word and a
symbol say, and is left out when the output is no terminal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from pgx.domain.drug import Severity
from pgx.reports.input_words import describe_input
from pgx.reports.places import DrugPlacer
from pgx.reports.summary import headlines, summarise_sample
from pgx.reports.wording import (
    GROUP_TITLES,
    OWN_MEDICINES,
    PLAIN_SPELLINGS,
    SEVERITY_SYMBOLS,
    SEVERITY_WORDS,
    Group,
    abbreviate,
    describe_absent_medicine,
    place_symbol,
    place_word,
    printable,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from pgx.domain.results import Results, SampleResult
    from pgx.reports.summary import DrugSummary, GeneSummary, SampleSummary, Statement

STYLES = {Severity.RED: "bold red", Severity.AMBER: "yellow", Severity.GREEN: "green", Severity.GREY: "bright_black"}
GENE_COLUMNS = ("Gene", "Result", "Phenotype", "Score", "How sure")
GAP, WIDEST_SHORT = 2, 12
"""Columns between the columns of the gene table, and the most that a gene's name or score takes."""
LONGEST_NAME = 24
MOST_DRUGS_NAMED = 12
NARROWEST = 20
"""Columns left for text on however narrow a console."""

Place = tuple[Group, Severity]

_COUNTED: tuple[Place, ...] = (
    (Group.ACTION, Severity.RED),
    (Group.ACTION, Severity.AMBER),
    (Group.AS_FAR_AS_SEEN, Severity.GREY),
    (Group.STANDARD, Severity.GREEN),
    (Group.NO_GUIDANCE, Severity.GREY),
    (Group.NOT_ASSESSED, Severity.GREY),
)


def print_results(results: Results, console: Console | None = None) -> None:
    """Print one sample whole, or several a line each."""
    printer = _Printer(console or Console(highlight=False, emoji=False))
    printer.head(results)
    if len(results.samples) == 1:
        printer.sample(summarise_sample(results.samples[0]), results)
    else:
        printer.samples(results.samples, results.medicines)


class _Printer:
    """Prints text that cannot be taken for markup or terminal codes, in the signs that the console can show."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._encoding = console.encoding
        self._plain = console.options.ascii_only
        self._width = console.width

    def _text(self, *parts: str | tuple[str, str]) -> Text:
        text = Text()
        for part in parts:
            words, style = (part, "") if isinstance(part, str) else part
            text.append(self._shown(words), style or None)
        return text

    def _shown(self, words: str) -> str:
        safe = printable(words)
        if self._plain:
            safe = safe.translate(PLAIN_SPELLINGS)
        return safe.encode(self._encoding, "replace").decode(self._encoding)

    def _line(self, *parts: str | tuple[str, str], indent: int = 0) -> None:
        """Print one paragraph, wrapped under its own indent."""
        for line in self._text(*parts).wrap(self._console, max(self._width - indent, NARROWEST)):
            line.rstrip()
            line.pad_left(indent)
            self._console.print(line, soft_wrap=True)

    def _title(self, title: str, count: int) -> None:
        self._console.print()
        self._line((f"{title} ({count})", "bold"))

    def head(self, results: Results) -> None:
        """Say what was read with which rules, what the run left out, and what of the files was not used."""
        files = abbreviate([file.name for file in results.input.files], most=2)
        rules = f"rules {results.rules.version}"
        self._line(" · ".join(part for part in (files, results.input.build or "", rules) if part))
        for text in headlines(results):
            self._line(("! ", "bold yellow"), text)
        for text in describe_input(results.input):
            self._line((text, "bright_black"))

    def sample(self, sample: SampleSummary, results: Results) -> None:
        """Print the patient's own drugs, what needs doing, the genes, what needs nothing, and what is not known."""
        self._line(("Sample ", "bold"), (sample.sample, "bold"))
        if results.medicines:
            self._medicines(sample, results)
        if sample.drugs:
            self._actions(sample, results.medicines)
        self._genes(sample.genes)
        for group in (Group.AS_FAR_AS_SEEN, Group.STANDARD, Group.NO_GUIDANCE, Group.NOT_ASSESSED):
            self._compact(sample, group)
        if sample.problems:
            self._title("Problems", len(sample.problems))
            for problem in sample.problems:
                self._line("! ", problem.text, indent=2)

    def _medicines(self, sample: SampleSummary, results: Results) -> None:
        """Print every drug that the patient takes, in the order given; whole where something needs doing."""
        self._title(OWN_MEDICINES, len(results.medicines))
        known = {drug.drug: drug for drug in sample.drugs}
        for name in results.medicines:
            drug = known.get(name)
            if drug is None:
                self._line("? ", (name, "bold"), f": {describe_absent_medicine(results)}", indent=2)
            elif drug.group is Group.ACTION:
                self._drug(drug)
            else:
                why = drug.reason or drug.caveat
                asks = f": {drug.todo}{f'. {why}' if why else ''}"
                self._line((f"{drug.symbol} ", STYLES[drug.severity]), (drug.drug, "bold"), asks, indent=2)

    def _actions(self, sample: SampleSummary, medicines: Collection[str]) -> None:
        drugs = [drug for drug in sample.group(Group.ACTION) if drug.drug not in medicines]
        self._title(f"{GROUP_TITLES[Group.ACTION]}{', other drugs' if medicines else ''}", len(drugs))
        if not drugs:
            self._line("Nothing, as far as these results go.", indent=2)
        for severity in (Severity.RED, Severity.AMBER):
            found = [drug for drug in drugs if drug.severity is severity]
            if found:
                self._line((f"{SEVERITY_SYMBOLS[severity]} {SEVERITY_WORDS[severity].upper()}", STYLES[severity]))
            for drug in found:
                self._drug(drug)

    def _drug(self, drug: DrugSummary) -> None:
        depends = " (depends on the indication)" if drug.depends_on_indication else ""
        brief = drug.worst.brief if drug.worst else drug.todo
        self._line((f"{drug.symbol} ", STYLES[drug.severity]), (drug.drug, "bold"), f": {brief}{depends}", indent=2)
        said: set[str] = set()
        for number, statement in enumerate(drug.advising):
            self._statement(statement, drug, whole=number == 0)
            self._remarks(statement, said)
        for found in drug.disagreements:
            sides = "; ".join(f"{source}: {words}" for source, words in found.positions)
            self._line(("≠ Sources differ. ", "bold"), sides, indent=4)

    def _statement(self, statement: Statement, drug: DrugSummary, *, whole: bool) -> None:
        """Print the worst statement with its reason; of the others only where they come from and what they ask."""
        first = statement.first
        mark = "" if first.severity is drug.severity else f"{first.symbol} "
        asks = first.advice if whole else first.todo
        self._line((mark, STYLES[first.severity]), (statement.origins, "italic"), f": {asks}", indent=4)
        if whole and first.alternatives:
            self._line(f"Instead: {', '.join(first.alternatives)}", indent=6)
        if whole or first.genes != drug.lines[0].genes:
            self._line("Because of ", " + ".join(basis.text for basis in first.genes), indent=6)
        if whole and first.source_text:
            self._line("Wording of the guideline: ", first.source_text, indent=6)

    def _remarks(self, statement: Statement, said: set[str]) -> None:
        """Print what stands against a statement, once a drug."""
        for remark in (statement.first.certainty, *(note.text for note in statement.first.notes)):
            if remark and remark not in said:
                said.add(remark)
                self._line(remark, indent=6)

    def _genes(self, genes: tuple[GeneSummary, ...]) -> None:
        from rich.table import Table

        self._title("Genes", len(genes))
        rows = [
            (gene.gene, gene.diplotype or "-", gene.phenotype or "-", gene.score or "-", gene.certainty)
            for gene in genes
        ]
        table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, GAP, 0, 0))
        for name, width in zip(GENE_COLUMNS, _widths(rows, self._width), strict=True):
            table.add_column(self._text(name), overflow="fold", width=width)
        for row in rows:
            table.add_row(*(self._text(cell) for cell in row))
        self._console.print(table)
        for gene in genes:
            for note in gene.notes:
                self._line(f"{gene.gene}: {note.text}", indent=2)

    def _compact(self, sample: SampleSummary, group: Group) -> None:
        """Print the drugs of a group by what keeps them there."""
        drugs = sample.group(group)
        if not drugs:
            return
        self._title(f"{drugs[0].symbol} {GROUP_TITLES[group]}", len(drugs))
        for why, names in sample.shared(group):
            self._line(*((why.removesuffix("."), ": ") if why else ()), (", ".join(names), "bold"), indent=2)

    def samples(self, samples: Sequence[SampleResult], medicines: Collection[str]) -> None:
        """Print a legend and one line a sample: counts by place, and the drugs to avoid or replace."""
        self._line("  ".join(f"{place_symbol(*place)} {place_word(*place).lower()}" for place in _COUNTED))
        width = min(LONGEST_NAME, max((len(sample.sample) for sample in samples), default=0))
        placer, crop = DrugPlacer(), self._console.is_terminal
        for sample in samples:
            line = self._sample_line(sample, placer.place(sample), width, medicines)
            if crop:
                line.truncate(self._width, overflow="ellipsis")
            self._console.print(line, soft_wrap=True)

    def _sample_line(
        self, sample: SampleResult, placed: dict[str, Place], width: int, medicines: Collection[str]
    ) -> Text:
        places = list(placed.values())
        name = sample.sample if len(sample.sample) <= width else f"{sample.sample[: width - 1]}…"
        red = [drug for drug, place in placed.items() if place == _COUNTED[0]]
        red.sort(key=lambda drug: (drug not in medicines, drug))
        counts = [(f"{place_symbol(*place)} {places.count(place):<4}", STYLES[place[1]]) for place in _COUNTED]
        number = len(sample.problems)
        problems = f"  ! {number} problem{'s' if number > 1 else ''}" if number else ""
        return self._text(f"{name:<{width}}  ", *counts, f" {abbreviate(red, MOST_DRUGS_NAMED)}", problems)


def _widths(rows: Sequence[Sequence[str]], width: int) -> tuple[int, ...]:
    """Return widths for the columns of the gene table: names and scores whole, the rest shared by the long ones."""
    whole = (max(len(row[column]) for row in [GENE_COLUMNS, *rows]) for column in (0, 3))
    gene, score = (min(needed, WIDEST_SHORT) for needed in whole)
    free = max(width - gene - score - 4 * GAP, NARROWEST)
    result, phenotype = free * 35 // 100, free * 29 // 100
    return gene, result, phenotype, score, free - result - phenotype
