"""A tile for every member of a group: who is there, by place and by kind."""

from collections.abc import Mapping

import altair as alt
import pandas as pd

from chokepoint.charts.layout import NARROW, capitalised, key, scale_of
from chokepoint.charts.narrow import SIZE, raised, two_lines
from chokepoint.charts.theme import SOFT, ink_on

COLUMNS, TILE, HEADING = 7, 30, 34  # tiles in a row; heights in pixels


def tiles(rows: pd.DataFrame, *, colours: Mapping[str, str], hollow: str) -> alt.LayerChart:
    """Draw tiles under a heading for each `group`, in the order of the rows; `short` where it is narrow.

    rows: columns group, label, short, kind, detail. colours: fill of each kind, in the order of the legend.
    hollow: the kind drawn as an outline, for who is not there.
    """
    placed, headings, height = _placed(rows)
    placed["ink"] = placed["kind"].map(
        {kind: ink_on(fill) for kind, fill in colours.items() if kind != hollow}
    )
    tips = capitalised("label", "kind", "detail")
    wide = f"length(datum.label) * 7.4 > cp_column / {COLUMNS} - 10"
    base = alt.Chart(placed).transform_calculate(
        name=f"{NARROW} || {wide} ? datum.short : datum.label",
        letters=f"datum.kind == '{hollow}' ? cp_ink : datum.ink",
    )
    return alt.layer(
        base.mark_rect(cornerRadius=2, strokeWidth=1.5).encode(
            alt.X("left:Q", axis=None, scale=alt.Scale(domain=[0, COLUMNS], nice=False)),
            alt.X2("right:Q"),
            alt.Y("top:Q", axis=None, scale=alt.Scale(domain=[height, 0], nice=False)),
            alt.Y2("bottom:Q"),
            tooltip=tips,
            fill=alt.Fill(
                "kind:N",
                scale=scale_of(colours),
                legend=key((1, 3), labelLimit=330, symbolStrokeColor=SOFT, symbolStrokeWidth=1),
            ),
            stroke=alt.condition(alt.datum.kind == hollow, alt.value(SOFT), alt.value("transparent")),
        ),
        base.mark_text(fontSize=11, limit=alt.ExprRef(f"width / {COLUMNS} - 6")).encode(
            alt.X("middle:Q"),
            alt.Y("centre:Q"),
            text=alt.Text("name:N"),
            tooltip=tips,
            color=alt.Color("letters:N", scale=None),
        ),
        alt.Chart(headings)
        .transform_calculate(lines=two_lines("group"))
        .mark_text(align="left", baseline="bottom", fontWeight="bold", lineHeight=SIZE, dy=raised("group", 0))
        .encode(alt.X("left:Q"), alt.Y("base:Q"), text=alt.Text("lines:N")),
    ).properties(height=height)


def _placed(frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, int]:
    """Return the table with each tile's corners [columns, pixels], places of headings, and the height."""
    parts, headings, top = [], [], 0
    for group, members in frame.groupby("group", sort=False):
        headings.append({"group": group, "left": 0, "base": top + HEADING - 6})
        row, column = divmod(pd.Series(range(len(members)), index=members.index), COLUMNS)
        tile = members.assign(
            left=column + 0.03, right=column + 0.97, middle=column + 0.5, top=top + HEADING + row * TILE
        )
        parts.append(tile.assign(bottom=tile.top + TILE - 4, centre=tile.top + (TILE - 4) / 2))
        top += HEADING + (int(row.max()) + 1) * TILE
    return pd.concat(parts), pd.DataFrame(headings), top
