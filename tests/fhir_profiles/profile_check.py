"""A small checker of resources against the guide's profiles, as far as `profiles.json` holds them.

It judges cardinalities, fixed values and patterns, slices by value, profile and type, types of choices, reference
targets, and membership in value sets. It knows no invariants and no terminology server.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CORE = "http://hl7.org/fhir/StructureDefinition/"
TABLES = json.loads((Path(__file__).parent / "profiles.json").read_text(encoding="utf-8"))

LOINC = "http://loinc.org"
ANSWER_LISTS = {
    "http://loinc.org/vs/LL4049-4": {"LA26421-0", "LA26422-8", "LA26423-6", "LA26424-4", "LA26425-1"},
    "http://loinc.org/vs/LL1040-6": {"LA14029-5", "LA26806-2"},
}
"""Answers that a report can hold; the lists themselves are LOINC's and can be longer."""

VALUE_SETS: dict[str, dict[str, set[str]]] = {
    **{url: {system: set(codes) for system, codes in systems.items()} for url, systems in TABLES["valueSets"].items()},
    **{url: {LOINC: codes} for url, codes in ANSWER_LISTS.items()},
    "http://hl7.org/fhir/ValueSet/data-absent-reason": {
        "http://terminology.hl7.org/CodeSystem/data-absent-reason": {"unsupported", "not-performed", "unknown"}
    },
}
"""Codes by system; an empty set stands for all codes of the system."""

PLAIN_CODES = {
    "http://hl7.org/fhir/ValueSet/observation-status": {"registered", "preliminary", "final", "amended", "corrected"},
    "http://hl7.org/fhir/ValueSet/diagnostic-report-status": {"registered", "partial", "preliminary", "final"},
    "http://hl7.org/fhir/ValueSet/event-status": {"preparation", "in-progress", "completed"},
    "http://hl7.org/fhir/ValueSet/task-status": {"draft", "requested"},
    "http://hl7.org/fhir/ValueSet/task-intent": {"unknown", "proposal", "plan", "order"},
    "http://hl7.org/fhir/ValueSet/request-priority": {"routine", "urgent", "asap", "stat"},
}

Json = Any
Found = Mapping[str, Json]


@dataclass
class Node:
    """One element of a profile with its children and, where it is sliced, its slices."""

    rule: dict[str, Json] = field(default_factory=lambda: {"min": 0, "max": "*"})
    children: dict[str, Node] = field(default_factory=dict)
    slices: dict[str, Node] = field(default_factory=dict)


def build(elements: list[dict[str, Json]]) -> Node:
    root = Node()
    for element in elements:
        node = root
        for part in element["id"].split(".")[1:]:
            name, _, slice_name = part.partition(":")
            node = node.children.setdefault(name, Node())
            if slice_name:
                node = node.slices.setdefault(slice_name, Node())
        node.rule = element
    return root


PROFILES = {one["url"]: build(one["elements"]) for one in TABLES["profiles"]}


def bundle_issues(bundle: Found) -> list[str]:
    """Check every resource of a bundle against the profiles that it declares."""
    resources = {entry["fullUrl"]: entry["resource"] for entry in bundle["entry"]}
    return [issue for address in resources for issue in resource_issues(address, resources)]


def resource_issues(address: str, resources: Mapping[str, Found]) -> Iterator[str]:
    resource = resources[address]
    for url in resource.get("meta", {}).get("profile", []):
        if url not in PROFILES:
            yield f"{resource['resourceType']}: profile {url} is not known"
            continue
        for issue in Checker(resources).below(PROFILES[url], resource, resource["resourceType"]):
            yield f"{url.rsplit('/', 1)[-1]}: {issue}"


