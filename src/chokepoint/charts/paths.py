"""A path through months: up to two lines, a dashed one of what happens otherwise, and a band about them.

The page's script gives the three tables new rows; nothing else of the picture changes.
"""

from collections.abc import Mapping, Sequence

import altair as alt
import pandas as pd

from chokepoint.charts.layout import tooltips
from chokepoint.charts.theme import INK, OTHER, SOFT

HEIGHT = 132
NO_BAND = [{"t": 2026, "q5": 0, "q25": 0, "q75": 0, "q95": 0}]


def paths(
    years: Sequence[int],
    *,
    lines: Sequence[str],
    title: str | None,
    number: str = "~s",
    tooltip: Mapping[str, str],
    suffix: str = "",
) -> alt.LayerChart:
    """Draw the lines a and b over time against the dashed line g; the rows are those of `datasets`.

    years: those shown. lines: names of a and b. title: of the upright axis. number: format of its values.
    tooltip: column of the means by year → its title. suffix: of the tables' names, where several such charts
    make one picture.

    >>> drawn = paths(range(2026, 2041), lines=["here"], title="share", tooltip={"a": "here"})
    >>> [layer["mark"]["type"] for layer in drawn.to_dict()["layer"]]
    ['area', 'area', 'line', 'line', 'rect']
    """
    first, last = min(years), max(years) + 1
    across = alt.X(
        "t:Q",
        title=None,
        scale=alt.Scale(domain=[first, last], nice=False),
        axis=alt.Axis(
            format="d", values=[first, *range(first // 5 * 5 + 5, last, 5)], grid=False, labelFlush=False
        ),
    )
    axis = alt.Axis(tickCount=4, format=number, titleFontSize=11)

    def up(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", title=title, axis=axis, scale=alt.Scale(zero=True))

    # one table for the picture by month, one for the means by year, one for the band: each is set as a whole
    path, by_year = alt.Chart(alt.NamedData(f"path{suffix}")), alt.Chart(alt.NamedData(f"years{suffix}"))
    band = alt.Chart(alt.NamedData(f"band{suffix}"))

    def line(field: str, colour: object, width: float, dash: list[int]) -> alt.Chart:
        return path.mark_line(color=colour, strokeWidth=width, strokeDash=dash).encode(across, up(field))

    layers = [
        band.mark_area(opacity=0.12, color=INK).encode(across, up("q5"), alt.Y2("q95:Q")),
        band.mark_area(opacity=0.16, color=INK).encode(across, up("q25"), alt.Y2("q75:Q")),
        line("g", SOFT, 1.6, [5, 4]),
        *[line("b", OTHER, 2.6, [2, 2])] * (len(lines) > 1),
        line("a", INK, 2.6, [1, 0]),
    ]
    words = {"year": ("Year", "d")} | {field: (said, number) for field, said in tooltip.items()}
    layers.append(
        by_year.transform_calculate(end="datum.year + 1")
        .mark_rect(color=INK, opacity=0.001)
        .encode(alt.X("year:Q"), alt.X2("end:Q"), tooltip=tooltips(words))
    )
    return alt.layer(*layers).properties(height=HEIGHT)


def datasets(months: pd.DataFrame, years: pd.DataFrame, suffix: str = "") -> dict[str, list[dict]]:
    """Return the tables of `paths`, by name.

    months: t (a year and its part), and of a, b, g those that are drawn. years: year, and the means of the
    same. The band has one point at zero until somebody draws it, and so has a line without any: none at all
    would have no extent.

    >>> datasets(pd.DataFrame({"t": [2026.5], "a": [None]}), pd.DataFrame({"year": []}))["path"]
    [{'t': 2026.5, 'a': 0.0}]
    """
    empty = months.columns[months.isna().all()]
    months = months.astype(object)
    months.loc[months.index[:1], empty] = 0.0
    return {
        f"{name}{suffix}": rows.astype(object).where(rows.notna(), None).to_dict("records")
        for name, rows in (("path", months), ("years", years))
    } | {f"band{suffix}": NO_BAND}
