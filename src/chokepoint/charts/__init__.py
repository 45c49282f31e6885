"""Charts: from a DataFrame to an `alt.Chart`, with no file in between.

Whoever imports one of them also has an Altair chart that stands alone in a notebook's cell shown as the book shows its own (see
`pages.components.plain_chart`).
"""

import altair as alt


def _shown(spec: dict, **_options) -> dict:
    from chokepoint.pages.components.plain_chart import figure_of

    return figure_of(spec)._repr_mimebundle_()


alt.renderers.register("chokepoint", _shown)
alt.renderers.enable("chokepoint")
