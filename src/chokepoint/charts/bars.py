"""Horizontal bars with their names above them: legible on a phone however long the names."""

import altair as alt
import pandas as pd

from chokepoint.charts.narrow import raised, two_lines
from chokepoint.charts.theme import ACCENT, BLOC, INK, SOFT

ROW = 52  # pixels


def named_bars(
    frame: pd.DataFrame, *, axis: str, colour: str, mark: float | None = None, mark_label: str = ""
) -> alt.LayerChart:
    """Bars in the order of the rows, with a value at their end and, where given, a mark across each of them, named below the last.

    frame: columns name, value, label (printed at the bar's end), detail (in the tooltip).
    """
    placed = frame.assign(at=range(len(frame)), start=0)
    base = alt.Chart(placed)
    room = 0.1 if mark is None else 0.35  # below the last bar, for the name of the mark
    y = alt.Y("at:Q", axis=None, scale=alt.Scale(domain=[len(frame) - 0.5 + room, -0.7], nice=False))
    x = alt.X(
        "value:Q",
        title=axis,
        scale=alt.Scale(domain=[0, 1.28 * max(frame.value.max(), mark or 0)], nice=False),
        axis=alt.Axis(tickCount=6),
    )
    tooltip = [
        alt.Tooltip("name:N", title="What"),
        alt.Tooltip("value:Q", title=axis, format=",.3~f"),
        alt.Tooltip("detail:N", title="Detail"),
    ]
    bars = base.mark_bar(height=16, color=colour).encode(x, y, alt.X2("start:Q"), tooltip=tooltip)
    names = base.transform_calculate(said=two_lines("name")).mark_text(
        align="left", baseline="bottom", dy=raised("name", -11), color=INK, limit=alt.ExprRef("width")
    )
    names = names.encode(alt.XValue(0), y, text="said:N")
    values = base.mark_text(align="left", dx=6, fontWeight="bold", color=INK).encode(x, y, text="label:N")
    layers = [bars, names, values]
    if mark is not None:
        low = [*placed["at"][:-1] + 0.25, len(frame) - 0.5 + room]  # in pieces, or it would cross the names
        line = alt.Chart(pd.DataFrame({"mark": mark, "up": placed["at"] - 0.2, "low": low}))
        last = alt.Chart(pd.DataFrame({"mark": [mark], "low": low[-1:], "label": [mark_label]}))
        layers += [
            line.mark_rule(color=INK, strokeDash=[4, 3], strokeWidth=2).encode(
                alt.X("mark:Q"), alt.Y("up:Q", axis=None), alt.Y2("low:Q")
            ),
            last.mark_text(align="left", baseline="bottom", dx=6, dy=-2, color=SOFT).encode(
                alt.X("mark:Q"), alt.Y("low:Q"), text="label:N"
            ),
        ]
    return alt.layer(*layers).properties(height=ROW * (len(frame) + 0.2 + room))


PAIR = 66  # pixels a pair of bars


def paired_bars(
    frame: pd.DataFrame, *, axis: str, names: tuple[str, str], mark: float, mark_label: str
) -> alt.LayerChart:
    """Two bars a row under the row's name, told apart by colour, with a mark across all of them.

    frame: columns name, first, second, detail (in the tooltip), in the order of the rows. names: what the two bars are.
    """
    placed = frame.assign(at=range(len(frame)))
    long = placed.melt(["name", "detail", "at"], ["first", "second"], var_name="which", value_name="value")
    long = long.assign(
        top=long["at"] + long.which.map({"first": -0.12, "second": 0.16}),
        low=long["at"] + long.which.map({"first": 0.12, "second": 0.4}),
        which=long.which.map(dict(zip(("first", "second"), names, strict=True))),
        start=0,
        label=long.value.map("{:.0f}".format),
    )
    close = (mark - long.value).between(
        0, 0.1 * max(long.value.max(), mark)
    )  # the mark would cross the number
    long = long.assign(middle=(long.top + long.low) / 2, beside=long.value.mask(close, mark))
    end = len(frame) - 0.3
    base = alt.Chart(long)
    y = alt.Scale(domain=[end, -0.62], nice=False)
    x = alt.X(
        "value:Q",
        title=axis,
        scale=alt.Scale(domain=[0, 1.15 * max(long.value.max(), mark)], nice=False),
        axis=alt.Axis(tickCount=6),
    )
    colour = alt.Color(
        "which:N",
        scale=alt.Scale(domain=list(names), range=[BLOC, ACCENT]),
        legend=alt.Legend(title=None, symbolType="square", symbolOpacity=1),
    )
    tips = [
        alt.Tooltip("name:N", title="Counted"),
        alt.Tooltip("which:N", title="Of"),
        alt.Tooltip("value:Q", title=axis, format=",.1f"),
        alt.Tooltip("detail:N", title="Detail"),
    ]
    bars = base.mark_rect().encode(
        x, alt.X2("start:Q"), alt.Y("top:Q", axis=None, scale=y), alt.Y2("low:Q"), color=colour, tooltip=tips
    )
    values = base.mark_text(align="left", dx=6, fontWeight="bold", color=INK).encode(
        alt.X("beside:Q"), alt.Y("middle:Q", axis=None), text="label:N"
    )
    titles = alt.Chart(placed.assign(up=placed["at"] - 0.18)).mark_text(
        align="left", baseline="bottom", color=INK, limit=alt.ExprRef("width")
    )
    titles = titles.encode(alt.XValue(0), alt.Y("up:Q", axis=None), text="name:N")
    pieces = pd.DataFrame({"mark": mark, "up": placed["at"] - 0.14, "low": placed["at"] + 0.42})
    line = alt.Chart(pieces).mark_rule(color=INK, strokeDash=[4, 3], strokeWidth=2)
    line = line.encode(alt.X("mark:Q"), alt.Y("up:Q", axis=None), alt.Y2("low:Q"))
    word = alt.Chart(pd.DataFrame({"mark": [mark], "at": [end], "label": [mark_label]}))
    word = word.mark_text(align="left", baseline="bottom", dx=6, color=SOFT).encode(
        alt.X("mark:Q"), alt.Y("at:Q", axis=None), text="label:N"
    )
    return alt.layer(bars, values, titles, line, word).properties(height=PAIR * len(frame) + 20)
