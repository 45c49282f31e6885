"""Fit a chart to a narrow column: legends in as many columns as fit, long titles and names in two lines.

How wide words are depends on the reader's fonts, which are not known here: all is reckoned for a wide one.
What is chosen is chosen by the column's width (`cp_column`), never by the plot's, which the layout works out.
"""

import json

import altair as alt

LETTER = 0.6  # width of a letter of a wide font, by its size
SIZE = 12  # px, of words that say nothing else
NARROWEST = 310  # px, of all columns
ENDS = (
    420,
    560,
    680,
    800,
)  # px: between them a legend has the same number of columns; charts.css knows them too
_MARK, _GAP, _AXIS, _EDGE = (
    24,
    10,
    46,
    10,
)  # px: a legend's symbol, the gap between its columns, an axis of numbers, the chart's padding
# px: the column on the smallest phone beside a scroll bar, and what names leave of one under NARROWEST
SMALLEST, _PLOT = 262, 90
_LIMIT = 220  # px, of a label where a chart gives no limit: as in `theme`
_KEY_LIMIT = 330  # px, of a name in a legend where a chart gives no limit
_SHORT = 100  # px, of a name in a legend that no column is too narrow for
_MOST = 240  # px, of names beside rows where the column is wide


def two_lines(field: str, size: float = SIZE, beside: float = 0) -> str:
    """Return the Vega expression of a field's words, in two lines where one would not fit the column.

    The two lines are about equally long.

    size: of the letters [px]. beside: what else stands in the same line [px].
    """
    return f"{too_long(field, size, beside)} ? {_halves(datum(field))} : {datum(field)}"


def datum(field: str) -> str:
    """Vega expression: a column of the row.

    >>> datum("share"), datum("share, %")
    ('datum.share', 'datum["share, %"]')
    """
    return f"datum.{field}" if field.isidentifier() else f"datum[{json.dumps(field)}]"


def _halves(text: str) -> str:
    """Vega expression: a text in two lines, parted at the first space after its middle or the last before."""
    middle = f"floor(length({text}) / 2)"
    after = f"indexof(slice({text}, {middle}), ' ')"
    at = f"({after} < 0 ? lastindexof({text}, ' ') : {middle} + {after})"
    return f"[slice({text}, 0, {at}), slice({text}, {at} + 1)]"


def _thirds(text: str) -> str:
    """Vega expression: a text in three lines, parted at the first spaces after one and two thirds of it."""
    third = f"floor(length({text}) / 3)"
    one = f"{third} + indexof(slice({text}, {third}), ' ')"
    two = f"2 * {third} + indexof(slice({text}, 2 * {third}), ' ')"
    return f"[slice({text}, 0, {one}), slice({text}, {one} + 1, {two}), slice({text}, {two} + 1)]"


def too_long(field: str, size: float = SIZE, beside: float = 0) -> str:
    """Vega expression: whether the words of a field take two lines; see `two_lines`."""
    words = datum(field)
    return (
        f"(length({words}) * {LETTER * size:.3g} > cp_column - {16 + beside:g} && indexof({words}, ' ') >= 0)"
    )


def raised(field: str, dy: float, size: float = SIZE, beside: float = 0) -> alt.ExprRef:
    """Return the offset `dy` [px] of words that stand above something, higher where they take two lines."""
    return alt.ExprRef(f"{too_long(field, size, beside)} ? {dy - size - 2:g} : {dy:g}")


def fit_to_column(spec: dict) -> dict:
    """Return a compiled chart whose legends, titles of axes and sizes of words fit a narrow column."""
    changed = {
        name: [change(part, spec) for part in spec[name]]
        for name, change in (("legends", _legend), ("axes", _axis))
        if name in spec
    }
    return legible(spec | changed)


def legible(part: dict) -> dict:
    """Return a chart, or a group in it, in which no words are smaller than SIZE on a phone.

    >>> words = {"type": "text", "encode": {"update": {"fontSize": {"value": 10}}}}
    >>> legible({"marks": [words]})["marks"][0]["encode"]["update"]["fontSize"]
    {'signal': 'cp_column < 420 ? 12 : 10'}
    >>> legible({"legends": [{"labelFontSize": 10.5}]})["legends"]
    [{'labelFontSize': {'signal': 'cp_column < 420 ? 12 : 10.5'}}]
    """
    changed: dict[str, list] = {}
    for name in ("axes", "legends"):
        changed[name] = [
            guide | {key: _at_least(guide[key]) for key in ("labelFontSize", "titleFontSize") if key in guide}
            for guide in part.get(name, [])
        ]
    changed["marks"] = [
        legible(mark) if mark["type"] == "group" else _words(mark) if mark["type"] == "text" else mark
        for mark in part.get("marks", [])
    ]
    return part | {name: parts for name, parts in changed.items() if name in part}


