"""The first page: who, when, what was tested, what needs doing, and where every other drug stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pgx.domain.call import CallStatus
from pgx.reports.html.element import Html, join, joined, tag
from pgx.reports.html.view import Mark, View, facts, listing, mark_at, mark_of, pill, symbol
from pgx.reports.summary import headlines
from pgx.reports.wording import (
    DISCLAIMER,
    GROUP_TITLES,
    OWN_MEDICINES,
    STATUS_WORDS,
    Group,
    describe_absent_medicine,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pgx.reports.summary import DrugSummary, GeneBasis, GeneSummary, LineSummary

MANY_ROWS = 9
"""With more drugs than this to act on, print sets all of them close, so that the first page stays one page."""
GROUPED_ROWS = {Mark.RED: 12, Mark.AMBER: 0}
"""Then a severity with more drugs than this groups those that ask for the same, and leaves the rest to the cards."""
SHORT_DIPLOTYPE = 20
"""Longest diplotype, in characters, that a grouped printed line names."""

_ACTIONS = f"list-{Group.ACTION}"
_QUIET_GROUPS = (Group.STANDARD, Group.AS_FAR_AS_SEEN, Group.NO_GUIDANCE, Group.NOT_ASSESSED)
_LEVEL_NAMES = {"cpic": "CPIC level", "clinpgx": "ClinPGx level", "fda": "FDA label:", "dpwg": "DPWG:"}


def front(view: View) -> Html:
    """Write the whole first page."""
    return tag(
        "section",
        _heading(view),
        _remarks(view),
        _tiles(view),
        _picker(),
        _own_medicines(view),
        _actions(view),
        tag("div", [_quiet_group(view, group) for group in _QUIET_GROUPS], class_="quiet"),
        tag("p", DISCLAIMER, class_="fine"),
        id="first",
        class_="first many" if len(view.summary.group(Group.ACTION)) > MANY_ROWS else "first",
        aria_labelledby="who",
    )


def _heading(view: View) -> Html:
    return tag(
        "header",
        tag("p", "Pharmacogenetic report", class_="kicker"),
        tag("h1", tag("bdi", view.summary.sample), id="who"),
        facts(
            [
                ("Reported", _day(view.written.time)),
                ("From", joined(tag("bdi", file.name) for file in view.results.input.files)),
                ("Genome build", view.results.input.build or "unknown"),
                ("Rules", _rules(view)),
                ("Tested", _tested(view)),
            ],
            "facts who",
        ),
    )


def _day(time: str) -> str:
    return f"{time[:10]}, {time[11:16]} UTC"


def _rules(view: View) -> str:
    rules = view.results.rules
    return f"{rules.version} of {rules.date}" if rules.date else rules.version


def _tested(view: View) -> Html:
    """Count the genes with a result, and name those without one and why."""
    genes = view.summary.genes
    found = sum(gene.status.has_result for gene in genes)
    words = f"{found} of {len(genes)} genes with a result"
    return join(words, [join("; ", part) for part in _without_result(view, genes)])


def _without_result(view: View, genes: Sequence[GeneSummary]) -> Iterable[Html]:
    for status in (CallStatus.NOT_CALLED, CallStatus.NO_DATA, CallStatus.UNTESTABLE):
        links = [view.gene_link(gene.gene) for gene in genes if gene.status is status]
        if links:
            yield join(joined(links), f" {STATUS_WORDS[status]}")


def _remarks(view: View) -> Html | None:
    """Show what the reader must know before reading on: limits of the run, old rules, problems."""
    texts = dict.fromkeys([*headlines(view.results), *(note.text for note in view.summary.problems)])
    remarks = [tag("li", symbol(Mark.AMBER), tag("span", words)) for words in texts]
    return tag("ul", remarks, class_="remarks", aria_label="Please note") if remarks else None


def _tiles(view: View) -> Html:
    """Count the drugs by what they come to; each count leads to its list."""
    marks = [mark_of(drug) for drug in view.summary.drugs]
    tiles = [tag("li", _tile(mark, marks.count(mark))) for mark in Mark]
    return tag("ul", tiles, class_="tiles", aria_label="Number of drugs")


def _tile(mark: Mark, count: int) -> Html:
    words = tag("span", mark.words, class_="words")
    return tag("a", symbol(mark), tag("b", str(count)), " ", words, href=f"#list-{mark.group}", class_=mark.style)


def _picker() -> Html:
    """A place for the reader's own list of drugs; it needs JavaScript and stays hidden without it."""
    return tag(
        "section",
        tag("h2", "My drugs", id="mine-title"),
        tag(
            "form",
            tag("label", "Add a drug the patient takes", for_="mine-input"),
            tag("input", id="mine-input", list="mine-names", autocomplete="off", spellcheck="false"),
            tag("datalist", id="mine-names"),
            tag("button", "Add", type="submit"),
            tag("button", "Show only these", type="button", id="mine-only", aria_pressed="false", hidden=True),
            id="mine-form",
        ),
        tag("p", id="mine-said", class_="said", role="status"),
        tag("ul", id="mine-list", class_="rows brief"),
        id="mine",
        class_="mine",
        aria_labelledby="mine-title",
        hidden=True,
    )


