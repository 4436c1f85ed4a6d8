"""The outside calls of one gene and sample -> `GeneCall`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import product

from pgx.domain.call import AllelePair, CallSource, CallStatus, Consistent, Diplotype, Evidence, GeneCall, Note
from pgx.domain.evidence import EvidenceState
from pgx.domain.gene import Allele, CallingMode, Gene
from pgx.domain.names import NameKey, name_key
from pgx.domain.outside import OutsideCall
from pgx.domain.phenotype import Phenotype
from pgx.outside.allele_names import ANY_COPIES, components
from pgx.outside.phenotype_names import phenotype_of_score

Translate = Callable[[Gene, tuple[Allele, ...]], Phenotype]
Stated = tuple[str | None, str | None]
"""Phenotype and activity score as stated."""

NO_POSITIONS = Evidence(tuple((state.label, 0) for state in EvidenceState))


@dataclass(frozen=True, slots=True)
class _Given:
    """What was stated beside the alleles, and what there is to say about it."""

    phenotype: str | None = None
    score: str | None = None
    notes: tuple[Note, ...] = ()
    doubtful: bool = False


def to_gene_call(gene: Gene, calls: Sequence[OutsideCall], translate: Translate | None = None) -> GeneCall:
    """Put all outside calls of one gene and sample together; several different ones are ambiguous.

    A stated phenotype or score stands over the translated one. With `translate` the two are compared: where they
    agree the alleles alone are kept, as they say more; where they differ the result says so and is never green.
    """
    told = [call for call in calls if not call.no_call]
    diplotypes = tuple(dict.fromkeys(diplotype for call in told for diplotype in call_diplotypes(gene, call)))
    statuses, about_statuses, torn = _settle_statuses(gene, told, diplotypes)
    given = _given(gene, told, diplotypes, translate)
    typed = gene.calling is not CallingMode.PRESENCE or bool(about_statuses)
    known = bool((diplotypes and typed) or statuses or given.phenotype or given.score)
    return GeneCall(
        gene.symbol,
        _status(known, diplotypes),
        NO_POSITIONS,
        CallSource.OUTSIDE,
        diplotypes=diplotypes if known else (),
        best=len(diplotypes) if known else 0,
        consistent=_consistent(() if statuses or not known else diplotypes),
        notes=(*_notes(gene, calls), *about_statuses, *given.notes),
        never_green=given.doubtful or torn,
        given_phenotype=given.phenotype,
        given_score=given.score,
        statuses=statuses,
    )


def _consistent(diplotypes: Sequence[Diplotype]) -> Consistent:
    """The pairs themselves: a caller's result leaves nothing unseen. Settled statuses need no pairs."""
    return Consistent(tuple(sorted({diplotype.lookup_alleles for diplotype in diplotypes})))


def _status(known: bool, diplotypes: Sequence[Diplotype]) -> CallStatus:
    if not known:
        return CallStatus.NOT_CALLED
    return CallStatus.AMBIGUOUS if len(diplotypes) > 1 else CallStatus.CALLED


def alleles_of(gene: Gene, names: AllelePair) -> tuple[Allele, ...]:
    """Return the table's alleles; a name that it lacks has no assigned function."""
    return tuple(gene.find_allele(name) or Allele(name) for name in names)


def call_diplotypes(gene: Gene, call: OutsideCall) -> tuple[Diplotype, ...]:
    """Return the diplotype of a call: several where a number of copies is open, none where a strand is unknown."""
    if not call.alleles or _is_half(gene, call):
        return ()
    strands = tuple(components(name) for name in call.alleles)
    lowest = gene.calling is CallingMode.LOWEST_FUNCTION
    partial = not lowest and any(len(strand) > 1 for strand in strands)
    choices = [(_lowest(gene, strand),) if lowest else _lookup_names(gene, strand) for strand in strands]
    return tuple(Diplotype(call.alleles, strands, lookup, partial=partial) for lookup in product(*choices))


def _is_half(gene: Gene, call: OutsideCall) -> bool:
    """Tell whether one strand is known of a gene that everyone has two of, which decides nothing."""
    one_is_enough = gene.sex_linked or gene.calling in (CallingMode.HAPLOID, CallingMode.PRESENCE)
    return len(call.alleles) == 1 and not one_is_enough


def _lookup_names(gene: Gene, strand: tuple[str, ...]) -> tuple[str, ...]:
    """Return the table's names for a strand: both of `*1x2` and `*1x≥3` for `*1xN`."""
    name = " + ".join(strand)
    if name.endswith(ANY_COPIES):
        stem = name.removesuffix("N")
        return tuple(allele.name for allele in gene.alleles if allele.name.startswith(stem)) or (name,)
    found = gene.find_allele(name)
    return (found.printed_name if found else name,)


def _lowest(gene: Gene, strand: tuple[str, ...]) -> str:
    """Return the allele of a strand that decides; one without a known function decides before any other."""
    return min((allele.printed_name for allele in alleles_of(gene, strand)), key=lambda name: _rank(gene, name))


def _rank(gene: Gene, name: str) -> tuple[int, bool, bool, NameKey]:
    allele = alleles_of(gene, (name,))[0]
    order = gene.function_order
    place = order.index(allele.function) if allele.function in order else -1
    return (place, name not in gene.preferred_alleles, not allele.defines_all, name_key(name))


