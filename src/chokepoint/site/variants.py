"""One notebook with every combination of some values of its parameters: a hundred editions of a chapter.

They run through the same executor as the book, here or on a cluster, and what has run is kept: a run that
broke off goes on where it stopped.
"""

import csv
import math
import re
from collections import Counter
from concurrent.futures import Executor
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from time import perf_counter

from chokepoint.errors import UserError, nearest
from chokepoint.site import processes
from chokepoint.site.build import PRECOMPUTE_FROM
from chokepoint.site.cache import Cache
from chokepoint.site.execute import execute, workers
from chokepoint.site.runs import Run, interface, require_valid

MOST = 10_000  # more are a slip of the hand; they can be asked for in parts


@dataclass(frozen=True)
class Cost:
    """What running took: notebooks that ran and in all, seconds by the clock and in their cells."""

    ran: int
    all: int
    seconds: float
    cell_seconds: float

    def __str__(self) -> str:
        """Say it in a line.

        >>> print(Cost(100, 100, 250.0, 190.0))
        100 notebooks ran in 250 s, 2.50 s each; 1.90 s of each in its own cells.
        >>> print(Cost(0, 100, 1.2, 0.0))
        All 100 notebooks were kept from before, and as they would be now.
        """
        if not self.ran:
            return f"All {self.all:,} notebooks were kept from before, and as they would be now."
        each, own = self.seconds / self.ran, self.cell_seconds / self.ran
        kept = f" {self.all - self.ran:,} were kept from before." if self.all > self.ran else ""
        return (
            f"{self.ran:,} notebooks ran in {self.seconds:,.0f} s, {each:.2f} s each; "
            f"{own:.2f} s of each in its own cells.{kept}"
        )


def combinations(notebook: Path, texts: tuple[str, ...]) -> list[Run]:
    """All combinations of values typed as name=value,value; a value that holds a comma stands in quotes.

    UserError for a notebook, name or value that there is not, before anything runs.
    """
    if not notebook.is_file():
        known = sorted(path.stem for path in notebook.parent.glob("*.ipynb"))
        raise UserError(f'no notebook "{notebook.stem}". {nearest(notebook.stem, known)}')
    known, values = interface(notebook), {}
    for text in texts:
        name, equals, rest = text.partition("=")
        if not (equals and rest):
            raise UserError(f'"{text}" is not a list of values: write name=value,value.')
        if name in values:
            raise UserError(f'"{name}" is given twice: give all its values at once.')
        if name not in known:
            raise UserError(f'no parameter "{name}" in {notebook.stem}. {nearest(name, known)}')
        values[name] = [known[name].read(value) for value in next(csv.reader([rest]))]
    runs = [
        _run(notebook, dict(zip(values, chosen, strict=True))) for chosen in _limited(list(values.values()))
    ]
    for run in runs:
        require_valid(run, known)
    [(page, times)] = Counter(run.page for run in runs).most_common(1)
    if times > 1:
        raise UserError(f"{page} would be made twice: give each value once.")
    return runs


def _limited(values: list[list]) -> list[tuple]:
    if (number := math.prod(map(len, values))) > MOST:
        raise UserError(f"that makes {number:,} notebooks; at most {MOST:,} at a time.")
    return list(product(*values))


def _run(notebook: Path, parameters: dict) -> Run:
    """One of them: its page is named after the values."""
    name = "-".join(re.sub(r"[^\w.]+", "-", str(value)) for value in parameters.values())
    return Run(f"{notebook.stem}/{name or 'as-it-is'}", notebook, parameters)


def run_all(runs: list[Run], out: Path, cache: Cache, pool: Executor | None = None) -> Cost:
    """Run them, and write each with its outputs into `out`, beside an index of their parameters.

    The files are the same wherever they ran. UserError names notebook, parameters and cell of one that fails.
    """
    start = perf_counter()
    if pool is None:
        processes.forkserver_context(precompute=len(runs) >= PRECOMPUTE_FROM)
        pool = workers(len(runs), cache.folder.with_name("kernels.log"))
    why = execute(runs, out, cache, pool)
    took = perf_counter() - start
    ran = [run for run in runs if why[run.page]]
    with (out / f"{runs[0].notebook.stem}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*runs[0].parameters, "file"])
        writer.writerows([[*run.parameters.values(), f"{run.page}.ipynb"] for run in runs])
    return Cost(len(ran), len(runs), took, sum(map(cache.seconds, ran)))
