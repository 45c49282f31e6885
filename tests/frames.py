"""How long a reader waits between moving a slider and seeing the new picture, measured with real key presses in a real browser."""

from statistics import median, quantiles

from pictures import OPENED

# From the browser's own time of the event to the second animation frame after it: the new picture has been handed over by then.
# `work` is what the page's own code and Vega took of that, between the event and the chart being done.
WATCH = """() => {
  window.frames_ = []; window.work_ = [];
  new PerformanceObserver(list => work_.push(...list.getEntries().map(e => e.duration))).observe({ entryTypes: ["measure"] });
  addEventListener("input", event => requestAnimationFrame(() => requestAnimationFrame(() => frames_.push(performance.now() - event.timeStamp))), true);
}"""


def measure(page, moves: int = 40) -> dict[str, dict[str, float]]:
    """{model: {p50, p95, work_p50, work_p95, moves}} in milliseconds for every explorable of an open page.

    page: of Playwright, with the page loaded. Every slider is moved by the arrow keys, there and back, about `moves` times in all.
    """
    page.evaluate(OPENED)
    page.evaluate("chokepoint.drawAll().then(() => 1)")
    page.evaluate("document.querySelectorAll('.cp-rest').forEach(fold => { fold.open = true; })")
    page.evaluate(WATCH)
    found = {}
    for section in page.locator(".cp-explorable").all():
        page.evaluate("frames_.length = work_.length = 0")
        section.scroll_into_view_if_needed()
        sliders = section.locator("input[type=range]").all()
        for slider in sliders:
            slider.focus()
            there, back = (
                ("ArrowLeft", "ArrowRight")
                if slider.evaluate("s => s.value > (+s.min + +s.max) / 2")
                else ("ArrowRight", "ArrowLeft")
            )
            for step in range(max(2, moves // len(sliders))):
                before = page.evaluate("frames_.length")
                page.keyboard.press(there if step % 2 == 0 else back)
                page.wait_for_function("n => frames_.length > n", arg=before, timeout=5000, polling=5)
        page.wait_for_timeout(100)
        times, work = page.evaluate("[frames_.splice(0), work_.splice(0)]")
        found[section.get_attribute("data-model")] = summary(times) | {
            f"work_{k}": v for k, v in summary(work).items()
        }
    return found


def summary(times: list[float]) -> dict[str, float]:
    """Median, 95th percentile and number of some times.

    >>> summary([1.0, 2.0, 3.0])["p50"]
    2.0
    """
    return {"p50": median(times), "p95": quantiles(times, n=20, method="inclusive")[-1], "moves": len(times)}
