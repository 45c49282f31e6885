"""The live book: the same explorables as widgets, and notebooks from top to bottom in a kernel of their own.

Each time some of those that do not run in JupyterLab (see `live_notebooks`); every week all of them.
"""

import json
import os
import re

import nbformat
import pytest
from live_notebooks import BOOK, NAMES, in_a_kernel, in_jupyterlab
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell
from sampled import SWEEP

from chokepoint.charts.vega import compiled, fitted
from chokepoint.data import tables
from chokepoint.pages import mineral as chapter
from chokepoint.pages import price_floor
from chokepoint.pages.components.live_chart import LiveChart
from chokepoint.pages.components.selector import selector

pytestmark = pytest.mark.slow
MOST_BYTES = 3_000_000  # of a notebook saved with its outputs


def walk(widget):
    """A widget and all within it."""
    yield widget
    for child in getattr(widget, "children", ()):
        yield from walk(child)


def test_a_widgets_slider_recomputes_the_model_in_the_kernel():
    explorable = price_floor.who_pays()
    parts = list(walk(explorable.widget()))
    floor = next(
        w
        for w in parts
        if getattr(w, "description", "") == next(c.label for c in explorable.controls if c.name == "floor")
    )
    chart = next(w for w in parts if isinstance(w, LiveChart))
    floor.value = 80
    assert any(f">{explorable.sentence_at(floor=80)}<" in str(getattr(w, "value", "")) for w in parts)
    assert {s["name"]: s["value"] for s in chart.spec["signals"] if "value" in s}[
        "levy"
    ] == explorable.evaluate(floor=80)["levy"]


def test_a_moved_chart_is_what_it_would_be_if_it_were_compiled_anew():
    """A move puts rows and parameters into the compiled chart; the compiler rounds them to six digits."""
    explorable = price_floor.who_pays()
    moved = {"world_price": 45.0, "floor": 95.0}
    begun, anew = (fitted(compiled(explorable.still(apart=True, **values))) for values in ({}, moved))
    redrawn = explorable._redrawn(begun, moved)
    for part in begun.keys() - {"data", "signals"}:
        assert redrawn[part] == anew[part]
    assert redrawn["data"] != begun["data"]
    for part in ("data", "signals"):
        for one, other in zip(redrawn[part], anew[part], strict=True):
            assert set(one) == set(other) and one["name"] == other["name"]
            for row, expected in zip(one.get("values", []), other.get("values", []), strict=True):
                assert row == pytest.approx(expected, rel=1e-5, nan_ok=True)
            if isinstance(other.get("value"), float | int):
                assert one["value"] == pytest.approx(other["value"], rel=1e-5)


def test_a_live_model_says_units_follows_a_drag_and_links_its_sources_and_numbers():
    explorable = price_floor.who_pays()
    parts = list(walk(explorable.widget()))
    slider = next(w for w in parts if getattr(w, "description", "") == explorable.controls[1].label)
    assert slider.continuous_update
    slider.value = slider.max
    words = " ".join(str(getattr(w, "value", "")) for w in parts)
    top = explorable.controls[1]
    assert f"<b>{top.high:g} {top.unit}</b>" in words
    outside = re.findall(
        r'<a style="[^"]*" href="(https?://[^"]+)" target="_blank" rel="noopener noreferrer">', words
    )
    assert outside and "cp:" not in words
    assert words.count('download="') == 2, "settings with results, and the curve"


def test_a_list_offers_what_it_is_given_and_what_it_begins_with(monkeypatch):
    monkeypatch.delenv("CHOKEPOINT_RENDER", raising=False)
    page = selector(chapter, "mineral", "tin", among=["gallium", "tungsten"])
    assert page._choice.options == ("gallium", "tin", "tungsten")


def test_a_reset_brings_the_widget_back():
    explorable = price_floor.who_pays()
    parts = list(walk(explorable.widget()))
    slider = next(w for w in parts if hasattr(w, "step") and w.description)
    before = slider.value
    slider.value = slider.max
    next(w for w in parts if getattr(w, "description", "") == "Reset").click()
    assert slider.value == before


def test_every_week_each_notebook_runs_live_in_jupyterlab_and_in_a_kernel_alone(monkeypatch):
    assert not {*in_jupyterlab(), *in_a_kernel()} - set(NAMES)
    monkeypatch.setenv(SWEEP, "all")
    assert in_jupyterlab() == in_a_kernel() == NAMES


