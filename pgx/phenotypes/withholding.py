"""Calls that are not passed on as results: of another sequence than the tables', or resting on nothing found."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pgx.domain.call import CallStatus, GeneCall, Note
from pgx.domain.names import name_key
from pgx.domain.population import GeneFrequencies
from pgx.phenotypes.interpretation import Interpreter

if TYPE_CHECKING:
    from pgx.domain.genotype import GenotypeTable

REFERENCE_UNTESTED = "reference-untested"
MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Withholding:
    """Which calls of one gene are withheld.

    `foreign`: the files have another sequence than the tables. `by_marker` numbers the patterns of samples whose
    files list what was tested. `frequencies` put untested alleles in order, the commonest in any group first.
    """

    interpreter: Interpreter
    foreign: bool = False
    by_marker: frozenset[int] = frozenset()
    frequencies: GeneFrequencies | None = None

    @classmethod
    def of(
        cls,
        interpreter: Interpreter,
        table: GenotypeTable,
        index: Iterable[int],
        foreign: Collection[str] = (),
        frequencies: GeneFrequencies | None = None,
    ) -> Withholding:
        """Take from a table which patterns are concerned; `index` gives the pattern of each of its samples."""
        numbers = (int(number) for number, told in zip(index, table.by_marker, strict=False) if told)
        return cls(interpreter, interpreter.gene.contig in foreign, frozenset(numbers), frequencies)

    def concerns(self, number: int) -> bool:
        """True where the call of the pattern with this number is to be checked."""
        return self.foreign or number in self.by_marker

    def checked(self, call: GeneCall) -> GeneCall:
        """Return a call that is concerned, without a result where it is withheld."""
        if self.foreign:
            text = f"{self.interpreter.gene.contig} in the file is another sequence than the one of the tables."
            return _without_result(call, CallStatus.UNTESTABLE, Note("other-sequence", text))
        return self._unless_reference(call)

    def _unless_reference(self, call: GeneCall) -> GeneCall:
        """Withhold a result of reference alleles alone where alleles were not tested that would change its reading.

        A result with any other allele rests on something that was found, and stays.
        """
        if not call.status.has_result or not self._is_reference(call):
            return call
        unseen = self.interpreter.interpret(call).unseen
        if not unseen:
            return call
        names = dict.fromkeys(name for one in unseen for name in one.alleles) or call.evidence.not_excluded
        note = Note(REFERENCE_UNTESTED, _text(self._commonest_first(names)))
        return _without_result(call, CallStatus.NOT_CALLED, note)

    def _is_reference(self, call: GeneCall) -> bool:
        """True where every allele of the best diplotypes defines the whole gene, so that no variant was needed."""
        whole = [allele for allele in self.interpreter.gene.alleles if allele.defines_all]
        names = {name for allele in whole for name in (allele.name, allele.printed_name)}
        return all(name in names for found in call.best_diplotypes for strand in found.components for name in strand)

    def _commonest_first(self, names: Iterable[str]) -> list[str]:
        highest: dict[str, float] = {}
        for group in self.frequencies.groups if self.frequencies else ():
            for name, share in group.alleles:
                highest[name] = max(share, highest.get(name, 0.0))
        return sorted(names, key=lambda name: (-highest.get(name, 0.0), name_key(name)))


def _without_result(call: GeneCall, status: CallStatus, note: Note) -> GeneCall:
    return replace(call, status=status, diplotypes=(), best=0, notes=(*call.notes, note))


def _text(names: list[str]) -> str:
    count, were = (f"{len(names)} alleles", "were") if len(names) != 1 else ("1 allele", "was")
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    shown = f": {', '.join(names[:MOST_NAMED])}{more}" if names else ""
    return (
        f"Only reference alleles were found at the positions tested, but {count} that would change the result "
        f"{were} not tested{shown}."
    )
