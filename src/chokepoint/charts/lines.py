"""Lines: yearly series, and how a cost grows with a size."""

import altair as alt
import pandas as pd

from chokepoint.charts.layout import first_seen, tooltips
from chokepoint.charts.theme import INK, in_turn

LONG = 34  # letters of a name


def lines(
    rows: pd.DataFrame,
    *,
    x: str = "year",
    y: str = "value",
    color: str | None = None,
    y_title: str | None = None,
    tooltip: dict | None = None,
) -> alt.LayerChart:
    """Draw lines over years, from zero; the last value of the first series is written at its end.

    x: column of years. y: column of numbers, in the unit of `y_title`. color: column of the names of series,
    by default one series. tooltip: column → title.

    >>> rows = pd.DataFrame({"year": [2024, 2025], "price": [430, 520], "metal": ["tin", "tin"]})
    >>> lines(rows, y="price", color="metal", y_title="US$/kg").to_dict()["height"]
    220
    """
    rows = rows if color else rows.assign(series=y)
    color, title = color or "series", y_title or y
    names = first_seen(rows[color])
    across = alt.X(f"{x}:O", title=None, axis=alt.Axis(labelAngle=0))
    up = alt.Y(
        f"{y}:Q", title=title, scale=alt.Scale(domain=[0, 1.15 * rows[y].max()]), axis=alt.Axis(tickCount=5)
    )
    size = 10.5 if max(map(len, names)) > LONG else 12  # on a phone a long name takes the whole column
    by = alt.Color(
        f"{color}:N",
        title=None,
        scale=alt.Scale(domain=names, range=list(in_turn(names).values())),
        legend=alt.Legend(columns=1, labelLimit=330, labelFontSize=size, symbolType="stroke")
        if len(names) > 1
        else None,
    )
    line = alt.Chart(rows).mark_line(strokeWidth=2.5, point=alt.OverlayMarkDef(size=45))
    last = rows[rows[color] == names[0]].tail(1)
    last = last.assign(text=last[y].map(lambda v: f"{v:,.0f}" if v >= 100 else f"{v:.3g}"))
    return alt.layer(
        line.encode(
            across, up, by, tooltip=tooltips(tooltip or {color: "Series", x: "Year", y: (title, ",.4~g")})
        ),
        alt.Chart(last)
        .mark_text(align="center", dy=-12, fontWeight="bold")
        .encode(across, up, text=alt.Text("text:N")),
    ).properties(height=220)


def growth(rows: pd.DataFrame, *, x: str, y: str, x_title: str, y_title: str, y_unit: str) -> alt.Chart:
    """Draw a line through points, from zero, with a tick at each.

    x, y: columns of numbers. y_unit: title of the axis.
    """
    across = alt.X(
        f"{x}:Q",
        title=x_title,
        scale=alt.Scale(domainMin=0),
        axis=alt.Axis(values=sorted(rows[x]), format="d"),
    )
    up = alt.Y(f"{y}:Q", title=y_unit, scale=alt.Scale(domainMin=0), axis=alt.Axis(tickCount=5))
    line = alt.Chart(rows).mark_line(color=INK, strokeWidth=2.5, point=alt.OverlayMarkDef(color=INK, size=60))
    return line.encode(
        across, up, tooltip=tooltips({x: (x_title.capitalize(), None), y: (y_title, ".3~g")})
    ).properties(height=220)
