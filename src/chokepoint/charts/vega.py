"""Charts compiled from Vega-Lite to Vega, so that the reader's browser need not; and the script that draws them there.

For a page this is done where a notebook ran, so that what is kept of it holds its charts ready drawn, and never while Sphinx prints:
the compiler starts threads, which the processes that Sphinx forks would wait for in vain.
"""

import json
import re
from collections.abc import Iterator
from functools import cache

import vl_convert

from chokepoint.charts.figure import embedded
from chokepoint.errors import UserError

VEGA_LITE = "6.4"
MOST_MARKS = 1000  # beyond these a canvas is faster than svg
# Of Vega, what draws a compiled chart: no Vega-Lite, no editor, no trees or clouds; and an interpreter in place of `Function`.
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


def script(use: str) -> str:
    """Vega's own modules that charts here need, as one script in which `use` is done with them, `{}` in it standing for what they give.

    The versions are those that vl-convert carries; where they differ it raises ValueError and names the module.
    """
    take = "\n".join(f'import * as {name.replace("-", "_")} from "/npm/vega-{name}@{version}/+esm";' for name, version in VEGA.items())
    add = "Object.assign(dataflow.transforms, transforms, view_transforms, encode, geo);"
    return vl_convert.javascript_bundle(f"{take}\n{add}\n{use.format(_PARTS)};", vl_version=VEGA_LITE)


def drawn(html: str) -> str:
    """HTML in which every chart's Vega-Lite, in its script element, is compiled. UserError for a chart that no page can draw."""
    pattern = r'<script type="application/vnd\.vegalite\+json">(.*?)</script>'
    return re.sub(pattern, lambda m: _element(m[1]), html, flags=re.S)


@cache
def _element(vegalite: str) -> str:
    spec = compiled(json.loads(vegalite))
    canvas = ' data-renderer="canvas"' if renderer(spec) == "canvas" else ""
    return f'<script type="application/json" class="cp-spec"{canvas}>{embedded(spec)}</script>'


def compiled(vegalite: dict) -> dict:
    """A Vega-Lite chart as Vega. UserError for one that does not compile, or that needs what the charts' script does not carry."""
    try:
        spec = vl_convert.vegalite_to_vega(vegalite, vl_version=VEGA_LITE)
    except ValueError as error:
        reason = " ".join(line.strip() for line in str(error).splitlines() if not line.strip().startswith("at "))
        raise UserError(f"A chart is no Vega-Lite that can be drawn: {reason[:400]}") from None
    if missing := _ELSEWHERE & set(_transforms(spec)):
        raise UserError(
            f"A chart uses the transform {min(missing)}, which the pages' script does not carry: work it out in Python, and draw the result."
        )
    return spec


def renderer(spec: dict) -> str:
    """How a compiled chart is drawn: svg, or canvas where it has very many marks."""
    return "canvas" if marks(spec) > MOST_MARKS else "svg"


def _transforms(node) -> Iterator[str]:
    """The type of every transform anywhere in a compiled chart."""
    if isinstance(node, dict):
        for step in node.get("transform", ()) if isinstance(node.get("transform"), list) else ():
            yield step["type"]
        for name, value in node.items():
            if name != "values":
                yield from _transforms(value)
    elif isinstance(node, list):
        for value in node:
            yield from _transforms(value)


def marks(spec: dict) -> int:
    """About how many marks a compiled chart draws: a mark for each row of its data as given, and one for a line.

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
        return len(values["objects"][table["format"]["feature"]]["geometries"]) if isinstance(values, dict) else len(values)

    return sum(1 if m["type"] in ("line", "area", "group") else rows(m.get("from", {}).get("data", "")) for m in spec.get("marks", []))
