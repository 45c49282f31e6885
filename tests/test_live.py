"""The live book: the same explorables as widgets, and every notebook from top to bottom in a kernel of its own."""

import json
import os
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from chokepoint.chapters import price_floor

pytestmark = pytest.mark.slow
BOOK = Path(__file__).resolve().parents[1] / "book"


def walk(widget):
    """A widget and all within it."""
    yield widget
    for child in getattr(widget, "children", ()):
        yield from walk(child)


def test_a_widgets_slider_recomputes_the_model_in_the_kernel():
    explorable = price_floor.who_pays()
    parts = list(walk(explorable.widget()))
    floor = next(w for w in parts if getattr(w, "description", "") == next(c.label for c in explorable.controls if c.name == "floor"))
    chart = next(w for w in parts if hasattr(w, "chart"))
    floor.value = 80
    assert any(f">{explorable.said(floor=80)}<" in str(getattr(w, "value", "")) for w in parts)
    assert {p["name"]: p["value"] for p in chart.chart.to_dict()["params"] if "value" in p}["levy"] == explorable.at(floor=80)["levy"]


def test_a_reset_brings_the_widget_back():
    explorable = price_floor.who_pays()
    parts = list(walk(explorable.widget()))
    slider = next(w for w in parts if hasattr(w, "step") and w.description)
    before = slider.value
    slider.value = slider.max
    next(w for w in parts if getattr(w, "description", "") == "Reset").click()
    assert slider.value == before


@pytest.mark.parametrize("path", sorted(BOOK.glob("*.ipynb")), ids=lambda p: p.stem)
def test_every_notebook_runs_live_without_the_press(path, monkeypatch):
    monkeypatch.delenv("CHOKEPOINT_PRESS", raising=False)
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": os.fspath(BOOK)}}).execute()
    shown = [o for c in notebook.cells if c.cell_type == "code" for o in c.outputs]
    assert shown and not any(o.output_type == "error" for o in shown)
    assert "cp:" not in json.dumps([o.get("data", {}) for o in shown]), "a link that only the printed book can follow"
