"""Dated events, a row an instrument and a dot an event, narrowed by the reader."""

from collections.abc import Mapping
from dataclasses import dataclass

import altair as alt
import pandas as pd

from chokepoint.charts.beside import COLUMNS, EDGE, Box, Named, beside, placed, words
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
from chokepoint.charts.narrow import SIZE, datum
from chokepoint.charts.theme import SOFT

CLOSE = 9  # days: on a phone, dots nearer than this would hide each other
_DOWN = 0.2  # of a row, from one dot of a pile to the next
_ROW, _ABOVE = 44, 0.9  # px, about, from one row to the next; room over the first dot, in rows
_HALF = 7  # px, half of a dot with its edge
_RAISED = -8  # px, the name of a row over its line
_SMALL = 11  # px, the letters of the day at which the evidence ends


def timeline(
    rows: pd.DataFrame,
    *,
    x: str,
    y: str,
    color: str | None = None,
    colours: Mapping[str, str] | None = None,
    state: str | None = None,
    done: str = "happened",
    label: str | None = None,
    tooltip: tuple[str, ...] = (),
    seen: pd.Timestamp | None = None,
    start: str | None = None,
    end: str | None = None,
) -> alt.LayerChart:
    """Draw events in time, with a select for their colour and one for their row.

    x: column of dates. y: column of names of rows, in order of appearance. color: column of kinds, for
    example the actor. state: column of what became of an event; those that are not `done` are drawn hollow.
    label: column of short names, empty for most, which stand beside their dots where they have room.
    tooltip: columns. seen: the day at which the evidence ends. start, end: the window, as ISO dates; by
    default a month more than the dates.

    >>> rows = pd.DataFrame({"day": ["2026-02-04", "2026-04-24"], "kind": ["framework", "memorandum"]})
    >>> timeline(rows, x="day", y="kind").to_dict()["height"]
    114.4
    """
    rows = rows if color else rows.assign(event="event")
    color = color or "event"
    dots = in_utc(rows, x)
    order, days = first_seen(dots[y]), dots[x]
    start, end = start or f"{days.min() - _MONTH:%Y-%m-%d}", end or f"{days.max() + _MONTH:%Y-%m-%d}"
    colours = colours or palette(rows, color, None)
    dots = numbered(dots.sort_values(x), y, order)
    dots = dots.assign(pile=dots.groupby(y)[x].transform(_piled))
    places = _apart(dots.groupby("at").pile.max().tolist())
    dots = dots.assign(at=dots["at"].map(places.__getitem__))
    layout = Rows(places[-1] + 1, above=_ABOVE, padding=0)
    height = _ROW * (layout.count + 0.6)
    chosen = f"(who == '{ALL}' || {datum(color)} == who) && (what == '{ALL}' || {datum(y)} == what)"
    down = f"datum.at + {_DOWN} * datum.pile"
    base = alt.Chart(dots).transform_filter(chosen).transform_calculate(up=down)
    names: tuple[alt.Chart, ...] = ()
    if label:
        span = _Span(*(pd.Timestamp(day, tz="UTC") for day in (start, end)), height / (layout.foot + _ABOVE))
        taken = _taken(dict(zip(order, places, strict=True)), seen, span)
        called = alt.Chart(_called(dots, x, label, span, taken))
        names = beside(called.transform_filter(chosen).transform_calculate(up=down), label)
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
            *[called.encode(months(x, start, end), layout.y("up"), tooltip=tips) for called in names],
            alt.Chart(dots)
            .transform_calculate(hit=f"{chosen} ? 1 : 0")
            .transform_aggregate(hits="sum(hit)")
            .transform_calculate(count=f"datum.hits + ' of {len(dots)} shown'")
            .mark_text(align="right", baseline="bottom", color=SOFT)
            .encode(alt.XValue(WIDTH), alt.YValue(-24), text=alt.Text("count:N")),
        )
        .add_params(
            select("who", color.capitalize(), [ALL, *colours]),
            select("what", y.capitalize(), [ALL, *sorted(order)]),
        )
        .properties(height=height)
    )


_MONTH = pd.Timedelta(days=30)


def months(field: str, start: str, end: str) -> alt.X:
    """Encode an axis of time with a tick a month, fewer where the page is narrow."""
    count = round((pd.Timestamp(end) - pd.Timestamp(start)) / _MONTH)
    ticks = alt.ExprRef(f"{NARROW} ? {min(count, 5)} : {min(count, 12)}")
    return time(field, start, end, format="%b", tickCount=ticks)


@dataclass(frozen=True)
class _Span:
    """From which moment to which a chart of time reaches, and how tall one of its rows is [px]."""

    start: pd.Timestamp
    end: pd.Timestamp
    row: float

    def share(self, day: pd.Timestamp) -> float:
        """Return where a moment stands, as a share of the width."""
        return float((day - self.start) / (self.end - self.start))

    def down(self, at: float) -> float:
        """Return where a row stands [px from the top]. at: its place in rows."""
        return (at + _ABOVE) * self.row


def _called(dots: pd.DataFrame, x: str, label: str, span: _Span, taken: list[Box]) -> pd.DataFrame:
    """Return the dots whose name has room, a row for each place of a name, with what `placed` says of it."""
    names = dots[label].where(dots[label].notna(), "")
    points = [
        Named(span.share(day), span.down(at + _DOWN * pile), name, _HALF)
        for day, at, pile, name in zip(dots[x], dots["at"], dots.pile, names, strict=True)
    ]
    found = placed(points, taken)
    called = dots.iloc[[place.pop("point") for place in found]].reset_index(drop=True)
    return called.join(pd.DataFrame(found))


def _taken(places: dict[str, float], seen: pd.Timestamp | None, span: _Span) -> list[Box]:
    """Return the room of the names of rows and of the day at which the evidence ends."""
    taken = []
    for name, at in places.items():
        foot, lines = span.down(at) + _RAISED, 2 if words(name) > COLUMNS[0] - EDGE else 1
        taken.append(Box(0, 0, words(name), foot - lines * (SIZE + 2), foot))
    if seen is not None:
        at, long = span.share(pd.Timestamp(seen, tz="UTC")), words(_ends(seen), _SMALL)
        taken += [
            Box(at, -long - 4, 0, 0, _SMALL + 4),
            Box(at, -2, 2, 0, span.down(max(places.values()) + 1)),
        ]
    return taken


def _ends(seen: pd.Timestamp) -> str:
    """Say at which day the evidence ends.

    >>> _ends(pd.Timestamp("2026-10-09"))
    'evidence ends, 9 Oct'
    """
    return f"evidence ends, {seen:%-d %b}"


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
    called = haloed(layout.names(names, "row", dy=_RAISED, beside=beside, fontWeight=600))
    if seen is None:
        return [layout.lines(names), *called]
    last = pd.DataFrame({"day": [seen], "label": [_ends(seen)]})
    last = alt.Chart(in_utc(last, "day")).encode(alt.X("day:T"))
    return [
        layout.lines(names),
        last.mark_rule(strokeDash=[4, 3], color=SOFT),
        last.mark_text(align="right", dx=-4, baseline="top", fontSize=_SMALL, color=SOFT).encode(
            alt.YValue(2), text=alt.Text("label:N")
        ),
        *called,
    ]
