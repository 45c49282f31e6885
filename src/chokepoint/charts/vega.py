"""Charts compiled from Vega-Lite to Vega, so that the reader's browser need not.

Beside them, the room that each will take, and the script that draws them.

For a page this is done where a notebook ran, so that what is kept of it holds its charts ready drawn, and
never while Sphinx prints: the compiler starts threads, which the processes that Sphinx forks would wait for
in vain.
"""

import json
import math
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import vl_convert

from chokepoint.charts.narrow import ENDS, fit_to_column
from chokepoint.errors import UserError

VEGA_LITE = "6.4"
MOST_MARKS = 1000  # beyond these a canvas is faster than svg
# Of Vega, what draws a compiled chart: no Vega-Lite, no editor, no trees or clouds; and an interpreter in
# place of `Function`.
VEGA = {
    "dataflow": "6.1.0",
    "transforms": "5.1.0",
    "view-transforms": "5.1.0",
    "encode": "5.1.0",
    "geo": "5.1.0",
    "view": "6.1.0",
    "parser": "7.1.0",
    "functions": "6.1.0",
    "interpreter": "2.0.0",
}
_PARTS = """{View: view.View, parse: parser.parse, expressionFunction: functions.expressionFunction,
  expressionInterpreter: interpreter.expressionInterpreter}"""
_ELSEWHERE = {"regression", "loess"}  # transforms that Vega-Lite knows and that are in none of these modules
_CONVERSION = re.compile(r"to(Date|Number|String|Boolean)\(datum\[\"[^\"]+\"\]\)")
WIDE = 720.0  # px, of a column that nobody has measured yet
LOW = "cp_low"  # in a chart's `usermeta`: the most [px] that its plot is tall in a narrow column
PASSES = 4  # so many plots are tried at most; as in charts.js


def script(use: str) -> str:
    """Return Vega's own modules that charts here need, as one script in which `use` is done with them.

    `{}` in `use` stands for what they give.

    The versions are those that vl-convert carries; where they differ it raises ValueError and names the
    module.
    """
    take = "\n".join(
        f'import * as {name.replace("-", "_")} from "/npm/vega-{name}@{version}/+esm";'
        for name, version in VEGA.items()
    )
    add = "Object.assign(dataflow.transforms, transforms, view_transforms, encode, geo);"
    return vl_convert.javascript_bundle(f"{take}\n{add}\n{use.format(_PARTS)};", vl_version=VEGA_LITE)


def compiled(vegalite: dict) -> dict:
    """Return a Vega-Lite chart as Vega that fits a narrow column, its tables by number.

    The compiler names them by a hash, which says nothing.

    UserError for one that does not compile, or that needs what the charts' script does not carry.
    """
    try:
        spec = vl_convert.vegalite_to_vega(vegalite, vl_version=VEGA_LITE)
    except ValueError as error:
        reason = " ".join(
            line.strip() for line in str(error).splitlines() if not line.strip().startswith("at ")
        )
        raise UserError(f"A chart is no Vega-Lite that can be drawn: {reason[:400]}") from None
    if missing := _ELSEWHERE & set(_transforms(spec)):
        raise UserError(
            f"A chart uses the transform {min(missing)}, which the pages' script does not carry: "
            "work it out in Python, and draw the result."
        )
    if found := self_reading(spec):
        raise UserError(
            f"A chart works out the field {found} from itself, so each redraw would do it once more: "
            "give the result a name of its own."
        )
    low, tall = vegalite.get("usermeta", {}).get(LOW), spec.get("height", 0)
    if low and tall > low:
        spec["signals"].append({"name": "height", "update": f"cp_column < {ENDS[0]} ? {low} : {tall}"})
        del spec["height"]
    names: dict[str, str] = {}
    text = re.sub(
        r"\bdata-[0-9a-f]{32}\b",
        lambda found: names.setdefault(found[0], f"rows_{len(names)}"),
        json.dumps(spec),
    )
    return fit_to_column(_rounded(json.loads(text)))


def renderer(spec: dict) -> str:
    """How a compiled chart is drawn: svg, or canvas where it has very many marks."""
    return "canvas" if marks(spec) > MOST_MARKS else "svg"


def _transforms(node: Any) -> Iterator[str]:
    """Give the type of every transform anywhere in a compiled chart."""
    if isinstance(node, dict):
        for step in node.get("transform", ()) if isinstance(node.get("transform"), list) else ():
            yield step["type"]
        for name, value in node.items():
            if name != "values":
                yield from _transforms(value)
    elif isinstance(node, list):
        for value in node:
            yield from _transforms(value)


def self_reading(spec: dict) -> str:
    """Name a field that a formula of a compiled chart overwrites although one reads it, "" if there is none.

    When a signal changes, Vega runs the formulas again on the rows that they have changed. Conversions of
    type, which the compiler itself writes so, come to the same again.

    >>> formula = {"type": "formula", "as": "text", "expr": "'≥' + datum.text"}
    >>> self_reading({"data": [{"name": "rows", "transform": [formula]}]})
    'text'
    """
    read: dict[str, set[str]] = {}
    for table in spec.get("data", []):
        source = table.get("source")
        seen = set(read.get(source, ())) if isinstance(source, str) else set()
        for step in table.get("transform", []):
            seen |= {
                a or b for a, b in re.findall(r"datum(?:\.(\w+)|\[\\?[\"']([^\"'\\]+))", json.dumps(step))
            }
            target = step.get("as")
            if step["type"] == "formula" and target in seen and not _CONVERSION.fullmatch(step["expr"]):
                return target
        read[table["name"]] = seen
    return ""


