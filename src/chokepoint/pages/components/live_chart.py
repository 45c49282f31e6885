"""A chart in a live kernel.

It is compiled as for a page, and drawn by the same modules of Vega, with nothing from the network.
"""

import base64
import gzip
import hashlib
import json
import struct
import zlib
from functools import cache
from pathlib import Path
from textwrap import wrap

import anywidget
import ipywidgets as widgets
import traitlets
import vl_convert

from chokepoint.charts import vega
from chokepoint.pages.vega_script import vega_script

WIDTH = 860  # pixels, of a picture that stands in for a chart where nothing can draw it


class Script(widgets.Widget):
    """Vega, packed.

    Every chart of a kernel refers to the one there is, so that a saved notebook holds it once.
    """

    packed = traitlets.Bytes().tag(sync=True)
    digest = traitlets.Unicode().tag(sync=True)


_script: Script | None = None


def _the_script() -> Script:
    """Return the kernel's one `Script`, made anew where the widgets have been closed."""
    global _script
    if _script is None or _script.comm is None:
        packed = _packed()
        _script = Script(packed=packed, digest=hashlib.sha256(packed).hexdigest())
    return _script


@cache
def _packed() -> bytes:
    return gzip.compress(vega_script("export default {}").encode(), mtime=0)


class LiveChart(anywidget.AnyWidget):
    """A chart as a widget. `spec`: Vega-Lite compiled to Vega, drawn again when it is set to another.

    It travels as a text: an object is indented in a saved notebook, which makes it half as large again.
    """

    _esm = (Path(__file__).with_name("live_chart.js")).read_text(encoding="utf-8")
    script = anywidget.WidgetTrait().tag(sync=True)
    spec = traitlets.Dict().tag(
        sync=True,
        to_json=lambda spec, _widget: json.dumps(spec, separators=(",", ":"), ensure_ascii=False),
        from_json=lambda text, _widget: json.loads(text),
    )
    renderer = traitlets.Unicode("svg").tag(sync=True)
    alt_text = traitlets.Unicode("").tag(sync=True)


def live_chart(vegalite: dict, alt_text: str) -> LiveChart:
    """Make a widget of a chart in the book's look (see `theme`).

    alt_text: what it shows, for those who do not see it.
    """
    spec = vega.fitted(vega.compiled(vegalite))
    return LiveChart(script=_the_script(), spec=spec, renderer=vega.renderer(spec), alt_text=alt_text)


def bundle(widget: widgets.Widget, title: str, text: str, vegalite: dict) -> dict:
    """Return what a notebook keeps of a cell that shows `widget`.

    Beside the widget it keeps a picture with its title, and the same in words. They are for those who read
    the file where no kernel runs: on a code host, in an editor, printed by nbconvert.
    """
    heading = {"text": wrap(title, 110), "anchor": "start", "fontSize": 15, "offset": 14}
    fixed = {**vegalite, "title": heading, "config": {**vegalite["config"], "background": "white"}}
    if vegalite.get("width") == "container":
        fixed["width"] = WIDTH
    picture = _small(vl_convert.vegalite_to_png(fixed, vl_version=vega.VEGA_LITE))
    return {
        **widget._repr_mimebundle_(),
        "text/plain": text,
        "image/png": base64.b64encode(picture).decode(),
    }


def _small(png: bytes) -> bytes:
    """Return a PNG with its pixels packed well.

    vl-convert packs them fast, and a notebook would be three times as large.
    """
    chunks, at = [], 8
    while at < len(png):
        (size,) = struct.unpack_from(">I", png, at)
        chunks.append((png[at + 4 : at + 8], png[at + 8 : at + 8 + size]))
        at += 12 + size
    pixels = zlib.compress(zlib.decompress(b"".join(body for kind, body in chunks if kind == b"IDAT")))
    first = next(i for i, (kind, _) in enumerate(chunks) if kind == b"IDAT")
    others = [chunk for chunk in chunks if chunk[0] != b"IDAT"]
    packed = [*others[:first], (b"IDAT", pixels), *others[first:]]
    return png[:8] + b"".join(
        struct.pack(">I", len(b)) + k + b + struct.pack(">I", zlib.crc32(k + b)) for k, b in packed
    )
