"""Bars: one a row, in pairs, stacked; and columns over years against a line."""

import json
from collections.abc import Mapping, Sequence

import altair as alt
import pandas as pd

from chokepoint.charts.layout import (
    NARROW,
    Rows,
    first_seen,
    key,
    named,
    names_beside,
    numbered,
    palette,
    scale_of,
    tooltips,
)
from chokepoint.charts.layout import color as colour_by
from chokepoint.charts.narrow import LETTER, NARROWEST, SIZE, SMALLEST, datum, raised, two_lines
from chokepoint.charts.theme import BRONZE, FLOOR, INK, PAPER, SOFT, TEAL, ink_on


def _parted_at(labels: pd.Series, names: pd.Series) -> str:
    """Return where the labels of bars are cut off on the narrowest screens; "" where they are not.

    That is at a comma or, where the longest name and the longest label leave a bar no room, at a middle dot.

    >>> _parted_at(pd.Series(["61% · 45 million t"]), pd.Series(["China"]))
    ''
    >>> _parted_at(pd.Series(["61% · 45 million t"]), pd.Series(["United Arab Emirates"]))
    ' · '
    """
    if labels.str.contains(", ").any():
        return ", "
    longest = (names.str.len().max() + labels.str.len().max()) * LETTER * SIZE
    return " · " if longest > SMALLEST and labels.str.contains(" · ").any() else ""


def share_axis(title: str | None, label: str = "datum.value + '%'") -> alt.Axis:
    """Make an axis of shares in per cent. label: Vega expression of what is written at a tick."""
    return alt.Axis(values=[0, 25, 50, 75, 100], title=title, labelExpr=label, labelFlush=False)


def bars(
    rows: pd.DataFrame,
    *,
    x: str,
    y: str,
    label: str | None = None,
    color: str = TEAL,
    colours: Mapping[str, str] | None = None,
    x_axis: alt.Axis | object | None = alt.Undefined,
    end: float | None = None,
    room: float = 1.2,
    tooltip: Mapping | None = None,
    legend: alt.Legend | object | None = alt.Undefined,
    limit: float = 150,
    height: float = 25,
    thickness: float = 17,
    size: float = 12,
) -> alt.LayerChart:
    """Draw horizontal bars in the order of the rows, with names beside them and values at their ends.

    x: column of numbers; name it with its unit, or give `x_axis` a title. y: column of names. label: column
    of the text at the end, on the narrowest screens as far as its first comma; by default the number. color:
    a column, or one colour for all. colours: by value of that column, in the order of the legend. end: of the
    x axis; by default the longest bar times `room`.
    tooltip: column → title (of a number, title and format). limit: of the names [px]. height: of a row [px].

    >>> rows = pd.DataFrame({"mineral": ["tin", "lead"], "days": [30, 12]})
    >>> bars(rows, x="days", y="mineral").to_dict()["height"]
    50
    """
    tooltip = {y: y, x: (x, ",.4~g")} if tooltip is None else tooltip
    ends = [min(0, room * rows[x].min()), end or room * max(rows[x].max(), 1e-9)]
    axis = alt.Axis(title=x, tickCount=6) if x_axis is alt.Undefined else x_axis
    across = alt.X(f"{x}:Q", axis=axis, scale=alt.Scale(domain=ends, nice=False))
    down = names_beside(y, list(rows[y]), limit=limit)
    fill = colour_by(color, palette(rows, color, colours), legend) if color in rows else alt.value(color)
    words = alt.Chart(rows)
    if label and (parts := _parted_at(rows[label], rows[y])):
        said = datum(label)
        words = words.transform_calculate(
            at_end=f"cp_column < {NARROWEST} ? split({said}, '{parts}')[0] : {said}"
        )
        label = "at_end"
    return alt.layer(
        alt.Chart(rows)
        .mark_bar(height=thickness)
        .encode(across, down, color=fill, tooltip=tooltips(tooltip)),
        words.mark_text(align="left", dx=round(0.4 * size), fontSize=size).encode(
            across, down, text=alt.Text(f"{label}:N") if label else alt.Text(f"{x}:Q", format=",.4~g")
        ),
    ).properties(height=height * len(rows))