@pytest.mark.parametrize("name", in_a_kernel())
def test_a_notebook_runs_live_without_the_press(name, monkeypatch):
    monkeypatch.delenv("CHOKEPOINT_RENDER", raising=False)
    notebook = ran(nbformat.read(BOOK / f"{name}.ipynb", as_version=4))
    shown = [o for c in notebook.cells if c.cell_type == "code" for o in c.outputs]
    assert shown and not any(o.output_type == "error" for o in shown)
    assert "cp:" not in json.dumps([o.get("data", {}) for o in shown]), (
        "a link that only the printed book can follow"
    )
    require_worth_keeping(notebook)


def ran(notebook, **how):
    """A notebook with what its cells show."""
    kernel = {"timeout": 300, "kernel_name": "python3", "resources": {"metadata": {"path": os.fspath(BOOK)}}}
    NotebookClient(notebook, **kernel, **how).execute()
    return notebook


def require_worth_keeping(notebook) -> None:
    """Saved with its outputs it is small, and shows its charts and its money where no kernel runs: on a code host, in an editor."""
    assert len(nbformat.writes(notebook)) < MOST_BYTES
    state = (
        notebook.metadata.widgets["application/vnd.jupyter.widget-state+json"]["state"].values()
        if "widgets" in notebook.metadata
        else ()
    )
    charts = [w for w in state if w["state"].get("_anywidget_id", "").endswith("LiveChart")]
    assert sum("packed" in json.dumps(w.get("buffers", [])) for w in state) == bool(charts), (
        "Vega is kept more than once"
    )
    for data in (o.data for c in notebook.cells if c.cell_type == "code" for o in c.outputs if "data" in o):
        assert "text/markdown" not in data, "two dollar signs in Markdown are a formula"
        assert "$" not in data.get("text/html", "") or "mathjax_ignore" in data["text/html"]
        assert "VBox(" not in data.get("text/plain", "") or "image/png" not in data
    if "lead" in [tag for c in notebook.cells for tag in c.metadata.get("tags", [])] and charts:
        pictures = [
            o.data
            for c in notebook.cells
            if c.cell_type == "code"
            for o in c.outputs
            if "image/png" in o.get("data", {})
        ]
        assert pictures or any("selector(" in c.source for c in notebook.cells)
        assert all(len(p["text/plain"]) > 40 for p in pictures)


def test_what_a_visitor_types_is_what_is_answered():
    notebook = nbformat.read(BOOK / "mineral.ipynb", as_version=4)
    typed = [
        'page.brief("tin", release)',
        'page._choice.value = "cobalt"; mineral',
        "page.brief(mineral, release).children[0].value",
        'page.brief(mineral="tin", release=release)',
        'page.brief("cobalt", release)',
        'page._choice.value = "zinc"',
        'page.brief("galium", release)',
    ]
    notebook.cells = notebook.cells[:4] + [new_code_cell(source) for source in typed]
    outputs = [c.outputs for c in ran(notebook, allow_errors=True).cells[4:]]
    tin, variable, followed, named, fixed, _, refused = outputs
    assert "tin" in said(tin) and "gallium" not in said(tin)
    assert variable[0].data["text/plain"] == "'cobalt'"
    assert "cobalt" in followed[0].data["text/plain"].lower()
    assert said(named) == said(tin)
    assert "cobalt" in said(fixed) and "widget-view" not in str(fixed[0].data), "it stays as it was asked for"
    assert refused[0].ename == "UserError" and '"gallium"' in refused[0].evalue


def said(outputs) -> str:
    return outputs[0].data["text/html"].lower()


def test_in_a_printed_book_a_template_is_the_chapter_itself(monkeypatch):
    monkeypatch.setenv("CHOKEPOINT_RENDER", "1")
    assert selector(chapter, "mineral", "tin") is chapter


def test_a_function_that_is_not_about_the_choice_is_left_alone(monkeypatch):
    monkeypatch.delenv("CHOKEPOINT_RENDER", raising=False)
    page = selector(chapter, "mineral", "tin")
    assert page.Brief is chapter.Brief
    assert page.brief("tin", tables.DEFAULT_RELEASE) == chapter.brief("tin", tables.DEFAULT_RELEASE)
