"""The build of the whole book, in a copy of the checkout: cold, with nothing changed, with one value changed; its memory."""

import json
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from time import perf_counter, sleep

import numpy as np
import pandas as pd
import psutil

from bench import HOME, bench, limited, stock
from chokepoint.data import tables
from chokepoint.site import variants
from chokepoint.site.cache import Cache
from chokepoint.site.runs import plan

CORES = os.cpu_count() or 2
# A cell that one mineral's page and two chapters read.
TABLE = "data/vault_basket.csv"
OLD, NEW = "the price of metal is the only one", "that of metal is the only price"
SENTENCE = "book/03-price-floor.ipynb", "Lithium shows how it goes"  # of a chapter


@cache
def copy() -> Path:
    """A checkout in which nothing has been built."""
    folder = Path(mkdtemp(prefix="chokepoint-")) / "chokepoint"
    unwanted = shutil.ignore_patterns(
        ".git", ".venv", "build", "__pycache__", "*.egg-info", ".*_cache", ".hypothesis"
    )
    shutil.copytree(HOME, folder, ignore=unwanted)
    return folder


def build(*options: str, watch_memory: bool = False) -> tuple[float, float]:
    """`chokepoint build` in the copy: seconds, and the highest memory of all its processes together in MB (shared pages once).

    The memory is 0 where it is not watched: to look at it takes time of the build's own.
    """
    environment = {k: v for k, v in os.environ.items() if not k.startswith("CHOKEPOINT")} | {
        "PYTHONPATH": str(copy() / "src")
    }
    command = [sys.executable, "-m", "chokepoint.cli", "build", *options]
    start, peak = perf_counter(), 0.0
    with (copy() / "build.log").open("w") as log:
        process = subprocess.Popen(command, cwd=copy(), env=environment, stdout=log, stderr=log)
        while watch_memory and process.poll() is None:
            peak = max(peak, memory(process.pid))
            sleep(0.25)
        process.wait()
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
def cold() -> tuple[float, float, dict]:
    """The first build: seconds, peak MB, and what it says of its own steps and of each notebook's cells [s]."""
    took, peak = build(watch_memory=True)
    return took, peak, json.loads((copy() / "build" / "timing.json").read_text(encoding="utf-8"))


# What is kept by content: charts compiled, bands of the scenario model, pictures of pages for sharing.
PICTURES = ("charts", "scenario", "cards")


@cache
def cold_with_pictures() -> tuple[float, dict]:
    """A build from nothing but pictures and bands: seconds, and what it says of its own steps and of each notebook's cells [s].

    What making these took besides is the difference to `cold`, which `pictures_s` reports.
    """
    cold()
    for path in (copy() / "build").iterdir():
        if path.name in PICTURES:
            continue
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    took, _ = build()
    return took, json.loads((copy() / "build" / "timing.json").read_text(encoding="utf-8"))


@bench
def pictures_s() -> dict:
    """Charts, pictures and bands that are kept by content, made from nothing: the build that makes them less the one that finds them."""
    took, _, said = cold()
    return dict(
        what=f"charts, pictures and bands of {len(said['cells'])} notebooks, made from nothing",
        unit="s",
        value=took - cold_with_pictures()[0],
        peer="the build that finds them",
        peer_value=cold_with_pictures()[0],
    )


@bench
def build_cold_vs_stock() -> dict:
    """The whole book from nothing but pictures and bands; against stock Jupyter Book, from the seconds a page of its sample takes."""
    took, said = cold_with_pictures()
    pages = len(said["cells"])
    _, sample, stock_took = stock.built()
    return dict(
        aim="at most 0.0714, a fourteenth",
        what=f"all {pages} notebooks run and every page printed, from nothing but pictures and bands",
        unit="s",
        value=took,
        peer=f"stock Jupyter Book, one page after another, from {stock_took / sample:.1f} s a page on a sample of {sample}",
        peer_value=stock_took / sample * pages,
    )


@bench
def build_cold_vs_limit() -> dict:
    """The whole book from nothing but pictures and bands; against the least it could take: the cells' own time on all cores, then printing."""
    took, said = cold_with_pictures()
    pages, cells, printing = len(said["cells"]), sum(said["cells"].values()), said["steps"]["render"]
    return dict(
        aim="at most 1.4",
        what=f"all {pages} notebooks run and every page printed, from nothing but pictures and bands",
        unit="s",
        value=took,
        peer=f"the notebooks' own {cells:.0f} s on {CORES} cores, then {printing:.0f} s of rendering",
        peer_value=cells / CORES + printing,
    )


@bench
def build_nochange_s() -> dict:
    """Building again when nothing has changed."""
    took = cold()[0]
    build()
    return dict(
        aim="at most 1 s",
        what="a build when nothing has changed",
        unit="s",
        value=build()[0],
        peer="the build from nothing",
        peer_value=took,
    )