def bars_under_names(
    rows: pd.DataFrame, *, x: str, y: str, label: str, detail: str, x_title: str, color: str = TEAL
) -> alt.LayerChart:
    """Draw horizontal bars with their names above them: legible on a phone however long the names.

    x: column of numbers. y: column of names. label: column of the text at the end. detail: column shown in
    the tooltip.
    """
    layout = Rows(len(rows), above=0.7, below=0.6)
    base = alt.Chart(numbered(rows).assign(start=0))
    across = alt.X(
        f"{x}:Q",
        title=x_title,
        scale=alt.Scale(domain=[0, 1.28 * rows[x].max()], nice=False),
        axis=alt.Axis(tickCount=6),
    )
    return alt.layer(
        base.mark_bar(height=16, color=color).encode(
            across,
            layout.y(),
            alt.X2("start:Q"),
            tooltip=tooltips({y: "What", x: (x_title, ",.3~f"), detail: "Detail"}),
        ),
        layout.names(base, y, dy=-11),
        base.mark_text(align="left", dx=6, fontWeight="bold", color=INK).encode(
            across, layout.y(), text=alt.Text(f"{label}:N")
        ),
    ).properties(height=52 * (len(rows) + 0.2 + 0.1))


def paired_bars(
    rows: pd.DataFrame,
    *,
    y: str,
    pair: Mapping[str, str],
    x_title: str,
    level: float,
    level_label: str,
    detail: str,
) -> alt.LayerChart:
    """Draw two bars a row under the row's name, told apart by colour, and a dashed line across all of them.

    y: column of names. pair: the two columns of numbers → what they are. level: where the line stands.
    detail: column shown in the tooltip.
    """
    layout = Rows(len(rows), above=0.62, below=0.7)
    placed = numbered(rows)
    long = placed.melt([y, detail, "at"], list(pair), var_name="which", value_name="value")
    top = long["at"] + long.which.map(dict(zip(pair, (-0.12, 0.16), strict=True)))
    most = max(long.value.max(), level)
    crossed = (level - long.value).between(0, 0.1 * most)  # the line would cross the number
    long = long.assign(
        top=top,
        low=top + 0.24,
        middle=top + 0.12,
        which=long.which.map(pair),
        start=0,
        label=long.value.map("{:.0f}".format),
        beside=long.value.mask(crossed, level),
    )
    base = alt.Chart(long)
    across = alt.X(
        "value:Q",
        title=x_title,
        scale=alt.Scale(domain=[0, 1.15 * most], nice=False),
        axis=alt.Axis(tickCount=6),
    )
    return alt.layer(
        base.mark_rect().encode(
            across,
            alt.X2("start:Q"),
            layout.y("top"),
            alt.Y2("low:Q"),
            color=colour_by(
                "which",
                dict(zip(pair.values(), (TEAL, BRONZE), strict=True)),
                key(symbolType="square", symbolOpacity=1),
            ),
            tooltip=tooltips({y: "Counted", "which": "Of", "value": (x_title, ",.1f"), detail: "Detail"}),
        ),
        base.mark_text(align="left", dx=6, fontWeight="bold", color=INK).encode(
            alt.X("beside:Q"), layout.y("middle"), text=alt.Text("label:N")
        ),
        # the label of the level takes so much from the width of the plot
        layout.names(alt.Chart(placed.assign(at=placed["at"] - 0.18)), y, dy=0, beside=70),
        *layout.level(
            across,
            level,
            [(at - 0.14, at + 0.42) for at in placed["at"]],
            level_label,
            color=INK,
            strokeDash=[4, 3],
            strokeWidth=2,
        ),
    ).properties(height=74 * len(rows) + 20)


