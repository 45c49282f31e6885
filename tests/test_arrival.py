"""A page that arrives piece by piece, as over a slow line: what a reader has begun to read stays where it is."""

import itertools
import time

import pytest
from quiet_server import Quiet, serving
from sampled import draw, everything
from test_brief import LANGUAGES
from test_guess import GUESSES

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]
PIECES, PAUSE = 12, 0.06  # seconds
MOST_SHIFT = 0.01
SEEN = (
    "window.shifts = []; new PerformanceObserver(l => l.getEntries().forEach(e => shifts.push([e.value,"
    " e.sources.map(s => s.node?.className || s.node?.nodeName)]))).observe({ type: 'layout-shift', buffered: true });"
)
TRANSLATIONS = [f"brief-{language}" for language in LANGUAGES]
BRIEFS = ["brief", *TRANSLATIONS]
# with and without links to its sections; with a chart first, a drawn chain, a list
PAGES = [
    "index",
    "rock-to-motor",
    "03-price-floor",
    "minerals/gallium",
    "countries/china",
    "sources",
    "brief",
]
MANY = [sorted({*GUESSES} - {*PAGES}), TRANSLATIONS]  # with a question; in another language
LATE = [0, 0.05, 0.15, 0.3, 0.6]  # seconds: with the page, in the midst of its first paint, long after it
WIDTHS = [360, 1280]  # px


def arriving() -> list[tuple[str, int]]:
    """A page of each kind at one width, the cover at both; or every page at both."""
    if everything():
        return [(page, width) for page in [*PAGES, *itertools.chain(*MANY)] for width in WIDTHS]
    chance = draw("arrival")
    pages = [*PAGES[1:], *(chance.choice(alike) for alike in MANY)]
    return [*((PAGES[0], width) for width in WIDTHS), *((page, chance.choice(WIDTHS)) for page in pages)]


def late(page: str) -> list[float]:
    """When the fonts come: first and last of all, and once between; or all."""
    first, *between, last = LATE
    return LATE if everything() else [first, draw(f"fonts of {page}").choice(between), last]


@pytest.fixture(scope="module")
def slow(site):
    """The address of the site from a server that sends a page's text in pieces."""

    class Slow(Quiet):
        def copyfile(self, source, outputfile):
            if not self.path.endswith(".html"):
                return super().copyfile(source, outputfile)
            text = source.read()
            size = -(-len(text) // PIECES)
            for at in range(0, len(text), size):
                outputfile.write(text[at : at + size])
                outputfile.flush()
                time.sleep(PAUSE)

    with serving(site, Slow) as address:
        yield address


@pytest.mark.parametrize("page, width", arriving())
def test_nothing_moves_while_a_page_arrives(slow, browser, page, width):
    tab = browser.new_context(viewport={"width": width, "height": 800}).new_page()
    tab.add_init_script(SEEN)
    tab.goto(f"{slow}/{page}.html")
    tab.evaluate("window.chokepoint ? chokepoint.drawAll().then(() => chokepoint.atRest()).then(() => 1) : 1")
    shifts = tab.evaluate("shifts")
    assert sum(value for value, _ in shifts) <= MOST_SHIFT, shifts
    tab.context.close()


@pytest.mark.parametrize("page", ["index", "brief"])
def test_nothing_moves_whenever_the_fonts_come(site, browser, page):
    """Fonts that come at once, in the midst of the first paint, and long after it."""
    for seconds in late(page):

        class Late(Quiet):
            def do_GET(self, seconds=seconds):
                if ".woff2" in self.path:
                    time.sleep(seconds)
                super().do_GET()

        with serving(site, Late) as root:
            tab = browser.new_context(viewport={"width": 360, "height": 740}).new_page()
            tab.add_init_script(SEEN)
            tab.goto(f"{root}/{page}.html", wait_until="load")
            tab.wait_for_timeout(1000 * seconds + 500)
            shifts = tab.evaluate("shifts")
            assert sum(value for value, _ in shifts) <= MOST_SHIFT, (seconds, shifts)
            tab.context.close()
