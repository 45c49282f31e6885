"""Views of models: results as curves along one control, with a mark at the present setting.

A view takes a chart with one row for each value of a control, and a column for each result; at the present
settings each control and result is a parameter of the same name.
"""

from collections.abc import Callable, Mapping
from typing import Any

import altair as alt

from chokepoint.charts.layout import NOTHING, haloed, key, scale_of
from chokepoint.charts.theme import FLOOR, INK, SOFT

Line = tuple[str, str]  # name on the picture, colour


def _x(field: str, title: str, **axis: Any) -> alt.X:
    """Encode the control along which the curve runs."""
    axis = {"axis": alt.Axis(**axis)} if axis else {}
    return alt.X(f"{field}:Q", title=title, scale=alt.Scale(nice=False, zero=False), **axis)


def _now(x: str, y: str, **more: str) -> alt.Chart:
    """Hold the present setting: Vega expressions as columns x_now, y_now and others."""
    return alt.Chart(NOTHING).transform_calculate(x_now=x, y_now=y, **more)


def _at(mark: alt.Chart, **encoding: Any) -> alt.Chart:
    """Place a mark at the present setting."""
    return mark.encode(x=alt.X("x_now:Q"), y=alt.Y("y_now:Q"), **encoding)


def curves(
    x: str,
    lines: Mapping[str, Line],
    *,
    x_title: str,
    y_title: str,
    y_format: str = "~f",
    word: str = "",
    level: str = "",
    x_expr: str = "",
    step: bool = False,
    below: bool = False,
) -> Callable[[alt.Chart], alt.LayerChart]:
    """Make a view for `explore`: one curve a result, named in a legend where there are several.

    word: Vega expression written beside the first curve's dot. level: one drawn as a dashed line across (a
    target, zero). x_expr: label of a tick, for example "2024 + datum.value". step: the curve holds its value
    until the next. below: the word stands under the dot, where a curve that rises does not run through it.
    """

    def view(chart: alt.Chart) -> alt.LayerChart:
        across = _x(
            x,
            x_title,
            tickCount=6,
            labelFlush=True,
            labelOverlap=True,
            labelSeparation=8,
            **({"labelExpr": x_expr} if x_expr else {}),
        )
        legend = key(columns=alt.ExprRef("cp_column < 420 ? 1 : 3"), symbolType="stroke", labelLimit=300)
        colour = alt.Color(
            "line:N", scale=scale_of(dict(lines.values())), legend=legend if len(lines) > 1 else None
        )
        dash = (
            alt.Chart(NOTHING)
            .transform_calculate(x_now=x, level=level or "0")
            .mark_rule(color=SOFT, strokeDash=[5, 4])
        )
        layers = [dash.encode(y=alt.Y("level:Q"))] if level else []
        for result, (name, _) in lines.items():
            up = alt.Y(f"{result}:Q", title=y_title, axis=alt.Axis(format=y_format, tickCount=6))
            line = chart.transform_calculate(line=f"'{name}'").mark_line(
                strokeWidth=3, interpolate="step-after" if step else "linear"
            )
            dot = _at(_now(x, result).mark_circle(size=130, color=INK, opacity=1))
            layers += [line.encode(across, up, colour), dot]
        if word:
            left = f"scale('x', {x}) < width / 2"  # beside the dot, on the side that has room
            near = _now(x, next(iter(lines)), word=word).mark_text(
                align=alt.ExprRef(f"{left} ? 'left' : 'right'"),
                dx=alt.ExprRef(f"{left} ? 10 : -10"),
                dy=20 if below else -12,
                fontWeight="bold",
            )
            layers.append(_at(near, text=alt.Text("word:N")))
        return alt.layer(*layers).properties(height=320)

    return view


def levy_gap(chart: alt.Chart) -> alt.LayerChart:
    """Draw the world price against the bloc's; the gap is what imports pay.

    Columns world_price, bloc_price [US$/kg]. Parameters world_price, bloc_price, levy and taxed.
    """
    x = _x("world_price", "World price, US$ per kg (left: flooding)")
    y = alt.Y(
        "bloc_price:Q", axis=alt.Axis(title="US$ per kilogram", tickCount=6), scale=alt.Scale(zero=True)
    )
    none = "bloc_price > world_price ? 'nothing left to tax' : 'no levy'"
    here = _now(
        "world_price",
        "bloc_price",
        label=f"taxed ? 'levy US$' + format(levy, abs(levy - round(levy)) < 0.005 ? ',' : ',.2f') : {none}",
    )
    # else on that side, where the bloc's price lies flat: to the right it may rise through the words
    left = "scale('x', world_price) < 140"
    side = {"align": alt.ExprRef(f"{left} ? 'left' : 'right'"), "dx": alt.ExprRef(f"{left} ? 8 : -8")}
    # The names stand under their lines: where the dot is near the one, its name makes way to the right.
    dot = "scale('x', world_price)"
    inside = chart.transform_aggregate(lowest="min(bloc_price)").mark_text(
        align="left", baseline="top", dy=6, x=alt.ExprRef(f"{dot} < 110 ? {dot} + 9 : 6")
    )
    world = (
        chart.transform_aggregate(least="min(world_price)", most="max(world_price)")
        .transform_calculate(on_it="0.5 * (datum.least + datum.most)")
        .mark_text(align="left", baseline="top", dx=9, dy=3)
    )
    return alt.layer(
        chart.mark_area(opacity=0.18, color=FLOOR).encode(x, y, alt.Y2("world_price:Q")),
        chart.mark_line(color=SOFT, strokeWidth=2).encode(x, alt.Y("world_price:Q")),
        chart.mark_line(color=FLOOR, strokeWidth=3).encode(x, alt.Y("bloc_price:Q")),
        *haloed(inside.encode(alt.Y("lowest:Q"), text=alt.value("inside the bloc"))),
        *haloed(world.encode(alt.X("on_it:Q"), alt.Y("on_it:Q"), text=alt.value("world price"))),
        here.mark_rule(color=INK, strokeWidth=3).encode(
            x=alt.X("x_now:Q"), y=alt.Y("x_now:Q"), y2=alt.Y2("y_now:Q")
        ),
        _at(here.mark_circle(size=130, color=INK, opacity=1)),
        *haloed(_at(here.mark_text(dy=-10, fontWeight="bold", **side), text=alt.Text("label:N"))),
    ).properties(height=340)


