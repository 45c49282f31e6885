"""The build of the whole book, in a copy of the checkout: cold, with nothing changed, with one value changed; its memory."""

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from time import perf_counter, sleep

import nbformat
import psutil

from bench import HOME, bench, stock

CORES = os.cpu_count() or 2
# A value that one mineral's page and few others read.
TABLE, OLD, NEW = "", "", ""


@cache
def copy() -> Path:
    """A checkout in which nothing has been built."""
    folder = Path(mkdtemp(prefix="chokepoint-")) / "chokepoint"
    unwanted = shutil.ignore_patterns(".git", ".venv", "build", "__pycache__", "*.egg-info", ".*_cache", ".hypothesis")
    shutil.copytree(HOME, folder, ignore=unwanted)
    return folder


def build(*options: str) -> tuple[float, float]:
    """`chokepoint build` in the copy: seconds, and the highest memory of all its processes together in MB (shared pages once)."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("CHOKEPOINT")} | {"PYTHONPATH": str(copy() / "src")}
    command = [sys.executable, "-m", "chokepoint.cli", "build", *options]
    start, peak = perf_counter(), 0.0
    with (copy() / "build.log").open("w") as log:
        process = subprocess.Popen(command, cwd=copy(), env=environment, stdout=log, stderr=log)
        while process.poll() is None:
            peak = max(peak, memory(process.pid))
            sleep(0.25)
    took = perf_counter() - start
    if process.returncode:
        raise RuntimeError(f"the build failed:\n{(copy() / 'build.log').read_text()[-3000:]}")
    return took, peak


def memory(pid: int) -> float:
    """Memory of a process and all its children in MB, what they share counted once."""
    total = 0
    try:
        for each in [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]:
            try:
                total += each.memory_full_info().pss
            except psutil.Error:
                continue
    except psutil.Error:
        pass
    return total / 2**20


@cache
def cold() -> tuple[float, float, float, int]:
    """The first build: seconds, peak MB, seconds that the notebooks' own cells took, and how many pages were run."""
    took, peak = build()
    notebooks = [nbformat.read(path, as_version=4) for path in sorted((copy() / "build" / "executed").rglob("*.ipynb"))]
    cells = sum(c.metadata.get("papermill", {}).get("duration") or 0 for n in notebooks for c in n.cells)
    return took, peak, cells, len(notebooks)


@bench
def build_cold_vs_stock() -> dict:
    """The whole book from nothing; against stock Jupyter Book, from the seconds a page of its sample takes."""
    took, _, _, pages = cold()
    _, sample, stock_took = stock.built()
    return dict(
        what=f"all {pages} notebooks run and every page printed, from nothing",
        unit="s",
        value=took,
        peer=f"stock Jupyter Book, one page after another, from {stock_took / sample:.1f} s a page on a sample of {sample}",
        peer_value=stock_took / sample * pages,
    )


@bench
def build_cold_vs_limit() -> dict:
    """The whole book from nothing; against the least it could take: the cells' own time on all cores, then printing."""
    took, _, cells, pages = cold()
    shutil.rmtree(copy() / "build" / "html")
    for kept in ("sphinx", "stage", "printed"):
        shutil.rmtree(copy() / "build" / kept, ignore_errors=True)
    printing, _ = build()
    return dict(
        what=f"all {pages} notebooks run and every page printed, from nothing",
        unit="s",
        value=took,
        peer=f"the notebooks' own {cells:.0f} s on {CORES} cores, then {printing:.0f} s of printing",
        peer_value=cells / CORES + printing,
    )


@bench
def build_nochange_s() -> dict:
    """Building again when nothing has changed."""
    took = cold()[0]
    build()
    return dict(what="a build when nothing has changed", unit="s", value=build()[0], peer="the build from nothing", peer_value=took)


@bench
def build_onevalue_vs_cold() -> dict:
    """Building again after one value has changed, in a table that few pages read."""
    took = cold()[0]
    build()
    path = copy() / TABLE
    text = path.read_text(encoding="utf-8")
    if OLD not in text:
        raise RuntimeError(f"{TABLE} no longer holds {OLD!r}: choose another value to change")
    path.write_text(text.replace(OLD, NEW, 1), encoding="utf-8")
    again, _ = build()
    path.write_text(text, encoding="utf-8")
    return dict(what=f"a build after one value of {TABLE} changed", unit="s", value=again, peer="the build from nothing", peer_value=took)


@bench
def peak_memory_mb() -> dict:
    """The most that all processes of the build hold at once."""
    return dict(what="memory of the build from nothing", unit="MB", value=cold()[1], peer="the limit we set ourselves", peer_value=1500)
