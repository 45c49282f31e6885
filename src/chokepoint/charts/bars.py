"""Horizontal bars with their names above them: legible on a phone however long the names."""

import altair as alt
import pandas as pd

from chokepoint.charts.theme import INK, SOFT

ROW = 52  # pixels


def named_bars(frame: pd.DataFrame, *, axis: str, colour: str, mark: float | None = None, mark_label: str = "") -> alt.LayerChart:
    """Bars in the order of the rows, with a value at their end and, where given, a mark across all of them.

    frame: columns name, value, label (printed at the bar's end), detail (in the tooltip).
    """
    placed = frame.assign(at=range(len(frame)), start=0)
    base = alt.Chart(placed)
    y = alt.Y("at:Q", axis=None, scale=alt.Scale(domain=[len(frame) - 0.4, -0.85], nice=False))
    x = alt.X(
        "value:Q", title=axis, scale=alt.Scale(domain=[0, 1.28 * max(frame.value.max(), mark or 0)], nice=False), axis=alt.Axis(tickCount=6)
    )
    tooltip = [
        alt.Tooltip("name:N", title="What"),
        alt.Tooltip("value:Q", title=axis, format=",.3~f"),
        alt.Tooltip("detail:N", title="Detail"),
    ]
    bars = base.mark_bar(height=16, color=colour).encode(x, y, alt.X2("start:Q"), tooltip=tooltip)
    names = base.mark_text(align="left", baseline="bottom", dy=-11, color=INK, limit=alt.ExprRef("width")).encode(
        alt.XValue(0), y, text="name:N"
    )
    values = base.mark_text(align="left", dx=6, fontWeight="bold", color=INK).encode(x, y, text="label:N")
    layers = [bars, names, values]
    if mark is not None:
        line = alt.Chart(pd.DataFrame({"mark": [mark], "label": [mark_label]}))
        layers += [
            line.mark_rule(color=SOFT, strokeDash=[4, 3], strokeWidth=2).encode(alt.X("mark:Q")),
            line.mark_text(align="left", baseline="top", dx=5, color=SOFT).encode(alt.X("mark:Q"), y=alt.YValue(0), text="label:N"),
        ]
    return alt.layer(*layers).properties(height=ROW * len(frame) + 20)
