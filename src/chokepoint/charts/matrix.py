"""Minerals × coalitions: what share of world output lies inside each, at the mine or after it; sorted by the coalition that is clicked."""

from collections.abc import Mapping

import altair as alt
import pandas as pd

from chokepoint.charts.theme import BLOC, CHINA, GRID, INK, SOFT, choice

NARROW = "cp_column < 560"
STEPS = {"mine": "at the mine", "refinery": "after the mine"}


def coverage(frame: pd.DataFrame, clubs: Mapping[str, str], heads: Mapping[str, str]) -> alt.LayerChart:
    """A cell for each mineral and coalition.

    frame: mineral, step (mine, refinery), club, share [%] (none where no country's output is published), text, bound (whether the share is
    only a lower one, because a member's output is not printed). clubs: key → name, in order; heads: key → name short enough for the head of a column.
    """
    step = alt.param(name="step", value="mine", bind=alt.binding_select(options=list(STEPS), labels=list(STEPS.values()), name="Share "))
    chosen = choice("by", "club", "club", clubs, next(iter(clubs)), "Sorted by")
    base = alt.Chart(frame).transform_filter("datum.step == step")
    base = base.transform_calculate(
        rank="datum.club == by.club[0] ? (isValid(datum.share) ? datum.share : -1) : -2", shown="isValid(datum.share) ? datum.share : 0"
    ).transform_calculate(text="isValid(datum.share) ? (datum.bound && !(cp_column < 560) ? '≥' : '') + datum.text : ''")
    order = alt.EncodingSortField(field="rank", op="max", order="descending")
    names = alt.Axis(domain=False, ticks=False, labelColor=INK, labelLimit=150, labelPadding=6)
    y = alt.Y("mineral:N", sort=order, title=None, axis=names, scale=alt.Scale(paddingInner=0.08))
    top = alt.Axis(
        orient="top",
        domain=False,
        ticks=False,
        labelAngle=-50,
        labelAlign="left",
        labelColor=INK,
        labelLimit=190,
        labelExpr=f"{dict(heads)}[datum.value]",
    )
    x = alt.X("club:N", sort=list(clubs), title=None, axis=top, scale=alt.Scale(paddingInner=0.06))
    known = base.transform_filter("isValid(datum.share)")
    tips = [
        alt.Tooltip("mineral:N", title="Mineral"),
        alt.Tooltip("name:N", title="Coalition"),
        alt.Tooltip("share:Q", title="Share of world output, %", format=".1f"),
    ]
    fill = alt.condition("datum.club == 'china'", alt.value(CHINA), alt.value(BLOC))
    opacity = alt.Opacity("share:Q", scale=alt.Scale(domain=[0, 100], range=[0.06, 1]), legend=None)
    cells = known.mark_rect(cursor="pointer").encode(x, y, fill=fill, opacity=opacity, tooltip=tips).add_params(chosen)
    ring = base.transform_filter(chosen).mark_rect(filled=False, stroke=INK, strokeWidth=1, strokeOpacity=0.55).encode(x, y)
    figures = known.mark_text(
        fontSize=alt.ExprRef(f"{NARROW} ? 10 : 11.5"),
        opacity=alt.ExprRef("cp_column < 440 ? 0 : 1"),  # on a phone a cell is narrower than its number: a tap gives it
    ).encode(
        x,
        y,
        text="text:N",
        color=alt.condition("datum.share > 80", alt.value("white"), alt.value(INK)),
        tooltip=tips,
    )
    narrow_bounds = known.transform_filter("datum.bound").mark_tick(
        orient="horizontal", thickness=1.2, yOffset=7, size=9, opacity=alt.ExprRef(f"{NARROW} ? 1 : 0")
    )
    bounds = narrow_bounds.encode(x, y, color=alt.condition("datum.share > 80", alt.value("white"), alt.value(INK)))
    blank = base.transform_filter("!isValid(datum.share)")
    blanks = blank.mark_rect(filled=False, stroke=GRID, strokeDash=[2, 2]).encode(x, y)
    dashes = blank.mark_text(color=SOFT, text="–", fontSize=11).encode(x, y)
    height = 23 * int(frame.groupby("step").mineral.nunique().max())
    note = ["Per cent", "– not published", "≥ or underlined:", "at least that"]
    told = (
        alt.Chart({"values": [{}]})
        .mark_text(align="left", color=SOFT, text=note, lineHeight=15)
        .encode(alt.XValue(0), alt.YValue(height + 18))
    )
    layers = alt.layer(blanks, dashes, cells, figures, bounds, ring, told)
    return layers.add_params(step).properties(height=height, padding={"top": 5, "left": 5, "right": 40, "bottom": 74})
