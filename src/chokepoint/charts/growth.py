"""How a cost grows with a size."""

import altair as alt
import pandas as pd

from chokepoint.charts.theme import BLOC


def growth(points: pd.DataFrame, title: str = "pages run and printed") -> alt.Chart:
    """A line through points from zero. Columns size, seconds [s]."""
    x = alt.X(
        "size:Q",
        title=title,
        scale=alt.Scale(domainMin=0),
        axis=alt.Axis(values=sorted(points["size"]), format="d"),
    )
    y = alt.Y("seconds:Q", title="s", scale=alt.Scale(domainMin=0), axis=alt.Axis(tickCount=5))
    tips = [
        alt.Tooltip("size:Q", title=title.capitalize()),
        alt.Tooltip("seconds:Q", title="Seconds", format=".3~g"),
    ]
    line = alt.Chart(points).mark_line(
        color=BLOC, strokeWidth=2.5, point=alt.OverlayMarkDef(color=BLOC, size=60)
    )
    return line.encode(x, y, tooltip=tips).properties(height=220)