@bench
def build_onevalue_vs_cold() -> dict:
    """Building again after one value has changed, in a table that few pages read."""
    took = cold()[0]
    build()
    return dict(
        aim="at most 5 s",
        what=f"a build after one value of {TABLE} changed",
        unit="s",
        value=_changed(TABLE, OLD, NEW),
        peer="the build from nothing",
        peer_value=took,
    )


@bench
def build_sentence_s() -> dict:
    """Building again after one sentence has changed."""
    took = cold()[0]
    build()
    page, words = SENTENCE
    return dict(
        aim="at most 4 s",
        what=f"a build after one sentence of {page} changed",
        unit="s",
        value=_changed(page, words, f"{words} today"),
        peer="the build from nothing",
        peer_value=took,
    )


def _changed(name: str, old: str, new: str) -> float:
    """Seconds of the build after these words of a file are others; the file is then as it was."""
    path = copy() / name
    text = path.read_text(encoding="utf-8")
    if old not in text:
        raise RuntimeError(f"{name} no longer holds {old!r}: choose another value to change")
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    took, _ = build()
    path.write_text(text, encoding="utf-8")
    return took


@bench
def peak_memory_mb() -> dict:
    """The most that all processes of the build hold at once."""
    return limited("memory of the build from nothing", "MB", cold()[1], 1200)


def _again(minerals: list[str]) -> float:
    """Seconds of a build in the copy when these minerals' pages are to be run and printed, and nothing else."""
    for mineral in minerals:
        shutil.rmtree(copy() / "build" / "cache" / "minerals" / mineral)
        (copy() / "build" / "stage" / "minerals" / f"{mineral}.ipynb").unlink()
    (copy() / "build" / "site.json").unlink()
    return build()[0]


@bench
def added_page_s() -> dict:
    """What one more mineral page costs: the slope through builds in which 5, 10, 20 and 40 of them are run and printed."""
    cold()
    build()
    names = [run.parameters["mineral"] for run in plan(HOME / "book") if run.page.startswith("minerals/")]
    points = [(n, _again(names[:n])) for n in (5, 10, 20, 40)]
    slope = float(np.polyfit(*zip(*points, strict=True), 1)[0])
    _, sample, took = stock.built()
    peer = f"a page of stock Jupyter Book, on a sample of {sample}"
    return dict(
        what="one more mineral page, run and printed",
        unit="s",
        value=slope,
        peer=peer,
        peer_value=took / sample,
        points=points,
    )


def _lengthened(times: int) -> float:
    """Seconds to check all data and to run gallium's page in a kernel of its own, with a table of production that is `times` as long."""
    code = (
        "from pathlib import Path; from chokepoint.data import check; from chokepoint.site import execute, kernels, runs; check.require_sound(); "
        f"execute.run_notebook(next(r for r in runs.plan(Path({str(HOME / 'book')!r})) if r.page == 'minerals/gallium'), kernels.FRESH)"
    )
    with TemporaryDirectory() as folder:
        data = Path(shutil.copytree(HOME / "data", Path(folder) / "data"))
        table = data / "minerals" / tables.DEFAULT_RELEASE / "production.csv"
        found = pd.read_csv(table, dtype=str, keep_default_na=False)
        years = found.year.astype(int)
        earlier = [
            found.assign(year=(years - (years.max() - years.min() + 1) * i).astype(str)) for i in range(times)
        ]
        pd.concat(earlier).to_csv(table, index=False, lineterminator="\n")
        start = perf_counter()
        subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"CHOKEPOINT_DATA": str(data)},
            check=True,
            capture_output=True,
        )
        return perf_counter() - start


@bench
def doubled_table_s() -> dict:
    """What a longer table costs: checking all data and running one mineral's page, the table of production once to eight times as long."""
    points = [(times, _lengthened(times)) for times in (1, 2, 4, 8)]
    return dict(
        what="all data checked and one mineral page run, the table of production twice as long",
        unit="s",
        value=points[1][1],
        peer="the table as it is",
        peer_value=points[0][1],
        points=points,
    )


@bench
def edition_of_chapter_s() -> dict:
    """One more edition of a chapter: chapter 7 with twelve combinations of its values; against papermill by itself."""
    values = ("mineral=gallium,tungsten,graphite", "story=nothing,everything", "answer=none,cut")
    with TemporaryDirectory() as folder:
        runs = variants.combinations(HOME / "book" / "07-futures.ipynb", values)
        cost = variants.run_all(runs, Path(folder) / "out", Cache(Path(folder) / "cache"))
        start = perf_counter()
        for i, run in enumerate(runs[:2]):
            given = [text for name, value in run.parameters.items() for text in ("-p", name, str(value))]
            command = [
                sys.executable,
                "-m",
                "papermill",
                str(run.notebook),
                str(Path(folder) / f"{i}.ipynb"),
                *given,
            ]
            subprocess.run(command, cwd=HOME / "book", check=True, capture_output=True)
        peer = (perf_counter() - start) / 2
    return dict(
        aim="at most 1",
        what=f"one edition of chapter 7, of {cost.all} on {CORES} cores",
        unit="s",
        value=cost.seconds / cost.ran,
        peer="papermill by itself, one after another",
        peer_value=peer,
    )
