"""Run notebooks with papermill, some at a time, those whose inputs changed.

It stops at the first that fails and says where.
"""

import logging
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat

from chokepoint.errors import UserError
from chokepoint.pages.markup import RENDER
from chokepoint.site import processes
from chokepoint.site.cache import Cache, Entry, Executed
from chokepoint.site.chart_cache import ChartCache
from chokepoint.site.derived import DerivedFiles
from chokepoint.site.progress import Progress
from chokepoint.site.runs import Run

if TYPE_CHECKING:
    from papermill import PapermillExecutionError

TIMEOUT_S = 300  # of one cell; the slowest takes a few seconds


def execute(
    runs: list[Run],
    folder: Path,
    cache: Cache,
    pool: Executor | None = None,
    entries: dict[str, Entry] | None = None,
) -> dict[str, str]:
    """Bring every run into `folder`/<page>.ipynb, and return for each page why it ran.

    Of a page whose kept result was right, it returns "".

    UserError names notebook, parameters, cell and error of a failure. `pool` is any executor of the kind of
    concurrent.futures (Dask's too); without one, processes of this machine. entries: what the cache has of
    each page, where whoever calls has looked it up already.
    """
    files, why = DerivedFiles(folder, folder.with_name(f"{folder.name}.json")), {}
    for run in runs:
        path, why[run.page] = (entries or {}).get(run.page) or cache.entry(run)
        if path and not files.is_current(_file(run), cache.version(run, path)):
            kept, why[run.page] = cache.read(run, path)
            if kept:
                files.write(_file(run), cache.version(run, path), kept.notebook.encode())
    due = sorted((run for run in runs if why[run.page]), key=lambda run: -cache.seconds(run))  # longest first
    if due:
        pool = pool or workers(len(due), folder.with_name("kernels.log"))
        with Progress("Running notebooks", len(due)) as progress:
            for run, result in _run_all(due, pool, progress, cache.charts):
                version = cache.version(run, cache.keep(run, result))
                files.write(_file(run), version, result.notebook.encode())
        cache.charts.forget_oldest()
    files.save()
    return why


def _file(run: Run) -> str:
    return f"{run.page}.ipynb"


def _run_all(
    runs: list[Run], pool: Executor, progress: Progress, charts: ChartCache
) -> Iterator[tuple[Run, Executed]]:
    waiting = {pool.submit(run_notebook, run, charts=charts): run for run in runs}
    try:
        for done in as_completed(waiting):
            try:
                yield waiting[done], done.result()
            except BrokenProcessPool:
                raise UserError(
                    f"{waiting[done]}: a process that runs notebooks was killed, perhaps for want of memory."
                ) from None
            progress.step(waiting[done].page)
        pool.shutdown()
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise


def workers(most: int, log: Path) -> Executor:
    """Start processes of this machine that run notebooks, at most so many; their output goes into `log`."""
    from chokepoint.site import kernels  # takes long to import, where no notebook is due

    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text("", encoding="utf-8")
    number = min(os.cpu_count() or 2, most)
    return ProcessPoolExecutor(number, processes.forkserver_context(), kernels.prepare_worker, (log,))


def run_notebook(
    run: Run, kernel: str | None = None, reload: Iterable[str] = (), charts: ChartCache | None = None
) -> Executed:
    """Execute one notebook in a kernel of its own. UserError names notebook, parameters, cell and error.

    This is the unit of work of `execute`: it may run in any process that has this package and sees the
    notebook.
    reload: modules that have changed since this process was forked, which the kernel imports anew.
    charts: those that need not be compiled again.
    """
    import papermill  # takes a second, and so does the compiler of charts: not paid by the command line

    from chokepoint.site import engine, kernels

    kernels.register_provisioner(kernel)
    os.environ |= {RENDER: "1"} | ({kernels.RELOAD: ",".join(reload)} if reload else {})
    if paths := os.environ.get(
        "PYTHONPATH"
    ):  # a kernel runs in book/, where a relative path is that of another folder
        os.environ["PYTHONPATH"] = os.pathsep.join(map(os.path.abspath, paths.split(os.pathsep)))
    logging.getLogger("papermill").setLevel(logging.ERROR)
    try:
        notebook = papermill.execute_notebook(
            run.notebook,
            None,
            run.parameters,
            engine_name=engine.NAME,
            kernel_name="python3",
            progress_bar=False,
            cwd=run.notebook.parent,
            execution_timeout=TIMEOUT_S,
        )
    except papermill.PapermillExecutionError as error:
        raise UserError(_explain(run, error)) from None
    except UserError as error:
        raise UserError(f"{run}, {error}") from None
    except Exception as error:  # a dead kernel, a timeout, a full disk: said in the same form
        raise UserError(f"{run}: {type(error).__name__}: {error}") from None
    for i, cell in enumerate(notebook.cells):
        for output in cell.get("outputs", []):
            _compile_charts(output.get("data", {}), f"{run}, cell {i}", charts or ChartCache(None))
    reads, seconds = tuple(notebook.metadata[engine.READS]), cell_seconds(notebook)
    return Executed(_timeless(notebook), reads, seconds)


def _compile_charts(data: dict, where: str, charts: ChartCache) -> None:
    """Compile the charts of an output in place."""
    from chokepoint.pages.drawn import drawn

    if "text/html" in data:
        try:
            data["text/html"] = drawn(data["text/html"], charts.get_or_compile)
        except UserError as error:
            raise UserError(f"{where}: {error}") from None


def cell_seconds(notebook: nbformat.NotebookNode) -> float:
    """Time that the code cells of a notebook executed by papermill took themselves [s].

    No kernel's start is in it, and no waiting for one.
    """
    return sum(cell.metadata.papermill.duration or 0 for cell in notebook.cells if cell.cell_type == "code")


def _timeless(notebook: nbformat.NotebookNode) -> str:
    """Return the notebook as JSON without what differs from one execution or folder to the next.

    Those are times, the name of the cell that papermill adds, and what set-up cells show, which is never
    printed.
    """
    for part in (notebook, *notebook.cells):
        for name in ("papermill", "execution", "reads"):
            part.metadata.pop(name, None)
    for cell in notebook.cells:
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell.id = "injected-parameters"
        if "setup" in cell.metadata.get("tags", []):
            cell.outputs = []
    return nbformat.writes(notebook)


def _explain(run: Run, error: "PapermillExecutionError") -> str:
    source = error.source.strip().splitlines()
    shown = "\n".join(f"    {line}" for line in source[:5])
    return f"{run}, cell {error.cell_index}: {error.ename}: {error.evalue}\n{shown}"
