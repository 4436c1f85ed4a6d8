"""What is kept by hand: genes.yaml (parts of gene tables) and exons.tsv, both beside this module."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.resources import files
from io import StringIO

import yaml

from pgx.domain.gene import Gene, Region, Source
from pgx.rules.gene_tables import OPTIONAL_KEYS, REQUIRED_KEYS, read_gene
from pgx.rules.yaml_nodes import Entry, compose

_FILE = "genes.yaml"
_SOURCE = ("name", "version", "url", "license")

Exons = tuple[tuple[str, tuple[Region, ...]], ...]


@dataclass(frozen=True, slots=True)
class Skeletons:
    """Parts of gene tables by symbol, without version; and the sources of what an importer adds, by role."""

    genes: Mapping[str, Gene]
    sources: Mapping[str, Source]

    def source(self, role: str, version: str = "", retrieved: str = "") -> Source:
        template = self.sources[role]
        return replace(template, version=version or template.version, retrieved=retrieved)


def read_skeletons() -> Skeletons:
    """Read the hand-kept facts that ship with the package."""
    fields = compose(_resource(_FILE), _FILE).fields(("sources", "genes"), ("sources", "genes"))
    exons = _read_exons()
    genes = {symbol: _skeleton(symbol, entry) for symbol, entry in fields["genes"].pairs()}
    return Skeletons(
        genes={symbol: replace(gene, exons=exons.get(symbol, ())) for symbol, gene in genes.items()},
        sources={role: _source(entry) for role, entry in fields["sources"].pairs()},
    )


def _resource(name: str) -> str:
    return (files(__package__) / name).read_text(encoding="utf-8")


def _source(entry: Entry) -> Source:
    fields = entry.fields(_SOURCE, ("name", "url"))
    return Source(**{"version": "", **{key: value.word() for key, value in fields.items()}})


def _skeleton(symbol: str, entry: Entry) -> Gene:
    fields = entry.fields((*REQUIRED_KEYS, *OPTIONAL_KEYS), ("hgnc", "calling", "lookup"))
    empty_text = {key: _text("", entry) for key in ("version", "contig")}
    empty_list = Entry(yaml.SequenceNode("tag:yaml.org,2002:seq", [], entry.node.start_mark), entry.place)
    return read_gene({**empty_text, "sources": empty_list, **fields, "gene": _text(symbol, entry)})


def _text(value: str, entry: Entry) -> Entry:
    return Entry(yaml.ScalarNode("tag:yaml.org,2002:str", value, entry.node.start_mark), entry.place)


def _read_exons() -> dict[str, Exons]:
    found: dict[str, dict[str, list[Region]]] = {}
    for row in csv.DictReader(StringIO(_resource("exons.tsv")), delimiter="\t"):
        region = Region(int(row["start"]), int(row["end"]))
        found.setdefault(row["gene"], {}).setdefault(row["build"], []).append(region)
    return {gene: tuple((build, tuple(regions)) for build, regions in builds.items()) for gene, builds in found.items()}
