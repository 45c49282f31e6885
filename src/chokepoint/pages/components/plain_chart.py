"""An Altair chart that stands alone in a notebook's cell.

Title, alt text and numbers are derived from the chart itself.
"""

import json
import re
import zlib
from collections.abc import Iterator
from typing import Any

import pandas as pd

from chokepoint.charts.theme import CONFIG, looked, one_view
from chokepoint.data import tables
from chokepoint.errors import UserError
from chokepoint.pages.amounts import capital
from chokepoint.pages.components.figure import Figure, slug
from chokepoint.pages.markup import rendering

SOURCES = ("source_id", "sources")  # columns with the id of a row's source, and with a tuple of ids
PAGE = 640  # pixels for the panels of a chart that has several
NARROWEST = 110  # pixels of a panel
_MARKS = {
    "arc": "sectors",
    "area": "areas",
    "bar": "bars",
    "boxplot": "box plots",
    "circle": "dots",
    "geoshape": "a map",
    "line": "lines",
    "point": "points",
    "rect": "cells",
    "rule": "rules",
    "square": "squares",
    "text": "labels",
    "tick": "ticks",
    "trail": "lines",
}
_CHANNELS = {
    "x": "Horizontal",
    "y": "Vertical",
    "theta": "Angle",
    "color": "Colour",
    "fill": "Colour",
    "size": "Size",
    "shape": "Shape",
    "row": "A row of panels for each",
    "column": "A column of panels for each",
    "facet": "A panel for each",
}
_SCALED = {"x", "y", "color", "fill", "stroke", "size", "opacity"}
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?")
_INSTEAD = "Wrap it in figure(chart, title=…, alt_text=…, table=…) of chokepoint.pages.components.figure."
_ROOM = {"discreteHeight": {"step": 26}}  # for names in two lines
_UNNAMED = {"$schema", "config", "data", "datasets"}  # parts of a chart that its name does not rest on
_MADE_UP = re.compile(r"\b(?:data-[0-9a-f]{32}|(?:view|param)_(?:[0-9a-f]{16}|\d+))(?=_|\b)")  # by Altair
_ALTAIRS = {"continuousWidth": 300, "continuousHeight": 300}  # of its default theme


def figure_of(spec: dict) -> Figure:
    """Make a chart's Vega-Lite a figure of the book.

    While the site is built, UserError for one that a page cannot draw with its table. The title is the
    chart's own, or what it draws by what; the alt text is its `description`, or what each channel shows.
    Sources are those that a column `source_id` of the data names, or a column `sources`, several in a
    cell.
    """
    table = _table(spec)
    if rendering():
        _require_whole(spec, table)
    table = pd.DataFrame() if table is None else table
    drawn = table[[c for c in table if c in _fields(spec)]] if set(table) & _fields(spec) else table
    named = [table[column].explode().dropna() for column in SOURCES if column in table]
    sources = sorted(tables.rows("sources", source_id=pd.concat(named).unique()).source_id) if named else []
    title, alt_text = _title(spec), spec.get("description") or _described(spec, table)
    return Figure(
        _styled(spec),
        title,
        alt_text,
        drawn.drop(columns=list(SOURCES), errors="ignore"),
        tuple(sources) or None,
        name="" if spec.get("title") else _name(spec, title),
    )


def _name(spec: dict, title: str) -> str:
    """Return the name of a chart without a title of its own: another one of the same columns has another.

    Its data are left out of account, so that it stays when they change.
    """
    drawn = _without_data(spec, {})
    return f"{slug(title)}-{zlib.crc32(json.dumps(drawn, sort_keys=True).encode()):08x}"


def _without_data(node: Any, names: dict[str, str]) -> Any:
    """Return a specification without its data, its look and what differs between versions and runs of Altair.

    names: those that Altair made up, each with the one that stands for it here, by the order in which they
    come.

    >>> layer = {"data": {"name": "data-1f0e"}, "name": "view_16978be6cf145f6e_1", "mark": "bar"}
    >>> _without_data({"$schema": "v6.json", "layer": [layer], "params": [{"name": "param_7"}]}, {})
    {'layer': [{'name': 'made_1_1', 'mark': 'bar'}], 'params': [{'name': 'made_2'}]}
    """
    if isinstance(node, dict):
        return {part: _without_data(value, names) for part, value in node.items() if part not in _UNNAMED}
    if isinstance(node, list):
        return [_without_data(value, names) for value in node]
    if isinstance(node, str):
        return _MADE_UP.sub(lambda found: names.setdefault(found[0], f"made_{len(names) + 1}"), node)
    return node


