"""Drug tables: reading, writing, what is refused, and what holds for every shipped table."""

from __future__ import annotations

import csv
import itertools
import json
from pathlib import Path

import pytest
import yaml

from pgx.domain.drug import Action, ActionKind, AdviceRow, Drug, Guideline, Label, Requirement, Severity
from pgx.errors import InputError, RuleError
from pgx.rules.drug_tables import parse_drug
from pgx.rules.drug_writer import WIDTH, format_drug
from pgx.rules.importers.cpic_recommendations import compare_recommendations, read_recommendations

CHECKOUT = Path(__file__).resolve().parent.parent
TABLES = sorted((CHECKOUT / "rules" / "drugs").glob("*.yaml"))
READINGS = CHECKOUT / "tests" / "readings"

TABLE = """\
drug: examplin
rxnorm: "1"
atc: [A00AA00]
guidelines:
  - source: CPIC
    name: GENE and examplin
    url: https://example.org/guideline
    updated: 2022-01-16
    pmids: [1, 2]
    levels: {cpic: A, clinpgx: 1A}
    recommendations:
      - when: {GENE: [Poor Metabolizer, ">=2.5"]}
        population: adult
        actions: [{action: reduce_dose, percent: 50, of: start}, {action: monitor, what: [trough level]}]
        alternatives: [otherin]
        strength: Strong
        flags: [dosing]
        implication: Levels rise.
        advice: Halve the starting dose and follow levels.
labels:
  - {agency: FDA, level: Actionable PGx, genes: [GENE], updated: 2023-05-01}
"""


def read_table(path: Path) -> Drug:
    return parse_drug(path.read_text(encoding="utf-8"), path.name)


@pytest.fixture(scope="module")
def drugs() -> list[Drug]:
    return [read_table(path) for path in TABLES]


def all_rows(drugs: list[Drug]) -> list[tuple[Drug, Guideline, AdviceRow]]:
    return [(drug, guideline, row) for drug in drugs for guideline in drug.guidelines for row in guideline.rows]


def test_reads_every_key():
    drug = parse_drug(TABLE, "examplin.yaml")
    guideline = drug.guidelines[0]
    row = guideline.rows[0]
    assert (drug.name, drug.rxnorm, drug.atc) == ("examplin", "1", ("A00AA00",))
    assert (guideline.updated, guideline.pmids, guideline.levels) == (
        "2022-01-16",
        (1, 2),
        (("cpic", "A"), ("clinpgx", "1A")),
    )
    assert row.when == (Requirement("GENE", ("Poor Metabolizer", ">=2.5")),)
    assert row.actions == (
        Action(ActionKind.REDUCE_DOSE, (("percent", 50), ("of", "start"))),
        Action(ActionKind.MONITOR, (("what", ("trough level",)),)),
    )
    assert (row.population, row.alternatives, row.strength, row.flags) == ("adult", ("otherin",), "Strong", ("dosing",))
    assert drug.labels == (Label("FDA", "Actionable PGx", ("GENE",), "2023-05-01"),)


def test_writes_the_table_that_it_read():
    assert format_drug(parse_drug(TABLE, "examplin.yaml")).startswith(TABLE.split("guidelines:")[0])
    drug = parse_drug(TABLE, "examplin.yaml")
    assert parse_drug(format_drug(drug), "examplin.yaml") == drug


@pytest.mark.parametrize(
    "text",
    [
        "yes",
        "12.5",
        "2024",
        "a: colon and # hash",
        "- dash first",
        "*57:01 first",
        'with "quotes" and {braces',
        "½ of ≥3.0 µg",
        "ends with colon:",
        "one very long text " * 12,
        "comma, [brackets]",
    ],
)
def test_any_text_survives(text: str):
    text = text.strip()
    row = AdviceRow(
        when=(Requirement("GENE", (text,)),) if ".." not in text else (),
        actions=(Action(ActionKind.CAUTION, (("condition", text), ("schedule", text))),),
        advice=text.replace("{", "("),
        implication=text.replace("{", "("),
        population=text,
        strength=text,
        alternatives=(text,),
    )
    drug = Drug(
        text, (Guideline("CPIC", text, "https://example.org", "2020", (row,)),), labels=(Label("FDA", text, (text,)),)
    )
    assert parse_drug(format_drug(drug), "x.yaml") == drug


