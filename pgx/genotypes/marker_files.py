"""Marker files (consumer arrays, laboratory tables) as sources of records, like variant files.

What such a file does not list was not tested, and is absent. Alleles are checked against the bases of the tables:
they are read from the other strand only where they fit no other way, and where both strands are possible they are
no call, unless the rest of the file shows that all of it is on the plus strand.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pgx.domain.call import Note
from pgx.domain.gene import Gene
from pgx.domain.variant import Build
from pgx.errors import InputError
from pgx.genotypes.compression import Progress
from pgx.genotypes.header import Header
from pgx.genotypes.intervals import Wanted
from pgx.genotypes.layers import narrowest
from pgx.genotypes.marker_layout import comments_of, find_layout
from pgx.genotypes.marker_rows import MarkerRow, read_rows, read_text, split_text
from pgx.genotypes.marker_sites import Resolved, Site, Sites, are_bases, lay_out
from pgx.genotypes.records import MISSING, Record, SampleCall, SampleCalls
from pgx.genotypes.report import Tally

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MISPLACED = "marker at another position than the table's"
UNNAMED_INDEL = "insertion or deletion of no known marker"
_NEAR = "not at a defining position"
_BUILD = re.compile(
    r"(?:(?:build|assembly|grch|ncbi|\bb)\D{0,12}?(?=3)|hg(?=18|19|38))(36|37|38|18|19)\b", re.IGNORECASE
)
_BUILDS = {"37": Build.GRCH37, "19": Build.GRCH37, "38": Build.GRCH38}
_PLUS = re.compile(r"(forward|plus|\+|positive)\W{0,8}strand|strand\W{0,8}(forward|plus|\+)", re.IGNORECASE)
_ENOUGH, _ENOUGH_IF_SAID = 30, 3
_CLEARLY = 3
_LOOK = 500


@dataclass(frozen=True, slots=True)
class Marked:
    """One genotype of one sample at one site."""

    sample: str
    site: Site
    resolved: Resolved


@dataclass(frozen=True, slots=True)
class MarkerFile:
    """A marker file whose alleles have been resolved; `build` is the one to give positions in.

    `by_name` is true where rows have marker names only, so that the file is in no build.
    """

    path: Path
    header: Header
    genotypes: tuple[Marked, ...]
    passed_by: int
    refused: tuple[tuple[str, int], ...]
    plus_proven: bool
    by_name: bool
    build: Build = Build.GRCH38
    index: None = field(default=None, init=False)

    @property
    def name(self) -> str:
        return self.path.name

    def in_build(self, build: Build) -> MarkerFile:
        return replace(self, build=build)

    def records(
        self,
        wanted: Wanted,
        columns: NDArray[np.intp] | None = None,
        tally: Tally | None = None,
        progress: Progress | None = None,
    ) -> Iterator[Record]:
        """Yield a record a site for the wanted intervals; further genotypes of a sample there follow as others."""
        found = list(self._wanted(wanted))
        if tally is not None:
            tally.read += self.passed_by + sum(count for _, count in self.refused) + len(found)
            tally.discarded[_NEAR] += self.passed_by
            tally.discarded.update(dict(self.refused))
        for position, site, entries in found:
            yield self._record(position, site, entries, columns)

    def _wanted(self, wanted: Wanted) -> Iterator[tuple[int, Site, dict[str, Resolved]]]:
        for site, entries in self._by_site():
            position, contig = site.variant.position(self.build), site.variant.contig
            if position is not None and contig in wanted and wanted[contig].touches(position, position):
                yield position, site, entries

    def _by_site(self) -> Iterator[tuple[Site, dict[str, Resolved]]]:
        """Group genotypes by site; what a sample has twice goes to a further group."""
        groups: dict[tuple[Site, int], dict[str, Resolved]] = {}
        times: Counter[tuple[Site, str]] = Counter()
        for one in self.genotypes:
            number = times[one.site, one.sample]
            times[one.site, one.sample] += 1
            groups.setdefault((one.site, number), {})[one.sample] = one.resolved
        for (site, _), entries in groups.items():
            yield site, entries

    def _record(
        self, position: int, site: Site, entries: dict[str, Resolved], columns: NDArray[np.intp] | None
    ) -> Record:
        ref = site.variant.reference(self.build)
        bases = (ref, *(base for base in site.bases if base != ref))
        place = f"{self.path}, {site.variant.name}"
        return Record(
            place, site.variant.contig, position, position + len(ref) - 1, ref, bases[1:], True, False,
            lambda _: self._calls(entries, bases, columns),
        )  # fmt: skip

    def _calls(
        self, entries: dict[str, Resolved], bases: Sequence[str], columns: NDArray[np.intp] | None
    ) -> SampleCalls:
        import numpy as np

        samples = self.header.samples
        chosen = samples if columns is None else [samples[column] for column in columns.tolist()]
        numbers: dict[SampleCall, int] = {}
        codes = [numbers.setdefault(_call(entries.get(sample), bases), len(numbers)) for sample in chosen]
        return SampleCalls(tuple(numbers), np.array(codes, dtype=narrowest(len(numbers))))

    def notes(self) -> tuple[Note, ...]:
        """Say what was read another way than it was written."""
        doubts = Counter(one.resolved.doubt for one in self.genotypes if one.resolved.doubt)
        flipped = sum(one.resolved.flipped for one in self.genotypes)
        texts = [f"{count} genotypes: {doubt}" for doubt, count in sorted(doubts.items())]
        if flipped:
            texts.append(f"{flipped} genotypes were read from the other strand")
        told = "; ".join(texts)
        text = f"{self.name} lists markers: what it does not list was not tested{'; ' if told else ''}{told}."
        return (Note("marker-file", text),)


def _call(resolved: Resolved | None, bases: Sequence[str]) -> SampleCall:
    """Return the entry of a sample; one without alleles where the file does not test it."""
    if resolved is None:
        return SampleCall(())
    if resolved.doubt:
        return SampleCall((MISSING, MISSING), doubt=resolved.doubt)
    alleles = tuple(bases.index(allele) if allele else MISSING for allele in resolved.alleles)
    return SampleCall(tuple(sorted(alleles)) or (MISSING, MISSING))


def open_markers(
    path: Path, genes: Sequence[Gene], told: Build | None, known: Sequence[Gene] = ()
) -> MarkerFile | None:
    """Read a marker file; None for what is none. Raises InputError where its build is unknown or contradicted.

    Genotypes are those of `genes`; the markers of `known` ones besides tell the build and the strand.
    """
    text = read_text(path)
    lines = split_text(text) if text is not None else []
    layout = find_layout(lines[:_LOOK])
    if layout is None:
        return None
    telling = lay_out({gene.symbol: gene for gene in (*genes, *known)}.values())
    rows = read_rows(path, lines, layout, _find_near(telling))
    said = comments_of(lines)
    build = _find_build(path, rows.wanted, telling, told, said) if layout.has_positions else None
    proven = _is_plus(_place(rows.wanted, telling, build)[0], said=bool(_PLUS.search(said)))
    placed, refused = _place(rows.wanted, lay_out(genes), build)
    genotypes = tuple(Marked(row.sample, site, site.resolve(row.alleles, plus_proven=proven)) for row, site in placed)
    meta = (f"##reference={build}",) if build else ()
    header = Header(rows.samples, (), meta, 0, is_bcf=False)
    beside = rows.others + refused.pop(_NEAR, 0)
    return MarkerFile(path, header, genotypes, beside, tuple(sorted(refused.items())), proven, build is None)


def starts_like_markers(path: Path) -> bool:
    """True where the first lines are those of a marker file. Raises InputError for what cannot be read."""
    return find_layout(split_text(read_text(path) or "")[:_LOOK]) is not None


def _find_near(sites: Sites) -> Callable[[str, str, str], bool]:
    """Return a quick test of whether a row may be at a defining position of either build."""
    from pgx.genotypes.contigs import contig_of

    names = frozenset(sites.by_name)
    places = {(contig, str(at)) for by_place in sites.by_place.values() for contig, at in by_place}
    positions = {position for _, position in places}

    def near(marker: str, contig: str, position: str) -> bool:
        return marker.lower() in names or (position in positions and (contig_of(contig), position) in places)

    return near


def _find_build(path: Path, rows: Iterable[MarkerRow], sites: Sites, told: Build | None, said: str) -> Build | None:
    """Return the build of the positions: told, in the comments, or that in which known markers lie where they do."""
    named = {number for number in _BUILD.findall(said)}
    if named & {"36", "18"} and not named & _BUILDS.keys():
        raise InputError(f"{path}: is in build 36, which is not read; download it again in build 37 or 38")
    declared = {_BUILDS[number] for number in named if number in _BUILDS}
    votes = Counter(build for row in rows for build in _fitting(row, sites))
    fitted = next((build for build in Build if votes[build] > _CLEARLY * (votes.total() - votes[build])), None)
    build = told or (next(iter(declared)) if len(declared) == 1 else fitted)
    if build and fitted and fitted is not build and votes[fitted] >= _CLEARLY:
        where = "--build says" if told else "the file says it is in"
        raise InputError(
            f"{path}: {where} {build}, but {votes[fitted]} markers lie where {fitted} has them; give --build {fitted}"
        )
    if build is None and any(row.position for row in rows):
        raise InputError(f"{path}: nothing tells the genome build; give --build GRCh37 or --build GRCh38")
    return build


def _fitting(row: MarkerRow, sites: Sites) -> Iterator[Build]:
    """Yield the build in which a known marker has the row's position, if the builds differ there."""
    for site in sites.named(row.marker):
        fits = [build for build in Build if _lies_at(row, site, build)]
        if len(fits) == 1:
            yield fits[0]


