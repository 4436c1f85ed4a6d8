"""Sources that differ are shown in words to people, and as guidance named them to programs."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from made_results import results

from pgx.domain.drug import ActionKind
from pgx.domain.results import Disagreement, Results
from pgx.reports import write_reports
from pgx.reports.terminal import print_results
from pgx.reports.wording import ACTION_WORDS

KINDS = [kind for kind in ActionKind if kind is not ActionKind.NO_STATEMENT]
SHOWN = [ACTION_WORDS[kind][:1].lower() + ACTION_WORDS[kind][1:] for kind in KINDS]


def made() -> Results:
    """A run in which one source for each kind of action has a say on the same drug."""
    sides = tuple((f"S{number}", kind.value.replace("_", " ")) for number, kind in enumerate(KINDS))
    run = results()
    sample = replace(run.samples[0], disagreements=(Disagreement("clopidogrel", sides),))
    return replace(run, samples=(sample,))


def said_by(text: str) -> list[str]:
    """What stands behind each source's name, up to the next one."""
    plain = " ".join(text.replace("<b>", "").replace("</b>", ":").replace("\\", "").split())
    return [plain.partition(f"S{n}: ")[2].split(";")[0].split("<")[0].rstrip(" .") for n in range(len(KINDS))]


@pytest.mark.parametrize("name", ["markdown", "html", "fhir", "cds-hooks"])
def test_people_read_words(name, tmp_path):
    (path,) = (one for one in write_reports(made(), None, (name,), tmp_path) if one.suffix in (".md", ".html", ".json"))
    text = path.read_text(encoding="utf-8")
    where = text.index("S0")
    found = said_by(text[where:].split(r"\n")[0].split("## ")[0])
    assert [words.split(" - ")[0] for words in found][:-1] == SHOWN[:-1]
    assert found[-1].startswith(SHOWN[-1])


def test_the_terminal_shows_words(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "400")
    print_results(made())
    (line,) = (line for line in capsys.readouterr().out.splitlines() if "Sources differ" in line)
    assert said_by(line) == SHOWN


def test_programs_get_the_kind(tmp_path):
    (path,) = write_reports(made(), None, ("json",), tmp_path)
    (found,) = json.loads(Path(path).read_text(encoding="utf-8"))["samples"][0]["disagreements"]
    assert [one["text"] for one in found["positions"]] == [kind.value.replace("_", " ") for kind in KINDS]
