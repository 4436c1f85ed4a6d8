"""Records in, one layer of observations per position out, file after file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from pgx.genotypes.edits import GONE, UNTOUCHED, effects_of, fits_reference
from pgx.genotypes.fasta import Fasta
from pgx.genotypes.judging import Bearing, is_unbalanced, observe, weigh
from pgx.genotypes.layers import Layer, combine_layers, narrowest
from pgx.genotypes.observations import NOTHING, Observation, Weight, combine_files, combine_in_file
from pgx.genotypes.options import ReadOptions
from pgx.genotypes.records import NON_REFERENCE, Detail, ReadsDetail, Record, SampleCalls
from pgx.genotypes.targets import Target, Targets

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(slots=True)
class Position:
    """One target while reading. `labels` are undocumented bases met in records, numbered after the variant's own."""

    target: Target
    labels: dict[str, int] = field(default_factory=dict)
    current: Layer | None = None
    earlier: Layer | None = None

    def label(self, text: str) -> int:
        return self.labels.setdefault(text, len(self.target.variant.bases) + len(self.labels))

    def add(self, layer: Layer) -> None:
        """Join what another record of the same file says."""
        gone = self.labels.get(GONE, len(self.target.variant.bases) + len(self.labels))
        join = partial(combine_in_file, reference=self.target.reference, gone=gone)
        self.current = combine_layers(self.current, layer, join)

    def close_file(self, columns: NDArray[np.intp] | None, samples: int) -> None:
        """Join what was read from the file that ended with earlier files. `columns` are its samples' places."""
        if self.current is not None:
            layer = self.current if columns is None else _spread(self.current, columns, samples)
            self.earlier = combine_layers(self.earlier, layer, combine_files)
        self.current = None


def _spread(layer: Layer, columns: NDArray[np.intp], samples: int) -> Layer:
    """Put the columns of one file among all samples; the others have nothing."""
    import numpy as np

    codes = np.full(samples, len(layer.values), dtype=narrowest(len(layer.values) + 1))
    codes[columns] = layer.codes
    return Layer((*layer.values, NOTHING), codes)


@dataclass(slots=True)
class Accumulator:
    """The positions of all genes, filled by the records of file after file."""

    targets: Targets
    options: ReadOptions
    fasta: Fasta | None = None
    reasons: Counter[str] = field(default_factory=Counter)
    unbalanced: int = 0
    """Heterozygous genotypes that were used although few reads have one of the alleles."""
    file: int = 0
    positions: dict[tuple[int, int], Position] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for found in self.targets.by_contig.values():
            self.positions |= {(target.gene, target.row): Position(target) for target in found}

    def add(self, record: Record) -> str:
        """Take a record in; return why not, or nothing if it was used."""
        bearings = find_bearings(record, self.targets, self.fasta)
        if not bearings or (record.is_reference_only and all(one.weight is Weight.NOTHING for one in bearings)):
            return "not at a defining position"
        if all(bearing.weight is Weight.NOTHING for bearing in bearings):
            return "symbolic allele" if any(_is_symbolic(alt) for alt in record.alts) else "another variant nearby"
        calls = record.load(self._detail(bearings))
        for bearing in bearings:
            if bearing.weight is not Weight.NOTHING:
                self._observe(record, bearing, calls)
        return ""

    def _detail(self, bearings: Sequence[Bearing]) -> Detail:
        targets = [bearing.target for bearing in bearings if bearing.weight is not Weight.NOTHING]
        if any(target.weighs_reads for target in targets):
            return Detail(self.options, ReadsDetail.EXACT)
        counted = any(target.counts_copies for target in targets)
        return Detail(self.options, ReadsDetail.COPIES if counted else ReadsDetail.BALANCE)

    def _observe(self, record: Record, bearing: Bearing, calls: SampleCalls) -> None:
        position = self.positions[bearing.target.gene, bearing.target.row]
        judged = [observe(call, record, bearing, self.options, position.label) for call in calls.distinct]
        self._count_reasons(calls, [reason for _, reason in judged])
        if all(one.weight is Weight.NOTHING for one, _ in judged):
            return
        self._count_unbalanced(record, calls, [one for one, _ in judged])
        position.add(Layer(tuple(self._stamp(one) for one, _ in judged), calls.codes))

    def _stamp(self, observation: Observation) -> Observation:
        """Mark phase with the number of the file, which phase never crosses."""
        if not observation.phased or not self.file:
            return observation
        return replace(observation, phase=(self.file, observation.phase[1]))

    def _count_unbalanced(self, record: Record, calls: SampleCalls, seen: list[Observation]) -> None:
        unbalanced = [
            one.weight is Weight.TEST and one.is_complete and is_unbalanced(call, record)
            for call, one in zip(calls.distinct, seen, strict=True)
        ]
        self.unbalanced += sum(_count(calls, code) for code, holds in enumerate(unbalanced) if holds)

    def _count_reasons(self, calls: SampleCalls, reasons: Iterable[str]) -> None:
        for code, reason in enumerate(reasons):
            if reason:
                self.reasons[reason] += _count(calls, code)

    def close_file(self, columns: NDArray[np.intp] | None, samples: int) -> None:
        for position in self.positions.values():
            position.close_file(columns, samples)
        self.file += 1


def _count(calls: SampleCalls, code: int) -> int:
    """Return how many samples have this one of the entries."""
    import numpy as np

    return int(np.count_nonzero(calls.codes == code))


def _is_symbolic(alt: str) -> bool:
    return alt.startswith("<") and alt not in NON_REFERENCE


def find_bearings(record: Record, targets: Targets, fasta: Fasta | None = None) -> list[Bearing]:
    """Return how the record bears on each target that it can touch."""
    near = targets.near(record.contig, record.position - 1, max(record.end, record.ref_end) + 1)
    sure = not near or fasta is None or fasta.agrees(record.contig, record.position, record.ref)
    fits = [sure and fits_reference(record, target) for target in near]
    sound = [target for target, fit in zip(near, fits, strict=True) if fit]
    effects = iter(effects_of(record, sound))
    untouched = (UNTOUCHED,) * len(record.alts)
    return [
        weigh(record, target, next(effects) if fit else untouched, fit) for target, fit in zip(near, fits, strict=True)
    ]
