"""A batch on a Dask cluster of processes, one of which is killed in mid-run."""

from __future__ import annotations

import os
import signal
import threading
import time
import warnings

import pytest
from made_cohorts import contents, pgx, write_cohort

distributed = pytest.importorskip("distributed", reason="Dask is not installed: pip install 'pgx[dask]'")
OPTIONS = ("--gene", "CYP2C19,CYP2C9,DPYD,VKORC1", "--part-size", "10", "--quiet")


@pytest.mark.filterwarnings("ignore")
def test_lost_worker_is_retried(tmp_path):
    cohort = write_cohort(tmp_path / "cohort.vcf", 60)
    assert pgx("batch", cohort, "-o", tmp_path / "whole", *OPTIONS).returncode == 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster:
            victim = next(iter(cluster.workers.values())).pid
            began = threading.Event()

            def kill():
                while not list((tmp_path / "out").rglob("*.parquet")) and not began.is_set():
                    time.sleep(0.02)
                os.kill(victim, signal.SIGKILL)

            killer = threading.Thread(target=kill)
            killer.start()
            scheduler = ("--engine", "dask", "--scheduler", cluster.scheduler_address)
            made = pgx("batch", cohort, "-o", tmp_path / "out", *OPTIONS, *scheduler)
            began.set()
            killer.join()
    assert made.returncode == 0, made.stderr
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")


def test_no_scheduler_is_one_line(tmp_path, monkeypatch):
    cohort = write_cohort(tmp_path / "cohort.vcf", 2)
    made = pgx("batch", cohort, "-o", tmp_path / "out", "--engine", "dask", "--scheduler", "tcp://127.0.0.1:9")
    assert made.returncode == 2
    assert made.stderr.count("\n") == 1
