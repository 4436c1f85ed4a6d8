"""The shape of the code: who may import whom, and what may not be named in code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "pgx"
STEPS = {
    "assay",
    "calling",
    "cohort",
    "genotypes",
    "guidance",
    "outside",
    "phenotypes",
    "reports",
    "rules",
    "simulation",
}
ALLOWED = {
    "domain": {"errors"},
    **{step: {"domain", "errors", step} for step in STEPS},
    "cohort": {"cohort", "domain", "errors", "pipeline", "reports", "selection"},
}
OWNERS = {"typer": {"cli"}, "cyvcf2": {"genotypes"}, "pysam": {"genotypes", "simulation"}}


def modules() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def test_steps_import_domain_and_errors_only():
    wrong = [
        f"{path.relative_to(PACKAGE)} imports {name}"
        for path, tree in modules()
        if room(path) in ALLOWED
        for name in imported(tree)
        if name.startswith("pgx.") and name.split(".")[1] not in ALLOWED[room(path)] | {room(path)}
    ]
    assert not wrong


@pytest.mark.parametrize("library", sorted(OWNERS))
def test_libraries_stay_in_their_room(library):
    users = {room(path) for path, tree in modules() for name in imported(tree) if name.split(".")[0] == library}
    assert users <= OWNERS[library]


def names_in_rules() -> set[str]:
    rules = PACKAGE.parent / "rules"
    genes = {path.stem for path in (rules / "genes").glob("*.yaml")}
    drugs = {path.stem for path in (rules / "drugs").glob("*.yaml")}
    assert genes
    assert drugs
    return genes | {name for name in drugs if len(name) > 5}


def strings_in(tree: ast.Module) -> Iterator[tuple[int, str]]:
    documents = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documents:
            yield node.lineno, node.value


def test_no_gene_or_drug_is_named_in_code():
    pattern = re.compile(r"(?<![\w-])(" + "|".join(map(re.escape, sorted(names_in_rules()))) + r")(?![\w-])")
    wrong = [
        f"{path.relative_to(PACKAGE)}:{line}: {text[:60]!r}"
        for path, tree in modules()
        for line, text in strings_in(tree)
        if pattern.search(text)
    ]
    assert not wrong
