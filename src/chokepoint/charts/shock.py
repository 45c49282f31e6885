"""View of what the supply-shock model's price missed."""

import altair as alt
import pandas as pd

from chokepoint.charts.narrow import raised, two_lines
from chokepoint.charts.theme import ACCENT, GRID, INK, OTHER, SOFT


def misses(frame: pd.DataFrame, one: float) -> alt.LayerChart:
    """Price multiples as fitted and as seen, a row an episode in the order given, and one number for all as a line.

    Columns name, predicted, seen.
    """
    order = list(frame.name)
    frame = frame.rename(columns={"predicted": "fitted"})
    long = frame.melt("name", ["fitted", "seen"], var_name="which", value_name="multiple").assign(
        at=lambda t: t.name.map(order.index)
    )
    scale = alt.Scale(type="log", domain=[1.5, 40], nice=False)
    x = alt.X(
        "multiple:Q",
        title="Price, times the price before",
        scale=scale,
        axis=alt.Axis(values=[2, 5, 10, 20, 40], format="~g"),
    )
    y = alt.Y("at:Q", axis=None, scale=alt.Scale(domain=[len(order) - 0.5, -0.85], nice=False))
    rows = frame.assign(at=range(len(frame)))
    links = (
        alt.Chart(rows)
        .mark_rule(color=GRID, strokeWidth=3)
        .encode(alt.X("fitted:Q", scale=scale), alt.X2("seen:Q"), y)
    )
    colour = alt.Color(
        "which:N",
        scale=alt.Scale(domain=["fitted", "seen"], range=[OTHER, ACCENT]),
        legend=alt.Legend(title=None, symbolType="circle", symbolOpacity=1),
    )
    tooltip = [
        alt.Tooltip("name:N", title="Episode"),
        alt.Tooltip("which:N", title="Reading"),
        alt.Tooltip("multiple:Q", title="Times", format=".1f"),
    ]
    dots = alt.Chart(long).mark_circle(size=150, opacity=1).encode(x, y, color=colour, tooltip=tooltip)
    names = alt.Chart(rows).transform_calculate(said=two_lines("name"))
    names = names.mark_text(align="left", dy=raised("name", -16), color=INK, limit=alt.ExprRef("width"))
    names = names.encode(alt.XValue(0), y, text="said:N")
    line = alt.Chart(pd.DataFrame({"one": [one], "up": [-0.6], "low": [len(order) - 0.5]})).mark_rule(
        color=SOFT, strokeDash=[5, 4]
    )
    line = line.encode(alt.X("one:Q", scale=scale), alt.Y("up:Q", axis=None), alt.Y2("low:Q"))
    word = alt.Chart(
        pd.DataFrame({"one": [one], "at": [len(order) - 0.5], "label": [f"one number for all: {one:.1f}"]})
    )
    word = word.mark_text(align="left", baseline="bottom", dx=6, color=SOFT).encode(
        alt.X("one:Q", scale=scale), alt.Y("at:Q", axis=None), text="label:N"
    )
    return alt.layer(links, line, dots, names, word).properties(height=48 * len(order))
