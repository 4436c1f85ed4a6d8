"""Entries of many samples that are judged class by class, against a plain twin that reads every sample by itself."""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import replace
from itertools import pairwise, zip_longest
from pathlib import Path
from random import Random

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from making import META, gene, vcf, write
from test_genotypes_files import convert

from pgx.domain.gene import CallingMode, Deletions
from pgx.genotypes import ReadOptions, open_reading

GENES = {
    "diplotype": gene(),
    "counted copies": gene(deletions=Deletions("*5")),
    "haploid": replace(gene(), calling=CallingMode.HAPLOID),
}
SITES = (
    "9900 A <DEL> END=10060",
    "10000 G A",
    "10000 G T,A",
    "10000 G <NON_REF>,A",
    "10000 G A,<NON_REF>",
    "10200 C A,T",
    "10200 C <NON_REF>,A,T",
    "10250 T <NON_REF> END=10320",
    "10300 GATGA G,*",
    "10400 C CT",
    "10700 A T FILTER=LowQual",
)
KINDS = {
    "GT": (1, "String"), "AD": (".", "Integer"), "DP": (1, "Integer"), "MIN_DP": (1, "Integer"), "GQ": (1, "Integer"),
    "PL": (".", "Integer"), "PS": (1, "Integer"), "FT": (1, "String"), "CN": (1, "Integer"), "GP": (".", "Float"),
    "DS": (".", "Float"), "HDS": (".", "Float"),
}  # fmt: skip
FORMATS = '##FILTER=<ID=bad,Description="x">\n##INFO=<ID=END,Number=1,Type=Integer,Description="x">\n' + "".join(
    f'##FORMAT=<ID={name},Number={number},Type={kind},Description="x">\n' for name, (number, kind) in KINDS.items()
)
OPTIONS = st.fixed_dictionaries({
    "min_dp": st.sampled_from([None, 10, 1200]),
    "min_gq": st.sampled_from([None, 20, 20.5]),
    "min_balance": st.sampled_from([None, 0.1, 0.2, 0.3]),
    "min_certainty": st.sampled_from([0.0, 0.5, 0.9]),
    "require_pass": st.booleans(),
    "copies": st.sampled_from([{}, {"GENE1": 2}, {"GENE1": 3}, {"GENE1": 5}]),
})  # fmt: skip


class Draw:
    """Records of many samples, with any fields, from one seed."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.samples = self.random.choice([8, 9, 15, 40])
        self.same = self.random.random()

    def records(self) -> list[tuple[str, list[str]]]:
        sites = self.random.choices(SITES, k=self.random.randint(1, 5))
        return [self._record(site) for site in sorted(sites, key=lambda site: int(site.split()[0]))]

    def _record(self, site: str) -> tuple[str, list[str]]:
        alts = site.split()[2].count(",") + 1
        others = self.random.sample(list(KINDS)[1:], k=self.random.randint(0, 6))
        keys = ["GT", *others]
        if self.random.random() < 0.1:
            keys = [*others, "GT"]
        return f"{site} {':'.join(keys)}", [self._entry(keys, alts) for _ in range(self.samples)]

    def _entry(self, keys: list[str], alts: int) -> str:
        fields = [self._field(key, alts) for key in keys]
        last = next((n for n in range(len(keys), 0, -1) if self.random.random() < 0.9), 1)
        return ":".join(fields[: max(last, keys.index("GT") + 1)])

    def _field(self, key: str, alts: int) -> str:
        if key == "GT":
            return self._genotype(alts)
        if self.random.random() < 0.1:
            return "."
        if key in ("AD", "PL"):
            return ",".join(str(self.random.choice([0, 1, 2, 5, 8, 20, 300])) for _ in range(self._length(alts + 1)))
        if key in ("GP", "DS", "HDS"):
            return self._probabilities(key, alts)
        texts = {"PS": ["9000", "10000", "123456789"], "FT": ["PASS", "bad"], "CN": ["0", "1", "2", "3", "4"]}
        return self.random.choice(texts.get(key, ["0", "3", "9", "10", "19", "20", "21", "99", "1500"]))

    def _length(self, usual: int) -> int:
        return usual if self.random.random() < 0.9 else self.random.randint(1, 3)

    def _genotype(self, alts: int) -> str:
        if self.random.random() < 0.3 * self.same:
            return self.random.choice(["./.", ".", "0", "1", "./1", "0/.", "0/1/1", ".|.", "0|1|1"])
        first, second = (self.random.randint(0, alts) for _ in "ab")
        return f"{first}{self.random.choice('/|')}{second}"

    def _probabilities(self, key: str, alts: int) -> str:
        if key == "GP":
            count = (alts + 1) * (alts + 2) // 2
            marks = sorted(self.random.choice([0, 5, 10, 50, 90, 100]) for _ in range(count - 1))
            return ",".join(f"{(high - low) / 100:g}" for low, high in pairwise([0, *marks, 100]))
        count = alts if key == "DS" else 2
        return ",".join(self.random.choice(["0", "0.05", "0.5", "0.95", "1", "1.75"]) for _ in range(count))


def read(path, table, options):
    """Return each sample's genotypes in words, and what was counted."""
    reading = open_reading([path], [table], options)
    (found,) = reading.read([table])
    words = [[said(found, row, sample) for row in range(len(found.values))] for sample in range(len(found.samples))]
    copies = list(found.copies) or [None] * len(words)
    return list(zip(words, copies, strict=True)), reading.tally.genotypes, reading.tally.unbalanced


def said(table, row, sample):
    """Return one genotype in words; how undocumented bases are numbered depends on the other samples."""
    one, bases = table.values[row][int(table.codes[row, sample])], table.bases[row]
    alleles = [(bases[index], copies) for index, copies in zip_longest(one.alleles, one.copies)]
    known = one.fraction if min(one.alleles, default=0) < 2 else None
    seen = sorted(bases[index] for index in one.seen)
    return one.state.label, alleles if one.phased else sorted(alleles), one.phased, one.phase_set, seen, known


def text_of(records, samples):
    names = " ".join(f"S{sample}" for sample in samples)
    lines = [f"{head} {' '.join(entries[sample] for sample in samples)}" for head, entries in records]
    return vcf(*lines, samples=names, meta=META + FORMATS)


@pytest.mark.parametrize("kind", ["vcf", "bcf"])
@pytest.mark.parametrize("table", GENES.values(), ids=GENES)
@settings(max_examples=60, deadline=None, phases=(Phase.generate,))
@given(seed=st.integers(0, 1 << 40), options=OPTIONS)
def test_classes_of_entries_change_nothing(kind, table, seed, options):
    draw = Draw(seed)
    records, chosen = draw.records(), ReadOptions(**options)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = write(folder, text_of(records, range(draw.samples)), "all.vcf")
        found, reasons, unbalanced = read(convert(path, "bcf") if kind == "bcf" else path, table, chosen)
        expected, counted, remarked = [], Counter(), 0
        for sample in range(draw.samples):
            one, why, few = read(write(folder, text_of(records, [sample])), table, chosen)
            expected += one
            counted += why
            remarked += few
        assert found == expected
        assert (+reasons, unbalanced) == (+counted, remarked)
        half = tuple(f"S{sample}" for sample in range(draw.samples - 1, 0, -2))
        some, _, _ = read(path, table, replace(chosen, samples=half))
        assert some == expected[::-2][: len(half)]
