"""Flows: bands from seller to buyer; and stacked shares of who buys, a row a seller or a good."""

from collections.abc import Mapping, Sequence

import altair as alt
import pandas as pd

from chokepoint.charts.layout import (
    NARROW,
    WIDTH,
    Rows,
    color,
    haloed,
    key,
    px,
    py,
    scale_of,
    select,
    tooltips,
)
from chokepoint.charts.theme import INK, SOFT

HEIGHT, TOP, GAP, LINE = 300, 30, 6, 15  # px: of the blocks, of the heads above them, between blocks, a name
BLOCK = 11  # px, width of a block
HALF = 0.54  # of the way, for a name: two long ones seldom face each other
_BEND = ((0.0, 0), (0.12, 0), (0.88, 1), (1.0, 1))  # share of the way, and of the rise, along a band


def flow(
    blocks: pd.DataFrame,
    bands: pd.DataFrame,
    heads: Sequence[str],
    *,
    colours: Mapping[str, str],
) -> alt.LayerChart:
    """Draw two or three columns of blocks, with bands between them; of three, a phone has the last two.

    blocks: column (from 0), name, share [% of its column], kind, text; in order, top first. bands: column (of
    the block they leave), start, end (names), share [%], reach [% of the column they reach], kind, text.
    heads: over the columns, lines |-separated. colours: by kind.

    >>> blocks = pd.DataFrame({"column": [0, 1], "name": ["Peru", "Japan"], "share": [100.0, 100.0]})
    >>> blocks = blocks.assign(kind="other", text="all")
    >>> band = {"column": 0, "start": "Peru", "end": "Japan", "share": 100.0, "reach": 100.0, "text": "all"}
    >>> bands = pd.DataFrame([band | {"kind": "other"}])
    >>> flow(blocks, bands, ["Sold", "Bought"], colours={"other": "grey"}).to_dict()["height"]
    330
    """
    last = len(heads) - 1
    placed = _placed(blocks)
    curves = pd.DataFrame(_curves(placed, bands))
    spec = {"begin": _left(last, "datum.column"), "until": f"{_left(last, 'datum.column')} + {BLOCK}"}
    there = f"!({NARROW}) || datum.column >= {last - 1}"
    columns = alt.Chart(placed).transform_filter(there).transform_calculate(**spec)
    tips = tooltips({"name": "Who", "text": "Share"})
    names = {"limit": alt.ExprRef(f"{HALF} * width / ({NARROW} ? 1 : {last}) - {BLOCK + 2}"), "color": INK}
    outer = (
        alt.Chart(pd.DataFrame({"column": range(last + 1), "head": list(heads)}))
        .transform_filter(there)
        .transform_calculate(**spec, lines="split(datum.head, '|')")
    )
    top = {"baseline": "top", "lineHeight": LINE, "color": SOFT}
    return alt.layer(
        alt.Chart(curves)
        .transform_filter(there)
        .transform_calculate(
            x=f"{_left(last, 'datum.column')} + {BLOCK} + datum.way * "
            f"({_left(last, 'datum.column + 1')} - {_left(last, 'datum.column')} - {BLOCK})"
        )
        .mark_area(interpolate="monotone", opacity=0.42)
        .encode(
            px("x"),
            py("up"),
            alt.Y2("low:Q"),
            color=color("kind", colours, key((2, 5), labelLimit=180, symbolOpacity=1)),
            detail=alt.Detail("band:N"),
            tooltip=tooltips({"start": "From", "end": "To", "text": "Share"}),
        ),
        columns.mark_rect().encode(
            px("begin"),
            alt.X2("until:Q"),
            py("up"),
            alt.Y2("low:Q"),
            color=color("kind", colours),
            tooltip=tips,
        ),
        *haloed(
            columns.transform_filter(f"datum.column < {last}")
            .mark_text(align="left", dx=5, **names)
            .encode(px("until"), py("word"), text=alt.Text("name:N"), tooltip=tips)
        ),
        *haloed(
            columns.transform_filter(f"datum.column == {last}")
            .mark_text(align="right", dx=-5, **names)
            .encode(px("begin"), py("word"), text=alt.Text("name:N"), tooltip=tips)
        ),
        outer.transform_filter(f"datum.column < {last}")
        .mark_text(align="left", **top)
        .encode(px("begin"), alt.YValue(-6), text=alt.Text("lines:N")),
        outer.transform_filter(f"datum.column == {last}")
        .mark_text(align="right", **top)
        .encode(px("until"), alt.YValue(-6), text=alt.Text("lines:N")),
    ).properties(height=HEIGHT + TOP)


def _left(last: int, column: str) -> str:
    """Vega expression: where a column begins [px]; where it is narrow, the one before the last begins."""
    wide = f"({column}) * (width - {BLOCK}) / {last}"
    return f"({NARROW} ? (({column}) - {last - 1}) * (width - {BLOCK}) : {wide})" if last > 1 else f"({wide})"


