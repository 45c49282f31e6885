"""What a chart does where its column is narrow: legends in as many columns as fit, long titles and names in two lines.

How wide words are depends on the reader's fonts, which are not known here: all is reckoned for a wide one. What is chosen is chosen by the
column's width (`cp_column`), never by the plot's, which the layout works out.
"""

import altair as alt

LETTER = 0.6  # width of a letter of a wide font, by its size
SIZE = 12  # px, of words that say nothing else
NARROWEST = 310  # px, of all columns
ENDS = (420, 560, 680, 800)  # px: between them a legend has the same number of columns; charts.css knows them too
_MARK, _GAP, _AXIS, _EDGE = 24, 10, 46, 10  # px: a legend's symbol, the gap between its columns, an axis of numbers, the chart's padding
_MOST = 240  # px, of names beside rows where the column is wide


def two_lines(field: str, size: float = SIZE, beside: float = 0) -> str:
    """Vega expression: the words of a field, in two lines of about the same length where one would be longer than the column.

    size: of the letters [px]. beside: what else stands in the same line [px].
    """
    words, middle = f"datum.{field}", f"floor(length(datum.{field}) / 2)"
    at = f"{middle} + indexof(slice({words}, {middle}), ' ')"
    return f"{too_long(field, size, beside)} ? [slice({words}, 0, {at}), slice({words}, {at} + 1)] : {words}"


def too_long(field: str, size: float = SIZE, beside: float = 0) -> str:
    """Vega expression: whether the words of a field take two lines; see `two_lines`."""
    words = f"datum.{field}"
    return f"(length({words}) * {LETTER * size:.3g} > cp_column - {16 + beside:g} && indexof(slice({words}, floor(length({words}) / 2)), ' ') >= 0)"


def raised(field: str, dy: float, size: float = SIZE, beside: float = 0) -> alt.ExprRef:
    """The offset `dy` [px] of words that stand above something, higher where they take two lines."""
    return alt.ExprRef(f"{too_long(field, size, beside)} ? {dy - size - 2:g} : {dy:g}")


def fit_to_width(spec: dict) -> dict:
    """A compiled chart whose legends and titles of axes fit a narrow column."""
    changed = {
        name: [change(part, spec) for part in spec[name]] for name, change in (("legends", _legend), ("axes", _axis)) if name in spec
    }
    return spec | changed


def _axis(axis: dict, spec: dict) -> dict:
    """An axis; a title too long for a narrow column stands in two lines there, and so does a name beside a row that is tall enough.

    >>> _axis({"orient": "bottom", "title": "Net import reliance, % of consumption, 2025"}, {})["title"]
    {'signal': 'cp_column < 420 ? ["Net import reliance, %","of consumption, 2025"] : "Net import reliance, % of consumption, 2025"'}
    """
    if axis["orient"] == "left":
        return _names_beside(axis, spec)
    title = axis.get("title")
    if not isinstance(title, str) or axis["orient"] not in ("bottom", "top") or len(title) * LETTER * SIZE < NARROWEST - _AXIS:
        return axis
    cut = min((i for i, letter in enumerate(title) if letter == " "), key=lambda i: abs(i - len(title) / 2))
    first, second, whole = (_quoted(part) for part in (title[:cut], title[cut + 1 :], title))
    return axis | {"title": {"signal": f"cp_column < {ENDS[0]} ? [{first},{second}] : {whole}"}}


def _names_beside(axis: dict, spec: dict) -> dict:
    names, limit = _names(axis, spec), axis.get("labelLimit")
    longest = max([0, *map(len, names)]) * LETTER * SIZE
    if not isinstance(limit, int | float) or longest <= limit:
        return axis
    room = f"(cp_column < {ENDS[1]} ? {limit:g} : {min(longest + 4, _MOST):.0f})"
    text, middle = "datum.label", "floor(length(datum.label) / 2)"
    at = f"{middle} + indexof(slice({text}, {middle}), ' ')"
    twice = (
        f"(length({text}) * {LETTER * SIZE:g} > {room} && indexof(slice({text}, {middle}), ' ') >= 0 && bandwidth('{axis['scale']}') > 19)"
    )
    own = {
        "text": {"signal": f"{twice} ? [slice({text}, 0, {at}), slice({text}, {at} + 1)] : {text}"},
        "dy": {"signal": f"{twice} ? -6 : 0"},
        "lineHeight": {"value": SIZE},
    }
    labels = axis.get("encode", {}).get("labels", {})
    encode = axis.get("encode", {}) | {"labels": labels | {"update": labels.get("update", {}) | own}}
    return axis | {"labelLimit": {"signal": room}, "encode": encode}


