"""Two dots a row and the way between them: what was and what is, what was worked out and what was seen."""

from collections.abc import Mapping

import altair as alt
import pandas as pd

from chokepoint.charts.bars import share_axis
from chokepoint.charts.layout import NOTHING, Rows, color, key, names_beside, numbered, scale_of, tooltips
from chokepoint.charts.theme import (
    CHINA,
    CHINA_PALE,
    FAILS,
    GRID,
    HOLDS,
    INK,
    MINED,
    OTHER,
    REFINED,
    SOFT,
    TEAL,
)

_RATIO = {"within": (HOLDS, "circle"), "missed": (FAILS, "diamond"), "fitted to it": (OTHER, "circle")}

_SIX_TICKS = alt.Axis(tickCount=6)


def dumbbell(
    rows: pd.DataFrame,
    *,
    y: str,
    start: str,
    end: str,
    names: tuple[str, str] | None = None,
    colours: tuple[str, str] = (MINED, REFINED),
    x_title: str | None = None,
    scale: alt.Scale | object = alt.Undefined,
    axis: alt.Axis | object = _SIX_TICKS,
    level: float | None = None,
    level_label: str = "",
    tooltip: Mapping | None = None,
    height: float = 48,
) -> alt.LayerChart:
    """Draw two dots a row joined by a line, in the order of the rows, under the row's name.

    y: column of names. start, end: the two columns of numbers, in one unit; `x_title` says which. names: of
    the two in the legend, by default those of the columns. level: where a dashed line stands, with a label.
    height: of a row [px]. tooltip: column → title, of the columns y, which, value.

    >>> rows = pd.DataFrame({"mineral": ["tin"], "mine": [23.0], "refinery": [47.0]})
    >>> dumbbell(rows, y="mineral", start="mine", end="refinery", x_title="China, %").to_dict()["height"]
    48
    """
    names = names or (start, end)
    layout = Rows(len(rows), above=0.85)
    placed = numbered(rows)
    long = placed.melt([y, "at"], [start, end], var_name="which", value_name="value")
    long["which"] = long.which.map(dict(zip((start, end), names, strict=True)))
    x = alt.X("value:Q", title=x_title or f"{start}, {end}", scale=scale, axis=axis)
    base = alt.Chart(placed)
    fill = color("which", dict(zip(names, colours, strict=True)), key(symbolType="circle", symbolOpacity=1))
    tips = tooltips(tooltip or {y: y, "which": "which", "value": (x_title or "value", ",.4~g")})
    line = (
        []
        if level is None
        else layout.level(x, level, [(-0.6, layout.foot)], level_label, color=SOFT, strokeDash=[5, 4])
    )
    return alt.layer(
        base.mark_rule(color=GRID, strokeWidth=3).encode(
            alt.X(f"{start}:Q", scale=scale), alt.X2(f"{end}:Q"), layout.y()
        ),
        *line[:1],
        alt.Chart(long).mark_circle(size=150, opacity=1).encode(x, layout.y(), color=fill, tooltip=tips),
        layout.names(base, y, dy=-16, baseline="middle"),
        *line[1:],
    ).properties(height=height * len(rows))


def forecast_change(rows: pd.DataFrame, *, now: str = "2024", of: str = "refining") -> alt.LayerChart:
    """Draw China's share now (circle) and in a forecast (diamond).

    Columns name, share_2035, and that of the year `now` [%]. of: what it is a share of, for the axis.
    """
    layout, later, first = Rows(len(rows), above=0.75), "2035, forecast", f"share_{now}"
    base = alt.Chart(numbered(rows).assign(now=now, then=later))
    x = alt.X(
        "share_2035:Q",
        title=f"China's share of {of}, %",
        scale=alt.Scale(domain=[0, 100]),
        axis=alt.Axis(tickCount=5),
    )
    columns = {first: (f"{now}, %", ".1f"), "share_2035": ("2035, forecast, %", ".1f")}
    tips, dot = tooltips({"name": "Mineral"} | columns), {"filled": True, "color": CHINA}
    shapes = scale_of({now: "circle", later: "diamond"})
    legend = key(symbolFillColor=CHINA, symbolStrokeColor=CHINA)
    return alt.layer(
        alt.Chart(NOTHING).mark_rule(color=SOFT, strokeDash=[4, 4]).encode(x=alt.XDatum(50)),
        base.mark_rule(color=CHINA, strokeWidth=3, opacity=0.5).encode(x, alt.X2(f"{first}:Q"), layout.y()),
        base.mark_point(size=110, opacity=0.75, **dot).encode(
            alt.X(f"{first}:Q"),
            layout.y(),
            shape=alt.Shape("now:N", scale=shapes, legend=legend),
            tooltip=tips,
        ),
        base.mark_point(size=150, opacity=1, **dot).encode(
            x, layout.y(), shape=alt.Shape("then:N", scale=shapes), tooltip=tips
        ),
        layout.names(base, "name", dy=-16, baseline="middle", fontWeight="bold"),
    ).properties(height=50 * len(rows))