def _notes(gene: Gene, calls: Iterable[OutsideCall]) -> tuple[Note, ...]:
    found: list[Note] = []
    for call in calls:
        said = call.diplotype or ", ".join(call.statuses) or call.phenotype or call.activity_score or "no call"
        word = "No call" if call.no_call else said
        found.append(Note("outside-call", f"{word} ({call.source.text})."))
        found += call.warnings
        if _is_half(gene, call):
            found.append(Note("outside-one-strand", f"Only one allele is stated, {call.alleles[0]}; it gives no pair."))
        elif gene.calling is CallingMode.PRESENCE and call.alleles and not _is_typed(call):
            found.append(Note("outside-typing", "Not both alleles are typed to two fields; nothing is excluded."))
    return tuple(dict.fromkeys(found))


def _settle_statuses(
    gene: Gene, calls: Sequence[OutsideCall], diplotypes: Sequence[Diplotype]
) -> tuple[tuple[str, ...], tuple[Note, ...], bool]:
    """Return what is settled of a presence gene, and whether statements contradict each other.

    A full pair settles every status; one allele only those it is positive for. Where statements differ and all
    rest on alleles, the diplotypes stay side by side and nothing is settled; else a positive stands.
    """
    if gene.calling is not CallingMode.PRESENCE:
        return (), (), False
    sets = list(dict.fromkeys(statuses for call in calls if (statuses := _call_statuses(gene, call))))
    found = {status for statuses in sets for status in statuses}
    torn = sorted(name for name in {_allele(status) for status in found} if _both(name) <= found)
    if not torn:
        return _in_order(gene, found), (), False
    note = Note("outside-contradiction", f"Outside calls contradict each other on {', '.join(torn)}.")
    if all(call.alleles for call in calls) and len(diplotypes) > 1:
        return (), (note,), False
    return _in_order(gene, found - {f"{name} negative" for name in torn}), (note,), True


def _call_statuses(gene: Gene, call: OutsideCall) -> tuple[str, ...]:
    positive = [f"{status} positive" for status in gene.statuses if status in call.alleles]
    left = gene.statuses if _is_typed(call) else ()
    negative = [f"{status} negative" for status in left if status not in call.alleles]
    return tuple(dict.fromkeys((*positive, *negative, *call.statuses)))


def _is_typed(call: OutsideCall) -> bool:
    return len(call.alleles) == 2 and all(":" in name for name in call.alleles)


def _allele(status: str) -> str:
    return status.rpartition(" ")[0]


def _both(name: str) -> set[str]:
    return {f"{name} positive", f"{name} negative"}


def _in_order(gene: Gene, found: set[str]) -> tuple[str, ...]:
    """Order as in the gene's table; alleles that no guideline asks about come last."""
    known = list(gene.statuses)
    return tuple(sorted(found, key=lambda status: (_place(known, _allele(status)), name_key(status))))


def _place(known: list[str], name: str) -> int:
    return known.index(name) if name in known else len(known)


def _given(
    gene: Gene, calls: Sequence[OutsideCall], diplotypes: Sequence[Diplotype], translate: Translate | None
) -> _Given:
    """Weigh what is stated beside the alleles: one statement that holds for all of them, or a contradiction."""
    stated = list(dict.fromkeys((call.phenotype, call.activity_score) for call in calls))
    said = [pair for pair in stated if any(pair)]
    if not said:
        return _Given()
    if len(said) > 1 or (len(stated) > 1 and len(diplotypes) > 1):
        note = Note("outside-contradiction", f"Outside calls state different things: {_text(said)}.")
        return _Given(notes=(note,), doubtful=True)
    return _compare(gene, said[0], diplotypes, translate)


def _text(said: Iterable[Stated]) -> str:
    return "; ".join(" ".join(text for text in pair if text) for pair in said)


def _compare(gene: Gene, said: Stated, diplotypes: Sequence[Diplotype], translate: Translate | None) -> _Given:
    """Compare the statement with itself and with what the alleles translate to."""
    phenotype, score = said
    notes: list[Note] = []
    if phenotype and score and phenotype_of_score(gene, score) != phenotype:
        text = f"The stated score {score} does not stand for the stated {phenotype}."
        notes.append(Note("outside-contradiction", text))
    if translate is not None and diplotypes:
        readings = [translate(gene, alleles_of(gene, diplotype.lookup_alleles)) for diplotype in diplotypes]
        if not notes and all(_agrees(said, reading) for reading in readings):
            return _Given()
        notes += _differences(said, diplotypes, readings)
    return _Given(phenotype, score, tuple(notes), bool(notes))


def _agrees(said: Stated, reading: Phenotype) -> bool:
    phenotype, score = said
    return phenotype in (None, reading.phenotype) and score in (None, _score(reading))


def _score(reading: Phenotype) -> str | None:
    return None if reading.activity_score is None else str(reading.activity_score)


def _differences(said: Stated, diplotypes: Sequence[Diplotype], readings: Sequence[Phenotype]) -> list[Note]:
    texts = [
        f"{diplotype.name} means {_text([(reading.phenotype, _score(reading))])}"
        for diplotype, reading in zip(diplotypes, readings, strict=True)
        if not _agrees(said, reading)
    ]
    if not texts:
        return []
    return [Note("outside-disagrees", f"Stated: {_text([said])}, which stands; by the table {'; '.join(texts)}.")]
