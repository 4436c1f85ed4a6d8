"""What a batch is made of: parts of samples and files, and units of work on them.

A plan depends on the files, their samples and the options alone, never on the number of workers, so that every
worker and every later run writes the same files.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pgx.errors import InputError, UsageError
from pgx.pipeline import can_be_read_in_parts, is_list_of_files

ENDINGS = (".vcf", ".vcf.gz", ".vcf.bgz", ".bcf")
LISTS = (".list", ".fofn")
TEXT = ".txt"
PART_SIZE = 500_000
"""Samples that are worked on at a time; memory grows with it."""
FILES_AT_ONCE = 64
"""Files with few samples each that are read together."""
SLICES = 8
"""Pieces that the drugs of a part are dealt out in."""


@dataclass(frozen=True, slots=True)
class Part:
    """Samples `start` to `stop` of the files named here, joined on sample name."""

    number: int
    paths: tuple[str, ...]
    start: int
    stop: int

    @property
    def name(self) -> str:
        return f"part-{self.number:05d}"

    @property
    def samples(self) -> int:
        return self.stop - self.start


@dataclass(frozen=True, slots=True)
class Unit:
    """A piece of work that is done or not: the calls of some genes of a part, or the advice on some drugs.

    `genes` is empty for units of advice, which have a `slice`.
    """

    part: Part
    genes: tuple[str, ...] = ()
    slice: int = 0

    @property
    def name(self) -> str:
        """Short and safe as a file name."""
        if not self.genes:
            return f"advice-{self.slice}"
        return f"calls-{self.genes[0]}" if len(self.genes) == 1 else f"calls-{_digest(self.genes)}"


@dataclass(frozen=True, slots=True)
class Plan:
    """All units of a batch in two stages; the advice of a part needs all its calls."""

    parts: tuple[Part, ...]
    calls: tuple[Unit, ...]
    advice: tuple[Unit, ...]
    samples: int


def _digest(names: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(names).encode()).hexdigest()[:8]


def find_inputs(given: Sequence[Path]) -> tuple[Path, ...]:
    """Expand folders to the variant files in them and lists (.list, .fofn) to the files they name.

    A text file (.txt) is a list unless it holds genotypes, as those of consumer arrays do.

    Raises UsageError where nothing is left and InputError where a list names a file that is not there.
    """
    found: list[Path] = []
    for path in given:
        if path.is_dir():
            found += sorted(entry for entry in path.iterdir() if entry.name.lower().endswith(ENDINGS))
        elif path.suffix.lower() in LISTS or (path.suffix.lower() == TEXT and is_list_of_files(path)):
            found += _read_list(path)
        else:
            found.append(path)
    if not found:
        raise UsageError(f"{given[0] if given else 'no input'}: no variant files; they end in {', '.join(ENDINGS)}")
    return tuple(dict.fromkeys(found))


def _read_list(path: Path) -> list[Path]:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read as a list of files; write one path a line") from error
    names = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    return [path.parent / name for name in names]


def make_plan(
    files: Mapping[str, tuple[str, ...]], genes: Mapping[str, int], part_size: int = PART_SIZE, *, advise: bool = True
) -> Plan:
    """Deal files and samples out in parts and units.

    `files` gives the samples of each file, `genes` the number of positions of each gene; genes with most positions
    come first, which keeps workers busy to the end.
    """
    parts = tuple(_parts(_clusters(files), part_size))
    ordered = sorted(genes, key=lambda symbol: (-genes[symbol], symbol))
    calls = [
        Unit(part, symbols)
        for part in parts
        for symbols in ([(symbol,) for symbol in ordered] if _by_gene(part, files) else [tuple(genes)])
    ]
    advice = [Unit(part, slice=number) for part in parts for number in range(SLICES)] if advise else []
    return Plan(parts, tuple(calls), tuple(advice), sum(part.samples for part in parts))


def _by_gene(part: Part, files: Mapping[str, tuple[str, ...]]) -> bool:
    return reads_by_gene((len(files[path]) for path in part.paths), map(Path, part.paths))


def reads_by_gene(samples: Iterable[int], paths: Iterable[Path]) -> bool:
    """True for files with many samples each, unless they are plain gzip, which can only be read as a whole."""
    return min(samples) > FILES_AT_ONCE and all(map(can_be_read_in_parts, paths))


def _clusters(files: Mapping[str, tuple[str, ...]]) -> list[tuple[tuple[str, ...], int]]:
    """Join files that share samples; return the files and the number of samples of each cluster."""
    cluster_of: dict[str, int] = {}
    known: dict[tuple[str, ...], int] = {}
    members: dict[int, list[str]] = {}
    sizes: dict[int, set[str]] = {}
    for number, (path, samples) in enumerate(files.items()):
        met = {known[samples]} if samples in known else {cluster_of[name] for name in samples if name in cluster_of}
        home = min(met, default=number)
        members.setdefault(home, [])
        sizes.setdefault(home, set())
        for other in sorted(met - {home}):
            members[home] += members.pop(other)
            moved = sizes.pop(other)
            sizes[home] |= moved
            cluster_of |= dict.fromkeys(moved, home)
            known = {key: home if value == other else value for key, value in known.items()}
        members[home].append(path)
        if samples not in known:
            known[samples] = home
            sizes[home].update(samples)
            cluster_of |= dict.fromkeys(samples, home)
    return [(tuple(paths), len(sizes[home])) for home, paths in members.items()]


def _parts(clusters: Sequence[tuple[tuple[str, ...], int]], part_size: int) -> Iterable[Part]:
    number = 0
    waiting: list[str] = []
    held = 0
    for paths, samples in clusters:
        small = samples <= min(FILES_AT_ONCE, part_size)
        if waiting and (not small or held + samples > part_size or len(waiting) + len(paths) > FILES_AT_ONCE):
            yield Part(number, tuple(waiting), 0, held)
            number, waiting, held = number + 1, [], 0
        if small:
            waiting += paths
            held += samples
            continue
        for start in range(0, samples, part_size):
            yield Part(number, paths, start, min(samples, start + part_size))
            number += 1
    if waiting:
        yield Part(number, tuple(waiting), 0, held)


def share(units: Sequence[Unit], shard: tuple[int, int]) -> tuple[Unit, ...]:
    """Return the units of shard i of n, counted from 1: those of every n-th part."""
    mine = set(share_parts([unit.part for unit in units], shard))
    return tuple(unit for unit in units if unit.part in mine)


def share_parts(parts: Sequence[Part], shard: tuple[int, int]) -> tuple[Part, ...]:
    """Return every n-th part."""
    number, of = shard
    return tuple(part for part in parts if part.number % of == number - 1)