def _own_medicines(view: View) -> Html | None:
    """The medicines that the run was given, in the order given, before everything else."""
    if not view.medicines:
        return None
    known = {drug.drug.casefold(): drug for drug in view.summary.drugs}
    rows = [_medicine_row(view, name, known.get(name.casefold())) for name in view.medicines]
    return tag(
        "section", tag("h2", OWN_MEDICINES, id="own"), tag("ul", rows, class_="rows brief own"),
        aria_labelledby="own",
    )  # fmt: skip


def _medicine_row(view: View, name: str, drug: DrugSummary | None) -> Html:
    if drug is None:
        return tag("li", pill(Mark.NOT_ASSESSED), tag("b", name), tag("span", describe_absent_medicine(view.results)))
    return tag("li", pill(mark_of(drug)), tag("b", view.drug_link(drug.drug)), tag("span", _outcome(drug)))


def _outcome(drug: DrugSummary) -> str:
    return f"{drug.todo}. {drug.reason}" if drug.reason else drug.todo


def _actions(view: View) -> Html:
    drugs = view.summary.group(Group.ACTION)
    lists = [_action_list(view, mark, len(drugs)) for mark in (Mark.RED, Mark.AMBER)]
    nothing = tag("p", "Nothing found that asks for a change.", class_="nothing")
    return tag(
        "section",
        tag("h2", GROUP_TITLES[Group.ACTION], _count(len(drugs)), id=_ACTIONS),
        lists if drugs else nothing,
        aria_labelledby=_ACTIONS,
    )


def _count(number: int) -> Html:
    return tag("span", f" {number}", class_="n")


def _action_list(view: View, mark: Mark, total: int) -> Html | None:
    """The drugs of one severity, one by one or, where there are many, grouped."""
    drugs = view.summary.severe(mark.severity)
    heading = tag("h3", pill(mark), _count(len(drugs)))
    grouped = total > MANY_ROWS and len(drugs) > GROUPED_ROWS[mark]
    rows = [_grouped_row(view, alike) for alike in _alike(drugs)] if grouped else [_row(view, drug) for drug in drugs]
    style = f"rows {mark.style}{' grouped' if grouped else ''}"
    return join(heading, tag("ol", rows, class_=style)) if drugs else None


def _row(view: View, drug: DrugSummary) -> Html:
    worst = drug.lines[0]
    return tag(
        "li",
        _names(view, [drug]),
        tag(
            "div",
            _todo(drug),
            tag("p", worst.advice, class_="advice"),
            tag("p", _why(view, worst), class_="why"),
            _limits(drug),
            class_="do",
        ),
    )


def _grouped_row(view: View, drugs: Sequence[DrugSummary]) -> Html:
    """Drugs that ask for the same thing because of the same gene results."""
    first, worst = drugs[0], drugs[0].lines[0]
    why = _why(view, worst) if len(drugs) == 1 else _basis(view, worst)
    return tag(
        "li",
        _names(view, drugs),
        tag("div", _todo(first), tag("p", shortened(worst), class_="short"), tag("p", why, class_="why"),
            _limits(first), class_="do"),
    )  # fmt: skip


def _alike(drugs: Sequence[DrugSummary]) -> Iterable[Sequence[DrugSummary]]:
    """Put drugs together whose worst lines differ in nothing that a grouped row shows."""
    alike: dict[object, list[DrugSummary]] = {}
    for drug in drugs:
        line = drug.lines[0]
        shown = (line.todo, line.population, line.genes, line.source, _strength(line), line.certainty)
        rest = (drug.depends_on_indication, bool(drug.disagreements), line.notes)
        alike.setdefault((shown, rest), []).append(drug)
    return alike.values()


def _names(view: View, drugs: Sequence[DrugSummary]) -> Html:
    """Name the drugs of a row, those with the same sources together."""
    alike: dict[Html, list[Html]] = {}
    for drug in drugs:
        name = tag("h4", symbol(mark_of(drug)), view.drug_link(drug.drug))
        alike.setdefault(_sources(drug), []).append(name)
    return tag("div", [join(names, tag("p", found, class_="src")) for found, names in alike.items()], class_="name")


