"""How charts show where a country stands: the order, the colour and the legend of standings."""

import altair as alt
import pandas as pd

from chokepoint.analysis import coalitions
from chokepoint.charts.bars import bars, stacked_pairs
from chokepoint.charts.layout import key
from chokepoint.charts.theme import BLOC, BLOC_PALE, CHINA, OTHER, UNKNOWN

COLOURS = {
    coalitions.SIGNED: BLOC,
    coalitions.CAME: BLOC_PALE,
    coalitions.ELSEWHERE: OTHER,
    coalitions.NOT_NAMED: UNKNOWN,
    coalitions.CHINA: CHINA,
}
NAMED = {standing: colour for standing, colour in COLOURS.items() if standing != coalitions.NOT_NAMED}


def stacks(rows: pd.DataFrame) -> alt.LayerChart:
    """Draw who holds world output, signatories from the left, China from the right: `stacked_pairs`."""
    ends = {"left": coalitions.SIGNED, "right": coalitions.CHINA}
    return stacked_pairs(rows, colours=COLOURS, x_title="Share of output", **ends)


def producers(rows: pd.DataFrame) -> alt.LayerChart:
    """Draw countries of one mineral as bars, by standing.

    Columns area, standing, size, text, in the order drawn.
    """
    return bars(
        rows[["area", "standing", "size", "text"]],
        x="size",
        y="area",
        label="text",
        color="standing",
        colours=COLOURS,
        x_axis=None,
        room=1.9
        if rows.text.str.len().max() > 16
        else 1.55,  # for the words after the longest bar, on a phone
        tooltip={"area": "Country", "text": "Amount", "standing": "Stands"},
        legend=key((2, 5), labelLimit=180),
    )
