"""Cut the guide's profiles down to what the tests check, from the unpacked package `hl7.fhir.uv.genomics-reporting`.

    npm pack hl7.fhir.uv.genomics-reporting@3.0.0 && tar xzf hl7.fhir.uv.genomics-reporting-3.0.0.tgz
    python tests/fhir_profiles/extract_profiles.py package > tests/fhir_profiles/profiles.json

Taken from the snapshots: cardinalities that bind, fixed values and patterns, slices, types, reference targets, and
required or extensible bindings. Invariants are not taken.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

PROFILES = (
    "genomic-report", "genotype", "haplotype", "therapeutic-implication", "medication-recommendation",
    "genomic-study", "genomic-study-analysis",
    "recommended-action", "genomic-report-note", "genomic-study-reference", "genomic-study-analysis-ext",
    "genomic-study-analysis-genome-build", "genomic-study-analysis-title", "genomic-study-analysis-regions",
    "genomic-study-analysis-device", "annotation-code", "coded-annotation",
)  # fmt: skip
VALUE_SETS = ("genetic-therapeutic-implications-vs", "hgnc-vs")
CODE_SYSTEMS = ("tbd-codes-cs", "coded-annotation-types-cs", "pharmgkb-evidence-level-custom-cs")
FEW = 5
"""A choice of more types than this is the base resource's own."""
CORE = "http://hl7.org/fhir/StructureDefinition/"


def read(package: Path, kind: str, name: str) -> dict:
    return json.loads((package / f"{kind}-{name}.json").read_text(encoding="utf-8"))


def element(full: dict) -> dict:
    """Return what binds an instance."""
    kept = {"id": full["id"], "min": full["min"], "max": full["max"]}
    for name, value in full.items():
        if name.startswith(("fixed", "pattern")):
            kept |= {"is": value, "exact": True} if name.startswith("fixed") else {"is": value}
    if "slicing" in full:
        kept["by"] = [[one["type"], one["path"]] for one in full["slicing"].get("discriminator", [])]
    kept |= types(full)
    binding = full.get("binding", {})
    if binding.get("strength") in ("required", "extensible") and "valueSet" in binding:
        kept["binding"] = [binding["strength"], binding["valueSet"].split("|")[0]]
    return kept


def types(full: dict) -> dict:
    found = full.get("type", [])
    kept = {"types": [one["code"] for one in found]} if full["id"].endswith("[x]") and len(found) < FEW else {}
    profiles = [url for one in found for url in one.get("profile", [])]
    targets = [url for one in found for url in one.get("targetProfile", [])]
    kept |= {"profiles": profiles} if profiles else {}
    return kept | ({"targets": targets} if targets and f"{CORE}Resource" not in targets else {})


def binds(one: dict) -> bool:
    """Tell whether an element says more than that it may occur, and is not what every extension has."""
    if one["id"].endswith(".extension.url"):
        return False
    said = one.keys() - {"id", "min", "max"}
    return bool(one["min"] or one["max"] == "0" or ":" in one["id"].rsplit(".", 1)[-1] or said)


def profile(package: Path, name: str) -> dict:
    full = read(package, "StructureDefinition", name)
    every = [element(one) for one in full["snapshot"]["element"]]
    return {"url": full["url"], "type": full["type"], "elements": [one for one in every if binds(one)]}


def main(package: Path) -> None:
    systems = {(full := read(package, "CodeSystem", name))["url"]: [one["code"] for one in full["concept"]]
               for name in CODE_SYSTEMS}  # fmt: skip
    sets = {
        (full := read(package, "ValueSet", name))["url"]: {
            one["system"]: {code["code"]: code["display"] for code in one.get("concept", [])}
            for one in full["compose"]["include"]
        }
        for name in VALUE_SETS
    }
    origin = read(package, "ImplementationGuide", "hl7.fhir.uv.genomics-reporting")
    document = {
        "package": f"{origin['packageId']} {origin['version']}",
        "license": origin["license"],
        "profiles": [profile(package, name) for name in PROFILES],
        "valueSets": sets,
        "codeSystems": systems,
    }
    lines = json.dumps(document, ensure_ascii=False, indent=None)
    sys.stdout.write(lines.replace('{"id"', '\n{"id"').replace('{"url"', '\n{"url"') + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
