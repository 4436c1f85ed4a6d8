"""Which files make up a rule set: those of one folder, or a site's own tables over the shipped ones.

A folder whose manifest says `over: shipped` needs only the tables that differ; a table of the same file name
stands in the place of the shipped one. `texts.json` beside the manifest holds guidelines' own wording.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from pgx.errors import RuleError

FOLDERS = ("genes", "drugs", "populations")
MANIFEST, PANELS, TEXTS = "manifest.yaml", "panels.yaml", "texts.json"

_OVER = re.compile(r"^[\"']?over[\"']?\s*:", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class RuleFiles:
    """The files of a rule set. `own` are tables of a site that stand over, or beside, those of `under`."""

    manifest: Path
    tables: tuple[Path, ...]
    under: Path | None = None
    own: tuple[Path, ...] = ()
    texts: Path | None = None

    def tables_of(self, folder: str) -> tuple[Path, ...]:
        """Return the tables of one kind: genes, drugs, populations, or those beside the manifest (empty text)."""
        return tuple(file for file in self.tables if table_name(file).rpartition("/")[0] == folder)

    @property
    def content_hash(self) -> str:
        """SHA-256 over names and contents of all files."""
        digest = hashlib.sha256()
        for file in (self.manifest, self.under, *self.tables, self.texts):
            if file is not None:
                digest.update(f"{table_name(file)}\0".encode())
                digest.update(hashlib.sha256(file.read_bytes()).digest())
        return digest.hexdigest()


def shipped_rules() -> Path:
    """Return the folder of the tables that come with the tool: beside the package, or inside it when installed."""
    package = Path(__file__).resolve().parent.parent
    beside = package.parent / "rules"
    return beside if (beside / MANIFEST).is_file() else package / "_data" / "rules"


def table_name(file: Path) -> str:
    """Return a table's name within its folder of rules, such as `genes/NAME.yaml`."""
    return f"{file.parent.name}/{file.name}" if file.parent.name in FOLDERS else file.name


def find_files(root: Path) -> RuleFiles:
    """Find the files of a folder of rules. Raises RuleError where it is none."""
    manifest = root / MANIFEST
    if not manifest.is_file():
        raise RuleError(f"{root}: no {MANIFEST}; name a folder of rule tables")
    own, texts = _tables(root), next(root.glob(TEXTS), None)
    if not stands_over_shipped(manifest):
        return RuleFiles(manifest, own, texts=texts)
    shipped = find_files(shipped_rules())
    named = {table_name(file): file for file in (*shipped.tables, *own)}
    tables = tuple(file for folder in (*FOLDERS, "") for name, file in sorted(named.items()) if _is_in(name, folder))
    return RuleFiles(manifest, tables, shipped.manifest, own, texts)


def stands_over_shipped(manifest: Path) -> bool:
    """True where a manifest has the key `over`; a quick look, so that no YAML is read at every start."""
    try:
        return bool(_OVER.search(manifest.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError) as error:
        raise RuleError(f"{manifest}: cannot be read: {error}") from None


def _tables(root: Path) -> tuple[Path, ...]:
    tables = (table for folder in FOLDERS for table in sorted((root / folder).glob("*.yaml")))
    return (*tables, *root.glob(PANELS))


def _is_in(name: str, folder: str) -> bool:
    return name.rpartition("/")[0] == folder
