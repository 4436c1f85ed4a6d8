"""A gene table as values: positions, alleles, functions, and how function becomes phenotype."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum

from pgx.domain.names import NameKey, name_key
from pgx.domain.variant import Build, Variant

UNASSIGNED_FUNCTION = "Unassigned function"
INDETERMINATE = "Indeterminate"
NO_RESULT = "No Result"
HETEROPLASMY_THRESHOLD = 0.6
UNSPECIFIED_SCORE = "n/a"

IUPAC = {
    "R": "AG", "Y": "CT", "S": "CG", "W": "AT", "K": "GT", "M": "AC",
    "B": "CGT", "D": "AGT", "H": "ACT", "V": "ACG", "N": "ACGT",
}  # fmt: skip


_RISK = re.compile(
    r"((possibl[ey]|likely) )?(decreased|no|poor) function|.*deficient.*|.* associated"
    r"|increased risk .*|higher .*|unfavorable .*",
    re.IGNORECASE,
)
_ACTIVITY = re.compile(r"(?P<sign>≥|>=|>)? *(?P<value>\d+(?:\.\d+)?)")
_COPIES = re.compile(r"(?P<allele>.+)x(?P<copies>\d+)")
_PART = re.compile(r"(?P<allele>[^+]+?)(?:x(?P<open>≥)?(?P<copies>\d+))?")

MOST_COPIES = 14
"""Thirteen on one strand (Johansson 1993, PNAS 90:11825) and one on the other are the most that was described."""


class CallingMode(StrEnum):
    """How the genotypes of a gene become a result (design, gene tables)."""

    DIPLOTYPE = "diplotype"
    LOWEST_FUNCTION = "lowest_function"
    SINGLE_VARIANT = "single_variant"
    PRESENCE = "presence"
    HAPLOID = "haploid"


class LookupMethod(StrEnum):
    """Which property of a gene result guidelines are looked up with."""

    PHENOTYPE = "phenotype"
    ACTIVITY_SCORE = "activity_score"
    ALLELE_STATUS = "allele_status"
    GENOTYPE = "genotype"


@dataclass(frozen=True, slots=True)
class ActivityValue:
    """Activity of an allele or score of a diplotype; `at_least` marks open-ended values such as ≥3.0."""

    value: float
    at_least: bool = False

    def __add__(self, other: ActivityValue) -> ActivityValue:
        return ActivityValue(round(self.value + other.value, 4), self.at_least or other.at_least)

    @classmethod
    def parse(cls, text: str) -> ActivityValue:
        """Read `1.5`, `≥3.0`, `>=3` or `>3`; ValueError where it is none of these.

        >>> ActivityValue.parse("≥3.0")
        ActivityValue(value=3.0, at_least=True)
        """
        match = _ACTIVITY.fullmatch(text.strip())
        if match is None:
            raise ValueError(f"not an activity value: '{text}'")
        return cls(round(float(match["value"]), 4), bool(match["sign"]))

    def __str__(self) -> str:
        """CPIC's spelling: one decimal where one is enough.

        >>> str(ActivityValue(1.5)), str(ActivityValue(0.25)), str(ActivityValue(3.0, at_least=True))
        ('1.5', '0.25', '≥3.0')
        """
        text = f"{self.value:.1f}" if round(self.value, 1) == round(self.value, 4) else f"{self.value:.4f}".rstrip("0")
        return f"≥{text}" if self.at_least else text


@dataclass(frozen=True, slots=True)
class Allele:
    """A named allele: the bases it defines, by position name, and what it does.

    `core` maps position names to a base of the variant or an IUPAC code. With `defines_all` the allele also
    defines every other position of the gene, with the reference allele's base there; this counts in the score.
    An allele says nothing about other positions, which are matched as reference.
    """

    name: str
    function: str = UNASSIGNED_FUNCTION
    activity: ActivityValue | None = None
    core: tuple[tuple[str, str], ...] = ()
    defines_all: bool = False
    suballele_of: str | None = None
    structural: bool = False
    """No small variants define it; only an outside caller can name it."""
    tier: int | None = None
    """Tier of the AMP panel recommendation that asks for this allele, where there is one."""
    reason: str = ""
    """Why small variants cannot show it, where that is not a structural change."""

    @property
    def printed_name(self) -> str:
        """The core allele's name for a suballele, else its own."""
        return self.suballele_of or self.name

    @property
    def order(self) -> NameKey:
        return name_key(self.name)

    @property
    def is_risk(self) -> bool:
        """True where the function is below normal, or stands for a risk or a poorer response.

        >>> [Allele("*2", name).is_risk for name in ("No function", "III/Deficient", "Increased function", "IV/Normal")]
        [True, True, False, False]
        """
        return _RISK.fullmatch(self.function) is not None

    @property
    def parts(self) -> tuple[tuple[str, int], ...]:
        """The alleles on a strand and the copies of each, by the name alone; `x≥3` counts as three.

        >>> Allele("*68x2+*4").parts, Allele("*1x≥3").parts
        ((('*68', 2), ('*4', 1)), (('*1', 3),))
        """
        found = (_PART.fullmatch(part) for part in self.name.split("+"))
        return tuple((match["allele"], int(match["copies"] or 1)) for match in found if match)


