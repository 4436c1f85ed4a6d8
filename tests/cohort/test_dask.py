"""A batch on a Dask cluster: a scheduler and two workers, each a process, one of which is killed in mid-run."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from made_cohorts import contents, needs, pgx, write_cohort

pytestmark = needs("dask", "pip install 'pgx[dask]'")
OPTIONS = ("--gene", "CYP2C19,CYP2C9,DPYD,VKORC1", "--part-size", "10", "--quiet")
NO_ADDRESS = "tcp://127.0.0.1:9"


@contextmanager
def dask(*arguments: object) -> Iterator[subprocess.Popen[bytes]]:
    """Run one process of a cluster; it is killed in the end."""
    command = [sys.executable, "-m", "dask", *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.kill()


def wait_for(found, process, seconds=30):
    """Wait until something is found; fail if the process ends or time runs out before."""
    end = time.monotonic() + seconds
    while not found():
        assert process.poll() is None
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """Address of a scheduler, and its two workers."""
    file = tmp_path_factory.mktemp("dask") / "scheduler.json"
    with ExitStack() as stack:
        head = ("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", file)
        scheduler = stack.enter_context(dask(*head))
        wait_for(file.exists, scheduler)
        own = ("--nthreads", "2", "--no-nanny", "--no-dashboard", "--memory-limit", "1GB", "--local-directory")
        workers = [
            stack.enter_context(dask("worker", "--scheduler-file", file, *own, file.parent / str(number)))
            for number in range(2)
        ]
        yield json.loads(file.read_text())["address"], workers


@pytest.fixture(scope="module")
def cohort(tmp_path_factory) -> Path:
    return write_cohort(tmp_path_factory.mktemp("cohort") / "cohort.vcf", 60)


def test_lost_worker_is_retried(cohort, cluster, tmp_path):
    address, (victim, _) = cluster
    killer = threading.Thread(target=_kill_in_mid_run, args=(victim, tmp_path / "dask"))
    killer.start()
    made = pgx("batch", cohort, "-o", tmp_path / "dask", *OPTIONS, "--engine", "dask", "--scheduler", address)
    killer.join()
    assert made.returncode == 0, made.stderr
    assert pgx("batch", cohort, "-o", tmp_path / "local", *OPTIONS).returncode == 0
    assert contents(tmp_path / "dask") == contents(tmp_path / "local")


def _kill_in_mid_run(victim: subprocess.Popen[bytes], folder: Path) -> None:
    wait_for(lambda: list(folder.rglob("*.parquet")), victim)
    victim.kill()


def test_runs_that_share_a_cluster_do_not_take_each_others_units(cohort, cluster, tmp_path):
    scheduler = ("--engine", "dask", "--scheduler", cluster[0])
    folders = (tmp_path / "one", tmp_path / "other")
    with ThreadPoolExecutor(2) as both:
        runs = both.map(lambda folder: pgx("batch", cohort, "-o", folder, *OPTIONS, *scheduler), folders)
    assert [(made.returncode, made.stderr) for made in runs] == [(0, "")] * 2
    assert contents(folders[0]) == contents(folders[1])


@pytest.mark.parametrize("address", [NO_ADDRESS, "nowhere://"])
def test_no_scheduler_is_one_line(cohort, tmp_path, address):
    options = ("--engine", "dask", "--scheduler", address)
    quick = {"DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "1s"}
    made = pgx("batch", cohort, "-o", tmp_path / "out", *options, **quick)
    assert (made.returncode, made.stderr.count("\n")) == (2, 1), made.stderr
