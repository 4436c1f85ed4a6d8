"""Results made by hand that hold every kind of gene result and advice line, for the tests of all report formats."""

from __future__ import annotations

from dataclasses import replace

from pgx.domain.call import CallSource, CallStatus, Diplotype, Evidence, GeneCall, Note
from pgx.domain.drug import Action, ActionKind, AdviceRow, Guideline, Requirement, Severity, SourceText
from pgx.domain.gene import ActivityValue
from pgx.domain.phenotype import Phenotype
from pgx.domain.results import (
    AdviceLine,
    Agreement,
    Disagreement,
    GeneResult,
    InputFile,
    InputReport,
    NotAssessed,
    Reading,
    Restriction,
    Results,
    RuleSetInfo,
    SampleResult,
    UnseenReading,
)

HOSTILE_NAMES = (
    "<script>alert(1)</script>",
    "=cmd|'/c calc'!A0",
    "../../x",
    "\x1b[31mred\x07",
    "[bold]a[/bold]|b*_`c`",
)


def diplotype(*alleles: str, score: int = 10, listed: bool = False, lookup: tuple[str, ...] = ()) -> Diplotype:
    return Diplotype(alleles, tuple((allele,) for allele in alleles), lookup or alleles, score, listed)


def evidence(called: int, **states: int) -> Evidence:
    missing = tuple(f"rs{number}" for number in range(1, states.get("absent", 0) + 1))
    return Evidence(
        (("called", called), *states.items()), missing, not_called=tuple((name, "absent") for name in missing)
    )


def gene_result(
    gene: str,
    status: CallStatus,
    diplotypes: tuple[Diplotype, ...],
    phenotypes: tuple[Phenotype, ...],
    seen: Evidence,
    **call: object,
) -> GeneResult:
    best = tuple(
        Reading(gene, phenotype.lookup, one.lookup_alleles, phenotype.phenotype)
        for one, phenotype in zip(diplotypes, phenotypes, strict=False)
    )
    made = GeneCall(gene, status, seen, diplotypes=diplotypes, best=len(best), **call)  # type: ignore[arg-type]
    return GeneResult(made, phenotypes, best, (), ())


def metabolizer(text: str, *functions: str) -> Phenotype:
    return Phenotype(functions, None, text, (text,))


def cyp2c19() -> GeneResult:
    return gene_result(
        "CYP2C19",
        CallStatus.CALLED,
        (diplotype("*2", "*2", score=38),),
        (metabolizer("Poor Metabolizer", "No function", "No function"),),
        evidence(35),
    )


def tpmt() -> GeneResult:
    pairs = (diplotype("*1", "*3A"), diplotype("*3B", "*3C"))
    phenotypes = (
        metabolizer("Intermediate Metabolizer", "Normal function", "No function"),
        metabolizer("Poor Metabolizer", "No function", "No function"),
    )
    return gene_result("TPMT", CallStatus.AMBIGUOUS, pairs, phenotypes, evidence(43))


def dpyd() -> GeneResult:
    found = ("c.1129-5923C>G, c.1236G>A (HapB3)", "c.85T>C (*9A)")
    pair = diplotype(*found, listed=True, lookup=(found[0], "Reference"))
    phenotype = Phenotype(
        ("Decreased function", "Normal function"), ActivityValue(1.5), "Intermediate Metabolizer", ("1.5",)
    )
    note = Note("hapb3-exonic-only", "HapB3 was found by its exonic variant alone.")
    return gene_result(
        "DPYD", CallStatus.CALLED, (pair,), (phenotype,), evidence(80, absent=2, filtered=1), notes=(note,)
    )


def slco1b1() -> GeneResult:
    seen = evidence(20, absent=9)
    seen = replace(seen, not_excluded=("*5", "*15"), undocumented=("rs4149056:C>G",))
    made = gene_result(
        "SLCO1B1",
        CallStatus.CALLED,
        (diplotype("*1", "*1"),),
        (metabolizer("Normal Function", "Normal function", "Normal function"),),
        seen,
    )
    worse = Reading("SLCO1B1", ("Poor Function",), ("*5", "*5"), "Poor Function")
    return replace(made, unseen=(UnseenReading(worse, ("*5", "*15")),))


