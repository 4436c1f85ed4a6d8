"""The commands `pgx rules …`, `pgx drugs`, `pgx genes`, and what `pgx run` takes of them, through the command line."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from pgx.cli.app import main
from pgx.rules.ruleset import load_rules

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "sample_vcfs" / "clopidogrel_poor.grch38.vcf.gz"
SCHEMA = json.loads((ROOT / "rules" / "schema" / "pgx-results-1.schema.json").read_text(encoding="utf-8"))


@pytest.fixture
def pgx(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, tmp_path_factory):
    """Run a command in an empty folder; returns exit code, standard output and standard error."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "rules-cache"))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795000000")
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["pgx", *map(str, arguments)])
        code = 0
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return run


def documents(text: str) -> dict:
    found = json.loads(text)
    assert not list(Draft202012Validator(SCHEMA).iter_errors(found))
    return found


@pytest.mark.parametrize(
    "command",
    [
        *(("rules", name) for name in ("show", "list", "validate", "diff", "attach-text")),
        *(("rules", "new", name) for name in ("gene", "drug")),
        *(("rules", "import", name) for name in ("cpic", "pharmcat")),
        ("drugs",),
        ("genes",),
    ],
    ids=" ".join,
)
def test_every_command_shows_an_example(pgx, command: tuple[str, ...]):
    code, out, _ = pgx(*command, "--help")
    assert code == 0
    assert f"Example: pgx {' '.join(command)}" in " ".join(out.split())


def test_list_says_what_is_own(pgx):
    pgx("rules", "new", "drug", "clopidogrel", "--rules", "site")
    code, out, _ = pgx("rules", "list", "--rules", "site", "--json")
    rows = {(row["table"], row["name"]): row for row in json.loads(out)}
    assert code == 0
    assert rows[("drug", "clopidogrel")]["origin"] == "own, in place of the shipped one"
    assert {row["origin"] for key, row in rows.items() if key != ("drug", "clopidogrel")} == {"shipped"}
    assert pgx("rules", "list")[1].count("shipped") == len(rows)


def test_own_rules_are_checked_compared_and_named_in_the_report(pgx):
    code, out, _ = pgx("rules", "new", "drug", "CLOPIDOGREL", "--rules", "site")
    assert (code, out.split(";")[0]) == (0, "wrote site/drugs/clopidogrel.yaml")
    assert pgx("rules", "validate", "site")[0] == 0
    code, out, _ = pgx("rules", "diff", "shipped", "site")
    assert out.splitlines() == [
        "drug clopidogrel: house, House rule (CYP2C19): added (2026-11-18)",
        "drug clopidogrel: house, House rule (CYP2C19): CYP2C19 Poor Metabolizer: added"
        " (reduce_dose (percent 50, of start))",
    ]
    assert [change["what"] for change in json.loads(pgx("rules", "diff", "site", "shipped", "--json")[1])] == [
        "removed"
    ] * 2
    found = documents(pgx("run", SAMPLE, "--rules", "site", "--drug", "clopidogrel", "--source", "house", "--json")[1])
    assert [note["code"] for note in found["rules"]["notes"]] == ["own-rules"]
    assert [line["source"] for line in found["samples"][0]["recommendations"]] == ["house"]
    assert "Own rules site-1" in pgx("run", SAMPLE, "--rules", "site", "--drug", "clopidogrel")[1]


def test_the_same_rules_differ_in_nothing(pgx):
    version = load_rules().version
    assert pgx("rules", "diff", "shipped", "shipped")[1] == f"no table differs between {version} and {version}\n"


