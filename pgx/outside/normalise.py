"""One entry of a file, in the caller's words -> `OutsideCall` in the words of the gene's table."""

from __future__ import annotations

from pgx.domain.call import Note
from pgx.domain.gene import INDETERMINATE, CallingMode, Gene
from pgx.domain.outside import CallOrigin, OutsideCall
from pgx.outside.allele_names import AlleleNames, Named
from pgx.outside.entries import Entry
from pgx.outside.phenotype_names import find_phenotype, find_score, is_scored
from pgx.outside.typing_names import find_statuses, normalise_typing
from pgx.outside.words import BadCall, is_no_call

ONE_X = "male"
"""What some callers write in place of a second strand of a gene on X."""


class Normaliser:
    """Normalises the calls of one gene; its names are looked up once for all of them."""

    def __init__(self, gene: Gene) -> None:
        self.gene = gene
        self._names = AlleleNames(gene)
        self._typed = gene.calling is CallingMode.PRESENCE

    def normalise(self, entry: Entry, origin: CallOrigin) -> OutsideCall:
        """Return the call in the table's terms; `BadCall` where it cannot be understood."""
        statuses = self._statuses(entry)
        worded = bool(statuses) and bool(find_statuses(self.gene, entry.diplotype))
        alleles, notes = ((), ()) if worded else self._alleles(entry.diplotype)
        phenotype, about_phenotype = self._phenotype(entry, bool(alleles))
        score, about_score = self._score(entry)
        told = bool(alleles or statuses or phenotype or score)
        if not told and not entry.diplotype:
            raise BadCall(f"nothing that {self.gene.symbol} can be looked up with")
        return OutsideCall(
            entry.sample,
            self.gene.symbol,
            entry.diplotype,
            alleles,
            origin,
            phenotype,
            score,
            statuses,
            not told,
            tuple(dict.fromkeys((*entry.warnings, *notes, *about_phenotype, *about_score))),
        )

    def _statuses(self, entry: Entry) -> tuple[str, ...]:
        if not self._typed:
            return ()
        texts = (entry.diplotype, entry.phenotype)
        return tuple(dict.fromkeys(status for text in texts for status in find_statuses(self.gene, text)))

    def _alleles(self, text: str) -> tuple[tuple[str, ...], tuple[Note, ...]]:
        """Return the strands in order; a strand without a call is left out."""
        if is_no_call(text):
            return (), ()
        parts = self._names.split(text)
        strands = [strand for strand in parts if not self._is_absent(strand)]
        if len(parts) > 2:
            raise BadCall(f"'{text}' names more than two strands")
        named = [self._name(strand) for strand in strands if not is_no_call(strand)]
        names = sorted((name for name, _ in named), key=self._names.order)
        return self._one_copy(text, names), tuple(note for _, notes in named for note in notes)

    def _is_absent(self, strand: str) -> bool:
        return self.gene.sex_linked and strand.casefold() == ONE_X

    def _name(self, strand: str) -> Named:
        return normalise_typing(self.gene, strand) if self._typed else self._names.strand(strand)

    def _one_copy(self, text: str, names: list[str]) -> tuple[str, ...]:
        """Where everyone has one copy, two equal strands are one."""
        if self.gene.calling is not CallingMode.HAPLOID:
            return tuple(names)
        if len(set(names)) > 1:
            raise BadCall(f"'{text}' names two alleles of {self.gene.symbol}, of which there is one copy")
        return tuple(names[:1])

    def _phenotype(self, entry: Entry, has_alleles: bool) -> tuple[str | None, tuple[Note, ...]]:
        """Return the stated phenotype; one that the table lacks is dropped where alleles say more."""
        text = entry.phenotype
        if self._typed or (is_no_call(text) and text.strip().casefold() != INDETERMINATE.casefold()):
            return None, ()
        found = find_phenotype(self.gene, text)
        if found == INDETERMINATE and entry.diplotype and not has_alleles:
            return None, ()
        if found is not None:
            return found, ()
        reason = f"{self.gene.symbol} has no phenotype '{text}'"
        if not has_alleles and not entry.score:
            raise BadCall(reason)
        return None, (Note("outside-phenotype", f"{reason}; it is left out."),)

    def _score(self, entry: Entry) -> tuple[str | None, tuple[Note, ...]]:
        score = find_score(entry.score)
        if score is None or is_scored(self.gene):
            return score, ()
        if not entry.diplotype and not entry.phenotype:
            raise BadCall(f"{self.gene.symbol} has no activity scores")
        return None, (Note("outside-score", f"{self.gene.symbol} has no activity scores; {score} is left out."),)
