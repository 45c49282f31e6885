"""Publishing is a transaction: check the data, run, print, check the site, swap it in. Any failure leaves the last site."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import Executor
from pathlib import Path

import nbformat

from chokepoint import check, tables
from chokepoint.errors import UserError
from chokepoint.measures import countries
from chokepoint.publish import inspect, launch
from chokepoint.publish.cache import Cache
from chokepoint.publish.execute import execute
from chokepoint.publish.runs import Edition, Run, Settings, plan


def root() -> Path:
    """The checkout: the folder that holds `book/` and `_config.yml`."""
    return tables.home()


def build(
    release: str = tables.DEFAULT_RELEASE,
    home: Path | None = None,
    settings: Settings | None = None,
    edition: Edition | None = None,
    fresh: bool = False,
    explain: bool = False,
    say: Callable[[str], None] = print,
    pool: Executor | None = None,
) -> Path:
    """Make the whole site in build/html and return that folder. UserError, with the old site untouched, when a step fails.

    settings: parameters of notebooks that differ from the book's own. edition: gives the site a folder of its own,
    build/editions/<name>/html. fresh: run every notebook again. explain: `say`, a line a page, why it ran or did not.
    pool: where notebooks run, any executor of the kind of concurrent.futures; without one, processes here.
    """
    home = home or root()
    work = home / "build" / "editions" / edition.name if edition else home / "build"
    executed, stage, printed, site = work / "executed", work / "stage", work / "printed", work / "html"
    recover(site)
    check.require_sound()
    runs = plan(home / "book", release, settings)
    for folder in (executed, stage, printed):
        shutil.rmtree(folder, ignore_errors=True)
    why = execute(runs, executed, Cache(home / "build" / "cache", fresh, say), pool)
    if explain:
        say("\n".join(f"{page}: {reason or 'nothing it needs changed'}" for page, reason in why.items()))
    lay_out(home / "book", runs, executed, stage)
    launch.record(runs, edition, stage, home)
    print_pages(home, stage, printed, release)
    inspect.require_whole(printed)
    swap(printed, site)
    return site


def lay_out(book: Path, runs: list[Run], executed: Path, stage: Path) -> None:
    """Gather in `stage` what Jupyter Book prints: the Markdown pages, static files, and executed notebooks made ready."""
    shutil.copytree(book, stage, ignore=shutil.ignore_patterns("*.ipynb", "runs.yml", ".ipynb_checkpoints"))
    for run in runs:
        notebook = nbformat.read(executed / f"{run.page}.ipynb", as_version=4)
        target = stage / f"{run.page}.ipynb"
        target.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(ready_to_print(notebook, run.parameters), target)


def ready_to_print(notebook: nbformat.NotebookNode, parameters: dict) -> nbformat.NotebookNode:
    """Code folded away; set-up cells, widget state and cells that printed nothing left out; a template's title filled in."""
    notebook.metadata.pop("widgets", None)
    for parameter in set(parameters) & set(_TITLES):
        title = _TITLES[parameter](parameters[parameter])
        notebook.cells[0].source = notebook.cells[0].source.replace(f"{{{parameter}}}", title)
    notebook.cells = [c for c in notebook.cells if c.cell_type != "code" or c.outputs]
    for cell in notebook.cells:
        tags = set(cell.metadata.get("tags", []))
        if cell.cell_type == "code":
            quiet = tags & {"parameters", "injected-parameters", "setup"}
            cell.metadata["tags"] = sorted(tags | ({"remove-cell"} if quiet else {"hide-input"}))
    return notebook


def _mineral_title(mineral: str) -> str:
    return tables.load("minerals").set_index("mineral").name[mineral].split(" (")[0]


_TITLES = {"mineral": _mineral_title, "country": lambda page: countries.names()[countries.code(page)]}


def print_pages(home: Path, stage: Path, printed: Path, release: str) -> None:
    """Print `stage` with Jupyter Book into `printed`. UserError lists its warnings: each is an error here."""
    out = printed.with_name("sphinx")
    shutil.rmtree(out, ignore_errors=True)
    command = [
        str(Path(sys.executable).with_name("jupyter-book")),
        "build",
        str(stage),
        "--config",
        str(home / "_config.yml"),
        "--toc",
        str(home / "_toc.yml"),
        "--path-output",
        str(out),
        "-W",
        "-n",
        "--keep-going",
        "-q",
    ]
    run = subprocess.run(command, capture_output=True, text=True, env=os.environ | {"CHOKEPOINT_RELEASE": release})
    said = run.stdout + run.stderr
    printed.with_name("print.log").write_text(said, encoding="utf-8")
    if run.returncode:
        lines = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in said.splitlines()]
        faults = [line.replace(f"{stage}/", "book/") for line in lines if re.search(r"WARNING|ERROR|Error:", line)]
        raise UserError(
            "Printing the pages failed:\n"
            + "\n".join((faults or lines)[-20:])
            + f"\nAll of it: {printed.with_name('print.log').relative_to(home)}"
        )
    shutil.move(out / "_build" / "html", printed)
    shutil.rmtree(printed / "_sources", ignore_errors=True)


def swap(new: Path, site: Path) -> None:
    """Put `new` in the place of `site`; the old one goes only when the new one stands."""
    old = _aside(site)
    shutil.rmtree(old, ignore_errors=True)
    if site.exists():
        site.rename(old)
    new.rename(site)
    shutil.rmtree(old, ignore_errors=True)


def recover(site: Path) -> None:
    """Put the old site back, where a build was killed between taking it away and putting the new one there."""
    if not site.exists() and _aside(site).exists():
        _aside(site).rename(site)


def _aside(site: Path) -> Path:
    return site.with_name(f"{site.name}.old")
