"""Units on an existing Dask cluster: the same units as on one machine, on workers that share its file system.

Needs `pip install 'pgx[dask]'`. A unit lost with its worker is done again elsewhere; since files get their names when
they are whole and a finished unit is marked, doing a unit twice changes nothing.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from pgx.cohort.worker import Done, Settings, Worker
from pgx.errors import PgxError, UsageError

if TYPE_CHECKING:
    from pgx.cohort.plan import Unit
    from pgx.cohort.store import Json

RETRIES = 3
_workers: dict[str, Worker] = {}
_one_at_a_time = threading.Lock()


def keep_settings(settings: Settings) -> Settings:
    """Hand the settings over as the result of a task, which the cluster can make again if its worker is lost."""
    return settings


def do_unit(settings: Settings, run: str, unit: Unit) -> Json:
    """Do a unit on a cluster's worker, which keeps the files of this run open for the next; one at a time a process."""
    with _one_at_a_time:
        if run not in _workers:
            _workers.clear()
            _workers[run] = Worker(settings)
        return _workers[run].do(unit)


class DaskCluster:
    """Hands units to a cluster and yields them as they are done.

    Names of tasks hold a number of their own for each run, since runs may share a cluster.
    """

    def __init__(self, client: Any, settings: Settings) -> None:
        self._client, self._settings, self._run = client, settings, uuid4().hex

    def run(self, units: Sequence[Unit]) -> Iterator[Done]:
        """Do the units. Raises PgxError where the cluster loses a unit again and again, or goes away."""
        from distributed import KilledWorker, as_completed

        settings = self._client.submit(keep_settings, self._settings, key=f"settings-{self._run}")
        waiting = {self._submit(settings, unit): unit for unit in units}
        try:
            for future in as_completed(list(waiting)):
                yield waiting[future], future.result()
        except (KilledWorker, CancelledError) as error:
            reason = str(error).partition("\n")[0].rstrip(".")
            raise PgxError(f"the cluster lost a unit of work: {reason}; see to it and give --resume") from error

    def _submit(self, settings: Any, unit: Unit) -> Any:
        key = f"{unit.part.name}-{unit.name}-{self._run}"
        return self._client.submit(do_unit, settings, self._run, unit, key=key, retries=RETRIES)


@contextmanager
def dask_cluster(settings: Settings, scheduler: str) -> Iterator[DaskCluster]:
    """Connect to the scheduler; Dask's own setting says for how long it is tried. What fails is told by us alone.

    Raises UsageError where Dask is not installed or nothing answers.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise UsageError("--engine dask: Dask is not installed; run pip install 'pgx[dask]'") from error
    try:
        client = Client(scheduler)
    except (OSError, ValueError) as error:
        raise UsageError(
            f"--scheduler: no scheduler answers at {scheduler}; start one, or leave --engine out"
        ) from error
    for name in ("distributed", "distributed.client"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    with client:
        yield DaskCluster(client, settings)
