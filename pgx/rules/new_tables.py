"""Skeletons of new tables: they can be read as they stand, and say in comments what belongs where."""

from __future__ import annotations

import re
from pathlib import Path

from pgx.errors import UsageError
from pgx.rules.layers import MANIFEST, shipped_rules

GENE = """\
# A gene table. Every key is checked: `pgx rules validate FOLDER` names the line of the first mistake.
gene: {name}
hgnc: HGNC:0                      # number of the gene at genenames.org
version: {date}                # of this table; raise it with every change
sources:                          # where the facts are from
  - {{name: Local validation, version: "1", url: https://example.org/{name}}}
contig: chr1                      # as GRCh38 names it
calling: diplotype                # or lowest_function, single_variant, presence, haploid
lookup: phenotype                 # or activity_score, allele_status, genotype: what guidelines look up
variants:                         # positions that define alleles: 1-based, REF and ALT as in a VCF
  rs0000001: {{grch38: 1000000, grch37: 1000000, ref: C, alt: [T]}}
alleles:                          # an allele names the bases by which it differs from the reference allele
  "*1": {{function: Normal function, defines: all}}
  "*2": {{function: No function, core: {{rs0000001: T}}}}
phenotypes:                       # by the functions of both alleles (or: {{score: [0.25, 1.0], phenotype: …}})
  - {{functions: [Normal function, Normal function], phenotype: Normal Metabolizer}}
  - {{functions: [Normal function, No function], phenotype: Intermediate Metabolizer}}
  - {{functions: [No function, No function], phenotype: Poor Metabolizer}}
"""

DRUG = """\
# A drug table. Every key is checked: `pgx rules validate FOLDER` names the line of the first mistake.
drug: {name}
# rxnorm: "0"                     # RxNorm ingredient code, in quotes
# atc: [A00AA00]
guidelines:
{guideline}
"""

GUIDELINE = """\
  - source: house                 # CPIC, DPWG, FDA label, FDA table, or house for rules of your own
    name: House rule
    url: https://example.org/house-rules
    updated: {date}
    # pmids: [12345678]
    # levels: {{cpic: A, clinpgx: 1A, fda: Actionable PGx, dpwg: essential}}
    recommendations:
      # `when` takes phenotypes, scores ("1.5"), ranges (">=2.25", "0.25..1.0"), diplotypes ("*2/*3"), one allele
      # ("*5 positive"), allele status, any, Indeterminate, No Result; several genes; lists.
      - when: {{{gene}: [Poor Metabolizer]}}
        # population: adult       # leave out where the row is for everybody
        # standard, monitor, caution, test_first, consider_alternative, reduce_dose, increase_dose, alternative,
        # avoid, contraindicated, no_recommendation; with percent, factor, max + unit, of, what, condition, optional
        actions: [{{action: reduce_dose, percent: 50, of: start}}]
        # alternatives: [other drug]
        # strength: Strong
        implication: Say in a sentence what the gene result does to the drug.
        advice: Say in a sentence what to do first."""

OWN_MANIFEST = """\
# Rules of our own. With `over: shipped` the folder needs only the tables that differ from the shipped ones.
version: site-1
date: {date}
over: shipped
"""

_SYMBOL, _NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*"), re.compile(r"[A-Za-z][A-Za-z0-9 /(),.+-]*")
_PLAIN = re.compile(r"[^a-z0-9+.-]+")


def new_gene(folder: Path, name: str, date: str) -> Path:
    """Write the skeleton of a gene table and return its file. Raises UsageError where there is one."""
    _check_name(name, _SYMBOL, "gene")
    return _write(folder, f"genes/{name}.yaml", GENE.format(name=name, date=date), date)


def new_drug(folder: Path, name: str, gene: str, date: str) -> Path:
    """Write the skeleton of a drug table and return its file.

    Of a drug that the shipped rules have, it is their table with a rule of the house at the end. Raises UsageError
    where the folder has one already.
    """
    _check_name(name, _NAME, "drug")
    _check_name(gene, _SYMBOL, "gene")
    file = f"drugs/{_PLAIN.sub('_', name.lower()).strip('_')}.yaml"
    own = GUIDELINE.format(gene=gene, date=date)
    shipped = shipped_rules() / file
    if not shipped.is_file():
        return _write(folder, file, DRUG.format(name=name, guideline=own), date)
    head, labels, tail = shipped.read_text(encoding="utf-8").partition("\nlabels:\n")
    return _write(folder, file, f"{head.rstrip()}\n{own}\n{labels.lstrip()}{tail}", date)


def make_folder(folder: Path, date: str) -> None:
    """Make a folder of own rules with a manifest, where there is none. Raises UsageError for the shipped one."""
    if folder.resolve() == shipped_rules().resolve():
        raise UsageError(f"{folder}: these are the shipped rules; give a folder of your own")
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / MANIFEST).exists():
        (folder / MANIFEST).write_text(OWN_MANIFEST.format(date=date), encoding="utf-8")


def _check_name(name: str, pattern: re.Pattern[str], kind: str) -> None:
    if not pattern.fullmatch(name):
        raise UsageError(f"'{name}' cannot be the name of a {kind}; use letters, digits and hyphens")


def _write(folder: Path, file: str, text: str, date: str) -> Path:
    path = folder / file
    if path.exists():
        raise UsageError(f"{path}: is there already; edit it, or choose another folder")
    make_folder(folder, date)
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path
