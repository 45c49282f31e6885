"""A fan: where the middle half and nine tenths of the draws lie, along one control."""

import altair as alt
import pandas as pd

from chokepoint.charts.layout import tooltips
from chokepoint.charts.theme import INK


def fan(rows: pd.DataFrame, *, x_title: str, x_format: str, y_title: str, y_format: str) -> alt.LayerChart:
    """Draw bands along x. Columns x, q05, q25, q50, q75, q95, quantiles of the draws."""
    base = alt.Chart(rows)
    x = alt.X(
        "x:Q",
        title=x_title,
        scale=alt.Scale(nice=False, zero=False),
        axis=alt.Axis(tickCount=5, labelFlush=True, format=x_format),
    )
    y = alt.Y("q05:Q", title=y_title, axis=alt.Axis(format=y_format, tickCount=5))
    read = {"q95": "19 draws of 20 are below", "q50": "Middle", "q05": "19 draws of 20 are above"}
    tips = tooltips({"x": (x_title, x_format)} | {q: (title, y_format) for q, title in read.items()})
    return alt.layer(
        base.mark_area(color=INK, opacity=0.14).encode(x, y, alt.Y2("q95:Q"), tooltip=tips),
        base.mark_area(color=INK, opacity=0.22).encode(x, alt.Y("q25:Q"), alt.Y2("q75:Q"), tooltip=tips),
        base.mark_line(color=INK, strokeWidth=2.5).encode(x, alt.Y("q50:Q"), tooltip=tips),
    ).properties(height=280)
