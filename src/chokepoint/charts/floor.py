"""Views of the price-floor model."""

import altair as alt

from chokepoint.charts.theme import CHINA, FLOOR, INK, haloed


def levy_gap(chart: alt.Chart) -> alt.LayerChart:
    """World price against bloc price; the gap is what imports pay. Expects columns world_price, bloc_price [US$/kg].

    Marks the present setting with the parameters world_price, bloc_price, levy and taxed.
    """
    price = alt.Axis(title="US$ per kilogram", tickCount=6)
    x = alt.X(
        "world_price:Q",
        title="World price, US$ per kg (left: flooding)",
        scale=alt.Scale(nice=False, zero=False),
    )
    gap = chart.mark_area(opacity=0.18, color=FLOOR).encode(
        x, alt.Y("bloc_price:Q", axis=price, scale=alt.Scale(zero=True)), alt.Y2("world_price:Q")
    )
    bloc = chart.mark_line(color=FLOOR, strokeWidth=3).encode(x, alt.Y("bloc_price:Q"))
    world = chart.mark_line(color=CHINA, strokeWidth=2).encode(x, alt.Y("world_price:Q"))
    here = alt.Chart({"values": [{}]}).transform_calculate(
        x_now="world_price",
        y_now="bloc_price",
        label="taxed ? 'levy US$' + format(levy, ',.2f') : bloc_price > world_price ? 'nothing left to tax' : 'no levy'",
    )
    now = here.mark_rule(color=INK, strokeWidth=3).encode(x="x_now:Q", y="x_now:Q", y2="y_now:Q")
    left = "scale('x', world_price) < 140"  # else on that side, where the bloc's price lies flat: to the right it may rise through the words
    word = here.mark_text(
        align=alt.ExprRef(f"{left} ? 'left' : 'right'"),
        dx=alt.ExprRef(f"{left} ? 8 : -8"),
        dy=-10,
        fontWeight="bold",
    )
    word = word.encode(x="x_now:Q", y="y_now:Q", text="label:N")
    return alt.layer(gap, world, bloc, now, *haloed(word)).properties(height=340)
