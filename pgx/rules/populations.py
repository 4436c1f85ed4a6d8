"""Frequency tables and panels: YAML text -> domain types and back, refused with file, line and reason.

A frequency table is one YAML a gene:

    gene: SYMBOL
    version: 2026-07
    sources:
      - {name: …, version: …, url: …}
    groups:
      European:
        subjects: 1386
        alleles: {"*1": 0.91, "*2": 0.09}
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pgx.domain.gene import Gene, Source
from pgx.domain.population import BiogeographicGroup, GeneFrequencies, GroupFrequencies, Panel
from pgx.errors import RuleError
from pgx.rules.gene_writer import flow
from pgx.rules.yaml_nodes import Entry, compose

_KEYS = ("gene", "version", "sources", "groups")
_SOURCE = ("name", "version", "url", "retrieved", "license")
_PANEL = ("gene", "name", "version", "url", "tiers", "beyond")
_DIGITS = 5


def parse_frequencies(text: str, place: str) -> GeneFrequencies:
    """Read one frequency table; RuleError for anything that is not one."""
    fields = compose(text, place).fields(_KEYS, _KEYS)
    return GeneFrequencies(
        fields["gene"].text(),
        fields["version"].word(),
        tuple(map(_source, fields["sources"].items())),
        tuple(_group(name, entry) for name, entry in fields["groups"].pairs()),
    )


def _source(entry: Entry) -> Source:
    return Source(**{key: value.word() for key, value in entry.fields(_SOURCE, ("name", "version", "url")).items()})


def _group(name: str, entry: Entry) -> GroupFrequencies:
    fields = entry.fields(("subjects", "alleles"), ("alleles",))
    if name not in list(BiogeographicGroup):
        raise entry.error(f"unknown group '{name}'; known are {', '.join(BiogeographicGroup)}")
    alleles = tuple((allele, _share(value)) for allele, value in fields["alleles"].pairs())
    return GroupFrequencies(
        BiogeographicGroup(name), alleles, fields["subjects"].integer() if "subjects" in fields else None
    )


def _share(entry: Entry) -> float:
    value = entry.number()
    if not 0 <= value <= 1:
        raise entry.error(f"a frequency is between 0 and 1, found {value:g}")
    return value


def check_frequencies(table: GeneFrequencies, gene: Gene | None, place: str) -> None:
    """Refuse a table whose gene or alleles the gene tables do not have."""
    if gene is None:
        raise RuleError(f"{place}: no gene table for '{table.gene}'")
    known = {*gene.statuses, *(name for allele in gene.alleles for name in (allele.name, allele.printed_name))}
    for group in table.groups:
        strange = next((name for name, _ in group.alleles if name not in known), None)
        if strange:
            raise RuleError(f"{place}: {group.group}: {table.gene} has no allele '{strange}'")


def format_frequencies(table: GeneFrequencies) -> str:
    """Return the table as YAML; `parse_frequencies` of it gives the same table, to five digits."""
    return "\n".join(_lines(table)) + "\n"


def _lines(table: GeneFrequencies) -> Iterator[str]:
    yield f"gene: {flow(table.gene)}"
    yield f"version: {flow(table.version)}"
    yield "sources:"
    for source in table.sources:
        filled = {key: getattr(source, key) for key in _SOURCE if getattr(source, key)}
        yield f"  - {flow(filled)}"
    yield "groups:"
    for group in table.groups:
        yield f"  {flow(group.group.value)}:"
        if group.subjects is not None:
            yield f"    subjects: {group.subjects}"
        yield "    alleles: {" + ", ".join(f"{flow(name)}: {_number(share)}" for name, share in group.alleles) + "}"


def _number(value: float) -> str:
    """Write a frequency with five significant digits and no exponent.

    >>> _number(0.45285476835138383), _number(3.16e-05), _number(0.0)
    ('0.45285', '0.0000316', '0.0')
    """
    text = f"{round_frequency(value):.12f}".rstrip("0")
    return text + "0" if text.endswith(".") else text


def round_frequency(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")


def parse_panels(text: str, place: str) -> tuple[Panel, ...]:
    """Read the list of published minimum allele sets that were checked; RuleError for anything else."""
    entries = compose(text, place).fields(("panels",), ("panels",))["panels"].items()
    return tuple(map(_panel, entries))


def _panel(entry: Entry) -> Panel:
    fields = entry.fields(_PANEL, _PANEL[:-1])
    beyond = fields["beyond"].items() if "beyond" in fields else ()
    words: dict[str, Any] = {key: fields[key].word() for key in _PANEL[:4]}
    tiers = tuple(value.integer() for value in fields["tiers"].items())
    return Panel(**words, tiers=tiers, beyond=tuple(map(_beyond, beyond)))


def _beyond(entry: Entry) -> tuple[int, str]:
    fields = entry.fields(("tier", "what"), ("tier", "what"))
    return fields["tier"].integer(), fields["what"].text()
