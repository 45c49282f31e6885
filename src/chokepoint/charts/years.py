"""Two decades by year: stacked columns of what was sold, and lines of shares."""

from collections.abc import Mapping

import altair as alt
import pandas as pd

from chokepoint.charts.layout import NARROW, color, key, tooltips

_TICKS = alt.ExprRef(f"{NARROW} ? 4 : 8")


def _across(field: str, years: pd.Series) -> alt.X:
    """Encode an axis of years."""
    scale = alt.Scale(domain=[int(years.min()) - 0.6, int(years.max()) + 0.6], nice=False)
    axis = alt.Axis(format="d", tickCount=_TICKS, tickMinStep=1, grid=False, labelFlush=False)
    return alt.X(f"{field}:Q", title=None, scale=scale, axis=axis)


def stacked_years(
    rows: pd.DataFrame, *, value: str, by: str, colours: Mapping[str, str], y_title: str
) -> alt.Chart:
    """Draw a column a year, stacked by a kind in the order of `colours`, the first at the foot.

    rows: year, the column of values, the column of kinds. y_title: unit of the values.

    >>> rows = pd.DataFrame({"year": [2023, 2024], "value": [1.0, 2.0], "to": ["China", "China"]})
    >>> drawn = stacked_years(rows, value="value", by="to", colours={"China": "red"}, y_title="US$")
    >>> drawn.to_dict()["height"]
    200
    """
    rows = rows.assign(
        rank=rows[by].map(list(colours).index), left=rows.year - 0.42, right=rows.year + 0.42
    ).sort_values(["year", "rank"])
    ends = rows.groupby("year")[value].cumsum()
    rows = rows.assign(up=ends, low=ends - rows[value])
    return (
        alt.Chart(rows.drop(columns="rank"))
        .mark_rect()
        .encode(
            _across("left", rows.year),
            alt.X2("right:Q"),
            alt.Y(
                "low:Q",
                title=y_title,
                scale=alt.Scale(domain=[0, 1.05 * max(ends.max(), 1e-9)], nice=False),
                axis=alt.Axis(tickCount=4),
            ),
            alt.Y2("up:Q"),
            color(by, colours, key((2, 6), labelLimit=150)),
            tooltip=tooltips({"year": "Year", by: "To", value: (y_title, ",.3~g")}),
        )
        .properties(height=200)
    )


def share_lines(rows: pd.DataFrame, *, colours: Mapping[str, str], y_title: str) -> alt.LayerChart:
    """Draw a line of shares [%] for each name, with its newest value at its end; gaps stay gaps.

    rows: year, share, name. colours: name → colour, in the order of the legend.

    >>> rows = pd.DataFrame({"year": [2023, 2024], "share": [40.0, 42.0], "name": ["Japan"] * 2})
    >>> len(share_lines(rows, colours={"Japan": "blue"}, y_title="%").to_dict()["layer"])
    3
    """
    years = rows.year
    rows = rows.assign(run=rows.groupby("name").year.transform(lambda y: (y.diff() > 1).cumsum()))
    across = _across("year", years)
    up = alt.Y(
        "share:Q",
        title=y_title,
        scale=alt.Scale(domain=[0, 100]),
        axis=alt.Axis(values=[0, 25, 50, 75, 100]),
    )
    by = color("name", colours, key((2, 4), labelLimit=220, symbolType="stroke"))
    tips = tooltips({"name": "Buyer", "year": "Year", "share": (y_title, ".0f")})
    base = alt.Chart(rows)
    return alt.layer(
        base.mark_line(strokeWidth=2.5).encode(across, up, by, detail=alt.Detail("run:N")),
        base.mark_circle(size=26, opacity=1).encode(across, up, by, tooltip=tips),
        alt.Chart(_ends(rows, int(years.max())))
        .mark_text(align="left", dx=7, fontWeight="bold")
        .encode(across, alt.Y("word:Q"), by, text=alt.Text("text:N")),
    ).properties(height=240, padding={"left": 5, "right": 30, "top": 5, "bottom": 5})


def _ends(rows: pd.DataFrame, last: int) -> pd.DataFrame:
    """Return the values of the last year, in words, each at least a line's height above the next."""
    ends = rows[rows.year == last].sort_values("share")
    words: list[float] = []
    for share in ends.share:
        words.append(max(share, words[-1] + 6.5) if words else share)
    return ends.assign(word=words, text=ends.share.map("{:.0f}".format))