def _names(axis: dict, spec: dict) -> list[str]:
    """The names on an axis of names."""
    scale = next((s for s in spec.get("scales", []) if s["name"] == axis.get("scale")), {})
    domain = scale.get("domain")
    if scale.get("type") not in ("band", "point", "ordinal") or axis.get("labels") is False:
        return []
    if isinstance(domain, list):
        return [str(name) for name in domain]
    fields = {part["field"] for part in (domain or {}).get("fields", [domain or {}]) if isinstance(part, dict) and "field" in part}
    rows = [row for table in spec.get("data", []) if isinstance(table.get("values"), list) for row in table["values"]]
    return sorted({str(row[field]) for row in rows for field in fields if isinstance(row, dict) and row.get(field) is not None})


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _legend(legend: dict, spec: dict) -> dict:
    """A legend above the plot, in no more columns than fit.

    >>> scale = {"name": "color", "type": "ordinal", "domain": ["At the mine", "After the mine"]}
    >>> _legend({"fill": "color"}, {"scales": [scale, {"name": "y", "type": "band", "domain": ["Rare earths, refined"]}],
    ...         "axes": [{"orient": "left", "scale": "y", "labelLimit": 150}]})["columns"]
    {'signal': 'cp_column < 420 ? 1 : 2'}
    """
    scales = {scale["name"]: scale for scale in spec.get("scales", [])}
    kind = next((legend[k] for k in ("fill", "stroke", "shape", "strokeDash", "opacity", "size") if k in legend), None)
    names = scales.get(kind, {}).get("domain")
    if legend.get("orient", "top") != "top" or not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        return legend
    wanted, limit = legend.get("columns", len(names)), legend.get("labelLimit", 160)
    widths = [_MARK + min(len(name) * LETTER * SIZE, limit if isinstance(limit, int | float) else 330) for name in names]
    axes = [axis for axis in spec.get("axes", []) if axis["orient"] == "left" and axis.get("labels") is not False]
    begins = [max([0.0, *(_extent(axis, spec, narrowest) for axis in axes)]) for narrowest in (NARROWEST, *ENDS)]
    most = wanted if isinstance(wanted, int) and wanted else len(names)
    fit = [_columns(widths, column - left - _EDGE, most) for column, left in zip((NARROWEST, *ENDS), begins, strict=True)]
    chosen = f"{fit[-1]}"
    for n, end in zip(fit[-2::-1], ENDS[::-1], strict=True):
        chosen = chosen if chosen == f"{n}" else f"cp_column < {end} ? {n} : {chosen}"
    if max(widths) > NARROWEST - begins[0] - _EDGE:
        legend = legend | {"labelLimit": {"signal": f"min({max(widths):.0f}, cp_column - {begins[0] + _EDGE + _MARK:.0f})"}}
    if isinstance(wanted, dict):
        return legend | {"columns": {"signal": f"min({wanted['signal']}, {chosen})"}}
    return legend if chosen == f"{most}" else legend | {"columns": {"signal": chosen}}


def _columns(widths: list[float], room: float, most: int) -> int:
    """In how many columns entries of these widths [px] stand within a room [px], filled row by row; at least one.

    >>> _columns([100, 50, 60, 40], 200, 4), _columns([100, 50, 60, 40], 170, 4), _columns([100], 50, 1)
    (2, 2, 1)
    """
    for n in range(min(most, len(widths)), 1, -1):
        if sum(max(widths[i::n]) for i in range(n)) + _GAP * (n - 1) <= room:
            return n
    return 1


def _extent(axis: dict, spec: dict, column: float) -> float:
    """How far an axis with labels reaches to the left of the plot, at most, in a column of some width [px]."""
    names, limit = _names(axis, spec), axis.get("labelLimit", 220)
    if not names:
        return _AXIS
    longest = max(map(len, names)) * LETTER * SIZE
    most = limit if isinstance(limit, int | float) and column < ENDS[1] else _MOST
    return max(min(longest, most) + axis.get("labelPadding", 2), axis.get("minExtent", 0))
