"""Gene results as guidance sees them: results that no guideline can tell apart are one class.

Names of alleles that could not be excluded differ from sample to sample, but change no advice; a class holds a
placeholder for each reading that only they would give, and each sample's own names are put in afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pgx.cohort.store import Json, read_packed, write_packed
from pgx.domain.call import CallStatus, Diplotype, Evidence, GeneCall, Note
from pgx.domain.results import GeneResult, Reading, UnseenReading
from pgx.reports.files import replacing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pgx.domain.call import AllelesByClass
    from pgx.domain.interpretation import Interpretation

PLACEHOLDER = "\x00"
UnseenNames = tuple[tuple[str, ...], ...]
"""For each reading that only unseen alleles would give, the alleles that could not be excluded."""


@dataclass(slots=True)
class Classes:
    """Classes met so far, lists of names of unseen alleles, the pairs of these that occur, and each result's pair."""

    known: dict[object, int] = field(default_factory=dict)
    members: list[GeneResult] = field(default_factory=list)
    names: dict[UnseenNames, int] = field(default_factory=dict)
    pairs: dict[tuple[int, int], int] = field(default_factory=dict)
    of_result: list[int] = field(default_factory=list)
    _by_call: dict[object, tuple[GeneCall, int]] = field(default_factory=dict)

    def add(self, result: GeneResult) -> None:
        """Find the class of a result."""
        names = tuple(unseen.alleles for unseen in result.unseen)
        self.of_result.append(self._pair(self._class(result), names))

    def add_outcome(self, call: GeneCall, known: Interpretation, unseen: AllelesByClass) -> None:
        """Find the class of a call of which this is known, where unseen positions leave these alleles open."""
        names = known.unseen_names(unseen)
        self.of_result.append(self._pair(self._class_of(call, known, names, unseen), names))

    def _pair(self, number: int, names: UnseenNames) -> int:
        pair = (number, self.names.setdefault(names, len(self.names)))
        return self.pairs.setdefault(pair, len(self.pairs))

    def _class_of(self, call: GeneCall, known: Interpretation, names: UnseenNames, unseen: AllelesByClass) -> int:
        """Find the class by the call and which readings have names."""
        key = (id(call), tuple(map(bool, names)))
        met = self._by_call.get(key)
        if met is None:
            met = self._by_call[key] = (call, self._class(known.result_of(call, unseen)))
        return met[1]

    def _class(self, result: GeneResult) -> int:
        call = result.call
        notes = call.notes if call.never_green else ()
        readings = tuple((unseen.reading, bool(unseen.alleles)) for unseen in result.unseen)
        key = (call.status, result.best, result.seen, readings, call.never_green, notes)
        number = self.known.get(key)
        if number is None:
            number = self.known[key] = len(self.members)
            self.members.append(result)
        return number


@dataclass(frozen=True, slots=True)
class SavedGene:
    """A gene of a part as units of advice read it: classes, names, and numbers of both for each pair that occurs.

    `classes` and `name_numbers` have the shape (pairs,); `index` is each sample's pair, shape (samples,).
    """

    members: tuple[GeneResult, ...]
    names: tuple[UnseenNames, ...]
    classes: NDArray[np.int32]
    name_numbers: NDArray[np.int32]
    index: NDArray[np.int32]

    def names_of(self, samples: NDArray[np.integer[Any]]) -> NDArray[np.int32]:
        """Return the numbers of the names that these samples have."""
        found: NDArray[np.int32] = self.name_numbers[self.index[samples]]
        return found


def save_classes(path: Path, classes: Classes, index: NDArray[np.integer[Any]]) -> None:
    """Write `path`.classes and `path`.npy."""
    import numpy as np

    numbers = np.array(classes.of_result, dtype=np.int32)[index]
    with replacing(path.with_suffix(".npy")) as temporary, temporary.open("wb") as stream:
        np.save(stream, numbers)
    document = {
        "classes": [_write(member) for member in classes.members],
        "names": list(classes.names),
        "pairs": list(classes.pairs),
    }
    write_packed(path.with_suffix(".classes"), document)


def load_classes(path: Path, gene: str) -> SavedGene:
    import numpy as np

    document = read_packed(path.with_suffix(".classes"))
    index = np.load(path.with_suffix(".npy"), mmap_mode="r")
    members = tuple(_read(gene, member) for member in document["classes"])
    names = tuple(tuple(tuple(alleles) for alleles in entry) for entry in document["names"])
    pairs = np.array(document["pairs"], dtype=np.int32).reshape(-1, 2).T
    return SavedGene(members, names, pairs[0], pairs[1], np.asarray(index))


def _write(result: GeneResult) -> Json:
    call = result.call
    return {
        "gene": result.gene,
        "status": call.status.value,
        "never_green": call.never_green,
        "partial": any(diplotype.partial for diplotype in call.best_diplotypes),
        "notes": [[note.code, note.text] for note in call.notes] if call.never_green else [],
        "best": [_write_reading(reading) for reading in result.best],
        "seen": [_write_reading(reading) for reading in result.seen],
        "unseen": [[*_write_reading(unseen.reading), bool(unseen.alleles)] for unseen in result.unseen],
    }


def _write_reading(reading: Reading) -> list[Any]:
    return [list(reading.lookup), list(reading.alleles), reading.phenotype]


def _read(gene: str, saved: Json) -> GeneResult:
    notes = tuple(Note(code, text) for code, text in saved["notes"])
    name, status, never_green = saved["gene"], CallStatus(saved["status"]), saved["never_green"]
    pairs = (Diplotype((), (), (), partial=True),) if saved["partial"] else ()
    call = GeneCall(name, status, Evidence(()), diplotypes=pairs, notes=notes, never_green=never_green)
    unseen = tuple(
        UnseenReading(_read_reading(name, reading), (f"{PLACEHOLDER}{gene}{PLACEHOLDER}{number}",) if named else ())
        for number, (*reading, named) in enumerate(saved["unseen"])
    )
    return GeneResult(call, (), _readings(name, saved["best"]), _readings(name, saved["seen"]), unseen)


def _readings(gene: str, saved: Iterable[Sequence[Any]]) -> tuple[Reading, ...]:
    return tuple(_read_reading(gene, reading) for reading in saved)


def _read_reading(gene: str, saved: Sequence[Any]) -> Reading:
    lookup, alleles, phenotype = saved
    return Reading(gene, tuple(lookup), tuple(alleles), phenotype)
