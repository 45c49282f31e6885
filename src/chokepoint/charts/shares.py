"""Shares of world output: one country at two steps, the largest country, the bloc beside China, one mineral's producers."""

import json
from collections.abc import Sequence

import altair as alt
import pandas as pd

from chokepoint.analysis import coalitions
from chokepoint.charts.theme import BLOC, CHINA, INK, OTHER, SOFT

MINED = "#e0998a"  # a pale form of China's colour: the same country, one step earlier
CAME = "#93bfdf"  # a pale form of the bloc's
UNKNOWN = "#c9c8c2"
STANDINGS = [coalitions.SIGNED, coalitions.CAME, coalitions.ELSEWHERE, coalitions.NOT_NAMED, coalitions.CHINA]
_ROW = alt.ExprRef("cp_column < 560 ? 2 : 5")  # columns of a legend
COLOURS = [BLOC, CAME, OTHER, UNKNOWN, CHINA]


def _share(title: str | None, *, low: float = 0, high: float = 100) -> alt.X:
    axis = alt.Axis(
        values=[0, 25, 50, 75, 100], title=title, labelExpr="datum.value + ' %'", labelFlush=False
    )
    return alt.X("share:Q", axis=axis, scale=alt.Scale(domain=[low, high], nice=False))


def _names(
    field: str, order: list[str], padding: float = 6, extent: float = 0, without: Sequence[str] = ()
) -> alt.Y:
    """The names down the side; those in `without` are left for others to write."""
    said = (
        {"labelExpr": f"indexof({json.dumps(list(without))}, datum.value) < 0 ? datum.label : ''"}
        if without
        else {}
    )
    axis = alt.Axis(
        domain=False,
        ticks=False,
        labelColor=INK,
        labelLimit=150,
        labelPadding=padding,
        minExtent=extent,
        **said,
    )
    return alt.Y(f"{field}:N", sort=order, title=None, axis=axis)


def _standing(shown: list[str], **encoding) -> alt.Color:
    scale = alt.Scale(domain=shown, range=[COLOURS[STANDINGS.index(s)] for s in shown])
    return alt.Color("standing:N", title=None, scale=scale, **encoding)


def two_steps(rows: pd.DataFrame) -> alt.LayerChart:
    """One country's share at the mine and at the refinery, joined by a line. Columns mineral, mine, refinery [%], in the order drawn."""
    order, words = list(rows.mineral), {"mine": "At the mine", "refinery": "At the refinery"}
    long = rows.melt("mineral", list(words), "step", "share")
    ends = rows.set_index("mineral")[list(words)].max(axis=1)
    long = long.assign(
        step=long.step.map(words),
        text=long.share.map("{:.0f}".format),
        right=long.share.eq(long.mineral.map(ends)),
    )
    x, y = _share("China's share of world output", low=-8, high=108), _names("mineral", order)
    tips = [
        alt.Tooltip("mineral:N", title="Mineral"),
        alt.Tooltip("step:N", title="Step"),
        alt.Tooltip("share:Q", title="China, %", format=".1f"),
    ]
    colour = alt.Color(
        "step:N",
        title=None,
        scale=alt.Scale(domain=list(words.values()), range=[MINED, CHINA]),
        legend=alt.Legend(symbolType="circle"),
    )
    span = rows.assign(share=rows.mine, end=rows.refinery)
    line = alt.Chart(span).mark_rule(color=MINED, strokeWidth=4, opacity=0.55).encode(x, y, alt.X2("end:Q"))
    dots = alt.Chart(long).mark_circle(size=170, opacity=1).encode(x, y, colour, tooltip=tips)
    right = alt.Chart(long[long.right]).mark_text(align="left", dx=10).encode(x, y, text="text:N")
    left = alt.Chart(long[~long.right]).mark_text(align="right", dx=-10).encode(x, y, text="text:N")
    return alt.layer(line, dots, left, right).properties(height=34 * len(order) + 10)


def leaders(rows: pd.DataFrame) -> alt.LayerChart:
    """The largest country of each mineral. Columns mineral, area, standing, share [%], told (the share in words), in the order drawn."""
    rows = rows[["mineral", "area", "standing", "share"]].assign(text=rows.area + " " + rows.told)
    x, y = _share("Share of the largest country", high=150), _names("mineral", list(rows.mineral))
    shown = [s for s in STANDINGS if s in set(rows.standing)]
    tips = [
        alt.Tooltip("mineral:N", title="Mineral"),
        alt.Tooltip("area:N", title="Largest"),
        alt.Tooltip("share:Q", title="Share, %", format=".1f"),
    ]
    bars = (
        alt.Chart(rows)
        .mark_bar(height=13)
        .encode(x, y, _standing(shown, legend=alt.Legend(columns=_ROW)), tooltip=tips)
    )
    words = alt.Chart(rows).mark_text(align="left", dx=5, fontSize=11.5).encode(x, y, text="text:N")
    return alt.layer(bars, words).properties(height=19 * len(rows))


