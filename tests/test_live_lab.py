"""The live book as its readers meet it: a real JupyterLab in a real browser, moved by keyboard, with the network watched.

Each time some notebooks, and two sliders of each model; every week all of them (see `live_notebooks` and `sampled`).
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import binder_environment
import nbformat
import plain_basket
import pytest
from live_notebooks import BOOK, DESK, WITH_SLIDERS, in_jupyterlab
from nbformat.v4 import new_code_cell, new_notebook
from sampled import draw, everything, told
from test_explorables import in_words

from chokepoint.analysis import decisions
from chokepoint.models import MODELS, scenario

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("lab")]
NAMES = in_jupyterlab()
PAGES = {
    "mineral": "minerals/gallium",
    "country": "countries/argentina",
}  # what the templates show when they are opened
MEASURE = Path(__file__).with_name("live_charts.js").read_text(encoding="utf-8")
PLAIN = (
    "import altair as alt\nfrom chokepoint import charts; from chokepoint.data import tables",
    f"""{plain_basket.CODE}
bars = alt.Chart(basket).mark_bar().encode(x="net_imports_usd", y="label")
bars""",
    """bars + bars.mark_text().encode(text="mineral")""",
    """alt.Chart(basket).mark_bar().encode(x="net_imports_usd", y="label", column="basket")""",
)
SLIDERS_OF_A_MODEL = 2
ASKED_AGAIN = ("08-since-february", "mineral")  # notebooks whose kernel other tests ask once they have run
PATIENCE_MS = 180_000  # a busy machine starts a kernel slowly
# Notes every connection of the server and of its kernels that leaves this machine, and refuses it.
WATCH = """
import socket
_connect = socket.socket.connect
def connect(self, address):
    if self.family in (socket.AF_INET, socket.AF_INET6) and not str(address[0]).startswith(("127.", "::1", "localhost")):
        open({log!r}, "a").write(f"{{address}}\\n")
        raise OSError("the network is not to be used")
    return _connect(self, address)
