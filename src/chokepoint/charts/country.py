"""One country's shares of world output, a bar for each mineral and step."""

import altair as alt
import pandas as pd

from chokepoint.charts.theme import ACCENT, BLOC, INK

STEPS = {"mine": "At the mine", "refinery": "After the mine"}
_COLOURS = {"At the mine": ACCENT, "After the mine": BLOC}


def contributions(rows: pd.DataFrame) -> alt.LayerChart:
    """Bars in the order of the rows, the figure written at the end. Columns mineral, step, share [%], text."""
    rows = rows[["mineral", "step", "share", "text"]].assign(step=rows.step.map(STEPS), name=_names(rows))
    x = alt.X(
        "share:Q", axis=None, scale=alt.Scale(domain=[0, max(rows.share.max(), 1e-9) * 1.9], nice=False)
    )
    axis = alt.Axis(domain=False, ticks=False, labelColor=INK, labelLimit=150, labelPadding=6)
    y = alt.Y("name:N", sort=list(rows.name), title=None, axis=axis)
    shown = [s for s in _COLOURS if s in set(rows.step)]
    colour = alt.Color(
        "step:N", title=None, scale=alt.Scale(domain=shown, range=[_COLOURS[s] for s in shown])
    )
    tips = [
        alt.Tooltip("mineral:N", title="Mineral"),
        alt.Tooltip("step:N", title="Step"),
        alt.Tooltip("text:N", title="Share"),
    ]
    bars = alt.Chart(rows).mark_bar(height=16).encode(x, y, colour, tooltip=tips)
    words = alt.Chart(rows).mark_text(align="left", dx=5).encode(x, y, text="text:N")
    return alt.layer(bars, words).properties(height=24 * len(rows))


def _names(rows: pd.DataFrame) -> pd.Series:
    """The mineral, with its step where it is there twice."""
    twice = rows.mineral.duplicated(keep=False)
    return rows.mineral.where(
        ~twice, rows.mineral + rows.step.map({"mine": ", mined", "refinery": ", refined"})
    )
