"""Allele names as callers write them -> names of the gene's table.

What the table lacks is kept as it is written: it has no function, and says so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from pgx.domain.call import Note
from pgx.domain.gene import Allele, CallingMode, Gene
from pgx.domain.names import name_key
from pgx.outside.words import BadCall, split_strands, strip_symbol

MAX_COPIES = 13
"""The most copies of one gene on a strand that have been described (Johansson 1993, PNAS 90:11825)."""

Named = tuple[str, tuple[Note, ...]]

ANY_COPIES = "xN"
"""How two or more copies are written where their number is open."""

_SUBALLELE = re.compile(r"(\*[0-9A-Za-z]+)\.\d+")
_COPIES = re.compile(r"(?P<base>\*.+?) ?[x×X] ?(?P<sign>≥|>=|>)? ?(?P<count>\d+|N|n)")
_COUNTED = re.compile(r"(\*[0-9A-Za-z]+?)(?:x(\d+))?")
_BETWEEN_STARS = re.compile(r"\s*\+\s*(?=\*)")
_IN_BRACKETS = re.compile(r"\s+\+\s+|\+(?=\*)")
_SECOND_NAME = re.compile(r"(.+?) \(([^()]+)\)")
_WILD_TYPE = re.compile(r"wild[ -]?type")
_HGVS_KIND = re.compile(r"^[cgmnp]\.(?=\d)")

_SLASH = "\x00"
_BY_POSITION = (CallingMode.SINGLE_VARIANT, CallingMode.LOWEST_FUNCTION)


def components(name: str) -> tuple[str, ...]:
    """Return the alleles of one strand: several for `[a + b]`, else the name alone."""
    return tuple(name[1:-1].split(" + ")) if name.startswith("[") and name.endswith("]") else (name,)


class AlleleNames:
    """The names of one gene's alleles, in all spellings that leave no doubt."""

    def __init__(self, gene: Gene) -> None:
        self.gene = gene
        self._names = _all_names(gene)
        self._tandems = _tandems(gene.alleles)
        self._slashed = [name for name in self._names if "/" in name]

    def split(self, text: str) -> list[str]:
        """Split a diplotype into strands, leaving names that hold a slash themselves whole."""
        for name in self._slashed:
            text = re.sub(re.escape(name), lambda match: match[0].replace("/", _SLASH), text, flags=re.IGNORECASE)
        return [strand.replace(_SLASH, "/") for strand in split_strands(text)]

    def find(self, text: str) -> str | None:
        """Return the table's name for this text; None where it has none."""
        key = text.casefold()
        return self._names.get(key) or self._names.get(_WILD_TYPE.sub("reference", key))

    def strand(self, text: str) -> Named:
        """Return the name of one strand: an allele, a tandem (`*36+*10`), copies (`*1x2`) or `[a + b]`."""
        text = strip_symbol(self.gene.symbol, text)
        known = self.find(text)
        if known is not None:
            return known, self._respelt(text, known)
        if text.startswith("[") and text.endswith("]"):
            return self._combination(_IN_BRACKETS.split(text[1:-1].strip()))
        if text.startswith("*"):
            return self._stars(_BETWEEN_STARS.split(text))
        return text, (self._unknown(text),)

    def order(self, name: str) -> tuple[object, ...]:
        """Sort key of strands: a reference allele without a star, single alleles number by number, combinations."""
        reference = self.gene.reference_allele
        first = reference is not None and name == reference.name and not name.startswith("*")
        parts = components(name)
        return (not first, len(parts), [name_key(part) for part in parts])

    def _combination(self, texts: list[str]) -> Named:
        named = [self.strand(text) for text in texts]
        notes = tuple(note for _, found in named for note in found)
        names = sorted({name for name, _ in named}, key=self.order)
        joined = self.find("+".join(name for name, _ in named)) or self.find("+".join(names))
        if joined is not None or len(names) == 1:
            return joined or names[0], notes
        return f"[{' + '.join(names)}]", notes

    def _stars(self, texts: list[str]) -> Named:
        """Name one or more star alleles in tandem; the order within a tandem does not tell alleles apart."""
        named = [self._copies(text) for text in texts]
        notes = tuple(dict.fromkeys(note for _, found in named for note in found))
        counts = _count(name for name, _ in named)
        if counts is not None and sum(counts.values()) > MAX_COPIES:
            raise BadCall(f"{'+'.join(texts)}: {sum(counts.values())} copies on one strand cannot be")
        if len(named) == 1:
            return self._checked(named[0][0], notes)
        joined = "+".join(name for name, _ in named)
        known = self.find(joined) or (self._tandems.get(frozenset(counts.items())) if counts else None)
        if known is None and counts and len(counts) == 1:
            joined = "".join(f"{base}x{count}" for base, count in counts.items())
        return (known, notes) if known else self._checked(joined, notes)

    def _checked(self, name: str, notes: tuple[Note, ...]) -> Named:
        """Say of tandems and copies that the table has no function for them, even where it has their parts."""
        has_function = self.gene.find_allele(name) is not None or name.endswith(ANY_COPIES)
        if has_function or self._unknown(name) in notes:
            return name, notes
        return name, (*notes, self._unknown(name))

    def _copies(self, text: str) -> Named:
        """Name `*1x2`, `*1 X 3`, `*1x>=3` and `*1xN`; one copy needs no number."""
        known, match = self.find(text), _COPIES.fullmatch(text)
        if known is not None or match is None:
            return (known, ()) if known else self._single(text)
        base, notes = self._single(match["base"])
        if not match["count"].isdigit():
            return f"{base}{ANY_COPIES}", notes
        count = int(match["count"])
        if not 1 <= count <= MAX_COPIES:
            raise BadCall(f"{text}: {count} copies of an allele cannot be")
        if match["sign"]:
            return f"{base}x≥{count + (match['sign'] == '>')}", notes
        return (base if count == 1 else f"{base}x{count}"), notes

    def _single(self, text: str) -> Named:
        """Name one star allele; a suballele that the table lacks is its core allele."""
        known, match = self.find(text), _SUBALLELE.fullmatch(text)
        if known is not None:
            return known, ()
        if match is None:
            return text, (self._unknown(text),)
        cut = Note("outside-suballele", f"{text} is read as {match[1]}.")
        core = self.find(match[1])
        return core or match[1], (cut,) if core else (cut, self._unknown(match[1]))

    def _respelt(self, text: str, name: str) -> tuple[Note, ...]:
        if text.casefold() == name.casefold():
            return ()
        return (Note("outside-spelling", f"{text} is read as {name}."),)

    def _unknown(self, name: str) -> Note:
        text = f"{name} is not in the table of {self.gene.symbol}; it is kept, with no function assigned."
        return Note("outside-unknown-allele", text)


