"""Yearly prices against a floor."""

import altair as alt
import pandas as pd

from chokepoint.charts.narrow import raised, two_lines
from chokepoint.charts.theme import CHINA, FLOOR, INK


def price_and_floor(frame: pd.DataFrame, floor: float, *, floor_label: str) -> alt.LayerChart:
    """Yearly average prices as bars, the floor as a line across them.

    frame: columns year (text), price [US$/kg], label (over the bar), gap [US$/kg] from the price up to the floor, 0 where the price is above.
    """
    x = alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0, grid=False))
    scale = alt.Scale(domain=[0, 1.15 * max(floor, frame.price.max())], nice=False)
    y = alt.Y("price:Q", title="US$ per kilogram", scale=scale, axis=alt.Axis(tickCount=5))
    tooltip = [
        alt.Tooltip("year:O", title="Year"),
        alt.Tooltip("price:Q", title="Average, US$/kg"),
        alt.Tooltip("gap:Q", title="Below the floor by, US$/kg"),
    ]
    base = alt.Chart(frame)
    bars = base.mark_bar(color=CHINA, width={"band": 0.62}).encode(x, y, tooltip=tooltip)
    gaps = (
        base.transform_filter("datum.gap > 0")
        .transform_calculate(top="datum.price + datum.gap")
        .mark_bar(
            width={"band": 0.62}, fillOpacity=0.15, fill=FLOOR, stroke=FLOOR, strokeDash=[3, 3], strokeWidth=1
        )
        .encode(x, y, alt.Y2("top:Q"), tooltip=tooltip)
    )
    values = base.mark_text(dy=12, baseline="top", fontWeight="bold", color="white").encode(
        x, y, text="label:N"
    )
    line = alt.Chart(pd.DataFrame({"floor": [floor], "label": [floor_label]}))
    rule = line.mark_rule(color=FLOOR, strokeWidth=3).encode(alt.Y("floor:Q"))
    word = line.transform_calculate(
        said=two_lines("label", beside=160)
    ).mark_text(  # beside the bar of a year above the floor
        align="right", baseline="bottom", dy=raised("label", -5, beside=160), color=INK, fontWeight="bold"
    )
    word = word.encode(x=alt.XValue("width"), y="floor:Q", text="said:N")
    return alt.layer(gaps, bars, rule, values, word).properties(height=300)
