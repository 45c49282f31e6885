"""A kernel forked from the loaded process gives what a fresh one gives, and leaks nothing to the next."""

import json
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import nbformat
import pytest
from small_book import notebook

from chokepoint.site import kernels
from chokepoint.site.execute import run_notebook
from chokepoint.site.runs import Run, plan

pytestmark = pytest.mark.slow
HOME = Path(__file__).resolve().parents[1]
PAGES_OF_A_TEMPLATE = 2
WARNS = """import json, warnings
with warnings.catch_warnings(record=True) as seen:
    for kind in (UserWarning, FutureWarning, RuntimeWarning, DeprecationWarning, ImportWarning):
        warnings.warn("said", kind)
print(json.dumps([w.category.__name__ for w in seen]))"""


def sample() -> list[Run]:
    """Every notebook; of a template a few runs."""
    by_notebook: dict[Path, list[Run]] = {}
    for run in plan(HOME / "book", "mcs2026"):
        by_notebook.setdefault(run.notebook, []).append(run)
    return [
        run
        for runs in by_notebook.values()
        for run in runs[:: max(1, len(runs) // PAGES_OF_A_TEMPLATE)][:PAGES_OF_A_TEMPLATE]
    ]


@pytest.fixture(scope="module")
def pool(tmp_path_factory):
    """Two workers, as a build has them."""
    with ProcessPoolExecutor(
        2,
        kernels.forkserver_context(),
        kernels.prepare_worker,
        (tmp_path_factory.mktemp("log") / "kernels.log",),
    ) as workers:
        yield workers


def outputs(executed) -> list:
    return [cell.get("outputs") for cell in nbformat.reads(executed.notebook, as_version=4).cells]


def test_forked_and_fresh_kernels_give_the_same_and_read_the_same(pool):
    runs = sample()
    forked = [pool.submit(run_notebook, run, kernels.FORKED) for run in runs]
    fresh = [pool.submit(run_notebook, run, kernels.FRESH) for run in runs]
    for run, one, other in zip(runs, forked, fresh, strict=True):
        assert outputs(one.result()) == outputs(other.result()), str(run)
        assert one.result().reads == other.result().reads, str(run)


@pytest.fixture
def asks(tmp_path, pool):
    """What code prints in a kernel of the given kind."""

    def ask(code: str, kernel: str = kernels.FORKED):
        notebook(tmp_path / "asks.ipynb", "Asks", "x = 1", code)
        done = pool.submit(run_notebook, Run("asks", tmp_path / "asks.ipynb"), kernel).result()
        return json.loads(outputs(done)[-1][0]["text"])

    return ask


@pytest.mark.parametrize(
    "code",
    [
        "import os, json; print(json.dumps(os.getcwd()))",
        "import os, json; print(json.dumps(sorted(set(os.environ) - {'JPY_PARENT_PID', 'PYTHONPATH'})))",
        "import sys, json; print(json.dumps(sys.path))",
        "import json; print(json.dumps(sorted(n for n in globals() if not n.startswith('_'))))",
        "import json; print(json.dumps([__name__, __builtins__.__name__]))",
        "import signal, json; print(json.dumps([str(signal.getsignal(s)) for s in (signal.SIGTERM, signal.SIGCHLD)]))",
        WARNS,
        "import chokepoint.site.preloaded, json, warnings; print(json.dumps(sorted(map(str, warnings.filters))))",  # all imported in both
    ],
)
def test_a_forked_kernel_finds_what_a_fresh_one_finds(asks, code):
    assert asks(code) == asks(code, kernels.FRESH)


@pytest.mark.parametrize(
    "draw",
    [
        "import random; x = random.random()",
        "import numpy; x = numpy.random.rand()",
        "import uuid; x = str(uuid.uuid4())",
    ],
)
def test_two_kernels_do_not_draw_the_same(asks, draw):
    code = f"{draw}; import json; print(json.dumps(x))"
    assert asks(code) != asks(code)


def test_nothing_of_one_notebook_is_found_by_the_next(asks):
    leave = "import chokepoint, os, json; chokepoint.left = 1; os.environ['LEFT'] = '1'; print(json.dumps(1))"
    assert asks(leave) == 1
    assert asks(
        "import chokepoint, os, json; print(json.dumps([hasattr(chokepoint, 'left'), 'LEFT' in os.environ]))"
    ) == [False, False]


def test_no_table_was_read_in_the_process_that_kernels_are_forked_from(asks):
    assert asks("import json; from chokepoint.data import tables; print(json.dumps(tables.reads()))") == []
