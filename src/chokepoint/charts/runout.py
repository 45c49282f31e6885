"""View of the vault model: how long a stock lasts against a cut."""

import altair as alt

from chokepoint.charts.theme import BLOC, CHINA, INK


def runout(chart: alt.Chart) -> alt.LayerChart:
    """What the stock gives and what stays missing, by the length of the cut. Expects columns cut_years, draw, unmet [US$ billion].

    Marks the present setting with the parameters cut_years, draw, unmet and months_last.
    """
    x = alt.X(
        "months:Q",
        title="Length of the cut, months",
        scale=alt.Scale(nice=False),
        axis=alt.Axis(values=list(range(0, 37, 6))),
    )
    y = alt.Y("draw:Q", title="US$ billion at the usual price", axis=alt.Axis(tickCount=5))
    base = chart.transform_calculate(months="12 * datum.cut_years", need="datum.draw + datum.unmet")
    given = base.mark_area(color=BLOC, opacity=0.75).encode(x, y)
    missing = base.mark_area(color=CHINA, opacity=0.35).encode(x, y, alt.Y2("need:Q"))
    here = alt.Chart({"values": [{}]}).transform_calculate(
        x_now="12 * cut_years",
        top="draw + unmet",
        label="unmet > 0 ? 'missing US$' + format(unmet, ',.1f') + ' bn' : 'nothing missing'",
    )
    rule = here.mark_rule(color=INK, strokeWidth=2).encode(alt.X("x_now:Q"), alt.Y("top:Q"), alt.Y2Datum(0))
    dot = here.mark_circle(color=INK, size=110, opacity=1).encode(alt.X("x_now:Q"), alt.Y("top:Q"))
    word = here.mark_text(
        align=alt.ExprRef("cut_years > 1.5 ? 'right' : 'left'"),
        dx=alt.ExprRef("cut_years > 1.5 ? -9 : 9"),
        dy=-10,
        fontWeight="bold",
    ).encode(alt.X("x_now:Q"), alt.Y("top:Q"), text="label:N")
    return alt.layer(given, missing, rule, dot, word).properties(height=320)
