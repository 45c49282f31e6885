"""A page on a slow phone: 360 px wide, a processor four times slower, 1.6 Mbit/s and 150 ms to the host, nothing cached.

Of all chapters the worst is kept; the peer is the limit that we set ourselves. Fonts count among the bytes.
"""

import statistics
from dataclasses import astuple, dataclass
from functools import cache

from playwright.sync_api import Browser

from bench import bench, limited
from bench.page import SITE, browsing, served

TRIES = 3
SCREEN = {"width": 360, "height": 740}
SLOWER = 4  # the processor, times
NETWORK = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 200_000,
    "uploadThroughput": 93_750,
}  # bytes/s
TABLE = "evidence.html"
# The largest paint so far, and what of each long task is over 50 ms until the page has loaded, and after that.
WATCH = """
window.largest = 0; window.blocking = 0; window.later = 0;
new PerformanceObserver(list => { for (const e of list.getEntries()) largest = e.startTime; })
  .observe({ type: "largest-contentful-paint", buffered: true });
new PerformanceObserver(list => { for (const e of list.getEntries()) {
  const end = performance.timing.loadEventEnd - performance.timing.navigationStart;
  if (end <= 0 || e.startTime < end) blocking += Math.max(0, e.duration - 50);
  else later += Math.max(0, e.duration - 50);
} }).observe({ type: "longtask", buffered: true });
"""


@dataclass(frozen=True)
class Visit:
    """What a first visit took: largest contentful paint [ms], blocking until load and after it [ms], bytes."""

    largest_paint: float
    blocking: float
    blocking_later: float
    transferred: float


def visit(browser: Browser, address: str) -> Visit:
    """Open a page as such a phone does."""
    context = browser.new_context(viewport=SCREEN, device_scale_factor=2, is_mobile=True, has_touch=True)
    page, sent = context.new_page(), []
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", NETWORK)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    devtools.on("Network.loadingFinished", lambda event: sent.append(event["encodedDataLength"]))
    page.add_init_script(WATCH)
    page.goto(address, wait_until="load")
    # it comes after the words
    page.wait_for_function("() => !document.querySelector('.cp-chart') || window.vega")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)
    figures = page.evaluate("[largest, blocking, later]")
    context.close()
    return Visit(*figures, sum(sent))


@cache
def visits() -> dict[str, Visit]:
    """The cover, every chapter, and the longest table: the median of each figure over TRIES visits."""
    names = ["index.html", *sorted(path.name for path in SITE.glob("[0-9][0-9]-*.html")), TABLE]
    with served(SITE) as home, browsing() as browser:
        seen = {name: [visit(browser, f"{home}/{name}") for _ in range(TRIES)] for name in names}
    return {
        name: Visit(*map(statistics.median, zip(*map(astuple, tries), strict=True)))
        for name, tries in seen.items()
    }


def _row(what: str, unit: str, limit: float, values: dict[str, float]) -> dict:
    """Return the row of the worst page; the second is named too, so that one page's accident shows."""
    worst, second = sorted(values, key=lambda name: -values[name])[:2]
    return limited(
        f"{what}; the worst of {len(values)}: {worst} (next {second}, {values[second]:,.0f} {unit})",
        unit,
        values[worst],
        limit,
    )


def _chapters() -> dict[str, Visit]:
    return {name: seen for name, seen in visits().items() if name != TABLE}


@bench
def phone_largest_paint_ms() -> dict:
    """From asking for a chapter to its largest contentful paint, on a slow phone and a slow network."""
    return _row(
        "largest contentful paint at 360 px",
        "ms",
        1000,
        {name: seen.largest_paint for name, seen in _chapters().items()},
    )


@bench
def phone_blocking_ms() -> dict:
    """How long a slow phone cannot answer a finger until a chapter has loaded: of each task what is over 50 ms."""
    later = max(seen.blocking_later for seen in _chapters().values())
    return _row(
        f"blocking until load at 360 px (after it, while charts come, at most {later:,.0f} ms)",
        "ms",
        200,
        {name: seen.blocking for name, seen in _chapters().items()},
    )


@bench
def chapter_kb() -> dict:
    """Bytes of a chapter with its fonts, compressed, all that the browser fetched."""
    return _row(
        "transferred with fonts, gzipped",
        "kB",
        350,
        {name: seen.transferred / 1000 for name, seen in _chapters().items()},
    )


@bench
def phone_evidence_blocking_ms() -> dict:
    """How long a slow phone cannot answer a finger until the longest table has loaded."""
    blocking = visits()[TABLE].blocking
    return limited(f"blocking until load of {TABLE} at 360 px", "ms", blocking, 150)
