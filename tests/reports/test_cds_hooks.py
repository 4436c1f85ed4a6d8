"""CDS Hooks cards: one a drug that needs something done, short, marked by severity, and safe to render."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from uuid import UUID

import pytest
from made_results import HOSTILE_NAMES, POOR, SLCO1B1, act, line, results, row, with_wording

from pgx.domain.call import Note
from pgx.domain.drug import ActionKind, Drug, Severity
from pgx.domain.results import Restriction
from pgx.reports.cds_hooks import cds_cards, write_cds_hooks
from pgx.reports.fhir.codes import RXNORM

DRUGS = {"clopidogrel": Drug("clopidogrel", (), "32968")}
REQUIRED = {"uuid", "summary", "indicator", "detail", "source"}


def cards_of(run):
    return cds_cards(run, run.samples[0], DRUGS)["cards"]


def cards_for(*lines, **more):
    run = results(**more)
    return cards_of(replace(run, samples=(replace(run.samples[0], advice=lines, disagreements=()),)))


def test_one_card_a_drug_that_needs_something_done_worst_first():
    cards = cards_of(results())
    assert [(card["summary"].split(":")[0], card["indicator"]) for card in cards] == [
        ("amitriptyline", "critical"),
        ("clopidogrel", "critical"),
        ("azathioprine", "warning"),
        ("capecitabine", "warning"),
        ("citalopram", "warning"),
    ]


@pytest.mark.parametrize("card", cards_of(results()), ids=lambda card: card["summary"].split(":")[0])
def test_shape(card):
    assert card.keys() >= REQUIRED
    assert card.keys() <= REQUIRED | {"links"}
    assert 0 < len(card["summary"]) < 140
    assert UUID(card["uuid"]).version == 5
    assert card["source"]["label"]
    assert all(link.keys() == {"label", "url", "type"} and link["type"] == "absolute" for link in card["links"])


def test_source_and_topic():
    card = cards_of(results())[1]
    assert card["source"] == {
        "label": "CPIC: CYP2C19 and clopidogrel",
        "url": "https://example.org/cpic",
        "topic": {"system": RXNORM, "code": "32968", "display": "clopidogrel"},
    }


def test_every_source_is_in_the_detail():
    detail = cards_of(results())[1]["detail"]
    assert [line.split("**")[1] for line in detail.splitlines() if line.startswith("- ")] == [
        "CPIC, ACS or PCI",
        "DPWG, PCI, stroke or TIA",
        "CPIC, other cardiovascular use",
        "FDA table",
    ]
    assert "Sources disagree: CPIC: avoid; FDA table: consider another drug." in detail
    assert r"CYP2C19 \*2/\*2 Poor Metabolizer" in detail


def test_own_medicines_come_first_and_say_so():
    cards = cards_of(results(medicines=("citalopram", "sertraline", "clopidogrel")))
    assert [card["summary"].split(":")[0] for card in cards[:3]] == ["clopidogrel", "citalopram", "amitriptyline"]
    own = ["One of the patient's own medicines." in card["detail"] for card in cards]
    assert own == [True, True, False, False, False]


def test_wording_of_the_guideline_is_in_the_detail():
    told = {card["summary"].split(":")[0]: card["detail"] for card in cards_of(with_wording(results()))}
    said = r"Wording of the guideline: Reduce \*by half\* \<b\>at first\</b\>."
    assert [name for name, detail in told.items() if said in detail] == ["capecitabine"]
    assert [name for name, detail in told.items() if "Wording" in detail] == ["capecitabine"]


@pytest.mark.parametrize("severity", [Severity.GREY, Severity.GREEN])
def test_nothing_to_do_gives_no_card(severity):
    assert cards_for(line("d", "CPIC", row(act(ActionKind.STANDARD), advice="x"), POOR, severity=severity)) == []


def test_standard_made_worse_by_an_unseen_gene_is_not_called_standard():
    standard = row(act(ActionKind.STANDARD), advice="x")
    note = Note("gene-not-assessed", "Assessed by one gene alone.")
    (card,) = cards_for(line("d", "CPIC", standard, SLCO1B1, severity=Severity.AMBER, notes=(note,)))
    assert card["summary"].startswith("d: No all-clear (")
    assert "Standard dose" not in card["detail"]
    assert "Assessed by one gene alone." in card["detail"]


def test_limits_of_the_run_are_said():
    run = results(restriction=Restriction(sources=("CPIC",)), warnings=(Note("old", "Old rules."),))
    detail = cards_of(run)[0]["detail"]
    assert "Restricted run: only sources CPIC." in detail
    assert "Old rules." in detail


def test_text_is_escaped_and_addresses_are_of_the_web():
    hostile = "<img src=x onerror=alert(1)> [a](javascript:1) `x` *1\n# y"
    made = line("d", "CPIC", row(act(ActionKind.AVOID), advice=hostile), POOR)
    bad = replace(made, guideline=replace(made.guideline, url="javascript:alert(1)"))
    (card,) = cards_for(bad)
    assert not re.search(r"(?<!\\)[<>`\[\]]", card["detail"])
    assert "\n#" not in card["detail"]
    assert card.keys() == REQUIRED
    assert "url" not in card["source"]


def test_long_actions_are_cut():
    advice = row(act(ActionKind.MONITOR, what=tuple("abcdefghij" * 20)), advice="x")
    (card,) = cards_for(line("d", "CPIC", advice, POOR))
    assert 130 < len(card["summary"]) < 140
    assert card["summary"].endswith("…")


def test_files(tmp_path):
    run = results(*HOSTILE_NAMES)
    written = write_cds_hooks(run, tmp_path, DRUGS)
    assert [json.loads(path.read_text(encoding="utf-8")) for path in written] == [
        cds_cards(run, sample, DRUGS) for sample in run.samples
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(path.name for path in written)
    assert all("script>" not in path.read_text(encoding="utf-8") for path in written)