def test_texts_are_shown_where_attached_and_only_there(pgx, tmp_path: Path):
    make_download(tmp_path / "got")
    code, out, _ = pgx("rules", "attach-text", "got", "--rules", "site")
    assert (code, out.splitlines()[0]) == (0, "CPIC: 1 texts on 1 drugs")
    run = ("run", SAMPLE, "--drug", "clopidogrel", "--source", "CPIC")
    found = documents(pgx(*run, "--rules", "site", "--json")[1])
    texts = [line["source_text"] for line in found["samples"][0]["recommendations"] if "source_text" in line]
    assert texts == ["The guideline's own <words>."]
    pgx(*run, "--rules", "site", "-o", "out", "--format", "html,md", "--quiet")
    (page,) = Path("out").glob("*.html")
    assert "Wording of the guideline" in page.read_text(encoding="utf-8")
    assert "own &lt;words&gt;." in page.read_text(encoding="utf-8")
    assert "source_text" not in pgx(*run, "--json")[1]


def make_download(folder: Path) -> None:
    folder.mkdir()
    row = {
        "id": 1, "drugid": "d", "population": "CVI ACS PCI", "lookupkey": {"CYP2C19": "Poor Metabolizer"},
        "classification": "Strong", "drugrecommendation": "The guideline's own <words>.", "dosinginformation": False,
        "alternatedrugavailable": True, "otherprescribingguidance": False,
    }  # fmt: skip
    (folder / "recommendation.json").write_text(json.dumps([row]), encoding="utf-8")
    (folder / "drug.json").write_text(json.dumps([{"drugid": "d", "name": "clopidogrel"}]), encoding="utf-8")


def test_import_cpic_lists_what_changed(pgx, tmp_path: Path):
    make_download(tmp_path / "got")
    code, out, _ = pgx("rules", "import", "cpic", "got")
    lines = out.splitlines()
    assert code == 0
    assert any(line.startswith("clopidogrel (ACS or PCI): CYP2C19 Poor Metabolizer: flags: ") for line in lines)
    assert lines[-1].startswith("1 rows read, ")
    changes = json.loads(pgx("rules", "import", "cpic", "got", "--json")[1])
    assert {"drug", "population", "lookup", "what"} == set(changes[0])


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("rules", "diff", "nowhere", "shipped"), 1, "nowhere: no manifest.yaml"),
        (
            ("rules", "new", "drug", "nodrug", "--rules", "site"),
            2,
            "no drug 'nodrug' in the shipped rules; give --gene",
        ),
        (("rules", "attach-text", "nowhere", "--rules", "site"), 1, "nowhere: no such folder"),
        (("rules", "import", "cpic", "nowhere"), 1, "download CPIC's recommendation and drug tables"),
        (("drugs", "--drug", "clopidogril"), 2, "did you mean clopidogrel"),
        (("drugs", "--source", "EMA"), 2, "no source 'EMA' in the rules; they have CPIC"),
        (("genes", "--gene", "CYP2C20"), 2, "did you mean"),
        (("run", str(SAMPLE), "--min-level", "E"), 2, "--min-level: 'E' is unknown; give A, B, C, D or 1A"),
        (("run", str(SAMPLE), "--population", "ACS"), 2, "no population 'ACS' in the rules"),
        (("run", str(SAMPLE), "--meds", "nowhere.txt"), 1, "--meds nowhere.txt: cannot be read"),
    ],
    ids=lambda value: " ".join(value[:3]) if isinstance(value, tuple) else None,
)
def test_an_error_is_one_line(pgx, arguments: tuple[str, ...], code: int, says: str):
    found, out, err = pgx(*arguments)
    assert (found, out) == (code, "")
    assert err.startswith("pgx: ")
    assert says in err
    assert err.count("\n") == 1


def test_drugs_as_json(pgx):
    rows = {row["drug"]: row for row in json.loads(pgx("drugs", "--json")[1])}
    tables = load_rules().drugs
    assert rows.keys() == tables.keys()
    row = rows["clopidogrel"]
    assert set(row) == {"drug", "rxnorm", "atc", "genes", "guidelines", "labels"}
    assert [guideline["source"] for guideline in row["guidelines"]] == ["CPIC", "DPWG", "FDA table"]
    assert row["guidelines"][0]["levels"] == {"cpic": "A", "clinpgx": "1A", "fda": "Actionable PGx"}
    assert all(guideline["updated"] and guideline["url"] for guideline in row["guidelines"])
    assert {label["agency"] for label in row["labels"]} >= {"FDA", "EMA"}