def _rounded(spec: dict) -> dict:
    """Return a chart whose numbers have the six figures that a picture shows.

    Those that a model is fed with stay as they are, to the last.

    The table under the chart, and the CSV, hold every figure.
    """
    if any(signal["name"] == "cp_now" for signal in spec.get("signals", [])):
        return spec
    tables = [
        table | {"values": _six(table["values"])} if isinstance(table.get("values"), list) else table
        for table in spec.get("data", [])
    ]
    return spec | {"data": tables}


def _six(value: Any) -> Any:
    """Round the numbers below a million in a value to six figures.

    >>> _six([{"share": 69.23076923076923, "year": 2025, "name": "tin"}, 30.0])
    [{'share': 69.2308, 'year': 2025, 'name': 'tin'}, 30.0]
    """
    if isinstance(value, dict):
        return {name: _six(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_six(inner) for inner in value]
    return float(f"{value:.6g}") if isinstance(value, float) and abs(value) < 1e6 else value


def fitted(spec: dict, column: float = WIDE) -> dict:
    """Return a compiled chart that is as wide as its container.

    It is made so that only the page's script, or a measurement, gives it its width.

    Vega's own fitting works out the plot's width from what stands out of the plot; where that follows the
    width (a height in proportion to it, words, lines of a legend), it never comes to rest. Other charts are
    left as they are.
    """
    if not follows_container(spec):
        return spec
    given = {"width": {"name": "width", "value": column}, "cp_column": {"name": "cp_column", "value": column}}
    return spec | {
        "autosize": "pad",
        "signals": [given.get(signal["name"], signal) for signal in spec["signals"]],
    }


def follows_container(spec: dict) -> bool:
    """Whether a compiled chart takes its width from its container."""
    return any(s["name"] == "width" and "containerSize" in s.get("init", "") for s in spec.get("signals", []))


def heights(spec: dict) -> list[tuple[float, float, float, float]]:
    """Return the height of a compiled chart for each range of its column's width.

    That is from [px], below [px], height [px], and what it gains per pixel of width.

    Ranges end where the chart itself turns from narrow to wide; within one, a height is the same or grows in
    a line with the width.
    """
    text = json.dumps(spec)
    ends = [0.0, *sorted({float(n) for n in re.findall(r"cp_column < (\d+)", text)}), math.inf]
    elastic = any(
        s["name"] == "height" and re.search(r"\bwidth\b", s.get("update", "")) for s in spec["signals"]
    )
    found: list[tuple[float, float, float, float]] = []
    for low, high in pairwise(ends):
        near, far = max(low, 0.8 * min(high, 400)), min(high - 1, max(1.5 * low, WIDE))
        at_near = _height(spec, near, elastic)
        share = (_height(spec, far, elastic) - at_near) / (far - near) if elastic else 0.0
        fixed = at_near - share * near
        if found and found[-1][2:] == (fixed, share):
            low = found.pop()[0]
        found.append((low, high, fixed, share))
    return found


def _height(spec: dict, column: float, elastic: bool) -> float:
    """Return the height [px] of a compiled chart in a column [px].

    Only of an elastic one it matters how wide the plot in it is.
    """

    def size(plot: float) -> tuple[float, float]:
        there = fitted(spec, column)
        wide, tall = laid_out_size(
            there
            | {"signals": [s | {"value": plot} if s["name"] == "width" else s for s in there["signals"]]}
        )
        return wide - column, tall

    plot, (out, tall) = column, size(column)
    for _ in range(PASSES - 1 if elastic else 0):
        if out <= 0:
            break
        then, lower = size(plot - out)
        if then >= out:
            break
        plot, out, tall = plot - out, then, lower
    return tall


def laid_out_size(spec: dict) -> tuple[float, float]:
    """Width and height [px] of a compiled chart, laid out here but not drawn: a third of the time less."""
    scene = vl_convert.vega_to_scenegraph(spec)
    return float(scene["width"]), float(scene["height"])


def marks(spec: dict) -> int:
    """Count roughly the marks that a compiled chart draws: one for each row of its data, one for a line.

    >>> marks({"data": [{"name": "a", "values": [1, 2, 3]}, {"name": "b", "source": "a"}],
    ...        "marks": [{"type": "rect", "from": {"data": "b"}}, {"type": "line", "from": {"data": "a"}}]})
    4
    """
    tables = {d["name"]: d for d in spec.get("data", [])}

    def rows(name: str) -> int:
        table = tables.get(name, {})
        if isinstance(table.get("source"), str):
            return rows(table["source"])
        values = table.get("values", ())
        return (
            len(values["objects"][table["format"]["feature"]]["geometries"])
            if isinstance(values, dict)
            else len(values)
        )

    return sum(
        1 if m["type"] in ("line", "area", "group") else rows(m.get("from", {}).get("data", ""))
        for m in spec.get("marks", [])
    )
