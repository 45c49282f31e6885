"""The peer: stock Jupyter Book, which runs the same notebooks one after another and prints Altair's default output."""

import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from time import perf_counter

import nbformat
import yaml
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook

from bench import HOME
from chokepoint.site.runs import Run, plan

# Every chapter, and enough of the templates to make at least twenty pages.
SAMPLE = re.compile(
    r"\d\d-.*|what-changed|minerals/(gallium|antimony|copper|scandium|silicon|tungsten)|countries/(argentina|bahrain|japan|peru)"
)

# In stock Jupyter Book a chart shows itself as Altair would show it.
DEFAULTS = """\
import altair as alt
from chokepoint.pages.components import figure
alt.renderers.enable("default")
shown = lambda spec: alt.Chart.from_dict(spec)._repr_mimebundle_()
figure.Figure._repr_mimebundle_ = lambda self, **how: shown(figure.themed(self.chart))
from chokepoint.pages.components.explorable import Explorable
from chokepoint.pages.components.spread import Spread
Spread._repr_mimebundle_ = lambda self, **how: [display(alt.Chart.from_dict(figure.themed(c))) for c in (self.fan(), self.tornado())] and {}
Explorable._repr_mimebundle_ = lambda self, **how: shown(self.spec())
"""


@cache
def built() -> tuple[Path, int, float]:
    """Stock Jupyter Book's site of the sample: its folder, how many pages it ran, and the seconds it took."""
    folder = Path(mkdtemp(prefix="stock-"))
    runs = [run for run in plan(HOME / "book") if SAMPLE.fullmatch(run.page)]
    for run in runs:
        write(run, folder)
    (folder / "index.md").write_text("# Stock\n")
    (folder / "_config.yml").write_text(
        yaml.safe_dump({"title": "Stock", "execute": {"execute_notebooks": "force", "timeout": 300}})
    )
    toc = {"format": "jb-book", "root": "index", "chapters": [{"file": run.page} for run in runs]}
    (folder / "_toc.yml").write_text(yaml.safe_dump(toc))
    start = perf_counter()
    said = subprocess.run(
        [str(Path(sys.executable).with_name("jupyter-book")), "build", str(folder)],
        capture_output=True,
        text=True,
    )
    took = perf_counter() - start
    site = folder / "_build" / "html"
    if said.returncode or not all((site / f"{run.page}.html").is_file() for run in runs):
        raise RuntimeError(
            f"stock Jupyter Book did not build its sample:\n{said.stdout[-2000:]}{said.stderr[-2000:]}"
        )
    if "execution failed" in (said.stdout + said.stderr).lower():
        raise RuntimeError(f"a notebook failed in stock Jupyter Book:\n{said.stderr[-2000:]}")
    return site, len(runs), took


def write(run: Run, folder: Path) -> None:
    """One notebook with its parameters, to be run by stock Jupyter Book."""
    notebook = parameterize_notebook(load_notebook_node(str(run.notebook)), run.parameters)
    notebook.cells.insert(1, nbformat.v4.new_code_cell(DEFAULTS))
    path = folder / f"{run.page}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
