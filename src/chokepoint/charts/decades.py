"""Decades: lines over many years, one thing at a time; a year without a figure is a gap."""

from collections.abc import Mapping

import altair as alt
import pandas as pd

from chokepoint.charts.layout import first_seen, haloed, select, tooltips
from chokepoint.charts.narrow import ENDS
from chokepoint.charts.theme import in_turn

HEIGHT, HEAD = 300, 17  # pixels: the chart, and a line of words over it


def decades(
    rows: pd.DataFrame,
    *,
    series: str = "series",
    x: str = "year",
    y: str = "value",
    pick: str | None = None,
    label: str = "Show",
    first: str | None = None,
    colours: Mapping[str, str] | None = None,
    top: float | None = None,
    unit: str = "",
) -> alt.LayerChart:
    """Draw lines over years, from zero, broken where years are missing; their names stand over them.

    rows: one a series and year, in the order in which the names are to stand. x, y: columns of years and of
    numbers. pick: column of what the select chooses among, by default nothing. label: of the select. first:
    what it shows at first. colours: by series, by default those of the book in turn. top: of the y axis, by
    default that of what is shown. unit: what is written behind a number at the axis and at a line's end.

    >>> rows = pd.DataFrame({"year": [1900, 1901, 1903], "value": [1, 2, 4], "series": ["tin"] * 3})
    >>> decades(rows).to_dict()["height"]
    300
    """
    kept = [series, x, y, *([pick] if pick else [])]
    keys = [*([pick] if pick else []), series]
    drawn = rows[kept].sort_values([x], kind="stable")
    drawn = drawn.assign(
        run=drawn.groupby(keys)[x].transform(lambda years: (years.diff().fillna(1) > 1).cumsum())
    )
    heads = rows.drop_duplicates(keys)[keys]
    heads = heads.assign(at=heads.groupby(keys[0]).cumcount() if pick else range(len(heads)))
    most = int(heads["at"].max()) + 1
    names = first_seen(rows[series])
    own = {name: colour for name, colour in (colours or {}).items() if name in names}
    fill = in_turn([name for name in names if name not in own], own.values()) | own
    hue = alt.Color(
        f"{series}:N", scale=alt.Scale(domain=names, range=[fill[name] for name in names]), legend=None
    )
    end = alt.Undefined if top is None else top
    span = [int(rows[x].min()), int(rows[x].max())]
    across = alt.X(
        f"{x}:Q",
        title=None,
        scale=alt.Scale(domain=[span[0], span[1] + 0.1 * (span[1] - span[0])], nice=False),
        axis=alt.Axis(
            format="d",
            grid=False,
            values=alt.ExprRef(f"sequence({-(-span[0] // 10) * 10}, {span[1]}, {_step(span)})"),
        ),
    )
    scale = alt.Scale(domainMin=0, domainMax=end, rangeMin=HEIGHT, rangeMax=HEAD * most + 22)
    up = alt.Y(
        f"{y}:Q",
        title=None,
        scale=scale,
        axis=alt.Axis(
            tickCount=5, labelExpr=f"format(datum.value, datum.value < 10 ? '~g' : '~s') + '{unit}'"
        ),
    )
    here = f"datum.{pick} == {pick}" if pick else "true"
    base = alt.Chart(drawn).transform_filter(here)
    tips = tooltips({series: "Series", x: ("Year", "d"), y: (f"Value{unit and ','}{unit}", ",.4~g")})
    last = alt.Chart(_ends(drawn, keys[:-1], x, y, top, unit)).transform_filter(here)
    words = last.mark_text(align="left", dx=6, fontWeight="bold").encode(
        across, alt.Y("clear:Q", scale=scale, title=None), hue, text=alt.Text("end:N")
    )
    chart = alt.layer(
        base.mark_line(strokeWidth=2.2).encode(across, up, hue, detail=alt.Detail("run:N")),
        base.mark_point(filled=True, size=16, opacity=1).encode(across, up, hue, tooltip=tips),
        *haloed(words),
        alt.Chart(heads)
        .transform_filter(here)
        .transform_calculate(down=f"8 + {HEAD} * datum.at")
        .mark_text(align="left", limit=alt.ExprRef("width"), fontWeight="bold")
        .encode(alt.XValue(0), alt.Y("down:Q", scale=None, axis=None), hue, text=alt.Text(f"{series}:N")),
    ).properties(height=HEIGHT)
    if pick is None:
        return chart
    options = sorted(set(rows[pick]))
    return chart.add_params(select(pick, label, options, first or options[0]))


def _ends(rows: pd.DataFrame, of: list[str], x: str, y: str, top: float | None, unit: str) -> pd.DataFrame:
    """Return the newest row of each line with its words, and a place where they are clear of each other's."""
    last = rows.sort_values(x).groupby([*of, *rows.columns[[0]]]).tail(1).sort_values(y, kind="stable")
    groups = last.groupby(of) if of else [("", last)]
    parts = []
    for _, group in groups:
        here = rows[rows[of[0]] == group[of[0]].iloc[0]] if of else rows
        room = 0.065 * (top or here[y].max())
        clear: list[float] = []
        for value in group[y]:
            clear.append(max(value, clear[-1] + room) if clear else value)
        parts.append(group.assign(clear=clear))
    told = pd.concat(parts)
    forms = [",.0f" if v >= 10 else ".2g" for v in told[y]]
    return told.assign(end=[f"{v:{form}}{unit}" for v, form in zip(told[y], forms, strict=True)])


def _step(span: list[int]) -> str:
    """Vega expression: years between two ticks, so that they have room in a narrow column."""
    wide, narrow = (10, 20) if span[1] - span[0] > 30 else (5, 10)
    return f"cp_column < {ENDS[0]} ? {narrow} : {wide}"
