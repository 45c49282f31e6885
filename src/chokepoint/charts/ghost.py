"""A ghost of the start: where the curves of an explorable ran before anything was moved."""

from typing import Any

import altair as alt

from chokepoint.charts.layout import NOTHING
from chokepoint.charts.theme import SOFT

_DASH = [2, 3]


def with_ghost(now: alt.LayerChart, start: alt.LayerChart, begun: float) -> alt.LayerChart:
    """Put under a view the lines of the same view at the start, and an upright one where its dot was.

    begun: the x of the dot at the start. Both are seen while the parameter `cp_moved` is true.

    >>> from chokepoint.charts.curves import curves
    >>> view = curves("x", {"y": ("A result", "#000")}, x_title="x", y_title="y")
    >>> drawn = with_ghost(view(alt.Chart(NOTHING)), view(alt.Chart(NOTHING)), 1.0).to_dict(validate=False)
    >>> [layer["mark"]["type"] for layer in drawn["layer"]]
    ['line', 'rule', 'line', 'circle']
    """
    seen: dict[str, Any] = {
        "color": alt.value(SOFT),
        "strokeDash": alt.value(_DASH),
        "strokeWidth": alt.value(1.5),
        "opacity": alt.value(alt.ExprRef("cp_moved ? 0.9 : 0")),
    }
    lines = [layer for layer in start.layer if _type(layer) == "line"]
    if not lines:  # a view of areas: the edge of the first
        lines = [layer.mark_line() for layer in start.layer if _type(layer) == "area"][:1]
    ghosts = [layer.encode(**seen) for layer in lines]
    place = alt.Chart(NOTHING).mark_rule().encode(x=alt.XDatum(begun), **seen)
    now.layer = [*ghosts, place, *now.layer]
    return now


def _type(layer: alt.Chart) -> str:
    return layer.mark if isinstance(layer.mark, str) else layer.mark.type
