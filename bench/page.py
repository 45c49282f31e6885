"""What a reader's browser does with a page: bytes, time to the first chart, time from a slider to the new frame.

The peer is the same page as stock Jupyter Book prints it (`stock`). What stock asks other sites for is answered here from this
machine, at once: Vega from the package that holds it; anything else with nothing. Both favour the peer.
"""

import gzip
import http.server
import statistics
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory

import browser as chromium
import frames
import vl_convert
from playwright.sync_api import Browser, Route, sync_playwright
from test_live_lab import Lab, opened_window, press

from bench import HOME, bench, limited, stock
from chokepoint.charts.vega import VEGA_LITE

SITE = HOME / "build" / "html"
PAGE = "03-price-floor.html"
PLAIN = "glossary.html"
MINERAL = "minerals/gallium.html"
TRIES = 7
# Set when the first mark of any chart stands in the page, on svg or canvas, ours or Altair's own.
WATCH = """
const look = () => {
  if (document.querySelector('.cp-chart svg .mark-line path, .cp-chart svg [class*="role-mark"] path, .cp-chart canvas, .vega-embed svg, .vega-embed canvas'))
    window.firstChart = performance.now();
  else requestAnimationFrame(look);
};
look();
"""

# In JupyterLab: from a key to the second frame after the kernel's answer stands in the page, that is new settings and a new
# picture. What the slider does by itself before that, such as moving its handle, does not count.
ANSWERED = """box => {
  window.answers = []; let asked = 0;
  const settings = () => box.querySelector("[data-settings]")?.dataset.settings;
  const picture = () => box.querySelector("svg.marks, canvas.marks");
  let known = [settings(), picture()];
  document.addEventListener("keydown", event => { asked = event.timeStamp; }, true);
  new MutationObserver(() => {
    const now = [settings(), picture()];
    if (!asked || now.some((part, i) => !part || part === known[i])) return;
    const from = asked; known = now; asked = 0;
    requestAnimationFrame(() => requestAnimationFrame(() => answers.push(performance.now() - from))); })
    .observe(box, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-settings"] });
}"""


class _Gzipped(http.server.SimpleHTTPRequestHandler):
    """Files as any host sends them: text compressed."""

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        if not path.is_file():
            return self.send_error(404)
        body, text = (
            path.read_bytes(),
            path.suffix in {".html", ".js", ".css", ".svg", ".json", ".csv", ".xml"},
        )
        body = gzip.compress(body, 6) if text else body
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "max-age=600")  # as GitHub Pages does
        if text:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words) -> None:
        pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The folder over HTTP on this machine, compressed; yields its address."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(_Gzipped, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@contextmanager
def browsing() -> Iterator[Browser]:
    """A headless browser."""
    with sync_playwright() as play:
        launched = play.chromium.launch(executable_path=chromium.executable(), args=chromium.ARGUMENTS)
        yield launched
        launched.close()


def visit(browser: Browser, address: str, chart: bool = True) -> tuple[float, float]:
    """One visit with an empty cache: bytes transferred, and milliseconds until the first chart stood (0 where none is expected)."""
    home = "/".join(address.split("/")[:3])
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.add_init_script(WATCH)
    page.route(lambda url: not url.startswith(home), _elsewhere)
    asked, sent = {}, []
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.on(
        "Network.requestWillBeSent", lambda event: asked.update({event["requestId"]: event["request"]["url"]})
    )
    devtools.on(
        "Network.loadingFinished",
        lambda event: sent.append((asked.get(event["requestId"], home), event["encodedDataLength"])),
    )
    page.goto(address, wait_until="load")
    shown = page.wait_for_function("() => window.firstChart", timeout=60_000).json_value() if chart else 0
    page.wait_for_load_state("networkidle")
    context.close()
    return sum(size for url, size in sent if url.startswith(home)), shown


def _elsewhere(route: Route) -> None:
    if "vega-embed" in route.request.url:
        route.fulfill(
            body=vega(), headers={"Content-Type": "text/javascript", "Access-Control-Allow-Origin": "*"}
        )
    elif "vega" in route.request.url:
        route.fulfill(
            body=";", headers={"Content-Type": "text/javascript", "Access-Control-Allow-Origin": "*"}
        )
    else:
        route.abort()


@cache
def vega() -> str:
    """Vega, Vega-Lite and Vega-Embed in one script, in the place of the three that Altair's page asks for."""
    return (
        "(()=>{"
        + vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;", vl_version=VEGA_LITE)
        + "})();"
    )


def visits(name: str, chart: bool = True) -> tuple[list[tuple[float, float]], list[tuple[float, float]]]:
    """The page of ours and of stock, in turn, some times each."""
    with served(SITE) as ours, served(stock.built()[0]) as theirs, browsing() as browser:
        pairs = [
            (visit(browser, f"{ours}/{name}", chart), visit(browser, f"{theirs}/{name}", chart))
            for _ in range(TRIES)
        ]
    return tuple(list(side) for side in zip(*pairs, strict=True))


