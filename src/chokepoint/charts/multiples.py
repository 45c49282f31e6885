"""Small multiples: one little chart a mineral, its yearly prices as steps and the days that mattered as rules."""

from collections.abc import Iterable, Mapping
from itertools import pairwise

import altair as alt
import pandas as pd

from chokepoint.charts.theme import CHINA, INK, OTHER, SOFT

NARROW = "cp_column < 560"
CELL, TOP, BAR = 122, 46, 48  # pixels: height of a cell, where its bars may begin, and how high they may be
_COLUMNS = f"({NARROW} ? 1 : 2)"
_WIDE = f"(width / {_COLUMNS} - ({NARROW} ? 0 : 18))"
_LEFT = f"(datum.cell % {_COLUMNS}) * (width / 2 + 9)"
_DOWN = f"(floor(datum.cell / {_COLUMNS}) * {CELL} + 6)"


def prices(rows: pd.DataFrame, days: pd.DataFrame, *, dashes: Mapping[str, list[int]]) -> alt.LayerChart:
    """A cell a mineral, two abreast where there is room.

    rows: cell (its number), mineral, unit (what the price is of, and in which unit), year, value, text. days: cell, mineral, day (a date), kind, detail.
    dashes: the dash of the rule of each kind. A figure stands over its bar where no rule crosses it.
    """
    first, last = int(rows.year.min()), int(rows.year.max())
    years = last - first + 1
    top = rows.groupby("cell").value.transform("max")
    steps = rows.assign(
        begin=(rows.year - first) / years, end=(rows.year - first + 1) / years, high=rows.value / top
    )
    start = pd.Timestamp(first, 1, 1)
    rules = days.assign(
        at=(days.day - start).dt.days / (365.25 * years), said=days.day.dt.strftime("%-d %B %Y")
    ).drop(columns="day")
    steps["middle"] = [_free(s.begin, s.end, rules["at"][rules.cell == s.cell]) for s in steps.itertuples()]
    heads = rows.drop_duplicates("cell")[["cell", "mineral", "unit"]]
    height = alt.param(name="height", expr=f"ceil({len(heads)} / {_COLUMNS}) * {CELL}")
    base = f"{_DOWN} + {TOP + BAR}"

    def x(field: str) -> alt.X:
        return alt.X(f"{field}:Q", scale=None, axis=None)

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", scale=None, axis=None)

    bars = alt.Chart(steps).transform_calculate(
        a=f"{_LEFT} + datum.begin * {_WIDE} + 1",
        b=f"{_LEFT} + datum.end * {_WIDE} - 1",
        mid=f"{_LEFT} + (datum.begin + datum.end) / 2 * {_WIDE}",
        clear=f"{_LEFT} + datum.middle * {_WIDE}",
        foot=base,
        head=f"{base} - {BAR} * datum.high",
        under=f"{base} + 12",
    )
    tips = [alt.Tooltip(f"{c}:N", title=c.capitalize()) for c in ("mineral", "year", "text", "unit")]
    blocks = bars.mark_rect(color=OTHER, opacity=0.55).encode(
        x("a"), alt.X2("b:Q"), y("head"), alt.Y2("foot:Q"), tooltip=tips
    )
    figures = bars.mark_text(dy=-6, fontSize=11, color=INK).encode(x("clear"), y("head"), text="text:N")
    when = bars.mark_text(fontSize=10, color=SOFT).encode(x("mid"), y("under"), text="year:N")
    names = alt.Chart(heads).transform_calculate(a=_LEFT, b=f"{_DOWN} + 8", c=f"{_DOWN} + 23")
    titles = names.mark_text(align="left", fontWeight="bold", color=INK).encode(
        x("a"), y("b"), text="mineral:N"
    )
    units = names.mark_text(align="left", fontSize=11, color=SOFT, limit=alt.ExprRef(_WIDE)).encode(
        x("a"), y("c"), text="unit:N"
    )
    marks = alt.Chart(rules).transform_calculate(
        a=f"{_LEFT} + datum.at * {_WIDE}", b=f"{_DOWN} + {TOP - 14}", c=base
    )
    dash = alt.StrokeDash(
        "kind:N",
        scale=alt.Scale(domain=list(dashes), range=list(dashes.values())),
        legend=alt.Legend(
            title=None,
            columns=alt.ExprRef(f"{NARROW} ? 1 : 2"),
            labelLimit=330,
            symbolType="stroke",
            symbolStrokeColor=CHINA,
        ),
    )
    told = [
        alt.Tooltip(f"{c}:N", title=t)
        for c, t in (("mineral", "Mineral"), ("said", "In force from"), ("kind", "What"), ("detail", "For"))
    ]
    lines = marks.mark_rule(color=CHINA, strokeWidth=2).encode(
        x("a"), y("b"), alt.Y2("c:Q"), strokeDash=dash, tooltip=told
    )
    return alt.layer(blocks, lines, figures, when, titles, units).add_params(height)


def _free(begin: float, end: float, cuts: Iterable[float]) -> float:
    """The middle of the widest part of begin to end that no cut divides.

    >>> _free(0, 10, [7, 9, 20])
    3.5
    """
    low, high = max(
        pairwise([begin, *sorted(c for c in cuts if begin < c < end), end]),
        key=lambda part: part[1] - part[0],
    )
    return (low + high) / 2
