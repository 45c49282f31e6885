"""Dated events, a row an instrument and a dot an event, narrowed by the reader."""

from collections.abc import Mapping

import altair as alt
import pandas as pd

from chokepoint.charts.layout import (
    ALL,
    NARROW,
    WIDTH,
    Rows,
    capitalised,
    first_seen,
    haloed,
    in_utc,
    key,
    named,
    numbered,
    palette,
    select,
    time,
)
from chokepoint.charts.layout import color as colour_by
from chokepoint.charts.narrow import datum
from chokepoint.charts.theme import SOFT

CLOSE = 9  # days: on a phone, dots nearer than this would hide each other
_DOWN = 0.2  # of a row, from one dot of a pile to the next


def timeline(
    rows: pd.DataFrame,
    *,
    x: str,
    y: str,
    color: str | None = None,
    colours: Mapping[str, str] | None = None,
    state: str | None = None,
    done: str = "happened",
    tooltip: tuple[str, ...] = (),
    seen: pd.Timestamp | None = None,
    start: str | None = None,
    end: str | None = None,
) -> alt.LayerChart:
    """Draw events in time, with a select for their colour and one for their row.

    x: column of dates. y: column of names of rows, in order of appearance. color: column of kinds, for
    example the actor. state: column of what became of an event; those that are not `done` are drawn hollow.
    tooltip: columns. seen: the day at which the evidence ends. start, end: the window, as ISO dates; by
    default a month more than the dates.

    >>> rows = pd.DataFrame({"day": ["2026-02-04", "2026-04-24"], "kind": ["framework", "memorandum"]})
    >>> timeline(rows, x="day", y="kind").to_dict()["height"]
    114.4
    """
    rows = rows if color else rows.assign(event="event")
    color = color or "event"
    placed = in_utc(rows, x)
    order, days = first_seen(placed[y]), placed[x]
    start, end = start or f"{days.min() - _MONTH:%Y-%m-%d}", end or f"{days.max() + _MONTH:%Y-%m-%d}"
    colours = colours or palette(rows, color, None)
    placed = numbered(placed.sort_values(x), y, order)
    placed = placed.assign(pile=placed.groupby(y)[x].transform(_piled))
    places = _apart(placed.groupby("at").pile.max().tolist())
    placed = placed.assign(at=placed["at"].map(places.__getitem__))
    layout = Rows(places[-1] + 1, above=0.9, padding=0)
    chosen = f"(who == '{ALL}' || {datum(color)} == who) && (what == '{ALL}' || {datum(y)} == what)"
    down = f"datum.at + {_DOWN} * datum.pile"
    base = alt.Chart(placed).transform_filter(chosen).transform_calculate(up=down)
    tips = capitalised(*tooltip) or [alt.Tooltip(f"utcyearmonthdate({x}):T", title=x), *capitalised(y, color)]
    has = f"{datum(state)} == '{done}'" if state else "true"
    by = colour_by(color, colours, key((2, 6), labelLimit=330))
    dot = {"size": alt.ExprRef(f"{NARROW} ? 75 : 110"), "opacity": 1}
    return (
        alt.layer(
            *row_frame(layout, order, seen, places=places),
            *[
                mark.encode(
                    months(x, start, end),
                    layout.y("up"),
                    color=by,
                    tooltip=tips,
                )
                for mark in (
                    base.transform_filter(has).mark_circle(**dot),
                    base.transform_filter(f"!({has})").mark_point(strokeWidth=2, **dot),
                )
            ],
            alt.Chart(placed)
            .transform_calculate(hit=f"{chosen} ? 1 : 0")
            .transform_aggregate(hits="sum(hit)")
            .transform_calculate(count=f"datum.hits + ' of {len(placed)} shown'")
            .mark_text(align="right", baseline="bottom", color=SOFT)
            .encode(alt.XValue(WIDTH), alt.YValue(-24), text=alt.Text("count:N")),
        )
        .add_params(
            select("who", color.capitalize(), [ALL, *colours]),
            select("what", y.capitalize(), [ALL, *sorted(order)]),
        )
        .properties(height=44 * (layout.count + 0.6))
    )


_MONTH = pd.Timedelta(days=30)


def months(field: str, start: str, end: str) -> alt.X:
    """Encode an axis of time with a tick a month, fewer where the page is narrow."""
    count = round((pd.Timestamp(end) - pd.Timestamp(start)) / _MONTH)
    ticks = alt.ExprRef(f"{NARROW} ? {min(count, 5)} : {min(count, 12)}")
    return time(field, start, end, format="%b", tickCount=ticks)


def _piled(days: pd.Series) -> list[int]:
    """How far down each dot of a row goes, so that none hides another: 0, 1, 2 … for days in order.

    >>> _piled(pd.Series(pd.to_datetime(["2026-02-04", "2026-02-05", "2026-02-13", "2026-02-16"])))
    [0, 1, 0, 1]
    """
    last: list[pd.Timestamp] = []  # the last day on each level
    levels = []
    for day in days:
        level = next((i for i, before in enumerate(last) if (day - before).days >= CLOSE), len(last))
        last[level : level + 1] = [day]
        levels.append(level)
    return levels


def _apart(piles: list[int]) -> list[float]:
    """Where each row stands: one with a deep pile of dots keeps it off the name of the next.

    piles: how far down the dots of each row go.

    >>> _apart([1, 3, 0, 0])
    [0.0, 1.0, 2.4, 3.4]
    """
    deep = [_DOWN * max(0, pile - 1) for pile in piles]
    return [round(at + sum(deep[:at], 0.0), 3) for at in range(len(piles))]


def row_frame(
    layout: Rows,
    order: list[str],
    seen: pd.Timestamp | None,
    beside: float = 0,
    places: list[float] | None = None,
) -> list[alt.Chart]:
    """Names of the rows with a line under each, and the day at which the evidence ends.

    beside: what stands right of a name [px]. places: of the rows, where they are not all one apart.
    """
    names = named(order, places=places)
    words = haloed(layout.names(names, "row", dy=-8, beside=beside, fontWeight=600))
    if seen is None:
        return [layout.lines(names), *words]
    last = pd.DataFrame({"day": [seen], "label": [f"evidence ends, {seen:%-d %b}"]})
    last = alt.Chart(in_utc(last, "day")).encode(alt.X("day:T"))
    return [
        layout.lines(names),
        last.mark_rule(strokeDash=[4, 3], color=SOFT),
        last.mark_text(align="right", dx=-4, baseline="top", fontSize=11, color=SOFT).encode(
            alt.YValue(2), text=alt.Text("label:N")
        ),
        *words,
    ]
