"""A guideline's own wording beside a site's rules: `texts.json`, put together by the site from its own download.

The file holds sentences of guidelines, under their own licences. It belongs to the site's folder of rules and never
to the shipped tables.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pgx.domain.drug import AdviceRow, Drug, Guideline, SourceText
from pgx.errors import RuleError

FORMAT = "pgx-texts/1"

Lookup = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Wording:
    """One text of a guideline, and the rows it belongs to.

    `number` is the last part of the guideline's address, where the source is known by it. `population` is None
    where the text is for all. Without `lookup` the text is the guideline's summary.
    """

    drug: str
    source: str
    text: str
    number: str = ""
    population: str | None = None
    lookup: Lookup = ()

    def is_of(self, guideline: Guideline) -> bool:
        return guideline.source == self.source and guideline.url.rpartition("/")[2].endswith(self.number)

    def stands_at(self, row: AdviceRow) -> bool:
        """True where a row is for the same population and accepts just these keys."""
        keys = dict(self.lookup)
        return (
            self.population in (None, row.population)
            and {need.gene for need in row.when} == keys.keys()
            and all(need.accepts(keys[need.gene]) for need in row.when)
        )


def parse_texts(text: str, place: str) -> tuple[Wording, ...]:
    """Read the file. Raises RuleError where it is not one that `format_texts` wrote."""
    try:
        document = json.loads(text)
        if document["format"] != FORMAT:
            raise RuleError(f"{place}: format '{document['format']}' is unknown; write the file anew with attach-text")
        return tuple(
            Wording(**{**entry, "lookup": tuple(sorted(entry.get("lookup", {}).items()))})
            for entry in document["texts"]
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RuleError(f"{place}: not a file of texts ({error}); write it anew with attach-text") from None


def format_texts(wordings: Iterable[Wording]) -> str:
    """Return the file as text: one entry a line, in a fixed order."""
    entries = [json.dumps(_entry(wording), ensure_ascii=False) for wording in sorted(wordings, key=_order)]
    return f'{{"format": "{FORMAT}",\n "texts": [\n  ' + ",\n  ".join(entries) + "\n ]}\n"


def _entry(wording: Wording) -> dict[str, object]:
    entry: dict[str, object] = {"drug": wording.drug, "source": wording.source}
    entry |= {"number": wording.number} if wording.number else {}
    entry |= {"population": wording.population} if wording.population is not None else {}
    entry |= {"lookup": dict(wording.lookup)} if wording.lookup else {}
    return {**entry, "text": wording.text}


def _order(wording: Wording) -> tuple[str, ...]:
    keys = (f"{gene} {key}" for gene, key in wording.lookup)
    return (wording.drug, wording.source, wording.number, wording.population or "", *keys, wording.text)


def attach_texts(drugs: Mapping[str, Drug], wordings: Iterable[Wording]) -> dict[str, Drug]:
    """Return the drugs with the texts at their rows; texts without a row are left out."""
    by_drug: dict[str, list[Wording]] = {}
    for wording in wordings:
        by_drug.setdefault(wording.drug, []).append(wording)
    return {name: _attach_to_drug(drug, by_drug.get(name, ())) for name, drug in drugs.items()}


def has_place(wording: Wording, drug: Drug) -> bool:
    """True where some row of the drug takes the text."""
    guidelines = [guideline for guideline in drug.guidelines if wording.is_of(guideline)]
    return any(not wording.lookup or any(map(wording.stands_at, guideline.rows)) for guideline in guidelines)


def _attach_to_drug(drug: Drug, wordings: Sequence[Wording]) -> Drug:
    if not wordings:
        return drug
    return replace(drug, guidelines=tuple(_attach_to_guideline(guideline, wordings) for guideline in drug.guidelines))


def _attach_to_guideline(guideline: Guideline, wordings: Sequence[Wording]) -> Guideline:
    mine = [wording for wording in wordings if wording.is_of(guideline)]
    summary = next((SourceText(wording.text) for wording in mine if not wording.lookup), None)
    special = [wording for wording in mine if wording.lookup]
    return replace(guideline, rows=tuple(_attach_to_row(row, special, summary) for row in guideline.rows))


def _attach_to_row(row: AdviceRow, wordings: Sequence[Wording], summary: SourceText | None) -> AdviceRow:
    """Give a row the text of its keys, else the guideline's summary; a text that all its keys share needs no key."""
    found = [wording for wording in wordings if wording.stands_at(row)]
    if len({wording.text for wording in found}) == 1:
        return replace(row, texts=(SourceText(found[0].text),))
    if found:
        return replace(row, texts=tuple(SourceText(wording.text, wording.lookup) for wording in found))
    return replace(row, texts=(summary,)) if summary else row


def read_texts(path: Path) -> tuple[Wording, ...]:
    """Read `texts.json` beside the manifest."""
    try:
        return parse_texts(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise RuleError(f"{path}: cannot be read: {error}") from None