def _lies_at(row: MarkerRow, site: Site, build: Build) -> bool:
    """Allow for indels any position from the base before to the end of the stretch in which they can slide."""
    start = site.variant.position(build)
    if start is None or row.position is None or row.contig not in (None, site.variant.contig):
        return False
    return start <= row.position <= start + (0 if site.is_substitution else len(site.variant.window(build)))


_Placed = list[tuple[MarkerRow, Site]]


def _place(rows: Iterable[MarkerRow], sites: Sites, build: Build | None) -> tuple[_Placed, Counter[str]]:
    placed: _Placed = []
    refused: Counter[str] = Counter()
    for row in rows:
        site, reason = _find_site(row, sites, build)
        if site is None:
            refused[reason] += 1
        else:
            placed.append((row, site))
    return placed, refused


def _find_site(row: MarkerRow, sites: Sites, build: Build | None) -> tuple[Site | None, str]:
    """Return the site of a row: by its marker's name, and by position for substitutions under other names."""
    named = sites.named(row.marker)
    if named:
        fits = [site for site in named if build is None or row.position is None or _lies_at(row, site, build)]
        return (fits[0], "") if fits else (None, MISPLACED)
    here = sites.at(build, row.contig, row.position) if build else ()
    if not here:
        return None, _NEAR
    anonymous = not row.marker.strip(".")
    plain = all(len(allele) == 1 and are_bases(allele) for allele in row.alleles if allele)
    fits = [site for site in here if (site.is_substitution if plain else anonymous)]
    return (fits[0], "") if fits else (None, UNNAMED_INDEL if row.alleles else _NEAR)


def _is_plus(placed: _Placed, *, said: bool) -> bool:
    """True where all genotypes that fit one strand only fit the plus strand, and there are enough of them."""
    telling = [
        set(known) <= set(site.bases)
        for row, site in placed
        if site.is_substitution
        and (known := [allele for allele in row.alleles if allele])
        and all(are_bases(allele) for allele in known)
        and site.tells_strand(known)
    ]
    return all(telling) and len(telling) >= (_ENOUGH_IF_SAID if said else _ENOUGH)
