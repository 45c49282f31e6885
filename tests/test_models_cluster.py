"""A sweep on a Dask cluster started by hand: the same file as at home, also when a worker dies half-way. Needs dask[distributed]."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sampled import draw, everything, of_each, told
from test_models_properties import ROWS

from chokepoint.data import tables
from chokepoint.errors import UserError
from chokepoint.models.cluster import cluster as distant
from chokepoint.models.sweep import CHUNK, sweep
from chokepoint.site.cache import Cache
from chokepoint.site.execute import execute
from chokepoint.site.runs import plan
from chokepoint.site.variants import combinations, run_all

BOOK = Path(__file__).resolve().parents[1] / "book"
SAMPLES = 12 * CHUNK
# The hundred editions of the page on rerunning: ten minerals, five stories, two answers.
HUNDRED = re.search(
    r"chokepoint variants 07-futures (.+) --out", (BOOK / "rerun.md").read_text(encoding="utf-8")
)[1]


@pytest.fixture
def cluster():
    """Address of a scheduler and its two worker processes."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"

    def start(*command):
        return subprocess.Popen(
            [sys.executable, "-m", *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    scheduler = start(
        "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"
    )
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            break
        except OSError:
            time.sleep(0.1)
    workers = [
        start("distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard")
        for _ in range(2)
    ]
    yield address, workers
    for process in (*workers, scheduler):
        process.kill()
        process.wait()


@pytest.mark.slow
def test_a_cluster_writes_the_same_file_even_if_a_worker_dies(cluster, tmp_path):
    address, workers = cluster

    def kill_one_half_way(done, total):
        if done == 6 * CHUNK:
            os.kill(workers[0].pid, signal.SIGKILL)

    here = sweep("price_floor", ROWS, SAMPLES, 7, tmp_path / "here.parquet")
    there = sweep("price_floor", ROWS, SAMPLES, 7, tmp_path / "there.parquet", scheduler=address)
    broken = sweep(
        "price_floor",
        ROWS,
        SAMPLES,
        7,
        tmp_path / "broken.parquet",
        scheduler=address,
        progress=kill_one_half_way,
    )
    assert here.read_bytes() == there.read_bytes() == broken.read_bytes()


@pytest.mark.slow
@pytest.mark.some_of("pages on a cluster", 1)
def test_pages_run_on_a_cluster_come_out_the_same_even_if_a_worker_dies(cluster, tmp_path):
    address, workers = cluster
    pages = ("03-price-floor", "07-futures", "minerals/gallium", "countries/argentina")
    if not everything():
        pages = draw("pages on a cluster").sample(pages, 2)  # one a worker: the one that dies held the other
    runs = [run for run in plan(BOOK, tables.DEFAULT_RELEASE) if run.page in pages]

    class KillsAWorker(Cache):
        def keep(self, run, executed):
            path = super().keep(run, executed)
            if workers[0].poll() is None:
                os.kill(workers[0].pid, signal.SIGKILL)
            return path

    def kept(cache):
        return {run.page: cache.find(run)[0] and cache.find(run)[0].notebook for run in runs}

    def made(name, cache, pool):
        execute(runs, tmp_path / name, cache(tmp_path / f"{name}-cache"), pool)
        return kept(Cache(tmp_path / f"{name}-cache"))

    here = kept(Cache(BOOK.parent / "build" / "cache"))  # what the book was built of
    assert len(here) == len(pages) and all(here.values()), "build the book first: make book"
    if everything():
        with distant(address) as pool:
            assert here == made("there", Cache, pool)
    with distant(address) as pool:
        broken = made("broken", KillsAWorker, pool)
    assert workers[0].poll() is not None
    assert here == broken


@pytest.mark.slow
@pytest.mark.some_of("pages on a cluster", 1)
def test_a_hundred_editions_come_out_the_same_from_a_cluster_of_which_a_worker_dies(cluster, tmp_path):
    """Of the hundred a few, every week all; what a run cost is printed."""
    address, workers = cluster
    hundred = combinations(BOOK / "07-futures.ipynb", tuple(HUNDRED.split()))
    assert len(hundred) == 100
    runs = of_each("editions on a cluster", hundred, lambda run: run.parameters["answer"])

    class KillsAWorker(Cache):
        def keep(self, run, executed):
            path = super().keep(run, executed)
            if workers[0].poll() is None:
                os.kill(workers[0].pid, signal.SIGKILL)
            return path

    here = run_all(runs, tmp_path / "here", Cache(tmp_path / "cache-here"))
    with distant(address) as pool:
        there = run_all(runs, tmp_path / "there", KillsAWorker(tmp_path / "cache-there"), pool)
    print(f"Here: {here}\nOn a scheduler and two workers, one of them killed: {there}\n{told()}")
    assert workers[0].poll() is not None
    assert here.ran == there.ran == len(runs)
    assert contents(tmp_path / "here") == contents(tmp_path / "there")
    assert len(contents(tmp_path / "here")) == len(runs) + 1  # and their list


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nonsense"])
def test_a_scheduler_that_does_not_answer_is_said_in_one_line(address, tmp_path):
    with pytest.raises(UserError, match="No Dask scheduler answers at"):
        sweep("club", ROWS, 100, 1, tmp_path / "c.parquet", scheduler=address)
