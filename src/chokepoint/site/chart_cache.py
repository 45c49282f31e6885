"""Charts as they were last compiled, in files, so that a page compiles those alone that changed.

A chart's file is named by a digest of its Vega-Lite, and its folder by one of all that compiles it: what is
found is always right. To compile and lay out its charts is a third of the time of a page.
"""

import gzip
import hashlib
import os
import shutil
import zlib
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

import vl_convert

from chokepoint.data.result_cache import replace
from chokepoint.site import imports

# What compiles a chart; a test holds this true.
COMPILERS = ("chokepoint.charts.vega", "chokepoint.charts.narrow", "chokepoint.pages.drawn")
TEMPLATE = imports.SOURCE / "pages" / "templates" / "figure.html"
MOST_KEPT = 4000  # charts: a few states of the whole book


class ChartCache:
    """Compiled charts in a folder. `folder` is where the book's are; nothing is kept without one."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder / _compiled_by() if folder else None

    def get_or_compile(self, chart: str, compile_chart: Callable[[], str]) -> str:
        """Return a compiled chart; `compile_chart` is called where it is not kept.

        It is no fault where it cannot be kept.

        >>> ChartCache(None).get_or_compile("a chart", lambda: "its Vega")
        'its Vega'
        """
        if not self.folder:
            return compile_chart()
        path = self.folder / f"{hashlib.sha256(chart.encode()).hexdigest()}.gz"
        with suppress(OSError, EOFError, zlib.error, UnicodeDecodeError):  # gzip holds a checksum
            if text := gzip.decompress(path.read_bytes()).decode():  # an empty file passes for gzip
                os.utime(path)
                return text
        text = compile_chart()
        replace(path, gzip.compress(text.encode(), 3, mtime=0))
        return text

    def forget_oldest(self) -> None:
        """Keep the charts that were used last, and none that other code has compiled."""
        if not self.folder or not self.folder.is_dir():
            return
        for other in self.folder.parent.iterdir():
            if other != self.folder:
                shutil.rmtree(other, ignore_errors=True)
        used = sorted(self.folder.glob("*.gz"), key=lambda path: path.stat().st_mtime_ns)
        for path in used[:-MOST_KEPT]:
            path.unlink(missing_ok=True)


@lru_cache(maxsize=1)
def _compiled_by() -> str:
    """Digest of the code, the template and the compiler that make a chart of a page."""
    files = [*(imports.modules()[name] for name in COMPILERS), TEMPLATE]
    content = b"\0".join([vl_convert.__version__.encode(), *(file.read_bytes() for file in files)])
    return hashlib.sha256(content).hexdigest()[:16]