def stacked_bars(
    rows: pd.DataFrame,
    *,
    x: str,
    y: str,
    color: str,
    colours: Mapping[str, str],
    order: Sequence[str],
    x_title: str,
    tooltip: Mapping,
) -> alt.LayerChart:
    """Draw a bar a row, its parts side by side with the count in each, under the row's name.

    x: column of counts. y: column of names, drawn in `order`. color: column of the parts. colours: by part,
    in order.
    """
    layout = Rows(len(order), above=0.85, padding=0)
    placed = (
        numbered(rows, y, order).assign(rank=rows[color].map(list(colours).index)).sort_values(["at", "rank"])
    )
    after = placed.groupby(y)[x].cumsum()
    placed = placed.assign(left=after - placed[x], right=after, ink=placed[color].map(colours).map(ink_on))
    base = alt.Chart(placed[placed[x] > 0])
    return alt.layer(
        base.mark_bar(orient="horizontal", height=22).encode(
            alt.X(
                "left:Q", title=x_title, axis=alt.Axis(grid=False, tickCount=6), scale=alt.Scale(nice=False)
            ),
            alt.X2("right:Q"),
            layout.y(),
            color=alt.Color(f"{color}:N", scale=scale_of(colours), legend=key((3, 6))),
            tooltip=tooltips(tooltip),
        ),
        base.transform_calculate(middle="(datum.left + datum.right) / 2")
        .mark_text(fontSize=12)
        .encode(alt.X("middle:Q"), layout.y(), text=alt.Text(f"{x}:Q"), color=alt.Color("ink:N", scale=None)),
        small_names(layout, order),
    ).properties(height=52 * (len(order) + 0.35))


def small_names(layout: Rows, order: Sequence[str]) -> alt.Chart:
    """Draw the names of rows, smaller on a phone."""
    return layout.names(
        named(order), "row", dy=-13, size=11, fontSize=alt.ExprRef("cp_column < 420 ? 11 : 12"), lineHeight=13
    )


def stacked_pairs(
    rows: pd.DataFrame, *, colours: Mapping[str, str], left: str, right: str, x_title: str
) -> alt.LayerChart:
    """Draw who holds the whole: two stacked bars a mineral, the mine above the refinery.

    rows: columns mineral, step, standing, share [%]; each mineral and step adds up to 100, or a little more
    where rounded figures do. product, where there is such a column: what a bar counts, of minerals whose two
    bars count different things; else nothing. colours: by standing, from left to right. left, right: the
    standings whose share is written at either end.
    """
    order = first_seen(rows.mineral)
    rows = rows.assign(rank=rows.standing.map(list(colours).index), product=rows.get("product"))
    steps = alt.YOffset(
        "step:N", sort=["mine", "refinery"], scale=alt.Scale(paddingInner=0.12, paddingOuter=0.35)
    )
    unlike = rows.mineral[rows["product"].notna()].unique().tolist()
    own = (
        {"labelExpr": f"indexof({json.dumps(unlike)}, datum.value) < 0 ? datum.label : ''"} if unlike else {}
    )
    y = names_beside("mineral", order, labelPadding=52, minExtent=118, **own)
    totals = rows.groupby(["mineral", "step"]).share.transform("sum")
    x = alt.X(
        "share:Q", axis=share_axis(x_title), scale=alt.Scale(domain=[0, max(100, totals.max())], nice=False)
    ).stack("zero")
    tips = {"mineral": "Mineral", "step": "Step", "standing": "Who", "share": ("Share, %", ".1f")}
    fill = colour_by(
        "standing",
        palette(rows, "standing", colours),
        # it starts at the names, or a phone had no room
        alt.Legend(
            orient="none",
            legendX=alt.ExprRef(f"cp_column < {NARROWEST} ? -158 : -118"),
            legendY=alt.ExprRef(f"{NARROW} ? -58 : -30"),
            columns=alt.ExprRef(f"{NARROW} ? 2 : 5"),
        ),
    )
    drawn = alt.Chart(rows).mark_bar().encode(x, y, steps, fill, alt.Order("rank:Q"), tooltip=tooltips(tips))
    labels = rows[["mineral", "step", "product"]].drop_duplicates()
    labels = labels.assign(share=0, text=labels["product"].where(labels["product"].notna(), labels.step))
    whole = rows.share.gt(0).groupby([rows.mineral, rows.step]).transform("sum").eq(1) & rows.share.gt(0)
    rows = rows.assign(
        text=rows.share.map("{:.0f}".format).where((rows.share <= 99) | whole, ">99"), end=totals
    )
    large = rows[rows.share >= 12]
    ends = [
        (labels, {"align": "right", "dx": -5, "color": SOFT}),
        (large[large.standing == right].assign(share=large.end), {"align": "right", "dx": -5} | _ON_BAR),
        (large[large.standing == left].assign(share=0), {"align": "left", "dx": 5} | _ON_BAR),
    ]
    return alt.layer(
        drawn,
        *[
            alt.Chart(part)
            .mark_text(fontSize=11, **style)
            .encode(x.stack(None), y, steps, text=alt.Text("text:N"))
            for part, style in ends
            if len(part)
        ],
    ).properties(height=52 * len(order))


