"""The wording of guidelines, from a site's own download of CPIC's and ClinPGx's JSON files.

Three shapes are known: CPIC's `recommendation.json` with `drug.json`; a ClinPGx guideline with `recommendations`,
one text for each lookup key; and a ClinPGx guideline annotation, whose summary is taken. CPIC's texts are taken from
CPIC's own file alone, which names populations as the rules do.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from pgx.domain.names import name_key
from pgx.errors import InputError
from pgx.rules.importers.cpic_recommendations import SOURCE, read_recommendations
from pgx.rules.texts import Wording

CPIC_FILE = "recommendation.json"
_BREAKS = frozenset({"p", "br", "li", "tr", "div", "h3", "h4"})

Json = dict[str, Any]


def read_wordings(folder: Path, populations: Mapping[str, str], sources: Iterable[str]) -> tuple[Wording, ...]:
    """Read every text of a download for the given sources.

    Raises InputError where the folder holds none, or a file is broken.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder; give the one with the downloaded JSON files")
    found = [*_cpic(folder, populations), *_clinpgx(folder, frozenset(sources) - {SOURCE})]
    if not found:
        raise InputError(f"{folder}: no text of a guideline; it needs CPIC's {CPIC_FILE} or ClinPGx guideline files")
    return tuple(dict.fromkeys(found))


def _cpic(folder: Path, populations: Mapping[str, str]) -> Iterator[Wording]:
    path = folder / CPIC_FILE
    if not path.is_file():
        return
    texts = {int(row["id"]): str(row["drugrecommendation"]) for row in _load(path)}
    for row in read_recommendations(folder, populations):
        text = " ".join(texts[row.number].split())
        yield Wording(row.drug, SOURCE, text, population=row.population, lookup=row.lookup)


def _clinpgx(folder: Path, sources: frozenset[str]) -> Iterator[Wording]:
    for path in sorted(folder.glob("*.json")):
        document = _load(path) if path.name not in (CPIC_FILE, "drug.json") else None
        if not isinstance(document, dict) or not isinstance(document.get("guideline"), dict):
            continue
        if document["guideline"].get("source") in sources:
            try:
                yield from _annotation(document["guideline"], document.get("recommendations", ()))
            except (KeyError, TypeError, AttributeError) as error:
                raise InputError(f"{path}: not a ClinPGx guideline ({error!r}); download it again") from None


def _annotation(guideline: Json, recommendations: Iterable[Json]) -> Iterator[Wording]:
    """Yield a text for each drug and lookup key, then the summary for each drug."""
    source, number = str(guideline["source"]), str(guideline["id"])
    for row in recommendations:
        text, lookup = plain_text(row["text"]["html"]), _lookup(row["lookupKey"])
        for chemical in row["relatedChemicals"]:
            yield Wording(chemical["name"], source, text, number, lookup=lookup)
    summary = plain_text((guideline.get("summaryMarkdown") or {}).get("html", ""))
    for chemical in guideline["relatedChemicals"] if summary else ():
        yield Wording(chemical["name"], source, summary, number)


def _lookup(keys: Json) -> tuple[tuple[str, str], ...]:
    """Keys by gene; alleles with their number of copies become a diplotype."""
    return tuple(sorted((gene, _diplotype(key) if isinstance(key, dict) else str(key)) for gene, key in keys.items()))


def _diplotype(copies: Json) -> str:
    return "/".join(sorted((allele for allele, count in copies.items() for _ in range(int(count))), key=name_key))


def _load(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: not JSON: {error}") from None


class _Words(HTMLParser):
    """Collects the text of a page, with a blank where a block ends."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in _BREAKS:
            self.parts.append(" ")


def plain_text(html: str) -> str:
    """Return the text of an HTML fragment on one line.

    >>> plain_text("<p>Avoid <em>it</em>.<br/>Choose another.</p>")
    'Avoid it. Choose another.'
    """
    reader = _Words()
    reader.feed(html)
    return " ".join("".join(reader.parts).split())