def _require_whole(spec: dict, table: pd.DataFrame | None) -> None:
    """UserError for a chart that loads what no page may load, or that has no rows to be read beside it."""
    if any("url" in data for data in _data(spec)):
        raise UserError(
            "This chart loads its data from an address, which the pages do not: read them in Python, and "
            "give it the table."
        )
    if "image" in _kinds(spec):
        raise UserError("This chart loads images, which the pages do not: draw it with another mark.")
    if table is None:
        raise UserError(
            "This chart holds no rows of data, of which the page's table and alt text could be made. "
            f"{_INSTEAD}"
        )


def _styled(spec: dict) -> dict:
    """Return the chart in the book's look, where it does not say otherwise.

    Its title stands above it, its data hold only what it may need.
    """
    own = spec.get("config", {})
    view = {k: v for k, v in own.get("view", {}).items() if _ALTAIRS.get(k) != v}
    panel = (
        {} if one_view(spec) else {"continuousWidth": _panel_width(spec), "discreteWidth": _panel_width(spec)}
    )
    config = _over(CONFIG, {**own, "view": _ROOM | panel | view})
    words = set(re.findall(r"\w+", json.dumps({k: v for k, v in spec.items() if k != "datasets"})))
    pruned = {k: v for k, v in spec.items() if k not in ("title", "description")}
    if "datasets" in spec:
        pruned["datasets"] = {
            name: [_stamped(_needed(row, words)) for row in rows] for name, rows in spec["datasets"].items()
        }
    return looked(_in_utc(pruned)) | {"config": config}


def _in_utc(part: Any) -> Any:
    """Return a specification whose times are those of Greenwich: a day is the same day for every reader.

    >>> _in_utc({"x": {"field": "day", "timeUnit": "yearmonth", "type": "temporal"}})["x"]["timeUnit"]
    'utcyearmonth'
    """
    if isinstance(part, list):
        return [_in_utc(one) for one in part]
    if not isinstance(part, dict):
        return part
    made = {k: v if k == "datasets" else _in_utc(v) for k, v in part.items()}
    unit = made.get("timeUnit")
    if isinstance(unit, str) and not unit.startswith("utc"):
        made["timeUnit"] = f"utc{unit}"
    for channel in _SCALED & made.keys():
        of = made[channel]
        if isinstance(of, dict) and of.get("type") == "temporal" and "timeUnit" not in of:
            made[channel] = {"scale": {"type": "utc"}} | of
    return made


def _stamped(row: Any) -> Any:
    """Return a row whose times say that they are those of Greenwich."""
    if not isinstance(row, dict):
        return row
    return {k: f"{v}Z" if isinstance(v, str) and _TIME.fullmatch(v) else v for k, v in row.items()}


def _needed(row: Any, words: set[str]) -> Any:
    """Return a row without the columns whose names the chart does not mention.

    What is no plain word may be mentioned in other ways.
    """
    if not isinstance(row, dict):
        return row
    return {k: v for k, v in row.items() if k in words or not re.fullmatch(r"\w+", k)}


def _over(below: dict, above: dict) -> dict:
    """Two settings, the second over the first, part by part.

    >>> _over({"axis": {"grid": True, "ticks": False}}, {"axis": {"grid": False}})
    {'axis': {'grid': False, 'ticks': False}}
    """
    parts = {
        k: _over(below[k], v) if isinstance(v, dict) and isinstance(below.get(k), dict) else v
        for k, v in above.items()
    }
    return below | parts


