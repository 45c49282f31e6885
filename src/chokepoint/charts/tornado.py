"""A tornado: how far each assumption alone moves a result, from the low to the high end of its range."""

import altair as alt
import pandas as pd

from chokepoint.charts.layout import Rows, numbered, tooltips
from chokepoint.charts.narrow import too_long
from chokepoint.charts.theme import INK

LOW, HIGH = 0.28, 0.62  # how strong the bars of each end are: a model speaks of no side, so it has ink alone


def tornado(rows: pd.DataFrame, *, x_title: str, x_format: str) -> alt.LayerChart:
    """Draw one row an assumption, the widest first.

    Columns row (its name), range (in words), at_value, at_low, at_high.
    """
    layout = Rows(len(rows), above=0.75, below=0.4)
    base = alt.Chart(numbered(rows.reset_index(drop=True)))
    ends = {"at_low": ("Result at its low end", x_format), "at_high": ("Result at its high end", x_format)}
    axis, scale = alt.Axis(format=x_format, tickCount=4), alt.Scale(zero=False, nice=True)
    x = alt.X("at_value:Q", title=x_title, axis=axis, scale=scale)
    called = (
        f"{too_long('whole')} ? datum.row : datum.whole"  # its range beside the name, where there is room
    )
    tips = tooltips({"row": "Assumption", "range": "Range"} | ends)
    return alt.layer(
        *[
            base.mark_bar(height=12, color=INK, opacity=strength).encode(
                x, alt.X2(f"{end}:Q"), layout.y(), tooltip=tips
            )
            for end, strength in (("at_low", LOW), ("at_high", HIGH))
        ],
        # the value now: a line across all would cross the names
        base.mark_tick(color=INK, thickness=2, size=20).encode(alt.X("at_value:Q"), layout.y()),
        layout.names(
            base.transform_calculate(whole="datum.row + ', ' + datum.range").transform_calculate(
                called=called
            ),
            "called",
            dy=-11,
        ),
    ).properties(height=280)
