"""However an allele is written, it is the same base of the same position."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from making import ALL, META, META37, SHIFT, read, variant, vcf

from pgx.domain.evidence import EvidenceState
from pgx.domain.variant import Build
from pgx.genotypes.edits import GONE, SPANNED, UNTOUCHED, effects_of, fits_reference, trim
from pgx.genotypes.records import Record

CASES = [
    # shifted and padded indels; the reference from 10300 on is GATGAATG, from 10500 CATATATAT
    ("10300 GATGA G 0/1", "deletion", "GATGA/G"),
    ("10301 ATGAA A 0/1", "deletion", "GATGA/G"),
    ("10303 GAATG G 0/1", "deletion", "GATGA/G"),
    ("10300 GATGAATG GATG 0/1", "deletion", "GATGA/G"),
    ("10299 TGATGA TG 0/1", "deletion", "GATGA/G"),
    ("10300 GATGA GA,G 0/2", "deletion", "GATGA/G"),
    ("10300 GATGA GA,G 0/1", "deletion", "GATGA/ATG>-"),
    ("10400 C CT 0/1", "insertion", "C/CT"),
    ("10403 T TT 0/1", "insertion", "C/CT"),
    ("10403 TG TTG 0/1", "insertion", "C/CT"),
    ("10404 G TG 0/1", "insertion", "C/CT"),
    ("10400 CTTT CTTTT 0/1", "insertion", "C/CT"),
    ("10400 C CTT 0/1", "insertion", "C/->TT"),
    ("10500 C CAT 0/1", "repeat", "CAT/CATAT"),
    ("10500 CAT C 1/1", "repeat", "C/C"),
    ("10506 TAT T 0/1", "repeat", "CAT/C"),
    ("10508 T TATAT 0/1", "repeat", "CAT/CATATAT"),
    ("10500 CAT CATAT,C 1/2", "repeat", "C/CATAT"),
    ("10500 C CAT 0|1; 10500 CAT C 1|0", "repeat", "C|CATAT"),
    # substitutions of several bases
    ("10600 TC CT 0/1", "double", "TC/CT"),
    ("10600 T C 0/1", "double", "TC/CC"),
    ("10599 ATC ACT 0/1", "double", "TC/CT"),
    ("10700 AAC TAG 0|1", "neighbour", "A|T"),
    ("10700 AAC TAG 0|1", "next", "C|G"),
    ("10700 AAC TAC 0|1", "next", "absent"),
    ("10700 AAC TAT 0|1", "neighbour", "A|T"),
    ("10700 AAC TAT 0|1", "next", "C|T"),
    # bases under deletions
    ("10300 GATGA G 1/1", "inside", "G/G"),
    ("10300 GATGA G 0/1", "inside", "absent"),
    ("10302 TGA T 0/1", "inside", "no_call (*)"),
    ("10302 TGA T 1/1", "inside", "*/*"),
    ("10300 GATGA G 0/1; 10303 G C,* 1/2", "inside", "G/C"),
    ("10300 GATGA G 0|1; 10303 G C,* 1|2", "inside", "C|G"),
    ("10300 GATGA G 1|0; 10303 G C,* 1|2", "inside", "C|*"),
    ("10303 G C,* 1/2", "inside", "C/*"),
    ("10302 TGA T 0/1; 10303 G C 0/1", "inside", "C/*"),
    ("10302 TGA T 0/1; 10303 G C 0/0", "inside", "G/*"),
    ("9990 TCAGTCAGTCGTCAG T 0/0", "snv", "absent"),
    ("9999 CG C 0/1", "snv", "no_call (*)"),
    ("9999 CGT CA 0/1", "snv", "G/GT>A"),
    ("9900 T <DEL> END=10050 GT 0/1", "snv", "no_call (*)"),
    ("9900 T <DEL> END=10050 GT 1/1", "snv", "*/*"),
    ("9900 T <DUP> END=10050 GT 0/1", "snv", "absent"),
    ("10000 G <NON_REF> GT:DP 0/1:9", "snv", "G/<NON_REF>"),
]


@pytest.mark.parametrize(("records", "name", "expected"), CASES, ids=[f"{case[0]}-{case[1]}" for case in CASES])
def test_notation(tmp_path, records, name, expected):
    assert read(tmp_path, vcf(*records.split("; "))).text(name) == expected


def test_trim_strips_the_right_side_first():
    assert trim(10, "CTTT", "CTT").start == 11


class TestRewriting:
    """Every base of every position, rewritten in every equivalent way, in both builds."""

    @staticmethod
    def reference(build: Build) -> dict[int, str]:
        """A made-up reference around all positions, in which their windows lie."""
        source = random.Random(7)
        offset = SHIFT if build is Build.GRCH37 else 0
        bases = {at: source.choice("ACGT") for at in range(9_900 - offset, 10_900 - offset)}
        for one in ALL:
            window = one.window(build)
            bases |= {one.position(build) + n: base for n, base in enumerate(window)}
            after = one.position(build) + len(window)
            if not one.is_substitution:  # ends the tract
                expected = one.unit[(len(window) - 1) % len(one.unit)]
                bases[after] = next(base for base in "ACGT" if base != expected)
        bases[10_303 - offset] = "G"
        return bases

    @settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.data())
    def test_any_notation_gives_the_same_base(self, tmp_path, data):
        build = data.draw(st.sampled_from(list(Build)))
        one = data.draw(st.sampled_from([v for v in ALL if v.name != "inside"]))
        base = data.draw(st.integers(0, len(one.bases) - 1).filter(lambda n: one.bases[n] != one.reference(build)))
        record = self.rewrite(data, self.reference(build), one, build, one.bases[base])
        meta = META37 if build is Build.GRCH37 else META
        shown = vcf(f"{'10' if build is Build.GRCH37 else 'chr10'} {record} 0/1", meta=meta)
        found = read(tmp_path, shown).genotype(one.name)
        reference = one.bases.index(one.reference(build))
        assert (found.state, found.alleles) == (EvidenceState.CALLED, tuple(sorted((reference, base)))), record

    @staticmethod
    def rewrite(data, reference, one, build, base):
        """Choose any stretch of the reference whose replacement gives the changed sequence, and write it."""
        start, ref = one.position(build), one.reference(build)
        low = start - 12
        before = "".join(reference[at] for at in range(low, start + 40))
        after = before[:12] + base + before[12 + len(ref) :]
        grown = len(after) - len(before)
        spellings = [
            (low + left, before[left:right], after[left : right + grown])
            for left in range(5, 36)
            for right in range(left + 1, 42)
            if right + grown > left and before[:left] + after[left : right + grown] + before[right:] == after
        ]
        return "{} {} {}".format(*data.draw(st.sampled_from(spellings)))


def record(position: int, ref: str, *alts: str) -> Record:
    return Record("x", "chr10", position, position + len(ref) - 1, ref, alts, True, False, lambda: None)


class TestEffects:
    def targets(self, *variants, build=Build.GRCH38):
        from making import gene

        from pgx.genotypes.targets import place_targets

        return place_targets([gene(variants)], build).by_contig["chr10"]

    def test_two_variants_in_one_allele(self):
        pair = variant("a", 100, "G/GT"), variant("b", 103, "C/T")
        assert effects_of(record(100, "GACC", "GTACT"), self.targets(*pair)) == [(1,), (1,)]

    def test_known_deletion_spans_others(self):
        pair = variant("a", 100, "GACT/G", tract=3), variant("b", 102, "C/T")
        assert effects_of(record(100, "GACT", "G"), self.targets(*pair)) == [(1,), (SPANNED,)]

    def test_unknown_deletion_takes_bases_away(self):
        assert effects_of(record(99, "AGAC", "A"), self.targets(variant("a", 100, "G/T"))) == [(GONE,)]

    def test_long_deletion_over_many_positions_is_quick(self):
        many = [variant(str(n), n, "A/T/C") for n in range(100, 400, 2)]
        effects = effects_of(record(50, "A" * 500, "A"), self.targets(*many))
        assert effects == [(GONE,)] * len(many)

    def test_substitution_in_a_tract_leaves_the_indel_alone(self):
        assert effects_of(record(102, "T", "C"), self.targets(variant("a", 100, "C/CT", tract=3))) == [(UNTOUCHED,)]

    def test_reference_is_compared_over_the_whole_window(self):
        target = self.targets(variant("a", 100, "C/CT", tract=3))[0]
        assert fits_reference(record(102, "TT", "T"), target)
        assert not fits_reference(record(102, "TA", "T"), target)
