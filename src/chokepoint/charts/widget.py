"""A chart in a live kernel: compiled as for a page, and drawn by the same modules of Vega, with nothing from the network."""

import base64
import gzip
import hashlib
from functools import cache
from pathlib import Path

import anywidget
import ipywidgets as widgets
import traitlets
import vl_convert

from chokepoint.charts import vega

WIDTH = 860  # pixels, of a picture that stands in for a chart where nothing can draw it


class Script(widgets.Widget):
    """Vega, packed; every chart of a kernel refers to the one there is, so that a saved notebook holds it once."""

    packed = traitlets.Bytes().tag(sync=True)
    digest = traitlets.Unicode().tag(sync=True)


_script: Script | None = None


def _the_script() -> Script:
    """The kernel's one `Script`, made anew where the widgets have been closed."""
    global _script
    if _script is None or _script.comm is None:
        packed = _packed()
        _script = Script(packed=packed, digest=hashlib.sha256(packed).hexdigest())
    return _script


@cache
def _packed() -> bytes:
    return gzip.compress(vega.script("export default {}").encode(), mtime=0)


class LiveChart(anywidget.AnyWidget):
    """A chart as a widget. `spec`: Vega-Lite compiled to Vega, drawn again when it is set to another."""

    _esm = (Path(__file__).with_name("widget.js")).read_text(encoding="utf-8")
    script = traitlets.Instance(Script).tag(sync=True, **widgets.widget_serialization)
    spec = traitlets.Dict().tag(sync=True)
    renderer = traitlets.Unicode("svg").tag(sync=True)
    alt_text = traitlets.Unicode("").tag(sync=True)


def live_chart(vegalite: dict, alt_text: str) -> LiveChart:
    """A widget of a chart in the book's look (see `theme`); alt_text: what it shows, for those who do not see it."""
    spec = vega.compiled(vegalite)
    return LiveChart(script=_the_script(), spec=spec, renderer=vega.renderer(spec), alt_text=alt_text)


def bundle(widget: widgets.Widget, text: str, vegalite: dict) -> dict:
    """What a notebook keeps of a cell that shows `widget`: beside it a picture and words, for readers of the file who run no kernel."""
    fixed = {**vegalite, "width": WIDTH} if vegalite.get("width") == "container" else vegalite
    picture = vl_convert.vegalite_to_png(fixed, vl_version=vega.VEGA_LITE)
    kept = {"text/plain": text, "image/png": base64.b64encode(picture).decode()}
    return {**widget._repr_mimebundle_(), **kept}