def two_steps(rows: pd.DataFrame) -> alt.LayerChart:
    """Draw one country's share at the mine and at the refinery, the names beside.

    Columns mineral, mine, refinery [%].
    """
    order, words = list(rows.mineral), {"mine": "At the mine", "refinery": "At the refinery"}
    long = rows.melt("mineral", list(words), "step", "share")
    right = long.share.eq(long.mineral.map(rows.set_index("mineral")[list(words)].max(axis=1)))
    long = long.assign(step=long.step.map(words), text=long.share.map("{:.0f}".format), right=right)
    x = alt.X(
        "share:Q",
        axis=share_axis("China's share of world output"),
        scale=alt.Scale(domain=[-13, 108], nice=False),
    )
    y = names_beside("mineral", order)
    tips = tooltips({"mineral": "Mineral", "step": "Step", "share": ("China, %", ".1f")})
    fill = color(
        "step", dict(zip(words.values(), (CHINA_PALE, CHINA), strict=True)), alt.Legend(symbolType="circle")
    )
    return alt.layer(
        alt.Chart(rows.assign(share=rows.mine, end=rows.refinery))
        .mark_rule(color=CHINA_PALE, strokeWidth=4, opacity=0.55)
        .encode(x, y, alt.X2("end:Q")),
        alt.Chart(long).mark_circle(size=170, opacity=1).encode(x, y, fill, tooltip=tips),
        *[
            alt.Chart(part).mark_text(align=align, dx=dx).encode(x, y, text=alt.Text("text:N"))
            for part, align, dx in ((long[~right], "right", -10), (long[right], "left", 10))
        ],
    ).properties(height=34 * len(order) + 10)


def durations(rows: pd.DataFrame, *, pair: Mapping[str, str], x_title: str) -> alt.LayerChart:
    """Draw two times a row as dots on a logarithmic axis, under the row's name; the longer has its words.

    rows: column name, the two columns of `pair` [days], and their words in columns of the same names with
    _text. pair: the two columns → what they are, first the one that is drawn in front.

    >>> rows = pd.DataFrame({"name": ["tin"], "a": [33.0], "b": [20.0], "a_text": "33 days", "b_text": ""})
    >>> durations(rows, pair={"a": "Net imports", "b": "Use"}, x_title="Time").to_dict()["height"]
    34
    """
    layout = Rows(len(rows), above=0.75)
    placed, (first, second) = numbered(rows), pair
    long = placed.melt(["name", "at"], list(pair), var_name="which", value_name="days")
    long = long.assign(
        text=placed[[f"{column}_text" for column in pair]].T.to_numpy().ravel(), which=long.which.map(pair)
    )
    ends = [0.7 * long.days.min(), 5 * long.days.max()]
    at = [days for days in (1, 7, 30, 365, 3650) if ends[0] <= days <= ends[1]]
    words = "{1: 'a day', 7: 'a week', 30: 'a month', 365: 'a year', 3650: '10 years'}[datum.value]"
    x = alt.X(
        "days:Q",
        title=x_title,
        scale=alt.Scale(type="log", domain=ends, nice=False),
        axis=alt.Axis(values=at, labelExpr=words, labelFlush=False),
    )
    across = alt.X(f"{first}:Q", scale=alt.Scale(type="log", domain=ends, nice=False))
    base = alt.Chart(placed.assign(most=placed[[first, second]].max(axis=1), words=rows[f"{first}_text"]))
    colours = dict(zip(pair.values(), (TEAL, OTHER), strict=True))
    return alt.layer(
        base.mark_rule(color=GRID, strokeWidth=3).encode(across, alt.X2(f"{second}:Q"), layout.y()),
        alt.Chart(long)
        .mark_circle(size=110, opacity=1)
        .encode(
            x,
            layout.y(),
            color=color("which", colours, key(2, symbolType="circle", symbolOpacity=1)),
            order=alt.Order("which:N", sort="descending"),
            tooltip=tooltips({"name": "Mineral", "which": "Of", "text": "Replaced for"}),
        ),
        base.mark_text(align="left", dx=9, fontWeight="bold").encode(
            alt.X("most:Q"), layout.y(), text=alt.Text("words:N")
        ),
        layout.names(base, "name", dy=-6, size=12, fontSize=12, color=INK),
    ).properties(height=34 * len(rows))


def ratio_dots(rows: pd.DataFrame) -> alt.LayerChart:
    """Draw ratios as dots on a logarithmic axis, 1 in the middle.

    Columns what, ratio, outcome (within, missed, fitted to it), predicted, seen, unit; one row each, in
    order.
    """
    layout = Rows(len(rows), above=0.8)
    base = alt.Chart(numbered(rows.reset_index(drop=True)).assign(one=1.0))
    words = (
        "datum.value == 1 ? 'as seen' : "
        "datum.value < 1 ? '1/' + format(1 / datum.value, 'd') : format(datum.value, 'd') + ' times'"
    )
    axis, scale = (
        alt.Axis(values=[0.2, 0.5, 1, 2, 5], labelExpr=words),
        alt.Scale(type="log", domain=[0.15, 8]),
    )
    x = alt.X("ratio:Q", title="What the model says, over what was seen", scale=scale, axis=axis)
    legend = key(columns=alt.ExprRef("cp_column < 420 ? 2 : 4"), symbolOpacity=1)
    colours, shapes = ({outcome: pair[i] for outcome, pair in _RATIO.items()} for i in (0, 1))
    return alt.layer(
        alt.Chart(NOTHING).mark_rule(color=SOFT, strokeWidth=1.5).encode(x=alt.XDatum(1)),
        base.mark_rule(color=GRID, strokeWidth=3).encode(x, alt.X2("one:Q"), layout.y()),
        base.mark_point(size=110, filled=True, opacity=1).encode(
            x,
            layout.y(),
            color=color("outcome", colours, legend),
            shape=alt.Shape("outcome:N", title=None, scale=scale_of(shapes), legend=legend),
            tooltip=tooltips(
                {"what": "Check"}
                | {"predicted": ("Model", ",.4~g"), "seen": ("Seen", ",.4~g")}
                | {"unit": "Unit", "outcome": "Outcome"}
            ),
        ),
        layout.names(base, "what", dy=-7, size=11.5, fontSize=11.5, color=INK),
    ).properties(height=38 * len(rows))
