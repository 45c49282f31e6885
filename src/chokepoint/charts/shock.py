"""Views of the supply-shock model: the curve under the reader's hand, and its misses."""

import altair as alt
import pandas as pd

from chokepoint.charts.narrow import raised, two_lines
from chokepoint.charts.theme import ACCENT, CHINA, GRID, INK, OTHER

MISS = 2.6  # factor by which the model typically misses; a test holds it against the validation


def price_jump(chart: alt.Chart) -> alt.LayerChart:
    """Price multiple against the share that is withheld, in a band of the model's typical miss. Expects columns cut, price_multiple.

    Marks the present setting with the parameters cut and price_multiple.
    """
    x = alt.X("cut:Q", title="Share of Chinese supply withheld", axis=alt.Axis(format=".0%", tickCount=5), scale=alt.Scale(nice=False))
    scale = alt.Scale(type="log", domain=[1, 100], nice=False, clamp=True)
    y = alt.Y(
        "price_multiple:Q",
        title="Price, times the price before",
        scale=scale,
        axis=alt.Axis(values=[1, 2, 5, 10, 20, 50, 100], format="~g"),
    )
    band = (
        chart.transform_calculate(low=f"max(1, datum.price_multiple / {MISS})", high=f"datum.price_multiple * {MISS}")
        .mark_area(color=CHINA, opacity=0.18)
        .encode(x, alt.Y("low:Q", scale=scale), alt.Y2("high:Q"))
    )
    line = chart.mark_line(color=CHINA, strokeWidth=3).encode(x, y)
    here = alt.Chart({"values": [{}]}).transform_calculate(
        x_now="cut", y_now="price_multiple", label="format(price_multiple, ',.1f') + ' times'"
    )
    dot = here.mark_circle(size=160, color=INK, opacity=1).encode(alt.X("x_now:Q"), alt.Y("y_now:Q", scale=scale))
    word = here.mark_text(
        align=alt.ExprRef("cut > 0.5 ? 'right' : 'left'"), dx=alt.ExprRef("cut > 0.5 ? -12 : 12"), dy=-8, fontWeight="bold"
    ).encode(alt.X("x_now:Q"), alt.Y("y_now:Q", scale=scale), text="label:N")
    return alt.layer(band, line, dot, word).properties(height=320)


def misses(frame: pd.DataFrame) -> alt.LayerChart:
    """Price multiples as predicted and as seen, a row an episode in the order given. Columns name, predicted, seen."""
    order = list(frame.name)
    long = frame.melt("name", ["predicted", "seen"], var_name="which", value_name="multiple").assign(at=lambda t: t.name.map(order.index))
    scale = alt.Scale(type="log", domain=[1.5, 40], nice=False)
    x = alt.X("multiple:Q", title="Price, times the price before", scale=scale, axis=alt.Axis(values=[2, 5, 10, 20, 40], format="~g"))
    y = alt.Y("at:Q", axis=None, scale=alt.Scale(domain=[len(order) - 0.5, -0.85], nice=False))
    rows = frame.assign(at=range(len(frame)))
    links = alt.Chart(rows).mark_rule(color=GRID, strokeWidth=3).encode(alt.X("predicted:Q", scale=scale), alt.X2("seen:Q"), y)
    colour = alt.Color(
        "which:N",
        scale=alt.Scale(domain=["predicted", "seen"], range=[OTHER, ACCENT]),
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
    return alt.layer(links, dots, names).properties(height=48 * len(order))
