"""A kernel forked from the loaded process gives what a fresh one gives, and leaks nothing to the next."""

import json
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import nbformat
import pytest
from sampled import draw, everything, told
from small_book import notebook

from chokepoint.site import kernels, processes
from chokepoint.site.cache import Cache
from chokepoint.site.execute import run_notebook
from chokepoint.site.runs import Run, plan

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("kernels")]  # the workers are started once
HOME = Path(__file__).resolve().parents[1]
CHAPTERS = 2  # of those that are no template
WARNS = """import json, warnings
with warnings.catch_warnings(record=True) as seen:
    for kind in (UserWarning, FutureWarning, RuntimeWarning, DeprecationWarning, ImportWarning):
        warnings.warn("said", kind)
print(json.dumps([w.category.__name__ for w in seen]))"""


def sample() -> list[Run]:
    """Some notebooks, and of each template a run; every week every notebook, and of each template a few runs (see `sampled`)."""
    by_notebook: dict[Path, list[Run]] = {}
    for run in plan(HOME / "book", "mcs2026"):
        by_notebook.setdefault(run.notebook, []).append(run)
    if everything():
        return [run for runs in by_notebook.values() for run in runs[:: max(1, len(runs) - 1)]]
    chance = draw("fresh kernels")
    chapters = [runs[0] for runs in by_notebook.values() if len(runs) == 1]
    return [
        *chance.sample(chapters, CHAPTERS),
        *(chance.choice(runs) for runs in by_notebook.values() if len(runs) > 1),
    ]


@pytest.fixture(scope="module")
def pool(tmp_path_factory):
    """Two workers, as a build has them."""
    with ProcessPoolExecutor(
        2,
        processes.forkserver_context(),
        kernels.prepare_worker,
        (tmp_path_factory.mktemp("log") / "kernels.log",),
    ) as workers:
        yield workers


def outputs(executed) -> list:
    return [cell.get("outputs") for cell in nbformat.reads(executed.notebook, as_version=4).cells]


def test_forked_and_fresh_kernels_give_the_same_and_read_the_same(pool):
    """The book was built in forked kernels, and its records are what they gave; fresh ones run here."""
    runs, records = sample(), Cache(HOME / "build" / "cache")
    forked = [records.find(run)[0] for run in runs]
    assert None not in forked, "build the book first: make book"
    fresh = [pool.submit(run_notebook, run, kernels.FRESH) for run in runs]
    for run, one, other in zip(runs, forked, fresh, strict=True):
        assert outputs(one) == outputs(other.result()), (str(run), told())
        assert one.reads == other.result().reads, (str(run), told())


@pytest.fixture(scope="module")
def asks(tmp_path_factory, pool):
    """What each of some pieces of code prints, one after another in one kernel of the given kind."""
    folder = tmp_path_factory.mktemp("asks")

    def ask(*codes: str, kernel: str = kernels.FORKED) -> list:
        notebook(folder / "asks.ipynb", "Asks", "x = 1", *codes)
        done = pool.submit(run_notebook, Run("asks", folder / "asks.ipynb"), kernel).result()
        return [json.loads(shown[0]["text"]) for shown in outputs(done)[-len(codes) :]]

    return ask


FINDS = {
    "folder": "import os, json; print(json.dumps(os.getcwd()))",
    "environment": "print(json.dumps(sorted(set(os.environ) - {'JPY_PARENT_PID', 'PYTHONPATH'})))",
    "path": "import sys; print(json.dumps(sys.path))",
    "names": "print(json.dumps(sorted(n for n in globals() if not n.startswith('_'))))",
    "main": "print(json.dumps([__name__, __builtins__.__name__]))",
    "signals": "import signal; print(json.dumps([str(signal.getsignal(s)) for s in (signal.SIGTERM, signal.SIGCHLD)]))",
    "warnings": WARNS,
    "filters, once all is imported in both": "import chokepoint.site.preloaded; print(json.dumps(sorted(map(str, warnings.filters))))",
}


def test_a_forked_kernel_finds_what_a_fresh_one_finds(asks):
    forked, fresh = asks(*FINDS.values()), asks(*FINDS.values(), kernel=kernels.FRESH)
    assert dict(zip(FINDS, forked, strict=True)) == dict(zip(FINDS, fresh, strict=True))


def test_two_kernels_do_not_draw_the_same(asks):
    draws = [
        "import random, json; print(json.dumps(random.random()))",
        "import numpy; print(json.dumps(numpy.random.rand()))",
        "import uuid; print(json.dumps(str(uuid.uuid4())))",
    ]
    assert not [one for one, other in zip(asks(*draws), asks(*draws), strict=True) if one == other]


def test_nothing_of_one_notebook_is_found_by_the_next(asks):
    leave = "import chokepoint, os, json; chokepoint.left = 1; os.environ['LEFT'] = '1'; print(json.dumps(1))"
    assert asks(leave) == [1]
    assert asks(
        "import chokepoint, os, json; print(json.dumps([hasattr(chokepoint, 'left'), 'LEFT' in os.environ]))"
    ) == [[False, False]]


def test_a_forked_kernel_has_read_no_table_before_its_notebook_asks(asks):
    assert asks("import json; from chokepoint.data import memory; print(json.dumps(memory.reads()))") == [[]]