def _todo(drug: DrugSummary) -> Html:
    return tag("p", tag("b", drug.todo), _population(drug, drug.lines[0]), class_="todo")


def shortened(line: LineSummary) -> Html:
    """Say in the few words that a printed line holds what to do, for which gene results, and who says so.

    >>> from types import SimpleNamespace
    >>> basis = SimpleNamespace(gene="G1", diplotype="A/B", seen=True)
    >>> shortened(SimpleNamespace(brief="Halve it", genes=(basis,), source="CPIC", strength="Strong", levels=()))
    'Halve it <small>G1 A/B; CPIC (Strong)</small>'
    """
    basis = ", ".join(_short_basis(basis) for basis in line.genes)
    return join(line.brief, " ", tag("small", f"{basis}; {line.source}{_strength(line)}"))


def _short_basis(basis: GeneBasis) -> str:
    if not basis.seen:
        return f"{basis.gene} no result"
    return f"{basis.gene} {basis.diplotype}" if len(basis.diplotype) <= SHORT_DIPLOTYPE else basis.gene


def _population(drug: DrugSummary, line: LineSummary) -> Html | None:
    """Say for whom the worst line holds, and that others fare differently."""
    words = ["depends on the indication"] if drug.depends_on_indication else []
    words = [line.population, *words] if line.population else words
    return tag("span", " — ", ", ".join(words), class_="for") if words else None


def _sources(drug: DrugSummary) -> Html:
    """Name each source with the strength of its worst line."""
    worst = {line.source: line for line in reversed(drug.lines)}
    return joined((tag("span", source, _strength(worst[source])) for source in drug.sources), " ")


def _strength(line: LineSummary) -> str:
    """Strength of a line and its source's own level, in brackets.

    >>> from types import SimpleNamespace
    >>> _strength(SimpleNamespace(strength="Strong", source="CPIC", levels=(("cpic", "A"),)))
    ' (Strong, level A)'
    """
    own = [value for name, value in line.levels if value and name == line.source.casefold()]
    words = [line.strength, *(f"level {value}" if len(value) == 1 else value for value in own)]
    return f" ({', '.join(word for word in words if word)})" if any(words) else ""


def _why(view: View, line: LineSummary) -> Html:
    """The gene results behind a line and what they mean, in one sentence."""
    return join(_basis(view, line), ". " if line.implication else None, line.implication)


def _basis(view: View, line: LineSummary) -> Html:
    return tag("span", joined(basis_words(view, line), "; "), class_="basis")


def basis_words(view: View, line: LineSummary) -> list[Html]:
    """The gene results behind a line, each with a link to its gene."""
    return [join(view.gene_link(basis.gene), basis.text.removeprefix(basis.gene)) for basis in line.genes]


def levels(line: LineSummary) -> str:
    """Evidence levels in words.

    >>> from types import SimpleNamespace
    >>> levels(SimpleNamespace(levels=(("cpic", "A"), ("clinpgx", "1A"))))
    'CPIC level A, ClinPGx level 1A'
    """
    return ", ".join(f"{_LEVEL_NAMES.get(name, name)} {value}" for name, value in line.levels if value)


def _limits(drug: DrugSummary) -> Html | None:
    """What limits the row: sources that disagree, genes without a result, and how far the line holds."""
    line = drug.lines[0]
    words = " ".join(dict.fromkeys(text for text in (*(note.text for note in line.notes), line.certainty) if text))
    split = tag("p", "Sources disagree.", class_="split") if drug.disagreements else None
    return join(split, tag("p", words, class_="limit") if words else None)


def _quiet_group(view: View, group: Group) -> Html:
    place = f"list-{group}"
    return tag(
        "section",
        tag("h2", symbol(mark_at(group)), GROUP_TITLES[group], _count(len(view.summary.group(group))), id=place),
        _names_by_reason(view, group) or tag("p", "None.", class_="nothing"),
        class_=f"group g-{group}",
        aria_labelledby=place,
    )


def _names_by_reason(view: View, group: Group) -> Html | None:
    """List drugs after the reason they share, the most common first; without a reason it is one list of names."""
    entries = sorted(view.summary.shared(group), key=lambda entry: -len(entry[1]))
    return listing([_named(view, reason.rstrip("."), names) for reason, names in entries], "reasons")


def _named(view: View, reason: str, names: Sequence[str]) -> Html:
    links = joined(view.drug_link(name) for name in sorted(names, key=str.casefold))
    return join(tag("span", f"{reason}: ", class_="reason") if reason else None, links)