def _panel_width(spec: dict) -> int:
    """Of each panel, so that those beside each other are about as wide as a page's column [pixels]."""
    across = _panels_across(spec)
    return max(NARROWEST, (PAGE - 60) // across - 20)


def _panels_across(spec: dict) -> int:
    if "hconcat" in spec:
        return len(spec["hconcat"])
    if "concat" in spec:
        return min(spec.get("columns", 2), len(spec["concat"]))
    facet = spec.get("facet") or spec.get("encoding", {}).get("facet") or {}
    if isinstance(column := facet.get("column") or spec.get("encoding", {}).get("column"), dict):
        return _different(spec, column.get("field"))
    if "field" in facet:
        panels = _different(spec, facet["field"])
        return min(spec.get("columns") or facet.get("columns") or panels, panels)
    repeat = spec.get("repeat")
    if isinstance(repeat, dict):
        return len(repeat.get("column", [0]))
    return min(spec.get("columns", 2), len(repeat)) if repeat else 1


def _different(spec: dict, field: str | None) -> int:
    """How many values a column of the data has; 1 where it has none, being computed in the chart."""
    table = _table(spec)
    return max(1, table[field].nunique()) if table is not None and field in table else 1


# --- what it says: derived from the specification ---


def _table(spec: dict) -> pd.DataFrame | None:
    """All rows that the chart holds, one set of them below the other; None where it holds none."""
    named = spec.get("datasets", {})
    listed = [rows for rows in named.values() if isinstance(rows, list)]
    listed += [node["values"] for node in _data(spec) if isinstance(node.get("values"), list)]
    frames = [pd.DataFrame(rows if isinstance(rows[0], dict) else {"data": rows}) for rows in listed if rows]
    return pd.concat(frames, ignore_index=True) if frames else None


def _data(node: Any) -> Iterator[dict]:
    """Every `data` of a specification."""
    for part in _parts(node):
        if isinstance(part.get("data"), dict):
            yield part["data"]


def _parts(node: Any) -> Iterator[dict]:
    """Every dictionary in a specification, the data's rows aside."""
    if isinstance(node, dict):
        yield node
        for name, value in node.items():
            if name not in ("datasets", "values"):
                yield from _parts(value)
    elif isinstance(node, list):
        for value in node:
            yield from _parts(value)


def _kinds(spec: dict) -> list[str]:
    """Return the types of its marks."""
    return [
        part["mark"] if isinstance(part["mark"], str) else part["mark"].get("type")
        for part in _parts(spec)
        if "mark" in part
    ]


def _fields(spec: dict) -> set[str]:
    """Return the columns that the chart names."""
    named = [
        value for part in _parts(spec) for key, value in part.items() if key in ("field", "fields", "groupby")
    ]
    return {
        name
        for value in named
        for name in (value if isinstance(value, list) else [value])
        if isinstance(name, str)
    }


def _encodings(spec: dict) -> dict[str, dict]:
    """Channel → what it shows: the first of each, from the outside in."""
    found: dict[str, dict] = {}
    for part in _parts(spec):
        channels = part.get("encoding", {}) | (
            part["facet"] if isinstance(part.get("facet"), dict) and "field" not in part["facet"] else {}
        )
        if isinstance(part.get("facet"), dict) and "field" in part["facet"]:
            channels["facet"] = part["facet"]
        for name, shown in channels.items():
            if name in _CHANNELS and isinstance(shown, dict) and ("field" in shown or "aggregate" in shown):
                found.setdefault(name, shown)
    return found


def _named(shown: dict) -> str:
    """Say in words what a channel shows.

    >>> mean = {"field": "price_usd_per_t", "aggregate": "mean"}
    >>> _named(mean), _named({"aggregate": "count"}), _named({"field": "t", "title": "Tonnes"})
    ('mean of price usd per t', 'number of rows', 'Tonnes')
    """
    title = (
        shown.get("title")
        or (shown.get("axis") or {}).get("title")
        or (shown.get("legend") or {}).get("title")
    )
    if isinstance(title, str) and title:
        return title
    how, field = shown.get("aggregate"), str(shown.get("field", "")).replace("_", " ")
    if how == "count":
        return "number of rows"
    return f"{how} of {field}" if isinstance(how, str) else field


def _title(spec: dict) -> str:
    """Return the chart's own title, or what it draws by what."""
    title = spec.get("title")
    text = title.get("text") if isinstance(title, dict) else title
    if text and (isinstance(text, str) or all(isinstance(line, str) for line in text)):
        return text if isinstance(text, str) else " ".join(text)
    shown = _encodings(spec)
    axes = [shown[c] for c in ("y", "x", "theta", "color") if c in shown]
    axes.sort(key=lambda s: s.get("type") != "quantitative")  # the measure first
    names = list(dict.fromkeys(map(_named, axes)))[:2]
    return capital(" by ".join(names) or "A chart")


def _described(spec: dict, table: pd.DataFrame) -> str:
    """Describe the picture in words.

    It names its marks, what each channel shows and from where to where, how many rows there are.
    """
    marks = list(dict.fromkeys(_MARKS.get(kind, "marks") for kind in _kinds(spec))) or ["marks"]
    channels = [
        f"{_CHANNELS[name]}: {_named(shown)}{_range(shown, table)}"
        for name, shown in _encodings(spec).items()
    ]
    drawn = " and ".join(marks)
    return (
        ". ".join([f"A chart of {drawn}", *channels, f"{len(table):,} row{'s' * (len(table) != 1)} of data"])
        + "."
    )


def _range(shown: dict, table: pd.DataFrame) -> str:
    """From where to where the numbers of a channel go, where they are drawn as they are."""
    field = shown.get("field")
    if (
        shown.get("type") != "quantitative"
        or "aggregate" in shown
        or field not in table
        or not pd.api.types.is_numeric_dtype(table[field])
    ):
        return ""
    low, high = table[field].min(), table[field].max()
    return f", {low:,.4g} to {high:,.4g}" if pd.notna(low) else ""
