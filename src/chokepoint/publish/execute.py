"""Run notebooks with papermill, some at a time; stop at the first that fails and say where."""

import logging
import os
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from tqdm import tqdm

from chokepoint.charts.figure import PRESS
from chokepoint.errors import UserError
from chokepoint.publish.runs import Run

TIMEOUT_S = 300  # of one cell; the slowest takes a few seconds


def execute(runs: list[Run], folder: Path, workers: int = os.cpu_count() or 2) -> None:
    """Execute every run into `folder`/<page>.ipynb. UserError names notebook, parameters, cell and error of a failure."""
    with ProcessPoolExecutor(min(workers, len(runs)), initializer=_prepare, initargs=(folder.with_name("kernels.log"),)) as pool:
        waiting = [pool.submit(_one, run, folder / f"{run.page}.ipynb") for run in runs]
        for done in tqdm(as_completed(waiting), total=len(runs), desc="Running notebooks", unit="page", leave=False, disable=None):
            if failure := done.result():
                pool.shutdown(cancel_futures=True)
                raise UserError(failure)


def _prepare(log: Path) -> None:
    """In each worker: say that we print, and keep what kernels chat about out of the terminal."""
    log.parent.mkdir(parents=True, exist_ok=True)
    os.dup2(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 2)
    os.environ[PRESS] = "1"
    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"
    logging.getLogger("papermill").setLevel(logging.ERROR)


def _one(run: Run, output: Path) -> str:
    """Execute one notebook; the message of its failure, or nothing."""
    import papermill  # takes a second: paid once a worker, and not by the command line

    output.parent.mkdir(parents=True, exist_ok=True)
    try:
        papermill.execute_notebook(
            run.notebook,
            output,
            run.parameters,
            kernel_name="python3",
            progress_bar=False,
            cwd=run.notebook.parent,
            execution_timeout=TIMEOUT_S,
        )
    except papermill.PapermillExecutionError as error:
        return _explain(run, error)
    except Exception as error:  # a dead kernel, a timeout, a full disk: said in the same form
        return f"{run}: {type(error).__name__}: {error}"
    return ""


def _explain(run: Run, error) -> str:
    source = error.source.strip().splitlines()
    shown = "\n".join(f"    {line}" for line in source[:5])
    return f"{run}, cell {error.cell_index}: {error.ename}: {error.evalue}\n{shown}"
