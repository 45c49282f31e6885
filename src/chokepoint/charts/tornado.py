"""A tornado: how far each assumption alone moves a result, from the low to the high end of its range."""

import altair as alt
import pandas as pd

from chokepoint.charts.narrow import raised, two_lines
from chokepoint.charts.theme import ACCENT, BLOC, INK


def tornado(frame: pd.DataFrame, *, x_title: str, x_format: str) -> alt.LayerChart:
    """One row an assumption, the widest first. Columns row (its name), range (in words), at_value, at_low, at_high."""
    placed = frame.reset_index(drop=True).assign(at=range(len(frame)))
    y = alt.Y("at:Q", axis=None, scale=alt.Scale(domain=[len(frame) - 0.6, -0.75], nice=False))
    axis = alt.Axis(format=x_format, tickCount=4)
    tips = [
        alt.Tooltip("row:N", title="Assumption"),
        alt.Tooltip("range:N", title="Range"),
        alt.Tooltip("at_low:Q", title="Result at its low end", format=x_format),
        alt.Tooltip("at_high:Q", title="Result at its high end", format=x_format),
    ]
    base = alt.Chart(placed)
    bars = [
        base.mark_bar(height=12, color=colour).encode(
            alt.X("at_value:Q", title=x_title, axis=axis, scale=alt.Scale(zero=False, nice=True)),
            alt.X2(f"{end}:Q"),
            y,
            tooltip=tips,
        )
        for end, colour in (("at_low", ACCENT), ("at_high", BLOC))
    ]
    now = base.mark_tick(color=INK, thickness=2, size=20).encode(
        alt.X("at_value:Q"), y
    )  # a line across all would cross the names
    names = base.transform_calculate(said=two_lines("row")).mark_text(
        align="left", baseline="bottom", dy=raised("row", -11), color=INK, limit=alt.ExprRef("width")
    )
    names = names.encode(alt.XValue(0), alt.Y("at:Q"), text="said:N")
    return alt.layer(*bars, now, names).properties(height=280)