_ON_BAR = {"color": "white", "fontWeight": "bold"}


def columns(
    rows: pd.DataFrame, *, y_title: str, most: float = 0, tips: Mapping | None = None
) -> alt.LayerChart:
    """Draw yearly values as columns with the value at the head of each, inside it where there is room.

    rows: columns year (text), price, label. y_title: unit of the values. most: the least that the axis must
    reach. tips: column → title of the tooltip, beside the year.

    >>> rows = pd.DataFrame({"year": ["2022", "2025"], "price": [63.7, 9.0], "label": ["64", "9"]})
    >>> columns(rows, y_title="US$ per kilogram").to_dict()["height"]
    170
    """
    highest = 1.15 * max(most, rows.price.max())
    x = alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0, grid=False))
    y = alt.Y(
        "price:Q", title=y_title, scale=alt.Scale(domain=[0, highest], nice=False), axis=alt.Axis(tickCount=5)
    )
    tooltip = [alt.Tooltip("year:O", title="Year"), *tooltips(tips or {"price": (y_title, None)})]
    base, inside = alt.Chart(rows).encode(x, y), f"datum.price > {0.2 * highest}"
    words = {"fontWeight": "bold"}
    return alt.layer(
        base.mark_bar(color=INK, opacity=0.72, width={"band": 0.62}).encode(tooltip=tooltip),
        base.transform_filter(inside)
        .mark_text(dy=12, baseline="top", color=PAPER, **words)
        .encode(text=alt.Text("label:N")),
        base.transform_filter(f"!({inside})")
        .mark_text(dy=-4, baseline="bottom", color=INK, **words)
        .encode(text=alt.Text("label:N")),
    ).properties(height=170)


def columns_and_floor(rows: pd.DataFrame, floor: float, *, floor_label: str) -> alt.LayerChart:
    """Draw yearly prices [US$/kg] as columns and a floor as a line across them.

    rows: columns year (text), price, label (in the column), gap from the price up to the floor, 0 where the
    price is above.
    """
    numbers = {"price": ("Average, US$/kg", None), "gap": ("Below the floor by, US$/kg", None)}
    line = alt.Chart(pd.DataFrame({"floor": [floor], "label": [floor_label]}))
    beside = 160  # px, of the column of a year above the floor
    missing = (
        alt.Chart(rows)
        .transform_filter("datum.gap > 0")
        .transform_calculate(top="datum.price + datum.gap")
        .mark_bar(
            width={"band": 0.62}, fillOpacity=0.15, fill=FLOOR, stroke=FLOOR, strokeDash=[3, 3], strokeWidth=1
        )
        .encode(alt.X("year:O"), alt.Y("price:Q"), alt.Y2("top:Q"), tooltip=tooltips(numbers))
    )
    return alt.layer(
        missing,
        columns(rows, y_title="US$ per kilogram", most=floor, tips=numbers),
        line.mark_rule(color=FLOOR, strokeWidth=3).encode(alt.Y("floor:Q")),
        line.transform_calculate(lines=two_lines("label", beside=beside))
        .mark_text(
            align="right",
            baseline="bottom",
            dy=raised("label", -5, beside=beside),
            color=INK,
            fontWeight="bold",
        )
        .encode(x=alt.XValue("width"), y=alt.Y("floor:Q"), text=alt.Text("lines:N")),
    ).properties(height=230)
