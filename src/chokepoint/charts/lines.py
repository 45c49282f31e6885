"""Yearly series of one thing."""

import altair as alt
import pandas as pd

from chokepoint.charts.theme import ACCENT, BLOC, FLOOR, OTHER, UNITED_STATES

LONG = 34  # letters of a name


def yearly(rows: pd.DataFrame, unit: str) -> alt.LayerChart:
    """Lines over years, from zero. Columns series, year, value [unit]; the last value of the first series is written at its end."""
    names = list(dict.fromkeys(rows.series))
    x = alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0))
    y = alt.Y("value:Q", title=unit, scale=alt.Scale(domain=[0, 1.15 * rows.value.max()]), axis=alt.Axis(tickCount=5))
    scale = alt.Scale(domain=names, range=[ACCENT, BLOC, FLOOR, UNITED_STATES, OTHER][: len(names)])
    size = 10.5 if max(map(len, names)) > LONG else 12  # on a phone a long name takes the whole column
    legend = alt.Legend(columns=1, labelLimit=330, labelFontSize=size, symbolType="stroke") if len(names) > 1 else None
    colour = alt.Color("series:N", title=None, scale=scale, legend=legend)
    tips = [
        alt.Tooltip("series:N", title="Series"),
        alt.Tooltip("year:O", title="Year"),
        alt.Tooltip("value:Q", title=unit, format=",.4~g"),
    ]
    line = alt.Chart(rows).mark_line(strokeWidth=2.5, point=alt.OverlayMarkDef(size=45)).encode(x, y, colour, tooltip=tips)
    last = rows[rows.series == names[0]].tail(1).assign(text=lambda r: r.value.map(lambda v: f"{v:,.0f}" if v >= 100 else f"{v:.3g}"))
    word = alt.Chart(last).mark_text(align="center", dy=-12, fontWeight="bold").encode(x, y, text="text:N")
    return alt.layer(line, word).properties(height=220)
