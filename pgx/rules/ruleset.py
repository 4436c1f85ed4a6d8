"""Load a folder of rule tables into a `RuleSet`, through a cache keyed by the tables' content.

The folder holds `manifest.yaml`, `genes/` and `drugs/`. The compiled set is kept as MessagePack in the user's
cache folder; it is rebuilt when a table changes or the file cannot be read, and kept in memory only when the
folder cannot be written.
"""

from __future__ import annotations

import hashlib
import logging
import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from pgx.domain.drug import Drug
from pgx.domain.gene import Gene
from pgx.domain.ruleset import RuleSet
from pgx.errors import RuleError

log = logging.getLogger(__name__)

CACHE_FORMAT = 1
"""Raised whenever the types of the compiled set change meaning."""

Table = TypeVar("Table")


def shipped_rules() -> Path:
    """Return the folder of the tables that come with the tool: beside the package, or inside it when installed."""
    package = Path(__file__).resolve().parent.parent
    beside = package.parent / "rules"
    return beside if (beside / "manifest.yaml").is_file() else package / "_data" / "rules"


def load_rules(folder: Path | None = None) -> RuleSet:
    """Return the rule set of a folder (the shipped one if none is given).

    Raises `RuleError` naming file, place and reason for any table that cannot be read into types.
    """
    root = folder or shipped_rules()
    files = _table_files(root)
    digest = _content_hash(root, files)
    cached = _cache_file(digest)
    return _read_cache(cached) or _compile_and_keep(root, files, digest, cached)


def _table_files(root: Path) -> list[Path]:
    manifest = root / "manifest.yaml"
    if not manifest.is_file():
        raise RuleError(f"{root}: no manifest.yaml; name a folder of rule tables")
    tables = [*sorted((root / "genes").glob("*.yaml")), *sorted((root / "drugs").glob("*.yaml"))]
    return [manifest, *tables]


def _content_hash(root: Path, files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.relative_to(root)}\0".encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


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


def _compile_and_keep(root: Path, files: list[Path], digest: str, cached: Path) -> RuleSet:
    import msgspec

    rules = compile_rules(root, files, digest)
    try:
        cached.parent.mkdir(parents=True, exist_ok=True)
        part = cached.with_suffix(f".{os.getpid()}.part")
        part.write_bytes(msgspec.msgpack.encode(rules))
        part.replace(cached)
    except OSError as error:
        log.debug("compiled rules are not kept: %s", error)
    return rules


def compile_rules(root: Path, files: list[Path], digest: str) -> RuleSet:
    """Parse every table and put the rule set together, without the cache."""
    from pgx.rules.drug_tables import parse_drug
    from pgx.rules.gene_tables import parse_gene
    from pgx.rules.manifest import parse_manifest

    manifest = parse_manifest(files[0].read_text(encoding="utf-8"), str(files[0]))
    genes = _parse_all(root / "genes", files, parse_gene)
    drugs = _parse_all(root / "drugs", files, parse_drug)
    by_symbol = _unique(((gene.symbol, gene) for gene in genes), "gene")
    by_name = _unique(((drug.name, drug) for drug in drugs), "drug")
    _check_genes(by_symbol, by_name)
    named = _named_alleles(by_symbol, by_name)
    complete = {
        symbol: replace(gene, named_alleles=named.get(symbol, frozenset())) for symbol, gene in by_symbol.items()
    }
    return RuleSet(manifest.version, manifest.date, digest, complete, by_name)


def _parse_all(folder: Path, files: list[Path], parse: Callable[[str, str], Table]) -> list[Table]:
    return [parse(file.read_text(encoding="utf-8"), str(file)) for file in files if file.parent == folder]


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
        for value in need.values:
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
