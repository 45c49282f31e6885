"""Charts: from a DataFrame to an `alt.Chart`, with no file in between.

Import it, or any module of it, and an Altair chart that stands alone in a cell of a notebook is drawn as the
book draws its own (see `pages.components.plain_chart`).

A module a kind: `bars`, `dumbbell`, `slope`, `dots`, `lines`, `fan`, `tornado`, `timeline`, `gantt`, `maps`,
`matrix`, `tiles`, `multiples`, `rungs`, `chooser`, `flow`, `years`, and `curves` for models. `layout` holds
what they share, `beside` names for points, `theme` the look, `vega` the way to the page.
"""

from typing import Any

import altair as alt


def _render(spec: dict, **_options: Any) -> dict:
    from chokepoint.pages.components.plain_chart import figure_of

    return figure_of(spec)._repr_mimebundle_()


alt.renderers.register("chokepoint", _render)
alt.renderers.enable("chokepoint")
