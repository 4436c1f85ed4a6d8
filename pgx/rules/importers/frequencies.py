"""A table of published allele frequencies -> rules/populations/*.yaml, with a report.

The table has tab-separated columns gene, allele, population, frequency, subjects and source.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path

from pgx.domain.gene import Gene, Source
from pgx.domain.names import name_key
from pgx.domain.population import BiogeographicGroup, GeneFrequencies, GroupFrequencies
from pgx.errors import InputError
from pgx.rules.populations import check_frequencies, format_frequencies, parse_frequencies, round_frequency
from pgx.rules.yaml_nodes import Entry, compose

_COLUMNS = ("gene", "allele", "population", "frequency", "subjects", "source")
_BY_HAND = "frequency_names.yaml"
_VERSION = re.compile(r"(?P<name>.*\S)\s+(?P<version>\d{4}(?:-\d{2})?(?:-\d{2})?)")
_COMPLEMENT = "Other than "
"""How the source names the rest of the alleles where it counts one alone."""

_TRIED = ("{}", "m.{}")


@dataclass(frozen=True, slots=True)
class FrequencyReport:
    """The tables of an import, their files, and for each gene the names that were not taken over, with reasons."""

    tables: tuple[GeneFrequencies, ...]
    left_out: Mapping[str, Mapping[str, str]]
    files: tuple[Path, ...] = ()

    def lines(self) -> Iterator[str]:
        for table in self.tables:
            alleles = {name for group in table.groups for name, _ in group.alleles}
            yield f"{table.gene} {table.version}: {len(alleles)} alleles in {len(table.groups)} groups"
            for name, reason in self.left_out.get(table.gene, {}).items():
                yield f"  left out {name}: {reason}"


@dataclass(frozen=True, slots=True)
class _ByHand:
    """Names as the source has them and what they mean here."""

    sources: Mapping[str, Source]
    groups: Mapping[str, str]
    alleles: Mapping[str, Mapping[str, str]]
    left_out: Mapping[str, Mapping[str, str]]


def import_frequencies(table: Path, genes: Mapping[str, Gene], output: Path) -> FrequencyReport:
    """Write one frequency table a gene into `output`.

    Raises InputError where the table cannot be read, or names a gene, group or allele that is not known; every
    table is read back before the first file is written.
    """
    by_hand = _read_by_hand()
    rows: dict[str, list[dict[str, str]]] = {}
    for row in _read_rows(table):
        rows.setdefault(row["gene"], []).append(row)
    unknown = next((symbol for symbol in rows if symbol not in genes), None)
    if unknown is not None:
        raise InputError(f"{table}: no gene table for '{unknown}'; the rules have {', '.join(genes)}")
    made = [_table(symbol, found, genes[symbol], by_hand) for symbol, found in sorted(rows.items())]
    texts = {output / f"{found.gene}.yaml": _checked_text(found, genes[found.gene]) for found, _ in made}
    output.mkdir(parents=True, exist_ok=True)
    for path, text in texts.items():
        part = path.with_suffix(".part")
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    left_out = {found.gene: collected.left_out for found, collected in made}
    return FrequencyReport(tuple(found for found, _ in made), left_out, tuple(texts))


def _checked_text(table: GeneFrequencies, gene: Gene) -> str:
    """Return the table's text, read back."""
    text = format_frequencies(table)
    if parse_frequencies(text, table.gene) != table:
        raise AssertionError(f"{table.gene}: the table does not read back as it was written")
    check_frequencies(table, gene, table.gene)
    return text


def _read_rows(table: Path) -> list[dict[str, str]]:
    try:
        text = table.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{table}: cannot be read as text ({error.__class__.__name__})") from error
    reader = csv.DictReader(text.splitlines(), delimiter="\t")
    if tuple(reader.fieldnames or ()) != _COLUMNS:
        raise InputError(f"{table}: needs the columns {', '.join(_COLUMNS)}, separated by tabs")
    return list(reader)


@dataclass(slots=True)
class _Collected:
    """What the rows of one gene came to: frequencies and subjects by group, and names left out, with reasons."""

    shares: dict[BiogeographicGroup, dict[str, float]]
    subjects: dict[BiogeographicGroup, int]
    left_out: dict[str, str]


