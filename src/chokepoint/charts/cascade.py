"""View of the stage cascade."""

import altair as alt

from chokepoint.charts.theme import CHINA, FLOOR, INK


def protection(chart: alt.Chart) -> alt.LayerChart:
    """Protection of the magnet maker's own work against the floor on magnets. Expects columns magnet_floor [US$/kg], magnet_protection [ratio].

    Marks the present setting with the parameters magnet_floor, magnet_protection and work.
    """
    x = alt.X(
        "magnet_floor:Q", title="Floor on magnets, US$ per kilogram", scale=alt.Scale(nice=False, zero=False)
    )
    y = alt.Y(
        "magnet_protection:Q", title="Protection of magnet making", axis=alt.Axis(format=".0%", tickCount=6)
    )
    taxed = (
        chart.transform_calculate(low="min(datum.magnet_protection, 0)")
        .mark_area(opacity=0.18, color=CHINA)
        .encode(x, alt.Y("low:Q"), alt.Y2Datum(0))
    )
    line = chart.mark_line(color=FLOOR, strokeWidth=3).encode(x, y)
    nothing = alt.Chart({"values": [{}]}).mark_rule(color=INK).encode(y=alt.YDatum(0))
    here = alt.Chart({"values": [{}]}).transform_calculate(
        x_now="magnet_floor",
        y_now="magnet_protection",
        label="work < 1 ? 'no work left to protect' : magnet_protection < -0.005 ? 'a tax on magnet makers' : magnet_protection > 0.005 ? 'protected' : 'no worse off'",
    )
    dot = here.mark_circle(size=160, color=INK, opacity=1).encode(x="x_now:Q", y="y_now:Q")
    word = here.mark_text(align="left", dx=12, dy=14, fontWeight="bold").encode(
        x="x_now:Q", y="y_now:Q", text="label:N"
    )
    return alt.layer(taxed, nothing, line, dot, word).properties(height=300)
