"""One look for every chart.

Ink, grid and paper are parameters, so that the page can turn dark without a redraw.
"""

import re
from typing import Any

import altair as alt
from altair.utils import schemapi

CHINA = "#c74c2b"
BLOC = "#1d69b6"
UNITED_STATES = "#7a5a8c"
OTHER = "#8e8e92"
ACCENT = "#c0841a"
FLOOR = "#0b8f66"
BLOC_PALE, CHINA_PALE = (
    "#93bfdf",
    "#e0998a",
)  # the same, one step earlier: came and did not sign, mined and not refined
UNKNOWN = "#c9c8c2"
INK, SOFT, GRID, PAPER = (alt.ExprRef(f"cp_{name}") for name in ("ink", "soft", "grid", "paper"))
INKS = [
    {"name": f"cp_{name}", "value": colour}
    for name, colour in (("ink", "#22252a"), ("soft", "#5d636b"), ("grid", "#e4e4de"), ("paper", "#fcfcfa"))
]
# How wide the chart's place is [px]. What a layout chooses (lines of a legend, short names) it may choose by
# this, and never by `width`, which the layout itself works out: the choice would change what it was made by.
# On the page the page's script says it.
COLUMN = {"name": "cp_column", "expr": "width"}
# The page's own font (chokepoint.css has its file); in JupyterLab, which has not, the system's.
FONT = "'Chokepoint Sans', system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
_HASHED = re.compile(r"\bview_[0-9a-f]{16}")

_AXIS = {
    "labelColor": {"expr": "cp_soft"},
    "titleColor": {"expr": "cp_soft"},
    "gridColor": {"expr": "cp_grid"},
    "domainColor": {"expr": "cp_grid"},
    "tickColor": {"expr": "cp_grid"},
    "labelFont": FONT,
    "titleFont": FONT,
    "labelFontSize": 12,
    "titleFontSize": 12,
    "titleFontWeight": "normal",
    "labelLimit": 220,
    "labelSeparation": 8,
}
_LEGEND = {
    "labelColor": {"expr": "cp_ink"},
    "titleColor": {"expr": "cp_soft"},
    "labelFont": FONT,
    "titleFont": FONT,
    "labelFontSize": 12,
    "titleFontSize": 12,
    "titleFontWeight": "normal",
    "orient": "top",
    "symbolType": "square",
}
CONFIG = {
    # The chart's place on the page carries the alt text; a description of every mark would only slow it
    # down.
    "aria": False,
    "background": "transparent",
    "view": {"stroke": None},
    "axis": _AXIS,
    "legend": _LEGEND,
    "header": {
        "labelColor": {"expr": "cp_ink"},
        "titleColor": {"expr": "cp_soft"},
        "labelFont": FONT,
        "labelFontSize": 12,
    },
    "text": {"font": FONT, "fontSize": 12, "color": {"expr": "cp_ink"}},
    # No rounded bars: Vega-Lite clips each stack of them, and a clip that is looked up by its name can be
    # that of another chart.
}


def themed(chart: alt.TopLevelMixin) -> dict:
    """Return the chart's Vega-Lite dictionary, in the book's look.

    >>> spec = themed(alt.Chart({"values": []}).mark_bar())
    >>> [p["name"] for p in spec["params"]]
    ['cp_ink', 'cp_soft', 'cp_grid', 'cp_paper', 'cp_column']
    """
    return looked(chart.to_dict(validate=schemapi.DEBUG_MODE)) | {
        "config": CONFIG
    }  # DEBUG_MODE: the press turns it off, and only it


def looked(spec: dict) -> dict:
    """Return a Vega-Lite dictionary in the book's look but for its `config`.

    A chart of one view becomes as wide as its column.
    """
    spec = _numbered(spec, {})
    single = one_view(spec)
    spec["params"] = [*INKS, *[COLUMN] * single, *spec.get("params", [])]
    if single:
        spec.setdefault("width", "container")
        spec.setdefault("autosize", {"type": "fit-x", "contains": "padding"})
    return spec


def one_view(spec: dict) -> bool:
    """Whether a chart is one picture with one pair of axes, and no row of panels.

    Vega-Lite cannot fit the width of a row of panels to a column.
    """
    return "layer" in spec or (
        "mark" in spec and not {"row", "column", "facet"} & spec.get("encoding", {}).keys()
    )


def _numbered(node: Any, names: dict[str, str]) -> Any:
    """Return a specification with its views numbered.

    Altair names them by a hash of what Python prints of them, addresses included.

    >>> _numbered({"name": "view_16978be6cf145f6e_1", "params": [{"views": ["view_16978be6cf145f6e_1"]}]}, {})
    {'name': 'view_1_1', 'params': [{'views': ['view_1_1']}]}
    """
    if isinstance(node, dict):
        return {key: value if key == "datasets" else _numbered(value, names) for key, value in node.items()}
    if isinstance(node, list):
        return [_numbered(value, names) for value in node]
    if isinstance(node, str):
        return _HASHED.sub(lambda found: names.setdefault(found[0], f"view_{len(names) + 1}"), node)
    return node
