"""The plainest view of a model: results as curves along one control, with a dot at the present setting."""

from collections.abc import Callable, Mapping

import altair as alt

from chokepoint.charts.theme import INK, SOFT

Line = tuple[str, str]  # name on the picture, colour


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
    """A view for `explore`: one curve a result, named in a legend where there are several.

    word: Vega expression written beside the first curve's dot. level: one drawn as a dashed line across (a target, zero).
    x_expr: label of a tick, for example "2024 + datum.value". step: the curve holds its value until the next.
    below: the word stands under the dot, where a curve that rises does not run through it.
    """

    def view(chart: alt.Chart) -> alt.LayerChart:
        names, colours = [n for n, _ in lines.values()], [c for _, c in lines.values()]
        labels = {"labelExpr": x_expr} if x_expr else {}
        axis = alt.Axis(tickCount=6, labelFlush=True, labelOverlap=True, labelSeparation=8, **labels)
        across = alt.X(f"{x}:Q", title=x_title, scale=alt.Scale(nice=False, zero=False), axis=axis)
        key = alt.Legend(
            title=None, symbolType="stroke", labelLimit=300, columns=alt.ExprRef("cp_column < 420 ? 1 : 3")
        )
        colour = alt.Color(
            "line:N", scale=alt.Scale(domain=names, range=colours), legend=key if len(lines) > 1 else None
        )
        here = alt.Chart({"values": [{}]}).transform_calculate(x_now=x)
        across_at = (
            here.transform_calculate(level=level or "0")
            .mark_rule(color=SOFT, strokeDash=[5, 4])
            .encode(y="level:Q")
        )
        layers = [across_at] if level else []
        for result, (name, _) in lines.items():
            up = alt.Y(f"{result}:Q", title=y_title, axis=alt.Axis(format=y_format, tickCount=6))
            line = chart.transform_calculate(line=f"'{name}'").mark_line(
                strokeWidth=3, interpolate="step-after" if step else "linear"
            )
            dot = here.transform_calculate(y_now=result).mark_circle(size=130, color=INK, opacity=1)
            layers += [line.encode(across, up, colour), dot.encode(x="x_now:Q", y="y_now:Q")]
        if word:
            left = f"scale('x', {x}) < width / 2"  # beside the dot, on the side that has room
            side = {
                "align": alt.ExprRef(f"{left} ? 'left' : 'right'"),
                "dx": alt.ExprRef(f"{left} ? 10 : -10"),
            }
            near = here.transform_calculate(y_now=next(iter(lines)), word=word)
            layers.append(
                near.mark_text(dy=20 if below else -12, fontWeight="bold", **side).encode(
                    x="x_now:Q", y="y_now:Q", text="word:N"
                )
            )
        return alt.layer(*layers).properties(height=320)

    return view
