"""Units on an existing Dask cluster: the same units as on one machine, on workers that share its file system.

Needs `pip install 'pgx[dask]'`. A unit lost with its worker is done again elsewhere; since files get their names when
they are whole and a finished unit is marked, doing a unit twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pgx.cohort.worker import Settings, Worker
from pgx.errors import PgxError, UsageError

if TYPE_CHECKING:
    from pgx.cohort.engines import Done
    from pgx.cohort.plan import Unit
    from pgx.cohort.store import Json

RETRIES = 3
TIMEOUT = "30s"
_workers: dict[str, Worker] = {}


def do_unit(settings: Settings, key: str, unit: Unit) -> Json:
    """Do a unit on a cluster's worker, which keeps its files open for the next."""
    if key not in _workers:
        _workers.clear()
        _workers[key] = Worker(settings)
    return _workers[key].do(unit)


class DaskCluster:
    """Hands units to a cluster and yields them as they are done."""

    def __init__(self, client: Any, settings: Settings) -> None:
        self._client, self._settings = client, settings

    def run(self, units: Sequence[Unit]) -> Iterator[Done]:
        from distributed import KilledWorker, as_completed

        key = f"{self._settings.folder}:{self._settings.rules.sha256}"
        settings = self._client.scatter(self._settings, broadcast=True)
        waiting = {
            self._client.submit(
                do_unit, settings, key, unit, key=f"{unit.part.name}-{unit.name}", retries=RETRIES
            ): unit
            for unit in units
        }
        try:
            for future in as_completed(list(waiting)):
                yield waiting[future], future.result()
        except KilledWorker as error:
            raise PgxError(f"the cluster lost a unit of work {RETRIES} times: {error}; give --resume") from error


@contextmanager
def dask_cluster(settings: Settings, scheduler: str) -> Iterator[DaskCluster]:
    """Connect to the scheduler. Raises UsageError where Dask is not installed or nothing answers."""
    try:
        from distributed import Client
    except ImportError as error:
        raise UsageError("--engine dask: Dask is not installed; run pip install 'pgx[dask]'") from error
    try:
        client = Client(scheduler, timeout=TIMEOUT)
    except OSError as error:
        raise UsageError(
            f"--scheduler: no scheduler answers at {scheduler}; start one, or leave --engine out"
        ) from error
    with client:
        yield DaskCluster(client, settings)