def _table(symbol: str, rows: list[dict[str, str]], gene: Gene, by_hand: _ByHand) -> tuple[GeneFrequencies, _Collected]:
    found = _Collected({}, {}, {})
    for row in rows:
        _collect(row, gene, by_hand, found)
    sources = tuple(_source(text, by_hand) for text in dict.fromkeys(row["source"] for row in rows))
    groups = tuple(_group_frequencies(group, found) for group in BiogeographicGroup if group in found.shares)
    return GeneFrequencies(symbol, max(source.version for source in sources), sources, groups), found


def _collect(row: dict[str, str], gene: Gene, by_hand: _ByHand, found: _Collected) -> None:
    name, reason = _allele(row["allele"], gene, by_hand)
    if reason:
        found.left_out[row["allele"]] = reason
        return
    group = _group(row["population"], by_hand)
    known = found.shares.setdefault(group, {})
    if name in known:
        raise InputError(f"{gene.symbol} {name} stands twice for {group}; keep one row")
    known[name] = _frequency(row)
    if row["subjects"]:
        found.subjects[group] = _subjects(row)


def _group_frequencies(group: BiogeographicGroup, found: _Collected) -> GroupFrequencies:
    alleles = sorted(found.shares[group].items(), key=lambda pair: name_key(pair[0]))
    return GroupFrequencies(group, tuple(alleles), found.subjects.get(group))


def _allele(given: str, gene: Gene, by_hand: _ByHand) -> tuple[str, str]:
    """Return the table's name of an allele, or why it is left out."""
    if given.startswith(_COMPLEMENT):
        return "", "the rest of the alleles"
    reason = by_hand.left_out.get(gene.symbol, {}).get(given)
    if reason:
        return "", reason
    given = by_hand.alleles.get(gene.symbol, {}).get(given, given)
    for form in _TRIED:
        name = form.format(given)
        if name in gene.statuses:
            return name, ""
        found = gene.find_allele(name)
        if found:
            return found.printed_name, ""
    raise InputError(f"{gene.symbol} has no allele '{given}'; say in {_BY_HAND} what it means")


def _group(given: str, by_hand: _ByHand) -> BiogeographicGroup:
    name = by_hand.groups.get(given, given)
    if name not in list(BiogeographicGroup):
        raise InputError(f"unknown population '{given}'; say in {_BY_HAND} which group it is")
    return BiogeographicGroup(name)


def _subjects(row: dict[str, str]) -> int:
    if not row["subjects"].isdecimal():
        raise InputError(f"{row['gene']} {row['allele']}: '{row['subjects']}' is no number of subjects")
    return int(row["subjects"])


def _frequency(row: dict[str, str]) -> float:
    try:
        value = float(row["frequency"])
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise InputError(f"{row['gene']} {row['allele']}: '{row['frequency']}' is no frequency")
    return round_frequency(value)


def _source(text: str, by_hand: _ByHand) -> Source:
    match = _VERSION.fullmatch(text.strip())
    if match is None or match["name"] not in by_hand.sources:
        raise InputError(f"source '{text}' is not known; {_BY_HAND} has {', '.join(by_hand.sources)}")
    return replace(by_hand.sources[match["name"]], version=match["version"])


def _read_by_hand() -> _ByHand:
    text = (files(__package__) / _BY_HAND).read_text(encoding="utf-8")
    keys = ("sources", "groups", "alleles", "left_out")
    fields = compose(text, _BY_HAND).fields(keys, keys)
    return _ByHand(
        {name: _known_source(name, entry) for name, entry in fields["sources"].pairs()},
        _texts(fields["groups"]),
        {gene: _texts(entry) for gene, entry in fields["alleles"].pairs()},
        {gene: _texts(entry) for gene, entry in fields["left_out"].pairs()},
    )


def _known_source(name: str, entry: Entry) -> Source:
    fields = entry.fields(("url", "license"), ("url",))
    return Source(name, "", fields["url"].text(), license=fields["license"].text() if "license" in fields else "")


def _texts(entry: Entry) -> dict[str, str]:
    return {name: value.text() for name, value in entry.pairs()}
