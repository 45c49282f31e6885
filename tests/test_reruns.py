"""What runs first after a change: what somebody looks at; then the check of the data with all other notebooks."""

from concurrent.futures import Future
from pathlib import Path

import pytest

from chokepoint.errors import UserError
from chokepoint.site.reruns import Reruns
from chokepoint.site.runs import Run

VIEWED, OTHER, LAST = (Run(name, Path(f"{name}.ipynb")) for name in ("viewed", "other", "last"))


class Pool:
    """Starts nothing: it notes what was started, and a test says when it ends."""

    def __init__(self):
        self.started: dict[str, Future] = {}

    def notebook(self, run: Run) -> Future:
        return self.started.setdefault(run.page, Future())

    def check(self) -> Future:
        return self.started.setdefault("check", Future())


@pytest.fixture
def pool():
    return Pool()


def test_others_and_the_check_begin_at_once_where_nobody_waits_for_a_page(pool):
    reruns = Reruns(pool.notebook, pool.check)
    reruns.others += [OTHER, LAST]
    reruns.start_others()
    assert list(pool.started) == ["check", "other", "last"]


def test_they_begin_once_the_page_is_done_that_somebody_waits_for(pool):
    reruns = Reruns(pool.notebook, pool.check)
    reruns.start(VIEWED)
    reruns.others.append(OTHER)
    reruns.start_others()
    assert list(pool.started) == ["viewed"] and reruns.unfinished
    pool.started["viewed"].set_result("its outputs")
    [(run, result)] = reruns.wait()
    assert run is VIEWED and result.result() == "its outputs"
    reruns.start_others()
    assert list(pool.started) == ["viewed", "check", "other"]


def test_it_is_finished_when_the_last_notebook_and_the_check_are(pool):
    reruns = Reruns(pool.notebook, pool.check)
    reruns.others.append(OTHER)
    reruns.start_others()
    pool.started["other"].set_result("its outputs")
    assert [run for run, _ in reruns.wait()] == [OTHER]
    assert reruns.unfinished and not reruns.has_notebooks
    pool.started["check"].set_result(None)
    assert reruns.wait() == [] and not reruns.unfinished


def test_without_a_change_of_the_data_nothing_is_checked(pool):
    reruns = Reruns(pool.notebook)
    assert not reruns.unfinished
    reruns.start(VIEWED)
    pool.started["viewed"].set_result("its outputs")
    reruns.wait()
    reruns.start_others()
    assert list(pool.started) == ["viewed"] and not reruns.unfinished


def test_what_is_wrong_with_the_data_is_raised_and_notebooks_go_on(pool):
    reruns = Reruns(pool.notebook, pool.check)
    reruns.others.append(OTHER)
    reruns.start_others()
    pool.started["check"].set_exception(UserError("data/prices.csv, row 3"))
    with pytest.raises(UserError, match="row 3"):
        reruns.wait()
    assert reruns.has_notebooks
