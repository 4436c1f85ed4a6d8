"""Where units are done: in this process, in several on this machine, or on a Dask cluster."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.connection import wait as wait_for
from typing import TYPE_CHECKING, Protocol

from pgx.cohort.worker import Done, Settings, Worker
from pgx.errors import PgxError

if TYPE_CHECKING:
    from pgx.cohort.plan import Unit
    from pgx.cohort.store import Json


class Engine(Protocol):
    """Does units in any order and yields each with its mark as it is done."""

    def run(self, units: Sequence[Unit]) -> Iterator[Done]: ...


class InProcess:
    """One after the other, in this process."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker

    def run(self, units: Sequence[Unit]) -> Iterator[Done]:
        for unit in units:
            yield unit, self._worker.do(unit)


_worker: Worker | None = None


def _start(settings: Settings) -> None:
    global _worker
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if _worker is None:
        _worker = Worker(settings)


def _end_with_parent() -> None:
    """End this process when the one that started it is gone, killed perhaps; it would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait_for([parent.sentinel])
        os._exit(1)


def _do(unit: Unit) -> Json:
    if _worker is None:
        raise RuntimeError("the process has no worker")
    return _worker.do(unit)


class Processes:
    """Several processes of this machine. Where the system can fork them they find the files already open."""

    def __init__(self, worker: Worker, jobs: int) -> None:
        self._worker, self._jobs = worker, jobs

    def run(self, units: Sequence[Unit]) -> Iterator[Done]:
        """Do the units. Raises PgxError where a process dies, as it does when memory runs out."""
        global _worker
        forks = "fork" in multiprocessing.get_all_start_methods() and os.name == "posix"
        _worker = self._worker if forks else None
        context = multiprocessing.get_context("fork" if forks else "spawn")
        with ProcessPoolExecutor(self._jobs, context, _start, (self._worker.settings,)) as pool:
            waiting: dict[Future[Json], Unit] = {pool.submit(_do, unit): unit for unit in units}
            try:
                yield from _collect(waiting)
            except BrokenProcessPool as error:
                raise PgxError("a process died, perhaps for want of memory; give --resume and fewer --jobs") from error
            finally:
                pool.shutdown(wait=True, cancel_futures=True)


def _collect(waiting: dict[Future[Json], Unit]) -> Iterator[Done]:
    while waiting:
        done, _ = wait(waiting, return_when=FIRST_COMPLETED)
        for future in sorted(done, key=lambda one: waiting[one].name):
            yield waiting.pop(future), future.result()


@contextmanager
def choose_engine(worker: Worker, jobs: int, scheduler: str | None = None) -> Iterator[Engine]:
    """Give the engine for this many processes, or for the Dask scheduler at this address."""
    if scheduler is None:
        yield InProcess(worker) if jobs <= 1 else Processes(worker, jobs)
        return
    from pgx.cohort.dask_engine import dask_cluster

    with dask_cluster(worker.settings, scheduler) as engine:
        yield engine