def stacks(rows: pd.DataFrame) -> alt.LayerChart:
    """Who holds world output: two bars a mineral, the mine above the refinery, the bloc from the left and China from the right.

    Columns mineral, step, standing, share [%]; each mineral and step adds up to 100, or a little more where rounded figures do.
    product, where there is such a column: what a bar counts, of minerals whose two bars count different things; else nothing.
    """
    order = list(dict.fromkeys(rows.mineral))
    rows = rows.assign(
        rank=rows.standing.map(STANDINGS.index), product=rows["product"] if "product" in rows else None
    )
    steps = alt.YOffset(
        "step:N", sort=["mine", "refinery"], scale=alt.Scale(paddingInner=0.12, paddingOuter=0.35)
    )
    unlike = list(rows.mineral[rows["product"].notna()].unique())
    y = _names("mineral", order, padding=52, extent=118, without=unlike)
    totals = rows.groupby(["mineral", "step"]).share.transform("sum")
    x = _share("Share of world output", high=max(100, totals.max())).stack("zero")
    tips = [
        alt.Tooltip("mineral:N", title="Mineral"),
        alt.Tooltip("step:N", title="Step"),
        alt.Tooltip("standing:N", title="Who"),
        alt.Tooltip("share:Q", title="Share, %", format=".1f"),
    ]
    shown = [s for s in STANDINGS if s in set(rows.standing)]
    colour = _standing(shown, legend=alt.Legend(orient="none", legendX=-118, legendY=-58, columns=2))
    bars = alt.Chart(rows).mark_bar().encode(x, y, steps, colour, alt.Order("rank:Q"), tooltip=tips)
    labels = rows[["mineral", "step", "product"]].drop_duplicates().assign(share=0)
    labels = labels.assign(
        text=[p if isinstance(p, str) else s for p, s in zip(labels["product"], labels.step, strict=True)]
    )
    step = (
        alt.Chart(labels)
        .mark_text(align="right", dx=-5, fontSize=11, color=SOFT)
        .encode(x.stack(None), y, steps, text="text:N")
    )
    whole = (
        rows[rows.share > 0]
        .groupby(["mineral", "step"])
        .standing.transform("size")
        .eq(1)
        .reindex(rows.index, fill_value=False)
    )
    rows = rows.assign(
        text=rows.share.map("{:.0f}".format).where((rows.share <= 99) | whole, ">99"), end=totals
    )
    china = rows[(rows.standing == coalitions.CHINA) & (rows.share >= 12)].assign(share=lambda r: r.end)
    bloc = rows[(rows.standing == coalitions.SIGNED) & (rows.share >= 12)].assign(share=0)
    said = [
        alt.Chart(part)
        .mark_text(align=align, dx=dx, color="white", fontWeight="bold", fontSize=11)
        .encode(x.stack(None), y, steps, text="text:N")
        for part, align, dx in ((china, "right", -5), (bloc, "left", 5))
        if len(part)
    ]
    room = {
        "top": 64,
        "left": 5,
        "right": 5,
        "bottom": 5,
    }  # the legend starts at the names, or it would not fit a phone
    return alt.layer(bars, step, *said).properties(height=52 * len(order), padding=room)


def producers(rows: pd.DataFrame) -> alt.LayerChart:
    """Countries of one mineral, a bar each with its figure written at the end. Columns area, standing, size, text, in the order drawn."""
    rows = rows[["area", "standing", "size", "text"]]
    room = (
        1.9 if rows.text.str.len().max() > 16 else 1.55
    )  # for the words at the end of the longest bar, on a phone
    x = alt.X(
        "size:Q", axis=None, scale=alt.Scale(domain=[0, max(rows["size"].max(), 1e-9) * room], nice=False)
    )
    y = _names("area", list(rows.area))
    shown = [s for s in STANDINGS if s in set(rows.standing)]
    tips = [
        alt.Tooltip("area:N", title="Country"),
        alt.Tooltip("text:N", title="Amount"),
        alt.Tooltip("standing:N", title="Stands"),
    ]
    bars = (
        alt.Chart(rows)
        .mark_bar(height=17)
        .encode(x, y, _standing(shown, legend=alt.Legend(columns=_ROW, labelLimit=180)), tooltip=tips)
    )
    words = alt.Chart(rows).mark_text(align="left", dx=5).encode(x, y, text="text:N")
    return alt.layer(bars, words).properties(height=25 * len(rows))