def protection(chart: alt.Chart) -> alt.LayerChart:
    """Draw the protection of the magnet maker's own work against the floor on magnets.

    Columns magnet_floor [US$/kg], magnet_protection [ratio]. Parameters magnet_floor, magnet_protection and
    work.
    """
    x = _x("magnet_floor", "Floor on magnets, US$ per kilogram")
    y = alt.Y(
        "magnet_protection:Q", title="Protection of magnet making", axis=alt.Axis(format=".0%", tickCount=6)
    )
    here = _now(
        "magnet_floor",
        "magnet_protection",
        label="work < 1 ? 'no work left to protect' : magnet_protection < -0.005 ? 'a tax on magnet makers'"
        " : magnet_protection > 0.005 ? 'protected' : 'no worse off'",
    )
    return alt.layer(
        chart.transform_calculate(low="min(datum.magnet_protection, 0)")
        .mark_area(opacity=0.14, color=INK)
        .encode(x, alt.Y("low:Q"), alt.Y2Datum(0)),
        alt.Chart(NOTHING).mark_rule(color=INK).encode(y=alt.YDatum(0)),
        chart.mark_line(color=FLOOR, strokeWidth=3).encode(x, y),
        _at(here.mark_circle(size=160, color=INK, opacity=1)),
        *haloed(_at(here.mark_text(align="left", dx=12, dy=14, fontWeight="bold"), text=alt.Text("label:N"))),
    ).properties(height=300)


def cheating(chart: alt.Chart) -> alt.LayerChart:
    """Draw how patient a member must be to keep to the rules, along the levy.

    Columns levy [US$/kg], patience_needed. Parameters levy, patience_needed and patience.
    """
    x = alt.X("levy:Q", title="Levy, US$ per kilogram (what cheating saves)", scale=alt.Scale(nice=False))
    axis, scale = alt.Axis(tickCount=5), alt.Scale(domain=[0, 1])
    y = alt.Y("patience_needed:Q", title="Worth of next period's dollar today", scale=scale, axis=axis)
    here = _now(
        "levy",
        "patience_needed",
        level="patience",
        label="patience >= patience_needed ? 'keeps to the rules' : 'cheats'",
    )
    away = alt.ExprRef(
        "patience >= patience_needed ? -8 : 12"
    )  # of the line, on the side where the dot is not
    return alt.layer(
        chart.mark_area(color=INK, opacity=0.12).encode(x, y),
        chart.mark_line(color=INK, strokeWidth=3).encode(x, y),
        here.mark_rule(color=SOFT, strokeWidth=2, strokeDash=[6, 4]).encode(y=alt.Y("level:Q")),
        _at(here.mark_point(size=140, filled=True, color=INK, opacity=1)),
        _at(here.mark_text(dy=-14, align="center", fontWeight="bold"), text=alt.Text("label:N")),
        here.mark_text(dy=away, dx=-4, align="right", color=SOFT).encode(
            x=alt.value("width"), y=alt.Y("level:Q"), text=alt.value("this member's patience")
        ),
    ).properties(height=320)


def runout(chart: alt.Chart) -> alt.LayerChart:
    """Draw what a stock gives and what stays missing, by the length of the cut.

    Columns cut_years, draw, unmet [US$ billion]. Parameters cut_years, draw and unmet.
    """
    x = alt.X(
        "months:Q",
        title="Length of the cut, months",
        scale=alt.Scale(nice=False),
        axis=alt.Axis(values=list(range(0, 37, 6))),
    )
    y = alt.Y("draw:Q", title="US$ billion at the usual price", axis=alt.Axis(tickCount=5))
    base = chart.transform_calculate(months="12 * datum.cut_years", need="datum.draw + datum.unmet")
    label = "unmet > 0 ? 'missing US$' + format(unmet, ',.1f') + ' bn' : 'nothing missing'"
    here = _now("12 * cut_years", "draw + unmet", label=label)
    side = {"align": "cut_years > 1.5 ? 'right' : 'left'", "dx": "cut_years > 1.5 ? -9 : 9"}
    side = {name: alt.ExprRef(expression) for name, expression in side.items()}
    # What the stock gives is named in its area, or above it where that is too thin for words.
    full = base.transform_aggregate(most="max(draw)", end="max(months)").mark_text(
        align="right", dx=-6, dy=alt.ExprRef("scale('y', 0) - scale('y', draw) < 24 ? -9 : 12")
    )
    return alt.layer(
        base.mark_area(color=INK, opacity=0.4).encode(x, y),
        base.mark_area(color=INK, opacity=0.14).encode(x, y, alt.Y2("need:Q")),
        *haloed(full.encode(alt.X("end:Q"), alt.Y("most:Q"), text=alt.value("from the stock"))),
        _at(here.mark_rule(color=INK, strokeWidth=2), y2=alt.Y2Datum(0)),
        _at(here.mark_circle(color=INK, size=110, opacity=1)),
        _at(here.mark_text(dy=-10, fontWeight="bold", **side), text=alt.Text("label:N")),
    ).properties(height=320)
