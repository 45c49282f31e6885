"""The script that draws charts, on the pages and in live kernels alike."""

import hashlib
from importlib.metadata import version
from pathlib import Path

from chokepoint.charts import vega
from chokepoint.data import tables
from chokepoint.data.result_cache import replace

FOLDER = "vega"  # in build/


def vega_script(use: str) -> str:
    """Return Vega as one script in which `use` is done with it; see `charts.vega.script`.

    It takes seconds to bundle, and is kept in build/vega where that can be written.
    """
    made_with = [version("vl-convert-python").encode(), Path(vega.__file__).read_bytes(), use.encode()]
    name = hashlib.sha256(b"\0".join(made_with)).hexdigest()[:20]
    kept = tables.home() / "build" / FOLDER / f"{name}.js"
    if kept.is_file():
        return kept.read_text(encoding="utf-8")
    script = vega.script(use)
    replace(kept, script)
    return script