MISTAKES = [
    ("source: CPIC", "source: NOBODY", 5, "unknown source 'NOBODY'"),
    ("    url: https://example.org/guideline\n", "", 5, "url missing"),
    ("updated: 2022-01-16", "updated: last year", 8, "must be a date"),
    ("pmids: [1, 2]", "pmids: [one]", 9, "expected a whole number"),
    ("{cpic: A, clinpgx: 1A}", "{cpick: A}", 10, "unknown key 'cpick'"),
    ("population: adult", "populaton: adult", 13, "unknown key 'populaton'"),
    ("population: adult", 'population: ""', 13, "empty text"),
    ("action: reduce_dose", "action: reduce_doze", 14, "unknown action 'reduce_doze'"),
    ("action: reduce_dose", "action: no_statement", 14, "unknown action 'no_statement'"),
    ("percent: 50", "procent: 50", 14, "unknown key 'procent'"),
    ("percent: 50", "percent: half", 14, "expected a number"),
    ("percent: 50", "percent: -5", 14, "above 0"),
    ("percent: 50", "percent: 100", 14, "no reduction"),
    ("percent: 50", "factor: 2", 14, "no reduction"),
    ("percent: 50", "max: 20", 14, "'max' needs a unit"),
    ("percent: 50", "unit: mg", 14, "'unit' without an amount"),
    ("percent: 50", "percent_min: 50, percent_max: 20", 14, "'percent_min' is not below 'percent_max'"),
    ("percent: 50", "optional: false", 14, "leave 'optional' out"),
    ("action: reduce_dose, percent: 50", "action: increase_dose, factor: 0.5", 14, "no increase"),
    ("action: reduce_dose", "action: avoid", 14, "'percent' belongs to"),
    ("percent: 50", "what: [level]", 14, "'what' belongs to"),
    ("{action: monitor, what: [trough level]}", "{action: monitor}", 14, "'what' is missing"),
    ("of: start", "of: breakfast", 14, "unknown dose 'breakfast'"),
    ("flags: [dosing]", "flags: [dozing]", 17, "unknown flag 'dozing'"),
    (">=2.5", ">=high", 12, "is not a range"),
    (">=2.5", "2.5..1.0", 12, "is not a range"),
    (">=2.5", "Poor Metabolizer", 12, "one value twice"),
    ('{GENE: [Poor Metabolizer, ">=2.5"]}', "{}", 12, "names no gene"),
    ("advice: Halve the", "advice: Halve {drug} the", 19, "placeholder"),
    ("        implication: Levels rise.\n", "", 12, "implication missing"),
    ("drug: examplin\n", "drug: examplin\ndrug: examplin\n", 2, "'drug' stands twice"),
    ("labels:\n", "lables:\n", 21, "unknown key 'lables'"),
    ("agency: FDA", "agency: [FDA]", 21, "expected a text"),
    ("guidelines:\n", "guidelines: [\n", 5, "not YAML"),
]


@pytest.mark.parametrize(
    ("right", "wrong", "line", "reason"), MISTAKES, ids=[case[1].strip()[:40] for case in MISTAKES]
)
def test_a_mistake_is_one_line_with_its_place(right: str, wrong: str, line: int, reason: str):
    assert right in TABLE
    with pytest.raises(RuleError) as caught:
        parse_drug(TABLE.replace(right, wrong, 1), "examplin.yaml")
    message = str(caught.value)
    assert message.startswith(f"examplin.yaml:{line}: ")
    assert reason in message
    assert "\n" not in message


def test_an_empty_table_is_refused():
    with pytest.raises(RuleError, match=r"x\.yaml:1: empty"):
        parse_drug("", "x.yaml")


def test_no_row_without_actions_and_no_guideline_without_rows():
    with pytest.raises(RuleError, match="at least one action"):
        parse_drug(
            TABLE.replace(
                "[{action: reduce_dose, percent: 50, of: start}, {action: monitor, what: [trough level]}]", "[]"
            ),
            "x",
        )
    head, _, tail = TABLE.partition("    recommendations:\n")
    with pytest.raises(RuleError, match="at least one recommendation"):
        parse_drug(f"{head}    recommendations: []\nlabels:{tail.partition('labels:')[2]}", "x")


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_a_shipped_table_is_written_as_it_stands(path: Path):
    text = path.read_text(encoding="utf-8")
    assert format_drug(parse_drug(text, path.name)) == text
    assert max(map(len, text.splitlines())) <= WIDTH


def test_file_names_follow_drug_names(drugs: list[Drug]):
    for path, drug in zip(TABLES, drugs, strict=True):
        plain = "".join(letter if letter.isalnum() or letter in "-+." else "_" for letter in drug.name.lower())
        assert path.stem == "_".join(part for part in plain.split("_") if part)
    assert len({drug.name.lower() for drug in drugs}) == len(drugs)


def test_every_row_says_what_and_why(drugs: list[Drug]):
    for drug, _, row in all_rows(drugs):
        assert isinstance(row.severity, Severity)
        for text in (row.advice, row.implication):
            assert text.endswith("."), (drug.name, text)
            assert 4 < len(text.split()) < 45, (drug.name, text)
            assert "{" not in text


