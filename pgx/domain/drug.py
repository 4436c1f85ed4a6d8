"""Drug tables as values: guidelines, their rows, and the typed actions the rows ask for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Severity(IntEnum):
    """How much a line asks for; larger is worse."""

    GREY = 0
    GREEN = 1
    AMBER = 2
    RED = 3

    @property
    def label(self) -> str:
        return self.name.lower()


class ActionKind(StrEnum):
    """The closed list of actions."""

    STANDARD = "standard"
    NO_RECOMMENDATION = "no_recommendation"
    NO_STATEMENT = "no_statement"
    MONITOR = "monitor"
    CAUTION = "caution"
    TEST_FIRST = "test_first"
    CONSIDER_ALTERNATIVE = "consider_alternative"
    REDUCE_DOSE = "reduce_dose"
    INCREASE_DOSE = "increase_dose"
    ALTERNATIVE = "alternative"
    AVOID = "avoid"
    CONTRAINDICATED = "contraindicated"

    @property
    def severity(self) -> Severity:
        return _SEVERITIES.get(self, Severity.AMBER)


_SEVERITIES = {
    ActionKind.STANDARD: Severity.GREEN,
    ActionKind.NO_RECOMMENDATION: Severity.GREY,
    ActionKind.NO_STATEMENT: Severity.GREY,
    ActionKind.ALTERNATIVE: Severity.RED,
    ActionKind.AVOID: Severity.RED,
    ActionKind.CONTRAINDICATED: Severity.RED,
}

ParameterValue = str | float | int | bool | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do. Parameters as in the drug tables: percent, factor, max, unit, of, what, condition …"""

    kind: ActionKind
    parameters: tuple[tuple[str, ParameterValue], ...] = ()

    @property
    def is_conditional(self) -> bool:
        return any(name == "condition" for name, _ in self.parameters)


BOTH = " & "
"""Joins the parts of a value that must all hold."""

_SCORE = re.compile(r"(≥?)(\d+(?:\.\d+)?)")


def in_range(value: str, key: str) -> bool:
    """True where `value` is a range of scores and `key` a score inside it; `≥3.0` only lies in open ranges."""
    score = _SCORE.fullmatch(key)
    if score is None or BOTH in value:
        return False
    if value.startswith(">="):
        return float(score[2]) >= float(value[2:])
    low, dots, high = value.partition("..")
    return bool(dots) and not score[1] and float(low) <= float(score[2]) <= float(high)


@dataclass(frozen=True, slots=True)
class Requirement:
    """What one gene must read for a row to apply: any one of `values`.

    A value is a phenotype or other lookup text, an activity score (`"1.5"`), a range (`">=2.25"`,
    `"0.25..1.0"`), an allele status (`"*57:01 positive"`), a diplotype (`"*2/*3"`), an allele on either strand
    (`"*5 positive"`), `any` result, or `No Result`; several of these joined by ` & ` must all hold. `gene` may also
    name an extra position, with genotypes (`G/A`).
    """

    gene: str
    values: tuple[str, ...]

    def accepts(self, key: str) -> bool:
        """True where a lookup key, spelt as guidelines do, is one of the values or lies in one of their ranges.

        >>> need = Requirement("GENE", ("0.25..1.0", ">=2.5", "Indeterminate"))
        >>> [need.accepts(key) for key in ("0.5", "1.25", "≥3.0", "Indeterminate")]
        [True, False, True, True]
        """
        return any(value == key or in_range(value, key) for value in self.values)


@dataclass(frozen=True, slots=True)
class SourceText:
    """A guideline's own wording, which a site attached from its own download.

    `lookup` holds the keys that it stands at, by gene; it is empty where a row has no other text.
    """

    text: str
    lookup: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class AdviceRow:
    """One row of a guideline: for these gene results and this population, do this, because of that."""

    when: tuple[Requirement, ...]
    actions: tuple[Action, ...]
    advice: str
    implication: str
    population: str = ""
    strength: str = ""
    alternatives: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    texts: tuple[SourceText, ...] = ()

    @property
    def severity(self) -> Severity:
        """The worst of the main action and of all actions that hold without a condition."""
        kinds = [self.actions[0].kind, *(action.kind for action in self.actions[1:] if not action.is_conditional)]
        return max(kind.severity for kind in kinds)

    @property
    def outcome(self) -> tuple[object, ...]:
        """What must be equal for two rows to lead to the same treatment."""
        return (self.actions, self.alternatives)


@dataclass(frozen=True, slots=True)
class Guideline:
    """One source's guidance on one drug."""

    source: str
    name: str
    url: str
    updated: str
    rows: tuple[AdviceRow, ...]
    pmids: tuple[int, ...] = ()
    levels: tuple[tuple[str, str], ...] = ()

    @property
    def genes(self) -> tuple[str, ...]:
        """Genes that the rows ask about, in order of first appearance."""
        return tuple(dict.fromkeys(need.gene for row in self.rows for need in row.when))

    @property
    def populations(self) -> tuple[str, ...]:
        """Populations that the rows name, in order of first appearance."""
        return tuple(dict.fromkeys(row.population for row in self.rows if row.population))


@dataclass(frozen=True, slots=True)
class Label:
    """The pharmacogenetic level of a drug's label at one agency."""

    agency: str
    level: str
    genes: tuple[str, ...]
    updated: str = ""


@dataclass(frozen=True, slots=True)
class Drug:
    """One drug table."""

    name: str
    guidelines: tuple[Guideline, ...]
    rxnorm: str = ""
    atc: tuple[str, ...] = ()
    drug_class: str = ""
    labels: tuple[Label, ...] = ()

    @property
    def genes(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(gene for guideline in self.guidelines for gene in guideline.genes))

    def level(self, guideline: Guideline, scale: str) -> str:
        """Return a guideline's level of evidence on a scale.

        A level belongs to a gene and a drug: where the guideline states none, it is the best that another source
        states for the same drug and a gene that both ask about; empty where nobody states one.
        """
        own = dict(guideline.levels).get(scale)
        if own:
            return own
        shared = (g for g in self.guidelines if set(g.genes) & set(guideline.genes))
        return min(filter(None, (dict(other.levels).get(scale) for other in shared)), default="")
