"""What `pgx explain` finds: candidates and why they lost, what excludes them, and what would settle the rest."""

from __future__ import annotations

import io
import json
from dataclasses import replace

from rich.console import Console
from test_combinations import BASICS, GENE

from pgx.calling import CallOptions, explain_call
from pgx.domain.evidence import EvidenceState
from pgx.domain.gene import Allele, CallingMode, Gene
from pgx.domain.genotype import Genotype, Pattern
from pgx.reports.explanation import dump_explanation, print_explanation

PLAIN = replace(GENE, alleles=tuple(allele for allele in GENE.alleles if allele.name != "*9"))
"""The gene without the allele that the reference bases fit too."""


def explain(genotypes, gene=PLAIN, **options):
    """Explain genotypes such as `1:0/1 2:1|0`; others are homozygous for REF, `x` is unseen."""
    given = dict(entry.split(":", 1) for entry in genotypes.split())
    read = []
    for n in range(1, len(gene.variants) + 1):
        text = given.get(str(n), "0/0")
        codes = () if text == "x" else tuple(int(code) for code in text.replace("|", "/").split("/"))
        read.append(Genotype(EvidenceState.CALLED if codes else EvidenceState.ABSENT, codes, "|" in text))
    return explain_call(gene, Pattern(tuple(read), tuple(v.bases for v in gene.variants)), "S1", CallOptions(**options))


def reasons(found):
    return {candidate.name: candidate.reason for candidate in found.candidates}


def test_chosen_first_and_runner_up_by_score():
    found = explain("1:0/1 2:0/1")
    assert [(c.name, c.chosen) for c in found.candidates[:2]] == [("*1/*5", True), ("*2/*3", False)]
    assert "score 2 against 14" in reasons(found)["*2/*3"]


def test_phase_settles_what_only_phase_leaves_open():
    question = explain("1:0/1 2:0/1").question
    assert question.subject == "the phase of p1 to p2"
    assert {answer: names for answer, _, names in question.answers} == {
        "first bases together": ("*1/*5",),
        "first bases apart": ("*2/*3",),
    }


def test_what_nothing_tells_is_not_blamed_on_phase():
    found = explain(" ".join(f"{n}:x" for n in range(1, len(PLAIN.variants) + 1)))
    assert found.call.status.value == "no_data"
    assert set(reasons(found).values()) == {"none of the positions that would tell it was read"}


def test_the_first_position_that_excludes_is_named():
    found = explain("1:0/1 4:0/1")
    assert found.call.status.value == "not_called"
    assert reasons(found)["*1/*2"] == "p4 is A/G, it needs A/A"
    row = next(row for row in found.rows if row.name == "p4")
    names = [candidate.name for candidate in found.candidates]
    assert names.index("*1/*2") in row.conflicts
    assert row.needs[names.index("*1/*2")] == "A/A"


def test_phase_can_exclude():
    assert "phase" in reasons(explain("1:0|1 2:0|1"))["*2/*3"]


def test_the_unseen_position_that_splits_best_is_asked_for():
    found = explain("1:0/1 2:0/1 7:x 9:x")
    assert found.call.evidence.missing == ("p7", "p9")
    assert found.question.subject == "the genotype at p7"
    assert found.left_open == 3


def test_nothing_is_asked_where_one_diplotype_is_left():
    found = explain("1:0/1")
    assert (found.left_open, found.question) == (1, None)


def test_combinations_stand_beside_what_excludes_plain_pairs():
    found = explain("1:0/1 4:0/1", combinations=True)
    assert [c.name for c in found.candidates if c.chosen] == ["*1/[*2 + g.4A>G]", "*2/g.4A>G"]


def lowest_function_gene():
    alleles = [Allele("Reference", "Normal function", defines_all=True)]
    functions = ("No function", "Decreased function", "Normal function")
    alleles += [Allele(f"c.{n}", f, core=((f"p{n}", "G"),)) for n, f in enumerate(functions, 1)]
    gene = Gene(*BASICS, GENE.variants[:3], tuple(alleles), ())
    return replace(gene, calling=CallingMode.LOWEST_FUNCTION, function_order=functions)


def test_arrangements_of_a_lowest_function_gene():
    found = explain("1:0|1 2:1|0", lowest_function_gene())
    assert [row.needs for row in found.rows] == [("G/A",), ("A/G",), ("A/A",)]
    assert found.candidates[0].name == "c.1/c.2"


def test_the_gravest_unseen_position_is_asked_for():
    assert explain("1:x 3:x", lowest_function_gene()).question.subject == "the genotype at p1"


def test_printed_and_as_json():
    found = replace(explain("1:0/1 4:0/1"), sample="S[bold]1\x1b[31m")
    stream = io.StringIO()
    print_explanation(found, console=Console(file=stream, width=120, highlight=False))
    assert "TOY of S[bold]1" in stream.getvalue()
    assert "\x1b" not in stream.getvalue()
    assert "p4 is A/G, it needs A/A" in stream.getvalue()
    document = json.loads(dump_explanation(found))
    assert {"sample", "gene", "status", "candidates", "positions", "missing", "question", "open"} <= document.keys()
    assert document["positions"][3]["genotype"] == "A/G"
