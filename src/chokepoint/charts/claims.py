"""What several accounts say: how their claims fare, and where each stands on a question."""

from collections.abc import Mapping, Sequence

import altair as alt
import pandas as pd

from chokepoint.charts.narrow import raised, two_lines
from chokepoint.charts.theme import INK, SOFT

ROW, TILE = 52, 22  # pixels: a row with its name above, the tile below


def verdicts(frame: pd.DataFrame, *, colours: Mapping[str, str], rows: Sequence[str]) -> alt.LayerChart:
    """A bar an account, its claims by verdict side by side, the count in each part.

    frame: columns row, verdict, count. rows: in order, top first.
    """
    order = list(colours)
    placed = frame.assign(rank=frame["verdict"].map(order.index), at=frame["row"].map(list(rows).index)).sort_values(["at", "rank"])
    after = placed.groupby("row")["count"].cumsum()
    placed = placed.assign(left=after - placed["count"], right=after, ink=placed["verdict"].map(lambda v: _ink(colours[v])))
    y = alt.Y("at:Q", axis=None, scale=alt.Scale(domain=[len(rows) - 0.5, -0.85], nice=False, zero=False, padding=0))
    base = alt.Chart(placed[placed["count"] > 0])
    bars = base.mark_bar(orient="horizontal", height=TILE).encode(
        alt.X("left:Q", title="Claims", axis=alt.Axis(grid=False, tickCount=6), scale=alt.Scale(nice=False)),
        alt.X2("right:Q"),
        y,
        color=alt.Color(
            "verdict:N",
            scale=alt.Scale(domain=order, range=list(colours.values())),
            legend=alt.Legend(title=None, columns=alt.ExprRef("cp_column < 560 ? 3 : 6")),
        ),
        tooltip=[alt.Tooltip("row:N", title="Article"), alt.Tooltip("verdict:N", title="Verdict"), alt.Tooltip("count:Q", title="Claims")],
    )
    counts = (
        base.transform_calculate(middle="(datum.left + datum.right) / 2")
        .mark_text(fontSize=12)
        .encode(alt.X("middle:Q"), y, text="count:Q", color=alt.Color("ink:N", scale=None))
    )
    return alt.layer(bars, counts, _names(rows, y)).properties(height=ROW * (len(rows) + 0.35))


def tile_grid(frame: pd.DataFrame, *, colours: Mapping[str, str], rows: Sequence[str], columns: Sequence[str]) -> alt.LayerChart:
    """A row a question, a tile an account that speaks to it; who is silent has none.

    frame: columns row, column, stand, reading. rows, columns: in order.
    """
    placed = frame.assign(at=frame["row"].map(list(rows).index), left=frame["column"].map(list(columns).index))
    placed = placed.assign(right=placed["left"] + 0.94)
    x = alt.X("left:Q", axis=None, scale=alt.Scale(domain=[0, len(columns)], nice=False))
    y = alt.Y("at:Q", axis=None, scale=alt.Scale(domain=[len(rows) - 0.5, -1.5], nice=False, zero=False, padding=0))
    tiles = (
        alt.Chart(placed)
        .mark_bar(orient="horizontal", height=16, cornerRadius=2)
        .encode(
            x,
            alt.X2("right:Q"),
            y,
            color=alt.Color(
                "stand:N",
                scale=alt.Scale(domain=list(colours), range=list(colours.values())),
                legend=alt.Legend(title=None, columns=alt.ExprRef("cp_column < 560 ? 1 : 3"), labelLimit=300),
            ),
            tooltip=[
                alt.Tooltip("column:N", title="Article"),
                alt.Tooltip("row:N", title="Question"),
                alt.Tooltip("reading:N", title="Says"),
                alt.Tooltip("stand:N", title="Stands"),
            ],
        )
    )
    heads = (
        alt.Chart(pd.DataFrame({"column": list(columns), "left": range(len(columns)), "at": -1.0}))
        .transform_calculate(word="cp_column < 560 ? split(datum.column, ' ')[0] : datum.column")
        .mark_text(align="left", color=SOFT)
        .encode(alt.X("left:Q"), y, text="word:N")
    )
    return alt.layer(tiles, heads, _names(rows, y)).properties(height=48 * (len(rows) + 1))


def _names(rows: Sequence[str], y: alt.Y) -> alt.Chart:
    """The name of each row, above its mark."""
    frame = pd.DataFrame({"row": list(rows), "at": range(len(rows))})
    size = alt.ExprRef("cp_column < 420 ? 11 : 12")
    words = alt.Chart(frame).transform_calculate(said=two_lines("row"))
    words = words.mark_text(
        align="left", baseline="bottom", dy=raised("row", -13, 11), color=INK, limit=alt.ExprRef("width"), fontSize=size, lineHeight=13
    )
    return words.encode(alt.XValue(0), y, text="said:N")


def _ink(fill: str) -> str:
    """Black or white, whichever is read more easily on a fill (#rrggbb)."""
    red, green, blue = (int(fill[i : i + 2], 16) for i in (1, 3, 5))
    return "#22252a" if 0.3 * red + 0.59 * green + 0.11 * blue > 140 else "#ffffff"
