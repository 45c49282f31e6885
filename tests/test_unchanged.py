"""A build of which nothing changed is told at once; whatever may change a page is noticed."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from chokepoint.site import unchanged

ASKED = ["mcs2026", [], None]


@pytest.fixture
def home(tmp_path) -> Path:
    """A checkout with a file of each kind, and a site built from it."""
    files = ("_toc.yml", "book/index.md", "data/a.csv", "src/chokepoint/b.py", "build/html/index.html")
    for name in files:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    site = tmp_path / "build" / "html"
    (tmp_path / "build" / unchanged.BUILT).write_text(json.dumps({"site": unchanged.contents(site)}))
    unchanged.keep(site, unchanged.state(tmp_path, ASKED))
    return tmp_path


def is_same(home: Path, asked: list = ASKED) -> bool:
    return unchanged.is_same(home / "build" / "html", unchanged.state(home, asked))


def test_what_stands_as_it_was_built_is_the_same(home):
    for path in home.rglob("*"):
        path.touch()  # a time is no change
    (home / "src" / "chokepoint" / "__pycache__").mkdir()
    (home / "src" / "chokepoint" / "__pycache__" / "b.pyc").write_text("compiled")
    assert is_same(home)


CHANGES: dict[str, Callable[[Path], object]] = {
    "a value": lambda home: (home / "data" / "a.csv").write_text("2"),
    "a private table": lambda home: (home / "data" / "prices.csv").write_text("1"),
    "a sentence": lambda home: (home / "book" / "index.md").write_text("Other words."),
    "the code": lambda home: (home / "src" / "chokepoint" / "b.py").write_text("x = 1"),
    "a file that is gone": lambda home: (home / "_toc.yml").unlink(),
    "a file of another name": lambda home: (home / "data" / "a.csv").rename(home / "data" / "b.csv"),
    "a page of the site": lambda home: (home / "build" / "html" / "index.html").write_text("cut"),
    "a page that the site lost": lambda home: (home / "build" / "html" / "index.html").unlink(),
    "the note itself, damaged": lambda home: (home / "build" / "unchanged.json").write_text("{"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_is_noticed(home, change):
    change(home)
    assert not is_same(home)


def test_whether_words_alone_changed_is_told_too(home):
    site = home / "build" / "html"

    def of_book_alone() -> bool:
        return unchanged.is_of_book_alone(site, unchanged.state(home, ASKED))

    CHANGES["a sentence"](home)
    assert of_book_alone()
    CHANGES["a value"](home)
    assert not of_book_alone()
    CHANGES["the note itself, damaged"](home)
    assert not of_book_alone()


def test_a_change_behind_a_link_is_noticed(home, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "prices.csv").write_text("1")
    (home / "data" / "private").symlink_to(elsewhere)
    unchanged.keep(home / "build" / "html", unchanged.state(home, ASKED))
    assert is_same(home)
    (elsewhere / "prices.csv").write_text("2")
    assert not is_same(home)


def test_another_question_or_another_environment_is_a_change(home, monkeypatch):
    assert not is_same(home, ["mcs2025", [], None])
    monkeypatch.setenv("CHOKEPOINT_ADDRESS", "https://minerals.example")
    assert not is_same(home)


def test_the_question_is_answered_before_anything_heavy_is_imported():
    code = "import sys, chokepoint.cli, chokepoint.site.unchanged; print({'pandas', 'altair', 'sphinx'} & set(sys.modules))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "set()"