def cyp2d6() -> GeneResult:
    candidates = (diplotype("*1", "*4"), diplotype("*4", "*74"))
    made = gene_result("CYP2D6", CallStatus.UNTESTABLE, candidates, (), evidence(120, absent=10))
    return replace(made, best=(Reading("CYP2D6", ("No Result",)),))


def cyp2c9() -> GeneResult:
    phenotype = Phenotype(("Increased function",) * 2, ActivityValue(3.0, at_least=True), "Ultrarapid", ("≥3.0",))
    other = diplotype("*1", "*3")
    pair = diplotype("*1x3", "*2")
    return gene_result(
        "CYP2C9", CallStatus.CALLED, (pair,), (phenotype,), evidence(5), source=CallSource.BOTH, alternatives=(other,)
    )


def hla_b() -> GeneResult:
    made = gene_result("HLA-B", CallStatus.NO_DATA, (), (), Evidence(()))
    return replace(made, best=(Reading("HLA-B", ("No Result",)),))


def genes() -> dict[str, GeneResult]:
    made = (cyp2c19(), cyp2c9(), cyp2d6(), dpyd(), hla_b(), slco1b1(), tpmt())
    return {result.gene: result for result in made}


def guideline(source: str, name: str, **more: object) -> Guideline:
    levels = (("cpic", "A"), ("clinpgx", "1A"), ("fda", "Actionable PGx")) if source == "CPIC" else ()
    given = {"pmids": (35034351,), "levels": levels, **more}
    return Guideline(source, name, f"https://example.org/{source.lower()}", "2022-01-16", (), **given)  # type: ignore[arg-type]


def row(*actions: Action, advice: str, population: str = "", strength: str = "Strong", **more: object) -> AdviceRow:
    when = (Requirement("CYP2C19", ("Poor Metabolizer",)),)
    return AdviceRow(when, actions, advice, "Because of that.", population, strength, **more)  # type: ignore[arg-type]


def act(kind: ActionKind, **parameters: object) -> Action:
    return Action(kind, tuple(parameters.items()))  # type: ignore[arg-type]


def line(
    drug: str,
    source: str,
    made: AdviceRow | None,
    *readings: Reading,
    agreement: Agreement = Agreement.SAME,
    severity: Severity | None = None,
    **more: object,
) -> AdviceLine:
    worst = severity if severity is not None else (made.severity if made else Severity.GREY)
    name = f"{'/'.join(reading.gene for reading in readings)} and {drug}"
    return AdviceLine(drug, guideline(source, name), made, readings, worst, agreement, **more)  # type: ignore[arg-type]


POOR = Reading("CYP2C19", ("Poor Metabolizer",), ("*2", "*2"), "Poor Metabolizer")
NO_CYP2D6 = Reading("CYP2D6", ("No Result",))
TPMT_INTERMEDIATE = Reading("TPMT", ("Intermediate Metabolizer",), ("*1", "*3A"), "Intermediate Metabolizer")
TPMT_POOR = Reading("TPMT", ("Poor Metabolizer",), ("*3B", "*3C"), "Poor Metabolizer")
DPYD = Reading("DPYD", ("1.5",), ("HapB3", "Reference"), "Intermediate Metabolizer")
SLCO1B1 = Reading("SLCO1B1", ("Normal Function",), ("*1", "*1"), "Normal Function")


