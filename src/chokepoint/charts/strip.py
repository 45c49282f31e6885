"""A dot for every reading: where sources agree, and where they do not."""

from collections.abc import Mapping, Sequence

import altair as alt
import pandas as pd

from chokepoint.charts.narrow import raised, two_lines
from chokepoint.charts.theme import GRID, INK


def strip(
    frame: pd.DataFrame,
    *,
    colours: Mapping[str, str],
    axis: str,
    rows: Sequence[str],
    zero: bool = True,
    dodge: bool = False,
) -> alt.LayerChart:
    """Readings of several things on one axis, a row a thing.

    frame: columns row, value, kind (coloured), source; a range has low and high as well and is drawn as a bar.
    axis: its title, with the unit. rows: in order, top first. dodge: pile up dots of the same value instead of hiding them.
    """
    pile = frame.groupby(["row", "value"]).cumcount() if dodge else 0
    base = alt.Chart(frame.assign(pile=pile, at=frame["row"].map(list(rows).index)))
    y = alt.Y("at:Q", axis=None, scale=alt.Scale(domain=[len(rows) - 0.5, -0.8], nice=False))
    tooltip = [
        alt.Tooltip("row:N", title="What"),
        alt.Tooltip("value:Q", title=axis),
        alt.Tooltip("kind:N", title="Reading"),
        alt.Tooltip("source:N", title="Source"),
    ]
    x = alt.X(
        "value:Q", title=axis, scale=alt.Scale(zero=zero, nice=True), axis=alt.Axis(tickCount=6, grid=True)
    )
    colour = alt.Color(
        "kind:N",
        scale=alt.Scale(domain=list(colours), range=list(colours.values())),
        legend=alt.Legend(
            title=None,
            columns=alt.ExprRef("cp_column < 560 ? 2 : 5"),
            symbolType="circle",
            symbolOpacity=1,
            labelLimit=200,
        ),
    )
    reach = (
        base.transform_aggregate(least="min(value)", most="max(value)", groupby=["row", "at"])
        .mark_rule(color=GRID, strokeWidth=2)
        .encode(alt.X("least:Q"), alt.X2("most:Q"), y)
    )
    spans = (
        base.transform_filter("isValid(datum.low)")
        .mark_rule(strokeWidth=6, opacity=0.5)
        .encode(alt.X("low:Q"), alt.X2("high:Q"), y, color=colour, tooltip=tooltip)
    )
    dots = (
        base.transform_filter("!isValid(datum.low)")
        .transform_calculate(up="datum.at - 0.2 * datum.pile")
        .mark_circle(size=130, opacity=0.95)
        .encode(x, alt.Y("up:Q", axis=None), color=colour, tooltip=tooltip)
    )
    names = (
        base.transform_aggregate(n="count()", groupby=["row", "at"])
        .transform_calculate(said=two_lines("row", 12.5))  # bold
        .mark_text(
            align="left",
            dy=raised("row", -46 if dodge else -16, 12.5),
            fontWeight="bold",
            color=INK,
            limit=alt.ExprRef("width"),
            fontSize=alt.ExprRef("cp_column < 420 ? 11 : 12"),
        )
        .encode(alt.XValue(0), y, text="said:N")
    )
    ranges = [spans] if frame.low.notna().any() else []
    return alt.layer(reach, *ranges, dots, names).properties(height=(80 if dodge else 46) * len(rows))
