"""The open data of the last site go into the next one where nothing that they are made from changed."""

import json
from pathlib import Path

import pytest

from chokepoint.site.open_data.cache import OpenDataCache, input_digest

FILES = {"api/index.json": b"{}", "api/charts/a/lead.json": b'{"rows": []}'}
INPUTS = {"data/a.csv": "1", "the package": "1", "book/a.ipynb": "1", "book/moved.yml": "1"}


def notebook(words: str, shown: str) -> str:
    output = {"output_type": "display_data", "data": {"text/html": shown}}
    cells = [
        {"cell_type": "markdown", "source": words},
        {"cell_type": "code", "source": "", "outputs": [output]},
    ]
    return json.dumps({"cells": cells})


@pytest.fixture
def stage(tmp_path) -> Path:
    folder = tmp_path / "stage"
    folder.mkdir()
    (folder / "a.ipynb").write_text(notebook("It rises.", "<figure>1</figure>"))
    (folder / "index.md").write_text("# A book")
    return folder


@pytest.fixture
def site(tmp_path) -> Path:
    for address, content in FILES.items():
        path = tmp_path / "html" / address
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    OpenDataCache(tmp_path / "notes", "made from this").record(FILES)
    return tmp_path / "html"


CHANGES = {
    "what a notebook shows": ("a.ipynb", notebook("It rises.", "<figure>2</figure>"), {}),
    "where a fact is stated": ("index.md", "# A book\n\n[10](evidence.md#vault.exim_loan)", {}),
    "which pages there are": ("b.md", "# Another page", {}),
    "a table": ("index.md", "# A book", {"data/a.csv": "2"}),
    "the code": ("index.md", "# A book", {"the package": "2"}),
    "an address that leads on": ("index.md", "# A book", {"book/moved.yml": "2"}),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_whatever_they_are_made_from_is_noticed(stage, tmp_path, change):
    before = input_digest(stage, INPUTS, tmp_path)
    file, text, inputs = change
    (stage / file).write_text(text)
    assert input_digest(stage, INPUTS | inputs, tmp_path) != before


def test_words_alone_change_nothing_of_them(stage, tmp_path):
    before = input_digest(stage, INPUTS, tmp_path)
    (stage / "a.ipynb").write_text(notebook("It falls.", "<figure>1</figure>"))
    (stage / "index.md").write_text("# The same book in other words")
    assert input_digest(stage, INPUTS | {"book/a.ipynb": "2"}, tmp_path) == before
    (tmp_path / "outputs.json").write_text("[")  # a note that does not read is made anew
    assert input_digest(stage, INPUTS, tmp_path) == before


def test_they_are_put_into_the_next_site_as_they_were_made(site, tmp_path):
    rendered = tmp_path / "printed"
    assert OpenDataCache(tmp_path / "notes", "made from this").reuse(site, rendered)
    assert {a: (rendered / a).read_bytes() for a in FILES} == FILES


@pytest.mark.parametrize(
    "spoil",
    [
        lambda site, notes: (site / "api/index.json").write_text("by hand"),
        lambda site, notes: (site / "api/index.json").unlink(),
        lambda site, notes: notes.write_text("{"),
        lambda site, notes: notes.unlink(),
    ],
    ids=["a file that was changed", "a file that is gone", "a damaged note", "no note"],
)
def test_else_they_are_made_anew(site, tmp_path, spoil):
    spoil(site, tmp_path / "notes" / "made.json")
    assert not OpenDataCache(tmp_path / "notes", "made from this").reuse(site, tmp_path / "printed")
    assert not (tmp_path / "printed").exists()
    assert not OpenDataCache(tmp_path / "notes", "made from that").reuse(site, tmp_path / "printed")
