"""One build for all files of a command, and one list of samples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from pgx.domain.gene import Gene
from pgx.domain.variant import Build
from pgx.errors import InputError, UsageError
from pgx.genotypes.builds import Ballot, build_of_header, build_of_lengths, find_places, survey
from pgx.genotypes.files import VariantFile
from pgx.genotypes.marker_files import MarkerFile

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Source = VariantFile | MarkerFile
"""Anything that gives records."""

_SHOWN = 3
_ASK = "give --build GRCh37 or --build GRCh38"


@dataclass(frozen=True, slots=True)
class ChosenBuild:
    """The build of a command, None where no record says anything; per file, what told it."""

    build: Build | None
    sources: tuple[str, ...]


def choose_build(files: Sequence[Source], genes: Sequence[Gene], told: Build | None) -> ChosenBuild:
    """Return the build that the user told or that headers and records agree on.

    Files that say nothing borrow from the others. Raises InputError where they disagree, and where records lie
    at defining positions but nothing tells the build.
    """
    if told is not None:
        _check_told(files, told)
        return ChosenBuild(told, ("told",) * len(files))
    found = [build_of_header(file) for file in files]
    if all(build is None for build, _ in found):
        return _ask_records(files, genes)
    _check_agreement(files, [build for build, _ in found])
    build = next(build for build, _ in found if build is not None)
    return ChosenBuild(build, tuple(source or "other files" for _, source in found))


def _check_told(files: Sequence[Source], told: Build) -> None:
    for file in files:
        found = build_of_lengths(file.header)
        if found not in (None, told):
            raise InputError(
                f"{file.path}: contig lengths are those of {found}, but --build says {told}; leave --build out"
            )


def _check_agreement(files: Sequence[Source], builds: Sequence[Build | None]) -> None:
    known = [(file, build) for file, build in zip(files, builds, strict=True) if build is not None]
    for file, build in known[1:]:
        if build is not known[0][1]:
            raise InputError(
                f"{file.path}: is in {build}, but {known[0][0].path} in {known[0][1]}; run files of one build together"
            )


def _ask_records(files: Sequence[Source], genes: Sequence[Gene]) -> ChosenBuild:
    places = find_places(genes)
    ballots = [Ballot(places) for _ in files]
    for file, ballot in zip(files, ballots, strict=True):
        if not isinstance(file, MarkerFile):
            survey(file, ballot)
    builds = [ballot.winner for ballot in ballots]
    _check_agreement(files, builds)
    build = next((build for build in builds if build is not None), None)
    if build is None and any(isinstance(file, MarkerFile) and file.by_name for file in files):
        return ChosenBuild(Build.GRCH38, ("marker names",) * len(files))
    if build is None and any(ballot.met for ballot in ballots):
        raise InputError(f"{files[0].path}: nothing tells the genome build; {_ASK}")
    return ChosenBuild(build, tuple("records" if found else "other files" if build else "" for found in builds))


def check_records(file: Source, ballot: Ballot, build: Build) -> None:
    """Raise InputError where the file's records contradict the build it was read in.

    `ballot` holds the votes of the records read at the build's positions; only when none of them fits are
    those at the other build's positions looked at.
    """
    other = Build.GRCH37 if build is Build.GRCH38 else Build.GRCH38
    if isinstance(file, MarkerFile) or ballot.votes[build].supports:
        return
    survey(file, ballot, (other,))
    if ballot.winner is other:
        count = ballot.votes[other].fits
        raise InputError(
            f"{file.path}: records at {count} defining positions fit {other} and not {build}; give --build {other}"
        )


@dataclass(frozen=True, slots=True)
class Columns:
    """The chosen samples of one file: their columns in it (None: all) and places among all (None: the same)."""

    in_file: NDArray[np.intp] | None
    among_all: NDArray[np.intp] | None


def choose_samples(files: Sequence[Source], chosen: Sequence[str], renamed: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names of all samples, in order of appearance, or those asked for. Raises UsageError."""
    lists = [names_in(file, renamed) for file in files]
    names = lists[0] if len(lists) == 1 else tuple(dict.fromkeys(chain.from_iterable(lists)))
    known = set(names) if chosen else set()
    for name in chosen:
        if name not in known:
            raise UsageError(f"{files[0].path}: no sample '{name}'; the file has {_some(names)}")
    return tuple(dict.fromkeys(chosen)) or names


def names_in(file: Source, renamed: Mapping[str, str]) -> tuple[str, ...]:
    """Return the samples of a file under the names to use. Raises InputError where two become one."""
    if not renamed:
        return file.header.samples
    names = tuple(renamed.get(name, name) for name in file.header.samples)
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise InputError(f"{file.path}: two samples would be named '{twice}'; mend the table of sample names")
    return names


def find_columns(names: Sequence[str], samples: Sequence[str]) -> Columns:
    """Find the chosen samples among the names of one file."""
    import numpy as np

    if tuple(names) == tuple(samples):
        return Columns(None, None)
    places = {sample: place for place, sample in enumerate(samples)}
    found = [(column, places[name]) for column, name in enumerate(names) if name in places]
    in_file = np.array([column for column, _ in found], dtype=np.intp)
    among_all = np.array([place for _, place in found], dtype=np.intp)
    return Columns(None if len(found) == len(names) else in_file, among_all)


def _some(names: Sequence[str]) -> str:
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" (and {more} more)" if more > 0 else "")
