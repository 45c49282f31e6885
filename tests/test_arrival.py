"""A page that arrives piece by piece, as over a slow line: what a reader has begun to read stays where it is."""

import http.server
import threading
import time
from functools import partial

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]
PIECES, PAUSE = 12, 0.06  # seconds
MOST_SHIFT = 0.01
SEEN = (
    "window.shifts = []; new PerformanceObserver(l => l.getEntries().forEach(e => shifts.push([e.value,"
    " e.sources.map(s => s.node?.className || s.node?.nodeName)]))).observe({ type: 'layout-shift', buffered: true });"
)
# with and without links to its sections; with a chart first, a drawn chain, a list
PAGES = ["index", "rock-to-motor", "03-price-floor", "minerals/gallium", "countries/china", "sources"]


@pytest.fixture(scope="module")
def slow(site):
    """The address of the site from a server that sends a page's text in pieces."""

    class Slow(http.server.SimpleHTTPRequestHandler):
        def copyfile(self, source, outputfile):
            if not self.path.endswith(".html"):
                return super().copyfile(source, outputfile)
            text = source.read()
            size = -(-len(text) // PIECES)
            for at in range(0, len(text), size):
                outputfile.write(text[at : at + size])
                outputfile.flush()
                time.sleep(PAUSE)

        def log_message(self, *args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Slow, directory=site))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("page", PAGES)
def test_nothing_moves_while_a_page_arrives(slow, browser, page, width):
    tab = browser.new_context(viewport={"width": width, "height": 800}).new_page()
    tab.add_init_script(SEEN)
    tab.goto(f"{slow}/{page}.html")
    tab.evaluate("window.chokepoint ? chokepoint.drawAll().then(() => chokepoint.atRest()).then(() => 1) : 1")
    shifts = tab.evaluate("shifts")
    assert sum(value for value, _ in shifts) <= MOST_SHIFT, shifts
    tab.context.close()
