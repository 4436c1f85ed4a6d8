"""A site's own tables over the shipped ones, guidelines' own wording beside them, and the age of rules."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from pgx.domain.drug import SourceText
from pgx.domain.gene import Gene
from pgx.domain.results import AdviceLine, Agreement, Reading
from pgx.domain.ruleset import RuleSet
from pgx.errors import InputError, PgxError, RuleError, UsageError
from pgx.rules.attaching import attach
from pgx.rules.drug_tables import parse_drug
from pgx.rules.gene_tables import parse_gene
from pgx.rules.importers.source_texts import plain_text, read_wordings
from pgx.rules.layers import find_files, shipped_rules
from pgx.rules.new_tables import make_folder, new_drug, new_gene
from pgx.rules.ruleset import load_rules
from pgx.rules.texts import Wording, attach_texts, format_texts, parse_texts

DAY = "2026-11-22"
GENE, DRUG = "CYP2C19", "clopidogrel"


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "rules-cache"))


@pytest.fixture
def site(tmp_path: Path) -> Path:
    make_folder(tmp_path / "site", DAY)
    return tmp_path / "site"


def test_a_table_of_the_same_name_stands_in_the_place_of_the_shipped_one(site: Path):
    shipped = load_rules()
    new_drug(site, DRUG, GENE, DAY)
    own = load_rules(site)
    assert own.drugs.keys() == shipped.drugs.keys()
    assert own.genes == shipped.genes
    assert [g.source for g in own.drugs[DRUG].guidelines] == [g.source for g in shipped.drugs[DRUG].guidelines] + [
        "house"
    ]
    assert own.drugs[DRUG].labels == shipped.drugs[DRUG].labels
    assert own.version == f"site-1 over {shipped.version}"
    assert own.sha256 != shipped.sha256
    (note,) = own.notes
    assert note.text == (
        f"Own rules site-1 of {DAY} over the shipped ones ({shipped.version} of {shipped.date}): drugs/{DRUG}."
    )


def test_new_tables_stand_beside_the_shipped_ones(site: Path):
    new_gene(site, "MYGENE", DAY)
    new_drug(site, "my drug (new)", "MYGENE", DAY)
    own = load_rules(site)
    assert own.drugs["my drug (new)"].genes == ("MYGENE",)
    assert isinstance(own.genes["MYGENE"], Gene)


def test_a_set_is_as_old_as_its_older_part(site: Path):
    manifest = site / "manifest.yaml"
    manifest.write_text(re.sub(r"date: .*", "date: 2001-02-03", manifest.read_text(encoding="utf-8")), encoding="utf-8")
    assert load_rules(site).date == "2001-02-03"
    manifest.write_text(re.sub(r"date: .*", "date: 2099-01-01", manifest.read_text(encoding="utf-8")), encoding="utf-8")
    assert load_rules(site).date == load_rules().date


def test_a_folder_without_over_stands_alone(site: Path):
    (site / "manifest.yaml").write_text(f"version: x\ndate: {DAY}\n", encoding="utf-8")
    assert not find_files(site).tables
    assert load_rules(site).drugs == {}


@pytest.mark.parametrize(
    ("manifest", "reason"),
    [
        ("version: x\ndate: 2026-01-01\nover: theirs\n", "over 'theirs' is unknown"),
        ("version: x\nover: shipped\n", "needs the keys version and date"),
        ("version: x\ndate: soon\nover: shipped\n", "date 'soon' is not year-month-day"),
    ],
)
def test_a_wrong_manifest_is_one_line(site: Path, manifest: str, reason: str):
    (site / "manifest.yaml").write_text(manifest, encoding="utf-8")
    with pytest.raises(RuleError, match=reason) as caught:
        load_rules(site)
    assert "\n" not in str(caught.value)


def test_a_mistake_in_an_own_table_names_its_line(site: Path):
    path = new_drug(site, DRUG, GENE, DAY)
    text = path.read_text(encoding="utf-8").replace("action: reduce_dose, percent: 50, of: start", "action: halve")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RuleError, match=rf"{DRUG}\.yaml:\d+: unknown action 'halve'"):
        load_rules(site)


def test_skeletons_can_be_read(tmp_path: Path):
    gene = new_gene(tmp_path, "MYGENE", DAY)
    drug = new_drug(tmp_path, "my drug", "MYGENE", DAY)
    assert parse_gene(gene.read_text(encoding="utf-8"), gene.name).symbol == "MYGENE"
    assert parse_drug(drug.read_text(encoding="utf-8"), drug.name).name == "my drug"
    assert (gene.name, drug.name) == ("MYGENE.yaml", "my_drug.yaml")


@pytest.mark.parametrize("name", ["../../x", "a: b", "", "a\nb", "#x"])
def test_names_that_could_leave_the_folder_or_the_table_are_refused(name: str, tmp_path: Path):
    with pytest.raises(UsageError):
        new_drug(tmp_path, name, GENE, DAY)
    with pytest.raises(UsageError):
        new_gene(tmp_path, name, DAY)
    assert not list(tmp_path.iterdir())


def test_nothing_is_written_over(site: Path):
    new_gene(site, "MYGENE", DAY)
    with pytest.raises(UsageError, match="is there already"):
        new_gene(site, "MYGENE", DAY)


def test_the_shipped_rules_are_not_touched():
    with pytest.raises(UsageError, match="these are the shipped rules"):
        new_drug(shipped_rules(), "my drug", GENE, DAY)


WORDINGS = (
    Wording(DRUG, "CPIC", "Own words of PM.", population="ACS or PCI", lookup=((GENE, "Poor Metabolizer"),)),
    Wording(DRUG, "DPWG", "A summary.", "PA166104956"),
)


def texts_of(rules: RuleSet, source: str, population: str, key: str) -> list[tuple[SourceText, ...]]:
    rows = (row for g in rules.drugs[DRUG].guidelines if g.source == source for row in g.rows)
    return [row.texts for row in rows if row.population == population and row.when[0].accepts(key)]


def test_texts_survive_writing():
    assert parse_texts(format_texts(WORDINGS), "texts.json") == WORDINGS


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"format": "other/1"}', '{"format": "pgx-texts/1", "texts": [{}]}'])
def test_a_wrong_file_of_texts_is_one_line(text: str):
    with pytest.raises(RuleError, match=r"^texts\.json: ") as caught:
        parse_texts(text, "texts.json")
    assert "\n" not in str(caught.value)


def test_texts_beside_the_rules_reach_their_rows_alone(site: Path):
    (site / "texts.json").write_text(format_texts(WORDINGS), encoding="utf-8")
    own = load_rules(site)
    assert texts_of(own, "CPIC", "ACS or PCI", "Poor Metabolizer") == [(SourceText("Own words of PM."),)]
    assert texts_of(own, "CPIC", "neurovascular", "Poor Metabolizer") == [()]
    assert texts_of(own, "DPWG", "other indications", "Poor Metabolizer") == [(SourceText("A summary."),)]
    assert own.sha256 != load_rules().sha256


def test_shipped_rules_have_no_texts():
    assert not list(shipped_rules().rglob("texts.json"))
    assert not any(row.texts for drug in load_rules().drugs.values() for g in drug.guidelines for row in g.rows)


def test_a_line_shows_the_text_of_its_own_keys():
    rules = load_rules()
    keys = ("Likely Poor Metabolizer", "Poor Metabolizer")
    given = [Wording(DRUG, "CPIC", f"Text of {key}.", population="ACS or PCI", lookup=((GENE, key),)) for key in keys]
    drug = attach_texts(rules.drugs, given)[DRUG]
    guideline = drug.guidelines[0]
    shown = {}
    for key in keys:
        row = next(r for r in guideline.rows if r.population == "ACS or PCI" and r.when[0].accepts(key))
        reading = Reading(GENE, (key,))
        line = AdviceLine(DRUG, guideline, row, (reading,), row.severity, Agreement.SAME)
        shown[key] = line.source_text
    assert shown == {key: f"Text of {key}." for key in keys}


def download(folder: Path) -> Path:
    """A small download in all three shapes."""
    folder.mkdir()
    row = {
        "id": 1, "drugid": "d", "population": "CVI ACS PCI", "lookupkey": {GENE: "Poor Metabolizer"},
        "classification": "Strong", "drugrecommendation": "CPIC  says\nso.", "dosinginformation": False,
        "alternatedrugavailable": True, "otherprescribingguidance": False,
    }  # fmt: skip
    files = {
        "recommendation.json": [row],
        "drug.json": [{"drugid": "d", "name": DRUG}],
        "summary.json": {
            "guideline": {
                "id": "PA166104956", "source": "DPWG", "relatedChemicals": [{"name": DRUG}, {"name": "nodrug"}],
                "summaryMarkdown": {"html": "<p>DPWG <b>says</b> so.</p><p>Twice.</p>"},
            }
        },
        "rows.json": {
            "guideline": {"id": "PA166104956", "source": "DPWG", "relatedChemicals": []},
            "recommendations": [
                {
                    "lookupKey": {GENE: "Poor Metabolizer"},
                    "text": {"html": "A row."},
                    "relatedChemicals": [{"name": DRUG}],
                }
            ],
        },
        "other.json": {"guideline": {"id": "PA1", "source": "SOMEBODY", "relatedChemicals": []}},
    }  # fmt: skip
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content), encoding="utf-8")
    return folder


def test_a_download_is_attached(tmp_path: Path, site: Path):
    report = attach(download(tmp_path / "got"), site, load_rules(), DAY)
    assert list(report.lines()) == [
        "CPIC: 1 texts on 1 drugs",
        "DPWG: 2 texts on 1 drugs",
        "1 texts on 1 drugs have no row and were left out: nodrug",
        f"wrote {site / 'texts.json'}",
    ]
    own = load_rules(site)
    assert texts_of(own, "CPIC", "ACS or PCI", "Poor Metabolizer") == [(SourceText("CPIC says so."),)]
    assert texts_of(own, "DPWG", "other indications", "Poor Metabolizer") == [(SourceText("A row."),)]
    assert texts_of(own, "DPWG", "other indications", "Intermediate Metabolizer") == [
        (SourceText("DPWG says so. Twice."),)
    ]


def test_a_later_download_keeps_texts_of_other_guidelines(tmp_path: Path, site: Path):
    attach(download(tmp_path / "got"), site, load_rules(), DAY)
    (tmp_path / "got" / "summary.json").unlink()
    (tmp_path / "got" / "rows.json").unlink()
    report = attach(tmp_path / "got", site, load_rules(), DAY)
    assert (len(report.attached), report.kept) == (1, 2)


def test_texts_never_go_into_the_shipped_rules(tmp_path: Path):
    with pytest.raises(UsageError, match="these are the shipped rules"):
        attach(download(tmp_path / "got"), shipped_rules(), load_rules(), DAY)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "no text of a guideline"),
        ("{", "not JSON"),
        ('{"guideline": {"source": "DPWG"}}', "not a ClinPGx guideline"),
    ],
)
def test_a_broken_download_is_one_line(tmp_path: Path, content: str | None, reason: str):
    if content is not None:
        (tmp_path / "x.json").write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=reason) as caught:
        read_wordings(tmp_path, {}, ["DPWG"])
    assert "\n" not in str(caught.value)
    with pytest.raises(PgxError, match="no such folder"):
        read_wordings(tmp_path / "nowhere", {}, ["DPWG"])


def test_html_becomes_one_line_of_text():
    assert plain_text("<ul><li>One &amp; two</li><li>three</li></ul>") == "One & two three"


@pytest.mark.parametrize(
    ("date", "day", "old"),
    [
        ("2024-01-15", "2025-07-15", False),
        ("2024-01-15", "2025-07-16", True),
        ("2024-06-30", "2025-12-30", False),
        ("2024-06-30", "2025-12-31", True),
        ("2024-07-01", "2026-01-01", False),
        ("2024-07-01", "2026-01-02", True),
        ("2024-08-31", "2026-02-28", False),
        ("2024-08-31", "2026-03-01", True),
    ],
)
def test_rules_are_old_after_eighteen_months(date: str, day: str, old: bool):
    assert (RuleSet("x", date, "", {}, {}).age_note(day) is not None) is old


@pytest.mark.parametrize("text", [DRUG, DRUG.upper(), f" {DRUG} ", "32968", "RxNorm:32968", "rxnorm: 32968"])
def test_a_drug_is_found_by_name_or_code(text: str):
    found = load_rules().find_drug(text)
    assert found is not None
    assert found.name == DRUG


@pytest.mark.parametrize("text", ["", "rxnorm:", "nodrug", "0"])
def test_no_drug_is_found_by_anything_else(text: str):
    assert load_rules().find_drug(text) is None
