"""The figure of the first page: names on some of its bars, none over another, and a way to every mineral."""

import re

import pytest

from chokepoint.data import tables
from chokepoint.site import cover

RELEASE = tables.DEFAULT_RELEASE


def test_every_bar_leads_to_its_mineral_and_some_are_named():
    drawn, shares = str(cover.cover(RELEASE)), cover._last_step(RELEASE)
    assert re.findall(r'<a href="cp:minerals/(\w+)"', drawn) == shares.mineral.tolist()
    named = [name["name"] for name in cover._names(shares)]
    assert 5 <= len(named) == len(set(named)) <= 8
    assert named[0] == shares.name.iloc[0] and named[-1] == shares.name[shares.inside.idxmax()]


def test_no_name_stands_over_another_or_out_of_the_picture():
    *names, _ = cover._names(cover._last_step(RELEASE))
    for i, one in enumerate(names):
        assert 0 <= one["left"] and one["right"] <= cover._PLACE and one["foot"] >= cover._SIZE
        for other in names[i + 1 :]:
            apart = one["right"] <= other["left"] or abs(one["foot"] - other["foot"]) >= cover._LINE
            assert apart, (one["name"], other["name"])


def test_the_picture_of_a_shared_page_has_bars_and_no_links():
    drawn = str(cover.columns(RELEASE))
    assert drawn.count("<title>") == len(cover._last_step(RELEASE)) and "<a" not in drawn


@pytest.mark.parametrize("kept", [0, 1, 3])
def test_a_book_of_few_minerals_has_a_cover_too(monkeypatch, kept):
    few = cover._last_step(RELEASE).head(kept)
    monkeypatch.setattr(cover, "_last_step", lambda _release: few)
    assert str(cover.columns(RELEASE, linked=True)).count("<a ") == kept
    assert len(cover._names(few)) <= kept + 1
