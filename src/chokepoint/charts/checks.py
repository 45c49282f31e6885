"""Predicted over seen, one row a check."""

import altair as alt
import pandas as pd

from chokepoint.charts.narrow import raised, two_lines
from chokepoint.charts.theme import ACCENT, BLOC, GRID, INK, OTHER, SOFT

COLOURS = {"within": BLOC, "missed": ACCENT, "fitted to it": OTHER}
SHAPES = {"within": "circle", "missed": "diamond", "fitted to it": "circle"}


def over_seen(frame: pd.DataFrame) -> alt.LayerChart:
    """Dots on a logarithmic axis, 1 in the middle. Columns what, ratio, outcome, predicted, seen, unit; one row each, in order."""
    base = alt.Chart(frame.reset_index(drop=True).assign(at=range(len(frame)), one=1.0))
    y = alt.Y("at:Q", axis=None, scale=alt.Scale(domain=[len(frame) - 0.5, -0.8], nice=False))
    words = "datum.value == 1 ? 'as seen' : datum.value < 1 ? '1/' + format(1 / datum.value, 'd') : format(datum.value, 'd') + ' times'"
    ticks = alt.Axis(values=[0.2, 0.5, 1, 2, 5], labelExpr=words)
    x = alt.X(
        "ratio:Q",
        title="What the model says, over what was seen",
        scale=alt.Scale(type="log", domain=[0.15, 8]),
        axis=ticks,
    )
    tips = [
        alt.Tooltip("what:N", title="Check"),
        alt.Tooltip("predicted:Q", title="Model", format=",.4~g"),
        alt.Tooltip("seen:Q", title="Seen", format=",.4~g"),
        alt.Tooltip("unit:N", title="Unit"),
        alt.Tooltip("outcome:N", title="Outcome"),
    ]
    scale = {"domain": list(COLOURS)}
    legend = alt.Legend(title=None, columns=alt.ExprRef("cp_column < 420 ? 2 : 4"), symbolOpacity=1)
    exact = alt.Chart({"values": [{}]}).mark_rule(color=SOFT, strokeWidth=1.5).encode(x=alt.XDatum(1))
    reach = base.mark_rule(color=GRID, strokeWidth=3).encode(x, alt.X2("one:Q"), y)
    dots = base.mark_point(size=110, filled=True, opacity=1).encode(
        x,
        y,
        color=alt.Color("outcome:N", scale=alt.Scale(**scale, range=list(COLOURS.values())), legend=legend),
        shape=alt.Shape("outcome:N", scale=alt.Scale(**scale, range=list(SHAPES.values())), legend=legend),
        tooltip=tips,
    )
    names = base.transform_calculate(said=two_lines("what", 11.5)).mark_text(
        align="left",
        baseline="bottom",
        dy=raised("what", -7, 11.5),
        fontSize=11.5,
        color=INK,
        limit=alt.ExprRef("width"),
    )
    names = names.encode(alt.XValue(0), y, text="said:N")
    return alt.layer(exact, reach, dots, names).properties(height=38 * len(frame))
