"""Names beside points: none over another, over a point or out of the plot, whatever the width; the same every time."""

import pandas as pd
import pytest
import vl_convert

from chokepoint.charts.beside import COLUMNS, EDGE, Box, Named, placed
from chokepoint.charts.narrow import NARROWEST
from chokepoint.charts.theme import themed
from chokepoint.charts.timeline import timeline
from chokepoint.charts.vega import compiled, fitted
from chokepoint.data import tables
from chokepoint.pages import since_february

EVENTS = pd.DataFrame(
    {
        "day": pd.to_datetime(["2026-02-04", "2026-04-24", "2026-04-26", "2026-08-06"]),
        "row": ["Frameworks", "Frameworks", "Frameworks", "Price floor"],
        "short": [None, "EU memorandum", "A name with a long way to go", "Polysilicon"],
    }
)


def room(point: Named, place: dict) -> Box:
    """The room of a name that stands where `placed` says."""
    return next(box for box, style in point.ways() if style.items() <= place.items())


@pytest.mark.parametrize("column", range(NARROWEST, 1920, 97))
def test_crowded_names_are_left_out_and_never_drawn_over_each_other(column):
    points = [Named((7 * i % 50) / 50, 10 + 9 * (i % 4), f"A name, number {i}", 6) for i in range(20)]
    there = [p for p in placed(points) if p["least"] <= column < p["below"]]
    assert 0 < len(there) < len(points)
    assert len({p["point"] for p in there}) == len(there)
    rooms = [room(points[p["point"]], p) for p in there]
    for place, box in zip(there, rooms, strict=True):
        others = [r for r in rooms if r is not box]
        others += [point.box() for i, point in enumerate(points) if i != place["point"]]
        assert box.free(others, column - EDGE)


def test_the_same_rows_give_the_same_places():
    points = [Named(i / 9, 20, f"Name {i}", 6) for i in range(9)]
    assert placed(points) == placed(list(points))


def said(chart, column: int) -> str:
    """What is written on a chart in a column [px]."""
    return vl_convert.vega_to_svg(fitted(compiled(themed(chart)), column))


@pytest.mark.parametrize("column", [262, *COLUMNS, 1300])
def test_a_row_without_a_short_name_is_drawn_without_one(column):
    svg = said(timeline(EVENTS, x="day", y="row", label="short"), column)
    assert "NaN" not in svg and "null" not in svg and "undefined" not in svg
    assert ("Polysilicon" in svg) == (column >= NARROWEST)


def test_a_timeline_none_of_whose_events_has_a_name_is_drawn():
    assert "Price floor" in said(timeline(EVENTS.assign(short=None), x="day", y="row", label="short"), 700)


def test_the_timeline_of_the_chapter_names_six_events_or_more_on_a_laptop():
    chart = since_february.lead(tables.DEFAULT_RELEASE).chart
    names = tables.load("timeline").short.dropna()
    assert sum(name in said(chart, 681) for name in names) >= 6
    assert any(name in said(chart, 328) for name in names)
