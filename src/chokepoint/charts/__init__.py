"""Charts: from a DataFrame to an `alt.Chart`, with no file in between.

Whoever imports one of them also has an Altair chart that stands alone in a notebook's cell shown as the book shows its own (see `plain`).
"""

import altair as alt


def _render_chart(spec: dict, **_options) -> dict:
    from chokepoint.charts.plain import figure_of

    return figure_of(spec)._repr_mimebundle_()


alt.renderers.register("chokepoint", _render_chart)
alt.renderers.enable("chokepoint")