socket.socket.connect = connect
"""
READY = "() => { const s = window.jupyterapp?.shell.currentWidget?.sessionContext; return s?.isReady && s.session?.kernel }"
DONE = """() => {
  const cells = [...jupyterapp.shell.currentWidget.content.model.cells].filter(c => c.type === "code").map(c => c.toJSON());
  return cells.some(c => c.outputs.some(o => o.output_type === "error")) || cells.every(c => c.execution_count) }"""
FAULTS = """() => [...jupyterapp.shell.currentWidget.content.model.cells].filter(c => c.type === "code").flatMap(
  c => c.toJSON().outputs).filter(o => o.output_type === "error").map(o => o.ename + ": " + o.evalue)"""


class Lab:
    """A JupyterLab on this machine alone, over a copy of the notebooks; `python` is that of the environment it runs in."""

    def __init__(self, folder: Path, python: str | Path = sys.executable):
        self.folder, self.strays = folder, folder / "strays.log"
        (folder / "book").mkdir()
        for path in BOOK.glob("*.ipynb"):
            shutil.copy(path, folder / "book")
        (folder / "sitecustomize.py").write_text(WATCH.format(log=str(self.strays)))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        options = {
            "ServerApp.ip": "127.0.0.1",
            "ServerApp.port": port,
            "ServerApp.token": "",
            "ServerApp.password": "",
            "ServerApp.open_browser": False,
            "ServerApp.allow_root": True,
            "ServerApp.root_dir": folder / "book",
            "LabApp.expose_app_in_browser": True,
            "LabApp.news_url": None,
            "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
            "LabApp.extension_manager": "readonly",
        }
        search = os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")])
        environment = {k: v for k, v in os.environ.items() if not k.startswith("CHOKEPOINT")} | {
            "PYTHONPATH": search
        }
        self.process = subprocess.Popen(
            [python, "-m", "jupyterlab", *(f"--{k}={v}" for k, v in options.items())],
            stdout=open(folder / "lab.log", "w"),
            stderr=subprocess.STDOUT,
            env=environment
            | {"JUPYTER_CONFIG_DIR": str(folder / "config"), "JUPYTER_RUNTIME_DIR": str(folder / "runtime")},
        )
        for _ in range(240):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.5)
        pytest.fail("JupyterLab did not start:\n" + (folder / "lab.log").read_text()[-2000:])

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(60)


@pytest.fixture(scope="module")
def python(tmp_path_factory) -> Path:
    """Of an environment as Binder makes its own; every week installed from the pins, else linked from this one."""
    folder = tmp_path_factory.mktemp("fresh") / "venv"
    return binder_environment.installed(folder) if everything() else binder_environment.linked(folder)


@pytest.fixture(scope="module")
def lab(tmp_path_factory, python):
    running = Lab(tmp_path_factory.mktemp("lab"), python)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def pages(lab, browser):
    """Each notebook is opened and run once: name → (page, what it asked for)."""
    opened = {}
    yield opened
    for page, _ in opened.values():
        page.context.close()


@pytest.fixture
def run_all(lab, browser, pages):
    """Open a notebook and run all its cells; a cell that raises, or a request to anywhere else, fails."""

    def go(name: str):
        if name not in pages:
            pages[name] = _opened(browser, lab, name)
        page = pages[name][0]
        page.bring_to_front()  # a page behind another draws nothing
        return page

    yield go
    strays = [
        url
        for _, asked in pages.values()
        for url in asked
        if not url.startswith((lab.address, f"blob:{lab.address}", "data:"))
    ]
    assert strays == []
    assert not lab.strays.exists(), lab.strays.read_text()


def _opened(browser, lab: Lab, name: str):
    page, asked = (
        browser.new_context(viewport={"width": 1400, "height": 1000}, accept_downloads=True).new_page(),
        [],
    )
    page.set_default_timeout(PATIENCE_MS)
    page.on("request", lambda r: asked.append(r.url))
    page.goto(f"{lab.address}/doc/tree/{name}.ipynb")
    page.wait_for_function(READY)
    page.evaluate("jupyterapp.commands.execute('notebook:run-all-cells')")
    page.wait_for_function(DONE)
    assert page.evaluate(FAULTS) == []
    return page, asked


def settings_of(box) -> dict[str, float]:
    return json.loads(box.locator("[data-settings]").get_attribute("data-settings"))


def press(page, box, name: str, key: str) -> dict[str, float]:
    """One key on a slider; the settings when the kernel has answered."""
    before = box.locator("[data-settings]").get_attribute("data-settings")
    handle = box.locator(f".cp-{name} .noUi-handle")
    handle.focus()
    handle.press(key)
    page.wait_for_function(
        "([box, was]) => box.querySelector('[data-settings]').dataset.settings !== was",
        arg=[box.element_handle(), before],
        polling=50,
    )
    return settings_of(box)


def shown_in(box):
    """The explorable whose title a live box carries."""
    return in_words()[box.locator("b").first.text_content()]


def require_the_models_answer(box, explorable, settings: dict[str, float]) -> None:
    expected = explorable.evaluate(**settings)
    shown = box.locator("[data-result]").evaluate_all(
        "cells => cells.map(c => [c.dataset.result, Number(c.dataset.value)])"
    )
    assert {name for name, _ in shown} == set(explorable.results)
    for name, value in shown:
        assert value == pytest.approx(float(expected[name]), rel=1e-9, abs=1e-12, nan_ok=True), (
            settings,
            name,
        )
    assert box.locator(".cp-sentence").inner_text() == explorable.sentence_at(**settings)


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_draws_what_its_page_draws(run_all, site, name):
    """Asked as soon as it has run from top to bottom: its kernel, and the page, are then needed no more."""
    page = run_all(name)
    assert page.evaluate("jupyterapp.shell.currentWidget.content.model.cells.length") > 3
    printed = (site / f"{PAGES.get(name, name)}.html").read_text(encoding="utf-8")
    charts = all_drawn(page, printed.count('class="cp-chart"'))
    assert len(charts) == printed.count('class="cp-chart"') > 0
    seen = [chart for chart in charts if not chart["hidden"]]
    assert name == DESK or seen == charts  # the desk hides a price that it cannot say
    assert min(chart["width"] for chart in seen) > 300
    assert all(len(chart["label"]) > 20 for chart in seen), "a chart without alt text"
    bars = require_true_lengths(charts)
    assert bars or name in (DESK, "performance", "what-changed")  # they have none
    assert page.locator("mjx-container").count() == 0, "money is read as mathematics"
    if name not in (*WITH_SLIDERS, DESK, *ASKED_AGAIN):
        page.evaluate("jupyterapp.shell.currentWidget.sessionContext.shutdown()")
        page.close()


@pytest.mark.parametrize("name", [name for name in NAMES if name in WITH_SLIDERS])
def test_sliders_moved_by_keyboard_give_the_models_own_numbers_and_words(run_all, name):
    """Two sliders of each model; every week all of them."""
    page, chance = run_all(name), draw(f"sliders in {name}")
    boxes = page.locator(".cp-live")
    boxes.first.wait_for()
    for i in range(boxes.count()):
        box = boxes.nth(i)
        explorable = shown_in(box)
        assert f"cp-live-{explorable.model}" in box.get_attribute("class")
        controls = explorable.controls
        if not everything():
            controls = chance.sample(controls, min(len(controls), SLIDERS_OF_A_MODEL))
        for control in controls:
            was = settings_of(box)[control.name]
            now = press(
                page,
                box,
                control.name,
                "ArrowLeft" if was > control.value or was >= control.high else "ArrowRight",
            )
            assert now[control.name] != was, (control.name, told())
            require_the_models_answer(box, explorable, now)
            page.wait_for_function(  # the chart was moved, not drawn anew: it stands where the slider stands
                "([chart, name, value]) => chart.view.signal(name) === value",
                arg=[box.locator(".cp-live-chart").element_handle(), control.name, now[control.name]],
            )
        box.get_by_role("button", name="Reset").press("Enter")
        page.wait_for_function(
            "([box, wanted]) => box.querySelector('[data-settings]').dataset.settings === wanted",
            arg=[box.element_handle(), json.dumps({c.name: float(c.value) for c in explorable.controls})],
        )
        assert box.locator("svg.marks, canvas.marks").count() == 1


def test_the_desk_answers_in_a_notebook_as_the_model_does(run_all):
    """Its notebook begins with gallium, those who came, and everything against a cut."""
    page = run_all(DESK)
    desk = page.locator(".cp-scenario")
    begun = decisions.run("gallium", "came", "everything", "cut")
    desk.locator(".cp-sentence").scroll_into_view_if_needed()
    assert desk.locator(".cp-sentence").text_content() == begun.sentence
    moved = scenario.run("gallium", "came", **(begun.settings | {"money": 0, "vault": 0, "cut": 1}))
    for group in desk.locator(".jupyter-widget-Collapse-header").all():
        group.click()
        for name in ("money", "vault", "cut"):
            box = desk.locator(f".cp-{name} input")
            if box.is_visible():
                box.fill(f"{moved.settings[name]:g}")
                box.press("Enter")
    page.wait_for_function(
        "([desk, expected]) => desk.querySelector('.cp-sentence').textContent === expected",
        arg=[desk.element_handle(), moved.sentence],
    )


def test_every_model_that_a_browser_can_run_is_live_in_a_notebook():
    held = "".join((BOOK / f"{name}.ipynb").read_text(encoding="utf-8") for name in WITH_SLIDERS)
    assert {explorable.model for explorable in in_words().values()} == {
        model.name for model in MODELS.values() if model.browser
    }
    others = [
        p
        for p in BOOK.glob("*.ipynb")
        if p.stem not in WITH_SLIDERS and "explorable" in p.read_text(encoding="utf-8")
    ]
    assert "explorable" in held and others == []


def test_results_are_saved_without_a_server_and_one_question_is_asked_once(run_all):
    page = run_all("04-project-vault")
    vault, stock = page.locator(".cp-live-vault"), page.locator(".cp-live-stockpile")
    stock.wait_for()
    moved = press(page, vault, "cut", "ArrowRight")["cut"]
    page.wait_for_function(
        "([box, cut]) => JSON.parse(box.querySelector('[data-settings]').dataset.settings).cut === cut",
        arg=[stock.element_handle(), moved],
    )
    with page.expect_download() as caught:
        vault.locator("a.cp-save").first.press("Enter")
    saved = dict(
        line.split(",")[:2] for line in caught.value.path().read_text(encoding="utf-8-sig").splitlines()[1:]
    )
    assert float(saved["cut"]) == moved
    assert float(saved["cover_days"]) == pytest.approx(shown_in(vault).evaluate(cut=moved)["cover_days"])


def test_a_list_above_a_chart_narrows_it_in_the_notebook_too(run_all):
    page = run_all("08-since-february")
    select = page.locator(".vega-bind select").first
    select.wait_for()
    count = "() => document.querySelectorAll('svg.marks .mark-symbol path').length"
    page.wait_for_function(count)
    at_rest(page)
    before = page.evaluate(count)
    select.select_option(index=1)
    page.wait_for_function(f"was => ({count})() !== was", arg=before)


def all_drawn(page, number: int) -> list[dict]:
    """The charts at rest, once there are so many: a slow machine draws the last of them a while after its cell is done."""
    page.wait_for_function(
        "number => document.querySelectorAll('.cp-live-chart').length >= number", arg=number, timeout=60_000
    )
    return at_rest(page)


def at_rest(page) -> list[dict]:
    """The charts of a notebook, once two measures a second apart are the same: choosing anew draws them one by one."""
    charts = page.evaluate(MEASURE)
    for _ in range(60):
        page.wait_for_timeout(1000)
        before, charts = charts, page.evaluate(MEASURE)
        if charts and charts == before:
            break
    return charts


def require_true_lengths(charts: list[dict]) -> int:
    """Every bar is as long as its value says, and all of it is seen; how many bars there were."""
    count = 0
    for chart in charts:
        for bars in chart["bars"]:
            where = f"{chart['label']}: {bars['name']}"
            for laid, visible in zip(bars["laid"], bars["visible"], strict=True):
                assert visible is None or visible == pytest.approx(laid, rel=0.01, abs=0.3), (
                    f"{where}: cut off"
                )
            assert any(in_proportion(bars["laid"], values) for values in what_may_be_meant(bars)), where
            count += len(bars["laid"])
    return count


def in_proportion(lengths: list[float], values: list[float]) -> bool:
    """Within 1%, but for a piece thinner than a pixel, which may be drawn one pixel wide to be seen at all."""
    pairs = [(length, value) for length, value in zip(lengths, values, strict=True) if value or length > 0.01]
    longest, largest = max(pairs, default=(0, 0))
    thin = [
        (length, value)
        for length, value in pairs
        if length <= 1.01 and largest and value * longest / largest <= 1
    ]
    each = [
        length / value if value else float("inf") for length, value in pairs if (length, value) not in thin
    ]
    return not each or max(each) <= 1.01 * min(each)


def what_may_be_meant(bars: dict) -> list[list[float]]:
    """The values that a scale draws; of bars placed by the chart's own sums, each number of their rows, and the track they run on."""
    if bars["values"] is not None:
        return [bars["values"]]
    names = [name for name in (bars["rows"] or [{}])[0] if name not in bars["placed"]]
    return [[1.0] * len(bars["rows"]), *([abs(row[name]) for row in bars["rows"]] for name in names)]


