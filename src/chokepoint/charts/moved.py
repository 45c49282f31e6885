"""Numbers at two times: where each was, where a revision put it, and where it is."""

import json

import altair as alt
import pandas as pd

from chokepoint.charts.theme import ACCENT, BLOC, GRID, INK, OTHER, SOFT

ROW = 40  # pixels: the name above, the dots below


def moved(frame: pd.DataFrame, *, axis: str, names: tuple[str, str, str]) -> alt.LayerChart:
    """A grey dot for the old value, a small one for what is now said of the old year, a blue one for the new value; a row a thing.

    The way from the first to the second is a revision, and drawn dashed; from the second to the third is a new year.
    frame: columns row, old, restated (nothing where the two cannot be told apart), new (numbers), told (in words), why; in order, top first.
    names: of the three.
    """
    placed = frame.assign(at=range(len(frame)))
    base = alt.Chart(placed)
    y = alt.Y("at:Q", axis=None, scale=alt.Scale(domain=[len(frame) - 0.5, -0.9], nice=False, zero=False, padding=0))

    def x(field: str) -> alt.X:
        return alt.X(f"{field}:Q", title=axis, scale=alt.Scale(nice=True), axis=alt.Axis(tickCount=6))

    tooltip = [
        alt.Tooltip("row:N", title="What"),
        alt.Tooltip("told:N", title=" → ".join(names[::2])),
        alt.Tooltip("why:N", title="Why"),
    ]
    parted = placed.restated.notna()
    both, one = alt.Chart(placed[parted]), alt.Chart(placed[~parted])
    ways = []
    if parted.any():
        ways.append(both.mark_rule(color=ACCENT, strokeWidth=2, strokeDash=[4, 3]).encode(x("old"), alt.X2("restated:Q"), y))
        ways.append(both.mark_rule(color=BLOC, strokeWidth=2).encode(x("restated"), alt.X2("new:Q"), y))
    if not parted.all():
        ways.append(one.mark_rule(color=SOFT, strokeWidth=2).encode(x("old"), alt.X2("new:Q"), y))
    lines = base.mark_rule(color=GRID).encode(alt.XValue(0), alt.X2Value(alt.ExprRef("width")), y)
    which = f"{json.dumps(dict(zip(('old', 'restated', 'new'), names, strict=True)))}[datum.which]"
    dots = (
        base.transform_fold(["old", "restated", "new"], as_=["which", "value"])
        .transform_filter("isValid(datum.value)")
        .transform_calculate(release=which, large="datum.which == 'restated' ? 45 : 110")
        .mark_circle(opacity=1)
        .encode(
            x("value"),
            y,
            size=alt.Size("large:Q", scale=None, legend=None),
            color=alt.Color(
                "release:N",
                scale=alt.Scale(domain=list(names), range=[OTHER, ACCENT, BLOC]),
                legend=alt.Legend(title=None, labelLimit=260, columns=alt.ExprRef("cp_column < 560 ? 1 : 3")),
            ),
            tooltip=tooltip,
        )
    )
    words = base.mark_text(align="left", baseline="bottom", dy=-9, color=INK, limit=alt.ExprRef("width - 90")).encode(
        alt.XValue(0), y, text="row:N"
    )
    said = base.mark_text(align="right", baseline="bottom", dy=-9, color=SOFT).encode(alt.XValue(alt.ExprRef("width")), y, text="told:N")
    return alt.layer(lines, *ways, dots, words, said).properties(height=ROW * (len(frame) + 0.5))
