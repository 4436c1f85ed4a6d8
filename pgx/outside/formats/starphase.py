"""pb-StarPhase: JSON with `gene_details`, a list of equally good diplotypes a gene.

Written from the project's user guide; no real output was at hand. The names with suballeles (`diplotypes`) are
read, since they say more than `simple_diplotypes`; inexact matches are calls that rest on a near match and say so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pgx.domain.call import Note
from pgx.outside.contents import Content
from pgx.outside.entries import BadLine, Entry, Format, Genes, field_text

EXACT = ("diplotypes", "simple_diplotypes")
INEXACT = Note("outside-inexact", "The caller found no exact match; this is its nearest.")


def recognise(content: Content) -> bool:
    data = content.data
    return isinstance(data, dict) and isinstance(data.get("gene_details"), dict)


def read(content: Content, genes: Genes) -> Iterator[Entry | BadLine]:
    assert isinstance(content.data, dict)
    sample = field_text(content.data, "sample_name", "sample") or None
    for gene, details in content.data["gene_details"].items():
        if isinstance(details, dict):
            yield from _entries(gene, details, sample)
        else:
            yield BadLine(0, f"{gene}: not an object with diplotypes")


def _entries(gene: str, details: Mapping[str, object], sample: str | None) -> Iterator[Entry]:
    for key in (*EXACT, "inexact_diplotypes"):
        found = [item for item in _list(details.get(key)) if _text(item)]
        if found and not all("NO_MATCH" in _text(item) for item in found):
            warnings = () if key in EXACT else (INEXACT,)
            yield from (Entry(gene, _text(item), sample=sample, warnings=warnings) for item in found)
            return
    yield Entry(gene, "./.", sample=sample)


def _list(value: object) -> list[Mapping[str, object]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _text(item: Mapping[str, object]) -> str:
    strands = [field_text(item, "hap1"), field_text(item, "hap2")]
    return "/".join(strands) if all(strands) else field_text(item, "diplotype")


FORMAT = Format("pb-StarPhase", recognise, read)
