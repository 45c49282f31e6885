"""Small multiples: a little chart a thing, yearly values as columns, days that mattered as rules."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import altair as alt
import pandas as pd

from chokepoint.charts.layout import NARROW, capitalised, first_seen, key, px, py, scale_of, tooltips
from chokepoint.charts.theme import CHINA, INK, OTHER, SOFT

CELL, TOP, BAR = 122, 46, 48  # pixels: height of a cell, where its bars may begin, and how high they may be
_COLUMNS = f"({NARROW} ? 1 : 2)"
_WIDE = f"(width / {_COLUMNS} - ({NARROW} ? 0 : 18))"
_LEFT = f"(datum.cell % {_COLUMNS}) * (width / 2 + 9)"
_DOWN = f"(floor(datum.cell / {_COLUMNS}) * {CELL} + 6)"
_FOOT = f"{_DOWN} + {TOP + BAR}"


def multiples(
    rows: pd.DataFrame,
    *,
    x: str = "year",
    y: str = "value",
    by: str,
    order: Sequence[str] | None = None,
    unit: str | None = None,
    text: str | None = None,
    days: pd.DataFrame | None = None,
    dashes: Mapping[str, list[int]] | None = None,
) -> alt.LayerChart:
    """Draw a cell for each value of `by`, two abreast where there is room; each has a scale of its own.

    x: column of years. y: column of numbers. order: of the cells, by default that of the rows. unit: column
    of what is counted, and in which unit. text: column of the figure over each bar, by default the number.
    days: columns as `by`, day (a date), kind, detail: rules across the bars. dashes: the dash of each kind. A
    figure stands over its bar where no rule crosses it.

    >>> rows = pd.DataFrame({"metal": ["tin"] * 2, "year": [2024, 2025], "price": [30.1, 34.0]})
    >>> multiples(rows, y="price", by="metal").to_dict()["params"][0]["name"]
    'height'
    """
    cells = {name: cell for cell, name in enumerate(order or first_seen(rows[by]))}
    first = int(rows[x].min())
    years = int(rows[x].max()) - first + 1
    rules = pd.DataFrame({by: [], "day": pd.to_datetime([]), "kind": []}) if days is None else days
    rules = rules.assign(
        cell=rules[by].map(cells),
        at=(rules.day - pd.Timestamp(first, 1, 1)).dt.days / (365.25 * years),
        date=rules.day.dt.strftime("%-d %B %Y"),
    ).drop(columns="day")
    bars = rows.assign(
        cell=rows[by].map(cells),
        unit=rows[unit] if unit else y,
        text=rows[text] if text else rows[y].map("{:,.4g}".format),
        begin=(rows[x] - first) / years,
        end=(rows[x] - first + 1) / years,
        high=rows[y] / rows.groupby(by)[y].transform("max"),
    )
    bars["middle"] = [
        _widest(bar.begin, bar.end, rules["at"][rules.cell == bar.cell]) for bar in bars.itertuples()
    ]
    steps = alt.Chart(bars).transform_calculate(
        a=f"{_LEFT} + datum.begin * {_WIDE} + 1",
        b=f"{_LEFT} + datum.end * {_WIDE} - 1",
        mid=f"{_LEFT} + (datum.begin + datum.end) / 2 * {_WIDE}",
        clear=f"{_LEFT} + datum.middle * {_WIDE}",
        foot=_FOOT,
        head=f"{_FOOT} - {BAR} * datum.high",
        under=f"{_FOOT} + 12",
    )
    heads = alt.Chart(bars.drop_duplicates("cell")[["cell", by, "unit"]])
    heads = heads.transform_calculate(a=_LEFT, b=f"{_DOWN} + 8", c=f"{_DOWN} + 23")
    dashes = dashes or {kind: [1 + 3 * i, 3 * i] for i, kind in enumerate(first_seen(rules.kind))}
    legend = key((1, 2), labelLimit=330, symbolType="stroke", symbolStrokeColor=CHINA)
    lines = (
        alt.Chart(rules)
        .transform_calculate(a=f"{_LEFT} + datum.at * {_WIDE}", b=f"{_DOWN} + {TOP - 14}", c=_FOOT)
        .mark_rule(color=CHINA, strokeWidth=2)
        .encode(
            px("a"),
            py("b"),
            alt.Y2("c:Q"),
            strokeDash=alt.StrokeDash("kind:N", scale=scale_of(dashes), legend=legend),
            tooltip=tooltips({by: by.capitalize(), "date": "In force from", "kind": "What", "detail": "For"}),
        )
    )
    return alt.layer(
        steps.mark_rect(color=OTHER, opacity=0.55).encode(
            px("a"), alt.X2("b:Q"), py("head"), alt.Y2("foot:Q"), tooltip=capitalised(by, x, "text", "unit")
        ),
        *[lines] * bool(len(rules)),
        steps.mark_text(dy=-6, fontSize=11, color=INK).encode(
            px("clear"), py("head"), text=alt.Text("text:N")
        ),
        steps.mark_text(fontSize=10, color=SOFT).encode(px("mid"), py("under"), text=alt.Text(f"{x}:N")),
        heads.mark_text(align="left", fontWeight="bold", color=INK).encode(
            px("a"), py("b"), text=alt.Text(f"{by}:N")
        ),
        heads.mark_text(align="left", fontSize=11, color=SOFT, limit=alt.ExprRef(_WIDE)).encode(
            px("a"), py("c"), text=alt.Text("unit:N")
        ),
    ).add_params(alt.param(name="height", expr=f"ceil({len(cells)} / {_COLUMNS}) * {CELL}"))


def _widest(begin: float, end: float, cuts: Iterable[float]) -> float:
    """Return the middle of the widest part of begin to end that no cut divides.

    >>> _widest(0, 10, [7, 9, 20])
    3.5
    """
    low, high = max(
        pairwise([begin, *sorted(c for c in cuts if begin < c < end), end]),
        key=lambda part: part[1] - part[0],
    )
    return (low + high) / 2
