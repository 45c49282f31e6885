"""Picture of what may come: a share now and in a forecast."""

import altair as alt
import pandas as pd

from chokepoint.charts.theme import CHINA, INK, SOFT


def change(frame: pd.DataFrame) -> alt.LayerChart:
    """China's share now (circle) and in the forecast for 2035 (diamond), a row a mineral. Columns name, share_2024, share_2035 [%]."""
    base = alt.Chart(frame.assign(at=range(len(frame)), now="2024", then="2035, forecast"))
    y = alt.Y("at:Q", axis=None, scale=alt.Scale(domain=[len(frame) - 0.5, -0.75], nice=False))
    x = alt.X(
        "share_2035:Q",
        title="China's share of refining, %",
        scale=alt.Scale(domain=[0, 100]),
        axis=alt.Axis(tickCount=5),
    )
    tips = [
        alt.Tooltip("name:N", title="Mineral"),
        alt.Tooltip("share_2024:Q", title="2024, %", format=".1f"),
        alt.Tooltip("share_2035:Q", title="2035, forecast, %", format=".1f"),
    ]
    half = alt.Chart({"values": [{}]}).mark_rule(color=SOFT, strokeDash=[4, 4]).encode(x=alt.XDatum(50))
    move = base.mark_rule(color=CHINA, strokeWidth=3, opacity=0.5).encode(x, alt.X2("share_2024:Q"), y)
    kinds = alt.Scale(domain=["2024", "2035, forecast"], range=["circle", "diamond"])
    legend = alt.Legend(title=None, symbolFillColor=CHINA, symbolStrokeColor=CHINA)
    old = base.mark_point(size=110, filled=True, color=CHINA, opacity=0.75).encode(
        alt.X("share_2024:Q"), y, shape=alt.Shape("now:N", scale=kinds, legend=legend), tooltip=tips
    )
    new = base.mark_point(size=150, filled=True, color=CHINA, opacity=1).encode(
        x, y, shape=alt.Shape("then:N", scale=kinds), tooltip=tips
    )
    names = base.mark_text(align="left", dy=-16, fontWeight="bold", color=INK).encode(
        alt.XValue(0), y, text="name:N"
    )
    return alt.layer(half, move, old, new, names).properties(height=50 * len(frame))
