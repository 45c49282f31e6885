"""Net import reliance of the United States."""

import altair as alt
import pandas as pd

from chokepoint.charts.theme import CHINA, INK, OTHER, UNITED_STATES

KINDS = {"": "Printed figure", "greater": "Lower bound only", "less": "Upper bound only"}


def reliance(rows: pd.DataFrame) -> alt.LayerChart:
    """Bars of reliance [%], a bound paler than a figure. Columns mineral, value, kind, text, in the order drawn."""
    rows = rows[["mineral", "value", "kind", "text", "source"]]
    x = alt.X(
        "value:Q",
        scale=alt.Scale(domain=[0, 118], nice=False),
        axis=alt.Axis(
            values=[0, 25, 50, 75, 100], title="Net import reliance, % of consumption", labelFlush=False
        ),
    )
    y = alt.Y(
        "mineral:N",
        sort=list(rows.mineral),
        title=None,
        axis=alt.Axis(domain=False, ticks=False, labelColor=INK, labelPadding=6, labelLimit=150),
    )
    shown = [k for k in KINDS.values() if k in set(rows.kind)]
    colour = alt.Color(
        "kind:N",
        title=None,
        scale=alt.Scale(domain=shown, range=[UNITED_STATES, "#baa8c6", "#dacfe2"][: len(shown)]),
        legend=alt.Legend(columns=1),
    )
    tips = [
        alt.Tooltip("mineral:N", title="Mineral"),
        alt.Tooltip("text:N", title="Reliance"),
        alt.Tooltip("source:N", title="Main source of imports"),
    ]
    bars = alt.Chart(rows).mark_bar(height=12).encode(x, y, colour, tooltip=tips)
    words = alt.Chart(rows).mark_text(align="left", dx=4, fontSize=11).encode(x, y, text="text:N")
    return alt.layer(bars, words).properties(height=18 * len(rows))


def import_sources(rows: pd.DataFrame) -> alt.LayerChart:
    """Where imports come from. Columns area, value [%], text, in the order drawn; China in its colour."""
    rows = rows[["area", "value", "text"]]
    x = alt.X("value:Q", axis=None, scale=alt.Scale(domain=[0, rows.value.max() * 1.2], nice=False))
    y = alt.Y(
        "area:N",
        sort=list(rows.area),
        title=None,
        axis=alt.Axis(domain=False, ticks=False, labelColor=INK, labelPadding=6),
    )
    colour = alt.condition(alt.datum.area == "China", alt.value(CHINA), alt.value(OTHER))
    bars = (
        alt.Chart(rows)
        .mark_bar(height=17)
        .encode(x, y, color=colour, tooltip=["area:N", alt.Tooltip("value:Q", title="Share of imports, %")])
    )
    words = alt.Chart(rows).mark_text(align="left", dx=5).encode(x, y, text="text:N")
    return alt.layer(bars, words).properties(height=25 * len(rows))