def test_the_measure_tells_a_false_length_from_a_true_one():
    true = {
        "name": "bars",
        "values": [26, 44],
        "rows": None,
        "placed": None,
        "laid": [260, 440],
        "visible": [260, 440],
    }
    assert require_true_lengths([{"label": "", "bars": [true]}]) == 2
    for wrong in ({"visible": [260, 220]}, {"laid": [260, 220], "visible": [260, 220]}):
        with pytest.raises(AssertionError):
            require_true_lengths([{"label": "", "bars": [true | wrong]}])


def test_money_in_brief_is_read_as_money(run_all):
    brief = (
        run_all("03-price-floor").locator(".jp-OutputArea-output", has_text="In brief").first.text_content()
    )
    assert "guaranteed US$110/kg for" in brief and "US$69 a kilogram, such" in brief


def test_a_mineral_is_chosen_once_for_the_whole_notebook(
    run_all,
):  # after what compares the notebook with gallium's page
    page = run_all("mineral")
    chosen = page.locator(".cp-choice select")
    chosen.select_option("germanium")  # typed letters are also JupyterLab's shortcuts
    page.wait_for_function(
        "name => [...document.querySelectorAll('.jp-OutputArea-output')]"
        ".filter(o => o.innerText.toLowerCase().includes(name)).length >= 3",
        arg="germanium",
    )


def test_another_mineral_has_bars_as_long_as_its_values(run_all):
    page = run_all("mineral")
    page.locator(".cp-choice select").select_option("tungsten")
    page.wait_for_function(
        "() => [...document.querySelectorAll('.cp-live-chart [role=img]')].some(e => e.ariaLabel.includes('Vietnam'))"
    )
    assert require_true_lengths(at_rest(page)) > 10


def test_an_altair_chart_that_a_visitor_types_is_drawn_without_the_network(lab, run_all):
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    typed = new_notebook(cells=[new_code_cell(source) for source in PLAIN], metadata=kernel)
    nbformat.write(typed, lab.folder / "book" / "typed.ipynb")
    page = run_all("typed")
    charts = all_drawn(page, 3)
    assert [chart["width"] > 300 for chart in charts] == [True] * 3
    assert require_true_lengths(charts) >= 3 * 10
    assert page.locator("a.cp-save").count() == 3
    page.evaluate("jupyterapp.shell.currentWidget.sessionContext.shutdown()")
