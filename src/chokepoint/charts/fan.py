"""A fan: where the middle half and nine tenths of the draws lie, along one control."""

import altair as alt
import pandas as pd

from chokepoint.charts.theme import BLOC, INK


def fan(frame: pd.DataFrame, *, x_title: str, x_format: str, y_title: str, y_format: str) -> alt.LayerChart:
    """Bands along x. Columns x, q05, q25, q50, q75, q95; the bands are named where they are widest."""
    base = alt.Chart(frame)
    x = alt.X(
        "x:Q",
        title=x_title,
        scale=alt.Scale(nice=False, zero=False),
        axis=alt.Axis(tickCount=5, labelFlush=True, format=x_format),
    )
    y = alt.Y("q05:Q", title=y_title, axis=alt.Axis(format=y_format, tickCount=5))
    read = {"q95": "19 draws of 20 are below", "q50": "Middle", "q05": "19 draws of 20 are above"}
    tips = [
        alt.Tooltip("x:Q", title=x_title, format=x_format),
        *(alt.Tooltip(f"{q}:Q", title=t, format=y_format) for q, t in read.items()),
    ]
    outer = base.mark_area(color=BLOC, opacity=0.28).encode(x, y, alt.Y2("q95:Q"), tooltip=tips)
    inner = base.mark_area(color=BLOC, opacity=0.4).encode(x, alt.Y("q25:Q"), alt.Y2("q75:Q"), tooltip=tips)
    middle = base.mark_line(color=INK, strokeWidth=2.5).encode(x, alt.Y("q50:Q"), tooltip=tips)
    return alt.layer(outer, inner, middle).properties(height=280)
