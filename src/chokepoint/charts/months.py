"""Months: columns in panels, one below the other; a month that nobody published is marked and stays empty."""

from collections.abc import Mapping, Sequence

import altair as alt
import pandas as pd

from chokepoint.charts.layout import NARROW, haloed, key, px, py, scale_of, tooltips
from chokepoint.charts.theme import CHINA, INK, SOFT

_CLOSE = "cp_column < 700"  # bars stand closer than numbers in full
BAR, OVER, UNDER = 110, 52, 26  # pixels of a panel: columns, what stands over them, what stands under them


def months(
    rows: pd.DataFrame, rules: pd.DataFrame, *, panels: Sequence[str], colours: Mapping[str, str], unit: str
) -> alt.LayerChart:
    """Draw a column a month in each panel, every panel with a scale of its own.

    rows: panel, month ("2025-04"), value, kind (coloured), at most one a panel and month. Every month from
    the first to the last of all rows has its place; one without a row is empty, with a dash at its foot.
    rules: day (a date) and label: lines down all panels, named over the first. unit: of the values.

    >>> rows = pd.DataFrame({"panel": ["World"] * 2, "month": ["2025-01", "2025-03"], "value": [6, 5]})
    >>> rows["kind"] = "x"
    >>> rules = pd.DataFrame({"day": pd.to_datetime(["2025-02-04"]), "label": ["licences"]})
    >>> months(rows, rules, panels=["World"], colours={"x": "#000"}, unit="t").to_dict()["height"]
    208
    """
    every = pd.period_range(rows.month.min(), rows.month.max(), freq="M").astype(str)
    place = {month: i for i, month in enumerate(every)}
    panel = BAR + OVER + UNDER
    wide = f"(width / {len(every)})"
    drawn = rows.assign(
        i=rows.month.map(place),
        foot=rows.panel.map({name: i * panel + OVER + BAR for i, name in enumerate(panels)}),
        high=BAR * rows.value / rows.groupby("panel").value.transform("max"),
        said=rows.value.map("{:,.0f}".format),
        when=pd.to_datetime(rows.month).dt.strftime("%B %Y"),
    )
    drawn = drawn.assign(phone=_labelled_on_phone(drawn))
    bars = alt.Chart(drawn).transform_calculate(
        a=f"datum.i * {wide} + 1",
        b=f"(datum.i + 1) * {wide} - 1",
        mid=f"(datum.i + 0.5) * {wide}",
        head="datum.foot - datum.high",
        short=f"{_CLOSE} && datum.value >= 1000 ? format(datum.value / 1000, '.1f') : datum.said",
        number="cp_column < 420 && !datum.phone ? '' : datum.short",
    )
    held = set(zip(rows.panel, rows.month, strict=True))
    feet = pd.DataFrame(
        [
            {
                "i": place[month],
                "foot": i * panel + OVER + BAR,
                "letter": f"{pd.Period(month):%b}"[0],
                "year": month[:4] if month.endswith("-01") or month == every[0] else "",
                "gap": "–" if (name, month) not in held else "",
            }
            for i, name in enumerate(panels)
            for month in every
        ]
    )
    under = alt.Chart(feet).transform_calculate(
        mid=f"(datum.i + 0.5) * {wide}",
        letters="datum.foot + 10",
        years="datum.foot + 23",
        above="datum.foot - 6",
    )
    heads = alt.Chart(
        pd.DataFrame(
            {
                "name": list(panels),
                "down": [i * panel + 26 for i in range(len(panels))],
                "short": [
                    f"thousand {unit}"
                    if (rows.value[rows.panel == name] >= 1000).all()
                    else f"thousand {unit} from 1,000"
                    if (rows.value[rows.panel == name] >= 1000).any()
                    else unit
                    for name in panels
                ],
            }
        )
    ).transform_calculate(words=f"datum.name + ', ' + ({_CLOSE} ? datum.short : '{unit}')")
    first = pd.Timestamp(every[0])
    lines = rules.assign(
        at=[(day.year - first.year) * 12 + day.month - first.month + (day.day - 1) / 31 for day in rules.day],
        line=range(len(rules)),
        day=rules.day.dt.strftime("%-d %B %Y"),
    )
    down = [
        lines.assign(a=i * panel + 40, b=i * panel + OVER + BAR, first=i == 0) for i in range(len(panels))
    ]
    marks = alt.Chart(pd.concat(down)).transform_calculate(x=f"datum.at * {wide}")
    named = (
        alt.Chart(lines)
        .transform_calculate(x=f"datum.at * {wide}")
        .mark_text(align="center", color=CHINA, fontSize=11)
        .encode(px("x"), alt.YValue(8), text=alt.Text("label:N"))
    )
    return alt.layer(
        bars.mark_rect().encode(
            px("a"),
            alt.X2("b:Q"),
            py("head"),
            alt.Y2("foot:Q"),
            color=alt.Color(
                "kind:N",
                scale=scale_of(colours),
                legend=key((1, 3), labelLimit=330) if len(colours) > 1 else None,
            ),
            tooltip=tooltips(
                {"when": "Month", "panel": "To", "value": (f"Exports, {unit}", ",.0f"), "kind": "Figure"}
            ),
        ),
        marks.mark_rule(color=CHINA, strokeDash=[3, 3], strokeWidth=1.2).encode(
            px("x"), py("a"), alt.Y2("b:Q"), tooltip=tooltips({"label": "What", "day": "Day"})
        ),
        *haloed(
            bars.mark_text(dy=-6, fontSize=alt.ExprRef(f"{NARROW} ? 8.5 : 10.5"), color=INK).encode(
                px("mid"), py("head"), text=alt.Text("number:N")
            )
        ),
        under.mark_text(fontSize=10, color=SOFT).encode(px("mid"), py("letters"), text=alt.Text("letter:N")),
        under.mark_text(fontSize=10, color=SOFT, align="left", dx=-4).encode(
            px("mid"), py("years"), text=alt.Text("year:N")
        ),
        under.mark_text(fontSize=11, color=SOFT).encode(px("mid"), py("above"), text=alt.Text("gap:N")),
        heads.mark_text(align="left", fontWeight="bold", color=INK).encode(
            alt.XValue(0), py("down"), text=alt.Text("words:N")
        ),
        named,
    ).properties(height=panel * len(panels) + 20)


def _labelled_on_phone(rows: pd.DataFrame) -> pd.Series:
    """Return for each bar whether its number is written on a phone, where there is no room for all.

    Of each panel that of the last, the highest and the lowest month, in this order, and then of every other
    month; never of two months in a row.

    >>> rows = pd.DataFrame({"panel": "World", "i": [0, 1, 2, 3], "value": [5, 9, 3, 4]})
    >>> _labelled_on_phone(rows).tolist()
    [False, True, False, True]
    """
    labelled = pd.Series(False, index=rows.index)
    for _, bars in rows.groupby("panel", sort=False):
        first = [bars.i.idxmax(), bars.value.idxmax(), bars.value.idxmin()]
        for at in dict.fromkeys([*first, *bars.sort_values("i").index]):
            labelled[at] = not (bars.i[labelled[bars.index]] - bars.i[at]).abs().lt(2).any()
    return labelled
