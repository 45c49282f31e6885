"""Pages in WebKit, the engine of every iPhone: one of each kind, where a driver is found. Its absence is printed."""

import warnings

import pytest
import webkit
from quiet_server import serving
from sampled import of_each

# Page → its kind.
PAGES = {
    "index": "front",
    "03-price-floor": "chapter",
    "08-since-february": "chapter",
    "07-futures": "scenario",
    "minerals/gallium": "many",
    "countries/japan": "many",
    "evidence": "list",
    "rock-to-motor": "drawn",
}
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("webkit")]
DRAWN = """(async () => {
  document.querySelectorAll(".cp-sure").forEach((box) => { box.open = true; });
  if (!window.chokepoint) return [];
  await chokepoint.drawAll();
  await chokepoint.atRest();
  return chokepoint.marks();
})()"""
MOVED = """(async () => {
  const section = document.querySelector('.cp-explorable[data-model="price_floor"]'), said = section.querySelector(".cp-sentence").textContent;
  const slider = section.querySelector("input[name=floor]");
  slider.value = slider.min;
  slider.dispatchEvent(new Event("input", { bubbles: true }));
  for (let i = 0; i < 100 && section.querySelector(".cp-sentence").textContent === said; i++) await new Promise((done) => setTimeout(done, 50));
  return section.querySelector(".cp-sentence").textContent !== said;
})()"""
HITS = """(async () => {
  for (let i = 0; i < 100 && !document.querySelector(".cp-hits li a"); i++) await new Promise((done) => setTimeout(done, 50));
  return document.querySelector(".cp-hits li a")?.textContent ?? "nothing";
})()"""


@pytest.fixture(scope="module")
def tab():
    if not (path := webkit.driver()):
        print(webkit.NONE_HERE)
        warnings.warn(webkit.NONE_HERE, stacklevel=2)
        pytest.skip(webkit.NONE_HERE)
    one = webkit.WebKit(path)
    yield one
    one.close()


@pytest.mark.parametrize("page", of_each("webkit", PAGES, PAGES.get))
def test_webkit_draws_every_chart_of_a_page_and_moves_nothing_out_of_it(tab, address, page):
    tab.resize(1280, 900)
    tab.open(f"{address}/{page}.html")
    marks = tab.evaluate(DRAWN)
    assert all(marks), f"{page}: {marks}"
    assert len(marks) == tab.evaluate("document.querySelectorAll('.cp-chart').length")
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_webkit_works_out_a_model_and_answers_a_search(tab, address):
    tab.open(f"{address}/03-price-floor.html")
    tab.evaluate(DRAWN)
    assert tab.evaluate(MOVED)
    tab.open(f"{address}/search.html?q=gallium")
    assert "Gallium" in tab.evaluate(HITS)


def test_webkit_shows_a_chart_in_a_frame_of_another_site(tab, address, tmp_path):
    (tmp_path / "index.html").write_text(
        f"""<!doctype html><title>Elsewhere</title><script>addEventListener("message", ({{ data }}) => {{ window.told = data; }});</script>
        <iframe src="{address}/embed.html#03-price-floor/chart-lead" title="A chart" width="600" height="500"></iframe>""",
        encoding="utf-8",
    )
    with serving(tmp_path) as elsewhere:
        tab.open(f"{elsewhere.replace('127.0.0.1', 'localhost')}/index.html")
        told = tab.evaluate(
            "(async () => { for (let i = 0; i < 200 && !(window.told?.height > 250); i++) await new Promise((d) => setTimeout(d, 50)); return window.told; })()"
        )
    assert told["chokepoint"] == "chart-lead" and 250 < told["height"] < 1500
