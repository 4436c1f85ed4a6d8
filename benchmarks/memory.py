"""Peak memory of a command and all processes it starts.

The sum of the proportional set sizes (PSS) of the process tree, sampled: memory that forked processes share counts
once. Where the system does not tell (`/proc/PID/smaps_rollup` is Linux), the peak of the largest process stands in.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from pathlib import Path

INTERVAL = 0.05
"""Seconds between samples."""


class PeakMemory:
    """Samples a process tree in a thread of its own; `megabytes` is the largest sum seen."""

    def __init__(self, pid: int) -> None:
        self.megabytes = 0.0
        self._pid = pid
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> PeakMemory:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(INTERVAL):
            self.megabytes = max(self.megabytes, sum(map(_pss, _tree(self._pid))))


def _tree(pid: int) -> list[int]:
    """Return a process and all below it."""
    found = [pid]
    for one in found:
        for task in Path(f"/proc/{one}/task").glob("*/children"):
            with suppress(OSError):
                found += map(int, task.read_text().split())
    return found


def _pss(pid: int) -> float:
    """Return a process's share of memory in MB; 0 where it is gone."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0
