"""A writer saves a file and sees the page: words at once, a table after its notebook has run, a fault in words; watching goes on."""

import json
import os
import pickle
import subprocess
import sys
import time
from concurrent.futures import Future
from pathlib import Path
from types import SimpleNamespace
from urllib.request import urlopen

import pytest
from conftest import Checkout
from small_book import Small

from chokepoint.site import watch

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("watch")]  # one watch serves all
PATIENCE_S = 180


class Watched:
    """The small book under `chokepoint watch`."""

    def __init__(self, folder: Path):
        self.book = Small(Checkout(folder))
        kept = {k: v for k, v in os.environ.items() if not k.startswith("CHOKEPOINT")}
        self.process = subprocess.Popen(
            [sys.executable, "-u", "-m", "chokepoint.cli", "watch", "--port", "0"],
            cwd=self.book.folder,
            env=kept | {"PYTHONPATH": str(self.book.folder / "src")},
            stdout=subprocess.PIPE,
            stderr=(folder.parent / "faults.txt").open("w"),
            text=True,
        )
        self.address = self.process.stdout.readline().split()[0]

    def get(self, page: str) -> str:
        try:
            with urlopen(f"{self.address}/{page}.html") as answer:
                return answer.read().decode()
        except OSError:  # not there yet
            return ""

    def banner(self) -> str:
        """What stands in the page's banner now; empty when all is well."""
        with urlopen(f"{self.address}/-/events?page=index") as stream:
            return json.loads(stream.readline().removeprefix(b"data: "))["fault"]

    def until(self, holds) -> None:
        end = time.monotonic() + PATIENCE_S
        while not holds():
            assert time.monotonic() < end and self.process.poll() is None
            time.sleep(0.1)

    def shows(self, page: str, text: str) -> None:
        self.until(lambda: text in self.get(page))

    def warns(self, text: str) -> None:
        self.until(lambda: text in self.banner() if text else not self.banner())


@pytest.fixture(scope="module")
def watched(tmp_path_factory):
    folder = tmp_path_factory.mktemp("watched")
    watched = Watched(folder / "chokepoint")
    watched.faults = folder / "faults.txt"
    try:
        watched.shows("index", "Small")
        yield watched
    finally:
        watched.process.terminate()
        watched.process.wait(timeout=30)


def test_a_saved_sentence_stands_on_the_page(watched):
    watched.book.change("book/index.md", "# Small\n", "# Small\n\nA sentence has been saved.\n")
    watched.shows("index", "A sentence has been saved.")


def test_words_of_a_notebook_stand_on_the_page_beside_the_outputs_it_had(watched):
    watched.book.change("book/stock.ipynb", '"# Stock"', '"# Stock\\n", "\\n", "Words were added."')
    watched.shows("stock", "Words were added.")
    assert "interest on the loan" in watched.get("stock")


def test_a_row_stands_on_the_page_that_shows_its_table(watched):
    watched.book.change("data/evidence/vault.csv", "interest on the loan", "the interest on the loan")
    watched.shows("stock", "the interest on the loan")


def test_a_fault_is_said_and_watching_goes_on(watched):
    watched.book.change("book/roads.ipynb", "HTML(tables", "HTML(1 / 0, tables")
    watched.warns("ZeroDivisionError")
    assert "rare-earth" in watched.get("roads").lower()  # the page that was there
    watched.book.change("book/index.md", "{excerpt}", "{no-such-list}")
    watched.warns("no-such-list")
    watched.book.change("book/index.md", "{no-such-list}", "{excerpt}")
    watched.book.change("book/roads.ipynb", "HTML(1 / 0, tables", "HTML(tables")
    watched.warns("")
    assert watched.faults.read_text().count("ZeroDivisionError") == 1


def test_a_table_that_does_not_read_is_said_and_watching_goes_on(watched):
    before = (watched.book.folder / "data/evidence/vault.csv").read_text(encoding="utf-8")
    (watched.book.folder / "data/evidence/vault.csv").write_text("no table\n", encoding="utf-8")
    watched.warns("vault.csv")
    (watched.book.folder / "data/evidence/vault.csv").write_text(
        before.replace("interest on the loan", "interest upon the loan", 1), encoding="utf-8"
    )
    watched.shows("stock", "interest upon the loan")
    watched.warns("")


def test_rows_saved_one_after_the_other_are_each_shown(watched):
    """Each takes the place of a Sphinx that is still at work for the one before."""
    for i in range(3):
        before = "Procure and manage" + f" ({i - 1})" * bool(i)
        watched.book.change("data/evidence/vault.csv", before, f"Procure and manage ({i})")
        watched.shows("stock", f"Procure and manage ({i})")


class Done(Future):
    """A future that is done: its name says of what."""

    def __init__(self, name: str):
        super().__init__()
        self.set_result(name)


class Nothing:
    """What is kept of notebooks, where every one is due."""

    def entry(self, _run):
        return None, "it has not run before"

    def keep(self, _run, _executed):
        pass

    def seconds(self, _run):
        return 1.0


@pytest.mark.parametrize(
    "viewed, order",
    [
        ("two", ["run two", "check", "run one", "run three"]),
        ("", ["check", "run one", "run two", "run three"]),
    ],
)
def test_who_looks_at_a_page_waits_for_no_other_and_not_for_the_check(tmp_path, monkeypatch, viewed, order):
    watched, asked = watch.Watch(tmp_path, "mcs2026", print), []

    def ask(name: str) -> Future:
        asked.append(name)
        return Done(name)

    runs = [SimpleNamespace(page=page) for page in ("one", "two", "three")]
    monkeypatch.setattr(watch, "plan", lambda *_: runs)
    monkeypatch.setattr(watched, "_cache", Nothing)
    monkeypatch.setattr(watched, "_submit", lambda run: ask(f"run {run.page}"))
    monkeypatch.setattr(watched, "_submit_check", lambda: ask("check"))
    monkeypatch.setattr(watched, "_stage", lambda *_: None)
    monkeypatch.setattr(watched, "_render", lambda pages, more: pages)
    if viewed:
        watched.messages.viewed["a browser"] = viewed
    assert sorted(watched._rerun(check_data=True, pages=[])) == ["one", "three", "two"]
    assert asked == order


def test_what_sphinx_knows_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    from chokepoint.site.live_render import keep

    keep({"pages": 1}, kept := tmp_path / "environment.pickle")
    with pytest.raises(TypeError):
        keep({"pages": 2, "not to be pickled": (i for i in "")}, kept)
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):  # ended in the middle of it
        keep({"pages": 3}, kept)
    assert pickle.loads(kept.read_bytes()) == {"pages": 1}


def test_only_what_is_watched_asks_to_be_reloaded(watched):
    assert "/-/watch.js" in watched.get("index")
    assert not any("/-/" in path.read_text(encoding="utf-8") for path in watched.book.site.rglob("*.html"))
