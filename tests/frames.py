"""How long a reader waits between moving a slider and seeing the new picture, measured with real key presses in a real browser."""

from statistics import median, quantiles

# From the browser's own time of the event to the second animation frame after it: the new picture has been handed over by then.
# `work` is what the page's own code and Vega took of that, between the event and the chart being done.
WATCH = """() => {
  window.frames_ = []; window.done_ = [];
  addEventListener("cp:shown", () => done_.push(performance.now()));
  addEventListener("input", event => {
    const start = event.timeStamp, seen = done_.length;
    requestAnimationFrame(() => requestAnimationFrame(() => frames_.push({ frame: performance.now() - start, shown: done_.length > seen })));
  }, true);
}"""


def measure(page, moves: int = 40) -> dict[str, dict[str, float]]:
    """{model: {p50, p95, work_p50, work_p95, moves}} in milliseconds for every explorable of an open page.

    page: of Playwright, with the page loaded. Every slider is moved by the arrow keys, there and back, about `moves` times in all.
    """
    page.evaluate("chokepoint.drawAll().then(() => 1)")
    page.evaluate(WATCH)
    found = {}
    for section in page.locator(".cp-explorable").all():
        section.scroll_into_view_if_needed()
        sliders = section.locator("input[type=range]").all()
        times, work = [], []
        for slider in sliders:
            slider.focus()
            for step in range(max(2, moves // len(sliders))):
                before = page.evaluate("chokepoint.worked.length = 0, frames_.length")
                page.keyboard.press("ArrowRight" if step % 4 < 2 else "ArrowLeft")
                page.wait_for_function("n => frames_.length > n", arg=before, timeout=5000, polling=5)
                times.append(page.evaluate("frames_.at(-1).frame"))
                work += page.evaluate("chokepoint.worked.slice(0, 1)")
        found[section.get_attribute("data-model")] = summary(times) | {f"work_{k}": v for k, v in summary(work).items()}
    return found


def summary(times: list[float]) -> dict[str, float]:
    """Median, 95th percentile and number of some times.

    >>> summary([1.0, 2.0, 3.0])["p50"]
    2.0
    """
    return {"p50": median(times), "p95": quantiles(times, n=20, method="inclusive")[-1], "moves": len(times)}