def test_every_table_holds_something(drugs: list[Drug]):
    assert all(drug.guidelines or drug.labels for drug in drugs)
    assert all(guideline.url.startswith("https://") for drug in drugs for guideline in drug.guidelines)


def test_a_drug_is_not_its_own_alternative(drugs: list[Drug]):
    assert not [drug.name for drug, _, row in all_rows(drugs) if drug.name in row.alternatives]


def values_of(guideline: Guideline) -> dict[str, list[str]]:
    """Every key that the rows of a guideline ask for, with scores tried at steps of a quarter."""
    named: dict[str, set[str]] = {}
    for need in itertools.chain.from_iterable(row.when for row in guideline.rows):
        named.setdefault(need.gene, set()).update(v for v in need.values if not v.startswith(">=") and ".." not in v)
        if any(value.startswith(">=") or ".." in value for value in need.values):
            quarters = [step / 4 for step in range(25)]
            named[need.gene].update(f"{score:g}" if score % 0.5 else f"{score:.1f}" for score in quarters)
            named[need.gene].update(f"≥{score:g}" if score % 0.5 else f"≥{score:.1f}" for score in quarters)
    return {gene: sorted(keys) for gene, keys in named.items()}


def test_no_two_rows_of_a_guideline_and_population_overlap(drugs: list[Drug]):
    for drug in drugs:
        for guideline in drug.guidelines:
            values = values_of(guideline)
            assert all({need.gene for need in row.when} == set(values) for row in guideline.rows), drug.name
            for keys in itertools.product(*values.values()):
                given = dict(zip(values, keys, strict=True))
                found = [row.population for row in guideline.rows if all(n.accepts(given[n.gene]) for n in row.when)]
                assert len(found) == len(set(found)), (drug.name, guideline.name, given)
                assert "" not in found or len(found) == 1, (drug.name, guideline.name, given)


def test_every_reading_is_decided_and_every_difference_has_a_reason():
    with (READINGS / "actions.csv").open(encoding="utf-8", newline="") as handle:
        readings = list(csv.DictReader(handle))
    assert len({reading["reading"] for reading in readings}) == len(readings)
    for reading in readings:
        json.loads(reading["first_reading"])
        assert reading["comparison"] in (
            "agree",
            "single",
            "parameters",
            "alternatives",
            "other actions",
            "main action",
        )
        assert reading["comparison"] == "agree" or reading["reason"], reading["reading"]
        if reading["decision"]:
            json.loads(reading["decision"])
        else:
            assert reading["reason"].startswith("left out")


def write_download(folder: Path, **changes: object) -> Path:
    row = {
        "id": 7,
        "drugid": "RxNorm:1",
        "population": "adults",
        "lookupkey": {"GENE": "Poor Metabolizer"},
        "classification": "Strong",
        "dosinginformation": True,
        "alternatedrugavailable": False,
        "otherprescribingguidance": False,
    }
    rows = [row | changes, row | {"id": 8, "lookupkey": {"GENE": "≥3.0"}}]
    (folder / "drug.json").write_text(json.dumps([{"drugid": "RxNorm:1", "name": "examplin"}]), encoding="utf-8")
    (folder / "recommendation.json").write_text(json.dumps(rows), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"classification": "Moderate"}, ["examplin (adult): GENE Poor Metabolizer: strength: Strong -> Moderate"]),
        ({"dosinginformation": False}, ["examplin (adult): GENE Poor Metabolizer: flags: ('dosing',) -> ()"]),
        (
            {"lookupkey": {"GENE": "n/a"}},
            [
                "examplin (adult): GENE Indeterminate: added as row 7",
                "examplin (adult): GENE Poor Metabolizer: removed",
            ],
        ),
    ],
)
def test_a_new_download_is_compared(tmp_path: Path, changes: dict[str, object], expected: list[str]):
    rows = read_recommendations(write_download(tmp_path, **changes), {"adults": "adult"})
    found = compare_recommendations(rows, [parse_drug(TABLE, "examplin.yaml")])
    assert [str(change) for change in found] == expected


def test_a_broken_download_is_one_line(tmp_path: Path):
    with pytest.raises(InputError, match=r"drug\.json: no such file"):
        read_recommendations(tmp_path, {})
    with pytest.raises(InputError, match="unknown population 'adults'"):
        read_recommendations(write_download(tmp_path), {})
    (tmp_path / "drug.json").write_text("[{}]", encoding="utf-8")
    with pytest.raises(InputError, match="lack 'drugid'"):
        read_recommendations(tmp_path, {})


def test_what_is_not_covered_has_a_reason():
    listed = yaml.safe_load((CHECKOUT / "rules" / "not_covered.yaml").read_text(encoding="utf-8"))
    assert all(entry["reason"] for entry in [*listed["fda_associations"], *listed["drugs"]])
    assert all(entry["verdict"] for entry in listed["dpwg_pairs"])
