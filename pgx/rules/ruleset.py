"""Load a folder of rule tables into a `RuleSet`, through a cache keyed by the tables' content.

The folder holds `manifest.yaml`, `genes/`, `drugs/`, and may hold `populations/` and `panels.yaml`; `layers` says how
a site's own tables stand over the shipped ones. The compiled set is kept as MessagePack in the user's cache folder;
it is rebuilt when a table changes or the file cannot be read, and kept in memory only when the folder cannot be
written.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pgx.domain.call import Note
from pgx.domain.drug import BOTH, Drug
from pgx.domain.gene import Gene
from pgx.domain.population import GeneFrequencies, Panel
from pgx.domain.ruleset import RuleSet
from pgx.errors import RuleError
from pgx.rules.layers import RuleFiles, find_files, shipped_rules, table_name

if TYPE_CHECKING:
    from pgx.rules.manifest import Manifest

log = logging.getLogger(__name__)

CACHE_FORMAT = 2
"""Raised whenever the types of the compiled set change meaning."""

MOST_NAMED = 8
"""Tables of a site's own that the first page names."""

Table = TypeVar("Table")


def load_rules(folder: Path | None = None) -> RuleSet:
    """Return the rule set of a folder (the shipped one if none is given).

    Raises `RuleError` naming file, place and reason for any table that cannot be read into types.
    """
    files = find_files(folder or shipped_rules())
    digest = files.content_hash
    cached = _cache_file(digest)
    return _read_cache(cached) or _compile_and_keep(files, digest, cached)


def _cache_file(digest: str) -> Path:
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    from pgx import __version__

    return base / "pgx" / f"rules-{CACHE_FORMAT}-{__version__}-{digest[:32]}.msgpack"


def _read_cache(path: Path) -> RuleSet | None:
    import msgspec

    try:
        return msgspec.msgpack.decode(path.read_bytes(), type=RuleSet)
    except (OSError, msgspec.DecodeError):
        return None


def _compile_and_keep(files: RuleFiles, digest: str, cached: Path) -> RuleSet:
    import msgspec

    rules = compile_rules(files, digest)
    try:
        cached.parent.mkdir(parents=True, exist_ok=True)
        part = cached.with_suffix(f".{os.getpid()}.part")
        part.write_bytes(msgspec.msgpack.encode(rules))
        part.replace(cached)
    except OSError as error:
        log.debug("compiled rules are not kept: %s", error)
    return rules


def compile_rules(files: RuleFiles, digest: str) -> RuleSet:
    """Parse every table and put the rule set together, without the cache."""
    from pgx.rules.drug_tables import parse_drug
    from pgx.rules.gene_tables import parse_gene

    genes = _parse_all(files.tables_of("genes"), parse_gene)
    drugs = _parse_all(files.tables_of("drugs"), parse_drug)
    by_symbol = _unique(((gene.symbol, gene) for gene in genes), "gene")
    by_name = _unique(((drug.name, drug) for drug in drugs), "drug")
    _check_genes(by_symbol, by_name)
    named = _named_alleles(by_symbol, by_name)
    complete = {
        symbol: replace(gene, named_alleles=named.get(symbol, frozenset())) for symbol, gene in by_symbol.items()
    }
    frequencies = _frequencies(files.tables_of("populations"), complete)
    version, date, notes = _origin(files)
    panels = _panels(files.tables_of(""))
    return RuleSet(version, date, digest, complete, _with_texts(by_name, files), frequencies, panels, notes)


def _origin(files: RuleFiles) -> tuple[str, str, tuple[Note, ...]]:
    """Return version and date, and what stands over the shipped tables; a set is as old as its older part."""
    manifest = _manifest(files.manifest)
    if files.under is None:
        return manifest.version, manifest.date, ()
    under = _manifest(files.under)
    names = [table_name(file).removesuffix(".yaml") for file in files.own]
    shown = ", ".join(names[:MOST_NAMED]) + (f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else "")
    own = f"Own rules {manifest.version} of {manifest.date} over the shipped ones ({under.version} of {under.date})"
    note = Note("own-rules", f"{own}: {shown or 'no tables'}.")
    return f"{manifest.version} over {under.version}", min(manifest.date, under.date), (note,)


def _manifest(path: Path) -> Manifest:
    from pgx.rules.manifest import parse_manifest

    return parse_manifest(path.read_text(encoding="utf-8"), str(path))


def _with_texts(drugs: dict[str, Drug], files: RuleFiles) -> dict[str, Drug]:
    from pgx.rules.texts import attach_texts, read_texts

    return attach_texts(drugs, read_texts(files.texts)) if files.texts else drugs


def _frequencies(paths: Iterable[Path], genes: dict[str, Gene]) -> dict[str, GeneFrequencies]:
    from pgx.rules.populations import check_frequencies, parse_frequencies

    tables = [(path, table) for path in paths for table in _parse_all((path,), parse_frequencies)]
    for path, table in tables:
        check_frequencies(table, genes.get(table.gene), str(path))
    return _unique(((table.gene, table) for _, table in tables), "frequencies of")


def _panels(paths: Iterable[Path]) -> tuple[Panel, ...]:
    from pgx.rules.populations import parse_panels

    return tuple(panel for path in paths for panel in parse_panels(path.read_text(encoding="utf-8"), str(path)))


def _parse_all(paths: Iterable[Path], parse: Callable[[str, str], Table]) -> list[Table]:
    return [parse(path.read_text(encoding="utf-8"), str(path)) for path in paths]


def _unique(pairs: Iterable[tuple[str, Table]], kind: str) -> dict[str, Table]:
    found: dict[str, Table] = {}
    for name, table in pairs:
        if name in found:
            raise RuleError(f"{kind} {name} has two tables; keep one")
        found[name] = table
    return dict(sorted(found.items()))


def _check_genes(genes: dict[str, Gene], drugs: dict[str, Drug]) -> None:
    positions = {variant.name for gene in genes.values() for variant in gene.extra}
    for drug in drugs.values():
        for symbol in drug.genes:
            if symbol not in genes and symbol not in positions:
                raise RuleError(f"drug {drug.name}: no gene table for '{symbol}'; the rules have {', '.join(genes)}")


def _named_alleles(genes: dict[str, Gene], drugs: dict[str, Drug]) -> dict[str, frozenset[str]]:
    """Collect the alleles that some row names in a diplotype; these cannot be merged by function."""
    known = {symbol: {allele.printed_name for allele in gene.alleles} for symbol, gene in genes.items()}
    named: dict[str, set[str]] = {}
    needs = (n for d in drugs.values() for g in d.guidelines for row in g.rows for n in row.when)
    for need in needs:
        names = known.get(need.gene, set())
        for value in (part for values in need.values for part in values.split(BOTH)):
            carried = value.removesuffix(" positive")
            parts = (carried,) if carried != value and carried in names else split_diplotype(value, names)
            named.setdefault(need.gene, set()).update(parts)
    return {symbol: frozenset(names) for symbol, names in named.items()}


def split_diplotype(text: str, names: set[str]) -> tuple[str, ...]:
    """Split `A/B` into two known allele names, which may themselves hold slashes; empty if it is none."""
    places = (number for number, letter in enumerate(text) if letter == "/")
    return next(
        ((text[:place], text[place + 1 :]) for place in places if text[:place] in names and text[place + 1 :] in names),
        (),
    )
