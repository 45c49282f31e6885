"""The repository as Binder takes it, without Docker: repo2docker reads it and prints the Dockerfile it would build."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import nbformat
import pytest

from chokepoint.site import binder

HOME = Path(__file__).resolve().parents[1]


@pytest.mark.slow
def test_binder_takes_the_repository_and_installs_the_package():
    pytest.importorskip(
        "repo2docker", reason="jupyter-repo2docker is not installed: see tests/requirements.txt"
    )
    command = [sys.executable, "-m", "repo2docker", "--no-build", "--debug", "."]
    run = subprocess.run(command, cwd=HOME, capture_output=True, text=True, timeout=120)
    said = run.stdout + run.stderr
    assert run.returncode == 0, said[-2000:]
    assert "python=3.11" in said
    steps = ['-r "requirements.txt"', "src/ ${REPO_DIR}/", "./postBuild"]
    assert (found := [said.index(step) for step in steps]) == sorted(found), (
        "pins are installed before the repository is copied, so that a change of a page installs none of them again; "
        "the package is installed when all of the repository is there"
    )


def test_a_package_copied_out_of_the_repository_finds_the_data_it_works_beside(tmp_path):
    """Binder installs a copy, and starts a notebook in book/."""
    shutil.copytree(HOME / "src" / "chokepoint", tmp_path / "chokepoint")
    code = "from chokepoint.data import tables; print(tables.__file__, tables.home(), len(tables.load('sources')) > 100)"
    environment = {k: v for k, v in os.environ.items() if not k.startswith("CHOKEPOINT")} | {
        "PYTHONPATH": str(tmp_path)
    }
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=HOME / "book", capture_output=True, text=True, env=environment
    )
    assert run.stdout.split() == [str(tmp_path / "chokepoint" / "data" / "tables.py"), str(HOME), "True"], (
        run.stderr
    )


def test_what_binder_reads_is_lean():
    """No folder that would make it ignore the root files, one step of our own after the install, exact pins."""
    assert not any(
        (HOME / name).exists()
        for name in ("binder", ".binder", "environment.yml", "Dockerfile", "setup.py", "apt.txt")
    )
    assert all("==" in line for line in lines("requirements.txt"))
    assert lines("requirements-build.txt")[-1] == "-e ."
    assert os.access(HOME / "postBuild", os.X_OK) and lines("postBuild")[1] == (
        "pip install --no-cache-dir --no-deps -e ."
    )
    assert (HOME / "runtime.txt").read_text().strip() == "python-3.11"


def lines(name: str) -> list[str]:
    text = (HOME / name).read_text(encoding="utf-8").splitlines()
    return [line for line in text if line and not line.startswith("#")]


def names(listed) -> set[str]:
    return {re.split(r"[^\w.-]", line)[0].lower().replace("_", "-") for line in listed}


def test_installing_the_package_in_binder_adds_nothing_to_the_pins():
    """What only building needs is an extra, with pins of its own."""
    project = tomllib.loads((HOME / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    reading, building = names(lines("requirements.txt")), names(lines("requirements-build.txt")[:-1])
    assert names(project["dependencies"]) <= reading
    assert names(project["optional-dependencies"]["build"]) <= building
    assert not reading & building


def test_whoever_reads_live_is_given_nothing_heavy_that_only_building_needs(tmp_path):
    """Neither the first notebook's imports, nor all of what pages show, nor the command line ask for what is in the second list."""
    code = (
        "import pkgutil, sys\n"
        "from importlib import import_module\n"
        "for name in ('pyarrow', 'openpyxl', 'pooch', 'pscript', 'watchfiles', 'filelock'):\n"
        "    sys.modules[name] = None\n"
        "import chokepoint, chokepoint.cli\n"
        "for m in pkgutil.walk_packages(chokepoint.__path__, 'chokepoint.'):\n"
        "    if m.name.split('.')[1] in ('analysis', 'charts', 'models', 'pages'): import_module(m.name)\n"
        "from chokepoint.site import checked_engine\n"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=HOME, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr[-1500:]


def test_jupyterlab_opens_the_first_notebook_in_binder_as_with_make_lab():
    config = (HOME / ".jupyter" / "jupyter_lab_config.py").read_text(encoding="utf-8")
    opened = re.search(r'default_url = "/lab/tree/(.+)"', config)[1]
    assert (HOME / opened).is_file() and "news_url = None" in config
    assert "JUPYTER_CONFIG_PATH=$(CURDIR)/.jupyter" in (HOME / "Makefile").read_text(encoding="utf-8")
    assert (step := lines("postBuild")[2]).startswith("cp -r .jupyter/. ") and "/etc/jupyter" in step
    shown = json.loads((HOME / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))
    assert (
        shown["customizations"]["codespaces"]["openFiles"] == [opened]
        and shown["postCreateCommand"] == "make book"
    )


def test_a_page_s_link_to_binder_opens_its_notebook_and_says_what_to_choose_there():
    page = {"notebook": "mineral.ipynb", "own": {"mineral": "tungsten"}}
    shown = binder._buttons("https://github.com/owner/name", page)
    assert "urlpath=lab/tree/book/mineral.ipynb" in shown
    assert "choose Run, Run All Cells, and tungsten in the list at the top" in shown.striptags()
    chapter = binder._buttons(
        "https://github.com/owner/name", {"notebook": "03-price-floor.ipynb", "own": {}}
    )
    assert "Run All Cells. This page" in chapter.striptags()


def test_the_first_notebook_is_short_and_leads_to_every_chapter():
    cells = nbformat.read(HOME / "book" / "start-here.ipynb", as_version=4).cells
    code = [cell.source for cell in cells if cell.cell_type == "code"]
    assert all(
        len(source.splitlines()) <= 8 and "def " not in source and "../" not in source for source in code
    )
    linked = dict(re.findall(r"\[([^\]]+)\]\(([\w-]+\.ipynb)\)", cells[-1].source))
    titles = {path.name: title_of(path) for path in (HOME / "book").glob("[0-9]*.ipynb")}
    found = {page: title for title, page in linked.items() if page in titles}
    assert (
        found.items() <= titles.items() and len(found) >= 10
    )  # whoever adds an eleventh need not edit this one


def title_of(path: Path) -> str:
    return nbformat.read(path, as_version=4).cells[0].source.removeprefix("# ").strip()
