"""The live book as its readers meet it: a real JupyterLab in a real browser, moved by keyboard, with the network watched.

Each time some notebooks, and two sliders of each model; every week all of them (see `live_notebooks` and `sampled`). One window shows
the notebooks one after another: to load JupyterLab takes as long as half a notebook.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import binder_environment
import nbformat
import plain_basket
import pytest
from bs4 import BeautifulSoup
from live_notebooks import BOOK, DESK, VAULT, WITH_SLIDERS, in_jupyterlab
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Locator, Page
from sampled import draw, everything, told
from test_explorables import in_words

from chokepoint.analysis import decisions
from chokepoint.models import MODELS, scenario

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("lab")]
NAMES = in_jupyterlab()
TYPED = "typed"
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
ASKED_AGAIN = {*WITH_SLIDERS, DESK, "mineral"}  # notebooks of which other tests ask once they have run
IN_FRONT = ".jp-NotebookPanel:not(.lm-mod-hidden)"
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
    """A JupyterLab on this machine alone, over a copy of the notebooks and one that a visitor types; `python` is that of the environment it runs in."""

    def __init__(self, folder: Path, python: str | Path = sys.executable):
        self.folder, self.strays = folder, folder / "strays.log"
        (folder / "book").mkdir()
        for path in BOOK.glob("*.ipynb"):
            shutil.copy(path, folder / "book")
        kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
        typed = new_notebook(cells=[new_code_cell(source) for source in PLAIN], metadata=kernel)
        nbformat.write(typed, folder / "book" / f"{TYPED}.ipynb")
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


@dataclass
class Window:
    """A window of JupyterLab, all that it asked for, and the notebooks that have run in it."""

    page: Page
    asked: list[str] = field(default_factory=list)
    ran: set[str] = field(default_factory=set)

    def show(self, name: str) -> Locator:
        """A notebook in front of the others, of which all cells have run and none has raised."""
        page = self.page
        open_ = "path => jupyterapp.commands.execute('docmanager:open', { path }).then(() => 1)"
        page.evaluate(open_, f"{name}.ipynb")
        if name not in self.ran:
            self.ran.add(name)
            page.wait_for_function(READY)
            page.evaluate("jupyterapp.commands.execute('notebook:run-all-cells')")
            page.wait_for_function(DONE)
            assert page.evaluate(FAULTS) == []
        return page.locator(IN_FRONT)

    def end(self, name: str) -> None:
        """End the kernel of the notebook in front, and close it."""
        self.ran.remove(name)
        self.page.evaluate("jupyterapp.shell.currentWidget.sessionContext.shutdown()")
        self.page.evaluate("jupyterapp.shell.currentWidget.dispose()")


def opened_window(browser, lab: Lab) -> Window:
    """A window without a notebook."""
    view = {"width": 1400, "height": 1000}
    window = Window(browser.new_context(viewport=view, accept_downloads=True).new_page())
    window.page.set_default_timeout(PATIENCE_MS)
    window.page.on("request", lambda r: window.asked.append(r.url))
    window.page.goto(f"{lab.address}/doc")
    window.page.wait_for_function("window.jupyterapp?.restored.then(() => 1)")
    return window


@pytest.fixture(scope="module")
def opened(lab, browser):
    window = opened_window(browser, lab)
    yield window
    window.page.context.close()


@pytest.fixture
def window(lab, opened):
    """The window; a request to anywhere else fails."""
    yield opened
    own = (lab.address, f"blob:{lab.address}", "data:")
    assert [url for url in opened.asked if not url.startswith(own)] == []
    assert not lab.strays.exists(), lab.strays.read_text()


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
def test_a_notebook_draws_what_its_page_draws(window, site, name):
    """Asked as soon as it has run from top to bottom: its kernel is then needed no more."""
    notebook = window.show(name)
    assert window.page.evaluate("jupyterapp.shell.currentWidget.content.model.cells.length") > 3
    printed = (site / f"{PAGES.get(name, name)}.html").read_text(encoding="utf-8")
    charts = all_drawn(notebook, printed.count('class="cp-chart"'))
    assert len(charts) == printed.count('class="cp-chart"') > 0
    seen = [chart for chart in charts if not chart["hidden"]]
    assert name == DESK or seen == charts  # the desk hides a price that it cannot say
    assert min(chart["width"] for chart in seen) > 300
    assert all(len(chart["label"]) > 20 for chart in seen), "a chart without alt text"
    bars = require_true_lengths(charts)
    assert bars or name in (DESK, "performance", "what-changed")  # they have none
    assert notebook.locator("mjx-container").count() == 0, "money is read as mathematics"
    if name not in ASKED_AGAIN:
        window.end(name)


@pytest.mark.parametrize("name", [name for name in NAMES if name in WITH_SLIDERS])
def test_sliders_moved_by_keyboard_give_the_models_own_numbers_and_words(window, name):
    """Two sliders of each model; every week all of them."""
    notebook, page, chance = window.show(name), window.page, draw(f"sliders in {name}")
    boxes = notebook.locator(".cp-live")
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


def test_the_desk_answers_in_a_notebook_as_the_model_does(window):
    """Its notebook begins with gallium, those who came, and everything against a cut."""
    page, desk = window.page, window.show(DESK).locator(".cp-scenario")
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


def test_results_are_saved_without_a_server_and_one_question_is_asked_once(window):
    notebook, page = window.show(VAULT), window.page
    vault, stock = notebook.locator(".cp-live-vault"), notebook.locator(".cp-live-stockpile")
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


def test_a_list_above_a_chart_changes_what_it_draws_in_the_notebook_too(window):
    chart = window.show("mineral").locator(".cp-live-chart:has(.vega-bind select)").first
    select = chart.locator("select").first
    select.wait_for()
    at_rest(window.page)
    drawn = "chart => chart.querySelector('svg.marks, canvas.marks').outerHTML"
    before, offered = chart.evaluate(drawn), select.locator("option").count()
    select.select_option(index=(select.evaluate("list => list.selectedIndex") + 1) % offered)
    window.page.wait_for_function(
        f"([chart, was]) => ({drawn})(chart) !== was", arg=[chart.element_handle(), before]
    )


def all_drawn(notebook: Locator, number: int) -> list[dict]:
    """The charts at rest, once there are so many: a slow machine draws the last of them a while after its cell is done."""
    notebook.locator(".cp-live-chart").nth(number - 1).wait_for(state="attached", timeout=60_000)
    return at_rest(notebook.page)


def at_rest(page) -> list[dict]:
    """The charts of the notebook in front, once two measures a second apart are the same: choosing anew draws them one by one."""
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


def test_money_in_brief_is_read_as_money(window, site):
    page = (site / f"{VAULT}.html").read_text(encoding="utf-8")
    printed = re.search(r'<aside class="cp-brief".*?</aside>', page, re.S)[0]
    brief = BeautifulSoup(printed, "html.parser").get_text()
    assert brief.count("US$") > 1, "one dollar sign alone is never read as mathematics"
    live = window.show(VAULT).locator(".jp-OutputArea-output", has_text="In brief").first.text_content()
    assert " ".join(brief.split()) in " ".join(live.split())


def test_a_mineral_is_chosen_once_for_the_whole_notebook(
    window,
):  # after what compares it with gallium's page
    notebook = window.show("mineral")
    chosen = notebook.locator(".cp-choice select")
    chosen.select_option("germanium")  # typed letters are also JupyterLab's shortcuts
    window.page.wait_for_function(
        "([notebook, name]) => [...notebook.querySelectorAll('.jp-OutputArea-output')]"
        ".filter(o => o.innerText.toLowerCase().includes(name)).length >= 3",
        arg=[notebook.element_handle(), "germanium"],
    )


def test_another_mineral_has_bars_as_long_as_its_values(window):
    notebook = window.show("mineral")
    notebook.locator(".cp-choice select").select_option("tungsten")
    notebook.locator(".cp-live-chart [role=img][aria-label*=Vietnam]").first.wait_for(state="attached")
    assert require_true_lengths(at_rest(window.page)) > 10


def test_an_altair_chart_that_a_visitor_types_is_drawn_without_the_network(window):
    notebook = window.show(TYPED)
    charts = all_drawn(notebook, 3)
    assert [chart["width"] > 300 for chart in charts] == [True] * 3
    assert require_true_lengths(charts) >= 3 * 10
    assert notebook.locator("a.cp-save").count() == 3