def _all_names(gene: Gene) -> dict[str, str]:
    """Map every spelling, in lower case, to the printed name; second spellings only where they are unique."""
    printed = {allele.name: allele.printed_name for allele in gene.alleles}
    own = {**printed, **{name: name for name in printed.values()}}
    aliases = {other: printed.get(ours, ours) for other, ours in gene.aliases}
    shown = {display: printed.get(ours, ours) for ours, display in gene.display_names}
    found: dict[str, set[str]] = {}
    for spelling, name in _second_names(gene):
        found.setdefault(spelling.casefold(), set()).add(name)
    unique = {spelling: names.pop() for spelling, names in found.items() if len(names) == 1}
    exact = {spelling.casefold(): name for names in (shown, aliases, own) for spelling, name in names.items()}
    return {**unique, **exact}


def _second_names(gene: Gene) -> Iterator[tuple[str, str]]:
    for allele in gene.alleles:
        name = allele.printed_name
        for spelling in (name, *_parts(name)):
            if spelling != name:
                yield spelling, name
            if _HGVS_KIND.match(spelling):
                yield _HGVS_KIND.sub("", spelling), name
        if gene.calling in _BY_POSITION and len(allele.core) == 1 and not allele.defines_all:
            yield allele.core[0][0], name
    reference = gene.reference_allele
    if reference is not None and not reference.name.startswith("*"):
        yield "reference", reference.printed_name


def _parts(name: str) -> tuple[str, ...]:
    """Return both names of `c.1A>G (*2)`; none for names of several variants."""
    match = _SECOND_NAME.fullmatch(name)
    return match.groups() if match and "," not in name else ()


def _tandems(alleles: Iterable[Allele]) -> dict[frozenset[tuple[str, int]], str]:
    """Map the copies of each star allele on a strand to the table's name for it."""
    counted = ((_count(allele.name.split("+")), allele.name) for allele in alleles if allele.name.startswith("*"))
    return {frozenset(counts.items()): name for counts, name in counted if counts}


def _count(names: Iterable[str]) -> Counter[str] | None:
    """Count the copies of each star allele; None where a number is open or a name is none."""
    counts: Counter[str] = Counter()
    for name in names:
        for part in name.split("+"):
            match = _COUNTED.fullmatch(part)
            if match is None:
                return None
            counts[match[1]] += int(match[2] or 1)
    return counts
