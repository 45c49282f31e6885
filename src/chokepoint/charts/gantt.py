"""Bars in time: what held when, and terms that run out."""

from collections.abc import Mapping

import altair as alt
import pandas as pd

from chokepoint.charts.layout import (
    WIDTH,
    Rows,
    color,
    first_seen,
    haloed,
    in_utc,
    key,
    named,
    numbered,
    time,
    tooltips,
)
from chokepoint.charts.theme import SOFT
from chokepoint.charts.timeline import months, row_frame


def gantt(
    rows: pd.DataFrame, days: pd.DataFrame, *, colours: Mapping[str, str], start: str, end: str
) -> alt.LayerChart:
    """Draw a bar for every measure from its first day to its last, under its name.

    rows: columns row (its name), start, end (dates), kind, detail; several of the same name share a line.
    days: columns date, label: days that matter to all. colours: by kind. start, end: the window, as ISO
    dates.
    """
    order = first_seen(rows["row"])
    layout = Rows(len(order), above=0.75, below=1 + 0.45 * len(days))
    words = {f"{end_}_text": pd.to_datetime(rows[end_]).dt.strftime("%-d %B %Y") for end_ in ("start", "end")}
    days = in_utc(days, "date")
    days = days.assign(first=days["date"].min(), at=[len(order) + 0.45 * i for i in range(len(days))])
    tips = {"row": "Measure", "kind": "State", "start_text": "From", "end_text": "To", "detail": "Detail"}
    marks = alt.Chart(days)
    labels = marks.mark_text(align="right", dx=-4, color=SOFT, baseline="bottom").encode(
        alt.X("first:T"), layout.y(), text=alt.Text("label:N")
    )
    return alt.layer(
        marks.mark_rule(strokeDash=[4, 3], color=SOFT).encode(alt.X("date:T")),
        alt.Chart(in_utc(numbered(rows.assign(**words), "row", order), "start", "end"))
        .mark_bar(orient="horizontal", height=12)
        .encode(
            time("start", start, end, format="%Y", tickCount="year"),
            alt.X2("end:T"),
            layout.y(),
            color=color("kind", colours, key((1, 4), labelLimit=330)),
            tooltip=tooltips(tips),
        ),
        *haloed(layout.names(named(order), "row", dy=-9)),
        *haloed(labels),
    ).properties(height=34 * (len(order) + 1.5))


def terms(
    rows: pd.DataFrame, *, colours: Mapping[str, str], seen: pd.Timestamp, start: str, end: str
) -> alt.LayerChart:
    """Draw terms as bars, the day on which each ends at the right end; a dot where it was kept.

    rows: columns name (a row), start, due, kept (days), outcome (coloured), what, day (the last day in
    words). seen: the day at which the evidence ends. start, end: the window, as ISO dates.
    """
    order = list(rows["name"])
    layout = Rows(len(order), above=0.9, padding=0)
    placed = numbered(rows.assign(start=rows["start"].clip(lower=pd.Timestamp(start))))
    base = alt.Chart(in_utc(placed, "start", "due", "kept"))
    by = color("outcome", colours, key((1, 2), labelLimit=330))
    tips = tooltips({"name": "Term", "day": "Ends", "outcome": "Outcome", "what": "Text"})
    kept = base.transform_filter("isValid(datum.kept)")
    days = base.mark_text(align="right", baseline="bottom", dy=-8, color=SOFT, fontSize=11).encode(
        alt.XValue(WIDTH), layout.y(), text=alt.Text("day:N")
    )
    return alt.layer(
        *row_frame(layout, order, seen, beside=90),
        base.mark_bar(orient="horizontal", height=10).encode(
            months("start", start, end), alt.X2("due:T"), layout.y(), color=by, tooltip=tips
        ),
        kept.mark_rule(strokeWidth=2, strokeDash=[3, 3]).encode(
            alt.X("due:T"), alt.X2("kept:T"), layout.y(), color=by
        ),
        kept.mark_circle(size=110, opacity=1).encode(alt.X("kept:T"), layout.y(), color=by, tooltip=tips),
        *haloed(days),
    ).properties(height=44 * (len(order) + 0.6))
