"""The page What would you do?: one run of the model, slider to new frame, a thousand draws beside the page, the longest task.

The peer of the frame is the price floor's slider, on the same machine in the same minute; of the run it is CPython on the same model.
"""

import statistics
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from time import perf_counter

import frames

from bench import bench, limited
from bench.page import SITE, _frames, browsing, served
from chokepoint.analysis import decisions
from chokepoint.models import scenario
from chokepoint.pages import decisions as pages
from chokepoint.pages.components.scenario import DRAWS

DESK = "07-futures.html"
READY = "() => document.querySelector('.cp-scenario').dataset.settled"
RUNS = """() => { const data = scenarioData, choice = chokepointDesk.choice(), times = [];
  for (let i = 0; i < 60; i += 1) { const begun = performance.now(); scenario.run(data, choice); times.push(performance.now() - begun); }
  return times.slice(20); }"""
GROWN = f"""() => new Promise((done) => {{
  const tasks = [], begun = performance.now();
  new PerformanceObserver((list) => tasks.push(...list.getEntries().map((e) => e.duration))).observe({{ entryTypes: ["longtask"] }});
  const box = document.querySelector("[data-do=band]");
  box.click(); box.click(); delete document.querySelector(".cp-scenario").dataset.drawn;
  const look = () => document.querySelector(".cp-scenario").dataset.drawn === "{DRAWS}"
    ? setTimeout(() => done([performance.now() - begun, Math.max(0, ...tasks)]), 200) : setTimeout(look, 20);
  look(); }})"""


@cache
def _measured() -> dict[str, object]:
    """Times of the page [ms]: `run` each run, `frames` from a key to the second frame after it, `band` all draws, `task` the longest."""
    with served(SITE) as home, browsing() as browser:
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{home}/{DESK}", wait_until="load")
        page.wait_for_function(READY)
        runs = page.evaluate(RUNS)
        page.evaluate(frames.WATCH)
        page.focus("[data-lever=floor]")
        for i in range(60):
            before = page.evaluate("frames_.length")
            page.keyboard.press("ArrowLeft" if i % 2 else "ArrowRight")
            page.wait_for_function("n => frames_.length > n", arg=before, polling=5)
        times = page.evaluate("frames_")
        page.wait_for_timeout(1000)
        band, task = page.evaluate(GROWN)
        page.close()
    return {"run": runs, "frames": frames.summary(times), "band": band, "task": task}


@bench
def scenario_run_ms() -> dict:
    """One run of 180 months of the scenario model in the page, median."""
    choice = dict(mineral="gallium", members="came", story="everything", answer="cut")
    decisions.run(**choice)
    begun = perf_counter()
    decisions.run.__wrapped__(**choice)  # its answer is kept
    peer = 1000 * (perf_counter() - begun)
    return dict(
        aim="at most 8 ms",
        what="one run of the scenario model in the page, median",
        unit="ms",
        value=statistics.median(_measured()["run"]),
        peer="CPython: two runs, their tables and the sentence",
        peer_value=peer,
    )


@bench
def scenario_frame_ms_p50() -> dict:
    """From a key on the floor's slider to the six new pictures and the sentence, median."""
    return _frame("p50", "median", "at most 33 ms")


@bench
def scenario_frame_ms_p95() -> dict:
    """From a key on the floor's slider to the six new pictures and the sentence, 95th percentile."""
    return _frame("p95", "95th percentile", "at most 50 ms")


def _frame(which: str, said: str, aim: str) -> dict:
    return dict(
        aim=aim,
        what=f"from a slider of What would you do? to the second frame after it, {said}",
        unit="ms",
        value=_measured()["frames"][which],
        peer="the price floor's slider, one picture",
        peer_value=_frames()["price_floor"][which],
    )


@bench
def scenario_band_s() -> dict:
    """A thousand draws of the scenario model, in a worker beside the page, shown as they come."""
    return dict(
        aim="at most 10 s",
        what=f"{DRAWS:,} draws in the page, all pictures of them drawn",
        unit="s",
        value=_measured()["band"] / 1000,
        peer="the same number of runs one after the other on the page",
        peer_value=DRAWS * statistics.median(_measured()["run"]) / 1000,
    )


@bench
def scenario_longest_task_ms() -> dict:
    """The longest task of the page while the draws come in; 50 ms and less are not counted by the browser."""
    return limited("longest task of the page while the band grows", "ms", _measured()["task"], 100)


@bench
def scenario_bands_s() -> dict:
    """The bands of every mineral's page, none of them kept yet, on two processes."""
    minerals = [known.mineral for known in scenario.minerals()]
    with ProcessPoolExecutor(2) as pool:
        begun = perf_counter()
        list(pool.map(_band, minerals))
        took = perf_counter() - begun
    for mineral in minerals:
        _band(mineral, keep=True)
    begun = perf_counter()
    for mineral in minerals:
        _band(mineral, keep=True)
    return dict(
        aim="at most 30 s",
        what=f"bands of {len(minerals)} minerals, {pages.DRAWS} draws each, on two processes",
        unit="s",
        value=took,
        peer="the same, once they are kept",
        peer_value=perf_counter() - begun,
    )


def _band(mineral: str, keep: bool = False) -> None:
    settings = decisions.run(mineral, pages.CLUB, pages.FLOOR).settings
    scenario.band(mineral, pages.CLUB, pages.DRAWS, keep=keep, **settings)
