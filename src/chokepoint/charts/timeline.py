"""Dated events, a row an instrument and a dot an event, narrowed by the reader; and terms, a bar from their first day to their last."""

from collections.abc import Mapping

import altair as alt
import pandas as pd

from chokepoint.charts.narrow import raised, two_lines
from chokepoint.charts.theme import GRID, INK, SOFT, haloed, in_utc, window

ROW = 44  # pixels a row: the name above, the mark below
CLOSE = 9  # days: on a phone, dots nearer than this would hide each other
ALL = "all"


def events(
    frame: pd.DataFrame, *, colours: Mapping[str, str], seen: pd.Timestamp, start: str, end: str
) -> alt.LayerChart:
    """Events in time, with a select for the actor and one for the instrument.

    frame: columns day, date (in words), actor (coloured), instrument (a row), what, state (happened, passed, scheduled).
    seen: the day at which the evidence ends. start, end: the window, as ISO dates.
    """
    rows = list(dict.fromkeys(frame["instrument"]))
    placed = in_utc(frame.sort_values("day"), "day").assign(at=lambda f: f["instrument"].map(rows.index))
    placed = placed.assign(pile=placed.groupby("instrument")["day"].transform(_piled))
    who = _select("who", "Actor", list(colours))
    what = _select("what", "Instrument", sorted(rows))
    shown = "(who == 'all' || datum.actor == who) && (what == 'all' || datum.instrument == what)"
    x = _x("day", start, end)
    y = alt.Y(
        "up:Q",
        axis=None,
        stack=None,
        scale=alt.Scale(domain=[len(rows) - 0.5, -0.9], nice=False, zero=False, padding=0),
    )
    colour = alt.Color("actor:N", scale=_scale(colours), legend=_legend("cp_column < 560 ? 2 : 6"))
    tooltip = [alt.Tooltip(f"{c}:N", title=c.capitalize()) for c in ("date", "state", "actor", "what")]
    base = alt.Chart(placed).transform_filter(shown).transform_calculate(up="datum.at + 0.2 * datum.pile")
    size = alt.ExprRef("cp_column < 560 ? 75 : 110")
    done = (
        base.transform_filter("datum.state == 'happened'")
        .mark_circle(size=size, opacity=1)
        .encode(x, y, color=colour, tooltip=tooltip)
    )
    only = base.transform_filter("datum.state != 'happened'").mark_point(size=size, opacity=1, strokeWidth=2)
    only = only.encode(x, y, color=colour, tooltip=tooltip)
    count = (
        alt.Chart(placed)
        .transform_calculate(hit=f"{shown} ? 1 : 0")
        .transform_aggregate(hits="sum(hit)")
        .transform_calculate(told=f"datum.hits + ' of {len(placed)} shown'")
        .mark_text(align="right", baseline="bottom", color=SOFT)
        .encode(alt.XValue(alt.ExprRef("width")), alt.YValue(-24), text="told:N")
    )
    return (
        alt.layer(*_frame(rows, seen), done, only, count)
        .add_params(who, what)
        .properties(height=ROW * (len(rows) + 0.6))
    )


def terms(
    frame: pd.DataFrame, *, colours: Mapping[str, str], seen: pd.Timestamp, start: str, end: str
) -> alt.LayerChart:
    """Terms as bars, the day on which each ends at the right end; a dot where it was kept.

    frame: columns name (a row), start, due, kept (days), outcome (coloured), what, day (the last day in words).
    """
    rows = list(frame["name"])
    placed = in_utc(
        frame.assign(at=range(len(rows)), start=frame["start"].clip(lower=pd.Timestamp(start))),
        "start",
        "due",
        "kept",
    )
    y = alt.Y(
        "at:Q",
        axis=None,
        stack=None,
        scale=alt.Scale(domain=[len(rows) - 0.5, -0.9], nice=False, zero=False, padding=0),
    )
    colour = alt.Color("outcome:N", scale=_scale(colours), legend=_legend("cp_column < 560 ? 1 : 2"))
    tooltip = [
        alt.Tooltip("name:N", title="Term"),
        alt.Tooltip("day:N", title="Ends"),
        alt.Tooltip("outcome:N", title="Outcome"),
        alt.Tooltip("what:N", title="Text"),
    ]
    base = alt.Chart(placed)
    bars = base.mark_bar(orient="horizontal", height=10).encode(
        _x("start", start, end), alt.X2("due:T"), y, color=colour, tooltip=tooltip
    )
    late = (
        base.transform_filter("isValid(datum.kept)")
        .mark_rule(strokeWidth=2, strokeDash=[3, 3])
        .encode(alt.X("due:T"), alt.X2("kept:T"), y, color=colour)
    )
    kept = (
        base.transform_filter("isValid(datum.kept)")
        .mark_circle(size=110, opacity=1)
        .encode(alt.X("kept:T"), y, color=colour, tooltip=tooltip)
    )
    days = base.mark_text(align="right", baseline="bottom", dy=-8, color=SOFT, fontSize=11).encode(
        alt.XValue(alt.ExprRef("width")), y, text="day:N"
    )
    return alt.layer(*_frame(rows, seen, beside=90), bars, late, kept, *haloed(days)).properties(
        height=ROW * (len(rows) + 0.6)
    )


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


def _frame(rows: list[str], seen: pd.Timestamp, beside: float = 0) -> tuple[alt.LayerChart, ...]:
    """Names of the rows with a line under each, and the day at which the evidence ends. beside: what stands right of a name [px]."""
    names = alt.Chart(pd.DataFrame({"row": rows, "at": range(len(rows))}))
    y = alt.Y("at:Q", axis=None)
    lines = names.mark_rule(color=GRID).encode(alt.XValue(0), alt.X2Value(alt.ExprRef("width")), y)
    words = names.transform_calculate(said=two_lines("row", beside=beside))
    words = words.mark_text(
        align="left", baseline="bottom", dy=raised("row", -8, beside=beside), color=INK, fontWeight=600
    )
    words = words.encode(alt.XValue(0), y, text="said:N")
    end = alt.Chart(
        in_utc(pd.DataFrame({"day": [seen], "told": [f"evidence ends, {seen:%-d %b}"]}), "day")
    ).encode(alt.X("day:T"))
    return (
        lines,
        end.mark_rule(strokeDash=[4, 3], color=SOFT),
        end.mark_text(align="right", dx=-4, baseline="top", fontSize=11, color=SOFT).encode(
            alt.YValue(2), text="told:N"
        ),
        *haloed(words),
    )


def _x(field: str, start: str, end: str) -> alt.X:
    ticks = alt.Axis(format="%b", tickCount=alt.ExprRef("cp_column < 560 ? 5 : 12"), grid=True, orient="top")
    return alt.X(f"{field}:T", title=None, scale=window(start, end), axis=ticks)


def _scale(colours: Mapping[str, str]) -> alt.Scale:
    return alt.Scale(domain=list(colours), range=list(colours.values()))


def _legend(columns: str) -> alt.Legend:
    return alt.Legend(title=None, columns=alt.ExprRef(columns), labelLimit=330)


def _select(name: str, label: str, options: list[str]) -> alt.Parameter:
    return alt.param(name=name, value=ALL, bind=alt.binding_select(options=[ALL, *options], name=f"{label} "))
