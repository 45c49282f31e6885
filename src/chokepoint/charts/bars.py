"""Horizontal bars with their names above them: legible on a phone however long the names."""

import altair as alt
import pandas as pd

from chokepoint.charts.narrow import raised, two_lines
from chokepoint.charts.theme import INK, SOFT

ROW = 52  # pixels


def named_bars(frame: pd.DataFrame, *, axis: str, colour: str, mark: float | None = None, mark_label: str = "") -> alt.LayerChart:
    """Bars in the order of the rows, with a value at their end and, where given, a mark across each of them, named below the last.

    frame: columns name, value, label (printed at the bar's end), detail (in the tooltip).
    """
    placed = frame.assign(at=range(len(frame)), start=0)
    base = alt.Chart(placed)
    room = 0.1 if mark is None else 0.35  # below the last bar, for the name of the mark
    y = alt.Y("at:Q", axis=None, scale=alt.Scale(domain=[len(frame) - 0.5 + room, -0.7], nice=False))
    x = alt.X(
        "value:Q", title=axis, scale=alt.Scale(domain=[0, 1.28 * max(frame.value.max(), mark or 0)], nice=False), axis=alt.Axis(tickCount=6)
    )
    tooltip = [
        alt.Tooltip("name:N", title="What"),
        alt.Tooltip("value:Q", title=axis, format=",.3~f"),
        alt.Tooltip("detail:N", title="Detail"),
    ]
    bars = base.mark_bar(height=16, color=colour).encode(x, y, alt.X2("start:Q"), tooltip=tooltip)
    names = base.transform_calculate(said=two_lines("name")).mark_text(
        align="left", baseline="bottom", dy=raised("name", -11), color=INK, limit=alt.ExprRef("width")
    )
    names = names.encode(alt.XValue(0), y, text="said:N")
    values = base.mark_text(align="left", dx=6, fontWeight="bold", color=INK).encode(x, y, text="label:N")
    layers = [bars, names, values]
    if mark is not None:
        low = [*placed["at"][:-1] + 0.25, len(frame) - 0.5 + room]  # in pieces, or it would cross the names
        line = alt.Chart(pd.DataFrame({"mark": mark, "up": placed["at"] - 0.2, "low": low}))
        last = alt.Chart(pd.DataFrame({"mark": [mark], "low": low[-1:], "label": [mark_label]}))
        layers += [
            line.mark_rule(color=INK, strokeDash=[4, 3], strokeWidth=2).encode(alt.X("mark:Q"), alt.Y("up:Q", axis=None), alt.Y2("low:Q")),
            last.mark_text(align="left", baseline="bottom", dx=6, dy=-2, color=SOFT).encode(
                alt.X("mark:Q"), alt.Y("low:Q"), text="label:N"
            ),
        ]
    return alt.layer(*layers).properties(height=ROW * (len(frame) + 0.2 + room))