def advice() -> tuple[AdviceLine, ...]:
    avoid, other = act(ActionKind.AVOID), act(ActionKind.CONSIDER_ALTERNATIVE)
    half = act(ActionKind.REDUCE_DOSE, percent=50.0, of="start", condition="if it cannot be avoided")
    tenth = act(ActionKind.REDUCE_DOSE, factor=0.1, schedule="three times weekly instead of daily")
    quarter = act(ActionKind.REDUCE_DOSE, percent_min=30, percent_max=80, of="start")
    check = act(ActionKind.MONITOR, what=("INR", "blood count"))
    standard = act(ActionKind.STANDARD)
    instead = ("prasugrel", "ticagrelor")
    return (
        line("clopidogrel", "CPIC", row(avoid, advice="Avoid clopidogrel; give another antiplatelet drug.",
             population="ACS or PCI", alternatives=instead, flags=("alternate",)), POOR),
        line("clopidogrel", "CPIC", row(other, advice="Consider another antiplatelet drug.",
             population="other cardiovascular use", strength="Optional"), POOR),
        line("clopidogrel", "DPWG", row(avoid, advice="Avoid clopidogrel after a stent or stroke.",
             population="PCI, stroke or TIA", strength="", alternatives=instead), POOR),
        line("clopidogrel", "FDA table", row(other, advice="Consider another platelet inhibitor.", strength=""), POOR),
        line("azathioprine", "CPIC", row(tenth, advice="Give a tenth of the dose, three times a week."), TPMT_POOR,
             agreement=Agreement.DIFFERS),
        line("azathioprine", "CPIC", row(quarter, check, advice="Start at 30 to 80 per cent."), TPMT_INTERMEDIATE,
             agreement=Agreement.DIFFERS),
        line("amitriptyline", "CPIC", row(avoid, half, advice="Avoid, or halve the dose."), POOR, NO_CYP2D6,
             notes=(Note("no-result", "Only CYP2C19 was assessed."),)),
        line("amitriptyline", "DPWG", None, POOR),
        line("capecitabine", "CPIC", row(half, advice="Halve the starting dose."), DPYD),
        line("citalopram", "CPIC", row(standard, check, advice="Give the standard dose and watch."), POOR),
        line("simvastatin", "CPIC", row(standard, advice="Give the standard dose."), SLCO1B1,
             agreement=Agreement.UNSEEN, severity=Severity.GREY, depends_on=("*5", "*15"), missed_share=0.18),
        line("simvastatin", "DPWG", row(standard, advice="No change."), SLCO1B1),
        line("sertraline", "DPWG", row(standard, advice="No change."), POOR),
        line("pravastatin", "FDA table", None, SLCO1B1),
    )  # fmt: skip


WORDING = "Reduce *by half* <b>at first</b>."


def with_wording(made: Results, drug: str = "capecitabine") -> Results:
    """Attach a guideline's own wording to the rows of one drug, in every sample."""

    def attach(line: AdviceLine) -> AdviceLine:
        if line.drug != drug or line.row is None:
            return line
        return replace(line, row=replace(line.row, texts=(SourceText(WORDING),)))

    samples = (replace(one, advice=tuple(map(attach, one.advice))) for one in made.samples)
    return replace(made, samples=tuple(samples))


def sample(name: str = "NA18526") -> SampleResult:
    return SampleResult(
        name,
        genes(),
        tuple(sorted(advice(), key=lambda one: -one.severity)),
        (
            NotAssessed("codeine", ("CYP2D6",), "CYP2D6 cannot be called from this kind of data."),
            NotAssessed("abacavir", ("HLA-B",), "HLA-B was not typed."),
        ),
        (Disagreement("clopidogrel", (("CPIC", "avoid"), ("FDA table", "consider alternative"))),),
        (Note("sex-unknown", "Sex is not known; one copy of X was not assumed."),),
    )


def results(*names: str, **more: object) -> Results:
    first = sample()
    report = InputReport(
        (InputFile("x.vcf.gz", "ab" * 32),),
        "GRCh38",
        1000,
        400,
        (("outside", 600),),
        3,
        (("depth 0", 7),),
        (("DPYD", 1),),
        (("assume_reference", "all"),),
    )
    given = {"restriction": Restriction(), "warnings": (), **more}
    return Results(
        "0.1.0",
        RuleSetInfo("2026.11.0", "cd" * 32, "2026-11-01"),
        report,
        tuple(replace(first, sample=name) for name in names or ("NA18526",)),
        **given,  # type: ignore[arg-type]
    )
