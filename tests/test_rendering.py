"""Pages that Sphinx reads again are those that state a fact or list rows that are others now."""

import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from chokepoint.analysis import facts
from chokepoint.data import memory, tables
from chokepoint.site import render

RELEASE, LOAN = tables.DEFAULT_RELEASE, "vault.exim_loan"


@pytest.fixture
def book(tmp_path, monkeypatch) -> SimpleNamespace:
    """A book of four pages as Sphinx knows it, once it has been rendered: one lists sources and one facts, one states a fact."""
    monkeypatch.setitem(facts._precomputed, RELEASE, {LOAN: facts.get(LOAN)})
    (tmp_path / "index.md").write_text(f"[10](evidence.md#{LOAN})")
    listed = {"sources": lambda: tables.row("sources", source_id="S002"), "evidence": facts.evaluate}
    environment = SimpleNamespace(found_docs={"index", "words", *listed}, metadata={"index": {}, "words": {}})
    for page, read in listed.items():
        with memory.recorded() as reads:
            read()
        environment.metadata[page] = {render.READS: sorted(reads)}
    config = SimpleNamespace(cp_release=RELEASE, cp_tables=None)
    book = SimpleNamespace(app=SimpleNamespace(srcdir=tmp_path, config=config), environment=environment)
    assert read_again(book) == {"index", "words", "sources", "evidence"}
    render._note_reads(book.app, environment)
    return book


def read_again(book: SimpleNamespace) -> set[str]:
    return set(render._outdated(book.app, book.environment, set(), set(), set()))


def altered(monkeypatch, tmp_path: Path, name: str, old: str, new: str) -> None:
    """Let a table be another: a copy of the data in which `old` is `new`."""
    data = shutil.copytree(tables.data_dir(), tmp_path / "data")
    path = data / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    monkeypatch.setenv("CHOKEPOINT_DATA", str(data))


def test_nothing_is_read_again_where_nothing_changed(book):
    assert read_again(book) == set()


def test_a_list_is_read_again_where_a_row_of_it_changed(book, tmp_path, monkeypatch):
    title = tables.row("sources", source_id="S002").title
    altered(monkeypatch, tmp_path, "evidence/sources.csv", title, f"{title}, again")
    assert read_again(book) == {"sources"}


def test_no_page_is_read_again_for_a_row_that_none_lists(book, tmp_path, monkeypatch):
    title = tables.row("sources", source_id="S001").title
    altered(monkeypatch, tmp_path, "evidence/sources.csv", title, f"{title}, again")
    assert read_again(book) == set()


def test_a_fact_that_moved_concerns_who_states_it_and_the_list_of_all(book, monkeypatch):
    moved = replace(facts.find(LOAN), text="US$11 billion")
    monkeypatch.setitem(facts._precomputed, RELEASE, {LOAN: moved})
    assert read_again(book) == {"index", "evidence"}


def test_a_page_that_is_gone_is_not_asked_for(book, monkeypatch):
    monkeypatch.setitem(facts._precomputed, RELEASE, {})
    book.environment.found_docs.remove("evidence")
    assert read_again(book) == {"index"}