@dataclass
class Checker:
    resources: Mapping[str, Found]

    def below(self, node: Node, value: Json, place: str) -> Iterator[str]:
        """Check what an object holds against the children of its element."""
        for name, child in node.children.items():
            yield from self.element(child, values(value, name), f"{place}.{name}")

    def element(self, node: Node, found: list[tuple[str, Json]], place: str) -> Iterator[str]:
        """Check all values of one element, then those that belong to each of its slices."""
        low, high = node.rule["min"], node.rule["max"]
        if len(found) < low or (high != "*" and len(found) > int(high)):
            yield f"{place}: {len(found)} values, {low}..{high} allowed"
        for kind, value in found:
            yield from self.value(node, kind, value, place)
        for name, part in node.slices.items():
            matching = [one for one in found if self.belongs(node, name, part, one)]
            yield from self.element(part, matching, f"{place}:{name}")

    def value(self, node: Node, kind: str, value: Json, place: str) -> Iterator[str]:
        rule = node.rule
        if "is" in rule and not (value == rule["is"] if rule.get("exact") else fits(value, rule["is"])):
            yield f"{place}: {value} is not {rule['is']}"
        if kind and "types" in rule and kind not in {one[0].upper() + one[1:] for one in rule["types"]}:
            yield f"{place}: type {kind}, not {rule['types']}"
        if "targets" in rule and isinstance(value, dict) and "reference" in value:
            yield from self.target(rule["targets"], value, place)
        if "binding" in rule:
            yield from binding_issues(*rule["binding"], value, place)
        for url in rule.get("profiles", []):
            if url in PROFILES and (rule["id"].rsplit(".", 1)[-1].startswith("extension") or isinstance(value, dict)):
                yield from self.below(PROFILES[url], value, place)
        if isinstance(value, dict):
            yield from self.below(node, value, place)

    def target(self, allowed: list[str], reference: Found, place: str) -> Iterator[str]:
        resource = self.resources.get(reference["reference"])
        if resource is None:
            yield f"{place}: nothing at {reference['reference']}"
        elif not is_one_of(resource, allowed):
            yield f"{place}: refers to {resource['resourceType']} {resource.get('meta')}, not {allowed}"

    def belongs(self, sliced: Node, name: str, part: Node, one: tuple[str, Json]) -> bool:
        return all(self.fits_by(kind, path, name, part, one) for kind, path in sliced.rule.get("by", []))

    def fits_by(self, kind: str, path: str, name: str, part: Node, one: tuple[str, Json]) -> bool:
        type_name, value = one
        if kind == "profile":
            return is_one_of(self.resources.get(value.get("reference", ""), {}), part.rule.get("targets", []))
        if kind == "type":
            return name.endswith(type_name)
        if path == "url" and "profiles" in part.rule:
            return value.get("url") in part.rule["profiles"]
        expected = part.children[path].rule["is"]
        return any(fits(found, expected) for _, found in values(value, path))


def values(value: Found, name: str) -> list[tuple[str, Json]]:
    """Return an element's values as a list, with the type's name where the element is a choice."""
    if not name.endswith("[x]"):
        found = value.get(name, [])
        return [("", one) for one in (found if isinstance(found, list) else [found])]
    stem = name.removesuffix("[x]")
    return [(key.removeprefix(stem), one) for key, one in value.items() if key.startswith(stem) and key != stem]


def fits(value: Json, pattern: Json) -> bool:
    """Tell whether a value holds everything that a pattern names."""
    if isinstance(pattern, dict):
        return isinstance(value, dict) and all(fits(value.get(name), part) for name, part in pattern.items())
    if isinstance(pattern, list):
        return isinstance(value, list) and all(any(fits(one, part) for one in value) for part in pattern)
    return bool(value == pattern)


def is_one_of(resource: Found, allowed: list[str]) -> bool:
    declared = {f"{CORE}{resource.get('resourceType')}", *resource.get("meta", {}).get("profile", [])}
    return bool(declared & set(allowed))


def binding_issues(strength: str, value_set: str, value: Json, place: str) -> Iterator[str]:
    """A required binding needs a code of the set; an extensible one allows text alone."""
    if isinstance(value, str):
        if value not in PLAIN_CODES.get(value_set, {value}):
            yield f"{place}: {value} is not in {value_set}"
        return
    systems = VALUE_SETS.get(value_set)
    if systems is None or not isinstance(value, dict) or "reference" in value:
        return
    codings = value.get("coding", [])
    known = [
        one for one in codings if one["system"] in systems and one["code"] in (systems[one["system"]] or {one["code"]})
    ]
    if not known and (codings or strength == "required"):
        yield f"{place}: {codings} is not in {value_set}"