@dataclass(frozen=True, slots=True)
class PhenotypeRule:
    """One row of a gene's translation: a set of function pairs, a single function, or a score range.

    `first` and `second` are the functions of the two alleles in either order; `second` is empty for genes or
    samples with one copy. A score rule holds for minimum <= score <= maximum.
    """

    phenotype: str
    first: tuple[str, ...] = ()
    second: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    lookup: str | None = None
    """The lookup key where it is not the phenotype (or, for score genes, the score)."""

    def fits_functions(self, one: str, two: str | None) -> bool:
        if two is None:
            return not self.second and one in self.first
        return (one in self.first and two in self.second) or (two in self.first and one in self.second)

    def fits_score(self, score: ActivityValue) -> bool:
        low = float("-inf") if self.minimum is None else self.minimum
        high = float("inf") if self.maximum is None else self.maximum
        if score.at_least:
            return self.maximum is None and score.value >= low
        return low <= score.value <= high and self.scored

    @property
    def scored(self) -> bool:
        return self.minimum is not None or self.maximum is not None


@dataclass(frozen=True, slots=True)
class UnphasedPriority:
    """A curated pick where unphased data leave this set of diplotypes open."""

    among: tuple[str, ...]
    pick: str


@dataclass(frozen=True, slots=True)
class ProxyPosition:
    """A linked position that stands in for a deciding one where that is not seen (HapB3's exonic variant).

    `allele` is found from `decides` alone when `stands_in` lacks its base (it is then named `decides_only`);
    `stands_in` alone gives nothing while `decides` is seen.
    """

    allele: str
    decides: str
    stands_in: str
    decides_only: str


@dataclass(frozen=True, slots=True)
class Fallback:
    """When nothing fits, one position's bases name the alleles used for the lookup."""

    position: str
    alleles: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Deletions:
    """Alleles that are a strand without the gene (`whole`), or without at least one but not all of its exons."""

    whole: str
    part: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a table's facts come from."""

    name: str
    version: str
    url: str
    retrieved: str = ""
    license: str = ""


@dataclass(frozen=True, slots=True)
class Region:
    """A stretch of the reference, 1-based and inclusive."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Gene:
    """One gene table. Positions are 1-based; `contig` is named as in GRCh38 (chr1 … chrX, chrM)."""

    symbol: str
    hgnc: str
    version: str
    contig: str
    calling: CallingMode
    lookup: LookupMethod
    sources: tuple[Source, ...]
    variants: tuple[Variant, ...]
    alleles: tuple[Allele, ...]
    phenotypes: tuple[PhenotypeRule, ...]
    extra: tuple[Variant, ...] = ()
    """Positions that belong to no allele but to a guideline; read and reported."""
    ignored: tuple[Variant, ...] = ()
    required: tuple[str, ...] = ()
    priorities: tuple[UnphasedPriority, ...] = ()
    proxies: tuple[ProxyPosition, ...] = ()
    fallback: Fallback | None = None
    copy_number_required: bool = False
    deletions: Deletions | None = None
    """For genes whose copies are counted: what a lost copy is called."""
    sex_linked: bool = False
    heteroplasmy_threshold: float = HETEROPLASMY_THRESHOLD
    """For haploid genes: share of the reads from which a mixed position counts as changed. A working value: no
    guideline gives one."""
    undocumented_is_reference: bool = False
    function_order: tuple[str, ...] = ()
    """For lowest-function genes: functions from the one that decides first to the last."""
    preferred_alleles: tuple[str, ...] = ()
    """For lowest-function genes: alleles that come first among equals."""
    statuses: tuple[str, ...] = ()
    """For presence genes: the alleles that guidelines ask about."""
    aliases: tuple[tuple[str, str], ...] = ()
    """Other spellings of allele names and the table's own."""
    display_names: tuple[tuple[str, str], ...] = ()
    """Allele names that are printed another way."""
    exons: tuple[tuple[str, tuple[Region, ...]], ...] = ()
    """Exon regions by build name, for counting records that no table explains."""
    assumed_ref37: tuple[str, ...] = ()
    """Positions whose GRCh37 REF has no source of its own and is taken to be that of GRCh38."""
    named_alleles: frozenset[str] = field(default=frozenset())
    """Alleles that some guideline row names in a diplotype; set when the rule set is put together."""

    @property
    def reference_allele(self) -> Allele | None:
        """The allele whose bases all other alleles have where they define nothing."""
        complete = (allele for allele in self.alleles if allele.defines_all)
        return min(complete, key=lambda allele: len(allele.core), default=None)

    def find_allele(self, name: str) -> Allele | None:
        """Return the allele that this name means: its own, an alias, a core allele known by its suballeles only,
        or more copies than the table counts (`*1x7` is `*1x≥3`)."""
        ours = dict(self.aliases).get(name, name)
        found = next((allele for allele in self.alleles if allele.name == ours), None)
        found = found or next((allele for allele in self.alleles if allele.suballele_of == ours), None)
        return found or self._find_many_copies(ours)

    def _find_many_copies(self, name: str) -> Allele | None:
        match = _COPIES.fullmatch(name)
        if match is None:
            return None
        names = [f"{match['allele']}x≥{copies}" for copies in range(int(match["copies"]), 0, -1)]
        return next((allele for wanted in names for allele in self.alleles if allele.name == wanted), None)

    @property
    def counts_copies(self) -> bool:
        """True where a copy number means something: a strand can be without the gene, or have it several times."""
        return self.deletions is not None

    def exon_regions(self, build: Build) -> tuple[Region, ...]:
        return next((regions for name, regions in self.exons if name == build.value), ())

    @property
    def risk_alleles(self) -> tuple[str, ...]:
        """Alleles of reduced function or with a risk; for presence genes, those that guidelines ask about."""
        return self.statuses or tuple(allele.name for allele in self.alleles if allele.is_risk)

    @property
    def positions(self) -> tuple[Variant, ...]:
        """Defining and extra positions, in the order of the genotype table's rows."""
        return self.variants + self.extra
