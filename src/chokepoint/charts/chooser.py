"""Who mines one mineral and who refines it, side by side, for the mineral and the year that the reader chooses."""

import altair as alt
import pandas as pd

from chokepoint.analysis import coalitions
from chokepoint.charts.shares import COLOURS, STANDINGS
from chokepoint.charts.theme import INK, SOFT

ROW = 42  # pixels a country: its name above its bar
NAMED = {s: c for s, c in zip(STANDINGS, COLOURS, strict=True) if s != coalitions.NOT_NAMED}
NARROW = "cp_column < 560"


def producers(rows: pd.DataFrame, known: pd.DataFrame, *, mineral: str) -> alt.LayerChart:
    """Bars of the largest producers at the mine (left) and after it (right).

    rows: mineral, year, step (mine, refinery), area, standing, share [%], told (the share in words), rank from 0, text. known: mineral, year, step, told (a line over the bars).
    mineral: the one to begin with.
    """
    minerals, years = sorted(set(known.mineral)), sorted(set(known.year), reverse=True)
    which = alt.param(
        name="mineral", value=mineral, bind=alt.binding_select(options=minerals, name="Mineral ")
    )
    when = alt.param(
        name="year",
        value=int(years[0]),
        bind=alt.binding_select(options=[int(y) for y in years], name="Year "),
    )
    step = alt.param(
        name="step",
        value="both",
        bind=alt.binding_select(
            options=["both", "mine", "refinery"],
            labels=["mine and after", "mine", "after the mine"],
            name="Step ",
        ),
    )
    here = "datum.mineral == mineral && datum.year == year && (step == 'both' || datum.step == step)"
    begin = "(step == 'both' && datum.step == 'refinery' ? width / 2 + 12 : 0)"
    wide = "(step == 'both' ? width / 2 - 12 : width)"
    base = alt.Chart(rows).transform_filter(here)
    base = base.transform_calculate(
        from_=begin,
        to=f"{begin} + max(datum.share / 100 * ({wide} - 44), 1)",
        down=f"80 + {ROW} * datum.rank",
        over=f"64 + {ROW} * datum.rank",
    )
    y, above = (alt.Y(f"{f}:Q", scale=None, axis=None) for f in ("down", "over"))
    left = alt.X("from_:Q", scale=None, axis=None)
    tips = [alt.Tooltip(f"{c}:N", title=c.capitalize()) for c in ("area", "text", "standing")]
    colour = alt.Color(
        "standing:N",
        scale=alt.Scale(domain=list(NAMED), range=list(NAMED.values())),
        legend=alt.Legend(title=None, columns=alt.ExprRef(f"{NARROW} ? 2 : 5"), labelLimit=180),
    )
    bars = base.mark_bar(height=15, orient="horizontal").encode(left, alt.X2("to:Q"), y, colour, tooltip=tips)
    names = base.mark_text(
        align="left", color=INK, limit=alt.ExprRef("step == 'both' ? width / 2 - 16 : width")
    ).encode(left, above, text="area:N")
    figures = base.mark_text(align="left", dx=5, color=INK).encode(
        alt.X("to:Q", scale=None, axis=None), y, text="told:N"
    )
    heads = (
        alt.Chart(known)
        .transform_filter(here)
        .transform_calculate(from_=begin, lines="split(datum.told, '|')")
    )
    heads = heads.mark_text(
        align="left",
        baseline="top",
        lineHeight=15,
        color=SOFT,
        limit=alt.ExprRef("step == 'both' ? width / 2 - 16 : width"),
    ).encode(left, alt.YValue(0), text="lines:N")
    return (
        alt.layer(bars, names, figures, heads)
        .add_params(which, when, step)
        .properties(height=ROW * (int(rows["rank"].max()) + 1) + 72)
    )
