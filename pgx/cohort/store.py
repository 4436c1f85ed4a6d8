"""The folder of a batch: where tables and marks of finished units lie, and that only finished ones are seen.

calls/gene=…/part-00000.parquet           evidence/gene=…/part-00000.parquet
recommendations/part-00000-0.parquet      not_assessed/part-00000-0.parquet
advice.parquet                            manifest.json
.work/run.json                            what this run is, so that another does not go on with it
.work/part-00000/calls-….json             marks of finished units, with their files
.work/part-00000/GENE.json, GENE.npy      what the units of advice need of the units of calls
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pgx.cohort.plan import Part, Unit
from pgx.errors import PgxError, UsageError
from pgx.reports.files import replacing

Json = dict[str, Any]
WORK = ".work"
OWN_FOLDERS = (WORK, "calls", "evidence", "recommendations", "not_assessed", "reports")
HALF_WRITTEN = re.compile(r"\..+\.\d+\.part")
"""Names that `replacing` gives to files until they are whole."""


@dataclass(frozen=True, slots=True)
class Store:
    """Paths below the output folder."""

    folder: Path

    def table(self, name: str, part: Part, gene: str | None = None, ending: str = "", kind: str = "parquet") -> Path:
        folder = self.folder / name if gene is None else self.folder / name / f"gene={gene}"
        return folder / f"{part.name}{ending}.{kind}"

    def work(self, part: Part, name: str) -> Path:
        return self.folder / WORK / part.name / name

    def mark(self, unit: Unit) -> Path:
        return self.work(unit.part, f"{unit.name}.json")

    @property
    def identity(self) -> Path:
        return self.folder / WORK / "run.json"

    def begin(self, identity: Json, *, resume: bool, alone: bool = True) -> None:
        """Take the folder for this run; `alone` says that no other shard is at work in it.

        Raises UsageError where it holds another run, or any and `resume` is off.
        """
        known = read_json(self.identity)
        if known is None and not resume and _is_filled(self.folder):
            raise UsageError(f"{self.folder}: is not empty; give a new folder with -o")
        if known is not None and not resume:
            raise UsageError(f"{self.folder}: holds a batch already; give --resume to go on with it, or a new folder")
        if known is not None and known != identity:
            changed = ", ".join(sorted(key for key in identity if known.get(key) != identity[key]))
            raise UsageError(f"{self.folder}: holds another batch ({changed} differ); give a new folder with -o")
        if alone:
            self.sweep()
        write_json(self.identity, identity)

    def sweep(self) -> None:
        """Remove files that killed processes left half written; nobody else may be at work in the folder."""
        ours = (entry for name in OWN_FOLDERS for entry in (self.folder / name).rglob(".*.part"))
        for path in [*self.folder.glob(".*.part"), *ours]:
            if HALF_WRITTEN.fullmatch(path.name):
                path.unlink(missing_ok=True)

    def finished(self, unit: Unit) -> Json | None:
        """Return the mark of a unit whose files are all there as they were written, else None."""
        mark = read_json(self.mark(unit))
        if mark is None or not all(self._is_whole(entry) for entry in mark["outputs"]):
            return None
        return mark

    def _is_whole(self, entry: Json) -> bool:
        path = self.folder / entry["name"]
        return path.is_file() and bool(path.stat().st_size == entry["bytes"])

    def finish(self, unit: Unit, outputs: Iterable[tuple[Path, int]], more: Json) -> Json:
        """Mark a unit as done, with the files it wrote and their rows."""
        mark = {"outputs": [self.entry(path, rows) for path, rows in outputs], **more}
        write_json(self.mark(unit), mark)
        return mark

    def entry(self, path: Path, rows: int) -> Json:
        """Describe a finished file."""
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        name = path.relative_to(self.folder).as_posix()
        return {"name": name, "rows": rows, "bytes": path.stat().st_size, "sha256": digest}


def _is_filled(folder: Path) -> bool:
    """True where a folder holds anything but what a run leaves that was killed before it began."""
    left = [path for path in folder.glob("*") if path.name != WORK]
    return bool(left) or any(not HALF_WRITTEN.fullmatch(path.name) for path in (folder / WORK).rglob("*"))


def read_json(path: Path) -> Json | None:
    """Return what a file of ours holds; None where it is not there or not whole."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def write_json(path: Path, value: Json, indent: int | None = None) -> None:
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(value, indent=indent, ensure_ascii=False) + "\n", encoding="utf-8")


def write_packed(path: Path, value: object) -> None:
    """Write working data in a compact form."""
    import msgspec

    with replacing(path) as temporary:
        temporary.write_bytes(msgspec.msgpack.encode(value))


def read_packed(path: Path) -> Json:
    """Read working data. Raises PgxError where they are missing or damaged."""
    import msgspec

    try:
        found: Json = msgspec.msgpack.decode(path.read_bytes(), strict=False)
    except (OSError, msgspec.DecodeError) as error:
        raise PgxError(f"{path}: is missing or damaged; remove {path.parent} and give --resume") from error
    return found
