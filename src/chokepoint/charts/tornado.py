"""A tornado: how far each assumption alone moves a result, from the low to the high end of its range."""

import altair as alt
import pandas as pd

from chokepoint.charts.beside import words
from chokepoint.charts.fan import TALL
from chokepoint.charts.layout import WIDTH, Rows, numbered, tooltips
from chokepoint.charts.narrow import LETTER, SIZE, too_long, two_lines
from chokepoint.charts.theme import INK, SOFT

LOW, HIGH = 0.28, 0.62  # how strong the bars of each end are: a model speaks of no side, so it has ink alone


def tornado(rows: pd.DataFrame, *, x_title: str, x_format: str) -> alt.LayerChart:
    """Draw one row an assumption, the widest first.

    Columns row (its name), range (in words), at_value, at_low, at_high, ends (the last two, in words).
    """
    beside = words("  " + max(rows.ends, key=len, default=""))
    layout = Rows(len(rows), above=0.75, below=0.4)
    base = alt.Chart(numbered(rows.reset_index(drop=True)))
    ends = {"at_low": ("Result at its low end", x_format), "at_high": ("Result at its high end", x_format)}
    axis, scale = alt.Axis(format=x_format, tickCount=4), alt.Scale(zero=False, nice=True)
    x = alt.X("at_value:Q", title=x_title, axis=axis, scale=scale)
    # its range beside the name, where there is room
    called = f"{too_long('whole', beside=beside)} ? datum.row : datum.whole"
    named = base.transform_calculate(whole="datum.row + ', ' + datum.range").transform_calculate(
        called=called
    )
    # one of two lines reaches to where the ends would stand
    longest = "max(length(datum.lines[0]), length(datum.lines[1]))"
    wide = f"isArray(datum.lines) && {longest} * {LETTER * SIZE:g} > cp_column - {16 + beside:g}"
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
        layout.names(named, "called", dy=-11, beside=beside),
        named.transform_calculate(lines=two_lines("called", beside=beside))
        .transform_calculate(said=f"{wide} ? '' : datum.ends")
        .mark_text(align="right", baseline="bottom", dy=-11, color=SOFT)
        .encode(alt.XValue(WIDTH), layout.y(), text="said:N"),
    ).properties(height=TALL)
