"""From a site's download of guidelines to `texts.json` beside its own rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from pgx.domain.ruleset import RuleSet
from pgx.rules.importers.source_texts import read_wordings
from pgx.rules.layers import TEXTS, shipped_rules
from pgx.rules.new_tables import make_folder
from pgx.rules.texts import Wording, format_texts, has_place, read_texts

POPULATIONS = "cpic_populations.yaml"
MOST_NAMED = 8


@dataclass(frozen=True, slots=True)
class AttachReport:
    """What was attached, and what the rules have no row or drug for."""

    path: Path
    attached: tuple[Wording, ...]
    without_row: tuple[Wording, ...]
    kept: int

    def lines(self) -> Iterator[str]:
        for source in sorted({wording.source for wording in self.attached}):
            mine = [wording for wording in self.attached if wording.source == source]
            yield f"{source}: {len(mine)} texts on {len({wording.drug for wording in mine})} drugs"
        if self.kept:
            yield f"{self.kept} texts of earlier downloads were kept"
        if self.without_row:
            drugs = sorted({wording.drug for wording in self.without_row})
            named = ", ".join(drugs[:MOST_NAMED]) + (" …" if len(drugs) > MOST_NAMED else "")
            yield f"{len(self.without_row)} texts on {len(drugs)} drugs have no row and were left out: {named}"
        yield f"wrote {self.path}"


def attach(download: Path, folder: Path, rules: RuleSet, day: str) -> AttachReport:
    """Write the texts of a download that fit a row beside the rules of a folder.

    Texts of guidelines that the download has not are kept. Raises InputError for a download that cannot be read,
    UsageError for the shipped rules.
    """
    found = read_wordings(download, read_populations(), rules.sources)
    known = (wording for wording in found if wording.drug in rules.drugs)
    fitting = tuple(wording for wording in known if has_place(wording, rules.drugs[wording.drug]))
    make_folder(folder, day)
    path, replaced = folder / TEXTS, {_origin(wording) for wording in fitting}
    earlier = read_texts(path) if path.exists() else ()
    kept = [wording for wording in earlier if _origin(wording) not in replaced]
    _write(path, format_texts([*fitting, *kept]))
    chosen = frozenset(fitting)
    return AttachReport(path, fitting, tuple(w for w in found if w not in chosen), len(kept))


def _origin(wording: Wording) -> tuple[str, str, bool]:
    """A guideline's texts by key, or its summary: what a new download replaces as a whole."""
    return (wording.source, wording.number or wording.drug, bool(wording.lookup))


def read_populations() -> dict[str, str]:
    """Return our names of CPIC's populations, from the shipped rules."""
    return dict(yaml.safe_load((shipped_rules() / POPULATIONS).read_text(encoding="utf-8")))


def _write(path: Path, text: str) -> None:
    part = path.with_name(f"{path.name}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)