def _words(mark: dict) -> dict:
    encode = {
        state: given | ({"fontSize": _at_least(given["fontSize"])} if "fontSize" in given else {})
        for state, given in mark.get("encode", {}).items()
    }
    return mark | {"encode": encode}


def _at_least(size: object) -> object:
    """Return the size of words [px], at least SIZE on a phone; a size that a row has stays as it is."""
    held = size.get("value", size.get("signal")) if isinstance(size, dict) else size
    if isinstance(held, str):
        return {"signal": f"cp_column < {ENDS[0]} ? max({SIZE}, {held}) : {held}"}
    if isinstance(held, int | float) and held < SIZE:
        return {"signal": f"cp_column < {ENDS[0]} ? {SIZE} : {held:g}"}
    return size


def _axis(axis: dict, spec: dict) -> dict:
    """Return an axis whose words fit a narrow column.

    A title too long for it stands in two lines there, and so does a name beside a row that is tall enough.

    >>> _axis({"orient": "bottom", "title": "Net import reliance, % of consumption, 2025"}, {})["title"]
    {'signal': 'cp_column < 420 ? ["Net import reliance, %","of consumption, 2025"] : "Net import reliance, % of consumption, 2025"'}
    """  # noqa: E501  the doctest's result is one line
    if axis["orient"] == "left":
        return _names_beside(axis, spec)
    title = axis.get("title")
    if (
        not isinstance(title, str)
        or axis["orient"] not in ("bottom", "top")
        or len(title) * LETTER * SIZE < NARROWEST - _AXIS
    ):
        return axis
    cut = min((i for i, letter in enumerate(title) if letter == " "), key=lambda i: abs(i - len(title) / 2))
    first, second, whole = (
        json.dumps(part, ensure_ascii=False) for part in (title[:cut], title[cut + 1 :], title)
    )
    return axis | {"title": {"signal": f"cp_column < {ENDS[0]} ? [{first},{second}] : {whole}"}}


def _names_beside(axis: dict, spec: dict) -> dict:
    names, limit = _names(axis, spec), axis.get("labelLimit", _LIMIT)
    longest = max([0, *map(len, names)]) * LETTER * SIZE
    if not isinstance(limit, int | float) or longest <= min(limit, SMALLEST - _PLOT):
        return axis
    least = f"cp_column < {NARROWEST} ? min({limit:g}, cp_column - {_PLOT})"
    room = f"({least} : cp_column < {ENDS[1]} ? {limit:g} : {max(limit, min(longest + 4, _MOST)):.0f})"
    high = f"bandwidth('{axis['scale']}') > 19"
    twice = f"length(datum.label) * {LETTER * SIZE:g} > {room} && {high}"
    encode = _in_two_lines(axis, twice, dy=-6)
    return axis | {"labelLimit": {"signal": room}, "encode": encode}


def _in_two_lines(guide: dict, where: str, dy: float = 0, third: int = 10**6) -> dict:
    """Return the encoding of an axis or a legend whose labels stand in two lines where they have a space.

    where: Vega expression of the labels that do. dy: by how much the first line is raised [px]. third:
    letters beyond which they stand in three.
    """
    text = "datum.label"
    twice = f"({where} && indexof({text}, ' ') >= 0)"
    thrice = f"({twice} && length({text}) > {third})"
    own = {
        "text": {"signal": f"{thrice} ? {_thirds(text)} : {twice} ? {_halves(text)} : {text}"},
        "lineHeight": {"value": SIZE},
    }
    own |= {"dy": {"signal": f"{twice} ? {dy:g} : 0"}} if dy else {}
    encode, labels = guide.get("encode", {}), guide.get("encode", {}).get("labels", {})
    return encode | {"labels": labels | {"update": labels.get("update", {}) | own}}


def _names(axis: dict, spec: dict) -> list[str]:
    """List the names on an axis of names."""
    return [] if axis.get("labels") is False else _domain(axis.get("scale"), spec)