def test_drugs_by_source_and_gene(pgx):
    rows = json.loads(pgx("drugs", "--source", "dpwg", "--gene", "cyp2c9", "--json")[1])
    assert {guideline["source"] for row in rows for guideline in row["guidelines"]} == {"DPWG"}
    assert all("CYP2C9" in guideline["genes"] for row in rows for guideline in row["guidelines"])
    assert "siponimod" in pgx("drugs", "--source", "dpwg", "--gene", "cyp2c9")[1]


def test_genes_as_json(pgx):
    rows = {row["gene"]: row for row in json.loads(pgx("genes", "--json")[1])}
    assert rows.keys() == load_rules().genes.keys()
    assert "warfarin" in rows["CYP2C9"]["drugs"]
    assert all(source["version"] or source["url"] for row in rows.values() for source in row["sources"])
    assert "CYP2C19" in pgx("genes")[1]


def test_a_restricted_run_says_so(pgx):
    found = documents(pgx("run", SAMPLE, "--min-level", "A", "--actionable", "--json")[1])
    assert (found["restriction"]["min_level"], found["restriction"]["actionable"]) == ("A", True)
    assert {line["severity"] for line in found["samples"][0]["recommendations"]} <= {"amber", "red"}
    text = " ".join(pgx("run", SAMPLE, "--min-level", "A", "--actionable")[1].split())
    assert "Restricted run: only guidance rated A or better; advice that asks for something." in text


def test_own_medicines_come_first(pgx):
    Path("meds.txt").write_text("# of Monday\nibuprofen\n\nCLOPIDOGREL\n11289\nfoozole\n", encoding="utf-8")
    run = ("run", SAMPLE, "--meds", "meds.txt")
    found = documents(pgx(*run, "--json")[1])
    assert found["medicines"] == ["ibuprofen", "clopidogrel", "warfarin", "foozole"]
    assert [note["code"] for note in found["warnings"]] == ["unknown-medicine"]
    text = pgx(*run)[1]
    own, others = text.index("The patient's own medicines (4)"), text.index("Needs something done, other drugs")
    assert own < text.index("✖ clopidogrel") < others
    assert text.count("✖ clopidogrel") == 1
    assert "'foozole' is among the patient's medicines" in " ".join(text.split())
    pgx(*run, "-o", "out", "--quiet", "--format", "html,md")
    (page,), (notes,) = Path("out").glob("*.html"), Path("out").glob("*.md")
    assert notes.read_text(encoding="utf-8").count("**foozole**: Not in the rules; nothing is known here.") == 1
    html = page.read_text(encoding="utf-8")
    assert html.index('id="own"') < html.index('id="list-action"')


def test_old_rules_say_so(pgx, monkeypatch: pytest.MonkeyPatch):
    assert documents(pgx("run", SAMPLE, "--drug", "clopidogrel", "--json")[1])["warnings"] == []
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1900000000")
    found = documents(pgx("run", SAMPLE, "--drug", "clopidogrel", "--json")[1])
    assert [note["code"] for note in found["warnings"]] == ["old-rules"]
    assert "more than 18 months old" in " ".join(pgx("run", SAMPLE, "--drug", "clopidogrel")[1].split())


def test_a_population_may_hold_a_comma(pgx):
    name = "adult, not of African ancestry"
    found = documents(pgx("run", SAMPLE, "--drug", "warfarin", "--source", "CPIC", "--population", name, "--json")[1])
    assert {line["population"] for line in found["samples"][0]["recommendations"]} == {name}
    assert found["input"]["options"] == {"population": name}
