"""A gene call with everything guidelines can be looked up with: what it says, and what it leaves open."""

from __future__ import annotations

from collections.abc import Iterable

from pgx.domain.call import AllelePair, Diplotype, GeneCall
from pgx.domain.gene import NO_RESULT, ActivityValue, Allele, CallingMode, Gene
from pgx.domain.interpretation import Interpretation, Representatives
from pgx.domain.phenotype import Phenotype
from pgx.domain.results import GeneResult, Reading, UnseenReading
from pgx.phenotypes.translation import lookups_of_phenotype, phenotype_of_score, translate

_MOST_REMEMBERED = 100_000


class Interpreter:
    """Translates the calls of one gene; every pair of alleles is translated once."""

    def __init__(self, gene: Gene) -> None:
        self.gene = gene
        self._phenotypes: dict[AllelePair, Phenotype] = {}
        self._readings: dict[AllelePair, Reading] = {}
        self._interpreted: dict[tuple[object, ...], Interpretation] = {}
        self._possible: tuple[UnseenReading, ...] | None = None

    def interpret(self, call: GeneCall) -> GeneResult:
        """Return the call with phenotypes and the readings of all diplotypes that the data allow."""
        return self.read(call).result_of(call, call.consistent.unseen_alleles)

    def read(self, call: GeneCall) -> Interpretation:
        """Return all that does not hang on the names of the alleles that unseen positions leave open.

        Calls of different patterns share their diplotypes as the same objects; so do then their readings.
        """
        consistent = call.consistent
        parts = (call.status, call.best, call.given_phenotype, call.given_score, call.statuses)
        key = (id(call.diplotypes), id(consistent.seen), id(consistent.unseen), *parts)
        known = self._interpreted.get(key)
        if known is None:
            if len(self._interpreted) > _MOST_REMEMBERED:
                self._interpreted.clear()
            known = self._interpreted[key] = self._interpret(call)
        return known

    def _interpret(self, call: GeneCall) -> Interpretation:
        phenotypes = tuple(self.phenotype(diplotype.lookup_alleles) for diplotype in call.diplotypes)
        if not call.gives_advice:
            return Interpretation(call, phenotypes, (self._no_result(),), (), possible=self.possible())
        best = self._best(call)
        seen = _without(map(self.reading, call.consistent.seen), best)
        return Interpretation(call, phenotypes, best, seen, self._unseen(call, (*best, *seen)))

    def phenotype(self, alleles: AllelePair) -> Phenotype:
        """Translate a pair by allele names; names that the table lacks have no assigned function."""
        known = self._phenotypes.get(alleles)
        if known is None:
            members = tuple(self.gene.find_allele(name) or Allele(name) for name in alleles)
            known = self._phenotypes[alleles] = translate(self.gene, members)
        return known

    def reading(self, alleles: AllelePair) -> Reading:
        """Return what guidelines see of a pair: names are kept only where some guideline asks for them."""
        known = self._readings.get(alleles)
        if known is None:
            phenotype = self.phenotype(alleles)
            named = self.gene.named_alleles
            kept = tuple(sorted(self._named(name) for name in alleles)) if named else ()
            known = Reading(self.gene.symbol, phenotype.lookup, kept if any(kept) else (), phenotype.phenotype)
            self._readings[alleles] = known
        return known

    def possible(self) -> tuple[UnseenReading, ...]:
        """Return every reading the gene can have, for genes without a result."""
        if self._possible is None:
            self._possible = tuple(UnseenReading(reading, ()) for reading in self._every_reading())
        return self._possible

    def _every_reading(self) -> Iterable[Reading]:
        if self.gene.calling is CallingMode.PRESENCE:
            states = (f"{status} {state}" for status in self.gene.statuses for state in ("positive", "negative"))
            return [Reading(self.gene.symbol, (state,)) for state in states]
        names = self._class_names()
        single = [(name,) for name in names] if self.gene.sex_linked else []
        if self.gene.calling is CallingMode.HAPLOID:
            return dict.fromkeys(self.reading((name,)) for name in names)
        pairs = [(one, other) for number, one in enumerate(names) for other in names[number:]]
        return dict.fromkeys(self.reading(pair) for pair in (*single, *pairs))

    def _class_names(self) -> list[str]:
        """One allele for each function, activity value and name that guidelines can tell apart."""
        first: dict[object, str] = {}
        for allele in self.gene.alleles:
            first.setdefault((allele.function, allele.activity, self._named(allele.printed_name)), allele.name)
        return list(first.values())

    def _named(self, name: str) -> str:
        allele = self.gene.find_allele(name)
        printed = allele.printed_name if allele else name
        return printed if printed in self.gene.named_alleles else ""

    def _no_result(self) -> Reading:
        return Reading(self.gene.symbol, (NO_RESULT,))

    def _best(self, call: GeneCall) -> tuple[Reading, ...]:
        if call.given_score is not None or call.given_phenotype is not None:
            return self._given(call)
        if call.statuses:
            return (Reading(self.gene.symbol, call.statuses),)
        chosen: tuple[Diplotype, ...] = call.diplotypes[: call.best]
        return tuple(dict.fromkeys(self.reading(diplotype.lookup_alleles) for diplotype in chosen))

    def _given(self, call: GeneCall) -> tuple[Reading, ...]:
        """Readings of a phenotype or score that an outside caller states: one for each key it can have."""
        phenotype, symbol = call.given_phenotype, self.gene.symbol
        if call.given_score is not None:
            value = ActivityValue(float(call.given_score.lstrip("≥>=")), call.given_score[0] in "≥>")
            return (Reading(symbol, (str(value),), (), phenotype or phenotype_of_score(self.gene, value)),)
        keys = lookups_of_phenotype(self.gene, phenotype or "")
        return tuple(Reading(symbol, (key,), (), phenotype) for key in keys) or (Reading(symbol, (), (), phenotype),)

    def _unseen(self, call: GeneCall, known: tuple[Reading, ...]) -> Representatives:
        """Group the pairs that need unseen alleles by reading, with the alleles that stand for those behind each."""
        found: dict[Reading, dict[str, None]] = {}
        for pair in call.consistent.unseen:
            reading = self.reading(pair)
            if reading not in known:
                found.setdefault(reading, {}).update(dict.fromkeys(pair))
        return tuple((reading, tuple(pairs)) for reading, pairs in found.items())


def _without(readings: Iterable[Reading], known: tuple[Reading, ...]) -> tuple[Reading, ...]:
    return tuple(reading for reading in dict.fromkeys(readings) if reading not in known)
