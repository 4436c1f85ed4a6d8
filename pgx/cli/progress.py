"""A progress bar while files are read, on a terminal only."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic


@contextmanager
def reading_progress(*, quiet: bool) -> Iterator[Callable[[int, int | None], None] | None]:
    """Yield a function that takes what is done and, where known, how much there is; None off a terminal."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("reading"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading", total=None)

        def advance(done: int, total: int | None) -> None:
            bar.update(task, completed=done, total=total)

        yield advance


SECONDS_BETWEEN_LINES = 10.0


@contextmanager
def batch_progress(*, quiet: bool) -> Iterator[Callable[[str, int, int, int], None] | None]:
    """Yield a function that is told of each unit done: a bar on a terminal, else a line every some seconds."""
    if quiet:
        yield None
    elif sys.stderr.isatty():
        yield from _batch_bar()
    else:
        yield _batch_lines()


def _batch_bar() -> Iterator[Callable[[str, int, int, int], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.fields[what]}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("units", total=None, what="planning")
        began = monotonic()

        def told(what: str, done: int, total: int, called: int) -> None:
            rate = called / max(monotonic() - began, 1e-9)
            bar.update(task, completed=done, total=total, what=f"{what}, {rate:,.0f} results/s")

        yield told


def _batch_lines() -> Callable[[str, int, int, int], None]:
    began = last = monotonic()

    def told(what: str, done: int, total: int, called: int) -> None:
        nonlocal last
        now = monotonic()
        if now - last < SECONDS_BETWEEN_LINES:
            return
        last = now
        left = (now - began) / done * (total - done)
        print(f"{what} done, {done} of {total}; {called:,} results, {left:,.0f} s left", file=sys.stderr)

    return told