def _domain(scale: str | None, spec: dict) -> list[str]:
    """List the names of a scale: those it lists, or those that its data hold.

    >>> rows = {"name": "rows", "values": [{"metal": "tin"}, {"metal": "lead"}, {"metal": "tin"}]}
    >>> by = {"name": "color", "type": "ordinal", "domain": {"data": "rows", "field": "metal", "sort": True}}
    >>> _domain("color", {"scales": [by], "data": [rows]})
    ['lead', 'tin']
    """
    found = next((s for s in spec.get("scales", []) if s["name"] == scale), {})
    domain = found.get("domain")
    if found.get("type") not in ("band", "point", "ordinal"):
        return []
    if isinstance(domain, list):
        return [str(name) for name in domain]
    parts = (domain or {}).get("fields", [domain or {}])
    fields = {part["field"] for part in parts if isinstance(part, dict) and "field" in part}
    tables = [table["values"] for table in spec.get("data", []) if isinstance(table.get("values"), list)]
    rows = [row for table in tables for row in table if isinstance(row, dict)]
    return sorted({str(row[field]) for row in rows for field in fields if row.get(field) is not None})


def _legend(legend: dict, spec: dict) -> dict:
    """Return a legend above the plot, in no more columns than fit.

    >>> scale = {"name": "color", "type": "ordinal", "domain": ["At the mine", "After the mine"]}
    >>> names = {"name": "y", "type": "band", "domain": ["Rare earths, refined"]}
    >>> axes = [{"orient": "left", "scale": "y", "labelLimit": 150}]
    >>> _legend({"fill": "color"}, {"scales": [scale, names], "axes": axes})["columns"]
    {'signal': 'cp_column < 420 ? 1 : 2'}
    """
    kind = next(
        (legend[k] for k in ("fill", "stroke", "shape", "strokeDash", "opacity", "size") if k in legend), None
    )
    names = _domain(kind, spec)
    if legend.get("orient", "top") != "top" or not names:
        return legend
    legend = {"labelLimit": _KEY_LIMIT} | legend
    wanted, limit = legend.get("columns", len(names)), legend["labelLimit"]
    whole = [len(name) * LETTER * SIZE for name in names]
    widths = [_MARK + min(width, limit if isinstance(limit, int | float) else _KEY_LIMIT) for width in whole]
    axes = [
        axis for axis in spec.get("axes", []) if axis["orient"] == "left" and axis.get("labels") is not False
    ]
    columns = (SMALLEST, NARROWEST, *ENDS)
    begins = [max([0.0, *(_extent(axis, spec, column) for axis in axes)]) for column in columns]
    most = wanted if isinstance(wanted, int) and wanted else len(names)
    fit = [
        _columns(widths, column - left - _EDGE, most) for column, left in zip(columns, begins, strict=True)
    ]
    chosen = f"{fit[-1]}"
    for n, wider, end in zip(fit[-2::-1], fit[:0:-1], columns[:0:-1], strict=True):
        chosen = chosen if n == wider else f"cp_column < {end} ? {n} : {chosen}"
    if max(widths) > NARROWEST - begins[0] - _EDGE:
        beside, least = begins[0] + _EDGE + _MARK, NARROWEST - begins[0] - _EDGE - _MARK
        room = f"max({_SHORT}, cp_column - {beside:.0f})"
        legend = legend | {"labelLimit": {"signal": f"min({_MARK + max(whole):.0f}, {room})"}}
        # all long names at the same width of the column: between two such widths a chart keeps its height
        enough = max(whole) + max(begins) + _EDGE + _MARK
        narrow = f"cp_column < {next((end for end in ENDS if end >= enough), ENDS[-1])}"
        legend |= {
            "encode": _in_two_lines(
                legend,
                f"{narrow} && length(datum.label) * {LETTER * SIZE:g} > {least:.0f}",
                third=round(1.45 * least / (LETTER * SIZE)),  # halves are not equally long
            )
        }
    if isinstance(wanted, dict):
        return legend | {"columns": {"signal": f"min({wanted['signal']}, {chosen})"}}
    return legend if chosen == f"{most}" else legend | {"columns": {"signal": chosen}}


def _columns(widths: list[float], room: float, most: int) -> int:
    """Count the columns in which entries of these widths [px] stand within a room [px]; at least one.

    They are filled row by row.

    >>> _columns([100, 50, 60, 40], 200, 4), _columns([100, 50, 60, 40], 170, 4), _columns([100], 50, 1)
    (2, 2, 1)
    """
    for n in range(min(most, len(widths)), 1, -1):
        if sum(max(widths[i::n]) for i in range(n)) + _GAP * (n - 1) <= room:
            return n
    return 1


def _extent(axis: dict, spec: dict, column: float) -> float:
    """Return how far [px] at most an axis with labels reaches left of the plot; column: its width [px]."""
    names, limit = _names(axis, spec), axis.get("labelLimit", 220)
    if not names:
        return _AXIS
    most = limit if isinstance(limit, int | float) and column < ENDS[1] else _MOST
    return max(
        min(max(map(len, names)) * LETTER * SIZE, most) + axis.get("labelPadding", 2),
        axis.get("minExtent", 0),
    )
