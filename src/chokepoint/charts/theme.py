"""One look for every chart.

Ink, grid and paper are parameters, so that the page can turn dark without a redraw.
"""

import re
from collections.abc import Iterable
from itertools import cycle
from typing import Any

import altair as alt
from altair.utils import schemapi

# One meaning a colour, in every chart; tests/test_palette.py asks the built charts. Prices and the curves of
# models are drawn in ink.
# Who: China; the club, from those who had signed before to those who only came; the host; everybody else.
CHINA, CHINA_PALE = "#c74c2b", "#e0998a"  # pale: an earlier step, a weaker claim
BLOC_EARLIER, BLOC, BLOC_LATER, BLOC_PALE = "#174a73", "#1d69b6", "#5a96c9", "#93bfdf"
UNITED_STATES, UNITED_STATES_PALE, UNITED_STATES_PALEST = "#7a5a8c", "#baa8c6", "#dacfe2"
OTHER, UNKNOWN = "#8e8e92", "#c9c8c2"
# What: a floor and what it protects.
FLOOR = "#0b8f66"
# Verdicts: it holds; it holds in part, or nobody can tell; it does not.
HOLDS, HOLDS_PALE, UNSURE, UNSURE_PALE, FAILS = "#5b6c00", "#b7cfa3", "#c77f3e", "#e3c277", "#a9416f"
# Without a meaning of their own: publishers, kinds of money, single partners, steps of a chain.
SERIES = TEAL, BRONZE, CLAY, LILAC = "#187b90", "#9a7b3c", "#885d51", "#7f8fc0"
# Where a chart in a notebook has more names than these.
SERIES_PALE = TEAL_PALE, BRONZE_PALE, CLAY_PALE, LILAC_PALE = "#86bcc8", "#cfb98c", "#c4a399", "#c0c8e4"
MINED, REFINED = BRONZE, TEAL
# Places that stand beside others, one by one.
PLACES = {"China": CHINA, "United States": UNITED_STATES, "European Union": TEAL, "Japan": BRONZE}
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
    # What a chart in a notebook does not say itself: no blue, which is the club's.
    "mark": {"color": TEAL},
    "range": {"category": [*SERIES, OTHER, *SERIES_PALE]},
    # No rounded bars: Vega-Lite clips each stack of them, and a clip that is looked up by its name can be
    # that of another chart.
}


def in_turn(names: Iterable[str], taken: Iterable[str] = ()) -> dict[str, str]:
    """Colours of names: of `PLACES` their own, of all others those of `SERIES` that are left, then grey.

    taken: colours that something else in the chart has.

    >>> in_turn(["Japan", "Peru", "China"])
    {'Japan': '#9a7b3c', 'Peru': '#187b90', 'China': '#c74c2b'}
    """
    names = list(names)
    taken = {*taken, *(PLACES[name] for name in names if name in PLACES)}
    free = cycle([*(colour for colour in SERIES if colour not in taken), OTHER])
    return {name: PLACES[name] if name in PLACES else next(free) for name in names}


def ink_on(fill: str) -> str:
    """Black or white, whichever is read more easily on a fill (#rrggbb).

    >>> ink_on(BLOC), ink_on(BLOC_PALE)
    ('#ffffff', '#22252a')
    """
    red, green, blue = (int(fill[i : i + 2], 16) for i in (1, 3, 5))
    return "#22252a" if 0.3 * red + 0.59 * green + 0.11 * blue > 140 else "#ffffff"


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
