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


def drawn(html: str) -> str:
    """HTML in which every chart's Vega-Lite, in its script element, is compiled."""
    pattern = r'<script type="application/vnd\.vegalite\+json">(.*?)</script>'
    return re.sub(pattern, lambda m: f'<script type="application/json" class="cp-spec">{_vega(m[1])}</script>', html, flags=re.S)


@cache
def _vega(vegalite: str) -> str:
    return embedded(vl_convert.vegalite_to_vega(json.loads(vegalite), vl_version=VEGA_LITE))