def _placed(blocks: pd.DataFrame) -> pd.DataFrame:
    """Return blocks with their upper and lower ends [px], and where their names stand.

    >>> pair = pd.DataFrame({"column": [0, 0], "name": ["a", "b"], "share": [50.0, 50.0]})
    >>> [[float(n) for n in column] for column in _placed(pair)[["up", "low"]].to_numpy()]
    [[30.0, 177.0], [183.0, 330.0]]
    """
    parts = []
    for _, rows in blocks.groupby("column", sort=True):
        scale = (HEIGHT - GAP * (len(rows) - 1)) / rows.share.sum()
        low = (rows.share * scale + GAP).cumsum() - GAP + TOP
        up = low - rows.share * scale
        parts.append(rows.assign(up=up, low=low, scale=scale, word=_apart(list((up + low) / 2))))
    return pd.concat(parts, ignore_index=True)


def _apart(middles: list[float]) -> list[float]:
    """Return places of names, none nearer to the one above than a line is high, none under the foot.

    >>> _apart([40, 45, 300]), _apart([320, 325])
    ([40, 55, 300], [309, 324])
    """
    words = list(middles)
    for i in range(1, len(words)):
        words[i] = max(words[i], words[i - 1] + LINE)
    foot = HEIGHT + TOP - 6
    for i in range(len(words) - 1, -1, -1):
        words[i] = min(words[i], foot)
        foot = words[i] - LINE
    return words


def _curves(placed: pd.DataFrame, bands: pd.DataFrame) -> list[dict]:
    """Return the points of the bands: each leaves its block and reaches its own in the order of the rows."""
    at = {(r.column, r.name_): r for r in placed.rename(columns={"name": "name_"}).itertuples()}
    left, reached = ({k: r.up for k, r in at.items()} for _ in range(2))
    points = []
    for number, band in enumerate(bands.itertuples()):
        one, other = (band.column, band.start), (band.column + 1, band.end)
        ends = (left[one], reached[other])
        thick = (band.share * at[one].scale, band.reach * at[other].scale)
        left[one] += thick[0]
        reached[other] += thick[1]
        about = {"band": number, "kind": band.kind, "start": band.start, "end": band.end, "text": band.text}
        points += [
            about
            | {
                "column": band.column,
                "way": way,
                "up": round(ends[side], 1),
                "low": round(ends[side] + thick[side], 1),
            }
            for way, side in _BEND
        ]
    return points


ROW = 45  # px: a name, in two lines where it is long, and the bar under it


def buyers(
    rows: pd.DataFrame,
    *,
    colours: Mapping[str, str],
    choices: Mapping[str, str] | None = None,
    marked: str = "China",
    label: str = "Goods",
) -> alt.LayerChart:
    """Draw bars of a hundred per cent, a row a seller or a good, by who buys; its name and worth stand above.

    rows: name, worth (in words), at (its row, from 0), one column a buyer: share [%]; a row without shares
    has no bar, and its worth says why. colours: buyer → colour, from the left. choices: where the reader
    chooses among them by the column `choice`: value → what the select calls it. marked: whose share is
    written in its bar.

    >>> rows = pd.DataFrame({"name": ["Peru"], "worth": ["US$3 billion"], "at": [0], "China": [31.0]})
    >>> buyers(rows, colours={"China": "red"}).to_dict()["height"]
    45.0
    """
    names = list(colours)
    ends = rows[names].cumsum(axis=1).round(1)
    layout = Rows(int(rows["at"].max()) + 1, above=0.62, below=0.38)
    frame = pd.concat([rows.drop(columns=names), ends], axis=1)
    frame["bought"] = rows[marked].round(1)
    base = alt.Chart(frame)
    if choices:
        base = base.transform_filter("datum.choice == goods")
    before = " ".join(
        f"datum.buyer == '{name}' ? datum['{names[i - 1]}'] :" for i, name in enumerate(names) if i
    )
    axis = alt.Axis(values=[0, 25, 50, 75, 100], title=None, labelExpr="datum.value + '%'", labelFlush=False)
    x = alt.X("begin:Q", axis=axis, scale=alt.Scale(domain=[0, 100], nice=False))
    stacked = (
        base.transform_filter(f"isValid(datum['{names[-1]}'])")
        .transform_fold(names, as_=["buyer", "end"])
        .transform_calculate(begin=f"{before} 0", part="datum.end - (" + before + " 0)")
        .transform_filter("datum.part > 0.04")
    )
    tips = {"name": "Sold", "buyer": "To", "part": ("Share, %", ".1f"), "worth": "Worth"}
    bar = stacked.mark_bar(orient="horizontal", height=15).encode(
        x,
        alt.X2("end:Q"),
        layout.y(),
        alt.Color("buyer:N", title=None, scale=scale_of(colours), legend=key((2, 6), labelLimit=150)),
        tooltip=tooltips(tips),
    )
    share = (
        base.transform_filter("isValid(datum.bought) && datum.bought >= 12")
        .transform_calculate(begin="0", text="format(datum.bought, '.0f') + '%'")
        .mark_text(align="left", dx=5, fontSize=11, color="white", fontWeight="bold")
    )
    drawn = alt.layer(
        bar,
        share.encode(alt.X("begin:Q"), layout.y(), text=alt.Text("text:N")),
        layout.names(base, "name", dy=-9, beside=110, limit=alt.ExprRef("width - 90")),
        base.mark_text(align="right", baseline="bottom", dy=-9, color=SOFT).encode(
            alt.XValue(WIDTH), layout.y(), text=alt.Text("worth:N")
        ),
    ).properties(height=ROW * (layout.foot + layout.above))
    return drawn.add_params(select("goods", label, choices)) if choices else drawn
