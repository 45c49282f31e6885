"""Levels: what was seen in each period beside what was usual, for the control that the reader chooses."""

from collections.abc import Mapping

import altair as alt
import pandas as pd

from chokepoint.charts.layout import color, haloed, key, px, py, select, tooltips
from chokepoint.charts.theme import INK, SOFT

ROW, TOP, NAMES, ENDS = (
    20,
    66,
    104,
    84,
)  # pixels: a row, what stands over all, names at the left, words at the right


def levels(
    rows: pd.DataFrame, heads: pd.DataFrame, *, first: str, colours: Mapping[str, str], cut: float, label: str
) -> alt.LayerChart:
    """Draw a bar a period, as a share of the level before; a line at the level, a dashed one at `cut`.

    rows: control (its name), period (its name), ratio (1: the level), side (coloured), text (at the end), in
    the order of time. heads: control, words (lines, |-separated, over the bars). first: the one
    shown at first. label: of the select.
    """
    placed = rows.assign(at=rows.groupby("control").cumcount())
    most = int(placed["at"].max()) + 1
    here = "datum.control == control"
    scale = f"(width - {NAMES + ENDS})"
    base = (
        alt.Chart(placed)
        .transform_filter(here)
        .transform_joinaggregate(far="max(ratio)", groupby=["control"])
        .transform_calculate(
            start=f"{NAMES}",
            end=f"{NAMES} + max(1, datum.ratio / max(1.15, datum.far) * {scale})",
            down=f"{TOP} + {ROW} * datum.at",
            level=f"{NAMES} + 1 / max(1.15, datum.far) * {scale}",
            low=f"{NAMES} + {cut} / max(1.15, datum.far) * {scale}",
        )
    )
    span = base.transform_aggregate(
        level="max(level)", low="max(low)", foot="max(down)", groupby=["control"]
    ).transform_calculate(a=f"{TOP - 12}", b=f"datum.foot + {ROW // 2}", over=f"{TOP - 18}")
    words = {"align": "left", "baseline": "top", "lineHeight": 16, "limit": alt.ExprRef("width")}
    return (
        alt.layer(
            base.mark_bar(height=13, orient="horizontal").encode(
                px("start"),
                alt.X2("end:Q"),
                py("down"),
                color("side", colours, key((1, 3), labelLimit=330)),
                tooltip=tooltips(
                    {
                        "period": "Period",
                        "text": "Amount",
                        "ratio": ("Of the level before", ".0%"),
                        "side": "When",
                    }
                ),
            ),
            span.mark_rule(color=INK).encode(px("level"), py("a"), alt.Y2("b:Q")),
            span.mark_rule(color=INK, strokeDash=[3, 3]).encode(px("low"), py("a"), alt.Y2("b:Q")),
            span.transform_calculate(word="'level before'")
            .mark_text(align="left", dx=2, fontSize=10.5, color=SOFT)
            .encode(px("level"), py("over"), text=alt.Text("word:N")),
            base.mark_text(align="right", color=SOFT, fontSize=11, dx=NAMES - 8).encode(
                alt.XValue(0), py("down"), text=alt.Text("period:N")
            ),
            *haloed(
                base.mark_text(align="left", color=INK, fontSize=11, dx=4).encode(
                    px("end"), py("down"), text=alt.Text("text:N")
                )
            ),
            alt.Chart(heads)
            .transform_filter(here)
            .transform_calculate(lines="split(datum.words, '|')")
            .mark_text(color=INK, **words)
            .encode(alt.XValue(0), alt.YValue(0), text=alt.Text("lines:N")),
        )
        .add_params(select("control", label, list(heads.control), first))
        .properties(height=TOP + ROW * most + 6)
    )
