"""Numbers at two times: where each was, and where it is."""

import altair as alt
import pandas as pd

from chokepoint.charts.theme import BLOC, GRID, INK, OTHER, SOFT

ROW = 40  # pixels: the name above, the dots below


def moved(frame: pd.DataFrame, *, axis: str, names: tuple[str, str]) -> alt.LayerChart:
    """A hollow dot for the old value, a full one for the new, a row a thing.

    frame: columns row, old, new (numbers), told (both in words), why; in order, top first. names: of the old and the new.
    """
    placed = frame.assign(at=range(len(frame)))
    base = alt.Chart(placed)
    y = alt.Y("at:Q", axis=None, scale=alt.Scale(domain=[len(frame) - 0.5, -0.9], nice=False, zero=False, padding=0))
    x = alt.X("old:Q", title=axis, scale=alt.Scale(nice=True), axis=alt.Axis(tickCount=6))
    tooltip = [
        alt.Tooltip("row:N", title="What"),
        alt.Tooltip("told:N", title=f"{names[0]} → {names[1]}"),
        alt.Tooltip("why:N", title="Why"),
    ]
    way = base.mark_rule(color=SOFT, strokeWidth=2).encode(x, alt.X2("new:Q"), y)
    lines = base.mark_rule(color=GRID).encode(alt.XValue(0), alt.X2Value(alt.ExprRef("width")), y)
    dots = (
        base.transform_fold(["old", "new"], as_=["which", "value"])
        .transform_calculate(release=f"datum.which == 'old' ? '{names[0]}' : '{names[1]}'")
        .mark_circle(size=110, opacity=1)
        .encode(
            alt.X("value:Q", title=axis),
            y,
            color=alt.Color("release:N", scale=alt.Scale(domain=list(names), range=[OTHER, BLOC]), legend=alt.Legend(title=None)),
            tooltip=tooltip,
        )
    )
    words = base.mark_text(align="left", baseline="bottom", dy=-9, color=INK, limit=alt.ExprRef("width - 90")).encode(
        alt.XValue(0), y, text="row:N"
    )
    said = base.mark_text(align="right", baseline="bottom", dy=-9, color=SOFT).encode(alt.XValue(alt.ExprRef("width")), y, text="told:N")
    return alt.layer(lines, way, dots, words, said).properties(height=ROW * (len(frame) + 0.5))
