"""One look for every chart. Ink, grid and paper are parameters, so that the page can turn dark without a redraw."""

import re
from collections.abc import Mapping

import altair as alt
import pandas as pd
from altair.utils import schemapi

CHINA = "#c74c2b"
BLOC = "#1d69b6"
UNITED_STATES = "#7a5a8c"
OTHER = "#8e8e92"
ACCENT = "#c0841a"
FLOOR = "#0b8f66"
INK, SOFT, GRID, PAPER = (alt.ExprRef(f"cp_{name}") for name in ("ink", "soft", "grid", "paper"))
INKS = [
    {"name": f"cp_{name}", "value": colour}
    for name, colour in (("ink", "#22252a"), ("soft", "#5d636b"), ("grid", "#e4e4de"), ("paper", "#fcfcfa"))
]
# How wide the chart's place is [px]. What a layout chooses (lines of a legend, short names) it may choose by this, and never by `width`,
# which the layout itself works out: the choice would change what it was made by. On the page the page's script says it.
COLUMN = {"name": "cp_column", "expr": "width"}
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
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
    "aria": False,  # the chart's place on the page carries the alt text; a description of every mark would only slow it down
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
    # No rounded bars: Vega-Lite clips each stack of them, and a clip that is looked up by its name can be that of another chart.
}


def themed(chart: alt.TopLevelMixin) -> dict:
    """The chart's Vega-Lite dictionary, in the book's look.

    >>> spec = themed(alt.Chart({"values": []}).mark_bar())
    >>> [p["name"] for p in spec["params"]]
    ['cp_ink', 'cp_soft', 'cp_grid', 'cp_paper', 'cp_column']
    """
    return looked(chart.to_dict(validate=schemapi.DEBUG_MODE)) | {
        "config": CONFIG
    }  # DEBUG_MODE: the press turns it off, and only it


def looked(spec: dict) -> dict:
    """A Vega-Lite dictionary in the book's look but for its `config`; a chart of one view becomes as wide as its column."""
    spec = _numbered(spec, {})
    single = one_view(spec)
    spec["params"] = [*INKS, *[COLUMN] * single, *spec.get("params", [])]
    if single:
        spec.setdefault("width", "container")
        spec.setdefault("autosize", {"type": "fit-x", "contains": "padding"})
    return spec


def one_view(spec: dict) -> bool:
    """Whether a chart is one picture with one pair of axes, and no row of panels, whose width Vega-Lite cannot fit to a column."""
    return "layer" in spec or (
        "mark" in spec and not {"row", "column", "facet"} & spec.get("encoding", {}).keys()
    )


def _numbered(node, names: dict[str, str]):
    """A specification with its views numbered: Altair names them by a hash of what Python prints of them, addresses included.

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


def in_utc(frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """A table whose days are moments of UTC: on a scale of type utc they are the same days wherever the reader is.

    >>> in_utc(pd.DataFrame({"day": ["2026-02-04", None]}), "day").day[0].isoformat()
    '2026-02-04T00:00:00+00:00'
    """
    return frame.assign(**{column: pd.to_datetime(frame[column], utc=True) for column in columns})


def window(start: str, end: str) -> alt.Scale:
    """A scale in time from one ISO date to another, both in UTC."""
    return alt.Scale(
        type="utc", domain=[pd.Timestamp(day).timestamp() * 1000 for day in (start, end)], nice=False
    )


def haloed(words: alt.Chart) -> tuple[alt.Chart, alt.Chart]:
    """Words, and the same in the paper's colour and thicker beneath them: what runs behind does not cross them."""
    edge = words.copy(deep=True)
    edge.mark = words.mark.copy(deep=True)
    for name, value in {"stroke": PAPER, "strokeWidth": 4, "strokeJoin": "round", "color": PAPER}.items():
        edge.mark[name] = value
    return edge, words


def click_on(field: str) -> str:
    """The event of a click on a mark whose row has `field`; one beside it changes nothing.

    >>> click_on("iso3")
    'click[event.item && event.item.datum && event.item.datum.iso3]'
    """
    return f"click[event.item && event.item.datum && event.item.datum.{field}]"


def choice(
    name: str, field: str, on: str, options: Mapping[str, str], start: str, label: str
) -> alt.Parameter:
    """One row is chosen, always: by a click on a mark that has the column `on`, or in a select.

    options: value of `field` → what the select calls it. In expressions the choice is `name.field[0]`.
    """
    return alt.selection_point(
        name=name,
        fields=[field],
        on=click_on(on),
        clear=False,
        empty=False,
        toggle=False,
        value=[{field: start}],
        bind=alt.binding_select(options=list(options), labels=list(options.values()), name=f"{label} "),
    )
