"""Files of outside calls -> `OutsideReport`: every call with its names as in the gene tables, every bad line named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from pgx.domain.gene import Gene
from pgx.domain.outside import CallOrigin, OutsideCall, OutsideProblem, OutsideReport
from pgx.errors import InputError
from pgx.outside.contents import Content, open_content
from pgx.outside.entries import BadLine, Entry, Format, find_gene
from pgx.outside.normalise import Normaliser
from pgx.outside.registry import find_format
from pgx.outside.words import BadCall


def read_outside(paths: Sequence[Path], genes: Mapping[str, Gene]) -> OutsideReport:
    """Read files of outside calls, each in the format its content shows.

    A line that cannot be used is a problem of the report and costs that line alone. Genes without a table are
    counted as skipped. Raises `InputError` for a file that is missing, damaged or of no known format.
    """
    reader = _Reader(genes)
    for content in [open_content(Path(path)) for path in paths]:
        reader.read(content, find_format(content))
    return OutsideReport(tuple(reader.calls), tuple(reader.problems), tuple(sorted(reader.skipped.items())))


class _Reader:
    """Collects calls, problems and skipped genes over files."""

    def __init__(self, genes: Mapping[str, Gene]) -> None:
        self.genes = genes
        self.calls: list[OutsideCall] = []
        self.problems: list[OutsideProblem] = []
        self.skipped: Counter[str] = Counter()
        self._normalisers: dict[str, Normaliser] = {}

    def read(self, content: Content, known: Format) -> None:
        """Read one file; one in which no line has the shape of a call is refused."""
        found = list(known.read(content, self.genes))
        bad = [entry for entry in found if isinstance(entry, BadLine)]
        if bad and len(bad) == len(found):
            place = f"{content.path.name} line {bad[0].line}"
            raise InputError(f"{place}: {bad[0].reason}; no line of the file can be used, mend it or leave it out")
        for entry in found:
            if isinstance(entry, BadLine):
                self._refuse(content, entry.line, entry.reason)
            else:
                self._add(content, known, entry)

    def _add(self, content: Content, known: Format, entry: Entry) -> None:
        gene = find_gene(self.genes, entry.gene)
        if gene is None and known.any_gene:
            self.skipped[entry.gene] += 1
        elif gene is None:
            self._refuse(content, entry.line, f"no gene '{entry.gene}' in the rules")
        else:
            try:
                origin = CallOrigin(known.name, content.path.name, entry.line)
                self.calls.append(self._normaliser(gene).normalise(entry, origin))
            except BadCall as error:
                self._refuse(content, entry.line, str(error))

    def _normaliser(self, gene: Gene) -> Normaliser:
        if gene.symbol not in self._normalisers:
            self._normalisers[gene.symbol] = Normaliser(gene)
        return self._normalisers[gene.symbol]

    def _refuse(self, content: Content, line: int, reason: str) -> None:
        self.problems.append(OutsideProblem(content.path.name, line, reason))
