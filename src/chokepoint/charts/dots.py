"""A dot for every reading: where sources agree, and where they do not."""

from collections.abc import Mapping, Sequence

import altair as alt
import pandas as pd

from chokepoint.charts.layout import Rows, first_seen, key, named, numbered, palette, tooltips
from chokepoint.charts.layout import color as colour_by
from chokepoint.charts.narrow import datum
from chokepoint.charts.theme import GRID, TEAL


def dots(
    rows: pd.DataFrame,
    *,
    x: str,
    y: str,
    color: str | None = None,
    colours: Mapping[str, str] | None = None,
    low: str = "low",
    high: str = "high",
    x_title: str | None = None,
    order: Sequence[str] | None = None,
    tooltip: Mapping | None = None,
    zero: bool = False,
    dodge: bool = False,
) -> alt.LayerChart:
    """Draw readings of several things on one axis, a row a thing, under its name.

    x: column of numbers, in the unit of `x_title`. y: column of names, several readings a name. color: column
    of kinds, by default one kind for all. low, high: columns of the ends of a range, which is drawn as a bar;
    they may be missing. order: of the names, top first. tooltip: column → title; by default also of a column
    `source`, where there is one. zero: the axis begins there. dodge: pile up dots of the same value instead
    of hiding them.

    >>> rows = pd.DataFrame({"what": ["tin", "tin"], "tonnes": [300, 320], "source": ["USGS", "BGS"]})
    >>> dots(rows, x="tonnes", y="what", color="source").to_dict()["height"]
    46
    """
    order, title = order or first_seen(rows[y]), x_title or x
    layout = Rows(len(order), above=0.8)
    base = alt.Chart(numbered(rows, y, order).assign(pile=rows.groupby([y, x]).cumcount() if dodge else 0))
    across = alt.X(
        f"{x}:Q", title=title, scale=alt.Scale(zero=zero, nice=True), axis=alt.Axis(tickCount=6, grid=True)
    )
    fill = alt.value(TEAL)
    if color:
        legend = key((2, 5), symbolType="circle", symbolOpacity=1, labelLimit=200)
        fill = colour_by(color, colours or palette(rows, color, None), legend)
    tips = tooltip or {y: "What", x: (title, None), color: "Reading", "source": "Source"}
    tips = tooltips({column: title for column, title in tips.items() if column in rows})
    style = {"baseline": "middle", "fontWeight": "bold", "fontSize": alt.ExprRef("cp_column < 420 ? 11 : 12")}
    names = layout.names(named(order), "row", dy=-46 if dodge else -16, size=12.5, **style)  # 12, and bold
    return alt.layer(
        base.transform_aggregate(least=f"min({x})", most=f"max({x})", groupby=[y, "at"])
        .mark_rule(color=GRID, strokeWidth=2)
        .encode(alt.X("least:Q"), alt.X2("most:Q"), layout.y()),
        *[
            base.transform_filter(f"isValid({datum(low)})")
            .mark_rule(strokeWidth=6, opacity=0.5)
            .encode(alt.X(f"{low}:Q"), alt.X2(f"{high}:Q"), layout.y(), color=fill, tooltip=tips)
        ]
        * bool(low in rows and rows[low].notna().any()),
        base.transform_filter(f"!isValid({datum(low)})")
        .transform_calculate(up="datum.at - 0.2 * datum.pile")
        .mark_circle(size=130, opacity=0.95)
        .encode(across, layout.y("up"), color=fill, tooltip=tips),
        names,
    ).properties(height=(80 if dodge else 46) * len(order))
