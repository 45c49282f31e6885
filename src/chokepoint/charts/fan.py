"""A fan: where the middle half and nine tenths of the draws lie, along one control."""

from collections.abc import Iterator

import altair as alt
import numpy as np
import pandas as pd

from chokepoint.charts.beside import COLUMNS, EDGE, words
from chokepoint.charts.layout import tooltips
from chokepoint.charts.narrow import SIZE
from chokepoint.charts.theme import INK

TALL = 310  # px, of the plot; of a tornado beside it too
_ROUNDED = 1.2  # by which an axis that ends at round numbers is longer than what it shows, about
_AXIS = 46  # px, of the axis of results
_STEPS = 120  # places along the control that are tried for a name
_APART = 4  # px, between a name and the curve that it is of
# Each with shorter words, for where there is less room.
NAMES = {
    "half": ("half of the runs", "half"),
    "most": ("nine runs of ten", "nine of ten"),
    "middle": ("middle run", "middle"),
}


def fan(rows: pd.DataFrame, *, x_title: str, x_format: str, y_title: str, y_format: str) -> alt.LayerChart:
    """Draw bands along x, each with its name. Columns x, q05, q25, q50, q75, q95, quantiles of the draws."""
    base = alt.Chart(rows)
    x = alt.X(
        "x:Q",
        title=x_title,
        scale=alt.Scale(nice=False, zero=False),
        axis=alt.Axis(tickCount=5, labelFlush=True, format=x_format),
    )
    y = alt.Y("q05:Q", title=y_title, axis=alt.Axis(format=y_format, tickCount=5))
    read = {"q95": "19 draws of 20 are below", "q50": "Middle", "q05": "19 draws of 20 are above"}
    tips = tooltips({"x": (x_title, x_format)} | {q: (title, y_format) for q, title in read.items()})
    style = {at: alt.ExprRef(f"datum.{at}") for at in ("align", "dy")}
    named = _named(rows)
    # left out by their text: of rows that are filtered away an axis would ask the extent
    words_there = (
        alt.Chart(named)
        .transform_calculate(shown="cp_column < datum.least ? '' : datum.name")
        .mark_text(baseline="middle", color=INK, **style)
        .encode(x, alt.Y("at:Q"), text="shown:N")
    )
    return alt.layer(
        base.mark_area(color=INK, opacity=0.14).encode(x, y, alt.Y2("q95:Q"), tooltip=tips),
        base.mark_area(color=INK, opacity=0.22).encode(x, alt.Y("q25:Q"), alt.Y2("q75:Q"), tooltip=tips),
        base.mark_line(color=INK, strokeWidth=2.5).encode(x, alt.Y("q50:Q"), tooltip=tips),
        *([] if named.empty else [words_there]),
    ).properties(height=TALL)


def _named(rows: pd.DataFrame) -> pd.DataFrame:
    """Return where each name stands: name, x, at (of the result), dy [px], align, least (column, px).

    A band's name stands in it, or else just over the fan; that of the middle along its line. One for which
    there is no room is left out.

    >>> flat = pd.DataFrame({"x": [0, 1], "q05": 0, "q25": 20, "q50": 50, "q75": 80, "q95": 100})
    >>> _named(flat).round()[["name", "at", "dy"]].values.tolist()
    [['half of the runs', 65.0, 0.0], ['nine runs of ten', 10.0, 0.0], ['middle run', 50.0, -11.0]]
    """
    x = np.linspace(rows.x.iloc[0], rows.x.iloc[-1], _STEPS + 1)
    curves = {q: np.interp(x, rows.x, rows[q]) for q in ("q05", "q25", "q50", "q75", "q95")}
    low, high = min(0.0, curves["q05"].min()), max(0.0, curves["q95"].max())
    px = TALL / _ROUNDED / ((high - low) or 1)
    curves = {q: (curve - low) * px for q, curve in curves.items()}
    found: list[dict] = []
    for kind, texts in NAMES.items():
        for column, text in ((column, text) for column in COLUMNS for text in texts):
            wide = words(text) / (column - EDGE - _AXIS)  # as a share of the plot
            places = (p for p in _ways(kind, curves, wide) if not any(_meet(p, wide, f) for f in found))
            if best := max(places, key=lambda p: p["good"], default=None):
                found.append(best | {"name": text, "wide": wide, "least": column})
                break
    named = pd.DataFrame(found, columns=["name", "share", "at", "dy", "align", "least"])
    return named.assign(x=x[0] + named.share * (x[-1] - x[0]), at=named["at"] / px + low).drop(
        columns="share"
    )


def _ways(kind: str, curves: dict[str, np.ndarray], wide: float) -> Iterator[dict]:
    """Give the places for a name: share of the width, at, dy, up [px], align, and how good it is.

    curves: quantiles along the width [px]. wide: of the name, as a share of the width. up: the middle of the
    name over the foot.
    """
    raised = SIZE / 2 + _APART + 1
    n = max(1, round(wide * _STEPS))
    for i in range(len(curves["q50"]) - n):
        here = {q: curve[i : i + n + 1] for q, curve in curves.items()}
        middle = {"share": (i + n / 2) / _STEPS, "align": "center"}
        if kind == "middle":
            line = here["q50"]
            over, under = here["q75"].min() - line.max(), line.min() - here["q25"].max()
            for room, at, side in ((over, line.max(), 1), (under, line.min(), -1)):
                if room >= raised + SIZE / 2:
                    yield middle | {
                        "at": at,
                        "dy": -side * raised,
                        "up": at + side * raised,
                        "good": -np.ptp(line),
                    }
            continue
        between = (("q25", "q50"), ("q50", "q75")) if kind == "half" else (("q05", "q25"), ("q75", "q95"))
        for below, above in between:
            foot, top = here[below].max(), here[above].min()
            if top - foot >= SIZE + 2:
                at = (foot + top) / 2
                yield middle | {"at": at, "dy": 0.0, "up": at, "good": top - foot}
        if kind == "most":  # no room in the band where it is steep: over it, from where it is highest
            for align, end in (("left", 0), ("right", -1)):
                at, deep = here["q95"].max(), here["q95"][end] - here["q75"][end]
                up = at + raised
                if here["q95"][end] == at and deep >= SIZE and up + SIZE / 2 <= curves["q95"].max():
                    share = (i if align == "left" else i + n) / _STEPS
                    yield {
                        "share": share,
                        "align": align,
                        "at": at,
                        "dy": -raised,
                        "up": up,
                        "good": deep - TALL,
                    }


def _meet(place: dict, wide: float, other: dict) -> bool:
    """Whether two names meet in the narrowest column that has both. wide: of the first, as in `_ways`."""

    def middle(p: dict, wide: float) -> float:
        return p["share"] + {"left": 0.5, "center": 0, "right": -0.5}[p["align"]] * wide

    apart = abs(middle(place, wide) - middle(other, other["wide"]))
    return apart < (wide + other["wide"]) / 2 and abs(place["up"] - other["up"]) < SIZE + 2
