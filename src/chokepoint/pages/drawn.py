"""Charts in a page's HTML: their Vega-Lite compiled, and the room of each kept free.

So nothing moves when a chart is drawn.
"""

import json
import math
import re
from collections.abc import Callable
from functools import cache

from markupsafe import Markup

from chokepoint.charts.vega import compiled, fitted, follows_container, heights, laid_out_size, renderer
from chokepoint.pages.markup import macros

_template = macros("figure")
_SCRIPT = r'<script type="application/vnd\.vegalite\+json"'
_CHART = re.compile(
    rf"(?P<end></div>)?{_SCRIPT}>(?P<spec>.*?)</script>(?:{_SCRIPT} "
    r'class="cp-still">(?P<still>.*?)</script>)?',
    re.S,
)


def drawn(html: str, get_or_compile: Callable[[str, Callable[[], str]], str] | None = None) -> str:
    """Return HTML in which every chart's Vega-Lite, in its script element, is compiled.

    The place of each holds the chart's height free. UserError for a chart that no page can draw.
    get_or_compile: is given a chart and what compiles it; see `site.chart_cache`.
    """

    def replacement(found: re.Match) -> str:
        return get_or_compile(found[0], lambda: _compiled(found)) if get_or_compile else _compiled(found)

    return _CHART.sub(replacement, html)


def _compiled(found: re.Match) -> str:
    room = _room(found["still"] or found["spec"]) if found["end"] else ""
    return f"{room}{found['end'] or ''}{_vega(found['spec'])}"


@cache
def _compiled_text(vegalite: str) -> str:
    return json.dumps(compiled(json.loads(vegalite)))


@cache
def _vega(vegalite: str) -> Markup:
    spec = fitted(json.loads(_compiled_text(vegalite)))
    return _template.compiled(spec, renderer(spec))


@cache
def _room(vegalite: str) -> Markup:
    """Return empty pictures as tall as the chart will be.

    They are elements, because the page's policy allows no style of an element's own.
    """
    spec = json.loads(_compiled_text(vegalite))
    if not follows_container(spec):
        return _free(laid_out_size(spec)[1])
    return Markup("").join(_free(fixed, share, low, high) for low, high, fixed, share in heights(spec))


def _free(fixed: float, share: float = 0.0, low: float = 0.0, high: float = math.inf) -> Markup:
    """Return what keeps the room, in the columns from `low` to `high` [px].

    >>> print(_free(320))
    <svg class="cp-room" height="320"></svg>
    >>> print(_free(350, 0.44, 0, 560))
    <svg class="cp-room cp-below-560" height="350"></svg><svg class="cp-room cp-below-560" viewBox="0 0 1000 440"></svg>
    """  # noqa: E501 (the output is one line)
    names = ["cp-room", *[f"cp-from-{low:.0f}"] * (low > 0), *[f"cp-below-{high:.0f}"] * (high < math.inf)]
    return _template.room(" ".join(names), f"{fixed:.4g}", f"{1000 * share:.0f}" if share else "")
