"""A bar for every measure, from its first day to its last: a Gantt of what held when."""

from collections.abc import Mapping

import altair as alt
import pandas as pd

from chokepoint.charts.theme import INK, SOFT, haloed, in_utc, window

ROW = 40  # pixels a row: the name above, the bar below


def spans(
    frame: pd.DataFrame, marks: pd.DataFrame, *, colours: Mapping[str, str], start: str, end: str
) -> alt.LayerChart:
    """Bars in time.

    frame: columns row (its name), start, end (dates), kind, detail; several rows of the same name share a line.
    marks: columns date, label: days that matter to all. start, end: the window, as ISO dates.
    """
    order = list(dict.fromkeys(frame["row"]))
    said = {
        f"{column}_said": pd.to_datetime(frame[column]).dt.strftime("%-d %B %Y")
        for column in ("start", "end")
    }
    placed = in_utc(frame.assign(at=frame["row"].map(order.index), **said), "start", "end")
    marks = in_utc(marks, "date")
    x = alt.X(
        "start:T",
        title=None,
        scale=window(start, end),
        axis=alt.Axis(format="%Y", tickCount="year", grid=True, orient="top"),
    )
    y = alt.Y(
        "at:Q",
        axis=None,
        stack=None,
        scale=alt.Scale(domain=[len(order) + 0.45 * len(marks), -0.75], nice=False),
    )
    colour = alt.Color(
        "kind:N",
        scale=alt.Scale(domain=list(colours), range=list(colours.values())),
        legend=alt.Legend(title=None, columns=alt.ExprRef("cp_column < 560 ? 1 : 4"), labelLimit=330),
    )
    tooltip = [
        alt.Tooltip("row:N", title="Measure"),
        alt.Tooltip("kind:N", title="State"),
        alt.Tooltip("start_said:N", title="From"),
        alt.Tooltip("end_said:N", title="To"),
        alt.Tooltip("detail:N", title="Detail"),
    ]
    base = alt.Chart(placed)
    bars = base.mark_bar(orient="horizontal", height=12).encode(
        x, alt.X2("end:T"), y, color=colour, tooltip=tooltip
    )
    names = (
        alt.Chart(pd.DataFrame({"row": order, "at": range(len(order))}))
        .mark_text(align="left", baseline="bottom", dy=-9, color=INK, limit=alt.ExprRef("width"))
        .encode(alt.XValue(0), alt.Y("at:Q", axis=None), text="row:N")
    )
    days = alt.Chart(marks).mark_rule(strokeDash=[4, 3], color=SOFT).encode(alt.X("date:T"))
    words = (
        alt.Chart(
            marks.assign(first=marks["date"].min(), at=[len(order) + 0.45 * i for i in range(len(marks))])
        )
        .mark_text(align="right", dx=-4, color=SOFT, baseline="bottom")
        .encode(alt.X("first:T"), alt.Y("at:Q", axis=None), text="label:N")
    )
    return alt.layer(days, bars, *haloed(names), *haloed(words)).properties(height=ROW * (len(order) + 1.5))
