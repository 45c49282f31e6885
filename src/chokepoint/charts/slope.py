"""Numbers at two times: where each was, where a revision put it, and where it is."""

import json

import altair as alt
import pandas as pd

from chokepoint.charts.layout import WIDTH, Rows, color, key, numbered, tooltips
from chokepoint.charts.theme import BRONZE, OTHER, SOFT, TEAL


def slope(rows: pd.DataFrame, *, x_title: str, names: tuple[str, str, str]) -> alt.LayerChart:
    """Draw a grey dot for the old value, a small one for it as revised, a blue one for the new.

    The way from the first to the second is a revision, and drawn dashed; from the second to the third is a
    new year. rows: columns row, old, restated (nothing where the two cannot be told apart), new (numbers),
    change (in words), why; in order, top first. names: of the three.
    """
    layout, points = Rows(len(rows), above=0.9, padding=0), ["old", "restated", "new"]
    placed = numbered(rows)
    base, y = alt.Chart(placed), layout.y()

    def x(field: str) -> alt.X:
        return alt.X(f"{field}:Q", title=x_title, scale=alt.Scale(nice=True), axis=alt.Axis(tickCount=6))

    split = placed.restated.notna()
    return alt.layer(
        layout.lines(base),
        *[
            alt.Chart(part).mark_rule(strokeWidth=2, **style).encode(x(start), alt.X2(f"{end}:Q"), y)
            for part, start, end, style in (
                (placed[split], "old", "restated", {"color": BRONZE, "strokeDash": [4, 3]}),
                (placed[split], "restated", "new", {"color": TEAL}),
                (placed[~split], "old", "new", {"color": SOFT}),
            )
            if len(part)
        ],
        base.transform_fold(points, as_=["which", "value"])
        .transform_filter("isValid(datum.value)")
        .transform_calculate(
            release=f"{json.dumps(dict(zip(points, names, strict=True)))}[datum.which]",
            large="datum.which == 'restated' ? 45 : 110",
        )
        .mark_circle(opacity=1)
        .encode(
            x("value"),
            y,
            size=alt.Size("large:Q", scale=None, legend=None),
            color=color(
                "release",
                dict(zip(names, (OTHER, BRONZE, TEAL), strict=True)),
                key(labelLimit=260, columns=alt.ExprRef("cp_column < 560 ? 1 : 3")),
            ),
            tooltip=tooltips({"row": "What", "change": " → ".join(names[::2]), "why": "Why"}),
        ),
        layout.names(base, "row", dy=-9, beside=90, limit=alt.ExprRef("width - 90")),
        base.mark_text(align="right", baseline="bottom", dy=-9, color=SOFT).encode(
            alt.XValue(WIDTH), y, text=alt.Text("change:N")
        ),
    ).properties(height=40 * (len(rows) + 0.5))
