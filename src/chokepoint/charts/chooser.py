"""Who makes something at two steps, side by side, for the mineral and the year that the reader chooses."""

from collections.abc import Mapping

import altair as alt
import pandas as pd

from chokepoint.charts.layout import capitalised, color, key, px, py, select
from chokepoint.charts.theme import INK, SOFT

ROW = 42  # pixels a country: its name above its bar
STEPS = {"both": "mine and after", "mine": "mine", "refinery": "after the mine"}


def chooser(
    rows: pd.DataFrame, heads: pd.DataFrame, *, mineral: str, colours: Mapping[str, str]
) -> alt.LayerChart:
    """Draw bars of the largest producers at the mine (left) and after it (right).

    rows: mineral, year, step (mine, refinery), area, standing, share [%], label (the share in words), rank
    from 0, text. heads: mineral, year, step, label (lines over the bars, |-separated). mineral: the one to
    begin with. colours: by standing.
    """
    years = sorted(set(heads.year), reverse=True)
    params = [
        select("mineral", "Mineral", sorted(set(heads.mineral)), mineral),
        select("year", "Year", [int(year) for year in years]),
        select("step", "Step", STEPS),
    ]
    here = "datum.mineral == mineral && datum.year == year && (step == 'both' || datum.step == step)"
    begin = "(step == 'both' && datum.step == 'refinery' ? width / 2 + 12 : 0)"
    wide = "(step == 'both' ? width / 2 - 12 : width)"
    base = (
        alt.Chart(rows)
        .transform_filter(here)
        .transform_calculate(
            from_=begin,
            to=f"{begin} + max(datum.share / 100 * ({wide} - 44), 1)",
            down=f"80 + {ROW} * datum.rank",
            over=f"64 + {ROW} * datum.rank",
        )
    )
    words = {"align": "left", "limit": alt.ExprRef("step == 'both' ? width / 2 - 16 : width")}
    return (
        alt.layer(
            base.mark_bar(height=15, orient="horizontal").encode(
                px("from_"),
                alt.X2("to:Q"),
                py("down"),
                color("standing", colours, key((2, 5), labelLimit=180)),
                tooltip=capitalised("area", "text", "standing"),
            ),
            base.mark_text(color=INK, **words).encode(px("from_"), py("over"), text=alt.Text("area:N")),
            base.mark_text(align="left", dx=5, color=INK).encode(
                px("to"), py("down"), text=alt.Text("label:N")
            ),
            alt.Chart(heads)
            .transform_filter(here)
            .transform_calculate(from_=begin, lines="split(datum.label, '|')")
            .mark_text(baseline="top", lineHeight=15, color=SOFT, **words)
            .encode(px("from_"), alt.YValue(0), text=alt.Text("lines:N")),
        )
        .add_params(*params)
        .properties(height=(ROW * (int(rows["rank"].max()) + 1) + 72))
    )
