"""Charts compiled for the page, from Vega-Lite to Vega, so that the reader's browser need not.

This is done where a notebook ran, so that what is kept of it holds its charts ready drawn, and never while Sphinx prints:
the compiler starts threads, which the processes that Sphinx forks would wait for in vain.
"""

import json
import re
from functools import cache

import vl_convert

from chokepoint.charts.figure import embedded

VEGA_LITE = "6.4"
MOST_MARKS = 1000  # beyond these a canvas is faster than svg


def drawn(html: str) -> str:
    """HTML in which every chart's Vega-Lite, in its script element, is compiled."""
    pattern = r'<script type="application/vnd\.vegalite\+json">(.*?)</script>'
    return re.sub(pattern, lambda m: _vega(m[1]), html, flags=re.S)


@cache
def _vega(vegalite: str) -> str:
    spec = vl_convert.vegalite_to_vega(json.loads(vegalite), vl_version=VEGA_LITE)
    canvas = ' data-renderer="canvas"' if marks(spec) > MOST_MARKS else ""
    return f'<script type="application/json" class="cp-spec"{canvas}>{embedded(spec)}</script>'


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