@bench
def page_bytes_vs_stock() -> dict:
    """Bytes of a chapter with charts, compressed, all that the browser fetched."""
    ours, theirs = visits(PAGE)
    return dict(
        aim="at most 0.3, and 600 kB",
        what=f"transferred for {PAGE}, gzipped",
        unit="kB",
        value=ours[0][0] / 1000,
        peer="the same page of stock Jupyter Book; of what it fetches elsewhere only Vega counted",
        peer_value=(theirs[0][0] + len(gzip.compress(vega().encode(), 6))) / 1000,
    )


@bench
def first_chart_vs_stock() -> dict:
    """From asking for the page to its first chart."""
    ours, theirs = visits(PAGE)
    return dict(
        aim="at most 0.6",
        what=f"first chart of {PAGE}, median of {TRIES}",
        unit="ms",
        value=statistics.median(shown for _, shown in ours),
        peer="the same page of stock Jupyter Book, other sites answering at once",
        peer_value=statistics.median(shown for _, shown in theirs),
    )


@bench
def next_page_kb() -> dict:
    """Bytes of a further page of the same visit: what the browser already holds is not fetched again."""
    with served(SITE) as home, browsing() as browser:
        context = browser.new_context()
        page, sent = context.new_page(), []
        page.goto(f"{home}/{PAGE}", wait_until="networkidle")
        devtools = context.new_cdp_session(page)
        devtools.send("Network.enable")
        devtools.on("Network.loadingFinished", lambda event: sent.append(event["encodedDataLength"]))
        page.goto(f"{home}/{MINERAL}", wait_until="networkidle")
        context.close()
        first = visit(browser, f"{home}/{MINERAL}")[0]
    return dict(
        what=f"transferred for {MINERAL} after {PAGE}",
        unit="kB",
        value=sum(sent) / 1000,
        peer="the same page first",
        peer_value=first / 1000,
    )


@bench
def plain_page_kb() -> dict:
    """Bytes of a page without charts."""
    with served(SITE) as home, browsing() as browser:
        value = visit(browser, f"{home}/{PLAIN}", chart=False)[0]
    return limited(f"transferred for {PLAIN}, gzipped", "kB", value / 1000, 200)


@cache
def _frames() -> dict[str, dict[str, float]]:
    """Of every explorable, on the first chapter that has it: how long a reader waits for the new picture [ms], see tests/frames.py."""
    found = {}
    with served(SITE) as home, browsing() as browser:
        for path in sorted(SITE.glob("*.html")):
            if 'class="cp-explorable"' not in path.read_text(encoding="utf-8"):
                continue
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.goto(f"{home}/{path.name}", wait_until="load")
            found = frames.measure(page) | found
            page.close()
    return found


def _slowest(which: str, limit: float) -> dict:
    model, times = max(_frames().items(), key=lambda item: item[1][which])
    what = f"from a slider to the second frame after it, {'median' if which == 'p50' else '95th percentile'}; the slowest of {len(_frames())}: {model}"
    return limited(what, "ms", times[which], limit)


@bench
def slider_frame_ms_p50() -> dict:
    """From a key on a slider to the new picture, the median of the slowest explorable."""
    return _slowest("p50", 33)


@bench
def slider_frame_ms_p95() -> dict:
    """From a key on a slider to the new picture, the 95th percentile of the slowest explorable."""
    return _slowest("p95", 50)


@bench
def slider_vs_kernel() -> dict:
    """The same widget on the page and in a live kernel: from a key on a slider to the new picture and numbers."""
    return dict(
        aim="at most 0.2, a fifth",
        what="from a slider of the price floor to the new picture on the page, median",
        unit="ms",
        value=_frames()["price_floor"]["p50"],
        peer="the same slider in JupyterLab, its kernel on the same machine",
        peer_value=statistics.median(_in_a_kernel("03-price-floor", "price_floor", "floor")),
    )


def _in_a_kernel(notebook: str, model: str, control: str) -> list[float]:
    """Milliseconds from a key on a slider to the second frame after the kernel's numbers and picture stand in the page."""
    with TemporaryDirectory() as folder, browsing() as browser:
        lab = Lab(Path(folder))
        try:
            window = opened_window(browser, lab)
            page, box = window.page, window.show(notebook).locator(f".cp-live-{model}")
            box.wait_for()
            page.evaluate(ANSWERED, box.element_handle())
            keys = ["ArrowRight", "ArrowLeft"] * 8
            for key in keys:
                press(page, box, control, key)
                page.wait_for_timeout(800)
            return page.evaluate("window.answers")[2:]
        finally:
            lab.stop()


@bench
def edition_mb() -> dict:
    """The whole site as files, as it lies on a host's disk."""
    size = sum(path.stat().st_size for path in SITE.rglob("*") if path.is_file())
    pages = len(list(SITE.rglob("*.html")))
    shortest = sum(len(gzip.compress(path.read_bytes(), 6)) for path in SITE.rglob("*") if path.is_file())
    return dict(
        what=f"{pages} pages",
        unit="MB",
        value=size / 1e6,
        peer="the same, compressed file by file",
        peer_value=shortest / 1e6,
    )
