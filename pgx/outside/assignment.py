"""Which sample of the run each outside call belongs to."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pgx.domain.outside import OutsideCall, OutsideProblem, OutsideReport


def assign_samples(
    report: OutsideReport, samples: Sequence[str]
) -> tuple[dict[str, tuple[OutsideCall, ...]], tuple[OutsideProblem, ...]]:
    """Give every call to one of the samples; without samples, the calls name them.

    A call of a file that names no sample belongs to the only sample there is, else to the one whose name starts
    the file's name (`NA12878.genotype.json`). Calls of other samples are problems, one a file and sample.
    """
    known = set(samples)
    found: dict[str, list[OutsideCall]] = {}
    lost: dict[tuple[str, str], OutsideProblem] = {}
    for call in report.calls:
        name = call.sample or _sample_of_file(call.source.file, samples)
        if name and (name in known or not samples):
            found.setdefault(name, []).append(call)
        else:
            problem = _problem(call, samples)
            lost.setdefault((problem.file, problem.reason), problem)
    return {name: tuple(calls) for name, calls in found.items()}, tuple(lost.values())


def _sample_of_file(file: str, samples: Sequence[str]) -> str | None:
    if len(samples) == 1:
        return samples[0]
    if not samples:
        return file.split(".")[0]
    fitting = [name for name in samples if re.match(rf"{re.escape(name)}(?![A-Za-z0-9])", file)]
    return max(fitting, key=len, default=None)


def _problem(call: OutsideCall, samples: Sequence[str]) -> OutsideProblem:
    shown = ", ".join(samples[:3]) + (f" (and {len(samples) - 3} more)" if len(samples) > 3 else "")
    named = f"no sample '{call.sample}'" if call.sample else "names no sample, and its own name starts with none"
    return OutsideProblem(call.source.file, call.source.line if call.sample else 0, f"{named}; the run has {shown}")
