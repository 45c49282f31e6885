"""Of tests that are alike and take long a sample runs, the same again by the same seed; every week all of them."""

from types import SimpleNamespace

import pytest
from sampled import SEED, SWEEP, of_groups, seed


def named(name: str, group: str = "", number: int = 1) -> SimpleNamespace:
    """Stand for a test that pytest has collected."""
    mark = pytest.mark.some_of(group, number).mark if group else None
    return Item(name=name, get_closest_marker=lambda _name: mark)


class Item(SimpleNamespace):
    """A set may hold it."""

    __hash__ = object.__hash__


ITEMS = [named("plain"), *(named(f"damage {i}", "damages", 2) for i in range(6)), named("stop", "stops", 3)]


def test_so_many_of_each_group_run_in_the_order_they_stand_in_and_every_other_test_does(monkeypatch):
    monkeypatch.delenv(SWEEP, raising=False)
    drawn = [item.name for item in of_groups(ITEMS)]
    assert drawn == [item.name for item in of_groups(ITEMS)]
    assert (
        drawn[0] == "plain" and drawn[-1] == "stop" and len(drawn) == 4 and drawn == sorted(drawn, key=order)
    )


def order(name: str) -> int:
    """Where a test stands."""
    return [item.name for item in ITEMS].index(name)


def test_another_seed_draws_others_and_in_the_end_each(monkeypatch):
    monkeypatch.delenv(SWEEP, raising=False)
    seen = set()
    for number in range(seed(), seed() + 40):
        monkeypatch.setenv(SEED, str(number))
        seen |= {item.name for item in of_groups(ITEMS)}
    assert seen == {item.name for item in ITEMS}


def test_every_week_all_run(monkeypatch):
    monkeypatch.setenv(SWEEP, "all")
    assert of_groups(ITEMS) == ITEMS


def test_one_that_is_asked_for_alone_runs(monkeypatch):
    monkeypatch.delenv(SWEEP, raising=False)
    assert [item.name for item in of_groups([ITEMS[4]])] == ["damage 3"]
