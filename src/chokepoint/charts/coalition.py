"""Views of the coalition model."""

import altair as alt

from chokepoint.charts.theme import ACCENT, BLOC, CHINA, SOFT


def cheating(chart: alt.Chart) -> alt.LayerChart:
    """How patient a member must be to keep to the rules, along the levy. Expects columns levy [US$/kg], patience_needed.

    Marks the present setting with the parameters levy, patience_needed and patience.
    """
    x = alt.X("levy:Q", title="Levy, US$ per kilogram (what cheating saves)", scale=alt.Scale(nice=False))
    y = alt.Y(
        "patience_needed:Q",
        title="Worth of next period's dollar today",
        scale=alt.Scale(domain=[0, 1]),
        axis=alt.Axis(tickCount=5),
    )
    needed = chart.mark_area(color=CHINA, opacity=0.16).encode(x, y)
    edge = chart.mark_line(color=CHINA, strokeWidth=3).encode(x, y)
    here = alt.Chart({"values": [{}]}).transform_calculate(
        x_now="levy",
        y_now="patience_needed",
        held="patience",
        label="patience >= patience_needed ? 'keeps to the rules' : 'cheats'",
    )
    patience = here.mark_rule(color=BLOC, strokeWidth=2, strokeDash=[6, 4]).encode(y="held:Q")
    now = here.mark_point(size=140, filled=True, color=ACCENT, opacity=1).encode(x="x_now:Q", y="y_now:Q")
    word = here.mark_text(dy=-14, align="center", fontWeight="bold").encode(
        x="x_now:Q", y="y_now:Q", text="label:N"
    )
    said = here.mark_text(dy=12, dx=-4, align="right", color=SOFT).encode(
        x=alt.value("width"), y="held:Q", text=alt.value("this member's patience")
    )
    return alt.layer(needed, edge, patience, now, word, said).properties(height=320)
