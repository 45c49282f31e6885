"""Grids: shares of minerals in coalitions, sorted by a click; and what accounts say to a question."""

from collections.abc import Mapping, Sequence

import altair as alt
import pandas as pd

from chokepoint.charts.bars import small_names
from chokepoint.charts.layout import (
    NARROW,
    NOTHING,
    Rows,
    choice,
    key,
    names_beside,
    numbered,
    select,
    tooltips,
)
from chokepoint.charts.layout import color as colour_by
from chokepoint.charts.theme import BLOC, CHINA, GRID, INK, SOFT

STEPS = {"mine": "at the mine", "refinery": "after the mine"}


def matrix(rows: pd.DataFrame, clubs: Mapping[str, str], heads: Mapping[str, str]) -> alt.LayerChart:
    """Draw a cell for each mineral and coalition.

    rows: mineral, step (mine, refinery), club, name, share [%] (none where no country's output is published),
    text, bound (whether the share is only a lower one, because a member's output is not published). clubs:
    key → name, in order; heads: key → name short enough for the head of a column.
    """
    chosen = choice("by", "club", "club", clubs, next(iter(clubs)), "Sorted by")
    base = (
        alt.Chart(rows)
        .transform_filter("datum.step == step")
        .transform_calculate(
            rank="datum.club == by.club[0] ? (isValid(datum.share) ? datum.share : -1) : -2",
            word="isValid(datum.share) ? (datum.bound && !(cp_column < 560) ? '≥' : '') + datum.text : ''",
        )
    )
    y = names_beside("mineral", []).sort(field="rank", op="max", order="descending").scale(paddingInner=0.08)
    top = {"orient": "top", "domain": False, "ticks": False, "labelColor": INK, "labelLimit": 190}
    top = alt.Axis(labelAngle=-50, labelAlign="left", labelExpr=f"{dict(heads)}[datum.value]", **top)
    x = alt.X("club:N", sort=list(clubs), title=None, axis=top, scale=alt.Scale(paddingInner=0.06))
    tips = tooltips({"mineral": "Mineral", "name": "Coalition", "share": ("Share of world output, %", ".1f")})
    fill = alt.condition("datum.club == 'china'", alt.value(CHINA), alt.value(BLOC))
    opacity = alt.Opacity("share:Q", scale=alt.Scale(domain=[0, 100], range=[0.06, 1]), legend=None)
    on_fill = alt.condition("datum.share > 80", alt.value("white"), alt.value(INK))
    full, blank = (
        base.transform_filter("isValid(datum.share)"),
        base.transform_filter("!isValid(datum.share)"),
    )
    cells = full.mark_rect(cursor="pointer").encode(x, y, fill=fill, opacity=opacity, tooltip=tips)
    height = 23 * int(rows.groupby("step").mineral.nunique().max())
    layers = alt.layer(
        blank.mark_rect(filled=False, stroke=GRID, strokeDash=[2, 2]).encode(x, y),
        blank.mark_text(color=SOFT, text="–", fontSize=11).encode(x, y),
        cells.add_params(chosen),
        full.mark_text(
            fontSize=alt.ExprRef(f"{NARROW} ? 10 : 11.5"),
            opacity=alt.ExprRef("cp_column < 440 ? 0 : 1"),  # on a phone a tap gives the number
        ).encode(x, y, text=alt.Text("word:N"), color=on_fill, tooltip=tips),
        full.transform_filter("datum.bound")
        .mark_tick(
            orient="horizontal",
            thickness=1.2,
            yOffset=7,
            size=9,
            opacity=alt.ExprRef(f"{NARROW} ? 1 : 0"),
        )
        .encode(x, y, color=on_fill),
        base.transform_filter(chosen)
        .mark_rect(filled=False, stroke=INK, strokeWidth=1, strokeOpacity=0.55)
        .encode(x, y),
        alt.Chart(NOTHING)
        .mark_text(
            align="left",
            color=SOFT,
            text=["Per cent", "– not published", "≥ or underlined:", "at least that"],
            lineHeight=15,
        )
        .encode(alt.XValue(0), alt.YValue(height + 18)),
    )
    return layers.add_params(select("step", "Share", STEPS)).properties(
        height=height, padding={"top": 5, "left": 5, "right": 40, "bottom": 74}
    )


def tile_grid(
    rows: pd.DataFrame,
    *,
    x: str,
    y: str,
    color: str,
    colours: Mapping[str, str],
    columns: Sequence[str],
    order: Sequence[str],
    tooltip: Mapping,
) -> alt.LayerChart:
    """Draw a tile for each row of the table, in its column `x` under the name of its row `y`.

    columns, order: of the grid, from the left and from the top. colours: by the column `color`.
    """
    layout = Rows(len(order), above=1.5, padding=0)
    placed = numbered(rows, y, order).assign(left=rows[x].map(list(columns).index))
    return alt.layer(
        alt.Chart(placed.assign(right=placed["left"] + 0.94))
        .mark_bar(orient="horizontal", height=16, cornerRadius=2)
        .encode(
            alt.X("left:Q", axis=None, scale=alt.Scale(domain=[0, len(columns)], nice=False)),
            alt.X2("right:Q"),
            layout.y(),
            color=colour_by(color, colours, key((1, 3), labelLimit=300)),
            tooltip=tooltips(tooltip),
        ),
        alt.Chart(pd.DataFrame({"column": list(columns), "left": range(len(columns)), "at": -1.0}))
        .transform_calculate(word=f"{NARROW} ? split(datum.column, ' ')[0] : datum.column")
        .mark_text(align="left", color=SOFT)
        .encode(alt.X("left:Q"), layout.y(), text=alt.Text("word:N")),
        small_names(layout, order),
    ).properties(height=48 * (len(order) + 1))
